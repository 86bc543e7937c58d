"""Who came: from the notes of one appointment to where it stands. Pure but for its one query.

The last note in the order of facts counts; what was noted of another day than the appointment is on now (it was moved
since) says nothing of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from lanterne.practice.agenda.rules import ATTENDANCE, minute_of
from lanterne.practice.patients.queries import Group
from lanterne.practice.settling import FACT_ORDER
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import SeatId

NEXT = {"booked": "arrived", "arrived": "in_progress", "in_progress": "finished"}
"""What one key notes."""

_decode = msgspec.msgpack.decode
# As many threads as one statement may name.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Noted:
    """One note: `minute` since 1970 by the clock on the wall, None when it does not say."""

    state: str
    minute: int | None
    seat: SeatId
    written_ms: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Where an appointment stands: a word of rules.ATTENDANCE, the minutes of each step, who noted the last."""

    state: str = "booked"
    arrived: int | None = None
    came_in: int | None = None
    out: int | None = None
    seat: SeatId | None = None


EXPECTED = Attendance()


def standing(notes: Iterable[Noted]) -> Attendance:
    """What notes in order come to. A word of a later program changes nothing."""
    held = EXPECTED
    for note in notes:
        match note.state:
            case "booked" | "noshow":
                held = Attendance(note.state)
            case "arrived":
                held = Attendance("arrived", note.minute)
            case "in_progress":
                held = replace(held, state="in_progress", came_in=note.minute, out=None)
            case "finished":
                held = replace(held, state="finished", out=note.minute)
            case _:
                continue
        held = replace(held, seat=note.seat)
    return held


def waited(came: Attendance, starts: int, now: int) -> int:
    """Minutes somebody who is there waits beyond their hour: from it, or from when they came if that was later.

    0 for who does not wait.
    """
    if came.state != "arrived":
        return 0
    since = starts if came.arrived is None else max(starts, came.arrived)
    return max(0, now - since)


def of_threads(connection: Connection, threads: Sequence[tuple[str, str]]) -> dict[str, Attendance]:
    """Of appointments, by thread; those nobody noted anything of are left out.

    Args:
        threads: (thread, the day it is on now: "2026-11-23").
    """
    days, found = dict(threads), dict[str, list[Noted]]()
    names = list(days)
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        rows = connection.execute(
            "SELECT s.thread, t.body, f.at, f.body, e.seat, e.time >> 16 FROM statement s JOIN fact t ON t.no = s.fact"
            " JOIN attendance a ON a.target = t.id JOIN fact f ON f.no = a.fact JOIN entry e ON e.no = f.entry"
            f" WHERE s.thread IN ({marks(some)}) ORDER BY {FACT_ORDER}",
            [bytes.fromhex(thread) for thread in some],
        )
        for thread, target, at, body, seat, written in rows:
            name, start = bytes(thread).hex(), _text(target, "start")
            state = _text(body, "state")
            if start[:10] == days[name] and state in ATTENDANCE:
                noted = Noted(state, minute_of((at or "")[:16]), SeatId(bytes(seat).hex()), int(written))
                found.setdefault(name, []).append(noted)
    return {thread: standing(notes) for thread, notes in found.items()}


def _text(body: bytes, field: str) -> str:
    raw = _decode(body)
    value = raw.get(field) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def missed(connection: Connection, group: Group, since: int) -> int:
    """How many appointments a patient did not come to, from a minute on."""
    rows = connection.execute(
        "SELECT s.thread, f.body FROM appointment a JOIN statement s ON s.fact = a.fact JOIN fact f ON f.no = a.fact"
        f" WHERE a.patient IN (SELECT id FROM subject WHERE no IN ({marks(group.subjects)}))"
        " AND a.patient IS NOT NULL AND a.starts >= ?",
        (*group.subjects, since),
    ).fetchall()
    threads = [(bytes(thread).hex(), _text(body, "start")[:10]) for thread, body in rows]
    return sum(held.state == "noshow" for held in of_threads(connection, threads).values())
