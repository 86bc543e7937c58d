"""Founding a practice, its seats on this device, and coming back with the recovery sheet.

Law: files first, membership last: a seat counts once its admission is in the journal, and a seat file without
an admission opens nothing. The passphrase is used to seal and forgotten. Randomness and time are arguments.
Source: docs/format/keys.md, membership.md M2–M8, store.md S9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.errors import JournalError, NoPractice, PracticeExists, SheetRefused
from lanterne.journal.files import Files, OsFiles, disk_errors
from lanterne.journal.identity import read_genesis_file, write_identity
from lanterne.journal.journal import Journal
from lanterne.journal.layout import SECOND, Layout, second
from lanterne.journal.small_files import heal, write_twice
from lanterne.proof.records import SeatRecord
from lanterne.seal.changing import admit_device, admit_seat, revoke_seat
from lanterne.seal.device import DeviceKeys, read_device_file
from lanterne.seal.found import make_genesis
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.seal.unlock import (
    SeatCard,
    check_passphrase,
    open_seat_file,
    read_seat_card,
    write_seat_file,
)
from lanterne.seal.unlock import change_passphrase as reseal
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, PersonId, PracticeId, SeatId, Stream

Random = Callable[[int], bytes]
LOST, FORGOTTEN = "lost", "forgotten"
"""Reasons of a revocation: the device or its secrets are lost; the passphrase is forgotten."""


class DeviceMissing(JournalError):
    """This machine has no device file: admit it with the recovery sheet, or from another device."""

    word = "device_missing"


class SeatMissing(JournalError):
    """There is no such seat on this device."""

    word = "seat_missing"


class Founded(NamedTuple):
    """A new practice on this device. `sheet` must be printed: nothing here keeps it."""

    practice: PracticeId
    person: PersonId
    seat: SeatId
    sheet: SheetKeys


class Admitted(NamedTuple):
    """A new seat on this device."""

    person: PersonId
    seat: SeatId


def found_practice(
    root: Path, *, label: str, passphrase: str, now_ms: int, random: Random, files: Files | None = None
) -> Founded:
    """Make a practice in an empty directory: genesis, device, and its first person's seat, administrator of
    all.

    Args:
        label: the person's name, as the unlock page shows it.
        now_ms: milliseconds since 1970-01-01 UTC.

    Raises:
        PracticeExists: there is one here already.
        WeakPassphrase: nothing was written.
        DiskFull, DiskFailed: no practice was founded (the genesis is written last).
    """
    files, layout = files or OsFiles(), Layout(root)
    check_passphrase(passphrase)
    files.make_directories(root)
    with files.lock(layout.lock):
        if read_genesis_file(layout, files) is not None:
            raise PracticeExists("there is already a practice in this directory")
        _clear_unfinished(layout, files)
        made = make_genesis(created=now_ms, random=random)
        write_twice(files, layout.device, made.device.to_file(made.practice))
        card = SeatCard(made.practice, made.seat.id, made.person, label)
        _write_seat(layout, files, made.seat, card, passphrase, made.device, random)
        write_identity(layout, files, made.genesis)
    Journal.open(root, files=files, random=random)
    return Founded(made.practice, made.person, made.seat.id, made.sheet)


def admit_on_this_device(
    journal: Journal,
    keyring: Keyring,
    *,
    label: str,
    passphrase: str,
    compartments: Sequence[Compartment],
    admin: bool,
    now_ms: int,
    random: Random,
    not_after: int | None = None,
    person: PersonId | None = None,
    replaces: Sequence[SeatId] = (),
) -> Admitted:
    """Give somebody a seat on this device, signed by an administrator's keyring (or the sheet's).

    Args:
        person: somebody who is here already (a forgotten passphrase); a new person when None.
        replaces: seats to revoke in the same entry, their compartments rotated (M8).
        not_after: end of term, milliseconds since 1970-01-01 UTC.

    Raises:
        SeatMayNotWrite: the signer is no administrator (M3).
        NotEntitled: the signer lacks the key of a compartment it would give.
        WeakPassphrase, DiskFull, DiskFailed: nobody was admitted.
    """
    check_passphrase(passphrase)
    device = read_device(journal)
    seat = SeatKeys.new(random)
    person = person if person is not None else PersonId(random(16).hex())
    record = seat.record(
        person=person, device=device.id, compartments=tuple(compartments), admin=admin, not_after=not_after
    )
    card = SeatCard(journal.practice, seat.id, person, label)
    _write_seat(journal.layout, journal.files, seat, card, passphrase, device, random)
    _write_admission(journal, keyring, record, None, replaces, FORGOTTEN, now_ms, random)
    for old in replaces:
        remove_seat_file(journal, old)
    return Admitted(person, seat.id)


def recover_with_sheet(
    root: Path,
    sheet: SheetKeys,
    *,
    label: str,
    passphrase: str,
    now_ms: int,
    random: Random,
    person: PersonId | None = None,
    revoke_others: bool = False,
    files: Files | None = None,
) -> Admitted:
    """Admit a first seat, administrator of all, on a machine that holds the journal but no seat that opens.

    Args:
        person: who comes back; a new person when None.
        revoke_others: revoke every other seat and rotate every compartment (a theft).

    Raises:
        NoPractice: there is no genesis here.
        SheetRefused: this sheet is not the one in force.
        WeakPassphrase, DiskFull, DiskFailed: nobody was admitted.
    """
    check_passphrase(passphrase)
    journal = Journal.open(root, files=files, random=random)
    check_sheet(journal, sheet)
    keyring = Keyring(sheet, journal.membership)
    device, new_device = _device_or_new(journal, random)
    seat = SeatKeys.new(random)
    person = person if person is not None else PersonId(random(16).hex())
    record = seat.record(person=person, device=device.id, compartments=SEALED_COMPARTMENTS, admin=True)
    card = SeatCard(journal.practice, seat.id, person, label)
    _write_seat(journal.layout, journal.files, seat, card, passphrase, device, random)
    membership = journal.membership
    others = [one.id for one in membership.seats if one.id not in membership.revoked] if revoke_others else []
    _write_admission(journal, keyring, record, device if new_device else None, others, LOST, now_ms, random)
    for old in others:
        remove_seat_file(journal, old)
    return Admitted(person, seat.id)


def check_sheet(journal: Journal, sheet: SheetKeys) -> None:
    """Raises SheetRefused unless this recovery sheet is in force for this practice."""
    if sheet.id not in {one.id for one in journal.membership.sheets}:
        raise SheetRefused("this recovery sheet is not the one in force for this practice")


def change_passphrase(
    root: Path, seat: SeatId, *, old: str, new: str, random: Random, files: Files | None = None
) -> None:
    """Seal a seat's file anew under another passphrase; nothing else changes.

    Raises:
        WrongPassphrase, WeakPassphrase, SeatMissing, DeviceMissing, DiskFull, DiskFailed: the old one stands.
    """
    place = _Place(root, files)
    with place.files.lock(place.layout.lock):
        data = _read_seat(place.layout, place.files, seat)
        device = _read_device(place.layout, place.files, read_seat_card(data).practice)
        sealed = reseal(data, old=old, new=new, device=device, random=random)
        write_twice(place.files, place.layout.seat(seat), sealed)


def list_seats(root: Path, *, files: Files | None = None) -> list[SeatCard]:
    """Whose seats are on this device, by label; needs no key.

    A file damaged in both copies is left out (`check` says so).

    Raises:
        NoPractice: there is no genesis here.
    """
    place = _Place(root, files)
    if read_genesis_file(place.layout, place.files) is None:
        raise NoPractice("there is no practice in this directory")
    cards: list[SeatCard] = []
    for name in place.files.listing(place.layout.seats):
        seat = SeatId(name.removesuffix(SECOND).removesuffix(".seat"))
        if len(seat) == 32 and all(card.seat != seat for card in cards):
            try:
                cards.append(read_seat_card(_read_seat(place.layout, place.files, seat)))
            except LanterneError:
                continue
    return sorted(cards, key=lambda card: (card.label.casefold(), card.seat))


def open_seat(
    journal: Journal, seat: SeatId, passphrase: str, *, kinds: Mapping[str, Compartment] | None = None
) -> tuple[SeatKeys, Keyring]:
    """Unlock a seat of this device: its keys, and what they open.

    Args:
        kinds: to which compartment each known kind of fact belongs (E20).

    Raises:
        SeatMissing, DeviceMissing, SmallFileDamaged: the files are not there, or damaged in both copies.
        WrongPassphrase: it does not open. Count attempts before calling (unlock_limit.py).
    """
    data = _read_seat(journal.layout, journal.files, seat)
    keys = open_seat_file(data, passphrase=passphrase, device=read_device(journal))
    return keys, Keyring(keys, journal.membership, kinds=kinds)


def read_device(journal: Journal) -> DeviceKeys:
    """This device's keys, which open nothing by themselves. Raises DeviceMissing, SmallFileDamaged."""
    return _read_device(journal.layout, journal.files, journal.practice)


