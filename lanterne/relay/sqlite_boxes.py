"""The boxes of pairings in the SQLite store: what is run inside a transaction or a reading.

Law: a box is found by its own name, since who asks knows no practice yet; it is written for by its practice, or once
by a stranger who knows the name. Source: docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

import sqlite3

from lanterne.relay.errors import Conflict
from lanterne.relay.store import BoxRow
from lanterne.wire.names import PracticeId
from lanterne.wire.pairing_box import BoxName

TABLES = """
CREATE TABLE box (
    box TEXT PRIMARY KEY, practice BLOB NOT NULL, ends INTEGER NOT NULL, offer BLOB NOT NULL, request BLOB,
    answer BLOB
) WITHOUT ROWID;
CREATE INDEX box_practice ON box (practice);
CREATE INDEX box_ends ON box (ends)
"""
_COLUMNS = {"offer": "offer", "request": "request", "answer": "answer"}


def find(connection: sqlite3.Connection, name: BoxName) -> BoxRow | None:
    """Whose it is, and until when."""
    row = connection.execute("SELECT practice, ends FROM box WHERE box = ?", (name,)).fetchone()
    return None if row is None else BoxRow(name, PracticeId(row[0].hex()), row[1])


def message(connection: sqlite3.Connection, name: BoxName, what: str) -> bytes | None:
    """What lies in it; `what` is one of three words of ours."""
    row = connection.execute(
        f"SELECT {_COLUMNS[what]} FROM box WHERE box = ?",  # noqa: S608  a word of ours, not of whoever asks
        (name,),
    ).fetchone()
    return None if row is None else row[0]


def of_practice(connection: sqlite3.Connection, practice: PracticeId) -> tuple[BoxName, ...]:
    """The boxes of a practice, sorted."""
    rows = connection.execute(
        "SELECT box FROM box WHERE practice = ? ORDER BY box", (bytes.fromhex(practice),)
    )
    return tuple(BoxName(row[0]) for row in rows)


def open_box(connection: sqlite3.Connection, row: BoxRow, offer: bytes) -> None:
    """Raises Conflict: there is one of that name."""
    values = (row.name, bytes.fromhex(row.practice), row.ends, offer)
    done = connection.execute(
        "INSERT OR IGNORE INTO box (box, practice, ends, offer) VALUES (?, ?, ?, ?)", values
    )
    if done.rowcount == 0:
        raise Conflict("store.conflict", "there is a box of that name")


def ask(connection: sqlite3.Connection, name: BoxName, request: bytes) -> None:
    """Raises Conflict: another request came first, or there is no such box."""
    connection.execute("UPDATE box SET request = ? WHERE box = ? AND request IS NULL", (request, name))
    if message(connection, name, "request") != request:
        raise Conflict("store.conflict", "another request came first")


def refuse(connection: sqlite3.Connection, practice: PracticeId, name: BoxName) -> None:
    """The request is let go."""
    connection.execute(
        "UPDATE box SET request = NULL WHERE box = ? AND practice = ?", (name, bytes.fromhex(practice))
    )


def answer(connection: sqlite3.Connection, practice: PracticeId, name: BoxName, data: bytes) -> None:
    """The newest answer."""
    connection.execute(
        "UPDATE box SET answer = ? WHERE box = ? AND practice = ?", (data, name, bytes.fromhex(practice))
    )


def close(connection: sqlite3.Connection, practice: PracticeId, name: BoxName) -> None:
    """The box is let go."""
    connection.execute("DELETE FROM box WHERE box = ? AND practice = ?", (name, bytes.fromhex(practice)))


def sweep(connection: sqlite3.Connection, now_ms: int) -> None:
    """Those that lapsed are let go."""
    connection.execute("DELETE FROM box WHERE ends < ?", (now_ms,))
