"""All that is to settle, what each side says, and what was settled lately.

A number tells nothing of anybody (`count`). The list names charts and no content, and is traced once
(practice.reading.open_doubts); what a chart's doubts say takes an `OpenChart`. Appointments and doubles are of the
office: whoever reads identities sees them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from lanterne.practice.agenda import queries as agenda
from lanterne.practice.agenda.folding import KINDS as APPOINTMENTS
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.alike import said
from lanterne.practice.chart import statements
from lanterne.practice.chart.statements import Statement
from lanterne.practice.conflicts.facts import StatementsDistinct
from lanterne.practice.conflicts.rules import LISTED
from lanterne.practice.patients import queries as patients
from lanterne.practice.reading import OpenChart, OpenDoubts
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import FactId, PatientId, SeatId

_decode = msgspec.msgpack.decode

LISTED_MOST = 200
SETTLED_MOST = 50
SETTLED_DAYS = 30

_SURVIVOR = "CASE r.merged_into WHEN 0 THEN r.subject ELSE r.merged_into END"

# Statements in doubt. INDEXED BY and CROSS JOIN hold SQLite to the few that are: left to itself it walks every
# statement of the practice in the order of another index, whatever the partial index says.
_CHARTS = f"""SELECT s.subject AS no, s.kind AS kind, s.fact AS fact
      FROM statement s INDEXED BY statement_in_conflict
      WHERE s.conflict = 1 AND s.kind IN (SELECT no FROM kind WHERE name IN ({marks(LISTED)}))
    UNION ALL SELECT s.subject, s.kind, s.fact FROM twin t CROSS JOIN statement s ON s.fact = t.one
    UNION ALL SELECT s.subject, s.kind, s.fact FROM twin t CROSS JOIN statement s ON s.fact = t.other"""

_GROUP = "(SELECT subject FROM patient WHERE subject = {0} OR (merged_into = {0} AND merged_into <> 0))"

# Pairs of survivors, each once, that nobody declared distinct.
_DOUBLES = f"""SELECT DISTINCT min(a, b) AS one, max(a, b) AS other FROM (
      SELECT CASE p.merged_into WHEN 0 THEN p.subject ELSE p.merged_into END AS a,
             CASE q.merged_into WHEN 0 THEN q.subject ELSE q.merged_into END AS b
      FROM patient_twin t JOIN patient p ON p.subject = t.one JOIN patient q ON q.subject = t.other)
    WHERE a <> b AND NOT EXISTS (
      SELECT 1 FROM patient_link l JOIN subject o ON o.id = l.other WHERE l.merges = 0
        AND ((l.subject IN {_GROUP.format("a")} AND o.no IN {_GROUP.format("b")})
          OR (l.subject IN {_GROUP.format("b")} AND o.no IN {_GROUP.format("a")})))"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Several values of one thing in a chart.

    Attributes:
        kind: of the facts. sides: one statement for each value, oldest first.
        ids: every live fact behind them, sorted: what settling replaces.
    """

    kind: str
    sides: tuple[Statement[Any], ...]
    ids: tuple[FactId, ...]


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A chart with something to settle; no content."""

    patient: PatientId
    kinds: tuple[str, ...]
    written_ms: int


@dataclass(frozen=True, slots=True)
class Moved:
    """One appointment of which several versions stand."""

    versions: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Double:
    """Two records registered without knowing each other that may be one person, and who registered them when."""

    one: patients.Suspect
    other: patients.Suspect
    registered: tuple[tuple[SeatId, int], tuple[SeatId, int]]


@dataclass(frozen=True, slots=True)
class Office:
    """What is to settle outside charts."""

    overlaps: tuple[agenda.Overlap, ...]
    moved: tuple[Moved, ...]
    doubles: tuple[Double, ...]


What = Literal["statement", "distinct", "moved", "overlap", "merged", "two_persons"]


@dataclass(frozen=True, slots=True)
class Settled:
    """Something a person settled: by which fact, whose chart (None: an appointment), of which kind."""

    what: What
    fact: FactId
    kind: str
    patient: PatientId | None
    other: PatientId | None
    seat: SeatId
    written_ms: int


def count(connection: Connection, now_minute: int, *, medical: bool) -> int:
    """How many lines the page lists: for every page's top bar, which is no look at the list.

    Args:
        now_minute: agenda.rules.minute_at; what is over needs no settling.
        medical: the reader reads charts.
    """
    found = agenda.count_double_bookings(connection, now_minute)
    found += len(_moved_threads(connection, now_minute))
    found += int(connection.execute(f"SELECT count(*) FROM ({_DOUBLES})").fetchone()[0])
    if medical:
        found += int(
            connection.execute(
                f"SELECT count(DISTINCT {_SURVIVOR}) FROM ({_CHARTS}) c CROSS JOIN patient r ON r.subject = c.no",
                tuple(LISTED),
            ).fetchone()[0]
        )
    return found


