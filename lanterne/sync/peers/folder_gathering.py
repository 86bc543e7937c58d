"""Many small files of entries of one device, gathered into few: an exchange after every word makes one a word.

Law: only in the device's own place, and only files that are whole; the new one stands before an old one goes, so a cut
leaves an entry twice, never none. Source: docs/format/exchange.md, In a folder.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from lanterne.sync.peers.folder_files import (
    MAX_FILE,
    MAX_FILES,
    NUMBERED,
    names_in,
    next_name,
    read_whole,
    write_whole,
)
from lanterne.wire.exchange import MessageRefused
from lanterne.wire.framing import frame, framed_size, read_framed

MOST_SMALL = 64
"""More small files than that are gathered."""
SMALL = 1024 * 1024
GATHERED = 8 * 1024 * 1024
"""Bytes of one gathered file, at most."""


def gather(place: Path) -> None:
    """Gather what is small there, if it is much. Raises OSError, FolderUnusable."""
    names = names_in(place, NUMBERED, "file", MAX_FILES)
    small = [name for name in names if (place / name).lstat().st_size <= SMALL]
    if len(small) <= MOST_SMALL:
        return
    old: list[Path] = []
    raws: list[bytes] = []
    size = 0
    for name in sorted(small, key=lambda name: int(name.split(".")[0])):
        path = place / name
        entries = _entries(path)
        if not entries:
            continue
        grown = sum(framed_size(raw) for raw in entries)
        if size + grown > GATHERED:
            break  # the rest the next time
        size += grown
        old.append(path)
        raws += entries
    if len(old) < 2:
        return
    write_whole(place / next_name(names), frame(raws))
    for path in old:
        # Windows keeps a file that somebody reads: it is gathered again, which repeats and loses nothing.
        with suppress(PermissionError):
            path.unlink(missing_ok=True)


def _entries(path: Path) -> tuple[bytes, ...]:
    """Of a whole file; nothing of any other."""
    data = read_whole(path, SMALL)
    try:
        return () if data is None else tuple(read_framed(data, at_most=MAX_FILE))
    except MessageRefused:
        return ()
