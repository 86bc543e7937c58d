"""The chart as a whole: what one must not miss, and the story below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.facts import SECTION_OF, Section, SectionEmpty
from lanterne.practice.chart.statements import Statement, newest_of_each, standing, standing_of, with_code
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Body
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients import queries as patients
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.reading import OpenChart
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.reference import formulas, measures, units

B = TypeVar("B", bound=Body)

ADULT_YEARS = 18
# A child's height stays good this long beside a new weight.
GROWING_DAYS = 92
CREATININE_CODES = ("14682-9", "2160-0")


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of one measure, from one component of a measure.recorded statement."""

    statement: Statement[MeasureRecorded]
    component: Component


@dataclass(frozen=True, slots=True)
class Calculated:
    """A figure computed from facts, never one itself: `of` names them. `why_not` when it cannot be computed."""

    measure: measures.Measure
    value: float
    source: str
    of: tuple[Statement[Any], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What must not be missed, each list newest first."""

    allergies: list[Statement[AllergyRecorded]]
    problems: list[Statement[ProblemRecorded]]
    ald: list[Statement[AldRecorded]]
    treatments: list[Statement[TreatmentRecorded]]
    background: list[Statement[Any]]
    empty_sections: dict[Section, Statement[SectionEmpty]]
    last_consultation: Statement[ConsultationRecorded] | None
    out_of_range: list[Statement[ResultRecorded]]
    latest_measures: list[Latest]
    calculated: list[Calculated]
    pinned_notes: list[Statement[NoteRecorded]]


def summary(chart: OpenChart, *, today: date) -> Summary:
    """Everything the first screen says.

    Args:
        today: for ages and for what has ended.
    """
    grouped: dict[str, list[Statement[Any]]] = {}
    for item in standing_of(
        chart,
        (AllergyRecorded, ProblemRecorded, AldRecorded, TreatmentRecorded, SectionEmpty, NoteRecorded,
         ProcedureRecorded, FamilyRecorded, LifestyleRecorded, ImmunizationRecorded),
        limit=2_000,
    ):  # fmt: skip
        grouped.setdefault(item.kind, []).append(item)
    results = newest_of_each(chart, ResultRecorded)
    taken = newest_of_each(chart, MeasureRecorded)
    consultations = standing(chart, ConsultationRecorded, limit=1)
    newest = newest_measures(taken)
    # Two may write at once that there is none and what there is: the section is not empty.
    filled = {SECTION_OF[kind] for kind in grouped if kind in SECTION_OF}
    empties = {
        item.body.section: item
        for item in reversed(grouped.get(SectionEmpty.KIND, []))
        if item.body is not None and item.body.section not in filled
    }
    return Summary(
        allergies=_of(
            grouped,
            AllergyRecorded,
            lambda body: body.clinical == "active" and body.verification != "refuted",
        ),
        problems=_of(grouped, ProblemRecorded, lambda body: body.clinical in ("active", "recurrence")),
        ald=_of(grouped, AldRecorded, lambda body: True),
        treatments=_of(grouped, TreatmentRecorded, lambda body: is_current(body, today)),
        background=[
            item
            for body in (ProblemRecorded, ProcedureRecorded, FamilyRecorded, LifestyleRecorded)
            for item in grouped.get(body.KIND, [])
            if not (
                isinstance(item.body, ProblemRecorded)
                and (item.conflict or item.body.clinical in ("active", "recurrence"))
            )
        ],
        empty_sections=empties,
        last_consultation=consultations[0] if consultations else None,
        out_of_range=newest_out_of_range(results),
        latest_measures=newest,
        calculated=calculate(chart, newest, results),
        pinned_notes=_of(grouped, NoteRecorded, lambda body: body.pinned),
    )


def is_current(body: TreatmentRecorded, today: date) -> bool:
    """Whether a treatment is being taken: not stopped, and not past its end. One on hold is shown as such."""
    return body.status in ("active", "on-hold") and not (
        body.until and body.until[:10] < today.isoformat()[: len(body.until)]
    )


def newest_out_of_range(newest: Sequence[Statement[ResultRecorded]]) -> list[Statement[ResultRecorded]]:
    """Of the newest result of each test, those outside the laboratory's range. One back in range hides the old ones."""
    return [item for item in newest if item.body is not None and out_of_range(item.body) != "N"]


def out_of_range(body: ResultRecorded) -> str:
    """HL7 v2-0078 of a result: the laboratory's own flag, else from its range; "N" when neither says otherwise."""
    if body.flag:
        return body.flag
    try:
        value = Decimal(body.value)
        if body.low and value < Decimal(body.low) and body.comparator not in (">", ">="):
            return "L"
        if body.high and value > Decimal(body.high) and body.comparator not in ("<", "<="):
            return "H"
    except InvalidOperation:
        return "N"  # words, not a number: only the laboratory's flag says
    return "N"


def newest_measures(taken: Sequence[Statement[MeasureRecorded]]) -> list[Latest]:
    """The newest value of each thing measured, in the order of the reference table."""
    newest: dict[str, Latest] = {}
    for item in taken:
        for component in item.body.components if item.body is not None else ():
            newest.setdefault(component.code, Latest(item, component))
    order = list(measures.BY_CODE)
    return sorted(
        newest.values(),
        key=lambda one: order.index(one.component.code) if one.component.code in order else 999,
    )


def calculate(
    chart: OpenChart, newest: Sequence[Latest], results: Sequence[Statement[ResultRecorded]]
) -> list[Calculated]:
    """BMI and eGFR from the newest inputs; left out when an input is missing (nothing is guessed)."""
    found = []
    by_key = {
        measures.BY_CODE[one.component.code].key: one
        for one in newest
        if one.component.code in measures.BY_CODE
    }
    identity = patients.identity(chart.connection, chart.patient)
    weight, height = by_key.get("weight"), by_key.get("height")
    try:
        computed = formulas.bmi(
            weight_kg=_number(weight.component.value) if weight else None,
            height_cm=_number(height.component.value)
            if height and not _outgrown(height, weight, identity.birth_date if identity else "")
            else None,
        )
        sources = tuple(one.statement for one in (weight, height) if one is not None)
        found.append(Calculated(measures.BMI, computed.value, computed.source, sources))
    except formulas.CannotCompute:
        pass  # shown as not computed by its absence: the inputs are on the same card
    creatinine = next(
        (item for item in results if item.body is not None and item.code in CREATININE_CODES), None
    )
    if creatinine is not None and creatinine.body is not None and identity is not None:
        try:
            computed = formulas.egfr(
                creatinine_umol_l=creatinine_umol_l(creatinine.body),
                age_years=age_on(identity.birth_date, creatinine.day),
                sex=identity.sex,
            )
            found.append(Calculated(measures.EGFR, computed.value, computed.source, (creatinine,)))
        except formulas.CannotCompute:
            pass  # a child, or a unit we do not convert: the creatinine itself is shown
    return found


def age_on(birth_date: str, day: str) -> float | None:
    """Whole years between a complete birth date and an ISO day; None when either is partial."""
    try:
        born, then = date.fromisoformat(birth_date), date.fromisoformat(day[:10])
    except ValueError:
        return None
    return float(then.year - born.year - ((then.month, then.day) < (born.month, born.day)))


def curve(
    chart: OpenChart, code: str, label: str, unit: str
) -> list[tuple[Statement[ResultRecorded], Decimal]]:
    """Numeric results of one test in one unit, oldest first: units are never mixed on one axis."""
    points = []
    for item in with_code(chart, ResultRecorded, code, label):
        if item.body is None or units.alike(item.body.unit) != units.alike(unit):
            continue
        if _number(item.body.value) is not None:  # words cannot be drawn; the list below the curve shows them
            points.append((item, Decimal(item.body.value)))
    return points[::-1]


def today_of(now_ms: int) -> date:
    """The UTC day of a moment."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).date()


def _number(value: str) -> float | None:
    """The number a text holds; None when it holds none. What came by sync passed no rule of ours."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None


def _outgrown(height: Latest, weight: Latest | None, birth_date: str) -> bool:
    """Whether a height was a child's, and taken long before the weight: they do not belong to one body mass."""
    age = age_on(birth_date, height.statement.day)
    if weight is None or age is None or age >= ADULT_YEARS:
        return False
    try:
        taken, weighed = (date.fromisoformat(one.statement.day[:10]) for one in (height, weight))
    except ValueError:
        return True  # a year alone does not say how close they were
    return (weighed - taken).days > GROWING_DAYS


def creatinine_umol_l(body: ResultRecorded) -> float | None:
    """A creatinine in µmol/L; None for a bound, for words, or in a unit we do not convert."""
    value = _number(body.value) if not body.comparator else None
    unit = body.unit.replace("µ", "u").replace("μ", "u").replace(" ", "").lower()
    if value is None:
        return None
    if unit == "umol/l":
        return value
    if unit == "mg/l":
        return value / 10 * formulas.UMOL_PER_MG_DL
    if unit == "mg/dl":
        return value * formulas.UMOL_PER_MG_DL
    return None


def _of(grouped: dict[str, list[Statement[Any]]], kind: type[B], keep: Any) -> list[Statement[B]]:
    # What a newer Lanterne wrote is shown by its label rather than left out; of several versions that stand, none is.
    return [
        item for item in grouped.get(kind.KIND, []) if item.body is None or item.conflict or keep(item.body)
    ]
