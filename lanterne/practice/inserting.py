"""One transaction's worth of facts as rows of the shared tables.

Rows are gathered first and inserted together: a fact, and for what stands in a chart a statement,
replacements for what it corrects or withdraws. What concerns the whole (liveness, threads, the latest) is
`settling`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from lanterne.practice.catalogue import KINDS, WAITING
from lanterne.practice.conflicts.knowing import Heard
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.kinds import Shape
from lanterne.practice.projection import project, written_at
from lanterne.practice.settling import ORDER
from lanterne.practice.tables import Connection
from lanterne.wire.names import Compartment, is_id
from lanterne.wire.part import Fact

_encode = msgspec.msgpack.Encoder().encode

Row = tuple[object, ...]

GONE = "gone: its parts were dropped, and no act that stands says so"
"""Why a part was not read: it may come back from another holder."""

# Kinds that leave something beside their own rows (`Batch.note`).
NOTED = WAITING | {DocumentFiled.KIND}

_BY_FACT = (
    "fact WHERE no",
    "statement WHERE fact",
    "replacement WHERE fact",
    "inbox WHERE fact",
    "source WHERE document",
)


@dataclass(frozen=True, slots=True)
class Again:
    """A fact whose id is here already, under another entry: the first in the order of entries counts."""

    entry: int
    place: int
    compartment: Compartment
    subject: int
    kind: int
    fact: Fact


@dataclass(slots=True)
class Batch:
    """What one transaction inserts, and what must be settled afterwards: `latest` keys, `patients` (row
    numbers).

    `ids` are those of its facts.
    """

    entries: list[Row] = field(default_factory=list)
    facts: list[Row] = field(default_factory=list)
    ids: set[bytes] = field(default_factory=set)
    statements: list[Row] = field(default_factory=list)
    replacements: list[Row] = field(default_factory=list)
    unread: list[Row] = field(default_factory=list)
    apart: list[Row] = field(default_factory=list)
    latest: set[tuple[int, int, str]] = field(default_factory=set)
    patients: set[int] = field(default_factory=set)
    again: list[Again] = field(default_factory=list)
    inbox: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)

    def skip(self, entry: str, compartment: Compartment, body: bytes | None) -> None:
        """A part not opened here; when it is gone, that is remembered, since it may come back."""
        if body is None:
            self.unread.append((bytes.fromhex(entry), int(compartment), GONE))

    def note(self, number: int, fact: Fact) -> None:
        """What a fact of this kind leaves beside its statement: a place in the inbox, the facts it states again."""
        if fact.kind in WAITING:
            self.inbox.append((number,))
        elif fact.kind == DocumentFiled.KIND:
            also = fact.body.get("also")
            if isinstance(also, list):
                self.sources += [(bytes.fromhex(one), number) for one in also if is_id(one)]


def fact_row(
    number: int,
    identifier: bytes,
    entry: int,
    place: int,
    compartment: int,
    kind: int,
    subject: int,
    fact: Fact,
) -> Row:
    """A row of `fact`: everything the part said of it, the body as MessagePack."""
    replaces = b"".join([bytes.fromhex(target) for target in fact.replaces]) if fact.replaces else None
    return (number, identifier, entry, place, compartment, kind, fact.version, subject, fact.at, replaces,
            _encode(fact.body))  # fmt: skip


def insert(connection: Connection, batch: Batch) -> None:
    """Insert a batch. Numbers in it are free."""
    connection.executemany("INSERT INTO entry VALUES (?,?,?,?,?,?,?,?,?)", batch.entries)
    connection.executemany("INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?,?)", batch.facts)
    connection.executemany("INSERT INTO statement VALUES (?,?,?,?,?,?,?,?,?)", batch.statements)
    connection.executemany("INSERT OR IGNORE INTO replacement VALUES (?,?)", batch.replacements)
    connection.executemany("INSERT INTO inbox VALUES (?)", batch.inbox)
    connection.executemany("INSERT OR IGNORE INTO source VALUES (?,?)", batch.sources)
    batch.heard.insert(connection)
    connection.executemany("INSERT OR REPLACE INTO unread VALUES (?,?,?)", batch.unread)
    connection.executemany("INSERT OR REPLACE INTO apart VALUES (?,?)", batch.apart)


def take_again(connection: Connection, one: Again) -> bool:
    """Settle which of two entries a fact id counts in. True when it is the one that came now."""
    identifier = bytes.fromhex(one.fact.id)
    number, held_entry, held_place = connection.execute(
        "SELECT no, entry, place FROM fact WHERE id = ?", (identifier,)
    ).fetchone()
    held = _place(connection, held_entry, held_place)
    offered = _place(connection, one.entry, one.place)
    connection.execute(
        "INSERT OR IGNORE INTO again VALUES (?,?)", (identifier, one.entry if held <= offered else held_entry)
    )
    if held <= offered:
        return False
    for table in _BY_FACT:
        connection.execute(f"DELETE FROM {table} = ?", (number,))
    fact = one.fact
    batch = Batch(
        facts=[
            fact_row(number, identifier, one.entry, one.place, one.compartment, one.kind, one.subject, fact)
        ]
    )
    batch.replacements = [(bytes.fromhex(target), number) for target in fact.replaces]
    if fact.kind in NOTED:
        batch.note(number, fact)
    known = KINDS.get(fact.kind)
    if known is None or known.shape is Shape.STATEMENT:
        time = connection.execute("SELECT time FROM entry WHERE no = ?", (one.entry,)).fetchone()[0]
        day, code, label = project(fact, written_at(int(time)))
        batch.statements = [(number, one.subject, one.kind, 1, 0, identifier, day, code, label)]
    insert(connection, batch)
    return True


def _place(connection: Connection, entry: int, place: int) -> tuple[object, ...]:
    row = connection.execute(f"SELECT {ORDER} FROM entry e WHERE e.no = ?", (entry,)).fetchone()
    return (*row, place)
