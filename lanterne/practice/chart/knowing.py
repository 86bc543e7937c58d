"""Whether a chart already states what a document states: one result with two sources, not two results.

Law: two statements are one when nobody reading the chart would tell them apart: same kind, same day (same
minute when both say one), same value or words. A doubt makes two: a repeated line is seen and removed, a
swallowed one is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from lanterne.practice.chart.facts import SECTION_OF, EnteredInError, Section, SectionEmpty
from lanterne.practice.patients.names import words
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.tables import Connection
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId

_decode = msgspec.msgpack.decode

# What a document says around a statement, and not of it.
_AROUND = frozenset(
    {"comment", "document", "laboratory", "panel", "method", "specimen", "prescriber", "local_code"}
)
# What makes a proposal one that was made, or a treatment that is on the list.
_PRESCRIBED = ("substance", "brand", "posology", "route")
_DAY, _MINUTE = 10, 16
_AT_ONCE = 500

# What lasts is the same whenever it is said again: its own dates are in its body.
_PROPOSED = "treatment.proposed"
_LASTING = frozenset(
    {"problem.recorded", "allergy.recorded", "family.recorded", "ald.recorded", "treatment.proposed"}
)


@dataclass(frozen=True, slots=True)
class Held:
    """A statement of the chart, as compared."""

    fact: FactId
    kind: str
    at: str | None
    body: Mapping[str, Any]


def held(
    connection: Connection, subjects: Sequence[int], kinds: Iterable[str], days: Iterable[str]
) -> list[Held]:
    """The live statements a document may repeat.

    Args:
        subjects: local row numbers of the records that are this patient.
        kinds: kinds the document states.
        days: days (ISO, at the precision known) of the results it states; the chart has too many others.
    """
    names = set(kinds)
    if _PROPOSED in names:
        names.add(TreatmentRecorded.KIND)
    others = sorted(names - {ResultRecorded.KIND})
    rows: list[tuple[Any, ...]] = []
    if others:
        rows += _select(connection, subjects, f"AND k.name IN ({_marks(others)})", others)
    if ResultRecorded.KIND in names:
        for day in sorted({day[:_DAY] for day in days}):
            within = (ResultRecorded.KIND, day, day + "\U0010ffff")
            rows += _select(connection, subjects, "AND k.name = ? AND s.day >= ? AND s.day < ?", within)
    return [Held(FactId(bytes(row[0]).hex()), str(row[1]), row[2], _decode(row[3])) for row in rows]


def find(known: Sequence[Held], kind: str, at: str | None, body: Mapping[str, Any]) -> FactId | None:
    """The statement among `known` that says the same, None when there is none."""
    for one in known:
        if (
            _comparable(one.kind, kind)
            and (kind in _LASTING or _same_time(one.at, at))
            and _same(kind, one.body, body)
        ):
            return one.fact
    return None


def _comparable(held: str, kind: str) -> bool:
    """A treatment on the list is not proposed again."""
    return held == kind or (kind == _PROPOSED and held == TreatmentRecorded.KIND)


def _same(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if kind == ResultRecorded.KIND:
        return _same_test(one, other) and _same_value(one, other)
    if kind == _PROPOSED:
        return all(_text(one.get(name, "")) == _text(other.get(name, "")) for name in _PRESCRIBED)
    return _essence(one) == _essence(other)


def _same_test(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one.get("code") and other.get("code"):
        return bool(one["code"] == other["code"])
    if one.get("local_code") and one.get("local_code") == other.get("local_code"):
        return True
    return _text(one.get("label")) == _text(other.get("label"))


def _same_value(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one.get("comparator", "") != other.get("comparator", ""):
        return False
    if _unit(one) != _unit(other):
        return False
    first, second = str(one.get("value", "")), str(other.get("value", ""))
    try:
        return Decimal(first) == Decimal(second)
    except InvalidOperation:
        return _text(first) == _text(second)


def _unit(body: Mapping[str, Any]) -> str:
    # µ has two code points; case tells mmol from Mmol, and no laboratory means the latter.
    return str(body.get("unit", "")).replace("\u03bc", "\u00b5").replace(" ", "").casefold()


def _same_time(one: str | None, other: str | None) -> bool:
    """The same day; the same minute when both give one with the same offset."""
    if one is None or other is None:
        return one == other
    if "T" in one and "T" in other and one[_MINUTE:][-6:] == other[_MINUTE:][-6:]:
        return one[:_MINUTE] == other[:_MINUTE]
    return one[:_DAY] == other[:_DAY]


def _essence(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a statement says, without the wording around it."""
    return {
        name: _plain(value)
        for name, value in body.items()
        if name not in _AROUND and value not in ("", None, [], {})
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if name != "display"}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: object) -> str:
    """Words and digits: a dose written "1 g" or "1g" may be two, "Diabète" and "DIABETE" are one."""
    text = str(value)
    return " ".join(words(text)) + "|" + "".join(sign for sign in text if sign.isdigit() or sign in ".,<>/+-")


