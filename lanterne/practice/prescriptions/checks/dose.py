"""Doses out of the usual range: per intake, per day, and weekly medicines taken every day.

Associations are compared substance by substance when the strength of each is known, and else said not to be.
"""

from __future__ import annotations

import re
from decimal import Decimal

from lanterne.practice.prescriptions.checks.amounts import Amounts, amounts
from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import CAUTIONS, Context, Ordered, source_of
from lanterne.practice.prescriptions.checks.person import ADULT, ELDERLY, days_since
from lanterne.practice.prescriptions.posology.structure import Structure
from lanterne.reference.medicines.model import Limit, Who

_SWALLOWED = frozenset(
    {"comprimé", "gélule", "capsule", "sachet", "gouttes", "sirop", "suspension", "poudre", "granulés",
     "cuillère-mesure", "cuillère", "dose-kg", "ampoule", "lyophilisat", "film", "pastille", "unidose"}
)  # fmt: skip
WEEK_H = 7 * 24
_WEEKLY_ALWAYS = re.compile(r"\bune (?:prise|injection) par SEMAINE\b", re.IGNORECASE)
_WEEKLY = re.compile(r"\bpar SEMAINE\b")
GROWING_DAYS = 92
"""A child's weight stays good this long."""


def check(context: Context) -> Answer:
    """Each substance of each line against what is usual for somebody of this age."""
    answer = Answer("dose")
    for line in context.lines:
        given = line.given
        if not given.known:
            answer.skip("substance_unknown", [line.place], substance=given.label)
            continue
        if line.structure is None:
            answer.skip("posology_unread", [line.place], substance=given.label)
            continue
        strengths = _strengths(line)
        for place, part in enumerate(given.parts):
            _check_part(context, line, line.structure, part, strengths[place] if strengths else None, answer)
    return answer


def _strengths(line: Ordered) -> list[str] | None:
    """The strength of each substance, in order; None when that of an association is not said for each."""
    held = line.strength or (line.structure.strength if line.structure is not None else "") or ""
    if len(line.given.parts) == 1:
        return [held]
    each = held.split("/")
    return each if len(each) == len(line.given.parts) else None


def _check_part(
    context: Context, line: Ordered, structure: Structure, part: str, strength: str | None, answer: Answer
) -> None:
    limits = context.base.limits(part)
    if not limits:
        answer.skip("limits_unknown", [line.place], substance=part)
        return
    if strength is None:
        answer.skip("association_strengths", [line.place], substance=line.given.label)
        return
    if context.age_years is None:
        answer.skip("age_unknown", [line.place])
        return
    limit = _limit(limits, context.age_years, line)
    if limit is None:
        who = "child" if context.age_years < ADULT else "adult"
        answer.skip(f"limits_{who}", [line.place], substance=part)
        return
    weight = context.weight.value if context.weight is not None else None
    if limit.per_kg and weight is None:
        answer.skip("weight_absent", [line.place])
        return
    if limit.per_kg and _outgrown(context):
        answer.skip("weight_old", [line.place], day=context.weight.day[:10] if context.weight else "")
    found = amounts(structure, strength, limit.unit, weight)
    factor = Decimal(str(weight)) if limit.per_kg and weight is not None else Decimal(1)
    _compare(context, line, part, limit, factor, found, answer)


def _outgrown(context: Context) -> bool:
    """Whether the weight is a child's, and too old to count by."""
    if context.weight is None or context.age_years is None or context.age_years >= ADULT:
        return False
    return days_since(context.weight.day, context.today) > GROWING_DAYS


def _limit(limits: tuple[Limit, ...], years: float, line: Ordered) -> Limit | None:
    """The limit for somebody of this age, by this route when it is said."""
    wanted: tuple[Who, ...] = ("child",) if years < ADULT else ("adult",)
    if years >= ELDERLY:
        wanted = ("elderly", "adult")
    route = line.route or (line.structure.route if line.structure is not None else "") or ""
    for who in wanted:
        of_them = [one for one in limits if one.who == who]
        by_route = [one for one in of_them if one.route and one.route == route]
        general = [one for one in of_them if not one.route]
        # Nothing said of the way, and a form that is swallowed: by mouth.
        usual = [one for one in of_them if one.route == "orale"] if not route and _is_swallowed(line) else []
        if by_route or general or usual:
            return (by_route or general or usual)[0]
    return None


def _is_swallowed(line: Ordered) -> bool:
    form = line.form or (line.structure.form if line.structure is not None else "") or ""
    return not form or form.split()[0] in _SWALLOWED


def _compare(
    context: Context, line: Ordered, part: str, limit: Limit, factor: Decimal, found: Amounts, answer: Answer
) -> None:
    source = source_of(context.base.edition, CAUTIONS)
    said = {"substance": part, "unit": limit.unit, "note": limit.note}
    most_intake = limit.max_intake if limit.max_intake is not None else limit.usual_high
    if found.intake is None:
        answer.skip(found.why_intake, [line.place], substance=line.given.label)
    elif most_intake is not None and found.intake > most_intake * factor:
        answer.fire(
            "discouraged", "intake_above", [line.place], line.given.label, source=source,
            given=_text(found.intake), most=_text(most_intake * factor), **said,
        )  # fmt: skip
    elif limit.usual_low is not None and found.intake < limit.usual_low * factor:
        answer.fire(
            "noted", "intake_below", [line.place], line.given.label, source=source,
            given=_text(found.intake), least=_text(limit.usual_low * factor), **said,
        )  # fmt: skip
    if _is_weekly(limit, found.intake):
        if found.day is not None and not found.weekly:
            answer.fire(
                "contraindicated", "weekly_every_day", [line.place], line.given.label, source=source, **said
            )
        elif found.day is None:
            answer.skip(found.why_day, [line.place], substance=line.given.label)
        return
    if found.weekly:
        return  # a day of intake is a day in seven: what a day may hold says nothing of it
    if found.day is None:
        if found.why_day != found.why_intake:
            answer.skip(found.why_day, [line.place], substance=line.given.label)
    elif limit.max_day is not None and found.day > limit.max_day * factor:
        answer.fire(
            "discouraged", "day_above", [line.place], line.given.label, source=source,
            given=_text(found.day), most=_text(limit.max_day * factor), **said,
        )  # fmt: skip
    if limit.max_day is None and limit.max_intake is None and limit.usual_high is None:
        answer.skip("limits_unknown", [line.place], substance=part)


def _is_weekly(limit: Limit, intake: Decimal | None) -> bool:
    """Whether so much is taken once a week. The starter list writes « par SEMAINE » in capitals for this; "une fois" of
    what exists by day too (alendronate 10 mg), where the smallest usual dose is the daily one.
    """
    if (limit.interval_h is not None and limit.interval_h >= WEEK_H) or _WEEKLY_ALWAYS.search(limit.note):
        return True
    if _WEEKLY.search(limit.note) is None:
        return False
    return intake is None or limit.usual_low is None or intake > limit.usual_low


def _text(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.001')).normalize():f}".replace(".", ",")
