"""Facts to rows: the only writer of the read tables. Folding never refuses.

What the tables hold is a function of the *set* of facts, not of the order they came in:

- one fact id counts once: the first in the order of entries (docs/format/entry.md, Order);
- a statement is live unless a fact of the same chart and compartment names it in `replaces`;
- the thread of a statement is the smallest fact id of all it is tied to by corrections; two live in one thread: conflict;
- for kinds of shape LATEST the last in the order counts.

So a late fact needs no replay of others: it touches its own thread, its own subject's latest, and its own patient row.
`lanterne.practice.settling` does these; this module reads the journal and inserts.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
from filelock import FileLock

from lanterne.journal.journal import Arrived, Journal
from lanterne.practice.catalogue import KINDS
from lanterne.practice.kinds import Shape
from lanterne.practice.patients import folding as patients
from lanterne.practice.projection import project
from lanterne.practice.settling import key_of, settle, settle_all
from lanterne.practice.tables import Connection, Tables
from lanterne.proof.membership import Standing
from lanterne.seal.keyring import Keyring
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Compartment, Stream
from lanterne.wire.part import Fact, Part

PRACTICE_SUBJECT = "0" * 32

# Facts in one transaction: bounds memory in bulk without costing time (measured flat from 5,000).
CHUNK_FACTS = 20_000

_encode = msgspec.msgpack.Encoder().encode

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Batch:
    """What one transaction inserts."""

    entries: list[tuple[object, ...]] = field(default_factory=list)
    facts: list[tuple[object, ...]] = field(default_factory=list)
    statements: list[tuple[object, ...]] = field(default_factory=list)
    replacements: list[tuple[object, ...]] = field(default_factory=list)
    unread: list[tuple[object, ...]] = field(default_factory=list)
    apart: list[tuple[object, ...]] = field(default_factory=list)
    latest: set[tuple[int, int, str]] = field(default_factory=set)
    patients: set[int] = field(default_factory=set)
    # Entries holding a fact whose id is here already: rare, settled after the insertions.
    again: list[tuple[int, int, Compartment, int, int, Fact]] = field(default_factory=list)


class Folder:
    """Folds one set of read tables from a journal.

    Args:
        tables: the set to fill.
        keyring: opens the parts of the compartments the set holds.
        streams: which streams feed the set.
    """

    def __init__(self, tables: Tables, journal: Journal, keyring: Keyring, streams: Iterable[Stream]) -> None:
        self.tables = tables
        self.journal = journal
        self.keyring = keyring
        self.streams = tuple(streams)
        self._kinds: dict[str, int] = {}
        self._subjects: dict[str, int] = {}
        self._reranks = -1

    def behind(self) -> bool:
        """Whether the journal holds entries these tables have not folded."""
        connection = self.tables.read()
        return any(self.journal.end(stream) > _cursor(connection, stream) for stream in self.streams)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Fold what the journal holds beyond the cursors. Returns the number of facts folded.

        Two rare events reach behind the cursors: a revocation changes which entries count, and everything is folded anew;
        a head that came late raises ranks already given, and what depends on the order is settled anew.
        """
        if self._members_changed():
            return self.rebuild(progress)
        folded = 0
        while self.behind():
            with self.tables.transaction() as connection:
                self._kinds.clear()
                self._subjects.clear()
                folded += self._step(connection, progress=progress, bulk=None)
        return folded

    def _members_changed(self) -> bool:
        row = self.tables.read().execute("SELECT value FROM meta WHERE name = 'revoked'").fetchone()
        return row is not None and row[0] != _revocations(self.journal)

    def follow_ranks(self) -> None:
        """Take in ranks that rose since they were folded, in this process or another."""
        if self._reranks == self.journal.reranks:
            return
        with self.tables.transaction() as connection:
            changed = False
            for stream in self.streams:
                held = dict(
                    connection.execute("SELECT position, rank FROM entry WHERE stream = ?", (int(stream),)).fetchall()
                )
                risen = [(rank, position) for position, rank in self.journal.ranks(stream) if held.get(position, rank) != rank]
                connection.executemany(
                    f"UPDATE entry SET rank = ? WHERE position = ? AND stream = {int(stream)}", risen
                )
                changed = changed or bool(risen)
            if changed:
                settle_all(connection)
        self._reranks = self.journal.reranks

    def rebuild(self, progress: Progress | None = None) -> int:
        """Fold everything into a new generation, then swap it in. The old one stays readable until then.

        One process at a time: a second one waits, then folds anew too (it was asked to).
        """
        with FileLock(self.tables.folder / f"{self.tables.name}.rebuild.lock"):
            self.tables.follow()
            return self._rebuild(progress)

    def _rebuild(self, progress: Progress | None) -> int:
        fresh = self.tables.begin_generation()
        folder = Folder(fresh, self.journal, self.keyring, self.streams)
        collecting = gc.isenabled()
        gc.disable()  # nothing here makes cycles, and the collector would walk every row held
        try:
            folded = 0
            known: set[bytes] = set()
            while folder.behind():
                with fresh.transaction() as connection:
                    folded += folder._step(connection, progress=progress, bulk=known)
            fresh.finish_generation()
            with fresh.transaction() as connection:
                settle_all(connection)
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('revoked', ?)", (_revocations(self.journal),))
        finally:
            if collecting:
                gc.enable()
        self.tables.adopt(fresh)
        return folded

    def _step(self, connection: Connection, *, progress: Progress | None, bulk: set[bytes] | None) -> int:
        """One transaction: up to CHUNK_FACTS facts of the streams, in arrival order.

        `bulk` is the set of fact ids already folded when the tables are being filled from nothing (no look-ups then).
        """
        batch = _Batch()
        entry = _next(connection, "entry")
        number = first = _next(connection, "fact")
        known = bulk if bulk is not None else set()
        for stream in self.streams:
            cursor = start = _cursor(connection, stream)
            for arrived in self.journal.since(stream, cursor):
                head = arrived.entry.head
                batch.entries.append(
                    (entry, bytes.fromhex(head.hash), int(head.stream), bytes.fromhex(head.seat),
                     head.incarnation, head.seq, head.time, arrived.rank, arrived.position)
                )  # fmt: skip
                if arrived.standing is not Standing.COUNTS:
                    batch.apart.append((bytes.fromhex(head.hash), arrived.standing.value))
                for compartment, part in self._open(arrived, batch):
                    number = self._take(connection, batch, arrived, entry, number, compartment, part, known, bulk is None)
                entry += 1
                cursor = arrived.next
                if number - first >= CHUNK_FACTS:
                    break
            if cursor != start:
                connection.execute("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)", (_name(stream), cursor))
            if progress is not None:
                progress(cursor, self.journal.end(stream))
            if number - first >= CHUNK_FACTS:
                break
        _insert(connection, batch)
        for again in batch.again:
            _take_again(connection, *again)
        if bulk is None:
            if batch.again:
                settle_all(connection)
            else:
                settle(connection, first, number, batch.latest)
                patients.refresh(connection, batch.patients)
        return number - first

    def _open(self, arrived: Arrived, batch: _Batch) -> Iterator[tuple[Compartment, Part]]:
        head = arrived.entry.head
        if arrived.standing is not Standing.COUNTS:
            return
        for index, (descriptor, body) in enumerate(zip(head.parts, arrived.entry.bodies, strict=True)):
            if body is None or not self.keyring.can_read(descriptor.compartment):
                continue
            try:
                yield descriptor.compartment, self.keyring.open_part(head, index, body)
            except LanterneError as error:
                # It ought to open and does not: kept, a fault for check, and the rest goes on.
                batch.unread.append((bytes.fromhex(head.hash), int(descriptor.compartment), str(error)))

    def _take(
        self,
        connection: Connection,
        batch: _Batch,
        arrived: Arrived,
        entry: int,
        number: int,
        compartment: Compartment,
        part: Part,
        known: set[bytes],
        look_up: bool,
    ) -> int:
        subject = self._subject(connection, part.subject or PRACTICE_SUBJECT)
        for place, fact in enumerate(part.facts):
            kind = KINDS.get(fact.kind)
            if kind is not None and kind.compartment != compartment:
                batch.unread.append((bytes.fromhex(arrived.entry.head.hash), int(compartment), "E20: wrong compartment"))
                continue
            kind_number = self._kind(connection, fact.kind)
            identifier = bytes.fromhex(fact.id)
            if identifier in known or (look_up and _holds(connection, identifier)):
                batch.again.append((entry, place, compartment, subject, kind_number, fact))
                continue
            known.add(identifier)
            batch.facts.append(_row(number, identifier, entry, place, compartment, kind_number, subject, fact))
            for target in fact.replaces:
                batch.replacements.append((bytes.fromhex(target), number))
            shape = kind.shape if kind is not None else Shape.STATEMENT
            if shape is Shape.STATEMENT:
                day, code, label = project(fact, arrived.entry.head.time)
                batch.statements.append((number, subject, kind_number, 1, 0, identifier, day, code, label))
            elif shape is Shape.LATEST:
                batch.latest.add((kind_number, subject, key_of(fact.kind, fact.body)))
            if compartment is Compartment.OFFICE and part.subject is not None:
                batch.patients.add(subject)
            number += 1
        return number

    def _subject(self, connection: Connection, subject: str) -> int:
        number = self._subjects.get(subject)
        if number is None:
            identifier = bytes.fromhex(subject)
            connection.execute("INSERT OR IGNORE INTO subject(id) VALUES (?)", (identifier,))
            number = int(connection.execute("SELECT no FROM subject WHERE id = ?", (identifier,)).fetchone()[0])
            self._subjects[subject] = number
        return number

    def _kind(self, connection: Connection, name: str) -> int:
        number = self._kinds.get(name)
        if number is None:
            connection.execute("INSERT OR IGNORE INTO kind(name) VALUES (?)", (name,))
            number = int(connection.execute("SELECT no FROM kind WHERE name = ?", (name,)).fetchone()[0])
            self._kinds[name] = number
        return number


