"""The lock of a data directory: one appender at a time, between processes and between threads.

Law: whoever dies lets go (the operating system releases the lock), so there is no stale lock to remove by
hand.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from lanterne.journal.errors import JournalBusy

PATIENCE_S = 60.0
POLL_S = 0.002


class DirectoryLock:
    """Re-entrant in one thread; other threads of the process wait on a mutex first, other processes on the
    file.
    """

    _all: dict[Path, DirectoryLock] = {}  # noqa: RUF012  one lock per path and process, shared on purpose
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self._mutex = threading.RLock()
        self._file = FileLock(path, timeout=PATIENCE_S, poll_interval=POLL_S, thread_local=False)

    @classmethod
    def of(cls, path: Path) -> DirectoryLock:
        """The lock of this path, the same object for everybody in this process."""
        path = path.absolute()
        with cls._guard:
            if path not in cls._all:
                cls._all[path] = cls(path)
            return cls._all[path]

    def __enter__(self) -> DirectoryLock:
        if not self._mutex.acquire(timeout=PATIENCE_S):
            raise JournalBusy("another thread has held the lock of the data directory for too long")
        try:
            self._file.acquire()
        except Timeout as error:
            self._mutex.release()
            raise JournalBusy(
                "another process has held the lock of the data directory for too long"
            ) from error
        except BaseException:
            self._mutex.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        try:
            self._file.release()
        finally:
            self._mutex.release()