def office(connection: Connection, now_minute: int) -> Office:
    """Double bookings, appointments moved twice at once, doubles."""
    moved = [
        Moved(tuple(agenda.versions(connection, thread.hex())))
        for thread in _moved_threads(connection, now_minute)
    ]
    return Office(
        tuple(agenda.double_bookings(connection, now_minute, limit=LISTED_MOST)),
        tuple(sorted(moved, key=lambda one: [(held.starts, held.fact) for held in one.versions])),
        tuple(_doubles(connection)),
    )


def charts(doubts: OpenDoubts) -> list[ChartLine]:
    """Charts with something to settle, what was written last first."""
    kinds: dict[int, set[str]] = defaultdict(set)
    written: dict[int, int] = defaultdict(int)
    rows = doubts.connection.execute(
        f"SELECT {_SURVIVOR}, k.name, e.time >> 16 FROM ({_CHARTS}) c CROSS JOIN patient r ON r.subject = c.no"
        " JOIN kind k ON k.no = c.kind JOIN fact f ON f.no = c.fact JOIN entry e ON e.no = f.entry",
        tuple(LISTED),
    )
    for subject, kind, time in rows.fetchall():
        kinds[subject].add(kind)
        written[subject] = max(written[subject], int(time))
    lines = [
        ChartLine(_id_of(doubts.connection, subject), tuple(sorted(held)), written[subject])
        for subject, held in kinds.items()
    ]
    return sorted(lines, key=lambda line: (-line.written_ms, line.patient))[:LISTED_MOST]


def of_chart(chart: OpenChart) -> list[Doubt]:
    """What a chart holds in doubt: each thing once, whether versions of one statement or statements written apart."""
    if not chart.medical:
        return []
    subjects = chart.subjects
    rows = chart.connection.execute(
        f"SELECT DISTINCT c.fact FROM ({_CHARTS}) c WHERE c.no IN ({marks(subjects)})", (*LISTED, *subjects)
    ).fetchall()
    if not rows:
        return []
    above: dict[bytes, bytes] = {}

    def root(thread: bytes) -> bytes:
        while above.setdefault(thread, thread) != thread:
            thread = above[thread]
        return thread

    numbers = [int(row[0]) for row in rows]
    for number in numbers:
        root(_thread(chart.connection, number))
    for one, other in chart.connection.execute(
        f"SELECT one, other FROM twin WHERE one IN ({marks(numbers)})", tuple(numbers)
    ).fetchall():
        ends = sorted((root(_thread(chart.connection, one)), root(_thread(chart.connection, other))))
        above[ends[1]] = ends[0]
    things: dict[bytes, list[Statement[Any]]] = defaultdict(list)
    for thread in sorted(above):
        row = chart.connection.execute(
            "SELECT f.id FROM statement s JOIN fact f ON f.no = s.fact WHERE s.thread = ? AND s.live = 1 LIMIT 1",
            (thread,),
        ).fetchone()
        versions = statements.thread(chart, FactId(bytes(row[0]).hex()))
        things[root(thread)] += [held for held in versions if held.live]
    return sorted(
        (_doubt(held) for held in things.values()), key=lambda one: (list(LISTED).index(one.kind), one.ids)
    )


def _doubt(live: Sequence[Statement[Any]]) -> Doubt:
    """One side for each thing said; who said it first stands for it."""
    sides: dict[bytes, Statement[Any]] = {}
    for held in sorted(live, key=lambda one: (one.written_ms, one.id)):
        sides.setdefault(said(held.kind, held.raw), held)
    return Doubt(live[0].kind, tuple(sides.values()), tuple(sorted(held.id for held in live)))


def settled(connection: Connection, since_ms: int, *, medical: bool) -> list[Settled]:
    """What was settled since a moment and still stands, newest first. Names charts, no content."""
    kinds = (*(LISTED if medical else ()), *APPOINTMENTS)
    found: list[Settled] = []
    rows = connection.execute(
        "SELECT f.id, k.name, p.id, e.seat, e.time >> 16 FROM fact f JOIN statement s ON s.fact = f.no"
        " JOIN kind k ON k.no = f.kind JOIN subject p ON p.no = f.subject JOIN entry e ON e.no = f.entry"
        f" WHERE length(f.replaces) > 16 AND s.live = 1 AND e.time >= ? AND k.name IN ({marks(kinds)})",
        (since_ms << 16, *kinds),
    )
    found += [_settled("moved" if row[1] in APPOINTMENTS else "statement", row) for row in rows.fetchall()]
    for what, query in _DECLARED.items():
        if medical or what != "distinct":
            rows = connection.execute(query, (since_ms << 16,))
            found += [_settled(what, row) for row in rows.fetchall()]
    return sorted(found, key=lambda one: (-one.written_ms, one.fact))[:SETTLED_MOST]


_SAID = (
    "SELECT DISTINCT f.id, k.name, p.id, e.seat, e.time >> 16{more} FROM {table} d JOIN fact f ON f.no = d.fact"
    " JOIN kind k ON k.no = f.kind JOIN subject p ON p.no = f.subject JOIN entry e ON e.no = f.entry WHERE e.time >= ?"
)

