"""Seats that end, in one action each: a seat withdrawn, a person who leaves, a device lost; and keys renewed late.

Law: one entry revokes and rotates. What the revoker has no key to rotate is said to be due, and the next
administrator's seat that holds the key does it as soon as it is opened. Source: docs/format/membership.md M6–M8.
"""

from __future__ import annotations

from collections.abc import Callable

from lanterne.journal.errors import JournalError
from lanterne.journal.founding import LOST, remove_seat_file
from lanterne.journal.journal import Journal
from lanterne.seal.changing import person_left, revoke_seats, rotate_epoch
from lanterne.seal.keyring import Keyring
from lanterne.wire.names import Compartment, DeviceId, PersonId, SeatId

Random = Callable[[int], bytes]


class DeviceUnknown(JournalError):
    """No access in force is on this device: there is nothing to withdraw."""

    word = "device_unknown"


def revoke(
    journal: Journal, keyring: Keyring, seat: SeatId, *, reason: str, now_ms: int, random: Random
) -> None:
    """Revoke a seat and rotate what it could read; its file here is removed.

    Raises SeatMayNotWrite, DiskFull, DiskFailed.
    """
    _revoke(journal, keyring, [seat], reason, now_ms, random)


def lose_device(
    journal: Journal, keyring: Keyring, device: DeviceId, *, now_ms: int, random: Random
) -> tuple[SeatId, ...]:
    """A device is lost or stolen: every seat on it is revoked, in one entry. Gives those seats.

    Raises:
        DeviceUnknown: no seat in force is on it.
        SeatMayNotWrite, DiskFull, DiskFailed: nothing was changed.
    """
    journal.refresh()
    membership = journal.membership
    seats = [
        seat.id for seat in membership.seats if seat.device == device and seat.id not in membership.revoked
    ]
    if not seats:
        raise DeviceUnknown("no seat in force is on this device", device=device)
    _revoke(journal, keyring, seats, LOST, now_ms, random)
    return tuple(seats)


def leave(
    journal: Journal, keyring: Keyring, person: PersonId, *, now_ms: int, random: Random
) -> tuple[SeatId, ...]:
    """Somebody leaves the practice: all their seats are revoked, in one entry. Raises as `revoke`."""
    journal.refresh()
    ring = keyring.with_membership(journal.membership)
    seats = journal.membership.persons.get(person, ())
    cuts = [head for seat in seats for head in journal.heads_of(seat)]
    journal.write_members(ring, person_left(ring, person, cuts=cuts, at=now_ms, random=random), now_ms)
    for seat in seats:
        remove_seat_file(journal, seat)
    return seats


def renew_due(journal: Journal, keyring: Keyring, *, now_ms: int, random: Random) -> tuple[Compartment, ...]:
    """Rotate what is due and opens here, when the owner may: an administrator's seat. Gives what was rotated.

    Raises DiskFull, DiskFailed, JournalBusy: it stays due.
    """
    journal.refresh()
    membership = journal.membership
    due = membership.rotation_due(now_ms)
    if not due or not membership.is_admin(keyring.keys.id, now_ms):
        return ()
    ring = keyring.with_membership(membership)
    mine = tuple(place for place in due if ring.newest(place) is not None)
    if mine:
        facts = [rotate_epoch(ring, place, at=now_ms, random=random) for place in mine]
        journal.write_members(ring, facts, now_ms)
    return mine


def _revoke(
    journal: Journal, keyring: Keyring, seats: list[SeatId], reason: str, now_ms: int, random: Random
) -> None:
    journal.refresh()
    ring = keyring.with_membership(journal.membership)
    cuts = {seat: journal.heads_of(seat) for seat in seats}
    facts = revoke_seats(ring, cuts, reason=reason, at=now_ms, random=random)
    journal.write_members(ring, facts, now_ms)
    for seat in seats:
        remove_seat_file(journal, seat)
