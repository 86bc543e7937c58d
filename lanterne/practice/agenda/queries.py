"""What pages ask of the agenda: a day, who comes today, what overlaps.

The agenda is of the office: whoever reads identities reads it, and opening it opens no chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lanterne.practice.agenda.facts import (
    ZONE,
    Appointment,
    AppointmentBooked,
    AppointmentMoved,
    OverlapWanted,
)
from lanterne.practice.agenda.folding import KINDS, slot_of
from lanterne.practice.agenda.rules import LONGEST_MINUTES, day_minutes
from lanterne.practice.errors import UnknownFact
from lanterne.practice.patients.queries import Group
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import FactId, PatientId, PersonId, SeatId, is_id

_decode = msgspec.msgpack.decode

_COLUMNS = """SELECT f.id, k.name, f.body, e.seat, e.time >> 16, s.thread, s.live, s.conflict, f.no
    FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind JOIN entry e ON e.no = f.entry"""


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment, or a closed slot, as one fact says it.

    Attributes:
        fact: names it to a command; `thread` is shared by all its versions.
        starts, ends: minutes since 1970 by the clock on the wall.
        patient: as written; whoever shows it follows merges.
        moved: it is not as first booked. `live`: nothing replaced or cancelled it.
        several: other versions of it stand (moved on two devices at once).
        overlaps: numbers of pairs nobody said were wanted.
        seat, written_ms: who wrote this version, and when by that device's clock.
    """

    fact: FactId
    thread: str
    body: Appointment
    practitioner: PersonId
    starts: int
    ends: int
    patient: PatientId | None
    moved: bool
    live: bool
    several: bool
    overlaps: int
    seat: SeatId
    written_ms: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two appointments of one practitioner at once, the earlier first."""

    one: Meeting
    other: Meeting


def day(connection: Connection, on: date, practitioner: PersonId | None = None) -> list[Meeting]:
    """What stands on a day, by hour; of one practitioner or of all."""
    first, after = day_minutes(on)
    return between(connection, first, after, practitioner)


def between(
    connection: Connection, first: int, after: int, practitioner: PersonId | None = None
) -> list[Meeting]:
    """What stands between two minutes: whatever begins before `after` and ends after `first`."""
    whose, values = ("AND a.practitioner = ?", (practitioner,)) if practitioner else ("", ())
    rows = connection.execute(
        f"{_COLUMNS} JOIN appointment a ON a.fact = s.fact WHERE a.starts > ? AND a.starts < ? AND a.ends > ?"
        f" {whose} ORDER BY a.starts, a.practitioner, f.id",
        (first - LONGEST_MINUTES, after, first, *values),
    ).fetchall()
    return _meetings(connection, rows)


def todays_patients(connection: Connection, on: date) -> list[PatientId]:
    """Patients expected on a day, by hour, each once: the surviving record of each.

    What a first copy brings first, and what a page prepares.
    """
    first, after = day_minutes(on)
    rows = connection.execute(
        "SELECT coalesce(m.id, p.id) FROM appointment a JOIN subject p ON p.id = a.patient"
        " LEFT JOIN patient r ON r.subject = p.no LEFT JOIN subject m ON m.no = r.merged_into AND r.merged_into <> 0"
        " WHERE a.starts >= ? AND a.starts < ? ORDER BY a.starts, p.id",
        (first, after),
    )
    return list(dict.fromkeys(PatientId(bytes(row[0]).hex()) for row in rows))


def of_patient(connection: Connection, group: Group, first: int, *, limit: int = 20) -> list[Meeting]:
    """A patient's appointments from a minute on, soonest first; those of the records merged into theirs too."""
    rows = connection.execute(
        f"{_COLUMNS} JOIN appointment a ON a.fact = s.fact"
        f" WHERE a.patient IN (SELECT id FROM subject WHERE no IN ({marks(group.subjects)}))"
        " AND a.patient IS NOT NULL AND a.starts >= ? ORDER BY a.starts, f.id LIMIT ?",
        (*group.subjects, first, limit),
    ).fetchall()
    return _meetings(connection, rows)