# ---------------------------------------------------------------------- below


def _clear_unfinished(layout: Layout, files: Files) -> None:
    """Remove the seats of a founding that failed half-way; without a genesis they never opened anything."""
    if any(files.listing(layout.stream(stream)) for stream in Stream):
        raise PracticeExists("there is a journal in this directory, but its genesis is gone")
    with disk_errors("clearing an unfinished founding"):
        for name in files.listing(layout.seats):
            files.remove(layout.seats / name)


class _Place:
    def __init__(self, root: Path, files: Files | None) -> None:
        self.layout, self.files = Layout(root), files or OsFiles()


def _read_seat(layout: Layout, files: Files, seat: SeatId) -> bytes:
    found = heal(files, layout.seat(seat), read_seat_card)
    if found is None:
        raise SeatMissing("there is no such seat on this device", seat=seat)
    return found.data


def _read_device(layout: Layout, files: Files, practice: PracticeId) -> DeviceKeys:
    found = heal(files, layout.device, lambda data: read_device_file(data, practice))
    if found is None:
        raise DeviceMissing("this machine has no device file")
    return read_device_file(found.data, practice)


def _device_or_new(journal: Journal, random: Random) -> tuple[DeviceKeys, bool]:
    try:
        device = read_device(journal)
    except LanterneError:
        # Missing, or damaged in both copies: either way this machine becomes a new device.
        device = DeviceKeys.new(random)
        write_twice(journal.files, journal.layout.device, device.to_file(journal.practice))
    return device, device.id not in journal.membership.devices


