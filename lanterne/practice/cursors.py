"""How far a stream was folded: a line of `meta` for each, moved in the transaction that folds.

A cursor is the position of the entry folded last, plus one (docs/format/store.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.journal.journal import Damage, Journal
from lanterne.practice.tables import Connection
from lanterne.wire.names import Stream


def cursor_of(connection: Connection, stream: Stream) -> int:
    """Where folding goes on; 0 from the first entry."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_name(stream),)).fetchone()
    return int(row[0]) if row is not None else 0


def move_cursor(connection: Connection, stream: Stream, cursor: int) -> None:
    """Everything before `cursor` is folded."""
    connection.execute("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)", (_name(stream), cursor))


def of_another_journal(connection: Connection, journal: Journal, streams: Iterable[Stream]) -> bool:
    """Whether what was folded last is not where it was: these tables tell what this journal does not hold."""
    for stream in streams:
        last = cursor_of(connection, stream) - 1
        if last < 0:
            continue
        found = next(journal.since(stream, last), None)
        if found is None or found.position != last:
            if not any(_covers(damage, stream, last) for damage in journal.damages):
                return True
            continue
        row = connection.execute(
            "SELECT position FROM entry WHERE hash = ?", (bytes.fromhex(found.entry.head.hash),)
        ).fetchone()
        if row is None or row[0] != last:
            return True
    return False


def _covers(damage: Damage, stream: Stream, position: int) -> bool:
    segment, offset = position >> 32, position & 0xFFFFFFFF
    return damage[:2] == (stream, segment) and damage.offset <= offset < max(damage.end, damage.offset + 1)


def _name(stream: Stream) -> str:
    return f"cursor.{stream.name.lower()}"