def cancelled(connection: Connection, on: date) -> list[Meeting]:
    """What was to take place on a day and was cancelled, by hour: the last version of each."""
    first, after = day_minutes(on)
    rows = connection.execute(
        # A day in Paris lies within two days of UTC; the hours are compared below.
        f"{_COLUMNS} WHERE s.subject = (SELECT no FROM subject WHERE id = zeroblob(16)) AND s.live = 0"
        f" AND s.kind IN (SELECT no FROM kind WHERE name IN ({marks(KINDS)}))"
        " AND s.day >= date(?, '-1 day') AND s.day < date(?, '+2 days')"
        " AND NOT EXISTS (SELECT 1 FROM statement v WHERE v.thread = s.thread AND v.live = 1)"
        # Of its versions, those that no other version replaces.
        " AND NOT EXISTS (SELECT 1 FROM replacement r JOIN statement v ON v.fact = r.fact WHERE r.target = f.id)"
        " ORDER BY s.day, f.id",
        (*KINDS, on.isoformat(), on.isoformat()),
    ).fetchall()
    found = {one.thread: one for one in _meetings(connection, rows) if first <= one.starts < after}
    return list(found.values())


def one(connection: Connection, fact: FactId) -> Meeting:
    """An appointment by the id of one of its versions, live or not.

    Raises:
        UnknownFact: no appointment has this id.
    """
    rows = (
        connection.execute(
            f"{_COLUMNS} WHERE f.id = ? AND k.name IN ({marks(KINDS)})", (bytes.fromhex(fact), *KINDS)
        ).fetchall()
        if is_id(fact)
        else []
    )
    found = _meetings(connection, rows)
    if not found:
        raise UnknownFact("no appointment has this id")
    return found[0]


def versions(connection: Connection, thread: str) -> list[Meeting]:
    """Every live version of an appointment: one, or several when it was moved on two devices at once."""
    rows = connection.execute(
        f"{_COLUMNS} WHERE s.thread = ? AND s.live = 1 AND k.name IN ({marks(KINDS)}) ORDER BY f.id",
        (bytes.fromhex(thread), *KINDS),
    ).fetchall()
    return _meetings(connection, rows)


def first_of(connection: Connection, held: Meeting) -> FactId:
    """What an appointment is called for good: the version that replaces none, or its thread while that has not come.

    A thread's own name is the smallest id of its versions, and may become another at every move.
    """
    row = connection.execute(
        "SELECT f.id FROM statement s JOIN fact f ON f.no = s.fact WHERE s.thread = ? AND NOT EXISTS"
        " (SELECT 1 FROM replacement r WHERE r.fact = f.no) ORDER BY f.id LIMIT 1",
        (bytes.fromhex(held.thread),),
    ).fetchone()
    return FactId(bytes(row[0]).hex() if row is not None else held.thread)


def double_bookings(connection: Connection, first: int, *, limit: int = 100) -> list[Overlap]:
    """Pairs not over at a minute, soonest first, that nobody said were wanted."""
    pairs = connection.execute(
        "SELECT one, other FROM overlap WHERE ends > ? ORDER BY ends LIMIT ?", (first, limit)
    ).fetchall()
    numbers = sorted({int(number) for pair in pairs for number in pair})
    found = dict(_numbered(connection, numbers))
    overlaps = [
        Overlap(*sorted((found[one], found[other]), key=lambda held: (held.starts, held.fact)))
        for one, other in pairs
        if one in found and other in found
    ]
    return sorted(overlaps, key=lambda pair: (pair.one.starts, pair.one.fact, pair.other.fact))


def count_double_bookings(connection: Connection, first: int) -> int:
    """How many pairs `double_bookings` lists, without reading them."""
    return int(connection.execute("SELECT count(*) FROM overlap WHERE ends > ?", (first,)).fetchone()[0])


