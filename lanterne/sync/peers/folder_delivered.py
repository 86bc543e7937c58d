"""What every other device said it holds need not lie in a folder any more: a device removes its own files of it.

Law: only in the device's own place, only whole files of which every entry was said to be held by every other active
device; never the newest, so that names go on rising. Nothing is lost by it: every entry is in this device's journal,
and is written again for who turns out to lack it. A cut leaves some files for the next time. Source:
docs/format/exchange.md, In a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lanterne.sync.peers.folder_files import MAX_FILES, NUMBERED, names_in
from lanterne.wire.names import ChainId, Head


class Read(Protocol):
    """A file as it was read."""

    @property
    def stamp(self) -> tuple[int, int]:
        """Its size, and its moment in nanoseconds."""

    @property
    def heads(self) -> Iterable[Head]:
        """The entries in it."""

    @property
    def unread(self) -> int:
        """How many could not be read."""


def remove_delivered(
    place: Path,
    read: Mapping[Path, Read],
    covered: Iterable[Head],
    forked: Callable[[ChainId], bool],
) -> int:
    """How many files went.

    Args:
        place: this device's own folder there.
        read: what was read of it, file by file; others stay.
        covered: for each chain how far every other active device said it holds it.
        forked: whether a chain is known to have two branches: of those nothing goes.

    Raises OSError, FolderUnusable.
    """
    reached = {head.chain: head.seq for head in covered}
    if not reached or place.is_symlink():
        return 0
    names = sorted(names_in(place, NUMBERED, "file", MAX_FILES), key=lambda name: int(name.split(".")[0]))
    gone = 0
    for name in names[:-1]:
        path = place / name
        held = read.get(path)
        if held is None or held.unread or not _delivered(held.heads, reached, forked):
            continue
        # Kept by who reads it (Windows), or nothing can be changed here: the next time. What must be written says so.
        with suppress(OSError):
            stat = path.lstat()
            if (stat.st_size, stat.st_mtime_ns) == held.stamp:
                path.unlink()
                gone += 1
    return gone


def _delivered(
    heads: Iterable[Head], reached: Mapping[ChainId, int], forked: Callable[[ChainId], bool]
) -> bool:
    return all(head.seq <= reached.get(head.chain, 0) and not forked(head.chain) for head in heads)
