"""Read tables: encrypted SQLite files folded from the facts, disposable at any time.

One file per set of compartments (docs/format/store.md, `read/`): `office` for those who read the office
only, `medical` for everything clinical and the office with it, `trace` for administrators. Each has its own
cursors, kept in the transaction that moves them, so a crash between the journal's append and the fold heals
at the next start.

A **generation** is one file. A rebuild writes the next generation beside, then swaps the pointer; what was
read before stays readable until then. WAL with synchronous NORMAL: losing the last transactions loses
nothing, they are folded again.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Sized
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from lanterne.journal.files import OsFiles, disk_errors, replace_small_file
from lanterne.practice.errors import TablesDamaged
from lanterne.practice.schema import SCHEMA_FINGERPRINT, SCHEMA_INDEXES, SCHEMA_TABLES

Connection = sqlite.Connection

# 8 MiB of cache a connection: measured flat beyond that for a practice of 22,500 patients.
CACHE_KIB = 8_192
# While a generation is filled, indexes are built over all of it: 64 MiB keep 300,000 facts from being read
# twice.
BULK_CACHE_KIB = 65_536
# From here on the shape of the tables is that of a practice at work.
ANALYZED_FROM_FACTS = 20_000


def marks(values: Sized) -> str:
    """A question mark for each value of a list, for `IN (…)`."""
    return ",".join("?" * len(values))


class _Held:
    """A connection of one thread. Gone with its thread, or when the thread moves to another generation and
    nobody there still holds a chart open."""

    __slots__ = ("__weakref__", "connection", "path")

    def __init__(self, path: Path, connection: Connection) -> None:
        self.path, self.connection = path, connection


class Tables:
    """One set of read tables: where the current generation lies, and connections to it.

    Connections are kept one per thread; a single writer lock serialises folding inside this process,
    SQLite's own lock between processes.

    Args:
        folder: `read/`.
        name: of the set.
        key: 32 bytes.
        bulk: a generation being filled, which nobody reads.
    """

    def __init__(self, folder: Path, name: str, key: bytes, *, bulk: bool = False) -> None:
        self.folder = folder
        self.name = name
        self._key = key.hex()
        self._bulk = bulk
        self._local = threading.local()
        self._opened: weakref.WeakSet[_Held] = weakref.WeakSet()
        self.write_lock = threading.RLock()
        self.path = self._current()

    def _pointer(self) -> Path:
        return self.folder / f"{self.name}.current"

    def _current(self) -> Path:
        try:
            text = self._pointer().read_text("ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            text = ""
        return self.generation(int(text) if text.isdigit() and len(text) <= 6 else 0)

    def generation(self, number: int) -> Path:
        """The file of one generation."""
        return self.file_of(self.folder, self.name, number)

    @staticmethod
    def file_of(folder: Path, name: str, number: int) -> Path:
        """The file of one generation of a set; needs no key."""
        return folder / f"{name}-{number:06d}.db"

    def number(self) -> int:
        """The number of the generation in use."""
        return _number(self.path)

    # ------------------------------------------------------------------ connections

    def _connect(self, path: Path) -> Connection:
        # "rw": another process may have removed this generation; an empty file must not take its place.
        mode = "rwc" if self._bulk else "rw"
        connection = sqlite.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30.0, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
        self._unlock(connection)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = OFF")
        if self._bulk:
            # Nobody reads this file before it is whole, and a failure throws it away.
            connection.execute(f"PRAGMA cache_size = -{BULK_CACHE_KIB}")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
        else:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _unlock(self, connection: Connection) -> None:
        connection.execute(f"PRAGMA key = \"x'{self._key}'\"")
        # What does not verify is raised as TablesDamaged; SQLCipher would print it too.
        connection.execute("PRAGMA cipher_log_level = NONE")

    def read(self) -> Connection:
        """This thread's connection to the current generation.

        Raises:
            TablesDamaged: the file is missing or does not open under its key; a rebuild heals it.
        """
        held: _Held | None = getattr(self._local, "held", None)
        if held is not None and held.path == self.path:
            return held.connection
        for _ in range(2):
            path = self.path
            try:
                connection = self._connect(path)
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite.DatabaseError as error:
                if self.follow():
                    continue  # another process swapped a generation in just now
                raise TablesDamaged(self.name, str(error)) from error
            held = _Held(path, connection)
            self._opened.add(held)
            self._local.held = held
            return connection
        raise TablesDamaged(self.name, "swapped too often")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write in one transaction; rolled back whole when anything is raised."""
        with self.write_lock:
            connection = self.read()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                # A full disk has rolled it back already; the first error is raised.
                with suppress(sqlite.Error):
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def ready(self) -> bool:
        """Whether the current generation exists, opens, and has the schema of this program; else it must
        be rebuilt.
        """
        if not self.path.exists():
            return False
        try:
            row = self.read().execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        except (sqlite.DatabaseError, TablesDamaged):
            return False
        return row is not None and row[0] == SCHEMA_FINGERPRINT

    # ------------------------------------------------------------------ generations

    def begin_generation(self) -> Tables:
        """Empty tables under the next number, not yet in use; `adopt` swaps them in. One process at a
        time.
        """
        self._sweep(keep=self.path)
        taken = [_number(path) for path in self.folder.glob(f"{self.name}-[0-9]*.db")]
        fresh = type(self)(self.folder, self.name, bytes.fromhex(self._key), bulk=True)
        fresh.path = self.generation(max([self.number(), *taken]) + 1)
        connection = fresh.read()
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA_TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO meta(name, value) VALUES ('schema', ?)", (SCHEMA_FINGERPRINT,))
        connection.execute("COMMIT")
        return fresh

    def finish_generation(self) -> None:
        """Indexes last: building them over full tables is three times quicker than keeping them while
        filling.
        """
        connection = self.read()
        for statement in SCHEMA_INDEXES:
            connection.execute(statement)

    def adopt(self, fresh: Tables) -> None:
        """Swap a finished generation in; the old file is removed as soon as nobody holds it open.

        Raises:
            DiskFull, DiskFailed: the old generation stands.
        """
        # Statistics of nearly empty tables mislead the planner once they fill (it then walks all facts for one);
        # without any it takes the indexes.
        if fresh.read().execute("SELECT count(*) FROM fact").fetchone()[0] >= ANALYZED_FROM_FACTS:
            # A sample is enough for the planner; the whole would read every index once more.
            fresh.read().execute("PRAGMA analysis_limit = 1000")
            fresh.read().execute("ANALYZE")
        fresh.close()
        with disk_errors("making read tables durable"), fresh.path.open("r+b") as stream:
            os.fsync(stream.fileno())
        replace_small_file(OsFiles(), self._pointer(), str(fresh.number()).encode())
        self.path = fresh.path
        self._local.held = None
        self._sweep(keep=fresh.path)

    def _sweep(self, *, keep: Path) -> None:
        """Remove the other generations: older ones, and those of rebuilds that never ended."""
        for stale in self.folder.glob(f"{self.name}-[0-9]*.db*"):
            if not stale.name.startswith(keep.name):
                # Windows: still read by another process; the next rebuild removes it.
                with suppress(PermissionError):
                    stale.unlink(missing_ok=True)

    def follow(self) -> bool:
        """Take in a generation another process swapped in. True when it moved."""
        current = self._current()
        if current == self.path:
            return False
        self.path = current
        return True

    def verify(self) -> list[str]:
        """What SQLCipher finds wrong, page by page (each carries an HMAC), after a checkpoint. Empty when
        sound.
        """
        try:
            connection = self.read()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check")]
            found += [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                found.append("it is empty")
        except (sqlite.DatabaseError, TablesDamaged) as error:
            return [str(error)]
        return found

    def close(self) -> None:
        """Close every connection of this process."""
        for held in list(self._opened):
            held.connection.close()
        self._opened.clear()
        self._local = threading.local()


def _number(path: Path) -> int:
    text = path.stem.rsplit("-", 1)[1]
    return int(text) if text.isdigit() else 0
