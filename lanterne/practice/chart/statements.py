"""What stands in a chart, as every room reads it: one query, one value.

Every function takes an `OpenChart`: nothing clinical is read without the right checked and the trace
written. A personal note is its author's alone (article R.4127-45 CSP) and is left out for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.facts import EnteredInError
from lanterne.practice.errors import UnknownFact
from lanterne.practice.kinds import Body, NewerKind
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.reading import OpenChart
from lanterne.practice.settling import FACT_ORDER
from lanterne.practice.tables import marks
from lanterne.wire.names import FactId, PersonId, SeatId

B = TypeVar("B", bound=Body)

_decode = msgspec.msgpack.decode

# Newest day first; within a day the last written first, in the order of entries; within an entry as it was
# written (the lines of a laboratory's panel). Never by local row numbers: two devices that hold the same
# facts show the same pages.
_NEWEST = "s.day DESC, e.rank DESC, f.place, f.id DESC"
_AFTER = "AND (s.day, e.rank, -f.place, f.id) < (?, ?, ?, ?)"
_PLACE_BITS, _ID_BITS = 16, 64

_COLUMNS = """
    SELECT f.id, k.name, f.version, s.day, f.at, f.body, e.seat, e.time, s.live, s.conflict, s.thread,
           f.replaces, s.code, s.label, e.rank, f.place
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
        number: its place among statements of one day, for paging only: the same on every device that holds
        the same facts.
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


def standing_of(
    chart: OpenChart, bodies: Iterable[type[Body]], *, limit: int = 1_000
) -> list[Statement[Any]]:
    """Live statements of several kinds, newest day first."""
    return _select(chart, [body.KIND for body in bodies], "AND s.live = 1", (), limit)


def with_code(
    chart: OpenChart, body: type[B], code: str, label: str = "", *, limit: int = 500
) -> list[Statement[B]]:
    """Live statements of a kind under one code, or under one label when the code is empty; newest first."""
    test, value = ("s.code = ?", code) if code else ("s.code = '' AND s.label = ?", label)
    return _select(chart, [body.KIND], f"AND s.live = 1 AND {test}", (value,), limit)


def newest_of_each(chart: OpenChart, body: type[B]) -> list[Statement[B]]:
    """The newest live statement under each code (each label where there is no code), newest day first."""
    if not chart.medical:
        return []
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE s.fact IN (SELECT fact FROM (SELECT s.fact, row_number() OVER ("
        f"PARTITION BY s.code, CASE s.code WHEN '' THEN s.label END ORDER BY {_NEWEST}) AS place FROM statement s"
        f" JOIN fact f ON f.no = s.fact JOIN entry e ON e.no = f.entry WHERE s.subject IN ({marks(chart.subjects)})"
        f" AND s.kind = (SELECT no FROM kind WHERE name = ?) AND s.live = 1) WHERE place = 1) ORDER BY {_NEWEST}",
        (*chart.subjects, body.KIND),
    ).fetchall()
    return _readable(chart, rows)


def one(chart: OpenChart, fact: FactId) -> Statement[Any]:
    """One statement of this chart, live or not.

    Raises:
        UnknownFact: not in this chart.
    """
    try:
        identifier = bytes.fromhex(fact)
    except ValueError as error:
        raise UnknownFact("no fact has such an id") from error
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE f.id = ? AND s.subject IN ({marks(chart.subjects)})",
        (identifier, *chart.subjects),
    ).fetchall()
    found = _readable(chart, rows)
    if not found:
        raise UnknownFact("no such fact in this chart")
    return found[0]


def thread(chart: OpenChart, fact: FactId) -> list[Statement[Any]]:
    """Every version of what this fact is a version of, oldest first: its history."""
    current = one(chart, fact)
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE s.thread = ? ORDER BY {FACT_ORDER}",
        (bytes.fromhex(current.thread),),
    ).fetchall()
    return _readable(chart, rows)


def page(
    chart: OpenChart,
    kinds: Sequence[str],
    *,
    limit: int,
    after: tuple[str, int] | None = None,
    live: bool = True,
) -> list[Statement[Any]]:
    """One page of the chart's story, newest day first, from after the statement at (day, number)."""
    condition, values = ("AND s.live = 1", ()) if live else ("", ())
    if after is None:
        return _select(chart, kinds, condition, values, limit)
    return _select(chart, kinds, f"{condition} {_AFTER}", (*values, *_place(after)), limit)


# Withdrawn without a new version: what replaces it is no statement.
_WITHDRAWN = f"""AND s.live = 0 AND EXISTS (SELECT 1 FROM replacement r JOIN fact w ON w.no = r.fact
                                            WHERE r.target = f.id AND w.kind = (SELECT no FROM kind WHERE name =
                                            '{EnteredInError.KIND}'))"""


