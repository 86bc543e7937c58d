"""Emptying entries: the chart is told first, then the act that makes every holder drop them.

Law: an administrator who cares for patients, and nobody else; only entries about patients, each named; a document
goes only when no entry that stays names it. Nothing is dropped here: the journal does when the act is in it; a document
it sets aside, until nothing is seen to name it (`rescuing`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from lanterne.journal.errors import JournalError
from lanterne.practice.commands import NewFact
from lanterne.practice.erasing.facts import ChartEmptied, Reason
from lanterne.practice.erasing.naming import NAMING, named
from lanterne.practice.erasing.rescuing import look
from lanterne.practice.errors import Refusal, TablesBehind, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.record import Record
from lanterne.practice.recording import parts_of
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection, marks
from lanterne.seal.changing import empty_entries
from lanterne.wire.names import ChainId, EntryHash, FactId, Head, PatientId, SeatId, Stream, is_id

AT_ONCE = 10_000
"""Entries in one act: a members entry holds some fifteen facts of 1,024."""
_SOME = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """What would be emptied: entries by patient, and the documents that only they name."""

    heads: tuple[Head, ...]
    by_patient: Mapping[PatientId, tuple[EntryHash, ...]]
    blobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emptied:
    """What was emptied, and the members entry that says so."""

    chosen: Chosen
    act: Head


def entries_about(record: Record, patient: PatientId) -> tuple[EntryHash, ...]:
    """Every entry about a patient, those of records merged into it too, but what says that some were emptied.

    Raises UnknownPatient, NotAllowed.
    """
    _require(record)
    connection = record.connection()
    group = patients.group_of(connection, patient)
    if group is None:
        raise UnknownPatient("nobody has this id here")
    rows = connection.execute(
        "SELECT DISTINCT e.hash FROM fact f JOIN entry e ON e.no = f.entry JOIN kind k ON k.no = f.kind"
        f" WHERE k.name <> ? AND f.subject IN ({marks(group.subjects)}) ORDER BY e.no",
        (ChartEmptied.KIND, *group.subjects),
    )
    return tuple(EntryHash(bytes(row[0]).hex()) for row in rows)


def choose(record: Record, entries: Iterable[EntryHash]) -> Chosen:
    """What emptying these entries means.

    Raises:
        NotAllowed: not an administrator who may write in charts.
        Refusal: "nothing_to_empty", "entry_unknown", "entry_of_practice" (about no patient), "too_much_at_once".
    """
    _require(record)
    connection = record.connection()
    wanted = dict.fromkeys(entries)
    if not wanted:
        raise Refusal("nothing_to_empty")
    if len(wanted) > AT_ONCE:
        raise Refusal("too_much_at_once", most=AT_ONCE)
    heads: list[Head] = []
    by_patient: dict[PatientId, list[EntryHash]] = {}
    numbers: list[int] = []
    for entry in wanted:
        number, head = _head(connection, entry)
        numbers.append(number)
        heads.append(head)
        for patient in _patients(connection, number):
            by_patient.setdefault(patient, []).append(entry)
    blobs = _blobs(connection, numbers)
    return Chosen(tuple(heads), {one: tuple(held) for one, held in by_patient.items()}, blobs)


def empty(
    record: Record, chosen: Chosen, reason: Reason, *, random: Callable[[int], bytes] = secrets.token_bytes
) -> Emptied:
    """Empty them. When this returns the act is on this disk, and what this device held of them is dropped (but what a
    full disk refused: at the next start).

    Raises:
        NotAllowed: not an administrator who may write in charts.
        SeatMayNotWrite: this seat is no administrator's.
        DiskFull, DiskFailed, JournalBusy: nothing was emptied.
    """
    _require(record)
    with record.door:
        for patient, entries in chosen.by_patient.items():
            for start in range(0, len(entries), _SOME):
                body = ChartEmptied(entries=list(entries[start : start + _SOME]), reason=reason)
                record.journal.write(
                    record.seat,
                    record.keyring,
                    stream=Stream.CARE,
                    parts=parts_of([NewFact(body, patient, FactId(record.draw_id()))]),
                    now_ms=record.clock_ms(),
                )
        facts = empty_entries(chosen.heads, chosen.blobs, reason, random)
        written = record.journal.write_members(record.keyring, facts, record.clock_ms())
        try:
            record.catch_up()
            look(record)
        except (TablesBehind, JournalError):
            record.behind = True  # it is done; whoever reads next is told that the tables do not follow
    return Emptied(chosen, Head(written.chain, written.seq, written.hash))


def _require(record: Record) -> None:
    record.require(Right.MANAGE_TEAM)
    record.require(Right.WRITE_CHART)


def _head(connection: Connection, entry: EntryHash) -> tuple[int, Head]:
    row = (
        connection.execute(
            "SELECT no, seat, incarnation, stream, seq FROM entry WHERE hash = ?", (bytes.fromhex(entry),)
        ).fetchone()
        if len(entry) == 64 and is_id(entry[:32]) and is_id(entry[32:])
        else None
    )
    if row is None:
        raise Refusal("entry_unknown", entry=entry[:16])
    chain = ChainId(SeatId(bytes(row[1]).hex()), row[2], Stream(row[3]))
    return int(row[0]), Head(chain, int(row[4]), entry)


def _patients(connection: Connection, number: int) -> tuple[PatientId, ...]:
    """Whom an entry is about. Raises Refusal "entry_of_practice" when one of its facts is about nobody."""
    rows = connection.execute(
        "SELECT DISTINCT s.id FROM fact f JOIN subject s ON s.no = f.subject WHERE f.entry = ?", (number,)
    ).fetchall()
    found = tuple(PatientId(bytes(row[0]).hex()) for row in rows)
    if not found or any(set(one) == {"0"} for one in found):
        raise Refusal("entry_of_practice")
    return found


def _blobs(connection: Connection, entries: Sequence[int]) -> tuple[str, ...]:
    """The documents these entries name and no other does."""
    mine, others = set[str](), set[str]()
    chosen = set(entries)
    rows = connection.execute(
        f"SELECT f.entry, f.body FROM fact f JOIN kind k ON k.no = f.kind WHERE k.name IN ({marks(NAMING)})",
        NAMING,
    )
    for entry, body in rows:
        (mine if entry in chosen else others).update(named(msgspec.msgpack.decode(body)))
    return tuple(sorted(mine - others))
