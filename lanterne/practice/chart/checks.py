"""Finds the rules of a body's room and applies them, with those every statement obeys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

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
from lanterne.practice.prescriptions import rules as prescriptions
from lanterne.practice.problems import rules as problems
from lanterne.practice.procedures import rules as procedures
from lanterne.practice.results import rules as results
from lanterne.practice.treatments import rules as treatments

# Text of one field: a consultation of fifty pages fits, a pasted hospital archive does not (attach it as a
# document).
FIELD_CHARACTERS = 100_000
# Items of one list: problems of a consultation, values of one measuring.
LIST_ITEMS = 100

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
        prescriptions,
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
    raw = to_raw(body)
    try:
        msgspec.convert(raw, type(body))
    except msgspec.ValidationError as error:
        # A word that is not in its list, a number where text belongs: it would be read by nobody.
        raise Refusal("value_not_in_list", field=_field_of(error)) from error
    for name, value in raw.items():
        _check_size(value, name)
    check_past(at, birth_date=birth_date, now_ms=now_ms, field="at")
    rule = _RULES.get(body.KIND)
    if rule is not None:
        rule(body, birth_date, now_ms)


def _check_size(value: object, name: str) -> None:
    if isinstance(value, str) and len(value) > FIELD_CHARACTERS:
        raise Refusal("text_too_long", field=name, characters=str(len(value)), limit=str(FIELD_CHARACTERS))
    if isinstance(value, list | dict):
        if len(value) > LIST_ITEMS:
            raise Refusal("too_many", field=name, limit=str(LIST_ITEMS))
        for item in value.values() if isinstance(value, dict) else value:
            _check_size(item, name)


def _field_of(error: msgspec.ValidationError) -> str:
    """The field msgspec names ("… - at `$.criticality`"); empty when it names none."""
    match = re.search(r"`\$\.([a-z_]+)", str(error))
    return match[1] if match else ""
