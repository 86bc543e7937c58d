"""The rank of every entry: a function of the set of entries held, whatever order they came in.

Law: rank(e) = max(time(e), rank(prev) + 1, rank(head) + 1 for each head held). A head that arrives late may
raise the ranks of all that stand on it; then the readers are told. Source: docs/format/entry.md, "Order".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lanterne.journal.index import WAITS
from lanterne.journal.register import Place, Register
from lanterne.wire.entry import EntryHead
from lanterne.wire.names import NO_ENTRY, ChainId, Head

ReadHead = Callable[[Place], EntryHead | None]


def stands_on(head: EntryHead) -> Iterator[Head]:
    """The entries an entry names: the one before it in its chain, and its heads."""
    if head.prev != NO_ENTRY:
        yield Head(head.chain, head.seq - 1, head.prev)
    yield from head.heads


class Ranks:
    """Keeps ranks exact while entries arrive in any order.

    `read_head` reads an entry held, None when damaged.
    """

    def __init__(self, register: Register, read_head: ReadHead) -> None:
        self._register = register
        self._read_head = read_head
        self._waiting: dict[Head, set[Place]] = {}
        self._lacks: Counter[Place] = Counter()
        self._late: dict[Place, int] = {}
        self._complete: set[Place] = set()
        self.missing: Counter[ChainId] = Counter()
        """How many entries somebody named and this device lacks, by chain."""

    def of(self, head: EntryHead) -> tuple[int, list[Head]]:
        """The rank of an entry from what is held now, and the entries it names that are not held."""
        register = self._register
        rank, lacking = head.time, []
        for other in stands_on(head):
            row = register.find(other)
            if row is None:
                lacking.append(other)
            else:
                rank = max(rank, register.tables[other.chain.stream].ranks[row] + 1)
        return rank, lacking

    def wait(self, place: Place, lacking: list[Head]) -> None:
        """Remember that an entry held names entries that are not."""
        for head in lacking:
            waiters = self._waiting.setdefault(head, set())
            if not waiters:
                self.missing[head.chain] += 1
            if place not in waiters:
                waiters.add(place)
                self._lacks[place] += 1

    def came(self, head: Head, rank: int) -> None:
        """An entry was taken in: whoever waited for it may have to rise. `settle` does it, once a batch."""
        waiters = self._waiting.pop(head, None)
        if waiters is None:
            return
        self.missing[head.chain] -= 1
        for place in waiters:
            self._late[place] = max(self._late.get(place, 0), rank + 1)
            self._lacks[place] -= 1
            if not self._lacks[place]:
                del self._lacks[place]
                self._complete.add(place)

    def would_raise(self) -> bool:
        """Whether `settle` would raise a rank already given."""
        tables = self._register.tables
        return any(tables[place.stream].ranks[place.row] < rank for place, rank in self._late.items())

    def settle(self) -> tuple[list[Place], bool]:
        """(places whose index line changed, whether any rank rose)."""
        tables = self._register.tables
        raised = {
            place: rank for place, rank in self._late.items() if tables[place.stream].ranks[place.row] < rank
        }
        complete, self._late, self._complete = self._complete, {}, set()
        changed = set(complete)
        if raised:
            changed |= self._raise(raised)
        for place in complete:
            table = tables[place.stream]
            self._register.change(
                place.stream, place.row, rank=table.ranks[place.row], flags=table.flags[place.row] & ~WAITS
            )
        return sorted(changed), bool(raised)

    def _raise(self, raised: dict[Place, int]) -> set[Place]:
        """Raise what stands on the raised, pass by pass in the order of ranks, until nothing rises any more.

        One pass is enough unless a late entry itself rises; ranks only grow and causes make no circle, so it
        ends.
        """
        register = self._register
        tables = register.tables
        heads: dict[Place, list[Head]] = {}
        done: set[Place] = set()
        rose = True
        while rose:
            rose = False
            lowest = min(tables[place.stream].ranks[place.row] for place in (*raised, *done))
            candidates = sorted(
                (rank, stream, row)
                for stream, table in tables.items()
                for row, rank in enumerate(table.ranks)
                if rank >= lowest
            )
            for _, stream, row in candidates:
                place = Place(stream, row)
                if place not in heads:
                    head = self._read_head(place)
                    heads[place] = [] if head is None else list(stands_on(head))
                old = tables[stream].ranks[row]
                rank = max(old, raised.get(place, 0))
                for other in heads[place]:
                    below = register.find(other)
                    if below is not None and Place(other.chain.stream, below) in done:
                        rank = max(rank, tables[other.chain.stream].ranks[below] + 1)
                if rank > old:
                    register.change(stream, row, rank=rank, flags=tables[stream].flags[row])
                    done.add(place)
                    rose = True
        return done
