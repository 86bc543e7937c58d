"""Files of a folder of exchange, read as hostile: a stick anybody may have held, a share anybody may write on.

Law: no link is followed, nothing but regular files is opened, no size or number is believed, no name is used
but those the paper names. A file is whole when its last 32 bytes are the SHA-256 of the rest. Source:
docs/format/exchange.md, In a folder.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lanterne.journal.files import FULL, OsFiles, append_beside
from lanterne.journal.vouched import DIGEST, closed, opened
from lanterne.sync.errors import FolderUnusable, PeerFull

MAX_FILE = 16 * 1024 * 1024
"""Bytes of one file of entries: two messages of the largest size."""
MAX_DEVICES = 1024
MAX_FILES = 200_000
DEVICE = re.compile(r"[0-9a-f]{32}")
NUMBERED = re.compile(r"([0-9]{1,12})\.entries")
MOST_NUMBER = 10**11
"""No honest name comes near: one that does is no reason to write under a name that has too many digits to be read."""
BLOB = re.compile(r"[0-9a-f]{64}")


@contextmanager
def folder_errors() -> Iterator[None]:
    """OSError as PeerFull or FolderUnusable."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise PeerFull("the folder has no room left") from error
        name = errno.errorcode.get(error.errno or 0, "EIO")
        raise FolderUnusable("the folder cannot be read or written", errno=name) from error


def names_in(folder: Path, pattern: re.Pattern[str], kind: str, limit: int) -> list[str]:
    """Names of real files ("file") or folders ("folder") that match, sorted; links are none."""
    found = []
    try:
        with os.scandir(folder) as listing:
            for one in listing:
                if pattern.fullmatch(one.name) is None:
                    continue
                real = (
                    one.is_file(follow_symlinks=False)
                    if kind == "file"
                    else one.is_dir(follow_symlinks=False)
                )
                if real:
                    found.append(one.name)
                if len(found) > limit:
                    raise FolderUnusable("the folder holds too much", limit=limit)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found)


def next_name(names: Iterable[str]) -> str:
    """The name of the next file of entries beside those NUMBERED."""
    numbers = (int(name.split(".")[0]) for name in names)
    return f"{max((number for number in numbers if number < MOST_NUMBER), default=0) + 1:08d}.entries"


def read_regular(path: Path, offset: int, length: int) -> bytes | None:
    """Bytes of a regular file that is no link; None when it is not there or is none."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        handle = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with open(handle, "rb", closefd=False) as stream:
            stream.seek(offset)
            return stream.read(length)
    finally:
        os.close(handle)


def read_whole(path: Path, limit: int) -> bytes | None:
    """What a file holds without its digest; None when it is not whole, too long, or no file."""
    data = read_regular(path, 0, limit + 1)
    if data is None or not DIGEST < len(data) <= limit:
        return None
    return opened(data)


def write_whole(path: Path, data: bytes) -> None:
    """Beside, fsync, rename, its digest behind. Raises OSError."""
    write_raw(path, closed(data))


def write_raw(path: Path, data: bytes) -> None:
    """Beside, fsync, rename. Raises OSError.

    Only the last folder is made: a stick taken out meanwhile must not be made anew on the disk it was mounted on.
    """
    files, beside = OsFiles(), path.with_name(path.name + ".new")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if beside.is_symlink() or beside.exists():
        beside.unlink()
    append_beside(files, beside, data)
    files.rename(beside, path)
    files.fsync_directory(path.parent)
