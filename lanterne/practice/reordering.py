"""What happens when ranks rise after they were folded: a head that came late raises all that stands on it.

Ranks only rise (docs/format/entry.md, Order), so their sum tells whether any did: a start compares two
numbers, not every entry. What depends on the order is settled anew: the latest of a kind, who survives a
merge, and in which of two entries a fact id counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from lanterne.journal.journal import Arrived, Journal
from lanterne.practice.catalogue import KINDS
from lanterne.practice.conflicts import folding as conflicts
from lanterne.practice.cursors import cursor_of
from lanterne.practice.inserting import GONE
from lanterne.practice.kinds import Shape
from lanterne.practice.patients import folding as patients
from lanterne.practice.settling import key_of, settle_all, settle_latest
from lanterne.practice.tables import Connection
from lanterne.wire.names import Compartment, Stream

# Beyond this many entries it is quicker to settle everything.
SETTLED_ONE_BY_ONE = 2_000


def remember(connection: Connection, stream: Stream, ranks: Iterable[int]) -> None:
    """Add the ranks of entries folded now to what is remembered, in their transaction."""
    count, total = _remembered(connection, stream)
    for rank in ranks:
        count, total = count + 1, total + rank
    # Text: the sum of 300,000 ranks has more than 64 bits.
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_name(stream), f"{count} {total}"))


def may_have_risen(connection: Connection, stream: Stream, journal: Journal, cursor: int) -> bool:
    """Whether a rank may have risen among the entries before `cursor`. Certain when nothing there is
    damaged.
    """
    ranks = [rank for position, rank in journal.ranks(stream) if position < cursor]
    return (len(ranks), sum(ranks)) != _remembered(connection, stream)


def came_back(connection: Connection, journal: Journal) -> bool:
    """Whether parts that were gone are here again: everything is folded anew, since the entry was folded without."""
    rows = connection.execute(
        "SELECT DISTINCT e.stream, e.position FROM unread u JOIN entry e ON e.hash = u.hash WHERE u.why = ?",
        (GONE,),
    ).fetchall()
    for stream, position in rows:
        arrived = next(journal.since(Stream(stream), int(position)), None)
        if arrived is not None and arrived.position == position and None not in arrived.entry.bodies:
            return True
    return False


def missed(connection: Connection, stream: Stream, journal: Journal, cursor: int) -> list[Arrived]:
    """Entries before `cursor` that can be read and were not folded: they lay damaged when the cursor passed."""
    rows = connection.execute("SELECT position FROM entry WHERE stream = ?", (int(stream),))
    folded = {int(row[0]) for row in rows}
    found = []
    for position, _ in journal.ranks(stream):
        if position < cursor and position not in folded:
            arrived = next(journal.since(stream, position), None)
            if arrived is not None and arrived.position == position:
                found.append(arrived)
    return found


def follow(connection: Connection, stream: Stream, journal: Journal) -> bool:
    """Take in the ranks that rose. True when everything must be folded anew: the order decides there which
    of two entries a fact id counts in, and only one of them is kept."""
    held = {
        position: (number, rank)
        for number, position, rank in connection.execute(
            "SELECT no, position, rank FROM entry WHERE stream = ? AND position >= 0", (int(stream),)
        )
    }
    risen = []
    for position, rank in journal.ranks(stream):
        number, before = held.get(position, (0, rank))
        if before != rank:
            risen.append((rank, number))
    if not risen:
        return False
    if connection.execute("SELECT 1 FROM again").fetchone() is not None:
        return True
    connection.executemany("UPDATE entry SET rank = ? WHERE no = ?", risen)
    now = {number: rank for rank, number in risen}
    cursor = cursor_of(connection, stream)
    behind = [row for position, row in held.items() if position < cursor]
    every = sum(now.get(number, rank) for number, rank in behind)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_name(stream), f"{len(behind)} {every}"))
    if len(risen) > SETTLED_ONE_BY_ONE:
        settle_all(connection)
    else:
        _settle(connection, [number for _, number in risen])
    return False


def settle_risen(connection: Connection, entries: list[int]) -> bool:
    """Settle anew what depends on the order of these entries, whose ranks changed. True as `follow` says it."""
    chosen = json.dumps(entries)
    if connection.execute(
        "SELECT 1 FROM again a JOIN fact f ON f.id = a.id WHERE f.entry IN (SELECT value FROM json_each(?1))"
        " OR a.entry IN (SELECT value FROM json_each(?1)) LIMIT 1",
        (chosen,),
    ).fetchone():
        return True
    if len(entries) > SETTLED_ONE_BY_ONE:
        settle_all(connection)
    else:
        _settle(connection, entries)
    return False


def _settle(connection: Connection, entries: list[int]) -> None:
    latest: set[tuple[int, int, str]] = set()
    touched: set[int] = set()
    for kind, name, subject, zeros, compartment, body in connection.execute(
        "SELECT f.kind, k.name, f.subject, s.id = zeroblob(16), f.compartment, f.body FROM fact f"
        " JOIN kind k ON k.no = f.kind"
        " JOIN subject s ON s.no = f.subject WHERE f.entry IN (SELECT value FROM json_each(?))",
        (json.dumps(entries),),
    ).fetchall():
        known = KINDS.get(name)
        if known is not None and known.shape is Shape.LATEST and not (zeros and known.of_a_patient):
            latest.add((kind, subject, key_of(name, msgspec.msgpack.decode(body))))
        if compartment == Compartment.OFFICE:
            touched.add(subject)
    settle_latest(connection, latest)
    patients.refresh(connection, touched)
    conflicts.refresh_patients(connection, touched)


def _remembered(connection: Connection, stream: Stream) -> tuple[int, int]:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_name(stream),)).fetchone()
    if row is None:
        return 0, 0
    count, total = str(row[0]).split()
    return int(count), int(total)


def _name(stream: Stream) -> str:
    return f"ranks.{stream.name.lower()}"
