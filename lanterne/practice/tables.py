"""Read tables: encrypted SQLite files folded from the facts, disposable at any time.

One file per set of compartments (docs/format/store.md, `read/`): `office` for those who read the office only, `medical` for
everything clinical and the office with it, `trace` for administrators. Each has its own cursors, kept in the transaction
that moves them, so a crash between the journal's append and the fold heals at the next start.

A **generation** is one file. A rebuild writes the next generation beside, then swaps the pointer; what was read before
stays readable until then. WAL with synchronous NORMAL: losing the last transactions loses nothing, they are folded again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from lanterne.practice.errors import TablesDamaged
from lanterne.practice.schema import SCHEMA_FINGERPRINT, SCHEMA_INDEXES, SCHEMA_TABLES

Connection = sqlite.Connection

# 8 MiB of cache a connection: measured flat beyond that for a practice of 22,500 patients.
CACHE_KIB = 8_192


class Tables:
    """One set of read tables: where the current generation lies, and connections to it.

    Connections are kept one per thread; a single writer lock serialises folding inside this process, SQLite's own lock
    between processes.
    """

    def __init__(self, folder: Path, name: str, key: bytes) -> None:
        self.folder = folder
        self.name = name
        self._key = key.hex()
        self._local = threading.local()
        self._opened: list[Connection] = []
        self.write_lock = threading.RLock()
        self.path = self._current()

    def _pointer(self) -> Path:
        return self.folder / f"{self.name}.current"

    def _current(self) -> Path:
        try:
            number = int(self._pointer().read_text("ascii"))
        except (FileNotFoundError, ValueError):
            number = 0
        return self.generation(number)

    def generation(self, number: int) -> Path:
        """The file of one generation."""
        return self.folder / f"{self.name}-{number:06d}.db"

    def number(self) -> int:
        """The number of the generation in use."""
        return int(self.path.stem.rsplit("-", 1)[1])

    def _connect(self, path: Path) -> Connection:
        connection = sqlite.connect(str(path), timeout=30.0, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA key = \"x'{self._key}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")  # its findings reach us as errors, not on the terminal
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def read(self) -> Connection:
        """This thread's connection to the current generation.

        Raises:
            TablesDamaged: the file does not open under its key; a rebuild heals it.
        """
        held: tuple[Path, Connection] | None = getattr(self._local, "held", None)
        if held is not None and held[0] == self.path:
            return held[1]
        try:
            connection = self._connect(self.path)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite.DatabaseError as error:
            raise TablesDamaged(self.name, str(error)) from error
        self._opened.append(connection)
        self._local.held = (self.path, connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write in one transaction; rolled back whole when anything is raised."""
        with self.write_lock:
            connection = self.read()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def ready(self) -> bool:
        """Whether the current generation opens and has the schema of this program. Damaged is not ready: it is folded anew."""
        if not self.path.exists():
            return False
        try:
            row = self.read().execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        except (sqlite.DatabaseError, TablesDamaged):
            return False
        return row is not None and row[0] == SCHEMA_FINGERPRINT

    def begin_generation(self) -> Tables:
        """Empty tables under the next number, not yet in use; `adopt` swaps them in."""
        fresh = Tables.__new__(Tables)
        fresh.folder, fresh.name, fresh._key = self.folder, self.name, self._key
        fresh._local, fresh._opened, fresh.write_lock = threading.local(), [], threading.RLock()
        fresh.path = self.generation(self.number() + 1)
        for stale in (fresh.path, _beside(fresh.path, "-wal"), _beside(fresh.path, "-shm")):
            stale.unlink(missing_ok=True)
        connection = fresh.read()
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA_TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO meta(name, value) VALUES ('schema', ?)", (SCHEMA_FINGERPRINT,))
        connection.execute("COMMIT")
        return fresh

    def finish_generation(self) -> None:
        """Indexes last: building them over full tables is three times quicker than keeping them while filling."""
        connection = self.read()
        for statement in SCHEMA_INDEXES:
            connection.execute(statement)
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def adopt(self, fresh: Tables) -> None:
        """Swap a finished generation in; the old file is removed as soon as nobody holds it open."""
        old = self.path
        pointer = self._pointer()
        beside = pointer.with_suffix(".next")
        beside.write_text(str(fresh.number()), "ascii")
        os.replace(beside, pointer)
        fresh.close()
        self.path = fresh.path
        for stale in (old, _beside(old, "-wal"), _beside(old, "-shm")):
            try:
                stale.unlink(missing_ok=True)
            except PermissionError:
                pass  # Windows: another process still reads it; the next rebuild removes it

    def follow(self) -> bool:
        """Take in a generation another process swapped in. True when it moved."""
        current = self._current()
        if current == self.path:
            return False
        self.path = current
        return True

    def verify(self) -> list[str]:
        """What SQLCipher finds wrong, page by page (each carries an HMAC), after a checkpoint. Empty when sound."""
        try:
            connection = self.read()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check")]
            found += [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        except (sqlite.DatabaseError, TablesDamaged) as error:
            return [str(error)]
        return found

    def close(self) -> None:
        """Close every connection of this process."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._local = threading.local()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)

