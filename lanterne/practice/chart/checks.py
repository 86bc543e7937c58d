"""Finds the rules of a body's room and applies them, with those every statement obeys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lanterne.practice.allergies import rules as allergies
from lanterne.practice.chart.when import check_past
from lanterne.practice.consultations import rules as consultations
from lanterne.practice.documents import rules as documents
from lanterne.practice.errors import Refusal
from lanterne.practice.family import rules as family
from lanterne.practice.immunizations import rules as immunizations
from lanterne.practice.kinds import Body, to_raw
from lanterne.practice.lifestyle import rules as lifestyle
from lanterne.practice.measures import rules as measures
from lanterne.practice.notes import rules as notes
from lanterne.practice.problems import rules as problems
from lanterne.practice.procedures import rules as procedures
from lanterne.practice.results import rules as results
from lanterne.practice.treatments import rules as treatments

# Text of one field: a consultation of fifty pages fits, a pasted hospital archive does not (attach it as a document).
FIELD_CHARACTERS = 100_000

_RULES: dict[str, Callable[[Any, str, int], None]] = {
    kind: check
    for room in (
        allergies,
        consultations,
        documents,
        family,
        immunizations,
        lifestyle,
        measures,
        notes,
        problems,
        procedures,
        results,
        treatments,
    )
    for kind, check in room.CHECKS.items()
}


def check(body: Body, at: str | None, birth_date: str, now_ms: int) -> None:
    """Refuse what cannot be true or says nothing.

    Args:
        body: the statement.
        at: when it happened, as typed.
        birth_date: the patient's, ISO, possibly partial or empty.
        now_ms: milliseconds since 1970 UTC.

    Raises:
        Refusal: with the field it is about.
    """
    for name, value in to_raw(body).items():
        if isinstance(value, str) and len(value) > FIELD_CHARACTERS:
            raise Refusal("text_too_long", field=name, characters=str(len(value)), limit=str(FIELD_CHARACTERS))
    check_past(at, birth_date=birth_date, now_ms=now_ms, field="at")
    rule = _RULES.get(body.KIND)
    if rule is not None:
        rule(body, birth_date, now_ms)
