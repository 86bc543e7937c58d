"""Where the next entry of a chain goes: its number, predecessor, time and heads.

Pure but for reading the register.

Law: heads name the newest entry known of every other chain that moved since this chain's previous entry; a
chain whose end is damaged, forked, or was sent by somebody else is never continued: a new incarnation begins.
Source: docs/format/entry.md, "Header", E12–E14.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from lanterne.journal.clock import next_time
from lanterne.journal.holdings import Holdings
from lanterne.journal.index import RECEIVED
from lanterne.wire.entry import MAX_HEADS, EntryHead
from lanterne.wire.names import NO_ENTRY, ChainId, EntryHash, Head, SeatId, Stream

SPREAD = 1 << 16
"""A new incarnation leaps by up to so many, so that two clones of one device do not choose the same."""


class Tip(NamedTuple):
    """The newest entry of a chain; seq 0 when there is none."""

    seq: int
    hash: EntryHash
    time: int


class Next(NamedTuple):
    """What the next entry of a chain must say."""

    chain: ChainId
    seq: int
    prev: EntryHash
    time: int
    heads: tuple[Head, ...]


class Pen:
    """Chooses places in the chains of this device's seats, also for many entries before any is appended."""

    def __init__(self, holdings: Holdings, random: Callable[[int], bytes]) -> None:
        self._holdings, self._random = holdings, random
        self._generation = -1
        self._chains: dict[tuple[SeatId, Stream], ChainId] = {}
        self._named: dict[ChainId, int] = {}
        self._tips: dict[ChainId, Tip] = {}
        self._moved: OrderedDict[ChainId, int] = OrderedDict()
        self._moves = 0

    def lift(self) -> None:
        """Begin a batch: nothing is pending, the register says it all."""
        if self._generation != self._holdings.generation:
            self._generation = self._holdings.generation
            self._named.clear()
        self._chains.clear()
        self._tips.clear()
        self._moved.clear()
        self._moves = self._holdings.register.moves

    def chain_of(self, seat: SeatId, stream: Stream, floor: tuple[int, int] = (0, 0)) -> ChainId:
        """The chain in which `seat` goes on in `stream`.

        `floor`: (incarnation, number) of the newest entry this device remembers having acknowledged.
        """
        if (seat, stream) not in self._chains:
            self._chains[seat, stream] = self._choose(seat, stream, floor)
        return self._chains[seat, stream]

    def _choose(self, seat: SeatId, stream: Stream, floor: tuple[int, int]) -> ChainId:
        register, missing = self._holdings.register, self._holdings.ranks.missing
        known = [
            chain.incarnation for chain in register.chains if chain.seat == seat and chain.stream == stream
        ]
        named = [
            chain.incarnation for chain, count in missing.items() if count and chain[::2] == (seat, stream)
        ]
        last = max([*known, *named, floor[0]], default=0)
        chain = ChainId(seat, last, stream)
        held = register.known(chain)
        if held is None:
            if last == 0 and floor == (0, 0) and not named:
                return chain
        elif self._sound(chain) and (last, held.seq) >= floor:
            return chain
        return ChainId(seat, last + 1 + int.from_bytes(self._random(2)) % SPREAD, stream)

    def _sound(self, chain: ChainId) -> bool:
        held = self._holdings.register.known(chain)
        if held is None or held.tip_hash is None or held.forked or self._holdings.ranks.missing.get(chain):
            return False
        flags = self._holdings.register.tables[chain.stream].flags[held.rows[-1]]
        return not flags & RECEIVED

    def _tip(self, chain: ChainId) -> Tip:
        pending = self._tips.get(chain)
        if pending is not None:
            return pending
        held = self._holdings.register.known(chain)
        if held is None or held.tip_hash is None:
            return Tip(0, NO_ENTRY, 0)
        return Tip(held.seq, held.tip_hash, held.tip_time)

    def place(self, chain: ChainId, now_ms: int) -> Next:
        """Where the next entry of `chain` goes, written at `now_ms`."""
        tip = self._tip(chain)
        since = self._named.get(chain, 0)
        heads: list[Head] = []
        # What a first copy brought ahead is no head yet; whoever writes has read it, so it goes before.
        times: list[int] = self._holdings.foreseen()
        for other in self._moved_since(since):
            if other == chain:
                continue
            known = self._tip(other)
            if known.seq:
                heads.append(Head(other, known.seq, known.hash))
                times.append(known.time)
                if len(heads) == MAX_HEADS:
                    break
        return Next(chain, tip.seq + 1, tip.hash, next_time(now_ms, tip.time, times), tuple(heads))

    def _moved_since(self, since: int) -> list[ChainId]:
        found = []
        for chain, moved in reversed(self._moved.items()):
            if moved <= since:
                break
            found.append(chain)
        for chain, held in reversed(self._holdings.register.chains.items()):
            if held.moved <= since:
                break
            if chain not in self._moved:
                found.append(chain)
        return found

    def wrote(self, head: EntryHead) -> None:
        """This entry was built and will be appended with its batch."""
        chain = head.chain
        self._tips[chain] = Tip(head.seq, head.hash, head.time)
        self._moves += 1
        self._moved[chain] = self._moves
        self._moved.move_to_end(chain)
        self._named[chain] = self._moves
