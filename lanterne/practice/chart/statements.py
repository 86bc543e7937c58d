"""What stands in a chart, as every room reads it: one query, one value.

Every function takes an `OpenChart`: nothing clinical is read without the right checked and the trace written. A personal
note is its author's alone (article R.4127-45 CSP) and is left out for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from lanterne.practice.catalogue import KINDS
from lanterne.practice.errors import UnknownFact
from lanterne.practice.kinds import Body, NewerKind
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.reading import OpenChart
from lanterne.wire.names import FactId, PersonId, SeatId

B = TypeVar("B", bound=Body)

_decode = msgspec.msgpack.decode

_COLUMNS = """SELECT f.id, k.name, f.version, s.day, f.at, f.body, e.seat, e.time, s.live, s.conflict, s.thread, f.replaces,
                     s.code, s.label, s.fact
              FROM statement s JOIN fact f ON f.no = s.fact JOIN entry e ON e.no = f.entry JOIN kind k ON k.no = s.kind"""


@dataclass(frozen=True, slots=True)
class Statement(Generic[B]):
    """One fact of a chart as it stands.

    Attributes:
        id, kind, version: of the fact.
        day: what it is ordered by: ISO date at the precision known, or a UTC moment ending in Z.
        at: when it happened as the author said; None: when it was written.
        body: decoded; None when a newer Lanterne wrote it or it does not have the shape of its kind.
        raw: the body as written.
        seat, person: who wrote it; written_ms: when, milliseconds since 1970 UTC by the writer's clock.
        live: nothing replaced or withdrew it; conflict: others of its thread are live too.
        thread: names what it is a version of.
        number: local row number, for paging only.
    """

    id: FactId
    kind: str
    version: int
    day: str
    at: str | None
    body: B | None
    raw: dict[str, Any]
    seat: SeatId
    person: PersonId | None
    written_ms: int
    live: bool
    conflict: bool
    thread: str
    replaces: tuple[FactId, ...]
    code: str
    label: str
    number: int


def standing(chart: OpenChart, body: type[B], *, limit: int = 1_000) -> list[Statement[B]]:
    """Live statements of one kind, newest day first."""
    return _select(chart, [body.KIND], "AND s.live = 1", (), limit)


def standing_of(chart: OpenChart, bodies: Iterable[type[Body]], *, limit: int = 1_000) -> list[Statement[Any]]:
    """Live statements of several kinds, newest day first."""
    return _select(chart, [body.KIND for body in bodies], "AND s.live = 1", (), limit)


def with_code(chart: OpenChart, body: type[B], code: str, label: str = "", *, limit: int = 500) -> list[Statement[B]]:
    """Live statements of a kind under one code, or under one label when the code is empty; newest first."""
    test, value = ("s.code = ?", code) if code else ("s.code = '' AND s.label = ?", label)
    return _select(chart, [body.KIND], f"AND s.live = 1 AND {test}", (value,), limit)


def newest_of_each(chart: OpenChart, body: type[B]) -> list[Statement[B]]:
    """The newest live statement under each code (each label where there is no code), newest day first."""
    if not chart.medical:
        return []
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE s.fact IN (SELECT fact FROM (SELECT fact, row_number() OVER ("
        "PARTITION BY code, CASE code WHEN '' THEN label END ORDER BY day DESC, fact DESC) AS place FROM statement"
        f" WHERE subject IN ({_marks(chart.subjects)}) AND kind = (SELECT no FROM kind WHERE name = ?) AND live = 1)"
        " WHERE place = 1) ORDER BY s.day DESC, s.fact DESC",
        (*chart.subjects, body.KIND),
    ).fetchall()
    return _readable(chart, rows)


def one(chart: OpenChart, fact: FactId) -> Statement[Any]:
    """One statement of this chart, live or not.

    Raises:
        UnknownFact: not in this chart.
    """
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE f.id = ? AND s.subject IN ({_marks(chart.subjects)})", (bytes.fromhex(fact), *chart.subjects)
    ).fetchall()
    found = _readable(chart, rows)
    if not found:
        raise UnknownFact("no such fact in this chart")
    return found[0]


def thread(chart: OpenChart, fact: FactId) -> list[Statement[Any]]:
    """Every version of what this fact is a version of, oldest first: its history."""
    current = one(chart, fact)
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE s.thread = ? ORDER BY e.rank, e.seat, e.incarnation, e.seq, e.hash, f.place",
        (bytes.fromhex(current.thread),),
    ).fetchall()
    return _readable(chart, rows)


def page(
    chart: OpenChart, kinds: Sequence[str], *, limit: int, after: tuple[str, int] | None = None, live: bool = True
) -> list[Statement[Any]]:
    """One page of the chart's story, newest day first, from after the statement at (day, number)."""
    condition, values = ("AND s.live = 1", ()) if live else ("", ())
    if after is None:
        return _select(chart, kinds, condition, values, limit)
    return _select(chart, kinds, f"{condition} AND (s.day, s.fact) < (?, ?)", (*values, *after), limit)


