"""Appointment facts to rows: the only writer of `appointment`, `overlap`, `overlap_wanted` and `attendance`.

The rows are a function of `statement` and `fact` alone: any order of arrival gives the same, and `refresh` of what a
few facts touch the same as `rebuild`. Called in the folder's transaction, once `statement` is settled. Two versions of
one appointment that say the same (moved alike on two devices at once) are one row, that of the smaller id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from lanterne.practice.agenda.facts import AppointmentBooked, AppointmentMoved, AttendanceNoted, OverlapWanted
from lanterne.practice.agenda.rules import LONGEST_MINUTES, minute_of
from lanterne.practice.alike import said
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import is_id

KINDS = (AppointmentBooked.KIND, AppointmentMoved.KIND)
_ALL = (*KINDS, OverlapWanted.KIND)

# More ids in one fact than anybody ever writes: a hostile one must not make a square of them.
NAMED_MOST = 50

_decode = msgspec.msgpack.decode

_LIVE = f"""SELECT f.no, f.id, s.thread, f.body FROM statement s JOIN fact f ON f.no = s.fact
    WHERE s.live = 1 AND s.kind IN (SELECT no FROM kind WHERE name IN ({marks(KINDS)}))"""


def refresh(connection: Connection, first: int, next_fact: int) -> None:
    """Bring up to date what facts numbered first … next_fact − 1 touch."""
    touched: set[bytes] = set()
    _note(connection, "AND f.no >= ? AND f.no < ?", (first, next_fact))
    rows = connection.execute(
        # Of any kind: one that a newer Lanterne writes may replace an appointment too.
        "SELECT f.no, f.id, f.replaces FROM fact f WHERE f.no >= ? AND f.no < ?"
        " AND f.subject = (SELECT no FROM subject WHERE id = zeroblob(16))",
        (first, next_fact),
    ).fetchall()
    for _number, identifier, replaces in rows:
        packed = bytes(replaces or b"")
        named = [bytes(identifier), *(packed[i : i + 16] for i in range(0, len(packed), 16))]
        touched |= _touched(connection, named)
    if touched:
        _renew(connection, touched)


def rebuild(connection: Connection) -> None:
    """Everything from nothing."""
    for table in ("appointment", "overlap", "overlap_wanted", "attendance"):
        connection.execute(f"DELETE FROM {table}")
    _note(connection, "", ())
    for number, body in connection.execute(
        "SELECT f.no, f.body FROM statement s JOIN fact f ON f.no = s.fact"
        " WHERE s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?)",
        (OverlapWanted.KIND,),
    ).fetchall():
        _want(connection, number, body)
    _insert(connection, connection.execute(_LIVE, KINDS).fetchall())
    _find_overlaps(connection, None)


def _note(connection: Connection, which: str, values: tuple[int, ...]) -> None:
    """Rows of who came, of these facts: nothing but the fact itself decides them."""
    rows = connection.execute(
        "SELECT f.no, f.body FROM fact f WHERE f.subject = (SELECT no FROM subject WHERE id = zeroblob(16))"
        f" AND f.kind = (SELECT no FROM kind WHERE name = ?) {which}",
        (AttendanceNoted.KIND, *values),
    ).fetchall()
    named = [(_decode(body), number) for number, body in rows]
    connection.executemany(
        "INSERT OR IGNORE INTO attendance VALUES (?, ?)",
        [
            (bytes.fromhex(raw["appointment"]), number)
            for raw, number in named
            if isinstance(raw, dict) and is_id(raw.get("appointment"))
        ],
    )


def _touched(connection: Connection, named: Iterable[bytes]) -> set[bytes]:
    """Threads of the appointments these facts are, or say something about; rows of `overlap_wanted` renewed."""
    threads: set[bytes] = set()
    for identifier in named:
        row = connection.execute(
            "SELECT s.fact, s.thread, s.live, k.name, f.body FROM fact f JOIN statement s ON s.fact = f.no"
            f" JOIN kind k ON k.no = s.kind WHERE f.id = ? AND k.name IN ({marks(_ALL)})",
            (identifier, *_ALL),
        ).fetchone()
        if row is None:
            continue
        number, thread, live, kind, body = row
        if kind != OverlapWanted.KIND:
            threads.add(bytes(thread))
            continue
        connection.execute("DELETE FROM overlap_wanted WHERE fact = ?", (number,))
        targets = _want(connection, number, body) if live else _named(body)
        threads.update(_threads_of(connection, targets))
    return threads


def _want(connection: Connection, number: int, body: bytes) -> list[bytes]:
    targets = _named(body)
    connection.executemany(
        "INSERT OR IGNORE INTO overlap_wanted VALUES (?, ?)", [(target, number) for target in targets]
    )
    return targets


def _named(body: bytes) -> list[bytes]:
    """The appointments a fact says are wanted together."""
    raw = _decode(body)
    named = raw.get("appointments") if isinstance(raw, dict) else None
    return [bytes.fromhex(one) for one in named[:NAMED_MOST] if is_id(one)] if isinstance(named, list) else []


def _threads_of(connection: Connection, facts: Iterable[bytes]) -> set[bytes]:
    found = (
        connection.execute(
            "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?", (one,)
        ).fetchone()
        for one in facts
    )
    return {bytes(row[0]) for row in found if row is not None}


def _renew(connection: Connection, threads: Collection[bytes]) -> None:
    rows: list[Any] = []
    for thread in threads:
        every = [
            (number,)
            for (number,) in connection.execute("SELECT fact FROM statement WHERE thread = ?", (thread,))
        ]
        connection.executemany("DELETE FROM appointment WHERE fact = ?", every)
        connection.executemany("DELETE FROM overlap WHERE one = ?", every)
        connection.executemany("DELETE FROM overlap WHERE other = ?", every)
        rows += connection.execute(f"{_LIVE} AND s.thread = ?", (*KINDS, thread)).fetchall()
    _find_overlaps(connection, _insert(connection, rows))


def _insert(connection: Connection, rows: Iterable[tuple[int, bytes, bytes, bytes]]) -> list[int]:
    """Rows of appointments that stand; their numbers."""
    kept: dict[tuple[bytes, bytes], tuple[bytes, tuple[object, ...]]] = {}
    for number, identifier, thread, body in rows:
        raw = _decode(body)
        slot = slot_of(raw)
        if slot is None:
            continue
        practitioner, starts, ends = slot
        patient = raw.get("patient")
        values = (
            number,
            practitioner,
            bytes.fromhex(patient) if isinstance(patient, str) and is_id(patient) else None,
            starts,
            ends,
        )
        alike = (bytes(thread), said(AppointmentBooked.KIND, raw))
        if alike not in kept or bytes(identifier) < kept[alike][0]:
            kept[alike] = (bytes(identifier), values)
    found = [values for _identifier, values in kept.values()]
    connection.executemany("INSERT INTO appointment VALUES (?,?,?,?,?)", found)
    return [int(str(values[0])) for values in found]


def slot_of(raw: Any) -> tuple[str, int, int] | None:
    """(practitioner, first minute, minute after the last) of a raw body; None when it is no slot."""
    if not isinstance(raw, dict):
        return None
    practitioner, starts, minutes = raw.get("practitioner"), minute_of(raw.get("start")), raw.get("minutes")
    if not isinstance(practitioner, str) or not is_id(practitioner) or starts is None:
        return None
    if type(minutes) is not int or not 0 < minutes <= LONGEST_MINUTES:
        return None
    return practitioner, starts, starts + minutes


def _find_overlaps(connection: Connection, numbers: Collection[int] | None) -> None:
    """Pairs of these appointments with any other of the same practitioner; of all, when None."""
    pairs = (
        "SELECT a.fact, b.fact, min(a.ends, b.ends) FROM appointment a JOIN appointment b"
        " ON b.practitioner = a.practitioner AND b.starts > a.starts - ? AND b.starts < a.ends"
        " WHERE b.ends > a.starts AND b.fact <> a.fact"
    )
    found: set[tuple[int, int, int]] = set()
    if numbers is None:
        found.update(
            (min(a, b), max(a, b), ends) for a, b, ends in connection.execute(pairs, (LONGEST_MINUTES,))
        )
    else:
        for number in numbers:
            found.update(
                (min(a, b), max(a, b), ends)
                for a, b, ends in connection.execute(f"{pairs} AND a.fact = ?", (LONGEST_MINUTES, number))
            )
    for one, other, ends in found:
        if not _are_one_or_wanted(connection, one, other):
            connection.execute("INSERT OR IGNORE INTO overlap VALUES (?, ?, ?)", (one, other, ends))


def _are_one_or_wanted(connection: Connection, one: int, other: int) -> bool:
    """Versions of one appointment are a conflict of another sort; two that somebody wants together are none."""
    threads = [
        bytes(connection.execute("SELECT thread FROM statement WHERE fact = ?", (number,)).fetchone()[0])
        for number in (one, other)
    ]
    if threads[0] == threads[1]:
        return True
    wanted = (
        "SELECT w.fact FROM statement s JOIN fact f ON f.no = s.fact JOIN overlap_wanted w ON w.target = f.id"
        " WHERE s.thread = ?"
    )
    row = connection.execute(f"{wanted} INTERSECT {wanted} LIMIT 1", threads).fetchone()
    return row is not None
