"""The one door in: every write of the record passes here, whoever asks (screen, import, command line, API).

    right → load → decide → journal.write (seal, sign, chain, fsync) → fold

`record` returns when the entry is on the disk: that, and nothing less, is « enregistré ». The fold that
follows may fail without losing it; the next start heals it from the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from lanterne.journal.errors import JournalError
from lanterne.practice.catalogue import KINDS
from lanterne.practice.commands import Command, Look, NewFact
from lanterne.practice.errors import Refusal, TablesBehind, UnknownFact
from lanterne.practice.kinds import to_raw
from lanterne.practice.record import Record
from lanterne.practice.tables import Connection
from lanterne.wire.names import Compartment, EntryHash, FactId, PatientId, Stream
from lanterne.wire.part import Fact, Part

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: the entry, the ids of its facts in order, and when (milliseconds since 1970 UTC)."""

    entry: EntryHash
    facts: tuple[FactId, ...]
    written_ms: int


def record(record: Record, command: Command[C]) -> Recorded:
    """Carry out a command: durable when this returns.

    A fact id already written (a form sent twice) writes nothing again and returns the first entry.

    Raises:
        NotAllowed: the person's role does not give the right.
        Refusal: the command decided against it; nothing was written.
        LanterneError: the disk failed or is full; nothing was acknowledged.
    """
    with record.door:
        again, facts, moment = _decided(record, command)
        if again is not None:
            return again
        written = record.journal.write(
            record.seat, record.keyring, stream=Stream.CARE, parts=parts_of(facts), now_ms=moment
        )
        # It is on the disk. Should the tables not follow (a full disk), whoever reads next is told, and
        # nothing is lost.
        with suppress(TablesBehind, JournalError):
            record.catch_up()
    return Recorded(written.hash, tuple(FactId(str(fact.id)) for fact in facts), written.time >> 16)


def rehearse(record: Record, command: Command[C]) -> Recorded | None:
    """Whether `record` would take this command now, and writes nothing: for what must be kept before it, such
    as a picture the command names. What was recorded under its id already, None when nothing was.

    Raises:
        NotAllowed, Refusal: as `record` would.
    """
    with record.door:
        return _decided(record, command)[0]


def _decided(record: Record, command: Command[C]) -> tuple[Recorded | None, list[NewFact], int]:
    """(what its id recorded already, else the facts it decides on, the moment it decided at)."""
    writer = record.require(command.right)
    connection = record.connection()
    again = _already(connection, command.id) if command.id is not None else None
    if again is not None:
        return again, [], 0
    moment = record.clock_ms()
    known = command.load(Look(connection, writer.person, moment, record.draw_id, record.root))
    facts = [with_id(fact, record) for fact in command.decide(known)]
    if not facts:
        raise Refusal("nothing_to_write")
    return None, facts, moment


def parts_of(facts: Sequence[NewFact]) -> list[tuple[Compartment, Part]]:
    """One part per compartment; a part concerns one subject.

    Raises:
        ValueError: facts of one compartment concern different subjects (a mistake of the command).
    """
    grouped: dict[Compartment, tuple[PatientId | None, list[Fact]]] = {}
    for fact in facts:
        kind = KINDS[fact.body.KIND]
        subject, held = grouped.setdefault(kind.compartment, (fact.patient, []))
        if subject != fact.patient:
            raise ValueError(f"one entry writes {kind.compartment.name} facts about two subjects")
        raw = {**fact.unknown, **to_raw(fact.body)}
        held.append(Fact(FactId(str(fact.id)), kind.name, kind.version, fact.replaces, fact.at, raw))
    return [(place, Part(subject, tuple(held))) for place, (subject, held) in sorted(grouped.items())]


def unknown_fields(raw: Mapping[str, object], known: Iterable[str]) -> dict[str, object]:
    """What a body holds that its kind, as this program knows it, does not name: carried over by
    corrections.
    """
    names = set(known)
    return {name: value for name, value in raw.items() if name not in names}


def with_id(fact: NewFact, record: Record) -> NewFact:
    """The fact under its own id, drawn now when the command named none."""
    if fact.id is not None:
        return fact
    return NewFact(
        body=fact.body, patient=fact.patient, id=FactId(record.draw_id()), at=fact.at, replaces=fact.replaces,
        unknown=fact.unknown,
    )  # fmt: skip


def _already(connection: Connection, identifier: FactId) -> Recorded | None:
    """What was recorded under this id, with all the facts of its entry in order."""
    try:
        row = connection.execute(
            "SELECT e.no, e.hash, e.time FROM fact f JOIN entry e ON e.no = f.entry WHERE f.id = ?",
            (bytes.fromhex(identifier),),
        ).fetchone()
    except ValueError as error:
        raise UnknownFact("no fact has such an id") from error
    if row is None:
        return None
    facts = connection.execute("SELECT id FROM fact WHERE entry = ? ORDER BY no", (row[0],)).fetchall()
    return Recorded(
        EntryHash(bytes(row[1]).hex()), tuple(FactId(bytes(one[0]).hex()) for one in facts), int(row[2]) >> 16
    )
