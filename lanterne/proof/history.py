"""Members entries in causal order.

Law: an entry is placed once everything it stands on is placed: the entry before it in its chain, every
members entry its heads name, and the record that holds its signer's key. So the past of a placed entry never
changes, whatever arrives later, and what waits, waits visibly (E12). Nothing here judges who was entitled:
see judging.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lanterne.proof.acts import Deed, SeatAdmitted, SheetReplaced
from lanterne.proof.genesis import Genesis
from lanterne.proof.signature import check_entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import NO_ENTRY, ChainId, EntryHash, FactId, Head, SeatId, Stream


class Notice(NamedTuple):
    """Something a person must hear of: an entry or a fact that broke `rule`, kept, without effect (M9)."""

    entry: EntryHash
    fact: FactId | None
    rule: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A members entry in its place. `past` is a bit mask of indexes, itself not in it."""

    index: int
    deed: Deed
    past: int
    rank: int

    @property
    def hash(self) -> EntryHash:
        return self.deed.head.hash

    @property
    def signer(self) -> SeatId:
        return self.deed.head.seat

    @property
    def bit(self) -> int:
        return 1 << self.index


class History(NamedTuple):
    """All placed entries by index, the order they are taken in, and what could not be placed."""

    placed: tuple[Placed, ...]
    order: tuple[Placed, ...]
    by_hash: Mapping[EntryHash, Placed]
    notices: tuple[Notice, ...]

    def known_heads(
        self, entry: Placed, found: dict[EntryHash, dict[ChainId, Head]] | None = None
    ) -> dict[ChainId, Head]:
        """The newest head of each other chain that the chain of `entry` had named by then.

        `found`: what was found for entries before it, so that no stretch of a chain is walked twice; grows.
        """
        known: dict[ChainId, Head] = {}
        at: Placed | None = entry
        while at is not None:
            before = found.get(at.hash) if found is not None else None
            for head in at.deed.head.heads if before is None else before.values():
                newest = known.get(head.chain)
                if newest is None or head.seq > newest.seq:
                    known[head.chain] = head
            at = self.by_hash.get(at.deed.head.prev) if before is None else None
        if found is not None:
            found[entry.hash] = known
        return known


def arrange(genesis: Genesis, deeds: Iterable[Deed], verified: set[tuple[EntryHash, bytes]]) -> History:
    """Place `deeds`. `verified` remembers signatures already checked, by hash and signature, and grows."""
    placing = _Placing(genesis, verified)
    # In the order of their clocks nearly everything is placed in the first round; the result does not depend
    # on it.
    waiting = sorted(deeds, key=lambda deed: (deed.head.time, deed.head.hash, deed.head.signature))
    while waiting:
        left = [deed for deed in waiting if not placing.settle(deed)]
        if len(left) == len(waiting):
            break
        waiting = left
    return placing.finish(waiting)


class _Placing:
    def __init__(self, genesis: Genesis, verified: set[tuple[EntryHash, bytes]]) -> None:
        self._verified = verified
        self._placed: list[Placed] = []
        self._by_hash: dict[EntryHash, Placed] = {}
        self._notices: set[Notice] = set()
        # Records prove their own ids, so a key may be taken from any of them; where each stands is kept
        # beside.
        self._keys: dict[SeatId, bytes] = {
            genesis.seat.id: genesis.seat.sign,
            genesis.sheet.id: genesis.sheet.sign,
        }
        self._named_by: dict[SeatId, int] = {}
        self._founders = {genesis.seat.id, genesis.sheet.id}

    def settle(self, deed: Deed) -> bool:
        """Whether `deed` found its place, or was refused for good; False while it waits."""
        head = deed.head
        if head.hash in self._by_hash:
            return True
        past = 0
        rank = head.time
        below = []
        if head.prev != NO_ENTRY:
            below.append(Head(head.chain, head.seq - 1, head.prev))
        below.extend(other for other in head.heads if other.chain.stream == Stream.MEMBERS)
        for other in below:
            found = self._by_hash.get(other.hash)
            if found is None:
                return False
            before = found.deed.head
            if (before.chain, before.seq) != (other.chain, other.seq):
                return self._refuse(deed, "E12", "names an entry that stands elsewhere")
            past |= found.past | found.bit
            rank = max(rank, found.rank + 1)
        if head.prev != NO_ENTRY and self._by_hash[head.prev].deed.head.time >= head.time:
            return self._refuse(deed, "E14", "its time is not after the previous entry's")
        if head.seat not in self._founders and not self._named_by.get(head.seat, 0) & past:
            return self._refuse(deed, "E7", "its seat was not admitted in anything it stands on")
        if not self._signed(deed):
            return self._refuse(deed, "E8", "its signature does not verify")
        placed = Placed(len(self._placed), deed, past, rank)
        self._placed.append(placed)
        self._by_hash[head.hash] = placed
        for _, act in deed.acts:
            if isinstance(act, SeatAdmitted):
                self._name(act.seat.id, act.seat.sign, placed)
            elif isinstance(act, SheetReplaced):
                self._name(act.sheet.id, act.sheet.sign, placed)
        return True

    def _signed(self, deed: Deed) -> bool:
        mark = (deed.head.hash, deed.head.signature)
        if mark not in self._verified:
            try:
                check_entry(self._keys[deed.head.seat], deed.head.signed, deed.head.signature)
            except EntryRefused:
                return False
            self._verified.add(mark)
        return True

    def _name(self, seat: SeatId, key: bytes, placed: Placed) -> None:
        self._keys.setdefault(seat, key)
        self._named_by[seat] = self._named_by.get(seat, 0) | placed.bit

    def _refuse(self, deed: Deed, rule: str, why: str) -> bool:
        self._notices.add(Notice(deed.head.hash, None, rule, why))
        return True

    def finish(self, waiting: Iterable[Deed]) -> History:
        for deed in waiting:
            self._notices.add(Notice(deed.head.hash, None, "E12", "waits for an entry it stands on"))
        places: dict[tuple[ChainId, int], EntryHash] = {}
        for entry in sorted(self._placed, key=lambda one: one.hash):
            head = entry.deed.head
            if places.setdefault((head.chain, head.seq), head.hash) != head.hash:
                self._notices.add(Notice(head.hash, None, "E13", "another entry has the same number"))
        order = sorted(self._placed, key=_order)
        return History(
            tuple(self._placed), tuple(order), self._by_hash, tuple(sorted(self._notices, key=str))
        )


def _order(entry: Placed) -> tuple[int, SeatId, int, int, EntryHash]:
    head = entry.deed.head
    return entry.rank, head.seat, head.incarnation, head.seq, head.hash