def _revocations(journal: Journal) -> str:
    """Names whose entries count no further, and from where: when this changes, everything is folded anew."""
    members = journal.membership
    cuts = sorted((seat, str(members.cuts(seat))) for seat in members.revoked)
    return hashlib.sha256(repr(cuts).encode()).hexdigest()


def _name(stream: Stream) -> str:
    return f"cursor.{stream.name.lower()}"


def _cursor(connection: Connection, stream: Stream) -> int:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_name(stream),)).fetchone()
    return int(row[0]) if row is not None else 0


def _next(connection: Connection, table: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max(no), 0) + 1 FROM {table}").fetchone()[0])


def _holds(connection: Connection, identifier: bytes) -> bool:
    return connection.execute("SELECT 1 FROM fact WHERE id = ?", (identifier,)).fetchone() is not None


def _row(
    number: int, identifier: bytes, entry: int, place: int, compartment: Compartment, kind: int, subject: int, fact: Fact
) -> tuple[object, ...]:
    replaces = b"".join(bytes.fromhex(target) for target in fact.replaces) or None
    return (number, identifier, entry, place, int(compartment), kind, fact.version, subject, fact.at, replaces,
            _encode(fact.body))  # fmt: skip


def _insert(connection: Connection, batch: _Batch) -> None:
    connection.executemany("INSERT OR IGNORE INTO entry VALUES (?,?,?,?,?,?,?,?,?)", batch.entries)
    connection.executemany("INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?,?)", batch.facts)
    connection.executemany("INSERT INTO statement VALUES (?,?,?,?,?,?,?,?,?)", batch.statements)
    connection.executemany("INSERT OR IGNORE INTO replacement VALUES (?,?)", batch.replacements)
    connection.executemany("INSERT OR REPLACE INTO unread VALUES (?,?,?)", batch.unread)
    connection.executemany("INSERT OR REPLACE INTO apart VALUES (?,?)", batch.apart)


