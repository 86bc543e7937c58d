"""Facts to rows: the only writer of the read tables. Folding never refuses.

What the tables hold is a function of the *set* of facts, not of the order they came in:

- one fact id counts once: the first in the order of entries (docs/format/entry.md, Order);
- a statement is live unless a fact of the same chart and compartment names it in `replaces`;
- the thread of a statement is the smallest fact id of all it is tied to by corrections; two live in one
thread: conflict;
- for kinds of shape LATEST the last in the order counts.

So a late fact needs no replay of others: it touches its own thread, its own subject's latest, and its own
patient row. `lanterne.practice.settling` does these, `inserting` makes rows, `counting` knows who counts;
this module reads the journal.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from filelock import FileLock, Timeout

from lanterne.journal.journal import Arrived, Journal
from lanterne.practice import ahead, counting, reordering
from lanterne.practice.catalogue import KINDS
from lanterne.practice.conflicts import folding as conflicts
from lanterne.practice.cursors import cursor_of, move_cursor, of_another_journal
from lanterne.practice.errors import TablesBehind
from lanterne.practice.inserting import NOTED, Again, Batch, fact_row, insert, take_again
from lanterne.practice.kinds import Shape
from lanterne.practice.patients import folding as patients
from lanterne.practice.projection import project, written_at
from lanterne.practice.settling import key_of, settle, settle_all
from lanterne.practice.tables import Connection, Tables
from lanterne.proof.membership import Membership, Standing
from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.wire.errors import EntryRefused, LanterneError
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, Stream
from lanterne.wire.part import Part

PRACTICE_SUBJECT = "0" * 32

# Facts in one transaction: bounds memory in bulk without costing time (measured flat from 5,000).
CHUNK_FACTS = 20_000
# Entries between two words to the progress bar.
TELL_EVERY = 1_000
# How long to wait for another process that rebuilds the same tables.
PATIENCE_S = 900.0

Progress = Callable[[int, int], None]
"""(entries folded, entries held)"""

# Why a part was not read, when a membership still to come may open it.
_KEYLESS = "key: "


class _Known(NamedTuple):
    """A kind as it stands in the tables: its row number, and how it folds."""

    number: int
    stands: bool
    latest: bool
    noted: bool
    compartment: Compartment | None
    of_a_patient: bool


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
        self._lock = FileLock(tables.folder / f"{tables.name}.rebuild.lock", timeout=PATIENCE_S)
        self._kinds: dict[str, _Known] = {}
        self._subjects: dict[str, int] = {}
        self._again: list[Again] = []
        self._opens: tuple[Keyring | None, frozenset[Compartment]] = None, frozenset()
        # What was looked at last, so that a request with nothing new asks nothing: of which generation,
        # with which keys, under which membership, after how many changes of ranks.
        self._looked_at: object = None
        self.ahead_folded = -1  # the version of `journal.ahead` that is folded
        self._misplaced = False
        self._members: Membership | None = None
        self._tried: Keyring | None = None
        self._reranks = -1

    # ------------------------------------------------------------------ following the journal

    def behind(self) -> bool:
        """Whether the journal holds entries these tables have not folded."""
        connection = self.tables.read()
        return any(self.journal.end(stream) > cursor_of(connection, stream) for stream in self.streams)

    def holds_ahead(self) -> bool:
        """Whether all that came ahead is in the tables in use: others may have been put in their place meanwhile."""
        return self._looked_at == self.tables.path and self.ahead_folded == self.journal.ahead.version

    def build(self, progress: Progress | None = None) -> None:
        """Build the tables unless they are there, with the schema of this program; another process may be
        at it.
        """
        self._renew(lambda: not self.tables.ready(), progress)

    def catch_up(self, progress: Progress | None = None, most: int | None = None) -> int:
        """Fold what the journal holds beyond the cursors. Returns the number of facts folded.

        Args:
            most: about so many facts, besides what came ahead and what was written on this device.

        Rare events reach behind the cursors. Another journal under these tables (an old image put back),
        and a membership under which an entry stands otherwise: everything is folded anew. Ranks that rose:
        what depends on the order is settled anew. A key that came late: the parts it opens are folded now.
        """
        folded = 0
        if self._looked_at != self.tables.path:
            self._members, self._tried, self._reranks, self.ahead_folded = None, None, -1, -1
            if self._is_of_another_journal():
                folded += self._renew(self._is_of_another_journal, progress)
            self._looked_at = self.tables.path
        members = self.journal.membership
        if self._members is not members:
            folded += self._follow_members(members, progress)
            self._members = members
        self.follow_ranks(progress)
        if self._tried is not self.keyring:
            folded += self._try_again()
            self._tried = self.keyring
        folded += self._take_ahead()
        anew = False
        start = folded
        while self.behind() and (most is None or folded - start < most):
            with self.tables.transaction() as connection:
                folded += self._step(connection, progress, most=most or CHUNK_FACTS)
            anew = anew or self._misplaced
        behind = most is not None and self.behind()
        if behind:
            folded += ahead.take_own(self.tables, self.journal, self.streams, self._enter_all)
        if anew or (not behind and ahead.gone(self.tables.read(), self.journal)):
            folded += self._renew(lambda: anew or ahead.gone(self.tables.read(), self.journal), progress)
            folded += self._take_ahead()
        return folded

    def _take_ahead(self) -> int:
        """Fold what a first copy fetched ahead of what it stands on. Returns the number of facts folded."""
        version, folded = self.journal.ahead.version, 0
        if self.ahead_folded != version:
            folded = ahead.take(self.tables, self.journal, self.streams, self._enter_all)
            self.ahead_folded = version
        return folded

    def _is_of_another_journal(self) -> bool:
        return of_another_journal(self.tables.read(), self.journal, self.streams)

    def _follow_members(self, members: Membership, progress: Progress | None) -> int:
        connection = self.tables.read()
        if counting.unchanged(connection, members):
            return 0
        folded = self._renew(lambda: counting.folded_otherwise(self.tables.read(), members), progress)
        with self.tables.transaction() as connection:
            counting.remember(connection, members)
        return folded

    def follow_ranks(self, progress: Progress | None = None) -> None:
        """Take in ranks that rose since they were folded, in this process or another."""
        reranks = self.journal.reranks
        if self._reranks == reranks:
            return
        held = self.tables.read()
        anew = reordering.came_back(held, self.journal)
        if any(
            reordering.may_have_risen(held, stream, self.journal, cursor_of(held, stream))
            for stream in self.streams
        ):
            self._fold_missed()
            with self.tables.transaction() as connection:
                for stream in self.streams:
                    anew = reordering.follow(connection, stream, self.journal) or anew
        if anew:
            self._renew(lambda: True, progress)
        self._reranks = reranks

    def _fold_missed(self) -> None:
        """Fold what lay damaged behind the cursors and was put in its place again."""
        for stream in self.streams:
            held = self.tables.read()
            found = reordering.missed(held, stream, self.journal, cursor_of(held, stream))
            if found:
                with self.tables.transaction() as connection:
                    self._fold(connection, stream, found)

    def _fold(self, connection: Connection, stream: Stream, found: Sequence[Arrived]) -> None:
        found = [arrived for arrived in found if ahead.place(connection, arrived) is None]
        self._enter_all(connection, found)
        reordering.remember(connection, stream, [arrived.rank for arrived in found])

    def _enter_all(self, connection: Connection, found: Sequence[Arrived]) -> int:
        """Fold entries out of their turn. Returns the number of facts."""
        batch, entry = Batch(), _next(connection, "entry")
        number = first = _next(connection, "fact")
        self._forget()
        for place, arrived in enumerate(found):
            number = self._enter(connection, batch, arrived, entry + place, number, None)
        self._write(connection, batch, first, number)
        return number - first

    def _try_again(self) -> int:
        """Open what lacked a key when it was folded."""
        waiting = (
            self.tables.read()
            .execute(
                "SELECT DISTINCT e.no, e.stream, e.position FROM unread u JOIN entry e ON e.hash = u.hash"
                " WHERE u.why LIKE ? ORDER BY e.no",
                (f"{_KEYLESS}%",),
            )
            .fetchall()
        )
        if not waiting:
            return 0
        with self.tables.transaction() as connection:
            batch = Batch()
            first = number = _next(connection, "fact")
            self._forget()
            for entry, stream, position in waiting:
                arrived = next(self.journal.since(Stream(stream), int(position)), None)
                if arrived is None or arrived.position != position:
                    continue
                identifier = bytes.fromhex(arrived.entry.head.hash)
                lacking = {
                    int(row[0])
                    for row in connection.execute(
                        "SELECT compartment FROM unread WHERE hash = ? AND why LIKE ?",
                        (identifier, f"{_KEYLESS}%"),
                    )
                }
                connection.execute(
                    "DELETE FROM unread WHERE hash = ? AND why LIKE ?", (identifier, f"{_KEYLESS}%")
                )
                for compartment, part in self._open(arrived, batch):
                    if compartment in lacking:
                        number = self._take(
                            connection, batch, arrived, entry, number, compartment, part, None
                        )
            self._write(connection, batch, first, number)
        return number - first

    # ------------------------------------------------------------------ from nothing

    def rebuild(self, progress: Progress | None = None) -> int:
        """Fold everything into a new generation, then swap it in. The old one stays readable until then.

        Raises:
            TablesBehind: another process has been rebuilding for too long.
            DiskFull, DiskFailed: the old generation stands.
        """
        return self._renew(lambda: True, progress)

    def _renew(self, needed: Callable[[], bool], progress: Progress | None) -> int:
        """Rebuild, one process and one thread at a time, if it is still needed when it is our turn."""
        try:
            with self._lock:
                self.tables.follow()
                return self._rebuild(progress) if needed() else 0
        except Timeout as error:
            raise TablesBehind(self.tables.name, "another process is rebuilding them") from error

    def _rebuild(self, progress: Progress | None) -> int:
        members, reranks, keyring = self.journal.membership, self.journal.reranks, self.keyring
        fresh = self.tables.begin_generation()
        folder = Folder(fresh, self.journal, keyring, self.streams)
        collecting = gc.isenabled()
        gc.disable()  # nothing here makes cycles, and the collector would walk every row held
        try:
            folded, known = 0, set[bytes]()
            while folder.behind():
                with fresh.transaction() as connection:
                    folded += folder._step(connection, progress, known)
            fresh.finish_generation()
            with fresh.transaction() as connection:
                for again in folder._again:
                    take_again(connection, again)
                settle_all(connection, fresh=True)
                counting.remember(connection, members)
            self.tables.adopt(fresh)
        finally:
            if collecting:
                gc.enable()
            fresh.close()
        self._reranks, self.ahead_folded = reranks, -1  # first: see holds_ahead
        self._looked_at, self._members, self._tried = self.tables.path, members, keyring
        return folded

    # ------------------------------------------------------------------ one transaction

    def _step(
        self,
        connection: Connection,
        progress: Progress | None = None,
        bulk: set[bytes] | None = None,
        most: int = CHUNK_FACTS,
    ) -> int:
        """One transaction: up to `most` facts of the streams, in arrival order.

        `bulk` is the set of fact ids already folded when the tables are being filled from nothing (no
        look-ups then).
        """
        batch = Batch()
        entry = _next(connection, "entry")
        number = first = _next(connection, "fact")
        if bulk is None:
            self._forget()
        held = sum(self.journal.count(stream) for stream in self.streams)
        risen: list[int] = []
        for stream in self.streams:
            cursor = start = cursor_of(connection, stream)
            ranks: list[int] = []
            for arrived in self.journal.since(stream, cursor):
                cursor = arrived.next
                placed = ahead.place(connection, arrived) if bulk is None else None
                if placed is not None:
                    ranks += placed.ranks
                    risen += placed.risen
                    continue
                ranks.append(arrived.rank)
                number = self._enter(connection, batch, arrived, entry, number, bulk)
                entry += 1
                if progress is not None and not entry % TELL_EVERY:
                    progress(entry, max(entry, held))
                if number - first >= most:
                    break
            if cursor != start:
                move_cursor(connection, stream, cursor)
                reordering.remember(connection, stream, ranks)
            if number - first >= most:
                break
        if progress is not None:
            progress(entry - 1, max(entry - 1, held))
        if bulk is None:
            self._write(connection, batch, first, number)
            self._misplaced = bool(risen) and reordering.settle_risen(connection, risen)
        else:
            insert(connection, batch)
            self._again += batch.again
        return number - first

    def _forget(self) -> None:
        """Row numbers remembered: another process, or a transaction rolled back, may have made others."""
        self._kinds.clear()
        self._subjects.clear()

    def _write(self, connection: Connection, batch: Batch, first: int, number: int) -> None:
        insert(connection, batch)
        replaced = [take_again(connection, again) for again in batch.again]
        if any(replaced):
            settle_all(connection)
        else:
            settle(connection, first, number, batch.latest)
            patients.refresh(connection, batch.patients)
            conflicts.refresh(connection, first, number, batch.patients, late=batch.heard.late)

    def _enter(
        self,
        connection: Connection,
        batch: Batch,
        arrived: Arrived,
        entry: int,
        number: int,
        bulk: set[bytes] | None,
    ) -> int:
        head = arrived.entry.head
        identifier = bytes.fromhex(head.hash)
        batch.entries.append(
            (entry, identifier, int(head.stream), bytes.fromhex(head.seat), head.incarnation, head.seq,
            head.time,
             arrived.rank, arrived.position)
        )  # fmt: skip
        if arrived.standing is not Standing.COUNTS:
            batch.apart.append((identifier, arrived.standing.value))
            return number
        batch.heard.note(connection, head)
        if head.hash in self.journal.membership.emptied:
            return number  # whether this device dropped its parts yet or not
        for compartment, part in self._open(arrived, batch):
            number = self._take(connection, batch, arrived, entry, number, compartment, part, bulk)
        return number

    def _open(self, arrived: Arrived, batch: Batch) -> Iterator[tuple[Compartment, Part]]:
        head, readable = arrived.entry.head, self._readable()
        for index, (descriptor, body) in enumerate(zip(head.parts, arrived.entry.bodies, strict=True)):
            if body is None or descriptor.compartment not in readable:
                batch.skip(head.hash, descriptor.compartment, body)
                continue
            try:
                yield descriptor.compartment, self.keyring.open_part(head, index, body)
            except LanterneError as error:
                # It ought to open and does not: kept, a fault for check, and the rest goes on. A key may come yet.
                keyless = isinstance(error, NotEntitled) or (
                    isinstance(error, EntryRefused) and error.check == "E16"
                )
                why = f"{_KEYLESS}{error}" if keyless else str(error)
                batch.unread.append((bytes.fromhex(head.hash), int(descriptor.compartment), why))

    def _readable(self) -> frozenset[Compartment]:
        """What the keyring of the moment opens; asked for every part."""
        if self._opens[0] is not self.keyring:
            readable = frozenset(place for place in SEALED_COMPARTMENTS if self.keyring.can_read(place))
            self._opens = self.keyring, readable
        return self._opens[1]

    def _take(
        self,
        connection: Connection,
        batch: Batch,
        arrived: Arrived,
        entry: int,
        number: int,
        compartment: Compartment,
        part: Part,
        bulk: set[bytes] | None,
    ) -> int:
        """Gather the rows of a part, from fact number `number` on. Returns the next free one."""
        of_practice = part.subject is None or part.subject == PRACTICE_SUBJECT
        subject = self._subject(connection, PRACTICE_SUBJECT if part.subject is None else part.subject)
        written = written_at(arrived.entry.head.time)
        place_code = int(compartment)
        ids = batch.ids if bulk is None else bulk
        # Read once: this is the inner loop.
        kinds, facts, statements = self._kinds, batch.facts, batch.statements
        for place, fact in enumerate(part.facts):
            held = kinds.get(fact.kind) or self._kind(connection, fact.kind)
            if held.compartment is not None and held.compartment is not compartment:
                why = "E20: wrong compartment"
                batch.unread.append((bytes.fromhex(arrived.entry.head.hash), place_code, why))
                continue
            identifier = bytes.fromhex(fact.id)
            if identifier in ids or (bulk is None and _holds(connection, identifier)):
                batch.again.append(Again(entry, place, compartment, subject, held.number, fact))
                continue
            ids.add(identifier)
            facts.append(fact_row(number, identifier, entry, place, place_code, held.number, subject, fact))
            if fact.replaces:
                batch.replacements += [
                    (bytes.fromhex(target), number) for target in fact.replaces if target != fact.id
                ]
            if held.noted:
                batch.note(number, fact)
            if held.stands:
                day, code, label = project(fact, written)
                statements.append((number, subject, held.number, 1, 0, identifier, day, code, label))
            elif held.latest and not (of_practice and held.of_a_patient):
                batch.latest.add((held.number, subject, key_of(fact.kind, fact.body)))
            number += 1
        if compartment is Compartment.OFFICE:
            batch.patients.add(subject)
        return number

    def _subject(self, connection: Connection, subject: str) -> int:
        number = self._subjects.get(subject)
        if number is None:
            identifier = bytes.fromhex(subject)
            connection.execute("INSERT OR IGNORE INTO subject(id) VALUES (?)", (identifier,))
            number = int(
                connection.execute("SELECT no FROM subject WHERE id = ?", (identifier,)).fetchone()[0]
            )
            self._subjects[subject] = number
        return number

    def _kind(self, connection: Connection, name: str) -> _Known:
        connection.execute("INSERT OR IGNORE INTO kind(name) VALUES (?)", (name,))
        number = int(connection.execute("SELECT no FROM kind WHERE name = ?", (name,)).fetchone()[0])
        kind = KINDS.get(name)
        if kind is None:  # what a newer Lanterne writes stands in the chart, shown as newer
            found = _Known(
                number, stands=True, latest=False, noted=False, compartment=None, of_a_patient=False
            )
        else:
            stands, latest = kind.shape is Shape.STATEMENT, kind.shape is Shape.LATEST
            found = _Known(number, stands, latest, name in NOTED, kind.compartment, kind.of_a_patient)
        self._kinds[name] = found
        return found


def _next(connection: Connection, table: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max(no), 0) + 1 FROM {table}").fetchone()[0])


def _holds(connection: Connection, identifier: bytes) -> bool:
    return connection.execute("SELECT 1 FROM fact WHERE id = ?", (identifier,)).fetchone() is not None