def wanted(connection: Connection, facts: Sequence[FactId]) -> list[FactId]:
    """Standing appointment.overlap_wanted facts that name all of these appointments (by any version)."""
    threads = [one(connection, fact).thread for fact in facts]
    held: set[bytes] | None = None
    for thread in threads:
        rows = connection.execute(
            "SELECT w.id FROM statement s JOIN fact f ON f.no = s.fact JOIN overlap_wanted o ON o.target = f.id"
            " JOIN fact w ON w.no = o.fact WHERE s.thread = ?",
            (bytes.fromhex(thread),),
        )
        found = {bytes(row[0]) for row in rows}
        held = found if held is None else held & found
    return [FactId(identifier.hex()) for identifier in sorted(held or ())]


def overlapping(connection: Connection, body: Appointment, but: Iterable[str] = ()) -> list[Meeting]:
    """What stands of the same practitioner in the same minutes, but for these threads."""
    slot = slot_of({"practitioner": body.practitioner, "start": body.start, "minutes": body.minutes})
    if slot is None:
        return []
    practitioner, starts, ends = slot
    threads = set(but)
    return [
        held
        for held in between(connection, starts, ends, PersonId(practitioner))
        if held.thread not in threads
    ]


def _numbered(connection: Connection, numbers: Sequence[int]) -> list[tuple[int, Meeting]]:
    rows = connection.execute(
        f"{_COLUMNS} WHERE s.fact IN ({marks(numbers)}) ORDER BY f.no", tuple(numbers)
    ).fetchall()
    return [(int(row[8]), held) for row in rows for held in _meetings(connection, [row])]


def _meetings(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> list[Meeting]:
    found = []
    for identifier, kind, packed, seat, time, thread, live, conflict, number in rows:
        raw = _decode(packed)
        slot = slot_of(raw)
        if slot is None:
            continue
        body = _read(kind, raw)
        overlaps = connection.execute(
            "SELECT (SELECT count(*) FROM overlap WHERE one = ?1) + (SELECT count(*) FROM overlap WHERE other = ?1)",
            (number,),
        ).fetchone()[0]
        patient = body.patient
        found.append(
            Meeting(
                FactId(bytes(identifier).hex()), bytes(thread).hex(), body, PersonId(slot[0]), slot[1], slot[2],
                PatientId(patient) if is_id(patient) else None, kind == AppointmentMoved.KIND, bool(live),
                bool(conflict), int(overlaps), SeatId(bytes(seat).hex()), int(time),
            )
        )  # fmt: skip
    return found


_BODIES = {AppointmentBooked.KIND: AppointmentBooked, AppointmentMoved.KIND: AppointmentMoved}


def _read(kind: str, raw: dict[str, Any]) -> Appointment:
    """The body; one whose words have another shape (it passed no command here) keeps its slot, and what is text."""
    body = _BODIES[kind]
    try:
        return msgspec.convert(raw, body)
    except msgspec.ValidationError:
        texts = {
            name: raw[name] for name in ("patient", "name", "phone", "reason") if type(raw.get(name)) is str
        }
        return body(
            practitioner=raw["practitioner"], start=raw["start"], minutes=raw["minutes"], zone=ZONE, **texts
        )


def wanted_of(connection: Connection, fact: FactId) -> list[FactId]:
    """The appointments a standing appointment.overlap_wanted fact names; empty when it stands no more."""
    row = (
        connection.execute(
            "SELECT f.body FROM fact f JOIN statement s ON s.fact = f.no JOIN kind k ON k.no = f.kind"
            " WHERE f.id = ? AND s.live = 1 AND k.name = ?",
            (bytes.fromhex(fact), OverlapWanted.KIND),
        ).fetchone()
        if is_id(fact)
        else None
    )
    named = _decode(row[0]).get("appointments") if row is not None else None
    return [FactId(one) for one in named if is_id(one)] if isinstance(named, list) else []
