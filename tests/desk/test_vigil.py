"""The thread that sees an access end: its term, a revocation that arrives; and renews what is due."""

from __future__ import annotations

import secrets
from pathlib import Path

from lanterne.desk.presence import Presence
from lanterne.desk.vigil import Vigil
from lanterne.journal import leaving
from lanterne.practice.record import Record
from lanterne.seal.changing import revoke_seats
from lanterne.seal.keyring import Keyring
from lanterne.wire.names import SEALED_COMPARTMENTS
from tests.practice import stage
from tests.practice.conftest import machine, practice

__all__ = ["machine", "practice"]


def vigil_of(record: Record) -> tuple[Vigil, list[str]]:
    ended: list[str] = []
    return Vigil(Presence(record, "secret"), lambda: ended.append("ended")), ended


def test_a_revocation_that_arrives_ends_the_session(machine: stage.Machine) -> None:
    theo, garance = machine.open("Théo"), machine.open("Garance")
    vigil, ended = vigil_of(theo)
    vigil.turn()
    assert ended == []
    leaving.revoke(
        garance.journal,
        garance.keyring,
        theo.seat.id,
        reason="withdrawn",
        now_ms=garance.clock_ms(),
        random=secrets.token_bytes,
    )
    vigil.turn()
    assert ended == ["ended"]


def test_a_term_ends_the_session_and_a_clock_put_back_does_not_bring_it_back(
    machine: stage.Machine, tmp_path: Path
) -> None:
    from lanterne.seal.changing import admit_seat
    from lanterne.seal.seat import SeatKeys

    garance = machine.open("Garance")
    mine = garance.journal.membership.seat(garance.seat.id)
    assert mine is not None
    seat, until = SeatKeys.new(secrets.token_bytes), garance.clock_ms() + 86_400_000
    record = seat.record(
        person=mine.person, device=mine.device, compartments=SEALED_COMPARTMENTS, admin=False, not_after=until
    )
    ring = garance.keyring.with_membership(garance.journal.membership)
    garance.journal.write_members(ring, [admit_seat(ring, record, secrets.token_bytes)], garance.clock_ms())
    clock = stage.Clock(until - 10_000)
    locum = Record(
        machine.root, garance.journal, seat, Keyring(seat, garance.journal.membership), clock_ms=clock
    )
    machine.opened.append(locum)
    vigil, ended = vigil_of(locum)
    vigil.turn()
    assert ended == []
    clock.now = until + 120_000
    vigil.turn()
    assert ended == ["ended"]
    clock.now = until - 86_400_000 // 2
    vigil.turn()
    assert ended == ["ended", "ended"]


def test_keys_that_are_due_are_renewed_by_who_may(machine: stage.Machine) -> None:
    garance, theo, paul = (machine.open(who) for who in ("Garance", "Théo", "Paul"))
    ring = garance.keyring.with_membership(garance.journal.membership)
    facts = revoke_seats(
        ring, {paul.seat.id: ()}, reason="lost", at=garance.clock_ms(), random=secrets.token_bytes
    )
    garance.journal.write_members(ring, facts[:1], garance.clock_ms())
    assert garance.journal.membership.rotation_due(garance.clock_ms())
    vigil_of(theo)[0].turn()
    assert theo.journal.membership.rotation_due(garance.clock_ms()), "Théo administers nothing"
    vigil_of(garance)[0].turn()
    assert garance.journal.membership.rotation_due(garance.clock_ms()) == ()