def withdrawn(
    chart: OpenChart, kinds: Sequence[str] = (), *, limit: int, after: tuple[str, int] | None = None
) -> list[Statement[Any]]:
    """What was marked as entered in error and not stated anew, newest day first: it left the chart, it
    stays readable.
    """
    if after is None:
        return _select(chart, kinds, _WITHDRAWN, (), limit)
    return _select(chart, kinds, f"{_WITHDRAWN} {_AFTER}", _place(after), limit)


def count_withdrawn(chart: OpenChart) -> int:
    """How many statements `withdrawn` pages through."""
    if not chart.medical:
        return 0
    row = chart.connection.execute(
        f"SELECT count(*) FROM statement s JOIN fact f ON f.no = s.fact WHERE s.subject IN ({marks(chart.subjects)})"
        f" {_WITHDRAWN}",
        chart.subjects,
    ).fetchone()
    return int(row[0])


def count_by_kind(chart: OpenChart) -> dict[str, int]:
    """How many live statements of each kind the chart holds."""
    if not chart.medical:
        return {}
    counts = {
        str(name): int(count)
        for name, count in chart.connection.execute(
            f"SELECT k.name, count(*) FROM statement s JOIN kind k ON k.no = s.kind"
            f" WHERE s.subject IN ({marks(chart.subjects)}) AND s.live = 1 GROUP BY s.kind",
            chart.subjects,
        )
    }
    if NoteRecorded.KIND in counts:
        # Not even how many another has written for himself.
        counts[NoteRecorded.KIND] = len(standing(chart, NoteRecorded, limit=counts[NoteRecorded.KIND]))
    return {name: count for name, count in counts.items() if count}


def withdrawals(chart: OpenChart, fact: FactId) -> list[tuple[str, SeatId, int, str]]:
    """Facts that withdrew this one without replacing it: (fact id, seat, written_ms, reason)."""
    found = []
    one(chart, fact)
    for identifier, seat, time, body in chart.connection.execute(
        "SELECT f.id, e.seat, e.time, f.body FROM replacement r JOIN fact f ON f.no = r.fact"
        " JOIN entry e ON e.no = f.entry"
        " JOIN fact t ON t.id = r.target LEFT JOIN statement s ON s.fact = f.no WHERE r.target = ? AND s.fact IS NULL"
        f" AND f.subject = t.subject AND f.compartment = t.compartment ORDER BY {FACT_ORDER}",
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
    wanted = f"AND s.kind IN (SELECT no FROM kind WHERE name IN ({marks(kinds)}))" if kinds else ""
    rows = chart.connection.execute(
        f"{_COLUMNS} WHERE s.subject IN ({marks(chart.subjects)}) {wanted} {condition}"
        f" ORDER BY {_NEWEST} LIMIT ?",
        (*chart.subjects, *kinds, *values, limit),
    ).fetchall()
    return _readable(chart, rows)


def _readable(chart: OpenChart, rows: Iterable[tuple[Any, ...]]) -> list[Statement[Any]]:
    found = [_statement(chart, row) for row in rows]
    return [item for item in found if not _is_private(item, chart)] if chart.medical else []


def _is_private(item: Statement[Any], chart: OpenChart) -> bool:
    return (
        item.kind == NoteRecorded.KIND
        and bool(item.raw.get("personal"))
        and item.person != chart.reader.person
    )


def _statement(chart: OpenChart, row: tuple[Any, ...]) -> Statement[Any]:
    (
        identifier, name, version, day, at, packed, seat, time, live, conflict, thread_id, replaces, code, label,
        rank, place,
    ) = row  # fmt: skip
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
        id=FactId(bytes(identifier).hex()), kind=name, version=version, day=day, at=at, body=body, raw=raw,
        seat=seat_id, person=chart.person_of(seat_id), written_ms=int(time) >> 16, live=bool(live),
        conflict=bool(conflict), thread=bytes(thread_id).hex(),
        replaces=tuple(FactId(packed_ids[i : i + 16].hex()) for i in range(0, len(packed_ids), 16)),
        code=code, label=label,
        number=_number(int(rank), int(place), bytes(identifier)),
    )  # fmt: skip


def _number(rank: int, place: int, identifier: bytes) -> int:
    last = (1 << _PLACE_BITS) - 1
    return (rank << _PLACE_BITS | last - min(place, last)) << _ID_BITS | int.from_bytes(identifier[:8])


def _place(after: tuple[str, int]) -> tuple[str, int, int, bytes]:
    """What `_AFTER` compares with, from (day, number). A number nobody gave finds nothing, or everything."""
    day, number = after
    rank, place = number >> _PLACE_BITS + _ID_BITS, number >> _ID_BITS & (1 << _PLACE_BITS) - 1
    most = (1 << 63) - 1
    # The first bytes of an id sort before the id itself: the statement that stood last is not shown again.
    identifier = (number & (1 << _ID_BITS) - 1).to_bytes(8)
    return day, min(max(rank, 0), most), place - (1 << _PLACE_BITS) + 1, identifier
