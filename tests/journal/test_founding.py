"""Founding, adding a person, a forgotten passphrase, and coming back with the recovery sheet."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFull, PracticeExists, SeatMayNotWrite, SheetRefused
from lanterne.journal.files import OsFiles
from lanterne.journal.founding import (
    SeatMissing,
    admit_on_this_device,
    change_passphrase,
    found_practice,
    list_seats,
    open_seat,
    recover_with_sheet,
)
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.seal.errors import WeakPassphrase, WrongPassphrase
from lanterne.seal.seat import SheetKeys
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, Stream
from tests.journal.simulated_disk import FaultyFiles
from tests.journal.stage import NOON, PASSPHRASE, Practice, dice, jot, texts

INES = "un cahier de rendez-vous"
AGAIN = "une phrase toute nouvelle"


def test_garance_is_the_first_person_and_administrator(practice: Practice) -> None:
    (card,) = list_seats(practice.root)
    assert (card.seat, card.label) == (practice.seat_id, "Dr Garance Morel")
    membership = practice.open().membership
    assert membership.is_admin(practice.seat_id, NOON)
    assert check_store(practice.root).faults == []
    with pytest.raises(PracticeExists):
        found_practice(practice.root, label="x", passphrase=PASSPHRASE, now_ms=NOON, random=dice(1))


def test_a_weak_passphrase_founds_nothing(tmp_path: Path) -> None:
    with pytest.raises(WeakPassphrase):
        found_practice(tmp_path / "data", label="x", passphrase="court", now_ms=NOON, random=dice(1))
    assert not (tmp_path / "data").exists()


def test_a_founding_that_fails_can_be_done_again(tmp_path: Path) -> None:
    root = tmp_path / "data"
    files = FaultyFiles(OsFiles())
    files.fail("write", 5, "full")
    with pytest.raises(DiskFull):
        found_practice(root, label="x", passphrase=PASSPHRASE, now_ms=NOON, random=dice(1), files=files)
    made = found_practice(root, label="Dr Garance Morel", passphrase=PASSPHRASE, now_ms=NOON, random=dice(2))
    seat, keyring = open_seat(Journal.open(root), made.seat, PASSPHRASE)
    assert keyring.can_read(Compartment.MEDICAL)
    assert [card.seat for card in list_seats(root)] == [seat.id]


def test_ines_reads_the_office_and_deposits_into_the_chart(practice: Practice) -> None:
    journal = practice.open()
    ines = admit_on_this_device(
        journal,
        practice.keyring,
        label="Inès Caron",
        passphrase=INES,
        compartments=[Compartment.OFFICE],
        admin=False,
        now_ms=NOON,
        random=dice(20),
    )
    assert [card.label for card in list_seats(practice.root)] == ["Dr Garance Morel", "Inès Caron"]
    seat, keyring = open_seat(journal, ines.seat, INES)
    assert [keyring.can_read(place) for place in SEALED_COMPARTMENTS] == [True, False, False]
    hers = replace(practice, seat=seat, keyring=keyring, seat_id=seat.id)
    jot(journal, hers, "a letter she may not read")
    assert texts(practice.open(), practice) == ["a letter she may not read"]
    with pytest.raises(WrongPassphrase):
        open_seat(journal, ines.seat, PASSPHRASE)
    with pytest.raises(SeatMayNotWrite):
        admit_on_this_device(
            journal,
            keyring,
            label="x",
            passphrase=AGAIN,
            compartments=[],
            admin=True,
            now_ms=NOON,
            random=dice(21),
        )
    assert check_store(practice.root, practice.keyring).faults == []


def test_a_forgotten_passphrase_is_a_new_seat_and_a_rotation(practice: Practice) -> None:
    journal = practice.open()
    jot(journal, practice, "before")
    record = journal.membership.seat(practice.seat_id)
    assert record is not None
    other = admit_on_this_device(
        journal,
        practice.keyring,
        label="Dr Théo Lambert",
        passphrase=INES,
        compartments=SEALED_COMPARTMENTS,
        admin=True,
        now_ms=NOON + 1,
        random=dice(30),
    )
    _, theo_ring = open_seat(journal, other.seat, INES)
    epochs = {place: journal.membership.newest_epoch(place).key_id for place in SEALED_COMPARTMENTS}
    again = admit_on_this_device(
        journal,
        theo_ring,
        label="Dr Garance Morel",
        passphrase=AGAIN,
        compartments=SEALED_COMPARTMENTS,
        admin=True,
        now_ms=NOON + 2,
        random=dice(31),
        person=record.person,
        replaces=[practice.seat_id],
    )
    assert all(
        journal.membership.newest_epoch(place).key_id != epochs[place] for place in SEALED_COMPARTMENTS
    )
    assert journal.membership.rotation_due(NOON + 3) == ()
    assert [card.seat for card in list_seats(practice.root)] == [again.seat, other.seat]
    seat, ring = open_seat(journal, again.seat, AGAIN)
    garance = replace(practice, seat=seat, keyring=ring, seat_id=seat.id)
    jot(journal, garance, "after", NOON + 4)
    assert texts(practice.open(), garance) == ["before", "after"]
    with pytest.raises(SeatMayNotWrite):
        jot(journal, practice, "with the old seat", NOON + 5)
    assert check_store(practice.root, ring).faults == []


@pytest.mark.parametrize("stolen", [False, True])
def test_the_sheet_brings_back_a_bare_machine(practice: Practice, tmp_path: Path, stolen: bool) -> None:
    journal = practice.open()
    jot(journal, practice, "before the fire")
    layout = Layout(practice.root)
    shutil.rmtree(layout.seats)
    shutil.rmtree(layout.device.parent)
    shutil.rmtree(layout.local, ignore_errors=True)
    assert list_seats(practice.root) == []
    back = recover_with_sheet(
        practice.root,
        practice.sheet,
        label="Dr Garance Morel",
        passphrase=AGAIN,
        now_ms=NOON + 10,
        random=dice(40),
        revoke_others=stolen,
    )
    again = practice.open()
    seat, ring = open_seat(again, back.seat, AGAIN)
    garance = replace(practice, seat=seat, keyring=ring, seat_id=seat.id)
    jot(again, garance, "after", NOON + 11)
    assert texts(practice.open(), garance) == ["before the fire", "after"]
    assert again.membership.is_active(practice.seat_id, NOON + 12) is not stolen
    assert again.membership.rotation_due(NOON + 12) == ()
    assert len(again.membership.devices) == 2
    assert check_store(practice.root, ring).faults == []


def test_another_sheet_recovers_nothing(practice: Practice) -> None:
    with pytest.raises(SheetRefused):
        recover_with_sheet(
            practice.root, SheetKeys.new(dice(99)), label="x", passphrase=AGAIN, now_ms=NOON, random=dice(1)
        )


def test_a_changed_passphrase_opens_the_same_seat(practice: Practice) -> None:
    change_passphrase(practice.root, practice.seat_id, old=PASSPHRASE, new=AGAIN, random=dice(50))
    journal = practice.open()
    seat, _ = open_seat(journal, practice.seat_id, AGAIN)
    assert seat.id == practice.seat_id
    with pytest.raises(WrongPassphrase):
        open_seat(journal, practice.seat_id, PASSPHRASE)
    with pytest.raises(SeatMissing):
        change_passphrase(practice.root, seat.id[::-1], old=AGAIN, new=PASSPHRASE, random=dice(50))  # type: ignore[arg-type]


def test_a_seat_file_alone_opens_nothing(practice: Practice) -> None:
    """Copied to a machine that has another device file, the right passphrase does not open it."""
    from lanterne.seal.device import DeviceKeys

    layout = Layout(practice.root)
    other = DeviceKeys.new(dice(60)).to_file(practice.open().practice)
    for copy in (layout.device, layout.device.with_name("key2")):
        copy.write_bytes(other)
    with pytest.raises(WrongPassphrase):
        open_seat(practice.open(), practice.seat_id, PASSPHRASE)


def test_traces_and_care_share_no_chain(practice: Practice) -> None:
    journal = practice.open()
    jot(journal, practice, "care")
    jot(journal, practice, "looked", stream=Stream.TRACE)
    assert sorted(head.chain.stream for head in journal.heads) == [Stream.CARE, Stream.TRACE]
