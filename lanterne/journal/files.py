"""The file system as the journal sees it: a port, the real one, and the two durable ways to write.

Law: everything the journal keeps goes through `Files`, so that tests can fail any single call or pull the
plug between any two. `OSError` crosses this page as DiskFull or DiskFailed, never as itself, and never
silently. Source: docs/format/store.md S1, S3, S9.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.lock import DirectoryLock

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
BESIDE = ".new"
"""Ending of a file being written beside the one it will replace (S9)."""


class Files(Protocol):
    """What the journal needs of a file system. Every method may raise OSError."""

    def open_append(self, path: Path, *, new: bool = False) -> int:
        """A handle that writes at the end; `new`: the file must not exist."""

    def write(self, handle: int, data: bytes | memoryview) -> int:
        """Write; returns how many bytes were taken, which may be fewer than given."""

    def fsync(self, handle: int) -> None:
        """Return when what was written through `handle` is on the disk."""

    def close(self, handle: int) -> None:
        """Give the handle back. Says nothing about durability."""

    def fsync_directory(self, path: Path) -> None:
        """Return when the names in the directory are on the disk."""

    def rename(self, source: Path, target: Path) -> None:
        """Replace `target` by `source` in one step."""

    def remove(self, path: Path) -> None:
        """Remove one file."""

    def make_directories(self, path: Path) -> None:
        """Make the directory and those above it; one that exists is not an error."""

    def read(self, path: Path, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes from `offset`, fewer than `length` when the file ends before."""

    def size(self, path: Path) -> int | None:
        """Size in bytes; None when there is no such file."""

    def listing(self, path: Path) -> list[str]:
        """Names in the directory, sorted; empty when there is none."""

    def is_directory(self, path: Path) -> bool:
        """Whether this is a directory."""

    def lock(self, path: Path) -> AbstractContextManager[object]:
        """A lock between processes and threads, held inside `with`."""


class OsFiles:
    """The real file system.

    On Windows a directory cannot be fsynced; NTFS journals its names by itself, so `fsync_directory` does
    nothing there. Windows is not tested here.
    """

    def open_append(self, path: Path, *, new: bool = False) -> int:
        flags = (
            os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        )
        return os.open(path, flags | (os.O_EXCL if new else 0), 0o600)

    def write(self, handle: int, data: bytes | memoryview) -> int:
        return os.write(handle, data)

    def fsync(self, handle: int) -> None:
        os.fsync(handle)

    def close(self, handle: int) -> None:
        os.close(handle)

    def fsync_directory(self, path: Path) -> None:
        """See `Files`; nothing on Windows."""
        if os.name == "nt":
            return
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        # Windows refuses while another process has `target` open for reading; that arrives as DiskFailed.
        os.replace(source, target)  # noqa: PTH105  Path.replace does the same through one more layer

    def remove(self, path: Path) -> None:
        path.unlink()

    def make_directories(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, path: Path, offset: int = 0, length: int | None = None) -> bytes:
        with path.open("rb") as stream:
            stream.seek(offset)
            return stream.read() if length is None else stream.read(length)

    def size(self, path: Path) -> int | None:
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None

    def listing(self, path: Path) -> list[str]:
        try:
            return sorted(os.listdir(path))  # noqa: PTH208  names are wanted, not paths
        except FileNotFoundError:
            return []

    def is_directory(self, path: Path) -> bool:
        return path.is_dir()

    def lock(self, path: Path) -> AbstractContextManager[object]:
        return DirectoryLock.of(path)


@contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """Turn OSError into DiskFull or DiskFailed. `doing` is a few words, without any name of a person."""
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "EIO")
        if error.errno in FULL:
            raise DiskFull(f"disk full while {doing}", doing=doing, errno=name) from error
        raise DiskFailed(f"{name} while {doing}", doing=doing, errno=name) from error


def write_all(files: Files, handle: int, data: bytes) -> None:
    """Write every byte, in as many calls as the system wants."""
    rest = memoryview(data)
    while rest:
        taken = files.write(handle, rest)
        if taken <= 0:
            raise OSError(errno.EIO, "the system took no byte")
        rest = rest[taken:]


def append_durably(files: Files, path: Path, data: bytes, *, new: bool = False) -> None:
    """Append and fsync; with `new`, create the file and fsync its directory too (S1). Raises OSError."""
    handle = files.open_append(path, new=new)
    try:
        write_all(files, handle, data)
        files.fsync(handle)
    finally:
        files.close(handle)
    if new:
        files.fsync_directory(path.parent)


def replace_small_file(files: Files, path: Path, data: bytes) -> None:
    """Write beside, fsync, rename, fsync the directory (S9).

    Raises DiskFull or DiskFailed; then the old file stands.

    After a failed fsync of the directory either the old or the new file may be found; both are whole.
    """
    beside = path.with_name(path.name + BESIDE)
    with disk_errors("replacing a small file"):
        files.make_directories(path.parent)
        if files.size(beside) is not None:
            files.remove(beside)
        append_beside(files, beside, data)
        files.rename(beside, path)
        files.fsync_directory(path.parent)


def append_beside(files: Files, beside: Path, data: bytes) -> None:
    """Write a whole new file and fsync it, not yet its directory. Raises OSError."""
    handle = files.open_append(beside, new=True)
    try:
        write_all(files, handle, data)
        files.fsync(handle)
    finally:
        files.close(handle)
