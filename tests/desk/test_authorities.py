"""A relay that is its own authority, met from the screen: believed once its certificate was named, and only then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.desk.stage import engine

engine()

from lanterne.desk.exchange.choosing import asked  # noqa: E402  Django is set up first
from lanterne.journal.boxes import box_of  # noqa: E402
from lanterne.practice.team.mirrors import RelayMirror  # noqa: E402
from lanterne.sync.errors import PeerUntrusted  # noqa: E402
from lanterne.sync.known import Known  # noqa: E402
from lanterne.sync.relay_file import RelayFile  # noqa: E402
from tests.practice import stage  # noqa: E402
from tests.practice.conftest import machine, practice  # noqa: E402
from tests.relay.process import RelayProcess  # noqa: E402
from tests.sync.test_tls import Authority  # noqa: E402

__all__ = ["machine", "practice"]


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return Authority("autorite", tmp_path)


@pytest.fixture(name="relay")
def _relay(authority: Authority, tmp_path: Path) -> Iterator[RelayFile]:
    made = authority.signs(tmp_path / "tls")
    words = ("--open", "--tls-cert", str(made.chain), "--tls-key", str(made.key))
    relay = RelayProcess.start(tmp_path / "relay", *words)
    yield RelayFile(f"https://{relay.address[0]}:{relay.address[1]}", relay.relay, relay.key)
    relay.kill()


def test_the_relay_chosen_on_screen(machine: stage.Machine, authority: Authority, relay: RelayFile) -> None:
    journal = machine.open("Garance").journal
    with pytest.raises(PeerUntrusted):
        asked(journal, relay.url)
    Known(journal).set_authorities(authority.pem.read_bytes())
    assert asked(journal, relay.url.removeprefix("https://")) == relay, "https is what is meant"


def test_a_device_added_over_it(machine: stage.Machine, authority: Authority, relay: RelayFile) -> None:
    record = machine.open("Garance")
    ends = time.time_ns() // 1_000_000 + 3_600_000  # by the relay's clock
    with pytest.raises(PeerUntrusted):
        RelayMirror(record, relay).request(box_of(bytes(32)), 0)
    Known(record.journal).set_authorities(authority.pem.read_bytes())
    mirror = RelayMirror(record, relay)
    offer = b"an offer, as the relay sees it"
    box = box_of(sha256(offer).digest())
    mirror.show(box, offer, ends, 0)
    assert mirror.request(box, 0) is None
