"""All checks, in one call: the same for whoever writes a prescription."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from lanterne.practice.prescriptions.checks import (
    allergy,
    dose,
    duplicate,
    interaction,
    intolerance,
    person,
    prescriber,
)
from lanterne.practice.prescriptions.checks.answers import GRAVEST_FIRST, Answer, Outcome, key_of
from lanterne.practice.prescriptions.checks.context import Context
from lanterne.practice.prescriptions.facts import Check, Fired

CHECKS: Mapping[Check, Callable[[Context], Answer]] = {
    "allergy": allergy.check,
    "interaction": interaction.check,
    "duplicate": duplicate.check,
    "intolerance": intolerance.check,
    "dose": dose.check,
    "pregnancy": person.pregnancy,
    "age": person.age,
    "kidney": person.kidney,
    "length": prescriber.length,
    "prescriber": prescriber.role,
}


def run(context: Context) -> Outcome:
    """What every check found, gravest first, and what it did not check. Nothing to check, nothing said."""
    if not context.lines:
        return Outcome((), ())
    answers = [check(context) for check in CHECKS.values()]
    fired = [one for answer in answers for one in answer.fired]
    fired.sort(key=lambda one: GRAVEST_FIRST.index(one.severity))
    return Outcome(tuple(fired), tuple(one for answer in answers for one in answer.unchecked))


def passed(fired: tuple[Fired, ...], reasons: Mapping[str, str]) -> list[Fired]:
    """The findings with the reasons written to pass them, by `key_of`."""
    return [msgspec.structs.replace(one, passed=reasons.get(key_of(one), "").strip()) for one in fired]