_DECLARED: dict[What, str] = {
    "distinct": _SAID.format(more="", table="declared_distinct"),
    # Written with the appointment itself, it was wanted from the start and settles nothing.
    "overlap": _SAID.format(more="", table="overlap_wanted")
    + " AND NOT EXISTS (SELECT 1 FROM fact b WHERE b.entry = f.entry AND b.no <> f.no)",
    "merged": _SAID.format(more=", d.other", table="patient_link") + " AND d.merges = 1",
    "two_persons": _SAID.format(more=", d.other", table="patient_link") + " AND d.merges = 0",
}


def _settled(what: What, row: tuple[Any, ...]) -> Settled:
    subject = bytes(row[2])
    return Settled(
        what,
        FactId(bytes(row[0]).hex()),
        str(row[1]),
        PatientId(subject.hex()) if any(subject) else None,
        PatientId(bytes(row[5]).hex()) if len(row) > 5 else None,
        SeatId(bytes(row[3]).hex()),
        int(row[4]),
    )


def settled_in(chart: OpenChart, since_ms: int) -> list[tuple[Settled, tuple[Statement[Any], ...]]]:
    """What was settled in a chart, with what it chose between: the kept statement first, then what it replaced; or the
    statements declared distinct.
    """
    if not chart.medical:
        return []
    here = {_id_of(chart.connection, number) for number in chart.subjects}
    found = []
    for one in settled(chart.connection, since_ms, medical=True):
        if one.patient not in here or one.what not in ("statement", "distinct"):
            continue
        if one.what == "statement":
            kept = statements.one(chart, one.fact)
            told = (kept, *(statements.one(chart, fact) for fact in _held(chart.connection, kept.replaces)))
        else:
            named = distinct_of(chart.connection, one.fact)
            told = tuple(statements.one(chart, fact) for fact in _held(chart.connection, named))
        found.append((one, told))
    return found


def distinct_of(connection: Connection, fact: FactId) -> tuple[FactId, ...]:
    """The statements a standing chart.distinct fact names; none when it stands no more."""
    rows = connection.execute(
        "SELECT d.target FROM fact f JOIN declared_distinct d ON d.fact = f.no JOIN kind k ON k.no = f.kind"
        " WHERE f.id = ? AND k.name = ? ORDER BY d.target",
        (bytes.fromhex(fact), StatementsDistinct.KIND),
    )
    return tuple(FactId(bytes(row[0]).hex()) for row in rows)


def _held(connection: Connection, facts: Sequence[FactId]) -> list[FactId]:
    """Of these, those that are statements here."""
    query = "SELECT 1 FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?"
    return [
        fact for fact in facts if connection.execute(query, (bytes.fromhex(fact),)).fetchone() is not None
    ]


def _moved_threads(connection: Connection, now_minute: int) -> list[bytes]:
    rows = connection.execute(
        "SELECT DISTINCT s.thread FROM statement s INDEXED BY statement_in_conflict CROSS JOIN appointment a"
        " ON a.fact = s.fact WHERE s.conflict = 1 AND a.ends > ? ORDER BY s.thread LIMIT ?",
        (now_minute, LISTED_MOST),
    )
    return [bytes(row[0]) for row in rows.fetchall()]


def _doubles(connection: Connection) -> list[Double]:
    found = []
    # By ids: where there are more than are listed, every device lists the same ones.
    pairs = connection.execute(
        f"SELECT d.one, d.other FROM ({_DOUBLES}) d JOIN subject o ON o.no = d.one JOIN subject p ON p.no = d.other"
        " ORDER BY min(o.id, p.id), max(o.id, p.id) LIMIT ?",
        (LISTED_MOST,),
    )
    for one, other in pairs.fetchall():
        ids = _id_of(connection, one), _id_of(connection, other)
        suspects = [
            next((held for held in patients.suspected(connection, here) if held.patient == there), None)
            for here, there in (ids[::-1], ids)
        ]
        if suspects[0] is None or suspects[1] is None:
            continue
        registered = [patients.identity(connection, identifier) for identifier in ids]
        if registered[0] is None or registered[1] is None:
            continue
        first = [_first(held) for held in registered if held is not None]
        found.append(Double(suspects[0], suspects[1], (first[0], first[1])))
    return sorted(found, key=lambda pair: (pair.one.patient, pair.other.patient))


def _first(identity: patients.Identity) -> tuple[SeatId, int]:
    """Who registered a record, and when."""
    if identity.earlier:
        return identity.earlier[-1].seat, identity.earlier[-1].written_ms
    return identity.seat, identity.written_ms


def _thread(connection: Connection, number: int) -> bytes:
    return bytes(connection.execute("SELECT thread FROM statement WHERE fact = ?", (number,)).fetchone()[0])


def _id_of(connection: Connection, number: int) -> PatientId:
    return PatientId(
        bytes(connection.execute("SELECT id FROM subject WHERE no = ?", (number,)).fetchone()[0]).hex()
    )
