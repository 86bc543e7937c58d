"""Somebody leaves, a machine is lost, keys are renewed late, a clock is put back; and what comes beyond the cut."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.access import AccessEnded, check_access, latest_time
from lanterne.journal.check import check_store
from lanterne.journal.errors import SeatMayNotWrite
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal
from lanterne.journal.latest import SAVED_EVERY_MS, LatestTime
from lanterne.journal.layout import Layout
from lanterne.journal.leaving import DeviceUnknown, leave, lose_device, renew_due, revoke
from lanterne.journal.review import awaiting_review
from lanterne.proof.membership import Standing
from lanterne.seal.changing import admit_device, admit_seat, revoke_seats
from lanterne.seal.device import DeviceKeys
from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import (
    SEALED_COMPARTMENTS,
    Compartment,
    DeviceId,
    PersonId,
    Stream,
)
from tests.journal.simulated_disk import FaultyFiles
from tests.journal.stage import NOON, Practice, admit, dice, jot, jotting, raws, texts

DAY = 86_400_000


def other_machine(
    journal: Journal,
    practice: Practice,
    *,
    seed: int,
    person: PersonId | None = None,
    admin: bool = False,
    compartments: tuple[Compartment, ...] = SEALED_COMPARTMENTS,
) -> tuple[Practice, DeviceId]:
    """Somebody's seat on a device of its own, without the cost of a passphrase."""
    device, seat = DeviceKeys.new(dice(seed)), SeatKeys.new(dice(seed + 1))
    record = seat.record(
        person=person or PersonId(dice(seed + 2)(16).hex()),
        device=device.id,
        compartments=compartments,
        admin=admin,
    )
    ring = practice.keyring.with_membership(journal.membership)
    facts = [admit_device(device.record(), dice(seed + 3)), admit_seat(ring, record, dice(seed + 4))]
    journal.write_members(ring, facts, NOON)
    ring = Keyring(seat, journal.membership)
    return replace(practice, seat=seat, keyring=ring, seat_id=seat.id), device.id


def copied(practice: Practice, place: Path) -> Journal:
    """Another machine with what this one holds now."""
    shutil.copytree(practice.root, place)
    return Journal.open(place, random=dice(900))


def keys(journal: Journal) -> list[str]:
    return [journal.membership.newest_epoch(place).key_id for place in SEALED_COMPARTMENTS]


def test_a_lost_device_ends_every_access_on_it_in_one_entry(practice: Practice) -> None:
    journal = practice.open()
    theo, device = other_machine(journal, practice, seed=10)
    ring = practice.keyring.with_membership(journal.membership)
    second = SeatKeys.new(dice(20)).record(
        person=PersonId("aa" * 16), device=device, compartments=(Compartment.OFFICE,), admin=False
    )
    journal.write_members(ring, [admit_seat(ring, second, dice(21))], NOON)
    before, held = keys(journal), journal.count(Stream.MEMBERS)
    lost = lose_device(journal, practice.keyring, device, now_ms=NOON + 1, random=dice(30))
    assert set(lost) == {theo.seat_id, second.id}
    assert journal.count(Stream.MEMBERS) == held + 1
    assert not set(before) & set(keys(journal))
    assert journal.membership.rotation_due(NOON + 2) == ()
    assert journal.membership.notices == ()
    with pytest.raises(AccessEnded):
        check_access(journal, theo.seat_id, NOON + 2)
    with pytest.raises(DeviceUnknown):
        lose_device(journal, practice.keyring, device, now_ms=NOON + 3, random=dice(31))
    late = jotting(practice, "after the theft", NOON + 4)
    journal.write_many([late])
    assert theo.keyring.with_membership(journal.membership).newest(Compartment.MEDICAL) is None
    assert check_store(practice.root, practice.keyring).faults == []


def test_a_person_leaves_from_every_device_and_may_come_back(practice: Practice) -> None:
    journal = practice.open()
    theo, _ = other_machine(journal, practice, seed=10)
    person = journal.membership.seat(theo.seat_id).person  # type: ignore[union-attr]
    laptop, _ = other_machine(journal, practice, seed=40, person=person)
    gone = leave(journal, practice.keyring, person, now_ms=NOON + 1, random=dice(30))
    assert set(gone) == {theo.seat_id, laptop.seat_id}
    assert person in journal.membership.left
    with pytest.raises(SeatMayNotWrite):
        jot(journal, laptop, "from the laptop", NOON + 2)
    back, _ = other_machine(journal, practice, seed=50, person=person)
    check_access(journal, back.seat_id, NOON + 3)
    assert journal.membership.left == frozenset()


