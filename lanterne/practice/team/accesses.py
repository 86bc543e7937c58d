"""Who has an access on which device, who is new, and the three ways an access ends; each one action.

Law: the membership says who may; only an administrator changes it, and never their own access. What is new is new
from the moment this person's own device saw it, so a date set back hides nobody.
Source: docs/format/membership.md M6–M8.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from lanterne.journal import leaving
from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy, LocalFileDamaged
from lanterne.practice.errors import Refusal
from lanterne.practice.record import Record
from lanterne.practice.recording import record as write
from lanterne.practice.rights import Right
from lanterne.practice.team import queries
from lanterne.practice.team.commands import DescribePerson
from lanterne.proof.records import SeatRecord
from lanterne.wire.names import Compartment, DeviceId, PersonId, SeatId

Random = Callable[[int], bytes]
NEW_MS = 72 * 60 * 60 * 1000
WITHDRAWN = "withdrawn"
"""Reason of a revocation: an administrator took the access back."""
_SEEN = "accesses"


@dataclass(frozen=True, slots=True)
class Access:
    """A seat as a person thinks of it. Times in milliseconds since 1970 UTC.

    Attributes:
        since: when it was admitted, by the clock of who admitted it.
        until: the end of its term, None without one.
        last: when the newest entry held here was written by it, by its own clock; None: nothing held.
        state: "" in force, "ended" (its term is over), "revoked".
    """

    seat: SeatId
    person: PersonId
    device: DeviceId
    here: bool
    mine: bool
    since: int
    until: int | None
    last: int | None
    state: str
    admin: bool
    reads: tuple[Compartment, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """A machine of the practice, with everybody's access on it, revoked ones too."""

    id: DeviceId
    here: bool
    accesses: tuple[Access, ...]

    @property
    def in_force(self) -> bool:
        """Whether an access on it is still in force, or may be (its term is over, and nobody took it back)."""
        return any(one.state != "revoked" for one in self.accesses)


def accesses(record: Record) -> list[Access]:
    """Every access there ever was, in the order of admission."""
    return [_access(record, seat) for seat in record.journal.membership.seats]


def devices(record: Record) -> list[Device]:
    """Every device, this one first, then in the order of its first access."""
    by_device: dict[DeviceId, list[Access]] = {}
    for one in accesses(record):
        by_device.setdefault(one.device, []).append(one)
    found = [Device(device, held[0].here, tuple(held)) for device, held in by_device.items()]
    return sorted(found, key=lambda device: not device.here)


def newcomers(record: Record) -> list[Access]:
    """Accesses this person's device learnt of less than 72 hours ago, other than this one and the founder's."""
    held = accesses(record)
    seen = _seen(record)
    unseen = {one.seat: one.since if seen is None else record.clock_ms() for one in held}
    known = {**unseen, **(seen or {})}
    if seen is None or unseen.keys() - seen.keys():
        # Not kept on a full disk: they are new again at the next look, which is the right side to err on.
        with suppress(DiskFull, DiskFailed, JournalBusy):
            record.local.put(_SEEN, json.dumps(known).encode())
    first = record.journal.membership.genesis.seat.id
    now = record.clock_ms()
    return [one for one in held if one.seat != first and not one.mine and now - known[one.seat] < NEW_MS]


def withdraw(record: Record, seat: SeatId, *, random: Random = secrets.token_bytes) -> None:
    """Take one access back. What it wrote stays; what it could read is sealed anew.

    Raises:
        NotAllowed: the writer does not manage the team.
        Refusal: "access_own", "access_not_in_force".
        DiskFull, DiskFailed: nothing was changed.
    """
    record.require(Right.MANAGE_TEAM)
    membership = record.journal.membership
    if seat == record.seat.id:
        raise Refusal("access_own")
    if not membership.is_admitted(seat) or seat in membership.revoked:
        raise Refusal("access_not_in_force")
    leaving.revoke(
        record.journal, record.keyring, seat, reason=WITHDRAWN, now_ms=record.clock_ms(), random=random
    )
    record.catch_up()


def device_lost(
    record: Record, device: DeviceId, *, random: Random = secrets.token_bytes
) -> tuple[SeatId, ...]:
    """A device is lost or stolen: every access on it ends. Gives those accesses.

    Raises:
        NotAllowed, DiskFull, DiskFailed: as `withdraw`.
        Refusal: "device_here" (one does not lose the machine one types on).
        DeviceUnknown: no access in force is on it.
    """
    record.require(Right.MANAGE_TEAM)
    mine = record.journal.membership.seat(record.seat.id)
    if mine is not None and mine.device == device:
        raise Refusal("device_here")
    lost = leaving.lose_device(
        record.journal, record.keyring, device, now_ms=record.clock_ms(), random=random
    )
    record.catch_up()
    return lost


def person_leaves(
    record: Record, person: PersonId, *, random: Random = secrets.token_bytes
) -> tuple[SeatId, ...]:
    """Somebody leaves: every access of theirs ends on every device, and the team says since today.

    Raises:
        NotAllowed, DiskFull, DiskFailed: as `withdraw`.
        Refusal: "leave_own", "person_unknown", "last_administrator".
    """
    writer = record.require(Right.MANAGE_TEAM)
    if person == writer.person:
        raise Refusal("leave_own")
    held = queries.person(record.connection(), person)
    if held is None and person not in record.journal.membership.persons:
        raise Refusal("person_unknown")
    gone: tuple[SeatId, ...] = ()
    if record.journal.membership.persons.get(person):
        gone = leaving.leave(record.journal, record.keyring, person, now_ms=record.clock_ms(), random=random)
    if held is not None and not held.body.left:
        today = datetime.fromtimestamp(record.clock_ms() / 1000, UTC).date().isoformat()
        write(record, DescribePerson(msgspec.structs.replace(held.body, left=today), held.fact))
    record.catch_up()
    return gone


def _access(record: Record, seat: SeatRecord) -> Access:
    membership = record.journal.membership
    mine = membership.seat(record.seat.id)
    revoked = seat.id in membership.revoked
    ended = not revoked and not membership.is_active(seat.id, record.clock_ms())
    return Access(
        seat=seat.id,
        person=seat.person,
        device=seat.device,
        here=mine is not None and mine.device == seat.device,
        mine=seat.id == record.seat.id,
        since=membership.admitted_at(seat.id) or 0,
        until=seat.not_after,
        last=record.journal.last_written(seat.id),
        state="revoked" if revoked else "ended" if ended else "",
        admin=seat.admin,
        reads=seat.compartments,
    )


def _seen(record: Record) -> dict[SeatId, int] | None:
    try:
        kept = record.local.get(_SEEN)
        return None if kept is None else {SeatId(seat): int(at) for seat, at in json.loads(kept).items()}
    except LocalFileDamaged:
        return {}  # all are new again
