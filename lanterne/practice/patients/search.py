"""Finding a patient as one types: parts of names in any order, birth date, phone, matricule.

The index lives in this process's memory, shared by its threads, and follows the read tables: what a fold
changed is mended into a small second index, and beyond a few hundred changes, or in another generation of the
tables, everything is read anew. It never outlives the process, hence neither the unlocked seat.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lanterne.practice.patients.asking import readings
from lanterne.practice.patients.folding import GENERATION, MENDED_AT_ONCE, VERSION
from lanterne.practice.patients.index import Candidate, Index, Row
from lanterne.practice.tables import Connection
from lanterne.wire.names import PatientId

LIMIT = 20

Match = Literal["exact", "prefix", "infix", "sound", "misspelt"]
_MATCHES: tuple[Match, ...] = ("exact", "prefix", "infix", "sound", "misspelt")

_ROW = "SELECT subject, CASE merged_into WHEN 0 THEN subject ELSE merged_into END, sort_name, numbers FROM patient"


@dataclass(frozen=True, slots=True)
class Hit:
    """A patient found, as lists show them.

    Attributes:
        patient: the surviving record's id.
        birth_date, deceased: ISO, possibly partial or empty.
        match: how the worst matching word was found; numbers alone are exact.
        found_as: the name of the absorbed record that was found, when it was not the survivor's own; else
            empty.
    """

    patient: PatientId
    birth_name: str
    used_name: str
    first_given: str
    used_given: str
    sex: str
    birth_date: str
    status: str
    deceased: str
    phone: str
    city: str
    attending: str
    match: Match
    found_as: str


@dataclass(frozen=True, slots=True)
class Found:
    """At most LIMIT patients, best first; `more` when others matched as well."""

    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """An index of one state of the tables: `base`, and the patients changed since in `mended`."""

    generation: str
    version: int
    base_version: int
    base: Index
    mended: Index
    changed: frozenset[int]


_lock = threading.Lock()
# One per generation of tables held open; a process has the office's or the medical set, and two during a
# rebuild.
_snapshots: dict[str, _Snapshot] = {}
_MOST_SNAPSHOTS = 2


def search(connection: Connection, typed: str, *, today: date, limit: int = LIMIT) -> Found:
    """Patients that what was typed may mean.

    Args:
        typed: as in the search field.
        today: two-digit years are in the past.
    """
    ways = readings(typed, today)
    if not ways:
        return Found((), False)
    held = _snapshot(connection)
    best: dict[int, Candidate] = {}
    for reading in ways:
        for index, hidden in ((held.base, held.changed), (held.mended, frozenset[int]())):
            for candidate in index.find(reading, limit + len(hidden)):
                known = best.get(candidate.survivor)
                if candidate.subject not in hidden and (known is None or candidate < known):
                    best[candidate.survivor] = candidate
    ordered = sorted(best.values())
    return Found(_hits(connection, ordered[:limit]), len(ordered) > limit)


def named(connection: Connection, words: Collection[str]) -> set[int]:
    """Row numbers of the records whose names hold all these folded words, whatever else they hold."""
    held = _snapshot(connection)
    return (held.base.holding(words) - held.changed) | held.mended.holding(words)


def forget() -> None:
    """Drop every index of this process."""
    with _lock:
        _snapshots.clear()


def _snapshot(connection: Connection) -> _Snapshot:
    values = dict(
        connection.execute(
            "SELECT name, value FROM meta WHERE name IN (?, ?)", (GENERATION, VERSION)
        ).fetchall()
    )
    generation, version = str(values.get(GENERATION, "")), int(values.get(VERSION, 0))
    if connection.in_transaction:
        # What is not committed yet may never be: read it, keep nothing of it.
        return _read_all(connection, generation, version)
    with _lock:
        held = _snapshots.get(generation)
        if held is not None and held.version == version:
            return held
        fresh = _mend(connection, held, version) if held is not None and held.version < version else None
        fresh = fresh or _read_all(connection, generation, version)
        _snapshots.pop(generation, None)
        _snapshots[generation] = fresh
        while len(_snapshots) > _MOST_SNAPSHOTS:
            del _snapshots[next(iter(_snapshots))]
        return fresh


def _read_all(connection: Connection, generation: str, version: int) -> _Snapshot:
    return _Snapshot(
        generation, version, version, Index(_rows(connection.execute(_ROW))), Index(()), frozenset()
    )


def _mend(connection: Connection, held: _Snapshot, version: int) -> _Snapshot | None:
    """The snapshot brought to this version; None when it is quicker, or the only way, to read everything."""
    changed = frozenset(
        int(row[0])
        for row in connection.execute(
            "SELECT subject FROM patient_change WHERE version > ?", (held.base_version,)
        )
    )
    if not changed or len(changed) > MENDED_AT_ONCE:
        return None
    rows = connection.execute(f"{_ROW} WHERE subject IN (SELECT value FROM json_each(?))", (_json(changed),))
    return _Snapshot(held.generation, version, held.base_version, held.base, Index(_rows(rows)), changed)


def _rows(found: Iterable[Row]) -> list[Row]:
    return [(row[0], row[1], row[2], row[3]) for row in found]


def _hits(connection: Connection, candidates: Collection[Candidate]) -> tuple[Hit, ...]:
    wanted = {candidate.survivor for candidate in candidates} | {
        candidate.subject for candidate in candidates
    }
    rows = {
        int(row[0]): row[1:]
        for row in connection.execute(
            "SELECT p.subject, s.id, p.birth_name, p.used_name, p.first_given, p.used_given, p.sex, p.birth_date,"
            " p.status, p.deceased, p.phone, p.city, p.attending FROM patient p JOIN subject s ON s.no = p.subject"
            " WHERE p.subject IN (SELECT value FROM json_each(?))",
            (_json(wanted),),
        )
    }
    hits = []
    for candidate in candidates:
        row = rows.get(candidate.survivor)
        if row is None:
            continue  # changed since the index was read: the next keystroke shows it
        other = rows.get(candidate.subject) if candidate.subject != candidate.survivor else None
        found_as = f"{other[2] or other[1]} {other[4] or other[3]}" if other is not None else ""
        hits.append(Hit(*(PatientId(bytes(row[0]).hex()), *row[1:], _MATCHES[candidate.level], found_as)))
    return tuple(hits)


def _json(numbers: Collection[int]) -> str:
    return json.dumps(sorted(numbers))
