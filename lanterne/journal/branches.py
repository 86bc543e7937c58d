"""Reading a journal chain by chain, forks included: what an exchange with another holder stands on.

Law: a chain is a tree once it forked; every leaf is a tip, and in chain order the entries of one number stand
together, those of all branches. Damaged entries are left out, never guessed.
Source: docs/format/exchange.md, Requests; entry.md E12, E13.
"""

from __future__ import annotations

from collections.abc import Iterator

from lanterne.journal.holdings import Holdings
from lanterne.journal.register import NOWHERE, Chain, Place
from lanterne.wire.names import ChainId, Head


class Branches:
    """Tips and rows by chain. The caller holds the journal's mutex."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._forked: dict[ChainId, tuple[int, int, tuple[Head, ...]]] = {}

    def tips(self) -> list[Head]:
        """The newest entry of every branch of every chain, sorted; of a chain whose newest is damaged, the newest that
        reads, or what lies below it would never be told of nor given."""
        found: list[Head] = []
        for chain in self._holdings.register.chains.values():
            if chain.forked:
                found += self._leaves(chain)
            elif (newest := self._newest(chain)) is not None:
                found.append(newest)
        return sorted(found)

    def heads(self) -> list[Head]:
        """The newest entry of every chain, sorted, as `tips` has it."""
        chains = self._holdings.register.chains.values()
        return sorted(newest for chain in chains if (newest := self._newest(chain)) is not None)

    def _newest(self, chain: Chain) -> Head | None:
        if not chain.seq or chain.tip_hash is not None:
            return chain.head if chain.seq else None
        register = self._holdings.register
        for seq in range(chain.seq - 1, 0, -1):
            for row in register.rows_of(chain.id, seq):
                head = self._holdings.head_at(Place(chain.id.stream, row))
                if head is not None:
                    return head.as_head
        return None

    def first_fork(self, chain: ChainId) -> int | None:
        """The lowest number under which two entries of this chain stand; None when there is none."""
        held = self._holdings.register.known(chain)
        if held is None or not held.forked:
            return None
        return min(seq for one, seq in self._holdings.register.forks if one == chain)

    def tallest(self, chain: ChainId) -> int:
        """The highest number held of this chain; 0 when nothing is."""
        held = self._holdings.register.known(chain)
        return 0 if held is None else held.seq

    def positions(self, chain: ChainId, after: int, to: int | None, limit: int) -> tuple[list[int], int]:
        """Positions of the entries with `after` < number ≤ `to`, in chain order, at most about `limit`.

        All entries of one number or none. Second, the number to go on after.
        """
        register = self._holdings.register
        held = register.known(chain)
        if held is None:
            return [], after
        table = register.tables[chain.stream]
        found: list[int] = []
        last = held.seq if to is None else min(to, held.seq)
        while after < last and len(found) < limit:
            after += 1
            if held.rows[after - 1] == NOWHERE and not held.forked:
                continue
            found += [table.positions[row] for row in register.rows_of(chain, after)]
        return found, after

    def _leaves(self, chain: Chain) -> Iterator[Head]:
        generation, moved, known = self._forked.get(chain.id, (-1, -1, ()))
        if (generation, moved) != (self._holdings.generation, chain.moved):
            known = tuple(self._walk(chain))
            self._forked[chain.id] = (self._holdings.generation, chain.moved, known)
        return iter(known)

    def _walk(self, chain: Chain) -> Iterator[Head]:
        """Every entry from the first fork on that none stands on."""
        register = self._holdings.register
        first = self.first_fork(chain.id) or 1
        before: dict[str, Head] = {}
        for seq in range(first, chain.seq + 1):
            here: dict[str, Head] = {}
            for row in register.rows_of(chain.id, seq):
                head = self._holdings.head_at(Place(chain.id.stream, row))
                if head is not None:
                    here[head.hash] = head.as_head
                    before.pop(head.prev, None)
            yield from before.values()
            before = here
        yield from before.values()
