"""A disk one can pull the plug on, and files that fail when told to. Reusable by any simulation.

`SimulatedDisk` keeps, for every file, what was made durable and what was only written; for every directory,
the names that were fsynced and those that were not. `crash()` keeps the durable and, of the rest, what the
seed decides: nothing, whole pages, or parts of pages; a rename or a new name that was not fsynced may or may
not have happened.

`FaultyFiles` wraps any `Files` and fails the n-th write, fsync or rename, once: with an error, a full disk,
or after taking only some of the bytes.
"""

from __future__ import annotations

import errno
import random
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lanterne.journal.files import Files

PAGE = 512


@dataclass(eq=False)
class Inode:
    """A file: its bytes now, and how they were when last made sure of."""

    data: bytearray = field(default_factory=bytearray)
    durable: bytes = b""

    def after_crash(self, chance: random.Random) -> None:
        """Appends only: the durable bytes stand, later pages stand or not, one by one; the length may be
        either.
        """
        kept = bytearray(self.durable)
        if len(self.data) > len(kept):
            length = chance.choice([len(kept), len(self.data), chance.randint(len(kept), len(self.data))])
            tail = bytearray(length - len(kept))
            for start in range(0, len(tail), PAGE):
                if chance.random() < 0.6:
                    at = len(kept) + start
                    tail[start : start + PAGE] = self.data[at : min(at + PAGE, length)]
            kept += tail
        self.data, self.durable = kept, bytes(kept)


class PlugPulled(Exception):
    """The power is gone: nothing can be written any more."""


