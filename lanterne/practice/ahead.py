"""Read tables of a device whose first copy is going on: entries folded before the cursor reaches them.

Law: the tables are a function of the entries of the streams and of those that came ahead of their predecessors
(journal.ahead). A row of the latter has no position yet (`NOWHERE`) and the lowest rank its entry can have; when the
cursor reaches the entry, the row takes both, and nothing is folded twice. Should an entry that came ahead turn out to
have no place (it never has, of an honest Lanterne), everything is folded anew without it.
Source: docs/format/exchange.md, "The first copy".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from lanterne.journal.journal import Arrived, Journal
from lanterne.practice.tables import Connection
from lanterne.wire.names import ChainId, EntryHash, Head, SeatId, Stream

NOWHERE = -1
"""Position of a row whose entry came ahead."""


class Placed(NamedTuple):
    """A row that stands where its entry lies. `ranks`: to be remembered as folded; `risen`: its number, if its rank
    changed.
    """

    ranks: tuple[int, ...] = ()
    risen: tuple[int, ...] = ()


def unfolded(connection: Connection, journal: Journal, streams: Collection[Stream]) -> list[Head]:
    """What came ahead and is in no row yet."""
    return [
        head
        for head in journal.ahead.heads()
        if head.chain.stream in streams and not _folded(connection, head)
    ]


def arriving(connection: Connection, journal: Journal, heads: Sequence[Head]) -> Iterator[Arrived]:
    """These entries as the folder takes them, but for those another process folded meanwhile."""
    for entry, rank, standing in journal.ahead.entries(heads):
        if not _folded(connection, entry.head.as_head):
            yield Arrived(NOWHERE, NOWHERE, entry, rank, standing)


def place(connection: Connection, arrived: Arrived) -> Placed | None:
    """Put the row of an entry folded already where it lies now; None when there is none.

    It came ahead, or its first place was damaged and a peer healed it.
    """
    identifier = bytes.fromhex(arrived.entry.head.hash)
    row = connection.execute("SELECT no, position, rank FROM entry WHERE hash = ?", (identifier,)).fetchone()
    if row is None:
        return None
    number, position, rank = row
    if position != NOWHERE:
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
