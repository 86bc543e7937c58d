"""Entries a first copy fetches ahead of those they stand on, so that today's charts open before the rest is here.

Law: each was checked like any entry received (E1–E11) and is on the disk; none of it is in a chain, so heads, tips,
counts and ranks know nothing of it. As soon as the entry before it is held it takes its place, whether it came again or
not. A file whose entries all have theirs is removed; a damaged one counts as none, and they are fetched again.
Source: docs/format/store.md, `journal/early/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import Files, disk_errors, replace_small_file
from lanterne.journal.layout import Layout
from lanterne.journal.vouched import DIGEST, opened
from lanterne.wire.entry import Entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.exchange import MessageRefused
from lanterne.wire.framing import LENGTH_SIZE, frame, read_framed
from lanterne.wire.names import NO_ENTRY, ChainId, EntryHash, Head

MAX_EARLY = 20_000
"""Entries that may lie here at once."""
MAX_EARLY_BYTES = 512 * 1024 * 1024
"""Of them together."""
MAX_FILE = 64 * 1024 * 1024
NAMES = 10**8

Parse = Callable[[bytes], Entry]


class Lies(NamedTuple):
    """Where an entry lies: its file, its bytes there; what it stands on; its hybrid time."""

    name: str
    offset: int
    size: int
    before: Head | None
    time: int


def read_bundle(data: bytes) -> tuple[bytes, ...] | None:
    """The raw entries of one file; None when it does not verify."""
    body = opened(data)
    if body is None:
        return None
    try:
        return read_framed(body, at_most=MAX_FILE)
    except MessageRefused:
        return None


class Early:
    """The entries in `journal/early/`, some files of many each. The caller holds the journal's mutex."""

    def __init__(self, layout: Layout, files: Files) -> None:
        self._folder, self._files = layout.early, files
        self._lies: dict[Head, Lies] = {}
        self._by_before: dict[Head, list[Head]] = {}
        self._left: dict[str, set[Head]] = {}
        self._numbers: Counter[tuple[ChainId, int]] = Counter()
        self._fresh = False
        self._timed, self._times = (0, 0), list[int]()
        self.version = 0
        """Rises whenever something came."""

    def __len__(self) -> int:
        return len(self._lies)

    def __contains__(self, head: object) -> bool:
        return head in self._lies

    @property
    def size(self) -> int:
        """Bytes of the entries that lie here."""
        return sum(lies.size for lies in self._lies.values())

    def heads(self) -> list[Head]:
        """Every entry that lies here, by chain and number."""
        return sorted(self._lies)

    def has_number(self, chain: ChainId, seq: int) -> bool:
        """Whether an entry of this number lies here."""
        return self._numbers[chain, seq] > 0

    def newest_times(self) -> list[int]:
        """The hybrid time of the newest entry of each chain here: asked at every write, hence remembered."""
        mark = (self.version, len(self._lies))
        if mark != self._timed:
            newest: dict[ChainId, tuple[int, int]] = {}
            for head, lies in self._lies.items():
                newest[head.chain] = max(newest.get(head.chain, (0, 0)), (head.seq, lies.time))
            self._timed, self._times = mark, [time for _, time in newest.values()]
        return list(self._times)

    # ------------------------------------------------------------------ files

    def load(self, parse: Parse) -> None:
        """Take in what another process kept, let go what it removed. Cheap when there is nothing."""
        names = set(self._files.listing(self._folder))
        for name in sorted(self._left.keys() - names):
            for head in self._left.pop(name):
                self._forget(head)
        for name in sorted(names - self._left.keys()):
            if len(name) == 8 and name.isdigit():
                self._load_one(name, parse)

    def _load_one(self, name: str, parse: Parse) -> None:
        try:
            data = self._files.read(self._folder / name, 0, MAX_FILE + DIGEST)
        except FileNotFoundError:
            return
        self._left[name] = set()
        raws = read_bundle(data)
        entries = []
        for raw in raws or ():
            with suppress(EntryRefused):
                entries.append(parse(raw))
        if raws is not None and len(entries) == len(raws):
            self._remember(name, entries)

    def _remember(self, name: str, entries: Sequence[Entry]) -> None:
        at = 0
        for entry in entries:
            head, at = entry.head, at + LENGTH_SIZE
            before = None if head.prev == NO_ENTRY else Head(head.chain, head.seq - 1, EntryHash(head.prev))
            if head.as_head not in self._lies:
                self._lies[head.as_head] = Lies(name, at, len(entry.raw), before, head.time)
                self._left[name].add(head.as_head)
                self._numbers[head.chain, head.seq] += 1
                if before is not None:
                    self._by_before.setdefault(before, []).append(head.as_head)
            at += len(entry.raw)
        self.version += 1
        self._fresh = True

    def _forget(self, head: Head) -> None:
        lies = self._lies.pop(head, None)
        if lies is None:
            return
        self._left.get(lies.name, set()).discard(head)
        self._numbers[head.chain, head.seq] -= 1
        waiting = self._by_before.get(lies.before, []) if lies.before is not None else []
        if head in waiting:
            waiting.remove(head)
        if lies.before is not None and not waiting:
            self._by_before.pop(lies.before, None)

    def keep(self, entries: Sequence[Entry]) -> None:
        """Keep entries, MAX_FILE bytes at most, in one file, on the disk when this returns. Directory's lock held.

        Raises:
            DiskFull, DiskFailed: none was kept.
        """
        if not entries:
            return
        body = frame(entry.raw for entry in entries)
        digest = sha256(body).digest()
        # Named by its content: another process that read a file of this name before read these very bytes.
        number = int.from_bytes(digest[:4]) % NAMES
        while f"{number:08d}" in self._left:
            number = (number + 1) % NAMES
        name = f"{number:08d}"
        replace_small_file(self._files, self._folder / name, body + digest)
        self._left[name] = set()
        self._remember(name, entries)

    def drop(self, heads: Iterable[Head]) -> None:
        """These have their places, or will never have one."""
        for head in list(heads):
            self._forget(head)

    def settle(self, done: Callable[[Head, Head | None], bool]) -> None:
        """Let go of what is done here. `done`: by an entry, and the one it stands on."""
        self.drop([head for head, lies in self._lies.items() if done(head, lies.before)])

    def sweep(self) -> None:
        """Remove the files nothing of which is left. Directory's lock held.

        Raises:
            DiskFailed, DiskFull: they stay, and harm nobody.
        """
        done = [name for name, left in self._left.items() if not left]
        if not done:
            return
        with disk_errors("removing entries that came ahead"):
            for name in done:
                if self._files.size(self._folder / name) is not None:
                    self._files.remove(self._folder / name)
                del self._left[name]
            self._files.fsync_directory(self._folder)

    def rewrite(self, changed: dict[Head, Entry], parse: Parse) -> None:
        """Write the files that hold these anew, without what was emptied of them. Directory's lock held.

        Under another name, so that other processes read it anew.

        Raises:
            DiskFull, DiskFailed: what was not done is due still.
        """
        for name in sorted({self._lies[head].name for head in changed if head in self._lies}):
            left = sorted(self._left[name])
            entries = [changed.get(entry.head.as_head, entry) for entry in self._read(left, parse)]
            self.drop(left)
            try:
                self.keep(entries)
            except (DiskFull, DiskFailed):
                del self._left[name]  # read anew at the next look
                raise
        self.sweep()

    # ------------------------------------------------------------------ entries

    def after(self, head: Head, parse: Parse) -> list[Entry]:
        """The entries that stand on this one."""
        return self._read(self._by_before.get(head, ()), parse)

    def ready(self, holds: Callable[[Head], bool], parse: Parse) -> list[Entry]:
        """Of what came since this was asked last: those whose predecessor is held, or that have none."""
        if not self._fresh:
            return []
        self._fresh = False
        found = [
            head for head, lies in sorted(self._lies.items()) if lies.before is None or holds(lies.before)
        ]
        return self._read(found, parse)

    def entries(self, heads: Iterable[Head], parse: Parse) -> Iterator[Entry]:
        """Those of these that can be read."""
        for head in heads:
            yield from self._read((head,), parse)

    def _read(self, heads: Iterable[Head], parse: Parse) -> list[Entry]:
        found = []
        for head in heads:
            lies = self._lies.get(head)
            if lies is None:
                continue
            # Another process may have removed the file, or the disk lost it: it comes again with its chain.
            with suppress(FileNotFoundError, EntryRefused):
                entry = parse(self._files.read(self._folder / lies.name, lies.offset, lies.size))
                if entry.head.as_head == head:
                    found.append(entry)
        return found