class SimulatedDisk:
    """An in-memory file system behind the `Files` port.

    `stop_after` counts writes, fsyncs, renames and removals down; at zero the power goes. With `capacity`, in
    bytes, the disk can be full.
    """

    def __init__(self, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.names: dict[Path, Inode] = {}
        self.durable_names: dict[Path, Inode] = {}
        self.directories: set[Path] = set()
        self.handles: dict[int, Inode] = {}
        self.next_handle = 3
        self.steps = 0
        self.stop_after: int | None = None
        self.capacity: int | None = None
        self._lock = threading.RLock()

    # ------------------------------------------------------------------ the plug

    def _step(self) -> None:
        self.steps += 1
        if self.stop_after is not None and self.steps > self.stop_after:
            raise PlugPulled

    def crash(self) -> None:
        """Power off and on again: what remains is what a real disk might have kept."""
        names = dict(self.durable_names)
        # Names that were not fsynced: each may have reached the disk or not, in the order of their files'
        # ages.
        for path in sorted(set(self.names) | set(names), key=str):
            if self.names.get(path) is not names.get(path) and self.chance.random() < 0.5:
                if path in self.names:
                    names[path] = self.names[path]
                else:
                    names.pop(path, None)
        for inode in {id(one): one for one in names.values()}.values():
            inode.after_crash(self.chance)
        self.names, self.durable_names = names, dict(names)
        self.handles.clear()
        self.steps, self.stop_after = 0, None

    def clone(self, seed: int) -> SimulatedDisk:
        """Another disk with the same content, nothing pending."""
        other = SimulatedDisk(seed)
        for path, inode in self.names.items():
            other.names[path] = Inode(bytearray(inode.data), bytes(inode.data))
        other.durable_names = dict(other.names)
        other.directories = set(self.directories)
        return other

    def used(self) -> int:
        return sum(len(one.data) for one in self.names.values())

    # ------------------------------------------------------------------ Files

    def open_append(self, path: Path, *, new: bool = False) -> int:
        self._step()
        if path.parent not in self.directories:
            raise FileNotFoundError(errno.ENOENT, "no directory", str(path))
        if new and path in self.names:
            raise FileExistsError(errno.EEXIST, "exists", str(path))
        inode = self.names.setdefault(path, Inode())
        self.next_handle += 1
        self.handles[self.next_handle] = inode
        return self.next_handle

    def write(self, handle: int, data: bytes | memoryview) -> int:
        self._step()
        if self.capacity is not None:
            room = self.capacity - self.used()
            if room <= 0:
                raise OSError(errno.ENOSPC, "full")
            data = bytes(data)[:room]
        self.handles[handle].data += bytes(data)
        return len(data)

    def fsync(self, handle: int) -> None:
        self._step()
        inode = self.handles[handle]
        inode.durable = bytes(inode.data)

    def close(self, handle: int) -> None:
        self.handles.pop(handle)

    def fsync_directory(self, path: Path) -> None:
        self._step()
        for name in [one for one in self.durable_names if one.parent == path and one not in self.names]:
            del self.durable_names[name]
        for name, inode in self.names.items():
            if name.parent == path:
                self.durable_names[name] = inode

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        self.names[target] = self.names.pop(source)

    def remove(self, path: Path) -> None:
        self._step()
        del self.names[path]

    def make_directories(self, path: Path) -> None:
        # Directories are few and made once; the simulation keeps them.
        while path not in self.directories:
            self.directories.add(path)
            path = path.parent

    def read(self, path: Path, offset: int = 0, length: int | None = None) -> bytes:
        if path not in self.names:
            raise FileNotFoundError(errno.ENOENT, "no file", str(path))
        data = self.names[path].data
        return bytes(data[offset:] if length is None else data[offset : offset + length])

    def size(self, path: Path) -> int | None:
        inode = self.names.get(path)
        return None if inode is None else len(inode.data)

    def listing(self, path: Path) -> list[str]:
        files = {one.name for one in self.names if one.parent == path}
        return sorted(files | {one.name for one in self.directories if one.parent == path and one != path})

    def is_directory(self, path: Path) -> bool:
        return path in self.directories

    def lock(self, path: Path) -> AbstractContextManager[object]:
        @contextmanager
        def held() -> Iterator[None]:
            with self._lock:
                yield

        return held()


How = Literal["error", "full", "short"]
Call = Literal["write", "fsync", "rename"]


class FaultyFiles:
    """Any `Files`, with one call that fails.

    `calls` counts what was called, so that a test can fail each in turn.
    """

    def __init__(self, inner: Files) -> None:
        self.inner = inner
        self.calls: dict[Call, int] = {"write": 0, "fsync": 0, "rename": 0}
        self._failing: tuple[Call, int, How] | None = None
        self.failed = False

    def fail(self, call: Call, nth: int, how: How) -> None:
        """The `nth` call from now (counted from 1) fails, once."""
        self.calls = {"write": 0, "fsync": 0, "rename": 0}
        self._failing, self.failed = (call, nth, how), False

    def _due(self, call: Call) -> How | None:
        self.calls[call] += 1
        if self._failing is not None and self._failing[:2] == (call, self.calls[call]):
            how = self._failing[2]
            self._failing, self.failed = None, True
            return how
        return None

    @staticmethod
    def _raise(how: How) -> None:
        if how == "full":
            raise OSError(errno.ENOSPC, "injected: no space left")
        raise OSError(errno.EIO, "injected: input/output error")

    def open_append(self, path: Path, *, new: bool = False) -> int:
        return self.inner.open_append(path, new=new)

    def write(self, handle: int, data: bytes | memoryview) -> int:
        how = self._due("write")
        if how == "short":
            # Half of it reaches the file, then the disk fails.
            self.inner.write(handle, bytes(data)[: len(data) // 2])
        if how is not None:
            self._raise(how)
        return self.inner.write(handle, data)

    def fsync(self, handle: int) -> None:
        how = self._due("fsync")
        if how is not None:
            self._raise(how)
        self.inner.fsync(handle)

    def close(self, handle: int) -> None:
        self.inner.close(handle)

    def fsync_directory(self, path: Path) -> None:
        how = self._due("fsync")
        if how is not None:
            self._raise(how)
        self.inner.fsync_directory(path)

    def rename(self, source: Path, target: Path) -> None:
        how = self._due("rename")
        if how is not None:
            self._raise(how)
        self.inner.rename(source, target)

    def remove(self, path: Path) -> None:
        self.inner.remove(path)

    def make_directories(self, path: Path) -> None:
        self.inner.make_directories(path)

    def read(self, path: Path, offset: int = 0, length: int | None = None) -> bytes:
        return self.inner.read(path, offset, length)

    def size(self, path: Path) -> int | None:
        return self.inner.size(path)

    def listing(self, path: Path) -> list[str]:
        return self.inner.listing(path)

    def is_directory(self, path: Path) -> bool:
        return self.inner.is_directory(path)

    def lock(self, path: Path) -> AbstractContextManager[object]:
        return self.inner.lock(path)
