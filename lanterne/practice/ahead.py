"""Read tables of a device whose first copy is going on: entries folded before the cursor reaches them.

Law: the tables are a function of the entries of the streams and of those that came ahead of their predecessors
(journal.ahead). A row of the latter has no position yet (`NOWHERE`) and the lowest rank its entry can have; when the
cursor reaches the entry, the row takes both, and nothing is folded twice. Should an entry that came ahead turn out to
have no place (it never has, of an honest Lanterne), everything is folded anew without it.
Source: docs/format/exchange.md, "The first copy".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from lanterne.journal.journal import Arrived, Journal
from lanterne.practice.cursors import cursor_of
from lanterne.practice.tables import Connection, Tables
from lanterne.wire.names import ChainId, EntryHash, Head, SeatId, Stream

Enter = Callable[[Connection, Sequence[Arrived]], int]
"""Folds entries out of their turn, in the transaction; returns the number of facts."""

AT_ONCE = 500
"""Entries that came ahead in one transaction: charts wait for them."""
NOWHERE = -1
"""Position of a row whose entry came ahead."""
MOST_OWN = 2_000
"""Entries written here that are folded ahead of their turn: those of some hours."""


class Placed(NamedTuple):
    """A row that stands where its entry lies. `ranks`: to be remembered as folded; `risen`: its number, if its rank
    changed.
    """

    ranks: tuple[int, ...] = ()
    risen: tuple[int, ...] = ()


def take(tables: Tables, journal: Journal, streams: Collection[Stream], enter: Enter) -> int:
    """Fold what came ahead and is in no row yet. Returns the number of facts folded."""
    connection, folded = tables.read(), 0
    heads = [
        head
        for head in journal.ahead.heads()
        if head.chain.stream in streams and not _folded(connection, head)
    ]
    for start in range(0, len(heads), AT_ONCE):
        with tables.transaction() as connection:
            folded += enter(connection, list(_arriving(connection, journal, heads[start : start + AT_ONCE])))
    return folded


def _arriving(connection: Connection, journal: Journal, heads: Sequence[Head]) -> Iterator[Arrived]:
    for entry, rank, standing in journal.ahead.entries(heads):
        if not _folded(connection, entry.head.as_head):  # another process may have meanwhile
            yield Arrived(NOWHERE, NOWHERE, entry, rank, standing)


def take_own(tables: Tables, journal: Journal, streams: Collection[Stream], enter: Enter) -> int:
    """Fold what was written on this device beyond the cursors: whoever wrote it sees it, whatever waits before it.

    Returns the number of facts folded.
    """
    folded = 0
    for stream in streams:
        cursor = cursor_of(tables.read(), stream)
        found = []
        for position in journal.written_here(stream, cursor)[-MOST_OWN:]:
            arrived = next(journal.since(stream, position), None)
            if arrived is not None and not _folded(tables.read(), arrived.entry.head.as_head):
                found.append(arrived)
        if found:
            with tables.transaction() as connection:
                fresh = [one for one in found if not _folded(connection, one.entry.head.as_head)]
                folded += enter(connection, fresh)
    return folded


def place(connection: Connection, arrived: Arrived) -> Placed | None:
    """Put the row of an entry folded already where it lies now; None when there is none.

    It came ahead, or was written here and folded before what came first; or its first place was damaged and a peer
    healed it.
    """
    identifier = bytes.fromhex(arrived.entry.head.hash)
    row = connection.execute("SELECT no, position, rank FROM entry WHERE hash = ?", (identifier,)).fetchone()
    if row is None:
        return None
    number, position, rank = row
    if position not in (NOWHERE, arrived.position):
        connection.execute("UPDATE entry SET position = ? WHERE no = ?", (arrived.position, number))
        return Placed()
    connection.execute(
        "UPDATE entry SET position = ?, rank = ? WHERE no = ?", (arrived.position, arrived.rank, number)
    )
    return Placed((arrived.rank,), (number,) if rank != arrived.rank else ())


def gone(connection: Connection, journal: Journal) -> bool:
    """Whether a row is left whose entry came ahead and has no place: it must be folded without."""
    if not _lost(connection, journal):
        return False
    journal.refresh()  # another process may have folded what this one has not seen come
    return _lost(connection, journal)


def _lost(connection: Connection, journal: Journal) -> bool:
    rows = connection.execute(
        "SELECT hash, seat, incarnation, stream, seq FROM entry WHERE position = ?", (NOWHERE,)
    )
    ahead = None
    for identifier, seat, incarnation, stream, seq in rows:
        if ahead is None:
            ahead = set(journal.ahead.heads())
        chain = ChainId(SeatId(bytes(seat).hex()), incarnation, Stream(stream))
        head = Head(chain, seq, EntryHash(bytes(identifier).hex()))
        if head not in ahead and not journal.holds(head):
            return True
    return False


def _folded(connection: Connection, head: Head) -> bool:
    row = connection.execute("SELECT 1 FROM entry WHERE hash = ?", (bytes.fromhex(head.hash),)).fetchone()
    return row is not None