def count_by_kind(chart: OpenChart) -> dict[str, int]:
    """How many live statements of each kind the chart holds."""
    return {
        str(name): int(count)
        for name, count in chart.connection.execute(
            f"SELECT k.name, count(*) FROM statement s JOIN kind k ON k.no = s.kind"
            f" WHERE s.subject IN ({_marks(chart.subjects)}) AND s.live = 1 GROUP BY s.kind",
            chart.subjects,
        )
    }


def withdrawals(chart: OpenChart, fact: FactId) -> list[tuple[str, SeatId, int, str]]:
    """Facts that withdrew this one without replacing it: (fact id, seat, written_ms, reason)."""
    found = []
    for identifier, seat, time, body in chart.connection.execute(
        "SELECT f.id, e.seat, e.time, f.body FROM replacement r JOIN fact f ON f.no = r.fact JOIN entry e ON e.no = f.entry"
        " LEFT JOIN statement s ON s.fact = f.no WHERE r.target = ? AND s.fact IS NULL ORDER BY e.rank",
        (bytes.fromhex(fact),),
    ):
        reason = str(_decode(body).get("reason", ""))
        found.append((bytes(identifier).hex(), SeatId(bytes(seat).hex()), int(time) >> 16, reason))
    return found


def _select(
    chart: OpenChart, kinds: Sequence[str], condition: str, values: tuple[object, ...], limit: int
) -> list[Statement[Any]]:
    if not chart.medical:
        return []
    wanted = f"AND s.kind IN (SELECT no FROM kind WHERE name IN ({_marks(kinds)}))" if kinds else ""
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE s.subject IN ({_marks(chart.subjects)}) {wanted} {condition}"
        " ORDER BY s.day DESC, s.fact DESC LIMIT ?",
        (*chart.subjects, *kinds, *values, limit),
    ).fetchall()
    return _readable(chart, rows)


def _readable(chart: OpenChart, rows: Iterable[tuple[Any, ...]]) -> list[Statement[Any]]:
    found = [_statement(chart, row) for row in rows]
    return [item for item in found if not _is_private(item, chart)] if chart.medical else []


def _is_private(item: Statement[Any], chart: OpenChart) -> bool:
    return item.kind == NoteRecorded.KIND and bool(item.raw.get("personal")) and item.person != chart.reader.person


def _statement(chart: OpenChart, row: tuple[Any, ...]) -> Statement[Any]:
    identifier, name, version, day, at, packed, seat, time, live, conflict, thread_id, replaces, code, label, number = row
    raw = _decode(packed)
    kind = KINDS.get(name)
    body: Body | None = None
    if kind is not None:
        try:
            body = kind.read(version, raw)
        except (NewerKind, msgspec.ValidationError):
            body = None  # shown as written by a newer Lanterne, with its label
    seat_id = SeatId(bytes(seat).hex())
    packed_ids = bytes(replaces or b"")
    return Statement(
        id=FactId(bytes(identifier).hex()), kind=name, version=version, day=day, at=at, body=body, raw=raw, seat=seat_id,
        person=chart.person_of(seat_id), written_ms=int(time) >> 16, live=bool(live), conflict=bool(conflict),
        thread=bytes(thread_id).hex(),
        replaces=tuple(FactId(packed_ids[i : i + 16].hex()) for i in range(0, len(packed_ids), 16)),
        code=code, label=label, number=int(number),
    )  # fmt: skip


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
