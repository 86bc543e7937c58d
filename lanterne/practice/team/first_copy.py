"""What a device being added fetches first: who works here, the day's agenda, and the patients seen about now.

Law: names numbers of entries and hashes of documents, nothing else; bounded, whatever the practice holds. Entries of
several patients are mixed by their numbers, so that whoever carries the list, or sees it being followed, does not learn
which belong together beyond a group of some. Source: docs/format/exchange.md, "The first copy".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lanterne.journal.first_copy import MAX_BLOBS, First
from lanterne.practice.agenda import queries as agenda
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.rules import blobs_of
from lanterne.practice.patients import queries as patients
from lanterne.practice.record import Record
from lanterne.practice.tables import Connection
from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, PatientId, SeatId, Stream

MOST_PATIENTS = 60
MOST_ENTRIES = 12_000
"""Entries named; a group of patients that would pass it is left to its turn."""
TOGETHER = 6
"""Patients whose entries are mixed: the first charts are here when this many are."""
LOOKED_AT = 5_000
"""The newest entries among which the patients seen lately are looked for."""
DAYS = 2

_PARIS = ZoneInfo("Europe/Paris")
Entry = tuple[ChainId, int]


def gather(record: Record) -> First:
    """The list, from the read tables of the moment."""
    connection = record.connection()
    today = datetime.fromtimestamp(record.clock_ms() / 1000, UTC).astimezone(_PARIS).date()
    groups = [_of_practice(connection)]
    blobs: list[str] = []
    chosen = _patients(record, connection, agenda.todays_patients(connection, today))
    for start in range(0, len(chosen), TOGETHER):
        subjects = [number for one in chosen[start : start + TOGETHER] for number in one]
        groups.append(_of_subjects(connection, subjects))
        blobs += _documents(connection, subjects)
    for ahead in range(DAYS):
        # Appointments are facts about the practice: those of today and tomorrow alone.
        met = agenda.day(connection, today + timedelta(days=ahead))
        groups[0] += _of_facts(connection, [bytes.fromhex(one.fact) for one in met])
    return First(tuple(_ranges(groups)), tuple(dict.fromkeys(blobs))[:MAX_BLOBS])


def _ranges(groups: Iterable[Collection[Entry]]) -> Iterable[Range]:
    """Each group's entries by chain and number, those that follow each other as one range; none named twice."""
    named = set[Entry]()
    for group in groups:
        fresh = sorted(set(group) - named)
        if len(named) + len(fresh) > MOST_ENTRIES:
            continue
        named.update(fresh)
        start = 0
        for place in range(1, len(fresh) + 1):
            chain, seq = fresh[place - 1]
            if place == len(fresh) or fresh[place] != (chain, seq + 1):
                yield Range(chain, fresh[start][1] - 1, seq)
                start = place


def _patients(record: Record, connection: Connection, first: list[PatientId]) -> list[tuple[int, ...]]:
    """Row numbers of each patient's records: of the day, then those opened lately, then those written about lately."""
    wanted = list(first)
    if record.trace_folder is not None:
        wanted += _seen(record.catch_up_traces().read())
    wanted += _seen(connection)
    found: dict[tuple[int, ...], None] = {}
    for patient in dict.fromkeys(wanted):
        group = patients.group_of(connection, patient)
        if group is not None:
            found[group.subjects] = None
        if len(found) == MOST_PATIENTS:
            break
    return list(found)


def _seen(connection: Connection) -> list[PatientId]:
    """Patients of the newest entries, the newest first."""
    rows = connection.execute(
        "SELECT s.id FROM (SELECT no, rank FROM entry ORDER BY rank DESC LIMIT ?) e"
        " CROSS JOIN fact f ON f.entry = e.no JOIN subject s ON s.no = f.subject"
        " WHERE s.id <> zeroblob(16) ORDER BY e.rank DESC",
        (LOOKED_AT,),
    )
    found: dict[PatientId, None] = {}
    for (identifier,) in rows:
        found[PatientId(bytes(identifier).hex())] = None
        if len(found) == MOST_PATIENTS:
            break
    return list(found)


_ENTRY = "SELECT DISTINCT e.seat, e.incarnation, e.seq FROM fact f JOIN entry e ON e.no = f.entry WHERE"


def _of_practice(connection: Connection) -> list[Entry]:
    """Who works here and what the practice is: what counts now."""
    rows = connection.execute(
        f"{_ENTRY} f.no IN (SELECT l.fact FROM latest l JOIN subject s ON s.no = l.subject WHERE s.id = zeroblob(16))"
    )
    return _entries(rows)


def _of_subjects(connection: Connection, subjects: list[int]) -> list[Entry]:
    rows = connection.execute(
        f"{_ENTRY} f.subject IN (SELECT value FROM json_each(?))", (json.dumps(subjects),)
    )
    return _entries(rows)


def _of_facts(connection: Connection, facts: list[bytes]) -> list[Entry]:
    found: list[Entry] = []
    for fact in facts:
        found += _entries(connection.execute(f"{_ENTRY} f.id = ?", (fact,)))
    return found


def _entries(rows: Iterable[tuple[bytes, int, int]]) -> list[Entry]:
    return [
        (ChainId(SeatId(bytes(seat).hex()), incarnation, Stream.CARE), seq) for seat, incarnation, seq in rows
    ]


def _documents(connection: Connection, subjects: list[int]) -> list[str]:
    rows = connection.execute(
        "SELECT f.body FROM statement s JOIN fact f ON f.no = s.fact"
        " WHERE s.subject IN (SELECT value FROM json_each(?)) AND s.live = 1"
        " AND s.kind = (SELECT no FROM kind WHERE name = ?) ORDER BY s.day DESC",
        (json.dumps(subjects), DocumentFiled.KIND),
    )
    return [name for (body,) in rows for name in blobs_of(msgspec.msgpack.decode(body))]
