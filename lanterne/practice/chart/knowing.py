"""Whether a chart already states what a document states: one result with two sources, not two results.

Law: two statements are one when nobody reading the chart would tell them apart: same kind, same day (same
minute when both say one), same value or words. A doubt makes two: a repeated line is seen and removed, a
swallowed one is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from lanterne.practice.chart.facts import SECTION_OF, EnteredInError, Section, SectionEmpty
from lanterne.practice.patients.names import fold
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.tables import Connection, marks
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
_WORD = re.compile(r"[^\W\d_]+")
_QUIET = frozenset("'’‘\"«»()[]{}:;!?_*#|\ufeff")
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
        rows += _select(connection, subjects, f"AND k.name IN ({marks(others)})", others)
    if ResultRecorded.KIND in names:
        for day in sorted({day[:_DAY] for day in days}):
            within = (ResultRecorded.KIND, day, day + "\U0010ffff")
            rows += _select(connection, subjects, "AND k.name = ? AND s.day >= ? AND s.day < ?", within)
    return [Held(FactId(bytes(row[0]).hex()), str(row[1]), row[2], _decode(row[3])) for row in rows]


class Known:
    """Statements of a chart, found by what they say. Each is found once: a second line of the same words is a
    second statement.
    """

    def __init__(self, held: Iterable[Held]) -> None:
        self._by_words: dict[tuple[object, ...], list[Held]] = {}
        self._used: set[FactId] = set()
        for one in held:
            self._file(one, one.kind)
            if one.kind == TreatmentRecorded.KIND:
                # A treatment on the list is not proposed again.
                self._file(one, _PROPOSED)

    def _file(self, one: Held, kind: str) -> None:
        self._by_words.setdefault(_words_of(kind, one.body), []).append(one)

    def take(self, fact: FactId) -> None:
        """This one is spoken for."""
        self._used.add(fact)

    def find(self, kind: str, at: str | None, body: Mapping[str, Any]) -> FactId | None:
        """The statement that says the same, None when there is none left. It is then spoken for."""
        if not self._by_words:  # a new patient: nothing to compare with
            return None
        for one in self._by_words.get(_words_of(kind, body), ()):
            if one.fact in self._used:
                continue
            if kind == ResultRecorded.KIND and not _same_test(one.body, body):
                continue
            if kind in _LASTING or _same_time(one.at, at):
                self._used.add(one.fact)
                return one.fact
        return None


def _words_of(kind: str, body: Mapping[str, Any]) -> tuple[object, ...]:
    """What two statements of one kind must share to be one; a result's test is compared apart."""
    if kind == ResultRecorded.KIND:
        return kind, str(body.get("comparator", "")), _unit(body), _value(str(body.get("value", "")))
    if kind == _PROPOSED:
        # A treatment that was stopped is proposed again by the letter that takes it up.
        status = body.get("status") or "active"
        return kind, status, *(_text(body.get(name, "")) for name in _PRESCRIBED)
    return kind, msgspec.msgpack.encode(_essence(body), order="sorted")


def _same_test(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one.get("code") and other.get("code"):
        return bool(one["code"] == other["code"])
    if one.get("local_code") and one.get("local_code") == other.get("local_code"):
        return True
    return _text(one.get("label")) == _text(other.get("label"))


def _value(written: str) -> object:
    """A number, however written ("5.10" is "5.1"), else its words."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return _text(written)
    return number if number.is_finite() else _text(written)


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
    """Words, then every other sign but quiet punctuation: a dose written "1 g" or "1g" may be two, "≥ 5" is not
    "5", "Diabète" and "DIABETE" are one. The whole text: two reports may begin alike.
    """
    text = fold(str(value))
    signs = "".join(sign for sign in text if not (sign.isalpha() or sign.isspace() or sign in _QUIET))
    return " ".join(_WORD.findall(text)) + "|" + signs


_HELD = (
    "SELECT f.id, k.name, f.at, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
    " WHERE s.live = 1"
)


def _select(
    connection: Connection, subjects: Sequence[int], condition: str, values: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    return iter(
        connection.execute(
            f"{_HELD} AND s.subject IN ({marks(subjects)}) {condition} ORDER BY f.id", (*subjects, *values)
        ).fetchall()
    )


def sections(
    connection: Connection, subjects: Sequence[int], *, among: Iterable[str]
) -> tuple[dict[Section, frozenset[FactId]], tuple[tuple[str, FactId], ...]]:
    """What stands in these sections, and (section, fact) of every section said to be empty.

    Args:
        among: sections asked about; what stands in others is not looked at.
    """
    asked = frozenset(among)
    kinds = sorted(kind for kind, section in SECTION_OF.items() if section in asked)
    filled: dict[Section, set[FactId]] = {}
    if kinds:
        for identifier, name, _at, _body in _select(
            connection, subjects, f"AND k.name IN ({marks(kinds)})", kinds
        ):
            filled.setdefault(SECTION_OF[name], set()).add(FactId(bytes(identifier).hex()))
    empties = [
        (str(_decode(body).get("section", "")), FactId(bytes(identifier).hex()))
        for identifier, _name, _at, body in _select(
            connection, subjects, "AND k.name = ?", (SectionEmpty.KIND,)
        )
    ]
    return {section: frozenset(facts) for section, facts in filled.items()}, tuple(empties)


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
            f" WHERE f.id IN ({marks(some)})",
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
