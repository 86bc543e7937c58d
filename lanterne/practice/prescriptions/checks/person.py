"""Pregnancy, age and kidneys: what is known of a substance against what is known of the patient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import (
    CAUTIONS,
    Context,
    Ordered,
    described_lines,
    source_of,
)
from lanterne.practice.prescriptions.facts import Severity
from lanterne.reference import formulas
from lanterne.reference.medicines.model import Cautions

ADULT = 18
ELDERLY = 75
CREATININE_DAYS = 365
"""A creatinine older than this is shown with its day, and said to be old."""

_PREGNANCY: dict[str, Severity] = {
    "contraindicated": "contraindicated", "avoid": "discouraged", "caution": "precaution"
}  # fmt: skip


def pregnancy(context: Context) -> Answer:
    """What is pregnant, or might be, against what harms a child to come."""
    answer = Answer("pregnancy")
    if context.pregnant == "no":
        return answer
    for line, part, cautions in _cautions(context, answer):
        known = cautions.pregnancy
        if context.pregnant == "unknown":
            if known != "possible":
                code = "sex_unknown" if context.sex not in ("female", "male") else "pregnancy_not_said"
                answer.skip(code, [line.place])
            continue
        if known in _PREGNANCY:
            begins = cautions.pregnancy_from_week
            if begins is not None and context.weeks is not None and context.weeks < begins:
                continue
            answer.fire(
                _PREGNANCY[known], f"pregnancy_{known}", [line.place], line.given.label, substance=part,
                pregnancy=context.pregnancy, note=cautions.pregnancy_note,
                since=str(begins) if begins is not None else "", source=_source(context),
            )  # fmt: skip
        elif not known:
            answer.skip("pregnancy_unknown", [line.place], substance=part)
    return answer


def age(context: Context) -> Answer:
    """Too young for it, or old enough to take care."""
    answer = Answer("age")
    if context.age_years is None:
        answer.skip("age_unknown", [line.place for line in context.lines])
        return answer
    years = context.age_years
    if ADULT <= years < ELDERLY:
        # No least age is above eighteen: nothing is missing, whatever is known.
        return answer
    for line, part, cautions in _cautions(context, answer):
        if years < ADULT:
            if cautions.age_min_years is None:
                answer.skip("age_limit_unknown", [line.place], substance=part)
            elif Decimal(str(years)) < cautions.age_min_years:
                answer.fire(
                    "contraindicated", "too_young", [line.place], line.given.label, substance=part,
                    age=_years(years), least=f"{cautions.age_min_years.normalize():f}", note=cautions.age_note,
                    source=_source(context),
                )  # fmt: skip
        elif cautions.elderly_note:
            answer.fire(
                "precaution", "elderly", [line.place], line.given.label, substance=part, age=_years(years),
                note=cautions.elderly_note, source=_source(context),
            )  # fmt: skip
    return answer


def kidney(context: Context) -> Answer:
    """A dose to adapt, or a medicine not to give, at this clearance."""
    answer = Answer("kidney")
    measured: tuple[int, str, str] | str | None = None
    for line, part, cautions in _cautions(context, answer):
        if not (
            cautions.kidney_known or cautions.kidney_adapt is not None or cautions.kidney_stop is not None
        ):
            answer.skip("kidney_unknown", [line.place], substance=part)
            continue
        bounds = [one for one in (cautions.kidney_stop, cautions.kidney_adapt) if one is not None]
        if not bounds:
            continue
        measured = clearance(context) if measured is None else measured
        if isinstance(measured, str):
            answer.skip(measured, [line.place])
            continue
        value, method, day = measured
        said = {
            "substance": part, "clearance": str(value), "method": method, "day": day[:10], "note": cautions.kidney_note
        }  # fmt: skip
        if cautions.kidney_stop is not None and value < cautions.kidney_stop:
            answer.fire(
                "contraindicated", "kidney_stop", [line.place], line.given.label, source=_source(context),
                least=_bound(cautions.kidney_stop), **said,
            )  # fmt: skip
        elif cautions.kidney_adapt is not None and value < cautions.kidney_adapt:
            answer.fire(
                "discouraged", "kidney_adapt", [line.place], line.given.label, source=_source(context),
                least=_bound(cautions.kidney_adapt), **said,
            )  # fmt: skip
        if days_since(day, context.today) > CREATININE_DAYS:
            answer.skip("creatinine_old", [line.place], day=day[:10])
        if context.creatinine_unread:
            answer.skip("creatinine_unread", [line.place], day=context.creatinine_unread[:10])
    return answer


def clearance(context: Context) -> tuple[int, str, str] | str:
    """(mL/min, method, day of the creatinine), by Cockcroft and Gault, else by CKD-EPI when there is no weight;
    or the code of why there is none.
    """
    held = context.creatinine
    if held is None:
        return "creatinine_unread_only" if context.creatinine_unread else "creatinine_absent"
    try:
        computed = formulas.cockcroft_gault(
            creatinine_umol_l=held.value, age_years=context.age_years, sex=context.sex,
            weight_kg=context.weight.value if context.weight is not None else None,
        )  # fmt: skip
        return int(computed.value), "Cockcroft et Gault", held.day
    except formulas.CannotCompute as why:
        if why.missing != "weight":
            return f"clearance_{why.missing}"
    try:
        computed = formulas.egfr(creatinine_umol_l=held.value, age_years=context.age_years, sex=context.sex)
    except formulas.CannotCompute as why:
        return f"clearance_{why.missing}"
    return int(computed.value), "CKD-EPI, faute de poids", held.day


def _cautions(context: Context, answer: Answer) -> Iterator[tuple[Ordered, str, Cautions]]:
    for line, one in described_lines(context, answer):
        if one.cautions is not None:
            yield line, one.name, one.cautions


def _source(context: Context) -> str:
    return source_of(context.base.edition, CAUTIONS)


def _years(years: float) -> str:
    return f"{years:g}"


def _bound(bound: Decimal) -> str:
    return f"{bound.normalize():f}"


def days_since(day: str, today: date) -> int:
    """Days from an ISO day to today; of a year or a month alone, as many as make it old."""
    try:
        return (today - date.fromisoformat(day[:10])).days
    except ValueError:
        return CREATININE_DAYS + 1  # a year alone: as old as it may be
