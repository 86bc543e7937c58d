"""Second half of folding: liveness, threads, conflicts and the latest of each kind, as sets.

`settle` touches what a few new facts touch; `settle_all` computes everything from nothing. Both give the
same rows: a test compares them on shuffled arrivals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from lanterne.practice.agenda import folding as agenda
from lanterne.practice.agenda.facts import HoursDescribed, ServiceDescribed
from lanterne.practice.catalogue import KINDS, WAITING
from lanterne.practice.conflicts import folding as conflicts
from lanterne.practice.kinds import Concerns, Shape
from lanterne.practice.patients import folding as patients
from lanterne.practice.tables import Connection
from lanterne.practice.tasks import folding as tasks
from lanterne.practice.team.facts import PersonDescribed

# The order of entries (docs/format/entry.md, Order). The hash tells the two branches of a fork apart.
ORDER = "e.rank, e.seat, e.incarnation, e.seq, e.hash"
FACT_ORDER = f"{ORDER}, f.place"

_LATEST = tuple(name for name, kind in KINDS.items() if kind.shape is Shape.LATEST)
_KEYED = {
    PersonDescribed.KIND: "person",
    HoursDescribed.KIND: "practitioner",
    ServiceDescribed.KIND: "code",
}
_OF_PATIENTS = tuple(name for name in _LATEST if KINDS[name].concerns is Concerns.PATIENT)

# A replacement counts between facts of one chart and one compartment only: nobody withdraws what they may
# not write.
_PAIRS = """SELECT b.no, t.no FROM replacement r JOIN fact b ON b.no = r.fact JOIN fact t ON t.id = r.target
            WHERE t.subject = b.subject AND t.compartment = b.compartment"""

# The same, from the new facts outwards. CROSS JOIN keeps SQLite to this order: left to itself, on statistics
# made when the tables were small, it once walked all facts by all facts.
_PAIRS_BY = """SELECT b.no, t.no FROM replacement r INDEXED BY replacement_by_fact CROSS JOIN fact b ON b.no = r.fact
               CROSS JOIN fact t ON t.id = r.target WHERE r.fact >= ? AND r.fact < ?
               AND t.subject = b.subject AND t.compartment = b.compartment"""
_PAIRS_OF = """SELECT b.no, t.no FROM fact t CROSS JOIN replacement r ON r.target = t.id
               CROSS JOIN fact b ON b.no = r.fact WHERE t.no >= ? AND t.no < ?
               AND t.subject = b.subject AND t.compartment = b.compartment"""

# Statements tied to others, with the row numbers of both ends; a retraction is no statement and ties nothing.
_TIES = f"""
    SELECT p.by, p.target, sb.thread, st.thread
    FROM ({_PAIRS.replace("b.no, t.no", "b.no AS by, t.no AS target")}) p
    JOIN statement st ON st.fact = p.target LEFT JOIN statement sb ON sb.fact = p.by"""

_decode = msgspec.msgpack.decode


def settle(
    connection: Connection, first_fact: int, next_fact: int, latest: Collection[tuple[int, int, str]]
) -> None:
    """Bring up to date what facts numbered first_fact … next_fact − 1 touch."""
    pairs = connection.execute(_PAIRS_BY, (first_fact, next_fact)).fetchall()
    pairs += connection.execute(_PAIRS_OF, (first_fact, next_fact)).fetchall()
    _apply(connection, pairs)
    settle_latest(connection, latest)
    agenda.refresh(connection, first_fact, next_fact)
    tasks.refresh(connection, first_fact, next_fact)


def settle_latest(connection: Connection, latest: Collection[tuple[int, int, str]]) -> None:
    """Which fact counts now, for each (kind, subject, key)."""
    for kind, subject, key in latest:
        _latest(connection, kind, subject, key)


def settle_all(connection: Connection, *, fresh: bool = False) -> None:
    """Compute liveness, threads, conflicts, latest and patients from the facts alone.

    Args:
        fresh: statements stand as they were inserted, nothing has been settled yet.
    """
    if not fresh:
        connection.execute(
            "UPDATE statement SET live = 1, conflict = 0, thread = (SELECT id FROM fact WHERE no = statement.fact)"
            " WHERE live = 0 OR conflict = 1 OR fact IN (SELECT fact FROM replacement)"
            " OR thread <> (SELECT id FROM fact WHERE no = statement.fact)"
        )
    connection.executemany(
        "UPDATE statement SET live = ?, conflict = ?, thread = ? WHERE fact = ?", list(_tied(connection))
    )
    if fresh:
        connection.execute(
            "DELETE FROM inbox WHERE NOT EXISTS (SELECT 1 FROM statement s WHERE s.fact = inbox.fact AND s.live = 1)"
        )
    else:
        connection.execute("DELETE FROM inbox")
        connection.execute(
            "INSERT INTO inbox SELECT s.fact FROM statement s JOIN kind k ON k.no = s.kind"
            f" WHERE s.live = 1 AND k.name IN ({','.join('?' * len(WAITING))})",
            tuple(WAITING),
        )
    connection.execute("DELETE FROM latest")
    marks, patient_marks = (",".join("?" * len(names)) for names in (_LATEST, _OF_PATIENTS))
    winners: dict[tuple[int, int, str], int] = {}
    for kind, name, subject, number, body in connection.execute(
        "SELECT f.kind, k.name, f.subject, f.no, f.body FROM fact f JOIN kind k ON k.no = f.kind"
        " JOIN entry e ON e.no = f.entry JOIN subject s ON s.no = f.subject WHERE f.no IN (SELECT no FROM fact"
        # A scan of the index, not of the bodies: few facts are of these kinds.
        f" INDEXED BY fact_by_subject WHERE kind IN (SELECT no FROM kind WHERE name IN ({marks})))"
        f" AND (s.id <> zeroblob(16) OR k.name NOT IN ({patient_marks})) ORDER BY {FACT_ORDER}",
        (*_LATEST, *_OF_PATIENTS),
    ):
        winners[kind, subject, key_of(name, _decode(body))] = number
    connection.executemany(
        "INSERT INTO latest VALUES (?,?,?,?)", [(*key, number) for key, number in winners.items()]
    )
    everybody = [int(row[0]) for row in connection.execute("SELECT no FROM subject")]
    patients.refresh(connection, everybody, bulk=True)
    agenda.rebuild(connection)
    tasks.rebuild(connection)
    conflicts.rebuild(connection)


def _tied(connection: Connection) -> Iterable[tuple[int, int, bytes, int]]:
    """(live, conflict, thread, row) of every statement that replaces or is replaced; the others stand as
    inserted.
    """
    above: dict[int, int] = {}
    names: dict[int, bytes] = {}
    replaced: set[int] = set()

    def root(number: int) -> int:
        while above.setdefault(number, number) != number:
            above[number] = number = above[above[number]]
        return number

    for by, target, by_thread, target_thread in connection.execute(_TIES):
        replaced.add(target)
        names[target] = target_thread
        first = root(target)
        if by_thread is not None:
            names[by] = by_thread
            above[root(by)] = first
    smallest: dict[int, bytes] = {}
    standing: dict[int, int] = {}
    for number, name in names.items():
        of = root(number)
        smallest[of] = min(smallest.get(of, name), name)
        standing[of] = standing.get(of, 0) + (number not in replaced)
    for number in names:
        of, live = root(number), number not in replaced
        yield int(live), int(live and standing[of] > 1), smallest[of], number


def key_of(kind: str, body: Mapping[str, Any]) -> str:
    """The key under which a LATEST fact competes: the person described, the practitioner whose hours they are, the
    code of a kind of appointment; else empty.
    """
    field = _KEYED.get(kind)
    return str(body.get(field, "")) if field else ""


def _apply(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    threads: set[bytes] = set()
    for by, target in pairs:
        connection.execute("UPDATE statement SET live = 0 WHERE fact = ?", (target,))
        connection.execute("DELETE FROM inbox WHERE fact = ?", (target,))
        tied = connection.execute(
            "SELECT thread FROM statement WHERE fact IN (?, ?)", (by, target)
        ).fetchall()
        names = sorted({bytes(row[0]) for row in tied})
        if len(names) == 2 and len(tied) == 2:
            connection.execute("UPDATE statement SET thread = ? WHERE thread = ?", (names[0], names[1]))
        threads.update(names)
    for thread in threads:
        live = connection.execute(
            "SELECT count(*) FROM statement WHERE thread = ? AND live = 1", (thread,)
        ).fetchone()[0]
        connection.execute(
            "UPDATE statement SET conflict = (live = 1 AND ?) WHERE thread = ?", (live > 1, thread)
        )


def _latest(connection: Connection, kind: int, subject: int, key: str) -> None:
    winner: int | None = None
    name = connection.execute("SELECT name FROM kind WHERE no = ?", (kind,)).fetchone()[0]
    for number, body in connection.execute(
        "SELECT f.no, f.body FROM fact f JOIN entry e ON e.no = f.entry"
        f" WHERE f.subject = ? AND f.kind = ? ORDER BY {FACT_ORDER}",
        (subject, kind),
    ):
        if key_of(name, _decode(body)) == key:
            winner = int(number)
    if winner is not None:
        connection.execute("INSERT OR REPLACE INTO latest VALUES (?,?,?,?)", (kind, subject, key, winner))
