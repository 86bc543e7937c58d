"""Forged, altered, replayed and misdirected messages to a device: none is accepted, none brings it down.

LANTERNE_MUTATIONS says how many (300; `make torture` 10,000), LANTERNE_MUTATIONS_SEED which. The attacks are in
`attacking.py`; honest messages that were held back all the while are taken at the end.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from lanterne.journal import pairing
from lanterne.journal.journal import Journal
from lanterne.journal.pairing_messages import Grant
from lanterne.proof.exchange import sign_statement
from lanterne.seal import unlock
from lanterne.seal.device import DeviceKeys
from lanterne.wire.exchange import HolderId
from lanterne.wire.names import SEALED_COMPARTMENTS, PersonId, Stream
from lanterne.wire.statements import Statement
from tests import cast
from tests.journal.stage import dice as drawn
from tests.relay.asking import Device
from tests.relay.process import Elsewhere
from tests.sync.attacking import ATTACKS, Accepted, Pairing, Stage
from tests.sync.places import device_at
from tests.sync.relay_play import RelayPeer, play_relay
from tests.sync.stage import Machine, content

COUNT = int(os.environ.get("LANTERNE_MUTATIONS", "300"))
SEED = int(os.environ.get("LANTERNE_MUTATIONS_SEED", "20261122"))


def being_added(garance: Machine, folder: Path) -> Pairing:
    """A machine that made its request, which was taken and admitted; it was not told yet."""
    now, who = garance.now(), garance.practice
    grant = Grant(PersonId("77" * 16), SEALED_COMPARTMENTS[:2], False, None)
    offer = pairing.make_offer(garance.journal, who.seat, grant, now_ms=now, random=drawn(31))
    joined = pairing.join(
        folder / "new", offer, label="Awa", passphrase="un bateau dans la brume", now_ms=now, random=drawn(32)
    )
    asked = pairing.take_request(garance.journal, who.seat, joined.request, now_ms=now)
    welcomed = pairing.admit_request(
        garance.journal, who.seat, who.keyring.with_membership(garance.journal.membership), joined.request, asked.code,
        now_ms=now, random=drawn(33),
    )  # fmt: skip
    return Pairing(
        joined.seat, asked.reveal, welcomed.admission, Journal.open(folder / "new"), folder / "offers"
    )


@pytest.fixture
def stage(
    garance: Machine, theo: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    monkeypatch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
    (tmp_path / "offers").mkdir()
    new = being_added(garance, tmp_path)
    garance.jot("hers")
    for number in range(4):
        theo.jot(f"kept from garance {number}", Stream.TRACE if number == 3 else Stream.CARE)
    theo.jot("b" * 700)
    theo.journal.blobs.put(b"a letter kept from garance" * 100)
    relay = play_relay(garance, tmp_path / "relay")
    assert theo.exchange(RelayPeer(relay, theo)).whole
    stick = tmp_path / "stick"
    stick.mkdir()
    theo.by_folder(stick)
    garance.clock[0] = max(garance.clock[0], theo.clock[0])
    originals = [
        one.entry.raw for stream in (Stream.CARE, Stream.TRACE) for one in theo.journal.since(stream)
    ]
    elsewhere = Elsewhere(cast.found_anew("somewhere else"), "elsewhere")
    said = Statement(theo.journal.practice, theo.device.id, 7, theo.now(), tuple(theo.journal.tips))
    with device_at(garance) as address:
        host, port = address.split(":")
        asking = Device((host, int(port)), HolderId(garance.device.id), garance.device.transport,
                        garance.journal.practice, theo.device)  # fmt: skip
        asking.offset_ms = garance.now() - time.time_ns() // 1_000_000
        yield Stage(
            garance, theo, asking, relay, originals, [elsewhere.note("theirs").raw, elsewhere.note("too").raw],
            sign_statement(said, theo.device), DeviceKeys.new(drawn(5)), stick, new,
        )  # fmt: skip


@pytest.mark.torture
def test_nothing_forged_is_accepted(stage: Stage, evidence: Callable[..., None]) -> None:
    attacks, weights = [attack for attack, _ in ATTACKS], [weight for _, weight in ATTACKS]
    before = stage.state()
    tried: Counter[str] = Counter()
    accepted: list[str] = []
    crashed: list[str] = []
    for number in range(COUNT):
        dice = random.Random(f"{SEED}/{number}")
        (attack,) = dice.choices(attacks, weights)
        name = f"{SEED}/{number} {attack.__name__}"
        tried[attack.__name__] += 1
        try:
            attack(stage, dice)
        except Accepted as taken:
            accepted.append(f"{name}: {taken}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this test looks for
            crashed.append(f"{name}: {type(error).__name__} {error}"[:400])
        if (now := stage.state()) != before:
            accepted.append(
                f"{name}: something was kept {[(a, b) for a, b in zip(now, before, strict=True) if a != b]}"[
                    :3000
                ]
            )
            before = now
    evidence(
        "device-forged",
        seed=SEED,
        messages=COUNT,
        accepted=len(accepted),
        crashes=len(crashed),
        alarms=stage.alarms,
        **dict(sorted(tried.items())),
    )
    assert (accepted, crashed) == ([], [])
    assert set(tried) == {attack.__name__ for attack in attacks}, "not every attack was tried"
    honest(stage)


def honest(stage: Stage) -> None:
    """What was held back is taken when it comes as it was made."""
    garance, theo = stage.garance, stage.theo
    assert garance.exchange(RelayPeer(stage.relay, garance)).whole
    assert {sha256(raw).digest() for raw in stage.originals} <= {
        sha256(one.entry.raw).digest() for stream in Stream for one in garance.journal.since(stream)
    }
    assert content(garance.journal) >= content(theo.journal)
    assert set(garance.journal.blobs.names()) == set(theo.journal.blobs.names())
    assert stage.asking.state(stage.statement).value == 0
    with suppress(pairing.PairingStale):  # one bent where nothing was said any more may have ended it
        assert pairing.finish(stage.pairing.new, stage.pairing.admission).admitted
    assert stage.pairing.new.membership.is_admitted(stage.pairing.seat)
