"""Patient facts to rows: the only writer of `patient`, `patient_link` and `patient_change`.

The rows are a function of `latest`, `statement`, `fact` and `entry` alone: any order of arrival gives the
same, and `refresh` of one patient the same as `refresh` of everybody. Called in the folder's transaction,
after `latest` and `statement` are settled.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec

from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    PatientIdentified,
    PatientsDistinct,
    PatientsMerged,
)
from lanterne.practice.patients.merging import settle, settle_everybody
from lanterne.practice.patients.rows import COLUMNS, row_of
from lanterne.practice.patients.tables import INDEXES
from lanterne.practice.tables import Connection

# Beyond this many patients in one transaction the index in memory is read anew rather than mended.
MENDED_AT_ONCE = 256

# Two lines of `meta` for search.py. The generation is random: a rebuilt file never passes for the one before.
GENERATION, VERSION = "patients.generation", "patients.version"

_INSERT = f"INSERT OR REPLACE INTO patient({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_LATEST_KINDS = (PatientIdentified.KIND, ContactsRecorded.KIND, AttendingRecorded.KIND)
_LINK_KINDS = {PatientsMerged.KIND: ("absorbed", 1), PatientsDistinct.KIND: ("other", 0)}
_ONLY = "AND {column} IN (SELECT value FROM json_each(?))"


def refresh(connection: Connection, subjects: Collection[int], *, bulk: bool = False) -> None:
    """Rebuild the rows of these subjects.

    Args:
        subjects: local row numbers of subjects whose patient.* facts changed.
        bulk: they are all there are; everything is rebuilt from nothing (100,000 patients in seconds, see
            bench/search.py).
    """
    if bulk:
        _rebuild(connection)
        return
    if not subjects:
        return
    chosen = json.dumps(sorted(subjects))
    connection.execute(f"DELETE FROM patient WHERE 1 {_ONLY.format(column='subject')}", (chosen,))
    connection.executemany(_INSERT, list(_rows(connection, chosen)))
    tied = _links(connection, chosen)
    moved = settle(connection, {*subjects, *tied}) | set(subjects)
    _say_changed(connection, moved)


def _rebuild(connection: Connection) -> None:
    names = [index.split()[2] for index in INDEXES]
    for name in names:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    for table in ("patient", "patient_link", "patient_change"):
        connection.execute(f"DELETE FROM {table}")
    connection.executemany(_INSERT, _rows(connection, None))
    connection.executemany("INSERT INTO patient_link VALUES (?,?,?,?)", list(_read_links(connection, None)))
    for index in INDEXES:
        connection.execute(index)
    settle_everybody(connection)
    _new_generation(connection)


def _rows(connection: Connection, chosen: str | None) -> Iterator[tuple[object, ...]]:
    """A row for every chosen subject (a JSON list; None: all) that has an identity."""
    bodies: list[dict[int, bytes]] = []
    for kind in _LATEST_KINDS:
        found = connection.execute(
            "SELECT l.subject, f.body FROM latest l JOIN fact f ON f.no = l.fact"
            " WHERE l.kind = (SELECT no FROM kind WHERE name = ?)"
            f" {_ONLY.format(column='l.subject') if chosen else ''}",
            (kind, chosen) if chosen else (kind,),
        )
        bodies.append(dict(found.fetchall()))
    identities, contacts, attending = bodies
    for subject, identity in identities.items():
        yield row_of(subject, identity, contacts.get(subject), attending.get(subject))


def _links(connection: Connection, chosen: str) -> set[int]:
    """Renew the merges and distinctions these subjects state. Returns the records at the other end, before
    and after.
    """
    others = (
        "SELECT s.no FROM patient_link l JOIN subject s ON s.id = l.other"
        f" WHERE l.merges = 1 {_ONLY.format(column='l.subject')}"
    )
    tied = {int(row[0]) for row in connection.execute(others, (chosen,))}
    connection.execute(f"DELETE FROM patient_link WHERE 1 {_ONLY.format(column='subject')}", (chosen,))
    connection.executemany("INSERT INTO patient_link VALUES (?,?,?,?)", list(_read_links(connection, chosen)))
    return tied | {int(row[0]) for row in connection.execute(others, (chosen,))}


def _read_links(connection: Connection, chosen: str | None) -> Iterator[tuple[int, int, bytes, int]]:
    for kind, (name, merges) in _LINK_KINDS.items():
        found: Iterable[tuple[int, int, bytes]] = connection.execute(
            "SELECT s.fact, s.subject, f.body FROM statement s JOIN fact f ON f.no = s.fact"
            f" WHERE s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?)"
            f" {_ONLY.format(column='s.subject') if chosen else ''}",
            (kind, chosen) if chosen else (kind,),
        )
        for fact, subject, body in found:
            other = _id(msgspec.msgpack.decode(body), name)
            if other is not None:
                yield fact, subject, other, merges


def _id(body: Any, name: str) -> bytes | None:
    """The record a link names; None when it names none (the fact stays readable, it ties nobody)."""
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or len(value) != 32:
        return None
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None


def _say_changed(connection: Connection, subjects: Collection[int]) -> None:
    if len(subjects) > MENDED_AT_ONCE:
        _new_generation(connection)
        return
    connection.execute(
        "INSERT OR IGNORE INTO meta(name, value) VALUES (?, hex(randomblob(8)))", (GENERATION,)
    )
    connection.execute("INSERT OR IGNORE INTO meta(name, value) VALUES (?, 0)", (VERSION,))
    connection.execute("UPDATE meta SET value = value + 1 WHERE name = ?", (VERSION,))
    connection.executemany(
        "INSERT OR REPLACE INTO patient_change(subject, version) VALUES (?, (SELECT value FROM meta WHERE name = ?))",
        [(subject, VERSION) for subject in subjects],
    )


def _new_generation(connection: Connection) -> None:
    connection.execute("DELETE FROM patient_change")
    connection.execute(
        "INSERT OR REPLACE INTO meta(name, value) VALUES (?, hex(randomblob(8)))", (GENERATION,)
    )
    connection.execute("INSERT OR REPLACE INTO meta(name, value) VALUES (?, 0)", (VERSION,))
