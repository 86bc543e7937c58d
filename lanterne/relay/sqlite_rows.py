"""What the SQLite store writes, statement by statement, inside the writer's transaction.

Law: an account is changed in the transaction that changes what it counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from lanterne.relay.errors import Conflict
from lanterne.relay.store import Batch, BlobRow, Cut, NewEntry
from lanterne.wire.entry import read_preamble
from lanterne.wire.names import ChainId, EntryHash, PracticeId, Stream


def append(connection: sqlite3.Connection, batch: Batch) -> None:
    """Keep a batch. Raises Conflict."""
    practice = bytes.fromhex(batch.practice)
    found = connection.execute("SELECT last FROM practice WHERE practice = ?", (practice,)).fetchone()
    if found is None or found[0] != batch.expected_last:
        raise Conflict("store.conflict", "the practice moved meanwhile")
    tips = 0
    for position, new in enumerate(batch.entries, batch.expected_last + 1):
        tips += _insert(connection, practice, position, new)
    added = _wait(connection, practice, batch.waiting)
    gone = _release(connection, practice, batch.released)
    apart = [len(new.raw) for new in batch.entries if new.apart]
    members = [len(new.raw) for new in batch.entries if new.head.stream == Stream.MEMBERS]
    connection.execute(
        "UPDATE practice SET last = last + ?, entry_bytes = entry_bytes + ?, apart_entries = apart_entries + ?,"
        " apart_bytes = apart_bytes + ?, members_entries = members_entries + ?,"
        " members_bytes = members_bytes + ?, waiting_entries = waiting_entries + ?,"
        " waiting_bytes = waiting_bytes + ?, tips = tips + ? WHERE practice = ?",
        (
            len(batch.entries),
            sum(len(new.raw) for new in batch.entries),
            len(apart),
            sum(apart),
            len(members),
            sum(members),
            added[0] - gone[0],
            added[1] - gone[1],
            tips,
            practice,
        ),
    )
    for digest in batch.emptied:
        _empty(connection, practice, bytes.fromhex(digest))
    for cut in batch.cuts:
        _recount(connection, practice, cut)


def _recount(connection: sqlite3.Connection, practice: bytes, cut: Cut) -> None:
    """Entries kept before their seat was revoked, and beyond its cut, count as apart."""
    seat = bytes.fromhex(cut.seat)
    chains = connection.execute(
        "SELECT DISTINCT incarnation, stream FROM entry INDEXED BY entry_number"
        " WHERE practice = ? AND seat = ? AND stream < 3",
        (practice, seat),
    ).fetchall()
    for incarnation, stream in chains:
        reach = cut.reach.get(ChainId(cut.seat, incarnation, Stream(stream)), 0)
        beyond = (practice, seat, incarnation, stream, reach)
        count, size = connection.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM entry INDEXED BY entry_number WHERE practice = ?"
            " AND seat = ? AND incarnation = ? AND stream = ? AND seq > ? AND apart = 0",
            beyond,
        ).fetchone()
        connection.execute(
            "UPDATE entry SET apart = 1 WHERE practice = ? AND seat = ? AND incarnation = ? AND stream = ?"
            " AND seq > ? AND apart = 0",
            beyond,
        )
        connection.execute(
            "UPDATE practice SET apart_entries = apart_entries + ?, apart_bytes = apart_bytes + ?"
            " WHERE practice = ?",
            (count, size, practice),
        )


_KEPT = (
    "SELECT raw, apart FROM entry WHERE practice = ? AND hash = ?",
    "UPDATE entry SET raw = ?, size = ? WHERE practice = ? AND hash = ?",
    "UPDATE practice SET entry_bytes = entry_bytes - ?, apart_bytes = apart_bytes - ? WHERE practice = ?",
)
_WAITS = (
    "SELECT raw, 0 FROM waiting WHERE practice = ? AND hash = ?",
    "UPDATE waiting SET raw = ?, size = ? WHERE practice = ? AND hash = ?",
    "UPDATE practice SET waiting_bytes = waiting_bytes - ?, apart_bytes = apart_bytes - ? WHERE practice = ?",
)


def _empty(connection: sqlite3.Connection, practice: bytes, digest: bytes) -> None:
    """Keep the head alone of an entry, whether it is kept or waits; the account follows."""
    for find, change, count in (_KEPT, _WAITS):
        found = connection.execute(find, (practice, digest)).fetchone()
        if found is not None:
            raw, apart = found
            head = raw[: read_preamble(raw, practice=None).head_size]
            connection.execute(change, (head, len(head), practice, digest))
            less = len(raw) - len(head)
            connection.execute(count, (less, less * apart, practice))


def _insert(connection: sqlite3.Connection, practice: bytes, position: int, new: NewEntry) -> int:
    """How many tips there are more: 0 when it follows one, else 1."""
    head = new.head
    digest, seat = bytes.fromhex(head.hash), bytes.fromhex(head.seat)
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            practice,
            position,
            digest,
            seat,
            head.incarnation,
            int(head.stream),
            head.seq,
            head.time,
            new.apart,
            len(new.raw),
            new.raw,
        ),
    )
    before = connection.execute(
        "DELETE FROM tip WHERE practice = ? AND hash = ?", (practice, bytes.fromhex(head.prev))
    ).rowcount
    connection.execute(
        "INSERT INTO tip VALUES (?, ?, ?, ?, ?, ?)",
        (practice, digest, seat, head.incarnation, int(head.stream), head.seq),
    )
    return 1 - before


def _wait(connection: sqlite3.Connection, practice: bytes, entries: Sequence[NewEntry]) -> tuple[int, int]:
    count = size = 0
    for new in entries:
        row = (
            practice,
            bytes.fromhex(new.head.hash),
            bytes.fromhex(new.head.prev),
            int(new.head.stream),
            len(new.raw),
            new.raw,
        )
        if connection.execute("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?, ?, ?)", row).rowcount:
            count += 1
            size += len(new.raw)
    return count, size


def _release(connection: sqlite3.Connection, practice: bytes, hashes: Sequence[EntryHash]) -> tuple[int, int]:
    count = size = 0
    for one in hashes:
        key = (practice, bytes.fromhex(one))
        found = connection.execute("SELECT size FROM waiting WHERE practice = ? AND hash = ?", key).fetchone()
        if found is not None:
            connection.execute("DELETE FROM waiting WHERE practice = ? AND hash = ?", key)
            count += 1
            size += found[0]
    return count, size


def keep_blob(connection: sqlite3.Connection, practice: PracticeId, row: BlobRow) -> None:
    """Keep how much of a blob is held."""
    key = (bytes.fromhex(practice), bytes.fromhex(row.name))
    before = _blob_held(connection, key)
    connection.execute(
        "INSERT OR REPLACE INTO blob VALUES (?, ?, ?, ?, ?, ?)",
        (*key, row.held, row.total, row.whole, row.touched),
    )
    _blob_bytes(connection, key[0], row.held - before)


def forget_blob(connection: sqlite3.Connection, practice: PracticeId, name: str) -> None:
    """Forget a blob."""
    key = (bytes.fromhex(practice), bytes.fromhex(name))
    before = _blob_held(connection, key)
    connection.execute("DELETE FROM blob WHERE practice = ? AND name = ?", key)
    _blob_bytes(connection, key[0], -before)


def _blob_held(connection: sqlite3.Connection, key: tuple[bytes, bytes]) -> int:
    found = connection.execute("SELECT held FROM blob WHERE practice = ? AND name = ?", key).fetchone()
    return 0 if found is None else int(found[0])


def _blob_bytes(connection: sqlite3.Connection, practice: bytes, more: int) -> None:
    connection.execute("UPDATE practice SET blob_bytes = blob_bytes + ? WHERE practice = ?", (more, practice))


def keep_statement(
    connection: sqlite3.Connection, key: tuple[bytes, bytes], raw: bytes, digest: bytes, newest: bool
) -> None:
    """Keep a statement, in the place of the newest or beside it."""
    if newest:
        connection.execute("DELETE FROM statement WHERE practice = ? AND device = ? AND newest = 1", key)
    connection.execute("INSERT OR REPLACE INTO statement VALUES (?, ?, ?, ?, ?)", (*key, digest, newest, raw))
