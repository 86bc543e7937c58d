"""Entries that come from elsewhere: every check that needs no secret, in its order, and where each entry
goes.

Law: nothing acknowledged by anybody is dropped. What misses its predecessor waits in `journal/apart/`; a fork
is kept, both branches; what a revoked or expired seat wrote is kept and marked (its standing says so when it
is read). Source: docs/format/entry.md E1–E15, docs/format/store.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple

from lanterne.journal.clock import TIME_LIMIT
from lanterne.journal.files import Files, disk_errors, replace_small_file
from lanterne.journal.holdings import Holdings
from lanterne.journal.index import EMPTIED
from lanterne.journal.layout import Layout
from lanterne.journal.register import Place
from lanterne.proof.acts import read_deed
from lanterne.proof.membership import Membership
from lanterne.wire.entry import MAX_ENTRY_BYTES, Entry, EntryHead, read_either
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import NO_ENTRY, EntryHash, Head, SeatId, Stream

MAX_APART = 10_000
"""Entries that may wait at once; a peer that sends more is refused."""
MAX_APART_BYTES = 128 * 1024 * 1024
"""Of them together: they are in memory, and whoever holds a key of the practice, even a former member's, signs some."""


class Outcome(Enum):
    """What became of an entry received."""

    NEW = "new"
    DUPLICATE = "duplicate"
    WAITS = "waits"
    """E12: its predecessor has not come; kept apart until it does."""
    FORK = "fork"
    """E13: another entry stands under its number; both are kept, and alarmed."""
    HEALED = "healed"
    """It was held and no longer verified (S5): it stands in its place again."""