_HELD = (
    "SELECT f.id, k.name, f.at, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
    " WHERE s.live = 1"
)


def _select(
    connection: Connection, subjects: Sequence[int], condition: str, values: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    return iter(
        connection.execute(
            f"{_HELD} AND s.subject IN ({_marks(subjects)}) {condition}", (*subjects, *values)
        ).fetchall()
    )


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def sections(
    connection: Connection, subjects: Sequence[int]
) -> tuple[frozenset[Section], tuple[tuple[str, FactId], ...]]:
    """The sections in which something stands, and (section, fact) of those said to be empty."""
    filled: set[Section] = set()
    empties: list[tuple[str, FactId]] = []
    kinds = sorted(SECTION_OF)
    for (name,) in connection.execute(
        "SELECT DISTINCT k.name FROM statement s JOIN kind k ON k.no = s.kind"
        f" WHERE s.subject IN ({_marks(subjects)}) AND s.live = 1 AND k.name IN ({_marks(kinds)})",
        (*subjects, *kinds),
    ):
        filled.add(SECTION_OF[name])
    for identifier, _name, _at, body in _select(connection, subjects, "AND k.name = ?", (SectionEmpty.KIND,)):
        empties.append((str(_decode(body).get("section", "")), FactId(bytes(identifier).hex())))
    return frozenset(filled), tuple(empties)


Standing = Literal["standing", "withdrawn", "withdrawn_by_sender"]
"""A statement written before: it or its correction stands; a person withdrew it; a later version of its
document did."""

BY_SENDER = frozenset({"replaced_by_sender", "withdrawn_by_sender"})


def written(connection: Connection, facts: Sequence[FactId]) -> dict[FactId, Standing]:
    """Which of these ids are in the record, and what became of them."""
    found: dict[FactId, Standing] = {}
    for start in range(0, len(facts), _AT_ONCE):
        some = facts[start : start + _AT_ONCE]
        for identifier, live, thread in connection.execute(
            "SELECT f.id, s.live, s.thread FROM fact f JOIN statement s ON s.fact = f.no"
            f" WHERE f.id IN ({_marks(some)})",
            [bytes.fromhex(fact) for fact in some],
        ).fetchall():
            fact = FactId(bytes(identifier).hex())
            found[fact] = "standing" if live else _fate(connection, fact, bytes(thread))
    return found


def _fate(connection: Connection, fact: FactId, thread: bytes) -> Standing:
    row = connection.execute(
        "SELECT 1 FROM statement WHERE thread = ? AND live = 1 LIMIT 1", (thread,)
    ).fetchone()
    if row is not None:
        return "standing"
    reasons = {
        _decode(body).get("reason")
        for (body,) in connection.execute(
            "SELECT b.body FROM replacement r JOIN fact b ON b.no = r.fact JOIN kind k ON k.no = b.kind"
            " WHERE r.target = ? AND k.name = ?",
            (bytes.fromhex(fact), EnteredInError.KIND),
        )
    }
    return "withdrawn_by_sender" if reasons and reasons <= BY_SENDER else "withdrawn"