_PLACE = "SELECT e.rank, e.seat, e.incarnation, e.seq, e.hash FROM entry e WHERE e.no = ?"


def _take_again(
    connection: Connection, entry: int, place: int, compartment: Compartment, subject: int, kind: int, fact: Fact
) -> None:
    """A fact id seen in two entries: the first in the order counts, whichever came first."""
    identifier = bytes.fromhex(fact.id)
    number, held_entry, held_place = connection.execute(
        "SELECT no, entry, place FROM fact WHERE id = ?", (identifier,)
    ).fetchone()
    held = (*connection.execute(_PLACE, (held_entry,)).fetchone(), held_place)
    offered = (*connection.execute(_PLACE, (entry,)).fetchone(), place)
    if held <= offered:
        return
    for table in ("fact WHERE no", "statement WHERE fact", "replacement WHERE fact"):
        connection.execute(f"DELETE FROM {table} = ?", (number,))
    batch = _Batch(facts=[_row(number, identifier, entry, place, compartment, kind, subject, fact)])
    batch.replacements = [(bytes.fromhex(target), number) for target in fact.replaces]
    known = KINDS.get(fact.kind)
    if known is None or known.shape is Shape.STATEMENT:
        time = connection.execute("SELECT time FROM entry WHERE no = ?", (entry,)).fetchone()[0]
        day, code, label = project(fact, time)
        batch.statements = [(number, subject, kind, 1, 0, identifier, day, code, label)]
    _insert(connection, batch)