def check_apart(data: bytes, membership: Membership) -> Entry:
    """E1–E11, E21, E19 for members, and that its time is one: everything that needs no other entry. One that was
    emptied has no parts, whether they came or not.

    Raises EntryRefused.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise EntryRefused("E5", f"{len(data)} bytes, {MAX_ENTRY_BYTES} allowed")
    entry = read_either(
        data,
        practice=membership.practice,
        key_of=membership.sign_key,
        check_signature=membership.check_signature,
        emptied_ones=membership.emptied,
        once_emptied=membership.once_emptied,
    )
    if entry.head.time >= TIME_LIMIT:
        raise EntryRefused("E14", "its time lies beyond the year 6429")
    if entry.head.stream == Stream.MEMBERS:
        read_deed(entry)
    return entry


class Sorted(NamedTuple):
    """An entry and what is to be done with it."""

    entry: Entry
    outcome: Outcome


class Sorter:
    """Sorts a batch of entries, each seeing those before it."""

    def __init__(
        self, holdings: Holdings, waiting: Waiting, early: Callable[[Head], list[Entry]] = lambda _: []
    ) -> None:
        """`early`: the entries of a first copy that came ahead of this one."""
        self._holdings, self._waiting, self._early = holdings, waiting, early
        self._batch: dict[Head, int] = {}  # taken in this batch, with their times
        self._numbers: set[tuple[object, int]] = set()
        self.accepted: list[Sorted] = []
        """What is to be appended, predecessors first."""
        self.released: list[EntryHash] = []
        """What had waited and no longer does."""
        self.healed: list[tuple[Entry, Place]] = []
        """What is held already and lies damaged, with its place."""
        self.misdated: list[Head] = []
        """What came ahead and breaks E14 now that the entry before it is here."""

    def sort(self, entry: Entry) -> Outcome:
        """What becomes of this entry. Raises EntryRefused (E14)."""
        head = entry.head
        row = self._holdings.register.find(head.as_head)
        if head.as_head in self._batch or (row is not None and not self._is_wanted(entry, row)):
            return Outcome.DUPLICATE
        if row is not None:
            # Its name was in the index or in the entry that follows: it is the very one, whatever precedes it.
            self.healed.append((entry, Place(head.stream, row)))
            self._batch[head.as_head] = head.time
            outcome = Outcome.HEALED
        else:
            before = self._time_before(head)
            if before is None:
                return Outcome.WAITS
            if head.time <= before:
                raise EntryRefused("E14", "its time is not after the previous entry's")
            outcome = self._accept(entry)
        ready = [head.as_head]
        while ready:
            here = ready.pop()
            waited = self._waiting.after(here)
            self.released += [follower.head.hash for follower in waited]
            for follower in (*waited, *self._early(here)):
                name = follower.head.as_head
                if name in self._batch:
                    continue
                row = self._holdings.register.find(name)
                if row is not None:  # a crash came between its append and its release
                    if self._is_wanted(follower, row):
                        self._batch[name] = follower.head.time
                        self.healed.append((follower, Place(name.chain.stream, row)))
                    continue
                if follower.head.time > self._batch[here]:
                    self._accept(follower)
                    ready.append(name)
                else:
                    self.misdated.append(name)
        return outcome

    def _is_wanted(self, entry: Entry, row: int) -> bool:
        """It lies damaged here; or without its parts, which came, and nothing says any more that they go."""
        place = Place(entry.head.stream, row)
        flags = self._holdings.register.tables[place.stream].flags[row]
        if flags & EMPTIED and all(body is not None for body in entry.bodies):
            return True
        return place in self._holdings.damaged and self._holdings.entry_at(place) is None

    def _accept(self, entry: Entry) -> Outcome:
        head = entry.head
        number = (head.chain, head.seq)
        taken = any(True for _ in self._holdings.register.rows_of(head.chain, head.seq))
        fork = number in self._numbers or taken
        self._numbers.add(number)
        self._batch[head.as_head] = head.time
        outcome = Outcome.FORK if fork else Outcome.NEW
        self.accepted.append(Sorted(entry, outcome))
        return outcome

    def _time_before(self, head: EntryHead) -> int | None:
        """The time of the entry before it (E12): 0 before the first, None when it is not held."""
        if head.prev == NO_ENTRY:
            return 0
        before = Head(head.chain, head.seq - 1, head.prev)
        if before in self._batch:
            return self._batch[before]
        held = self._holdings.register.known(head.chain)
        if held is not None and held.seq == before.seq and held.tip_hash == before.hash:
            return held.tip_time
        row = self._holdings.register.find(before)
        found = None if row is None else self._holdings.head_at(Place(head.stream, row))
        return found.time if found is not None and found.hash == before.hash else None


class Waiting:
    """The entries in `journal/apart/`, one file each, named by their hash."""

    def __init__(self, layout: Layout, files: Files) -> None:
        self._folder, self._files = layout.apart, files
        self._by_prev: dict[Head, list[Entry]] = {}
        self._known: dict[str, int] = {}  # with their sizes

    def load(self, read: Callable[[bytes], Entry]) -> None:
        """Read what is new in the folder. A file that does not verify is left for `check` to report."""
        for name in self._files.listing(self._folder):
            if name in self._known or len(name) != 64:
                continue
            try:
                entry = read(self._files.read(self._folder / name, 0, MAX_ENTRY_BYTES + 1))
            except EntryRefused:
                continue
            self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        head = entry.head
        self._known[head.hash] = len(entry.raw)
        self._by_prev.setdefault(Head(head.chain, head.seq - 1, head.prev), []).append(entry)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, entry: EntryHash) -> bool:
        return entry in self._known

    def keep(self, entry: Entry) -> None:
        """Keep an entry until its predecessor comes; durable.

        Raises DiskFull, DiskFailed; EntryRefused when too many.
        """
        if entry.head.hash in self._known:
            return
        size = sum(self._known.values()) + len(entry.raw)
        if len(self._known) >= MAX_APART or size > MAX_APART_BYTES:
            raise EntryRefused("E12", "too many entries wait for their predecessors")
        replace_small_file(self._files, self._folder / entry.head.hash, entry.raw)
        self._remember(entry)

    def after(self, head: Head) -> list[Entry]:
        """The entries that wait for this one."""
        return list(self._by_prev.get(head, ()))

    def release(self, hashes: Iterable[EntryHash]) -> None:
        """These lie in their streams now. Raises DiskFailed."""
        gone = set(hashes)
        if not gone:
            return
        with disk_errors("removing entries that no longer wait"):
            for name in gone:
                if self._files.size(self._folder / name) is not None:
                    self._files.remove(self._folder / name)
            self._files.fsync_directory(self._folder)
        self._known = {name: size for name, size in self._known.items() if name not in gone}
        self._by_prev = {
            head: left
            for head, entries in self._by_prev.items()
            if (left := [entry for entry in entries if entry.head.hash not in gone])
        }


class Received(NamedTuple):
    """The answer to one entry received.

    `reranked`: a rank already given rose, so read tables that hold it must order anew. `position` is None
    while it waits.
    """

    outcome: Outcome
    hash: EntryHash
    seat: SeatId
    position: int | None
    reranked: bool
