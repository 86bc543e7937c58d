"""Allergy and intolerance: to the substance, to its class, or to one that is known to cross with it."""

from __future__ import annotations

from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import Allergic, Context, Ordered, source_of
from lanterne.practice.prescriptions.facts import Severity

# Foods are in medicines as excipients (lactose, soja, arachide), which no table here holds; what is breathed or stings
# is in none.
_WITHOUT_MEDICINE = frozenset({"environment"})


def check(context: Context) -> Answer:
    """Every line against every allergy of the chart."""
    answer = Answer("allergy")
    places = [line.place for line in context.lines]
    if context.allergies_filled == "never":
        answer.skip("allergies_never_filled", places)
    for label in context.unreadable:
        answer.skip("written_by_newer", places, label=label)
    for allergy in context.allergies:
        if allergy.category in _WITHOUT_MEDICINE:
            continue
        if allergy.category == "food":
            answer.skip("excipients", places, allergen=allergy.substance)
            continue
        for line in context.lines:
            _compare(context, allergy, line, answer)
    return answer


def _compare(context: Context, allergy: Allergic, line: Ordered, answer: Answer) -> None:
    base, given = context.base, line.given
    severity: Severity = "contraindicated" if allergy.nature == "allergy" else "discouraged"
    said = {"allergen": allergy.substance, "substance": given.label, "reaction": allergy.reaction}
    source = source_of(base.edition, "classes")
    if _is_same(context, allergy, line):
        answer.fire(severity, f"{allergy.nature}_same", [line.place], given.label, source=source, **said)
        return
    if _is_of_class(context, allergy, line):
        answer.fire(severity, f"{allergy.nature}_class", [line.place], given.label, source=source, **said)
        return
    for part in given.parts:
        for crossing in base.crossings(allergy.substance, part):
            answer.fire(
                "discouraged", "allergy_crossed", [line.place], given.label, source=source, text=crossing.text, **said
            )  # fmt: skip
    _say_unknown(context, allergy, line, answer)


def _is_same(context: Context, allergy: Allergic, line: Ordered) -> bool:
    named = context.base.substance(allergy.substance)
    parts = set(named.parts) if named is not None else {fold(allergy.substance)}
    folded = {fold(part) for part in line.given.parts} | {fold(line.given.label)}
    return bool({fold(part) for part in parts} & folded)


def _is_of_class(context: Context, allergy: Allergic, line: Ordered) -> bool:
    if allergy.atc and line.given.atc.startswith(allergy.atc):
        return True
    members = {fold(one) for one in context.base.members(allergy.substance)}
    if members & {fold(part) for part in line.given.parts}:
        return True
    names = {fold(one.name) for part in line.given.parts for one in context.base.classes(part).found}
    return fold(allergy.substance) in names


def _say_unknown(context: Context, allergy: Allergic, line: Ordered, answer: Answer) -> None:
    """Nothing was found: is that because nothing could be?"""
    base, given = context.base, line.given
    if not given.known:
        answer.skip("substance_unknown", [line.place], substance=given.label)
        return
    named = base.substance(allergy.substance) is not None or bool(base.members(allergy.substance))
    by_code = bool(allergy.atc and given.atc)
    if not named and not by_code:
        answer.skip("allergen_unknown", [line.place], allergen=allergy.substance)
        return
    for part in given.parts:
        if not base.classes(part).checked and not by_code:
            answer.skip("classes_unknown", [line.place], substance=part)
