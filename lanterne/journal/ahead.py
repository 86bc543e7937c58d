"""A first copy's entries that came ahead of their predecessors, as the journal takes them in and hands them out.

Law: they are checked, durable and read, and change nothing of what is held: no head, no tip, no rank. Source:
docs/format/store.md, `journal/early/`; exchange.md, "The first copy".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from lanterne.journal.early import MAX_EARLY, MAX_EARLY_BYTES, Early
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.holdings import Holdings, parse
from lanterne.journal.receiving import Outcome, Received, Sorter, check_apart
from lanterne.journal.segment import ENTRY
from lanterne.proof.membership import Membership, Standing
from lanterne.wire.entry import Entry, emptied
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import ChainId, Head, Stream


class Foreseen(NamedTuple):
    """An entry that came ahead; `rank` is the lowest it can have once its predecessors are here."""

    entry: Entry
    rank: int
    standing: Standing


class Ahead:
    """What lies in `journal/early/` of one journal. `members` is its membership of the moment."""

    def __init__(
        self, holdings: Holdings, early: Early, mutex: threading.RLock, members: Callable[[], Membership]
    ) -> None:
        self._holdings, self._early, self._mutex, self._members = holdings, early, mutex, members
        self._seen = (0, -1, -1)
        holdings.foreseen = self._times

    # ------------------------------------------------------------------ what is there

    def __len__(self) -> int:
        return len(self._early)

    @property
    def version(self) -> int:
        """Rises whenever something came, in this process or another."""
        return self._early.version

    def heads(self) -> list[Head]:
        """What came ahead and waits, by chain and number."""
        with self._mutex:
            return self._early.heads()

    def here(self, chain: ChainId, seq: int) -> bool:
        """Whether an entry of this number is held, or came ahead."""
        with self._mutex:
            rows = self._holdings.register.rows_of(chain, seq)
            return next(rows, None) is not None or self._early.has_number(chain, seq)

    def entries(self, heads: Iterable[Head]) -> Iterator[Foreseen]:
        """Those of these that can be read."""
        with self._mutex:
            membership = self._members()
            found = [
                Foreseen(entry, self._holdings.ranks.of(entry.head)[0], membership.entitled(entry.head))
                for entry in self._early.entries(heads, self._parse_now)
            ]
        yield from found

    # ------------------------------------------------------------------ for the journal

    def load(self) -> None:
        """Take in what other processes kept; let go of what lies in its chain by now."""
        self._early.load(self._parse)
        register = self._holdings.register
        seen = (self._early.version, self._holdings.generation, register.moves)
        if len(self._early) and seen != self._seen:
            self._early.settle(self._is_done)
        self._seen = seen

    def keep(self, raws: Iterable[bytes]) -> list[Entry | EntryRefused]:
        """Check entries and keep those that are not here, on the disk. Lock held.

        Raises:
            DiskFull, DiskFailed: none was kept.
        """
        found: list[Entry | EntryRefused] = []
        kept: dict[Head, Entry] = {}
        membership, size = self._members(), self._early.size
        for raw in raws:
            try:
                entry = check_apart(bytes(raw), membership)
                if entry.head.stream is Stream.MEMBERS:
                    raise EntryRefused("E12", "members entries come in their order")
                head = entry.head.as_head
                if not self._holds(head) and head not in self._early:
                    size += 0 if head in kept else len(entry.raw)
                    if len(self._early) + len(kept) >= MAX_EARLY or size > MAX_EARLY_BYTES:
                        raise EntryRefused("E12", "too many entries came ahead of their predecessors")
                    kept[head] = entry
                found.append(entry)
            except EntryRefused as refused:
                found.append(refused)
        self._early.keep(list(kept.values()))
        return found

    def answer(self, entry: Entry, known: bool) -> Received:
        """What became of an entry that came ahead. `known`: it was held before."""
        head = entry.head
        row = self._holdings.register.find(head.as_head)
        if row is None:
            return Received(Outcome.WAITS, head.hash, head.seat, None, False)
        position = self._holdings.register.tables[head.stream].positions[row]
        outcome = Outcome.DUPLICATE if known else Outcome.NEW
        return Received(outcome, head.hash, head.seat, position, False)

    def feed(self, sorter: Sorter) -> None:
        """Sort what came and has its predecessor here: the first of its chain, or what a crash kept from its place."""
        for entry in self._early.ready(self._holds, self._parse_now):
            try:
                sorter.sort(entry)
            except EntryRefused:
                self._early.drop([entry.head.as_head])

    def after(self, head: Head) -> list[Entry]:
        """What stands on this entry."""
        return self._early.after(head, self._parse_now)

    def due(self) -> dict[Head, Entry]:
        """What an act emptied since it came ahead, and still has its parts here; as it is to be kept."""
        emptied_ones = self._members().emptied
        heads = [head for head in self._early.heads() if head.hash in emptied_ones] if emptied_ones else []
        return {
            entry.head.as_head: emptied(entry.head)
            for entry in self._early.entries(heads, self._parse)
            if any(body is not None for body in entry.bodies)
        }

    def empty(self) -> None:
        """Drop the parts of what is due. Lock held; what the disk refuses stays due."""
        with suppress(DiskFull, DiskFailed):
            self._early.rewrite(self.due(), self._parse)

    def taken(self, heads: Sequence[Head]) -> None:
        """These lie in their chains now, or never will. Lock held."""
        if len(self._early):
            self._early.drop(heads)
            self._early.settle(self._is_done)
        # A file that stays (another process reads it, on Windows) harms nobody, and goes at the next chance.
        with suppress(DiskFull, DiskFailed):
            self._early.sweep()

    def _times(self) -> list[int]:
        return self._early.newest_times()

    def _is_done(self, head: Head, before: Head | None) -> bool:
        """It lies in its chain; or the chain went past its number without it. Then it is of a fork whose beginning is
        not here, or of none: what a former member signed could so be read for ever, in no chain and under no alarm. It
        comes again with its branch, like any fork (E13).
        """
        held = self._holdings.register.known(head.chain)
        if held is None or held.seq < head.seq:
            return False
        return self._holds(head) or (before is not None and not self._holds(before))

    def _holds(self, head: Head) -> bool:
        return self._holdings.register.find(head) is not None

    def _parse(self, raw: bytes) -> Entry:
        return parse(raw, ENTRY, self._holdings.practice)

    def _parse_now(self, raw: bytes) -> Entry:
        """As it may be read now: without its parts when it was emptied since."""
        entry = self._parse(raw)
        return emptied(entry.head) if entry.head.hash in self._members().emptied else entry
