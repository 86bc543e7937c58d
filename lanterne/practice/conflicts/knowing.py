"""What an entry knew when it was written, from the heads it names (docs/format/entry.md, Header).

A chain's headers together name every entry of every other chain that its device held, as it came to hold it: so entry
n of a chain knew entry m of another when one of its first n headers names m or a later one. No clock is asked. What
lies in a damaged stretch of a chain is not known to be known: a doubt more is shown, none less.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lanterne.practice.tables import Connection
from lanterne.wire.entry import EntryHead
from lanterne.wire.names import ChainId, Stream

Row = tuple[object, ...]
Place = tuple[int, int]
"""(chain, seq) of an entry, the chain by its local number."""


@dataclass(slots=True)
class Heard:
    """What one transaction learns of who knew what.

    `late` says that an entry came after a later one of its chain: what was thought unknown to that one may be known.
    """

    rows: list[Row] = field(default_factory=list)
    late: bool = False
    _chains: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def note(self, connection: Connection, head: EntryHead) -> None:
        """Take in the heads of an entry of the care stream."""
        if head.stream is not Stream.CARE:
            return
        own, last = self._chain(connection, head.chain)
        if head.seq < last:
            self.late = True
        else:
            self._chains[head.chain.seat, head.chain.incarnation] = own, head.seq
        for known in head.heads:
            if known.chain.stream is Stream.CARE:
                other, _last = self._chain(connection, known.chain)
                self.rows.append((own, other, known.seq, head.seq))

    def insert(self, connection: Connection) -> None:
        """Write it down."""
        connection.executemany("INSERT OR IGNORE INTO heard VALUES (?,?,?,?)", self.rows)
        connection.executemany(
            "UPDATE chain SET last = max(last, ?2) WHERE no = ?1", list(self._chains.values())
        )

    def _chain(self, connection: Connection, chain: ChainId) -> tuple[int, int]:
        found = self._chains.get((chain.seat, chain.incarnation))
        if found is None:
            name = (bytes.fromhex(chain.seat), chain.incarnation)
            connection.execute("INSERT OR IGNORE INTO chain(seat, incarnation, last) VALUES (?, ?, 0)", name)
            row = connection.execute(
                "SELECT no, last FROM chain WHERE seat = ? AND incarnation = ?", name
            ).fetchone()
            found = self._chains[chain.seat, chain.incarnation] = int(row[0]), int(row[1])
        return found


# Of facts: where their entries stand.
PLACES = """SELECT f.no, c.no, e.seq FROM fact f JOIN entry e ON e.no = f.entry
    JOIN chain c ON c.seat = e.seat AND c.incarnation = e.incarnation"""


def knew(connection: Connection, one: Place, other: Place) -> bool:
    """Whether the writer of entry `one` held entry `other`."""
    if one[0] == other[0]:
        return one[1] >= other[1]
    row = connection.execute(
        "SELECT 1 FROM heard WHERE chain = ? AND other = ? AND other_seq >= ? AND seq <= ? LIMIT 1",
        (one[0], other[0], other[1], one[1]),
    ).fetchone()
    return row is not None


def apart(connection: Connection, one: Place, other: Place) -> bool:
    """Whether two entries were written without knowing each other."""
    return not knew(connection, one, other) and not knew(connection, other, one)
