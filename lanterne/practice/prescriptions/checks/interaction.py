"""Interactions of what is prescribed: line with line, and line with what the patient takes already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import Context, Given, source_of


def check(context: Context) -> Answer:
    """Every pair that the prescription makes."""
    answer = Answer("interaction")
    places = [line.place for line in context.lines]
    if context.treatments_filled == "never" and not context.taken:
        answer.skip("treatments_never_filled", places)
    for label in context.unreadable:
        answer.skip("written_by_newer", places, label=label)
    if context.proposed:
        answer.skip("proposals_waiting", places, count=str(context.proposed))
    for lines, one, other in _pairs(context):
        for given in (one, other):
            if not given.known:
                answer.skip("substance_unknown", lines, substance=given.label)
        for a in one.parts:
            for b in other.parts:
                if a != b:
                    _ask(context, lines, (one, a), (other, b), answer)
    return answer


def _pairs(context: Context) -> Iterator[tuple[list[int], Given, Given]]:
    for one, other in combinations(context.lines, 2):
        yield [one.place, other.place], one.given, other.given
    for line in context.lines:
        # What one line contains interacts too, when no other line and no treatment asks for it.
        for a, b in combinations(line.given.parts, 2):
            yield [line.place], Given(a, (a,)), Given(b, (b,))
        for taken in context.kept:
            yield [line.place], line.given, taken.given


def _ask(
    context: Context, lines: list[int], one: tuple[Given, str], other: tuple[Given, str], answer: Answer
) -> None:
    found = context.base.interactions(one[1], other[1])
    for held in found.found:
        names = sorted((one[1], other[1]))
        answer.fire(
            held.level, "interaction", lines, " + ".join(names), source=source_of(context.base.edition, "interactions"),
            a=held.a, b=held.b, text=held.text, advice=held.advice,
        )  # fmt: skip
    for name in found.unlisted:
        answer.skip(
            "interaction_unlisted", lines, substance=" + ".join(sorted((one[1], other[1]))), **{"class": name}
        )
    if found.checked:
        return
    if not found.missing:
        answer.skip("interactions_absent", lines)
    for missing in found.missing:
        answer.skip("interaction_unknown", lines, substance=missing)
