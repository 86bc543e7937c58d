"""What the journal remembers of every entry it holds: some fifty bytes each, no object each.

Law: memory for finding, never truth. A chain is a row of numbers; its newest entry is known by its full hash,
the others by the first 16 bytes of theirs. Source: docs/format/store.md S7, entry.md E12, E13.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from lanterne.journal.index import Line
from lanterne.wire.names import NO_ENTRY, ChainId, EntryHash, Head, SeatId, Stream

NOWHERE = 0xFFFFFFFF
MAX_GAP = 1 << 20
"""Entries a chain may miss in the middle (damaged and not listed) before its number is not believed."""


class Place(NamedTuple):
    """An entry held: its stream and its row there."""

    stream: Stream
    row: int


class Chain:
    """One chain: rows by number, and its newest entry."""

    __slots__ = ("forked", "id", "moved", "rows", "seat", "tip_hash", "tip_rank", "tip_time")

    def __init__(self, chain: ChainId) -> None:
        self.id = chain
        self.seat = bytes.fromhex(chain.seat)
        self.rows = array("I")
        self.tip_hash: EntryHash | None = NO_ENTRY
        """None: the newest entry is damaged, the chain cannot go on."""
        self.tip_time = 0
        self.tip_rank = 0
        self.moved = 0
        self.forked = False

    @property
    def seq(self) -> int:
        """Number of the newest entry; 0 when there is none."""
        return len(self.rows)

    @property
    def head(self) -> Head:
        """The newest entry as others name it. Only when `tip_hash` is known."""
        return Head(self.id, self.seq, self.tip_hash or NO_ENTRY)


class Rows:
    """One stream's entries in order of arrival."""

    __slots__ = ("chains", "flags", "positions", "ranks", "seqs", "shorts")

    def __init__(self) -> None:
        self.positions, self.ranks, self.seqs = array("Q"), array("Q"), array("Q")
        self.chains, self.flags, self.shorts = array("I"), array("B"), bytearray()

    def __len__(self) -> int:
        return len(self.positions)

    def short(self, row: int) -> bytes:
        return bytes(self.shorts[16 * row : 16 * row + 16])

    def from_position(self, position: int) -> int:
        """First row at or after a position."""
        return bisect_left(self.positions, position)

    def row_at(self, position: int) -> int | None:
        """The row of exactly this position."""
        row = self.from_position(position)
        return row if row < len(self.positions) and self.positions[row] == position else None


class Register:
    """All chains and all rows of one journal."""

    def __init__(self) -> None:
        self.tables = {stream: Rows() for stream in Stream}
        self.chains: OrderedDict[ChainId, Chain] = OrderedDict()
        """In the order they last moved."""
        self.moves = 0
        self.forks: dict[tuple[ChainId, int], list[int]] = {}
        """Rows beside the first one under the same chain and number (E13)."""
        self._numbered: list[Chain] = []
        self._number: dict[ChainId, int] = {}
        self._by_seat: dict[tuple[bytes, int, Stream], int] = {}

    def chain(self, chain: ChainId) -> Chain:
        """The chain, begun empty when unknown."""
        return self._numbered[self._chain_number(bytes.fromhex(chain.seat), chain.incarnation, chain.stream)]

    def known(self, chain: ChainId) -> Chain | None:
        """The chain if anything of it is held."""
        return self.chains.get(chain)

    def _chain_number(self, seat: bytes, incarnation: int, stream: Stream) -> int:
        key = (seat, incarnation, stream)
        number = self._by_seat.get(key)
        if number is None:
            number = self._by_seat[key] = len(self._numbered)
            self._numbered.append(Chain(ChainId(SeatId(seat.hex()), incarnation, stream)))
        return number

    def add(self, stream: Stream, line: Line) -> int | None:
        """Take an entry in; the row, or None when it is held already.

        The caller sets the tip's hash and time.
        """
        table = self.tables[stream]
        number = self._chain_number(line.seat, line.incarnation, stream)
        chain = self._numbered[number]
        rows, seq = chain.rows, line.seq
        row = len(table.positions)
        if seq == len(rows) + 1:
            rows.append(row)
        else:
            if self.find_short(chain.id, seq, line.short) is not None:
                return None
            if seq <= len(rows) and rows[seq - 1] != NOWHERE:
                self.forks.setdefault((chain.id, seq), []).append(row)
                chain.forked = True
            elif seq <= len(rows):
                rows[seq - 1] = row
            elif seq <= len(rows) + MAX_GAP:
                rows.extend([NOWHERE] * (seq - 1 - len(rows)))
                rows.append(row)
            else:
                return None
        table.positions.append(line.position)
        table.ranks.append(line.rank)
        table.seqs.append(seq)
        table.chains.append(number)
        table.flags.append(line.flags)
        table.shorts += line.short
        self.moves += 1
        chain.moved = self.moves
        self.chains[chain.id] = chain
        self.chains.move_to_end(chain.id)
        return row

    def change(self, stream: Stream, row: int, *, rank: int, flags: int) -> None:
        """A late head raised the rank, or came at last."""
        table = self.tables[stream]
        table.ranks[row], table.flags[row] = rank, flags
        chain = self._numbered[table.chains[row]]
        if chain.rows[-1] == row:
            chain.tip_rank = rank

    def rows_of(self, chain: ChainId, seq: int) -> Iterator[int]:
        """Every row under this chain and number: one, or several after a fork."""
        held = self.chains.get(chain)
        if held is None or not 1 <= seq <= len(held.rows):
            return
        row = held.rows[seq - 1]
        if row != NOWHERE:
            yield row
        yield from self.forks.get((chain, seq), ())

    def find_short(self, chain: ChainId, seq: int, short: bytes) -> int | None:
        """The row of this entry, by the first 16 bytes of its hash."""
        table = self.tables[chain.stream]
        for row in self.rows_of(chain, seq):
            if table.shorts[16 * row : 16 * row + 16] == short:
                return row
        return None

    def find(self, head: Head) -> int | None:
        """The row of the entry a head names."""
        return self.find_short(head.chain, head.seq, bytes.fromhex(head.hash[:32]))

    def chain_of(self, stream: Stream, row: int) -> Chain:
        """The chain a row belongs to."""
        return self._numbered[self.tables[stream].chains[row]]

    def line(self, stream: Stream, row: int) -> Line:
        """The row as the index writes it."""
        table = self.tables[stream]
        chain = self._numbered[table.chains[row]]
        return Line(
            table.short(row),
            chain.seat,
            chain.id.incarnation,
            table.seqs[row],
            table.positions[row],
            table.flags[row],
            table.ranks[row],
        )

    def lines(self, stream: Stream) -> Iterator[Line]:
        """Every row of a stream as the index writes it."""
        return (self.line(stream, row) for row in range(len(self.tables[stream])))

    def find_short_of(self, stream: Stream, line: Line) -> int | None:
        """The row of the entry a line of the index names, wherever it lies."""
        chain = ChainId(SeatId(line.seat.hex()), line.incarnation, stream)
        return self.find_short(chain, line.seq, line.short)