def test_keys_the_revoker_lacks_are_renewed_by_the_next_who_holds_them(practice: Practice) -> None:
    """Inès administers and reads no chart: she revokes Théo, and Garance's next unlocking renews the medical key."""
    journal = practice.open()
    theo, _ = other_machine(journal, practice, seed=10)
    office = (Compartment.OFFICE, Compartment.TRACE)
    ines, _ = other_machine(journal, practice, seed=60, admin=True, compartments=office)
    revoke(journal, ines.keyring, theo.seat_id, reason="withdrawn", now_ms=NOON + 1, random=dice(30))
    assert journal.membership.rotation_due(NOON + 2) == (Compartment.MEDICAL,)
    assert renew_due(journal, ines.keyring, now_ms=NOON + 2, random=dice(31)) == ()
    paul = admit(journal, practice, seed=70)
    assert renew_due(journal, paul.keyring, now_ms=NOON + 2, random=dice(32)) == (), "no administrator"
    renewed = renew_due(journal, practice.keyring, now_ms=NOON + 3, random=dice(33))
    assert renewed == (Compartment.MEDICAL,)
    assert journal.membership.rotation_due(NOON + 4) == ()
    assert renew_due(journal, practice.keyring, now_ms=NOON + 5, random=dice(34)) == ()
    assert journal.membership.notices == ()
    assert theo.keyring.with_membership(journal.membership).newest(Compartment.MEDICAL) is None
    with pytest.raises(NotEntitled):
        admit_seat(
            ines.keyring.with_membership(journal.membership),
            SeatKeys.new(dice(80)).record(
                person=PersonId("bb" * 16),
                device=DeviceId("cc" * 16),
                compartments=SEALED_COMPARTMENTS,
                admin=False,
            ),
            dice(81),
        )


