"""The same substance twice, or two of a class of which one is enough."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import Context, Given, source_of


def check(context: Context) -> Answer:
    """Every line against the others, and against what is taken and goes on."""
    answer = Answer("duplicate")
    places = [line.place for line in context.lines]
    if context.treatments_filled == "never" and not context.taken:
        answer.skip("treatments_never_filled", places)
    for label in context.unreadable:
        answer.skip("written_by_newer", places, label=label)
    every = {line.given for line in context.lines} | {taken.given for taken in context.kept}
    classes = {given: _classes(context, given) for given in every}
    for one, other in combinations(context.lines, 2):
        _compare(context, [one.place, other.place], one.given, other.given, classes, answer)
    for line in context.lines:
        for taken in context.kept:
            _compare(context, [line.place], line.given, taken.given, classes, answer)
    return answer


def _compare(
    context: Context,
    lines: list[int],
    one: Given,
    other: Given,
    classes: Mapping[Given, set[str]],
    answer: Answer,
) -> None:
    said = _names(one)
    shared = [said[name] for name in sorted(said.keys() & _names(other).keys())]
    for name in shared:
        answer.fire(
            "discouraged", "duplicate", lines, name, substance=name, one=one.label, other=other.label,
            source=source_of(context.base.edition, "medicines"),
        )  # fmt: skip
    if shared:
        return
    for given in (one, other):
        if not given.known:
            answer.skip("substance_unknown", lines, substance=given.label)
    for name in sorted(classes[one] & classes[other]):
        answer.fire(
            "discouraged", "duplicate_class", lines, name, one=one.label, other=other.label,
            source=source_of(context.base.edition, "classes"), **{"class": name},
        )  # fmt: skip


def _names(given: Given) -> dict[str, str]:
    """Its substances as they compare, and as they are said."""
    return {fold(part): part for part in given.parts} or {fold(given.label): given.label}


def _classes(context: Context, given: Given) -> set[str]:
    return {
        one.name
        for part in given.parts
        for one in context.base.classes(part).found
        if "duplicate" in one.kinds
    }
