"""A lie one device has the proof of is shown by every device that speaks with the liar, and told no further."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.proof.exchange import sign_statement
from lanterne.sync.alarms import TOLD_WHY, Lie
from lanterne.wire.exchange import HolderId
from lanterne.wire.statements import MAX_SEEN, SeenLie, Statement, read_statement
from tests.sync.relay_play import RelayPeer, RelayPlay, play_relay
from tests.sync.stage import Machine
from tests.sync.test_lies import Frozen


@pytest.fixture(name="relay")
def _relay(garance: Machine, tmp_path: Path) -> RelayPlay:
    return play_relay(garance, tmp_path / "relay")


def caught(garance: Machine, relay: RelayPlay) -> None:
    """Garance sees the relay shrink."""
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    image = relay.heads()
    garance.jot("two")
    for _ in range(2):
        garance.exchange(RelayPeer(relay, garance))
    peer = Frozen(relay, garance)
    peer.image = image
    assert garance.exchange(peer).alarms


def told(machine: Machine) -> list[tuple[Lie, str, str]]:
    return [(one.lie, one.about, one.told_by) for one in machine.known.alarms() if one.why == TOLD_WHY]


def test_everybody_who_speaks_with_the_relay_shows_it(
    garance: Machine, theo: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    theo.exchange(RelayPeer(relay, theo))
    caught(garance, relay)
    garance.by_folder(stick)
    done = theo.by_folder(stick)
    assert told(theo) == [(Lie.SHRANK, relay.key.id, garance.device.id)]
    (alarm,) = done.alarms
    assert read_statement(alarm.evidence[0]).value.device == garance.device.id
    # Once, and told no further.
    assert theo.by_folder(stick).alarms == ()
    garance.by_folder(stick)
    assert told(garance) == []
    assert theo.known.statements()[theo.device.id].value.seen == ()
    assert garance.known.statements()[garance.device.id].value.seen[0].about == relay.key.id


def test_who_never_spoke_with_it_does_not(
    garance: Machine, theo: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    caught(garance, relay)
    garance.by_folder(stick)
    assert theo.by_folder(stick).alarms == ()


def test_nobody_fills_a_disk_with_names(garance: Machine, theo: Machine) -> None:
    garance.jot("one")
    seen = tuple(sorted(SeenLie("L4", HolderId(f"{number:032x}"), 1) for number in range(MAX_SEEN)))
    tips = tuple(garance.journal.tips)
    statement = Statement(garance.journal.practice, garance.device.id, 1, garance.now(), tips, seen=seen)
    signed = sign_statement(statement, garance.device)
    theo.known.take_statement(signed.raw, theo.device.id, theo.now())
    assert theo.known.alarms() == []
    assert read_statement(signed.raw).value.seen == seen
