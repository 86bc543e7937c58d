"""Who prescribes, and for how long: limits of the law that go with the substance."""

from __future__ import annotations

from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import CAUTIONS, Context, described_lines, source_of
from lanterne.practice.prescriptions.lengths import days_of


def role(context: Context) -> Answer:
    """A midwife prescribes what a decree lists (article L.4151-4 CSP); no table here holds that list."""
    answer = Answer("prescriber")
    if context.role == "midwife":
        answer.skip("midwife_list", [line.place for line in context.lines])
    return answer


def length(context: Context) -> Answer:
    """Longer than the law allows in one prescription: four weeks of a hypnotic, seven to twenty-eight days of a
    narcotic. The common rule of twelve months is refused elsewhere (rules.py).
    """
    answer = Answer("length")
    for line, one in described_lines(context, answer):
        if one.max_days is None:
            continue
        days = days_of(line.structure, context.duration_d, context.renewals)
        if days is None:
            answer.skip("length_not_stated", [line.place], substance=line.given.label)
        elif days > one.max_days:
            answer.fire(
                "discouraged", "too_long", [line.place], line.given.label, substance=one.name, days=str(days),
                most=str(one.max_days), source=source_of(context.base.edition, CAUTIONS),
            )  # fmt: skip
    return answer
