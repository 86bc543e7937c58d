"""The tables of the SQLite store.

Law: every key of what belongs to a practice is led by the practice's id, so that one practice is read among
30,000 without touching the others, and a distributed database could hold them apart. Ids are bytes. The
number of the schema is in `user_version`; a newer one is refused aloud.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lanterne.relay import sqlite_boxes
from lanterne.relay.errors import RelayError

VERSION = 2
APPLICATION = 0x4C4E5452  # "LNTR"

TABLES = """
CREATE TABLE practice (
    practice BLOB PRIMARY KEY, genesis BLOB NOT NULL, founded INTEGER NOT NULL,
    last INTEGER NOT NULL DEFAULT 0, entry_bytes INTEGER NOT NULL DEFAULT 0,
    apart_entries INTEGER NOT NULL DEFAULT 0, apart_bytes INTEGER NOT NULL DEFAULT 0,
    members_entries INTEGER NOT NULL DEFAULT 0, members_bytes INTEGER NOT NULL DEFAULT 0,
    waiting_entries INTEGER NOT NULL DEFAULT 0, waiting_bytes INTEGER NOT NULL DEFAULT 0,
    tips INTEGER NOT NULL DEFAULT 0, blob_bytes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE entry (
    practice BLOB, position INTEGER, hash BLOB NOT NULL, seat BLOB NOT NULL, incarnation INTEGER NOT NULL,
    stream INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, apart INTEGER NOT NULL,
    size INTEGER NOT NULL, raw BLOB NOT NULL,
    PRIMARY KEY (practice, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX entry_hash ON entry (practice, hash);
CREATE INDEX entry_number ON entry (practice, seat, incarnation, stream, seq);
CREATE INDEX entry_members ON entry (practice, position) WHERE stream = 3;
CREATE TABLE tip (
    practice BLOB, hash BLOB, seat BLOB NOT NULL, incarnation INTEGER NOT NULL, stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (practice, hash)
) WITHOUT ROWID;
CREATE TABLE waiting (
    practice BLOB, hash BLOB, prev BLOB NOT NULL, stream INTEGER NOT NULL, size INTEGER NOT NULL,
    raw BLOB NOT NULL,
    PRIMARY KEY (practice, hash)
) WITHOUT ROWID;
CREATE INDEX waiting_prev ON waiting (practice, prev);
CREATE TABLE statement (
    practice BLOB, device BLOB, digest BLOB, newest INTEGER NOT NULL, raw BLOB NOT NULL,
    PRIMARY KEY (practice, device, digest)
) WITHOUT ROWID;
CREATE TABLE floor (
    practice BLOB, device BLOB, floor INTEGER NOT NULL, PRIMARY KEY (practice, device)
) WITHOUT ROWID;
CREATE TABLE blob (
    practice BLOB, name BLOB, held INTEGER NOT NULL, total INTEGER NOT NULL, whole INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    PRIMARY KEY (practice, name)
) WITHOUT ROWID;
CREATE INDEX blob_unfinished ON blob (touched) WHERE whole = 0;
CREATE TABLE notice (
    scope TEXT, subject TEXT, raw BLOB NOT NULL, PRIMARY KEY (scope, subject)
) WITHOUT ROWID;
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that commits only what is on the disk: WAL, each commit fsynced."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=20.0)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # A checkpoint every 1,000 pages would come at every sixteenth 64 KiB entry.
    connection.execute("PRAGMA wal_autocheckpoint = 8000")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def prepare(path: Path) -> None:
    """Make the tables when there are none.

    Raises:
        RelayError: "relay.newer", the tables are of a newer program; "relay.not_ours", of another one.
    """
    connection = connect(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if found == 0 and owner == 0:
            for statement in f"{TABLES};{sqlite_boxes.TABLES}".split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
        elif owner != APPLICATION:
            raise RelayError("relay.not_ours", "the database is not a relay's")
        elif found > VERSION:
            raise RelayError("relay.newer", "the database was written by a newer Lanterne")
        elif found < VERSION:
            for statement in sqlite_boxes.TABLES.split(";"):  # all that 1 lacks
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        connection.close()