def _write_seat(
    layout: Layout,
    files: Files,
    seat: SeatKeys,
    card: SeatCard,
    passphrase: str,
    device: DeviceKeys,
    random: Random,
) -> None:
    sealed = write_seat_file(
        seat,
        practice=card.practice,
        person=card.person,
        label=card.label,
        passphrase=passphrase,
        device=device,
        random=random,
    )
    write_twice(files, layout.seat(seat.id), sealed)


def _write_admission(
    journal: Journal,
    keyring: Keyring,
    record: SeatRecord,
    device: DeviceKeys | None,
    revoked: Sequence[SeatId],
    reason: str,
    now_ms: int,
    random: Random,
) -> None:
    """One entry admits; a second one, which knows the new seat, revokes and rotates for it (M8)."""
    journal.refresh()
    ring = keyring.with_membership(journal.membership)
    facts = [] if device is None else [admit_device(device.record(), random)]
    journal.write_members(ring, [*facts, admit_seat(ring, record, random)], now_ms)
    for seat in revoked:
        ring = ring.with_membership(journal.membership)
        cuts = journal.heads_of(seat)
        journal.write_members(
            ring, revoke_seat(ring, seat, cuts=cuts, reason=reason, at=now_ms, random=random), now_ms
        )


def remove_seat_file(journal: Journal, seat: SeatId) -> None:
    """Remove it from this device, if it is there: it opens what was written before, and has no business here any
    more. Raises DiskFailed."""
    path = journal.layout.seat(seat)
    with disk_errors("removing the file of a revoked seat"):
        for copy in (second(path), path):
            if journal.files.size(copy) is not None:
                journal.files.remove(copy)
                journal.files.fsync_directory(copy.parent)
