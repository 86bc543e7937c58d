"""Which records are one person, from the merges that stand.

A merge says "the absorbed record and the surviving one are the same person", so records tied by merges,
directly or through others, are one group whatever the order they arrived in. Who survives a group is decided
in the order of entries (docs/format/entry.md, Order): each merge puts the absorbed record's group under the
survivor's; one that ties records of one group already (two people merged both ways at once) changes nothing.
Undoing a merge takes it out of the set.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from lanterne.practice.tables import Connection

# Both ends must have an identity: a record that has not arrived yet absorbs nobody, so nobody vanishes from
# lists.
_EDGES = """SELECT l.subject, o.no FROM patient_link l JOIN subject o ON o.id = l.other
    JOIN patient p ON p.subject = l.subject JOIN patient q ON q.subject = o.no
    JOIN fact f ON f.no = l.fact JOIN entry e ON e.no = f.entry
    WHERE l.merges = 1 AND l.subject <> o.no {only} ORDER BY e.rank, e.seat, e.incarnation, e.seq, e.hash, f.place"""


def survivors(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The survivor of every record in these merges.

    Args:
        edges: (survivor, absorbed) in the order of entries.
    """
    above: dict[int, int] = {}

    def root(record: int) -> int:
        while above.setdefault(record, record) != record:
            above[record] = record = above[above[record]]
        return record

    for survivor, absorbed in edges:
        upper, lower = root(survivor), root(absorbed)
        if upper != lower:
            above[lower] = upper
    return {record: root(record) for record in tuple(above)}


def settle(connection: Connection, seeds: Collection[int]) -> set[int]:
    """Set `merged_into` of the groups these records belong to. Returns the rows that changed."""
    group = _reached(connection, seeds)
    only = "AND l.subject IN (SELECT value FROM json_each(?))"
    return _write(connection, group, survivors(connection.execute(_EDGES.format(only=only), (_json(group),))))


def settle_everybody(connection: Connection) -> None:
    """Set `merged_into` of every row, freshly written with 0."""
    of = survivors(connection.execute(_EDGES.format(only="")))
    connection.executemany(
        "UPDATE patient SET merged_into = ? WHERE subject = ?",
        [(survivor, record) for record, survivor in of.items() if survivor != record],
    )


def _reached(connection: Connection, seeds: Collection[int]) -> set[int]:
    """The records tied to these by merges, over any number of steps."""
    reached, frontier = set(seeds), set(seeds)
    while frontier:
        rows = connection.execute(
            """SELECT o.no FROM patient_link l JOIN subject o ON o.id = l.other
                 WHERE l.merges = 1 AND l.subject IN (SELECT value FROM json_each(?1))
               UNION
               SELECT l.subject FROM subject o JOIN patient_link l ON l.other = o.id
                 WHERE l.merges = 1 AND o.no IN (SELECT value FROM json_each(?1))""",
            (_json(frontier),),
        )
        frontier = {int(row[0]) for row in rows} - reached
        reached |= frontier
    return reached


def _write(connection: Connection, group: Collection[int], of: dict[int, int]) -> set[int]:
    changed = set()
    rows = connection.execute(
        "SELECT subject, merged_into FROM patient WHERE subject IN (SELECT value FROM json_each(?))",
        (_json(group),),
    ).fetchall()
    for record, held in rows:
        survivor = of.get(record, record)
        wanted = 0 if survivor == record else survivor
        if wanted != held:
            connection.execute("UPDATE patient SET merged_into = ? WHERE subject = ?", (wanted, record))
            changed.add(int(record))
    return changed


def _json(rows: Collection[int]) -> str:
    return json.dumps(sorted(rows))