def test_two_who_renew_at_once_leave_nothing_due(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    hugo, _ = other_machine(journal, practice, seed=10, admin=True)
    theo, _ = other_machine(journal, practice, seed=40)
    ring = practice.keyring.with_membership(journal.membership)
    heads = {theo.seat_id: journal.heads_of(theo.seat_id)}
    facts = revoke_seats(ring, heads, reason="lost", at=NOON + 1, random=dice(30))
    journal.write_members(ring, facts[:1], NOON + 1)  # revoked, nothing rotated yet
    his = copied(practice, tmp_path / "hugo")
    for one, who in ((journal, practice), (his, hugo)):
        assert renew_due(one, who.keyring, now_ms=NOON + 2, random=dice(31)) == SEALED_COMPARTMENTS
    journal.receive_many(raws(his))
    his.receive_many(raws(journal))
    assert keys(journal) == keys(his)
    for one, who in ((journal, practice), (his, hugo)):
        assert renew_due(one, who.keyring, now_ms=NOON + 3, random=dice(32)) == ()
        jot(one, who, f"by {who.seat_id}", NOON + 4)
    journal.receive_many(raws(his))
    assert len(texts(journal, practice)) == 2


# ------------------------------------------------------------------ the end of a term


def test_a_term_ends_by_itself_and_no_clock_brings_it_back(practice: Practice) -> None:
    journal = practice.open()
    end = NOON + 30 * DAY
    theo = admit(journal, practice, seed=50, not_after=end)
    check_access(journal, theo.seat_id, end)
    with pytest.raises(AccessEnded):
        check_access(journal, theo.seat_id, end + SAVED_EVERY_MS)
    # The clock is put back by a month, then the machine is started again.
    with pytest.raises(AccessEnded):
        check_access(journal, theo.seat_id, NOON)
    with pytest.raises(AccessEnded):
        check_access(practice.open(), theo.seat_id, NOON)
    check_access(practice.open(), practice.seat_id, NOON)  # without a term, no clock ends it


def test_the_latest_time_only_rises_and_is_seldom_written(tmp_path: Path) -> None:
    files = FaultyFiles(OsFiles())
    path = Layout(tmp_path).clock
    files.make_directories(tmp_path)
    latest = LatestTime(path, files)
    assert latest.see(NOON) == NOON
    first = path.read_bytes()
    assert latest.see(NOON + SAVED_EVERY_MS - 1) == NOON + SAVED_EVERY_MS - 1
    assert path.read_bytes() == first
    assert latest.see(NOON + SAVED_EVERY_MS) == NOON + SAVED_EVERY_MS
    assert path.read_bytes() != first
    assert latest.see(5) == NOON + SAVED_EVERY_MS
    assert LatestTime(path, files).saved() == NOON + SAVED_EVERY_MS


def test_a_full_disk_keeps_out_only_whose_term_is_over(practice: Practice) -> None:
    journal = practice.open()
    theo = admit(journal, practice, seed=50, not_after=NOON + DAY)
    files = FaultyFiles(OsFiles())
    again = practice.open(files=files)
    files.fail("write", 1, "full")
    assert latest_time(again, NOON) == NOON
    check_access(again, theo.seat_id, NOON)
    files.fail("write", 1, "full")
    with pytest.raises(AccessEnded):
        check_access(again, theo.seat_id, NOON + 2 * DAY)


def test_a_damaged_clock_file_is_named(practice: Practice) -> None:
    journal = practice.open()
    latest_time(journal, NOON)
    path = journal.layout.clock
    data = bytearray(path.read_bytes())
    data[5] ^= 1
    path.write_bytes(data)
    assert [fault.code for fault in check_store(practice.root).faults] == ["clock_damaged"]
    assert latest_time(journal, NOON - DAY) == NOON - DAY


# ------------------------------------------------------------------ what waits for review


def test_what_comes_beyond_the_cut_is_listed_not_opened(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    theo, _ = other_machine(journal, practice, seed=10)
    jot(journal, theo, "known", NOON + 1)
    his = copied(practice, tmp_path / "theo")
    beyond = [jot(his, theo, f"unknown {number}", NOON + 10 + number) for number in range(3)]
    looked = jot(his, theo, "looked", NOON + 20, stream=Stream.TRACE)
    assert list(awaiting_review(journal)) == []
    revoke(journal, practice.keyring, theo.seat_id, reason="lost", now_ms=NOON + 2, random=dice(30))
    assert list(awaiting_review(journal)) == []
    journal.receive_many(raws(his))
    found = {one.hash: one for one in awaiting_review(journal)}
    assert found.keys() == {written.hash for written in (*beyond, looked)}
    first = found[beyond[0].hash]
    assert (first.seat, first.stream, first.written_ms) == (theo.seat_id, Stream.CARE, NOON + 10)
    assert first.standing is Standing.BEYOND_CUT
    assert first.size > 200


def test_what_comes_after_a_term_is_listed(practice: Practice, tmp_path: Path) -> None:
    """A program that looks at no clock writes on: what it wrote waits."""
    journal = practice.open()
    theo = admit(journal, practice, seed=50, not_after=NOON + 1000)
    jot(journal, theo, "in time", NOON + 999)
    assert list(awaiting_review(journal)) == []
    late = late_entry(practice, theo, tmp_path)
    journal.receive_many([late])
    (one,) = awaiting_review(journal)
    assert (one.standing, one.written_ms) == (Standing.EXPIRED, NOON + DAY)


def late_entry(practice: Practice, theo: Practice, tmp_path: Path) -> bytes:
    from lanterne.seal.writing import seal_entry
    from lanterne.wire.names import ChainId
    from tests.journal.stage import note

    journal = copied(practice, tmp_path / "his")
    (head,) = [one for one in journal.heads if one.chain.seat == theo.seat_id]
    chain = ChainId(theo.seat_id, head.chain.incarnation, Stream.CARE)
    entry = seal_entry(
        theo.keyring,
        chain=chain,
        seq=head.seq + 1,
        prev=head.hash,
        time=(NOON + DAY) << 16,
        heads=(),
        parts={Compartment.MEDICAL: note("too late")},
        random=dice(5),
    )
    return entry.raw
