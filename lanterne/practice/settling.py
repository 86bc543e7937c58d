"""Second half of folding: liveness, threads, conflicts and the latest of each kind, as set-based SQL.

`settle` touches what a few new facts touch; `settle_all` computes everything from nothing. Both give the same rows: a test
compares them on shuffled arrivals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from lanterne.practice.catalogue import KINDS
from lanterne.practice.kinds import Shape
from lanterne.practice.patients import folding as patients
from lanterne.practice.tables import Connection
from lanterne.practice.team.facts import PersonDescribed

_LATEST_KINDS = tuple(name for name, kind in KINDS.items() if kind.shape is Shape.LATEST)

# A replacement counts between facts of one chart and one compartment only: nobody withdraws what they may not write.
_PAIRS = """SELECT b.no, t.no FROM replacement r JOIN fact b ON b.no = r.fact JOIN fact t ON t.id = r.target
            WHERE t.subject = b.subject AND t.compartment = b.compartment"""

_decode = msgspec.msgpack.decode

_ORDER = "e.rank, e.seat, e.incarnation, e.seq, f.place"


def settle(connection: Connection, first_fact: int, next_fact: int, latest: Collection[tuple[int, int, str]]) -> None:
    """Bring up to date what facts numbered first_fact … next_fact − 1 touch."""
    pairs = connection.execute(f"{_PAIRS} AND b.no >= ? AND b.no < ?", (first_fact, next_fact)).fetchall()
    pairs += connection.execute(f"{_PAIRS} AND t.no >= ? AND t.no < ?", (first_fact, next_fact)).fetchall()
    _apply(connection, pairs)
    for kind, subject, key in latest:
        _latest(connection, kind, subject, key)


def settle_all(connection: Connection) -> None:
    """Compute liveness, threads, conflicts, latest and patients from the facts alone."""
    connection.execute(
        "UPDATE statement SET live = 1, conflict = 0, thread = (SELECT id FROM fact WHERE no = statement.fact)"
        " WHERE live = 0 OR conflict = 1 OR fact IN (SELECT fact FROM replacement)"
        " OR thread <> (SELECT id FROM fact WHERE no = statement.fact)"
    )
    _apply(connection, connection.execute(_PAIRS).fetchall())
    connection.execute("DELETE FROM latest")
    marks = ",".join("?" * len(_LATEST_KINDS))
    for kind, name, subject, number, body in connection.execute(
        f"SELECT f.kind, k.name, f.subject, f.no, f.body FROM fact f JOIN entry e ON e.no = f.entry JOIN kind k ON k.no = f.kind"
        f" WHERE k.name IN ({marks}) ORDER BY {_ORDER}",
        _LATEST_KINDS,
    ).fetchall():
        connection.execute("INSERT OR REPLACE INTO latest VALUES (?,?,?,?)", (kind, subject, key_of(name, _decode(body)), number))
    everybody = [int(row[0]) for row in connection.execute("SELECT no FROM subject")]
    patients.refresh(connection, everybody, bulk=True)


def key_of(kind: str, body: Mapping[str, Any]) -> str:
    """The key under which a LATEST fact competes: the person described, for the team; else empty."""
    return str(body.get("person", "")) if kind == PersonDescribed.KIND else ""


def _apply(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    threads: set[bytes] = set()
    for by, target in pairs:
        connection.execute("UPDATE statement SET live = 0 WHERE fact = ?", (target,))
        tied = connection.execute("SELECT thread FROM statement WHERE fact IN (?, ?)", (by, target)).fetchall()
        names = sorted({bytes(row[0]) for row in tied})
        if len(names) == 2 and len(tied) == 2:
            connection.execute("UPDATE statement SET thread = ? WHERE thread = ?", (names[0], names[1]))
        threads.update(names)
    for thread in threads:
        live = connection.execute("SELECT count(*) FROM statement WHERE thread = ? AND live = 1", (thread,)).fetchone()[0]
        connection.execute("UPDATE statement SET conflict = (live = 1 AND ?) WHERE thread = ?", (live > 1, thread))


def _latest(connection: Connection, kind: int, subject: int, key: str) -> None:
    winner: int | None = None
    name = connection.execute("SELECT name FROM kind WHERE no = ?", (kind,)).fetchone()[0]
    for number, body in connection.execute(
        f"SELECT f.no, f.body FROM fact f JOIN entry e ON e.no = f.entry WHERE f.subject = ? AND f.kind = ? ORDER BY {_ORDER}",
        (subject, kind),
    ):
        if key_of(name, _decode(body)) == key:
            winner = int(number)
    if winner is not None:
        connection.execute("INSERT OR REPLACE INTO latest VALUES (?,?,?,?)", (kind, subject, key, winner))
