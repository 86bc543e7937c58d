"""One thread writes: many waiting appends become one transaction, one fsync.

Law: a future resolves after the commit that holds its work is on the disk, never before. Each practice has
one place in the round, however much it sends: a turn takes one piece of work of each practice that waits.
After a failed commit nothing of it is acknowledged and the connection is given up (fsync is never retried on
the same descriptor).
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from lanterne.relay import sqlite_schema
from lanterne.relay.errors import StoreBusy, StoreFailed
from lanterne.wire.errors import LanterneError

Work = Callable[[sqlite3.Connection], None]
GROUP_BYTES = 16 * 1024 * 1024
GROUP_JOBS = 512
MAX_WAITING = 8_192


class _Job(NamedTuple):
    work: Work
    size: int
    done: Future[None]


class Writer:
    """The only connection that writes in this process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: OrderedDict[bytes, deque[_Job]] = OrderedDict()
        self._count = 0
        self._changed = threading.Condition()
        self._closing = False
        self.commits = 0
        """Transactions so far."""
        self._thread = threading.Thread(target=self._run, name="relay-writer", daemon=True)
        self._thread.start()

    def submit(self, owner: bytes, size: int, work: Work) -> Future[None]:
        """Have `work` done in the next transaction but its predecessors of the same `owner`.

        `work` may raise a LanterneError: then it alone is undone, and its future fails with it. `size` in
        bytes, for grouping.

        Raises:
            StoreBusy: too much waits.
            StoreFailed: the store is closed.
        """
        job = _Job(work, size, Future())
        with self._changed:
            if self._closing or not self._thread.is_alive():
                raise StoreFailed("store.closed", "the store is closed")
            if self._count >= MAX_WAITING:
                raise StoreBusy("store.busy", "too much waits for the disk")
            self._waiting.setdefault(owner, deque()).append(job)
            self._count += 1
            self._changed.notify()
        return job.done

    def close(self) -> None:
        """Carry out what waits, then end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _take(self) -> list[_Job]:
        """One job of each owner in turn, until a group is full; none when closing and nothing is left."""
        group: list[_Job] = []
        size = 0
        with self._changed:
            while not group and not (self._closing and not self._count):
                if not self._count:
                    self._changed.wait()
                while self._count and len(group) < GROUP_JOBS and size < GROUP_BYTES:
                    job = self._next()
                    if job.done.set_running_or_notify_cancel():
                        group.append(job)
                        size += job.size
        return group

    def _next(self) -> _Job:
        owner, jobs = self._waiting.popitem(last=False)
        job = jobs.popleft()
        self._count -= 1
        if jobs:
            self._waiting[owner] = jobs
        return job

    def _run(self) -> None:
        connection = sqlite_schema.connect(self._path)
        try:
            while group := self._take():
                try:
                    failed = self._commit(connection, group)
                except sqlite3.Error as error:
                    self._fail(group, StoreFailed("store.failed", f"the database refused: {error}"))
                    connection.close()
                    connection = sqlite_schema.connect(self._path)
                    continue
                except BaseException as error:
                    # A fault of ours: whoever waits hears of it, and nothing more is accepted.
                    self._fail(group, error)
                    raise
                self.commits += 1
                for job in group:
                    why = failed.get(id(job))
                    if why is None:
                        job.done.set_result(None)
                    else:
                        job.done.set_exception(why)
        finally:
            connection.close()
            self._abandon()

    def _commit(self, connection: sqlite3.Connection, group: list[_Job]) -> dict[int, LanterneError]:
        failed: dict[int, LanterneError] = {}
        connection.execute("BEGIN IMMEDIATE")
        for job in group:
            connection.execute("SAVEPOINT job")
            try:
                job.work(connection)
            except LanterneError as error:
                connection.execute("ROLLBACK TO job")
                failed[id(job)] = error
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
        return failed

    def _fail(self, group: list[_Job], error: BaseException) -> None:
        for job in group:
            job.done.set_exception(error)

    def _abandon(self) -> None:
        with self._changed:
            self._closing = True
            left = [job for jobs in self._waiting.values() for job in jobs]
            self._waiting.clear()
            self._count = 0
        self._fail(left, StoreFailed("store.closed", "the store is closed"))
