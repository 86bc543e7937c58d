"""Words for the tests of checks: a line, a patient, and what a check answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import Context, Given, Ordered, Taken
from lanterne.practice.prescriptions.posology.structure import Structure, from_plain
from tests.practice.prescriptions.pharmacy import Pharmacy

TODAY = date(2026, 11, 22)
BASE = Pharmacy()


def given(name: str) -> Given:
    """A medicine as the base knows it."""
    held = BASE.substance(name)
    if held is None:
        return Given(name)
    return Given(name, held.parts, held.atc, held.name if held.components else "")


def structure(name: str, **keys: Any) -> Structure:
    """What a typed line says."""
    return from_plain({"drug": name, **keys})


def line(
    name: str, place: int = 0, *, strength: str = "", replaces: str = "", route: str = "", **keys: Any
) -> Ordered:
    """A line; one tablet in the morning unless said."""
    keys = keys or {"moments": {"matin": 1}}
    return Ordered(
        place, given(name), structure(name, **keys), strength=strength, replaces=replaces, route=route
    )


def taken(*names: str) -> tuple[Taken, ...]:
    """Treatments on the list."""
    return tuple(Taken(f"{place:032x}", given(name)) for place, name in enumerate(names, start=1))


def context(*lines: Ordered, **known: Any) -> Context:
    """A man of fifty of whom everything was asked and nothing found, unless said otherwise."""
    whole: dict[str, Any] = {
        "base": BASE, "today": TODAY, "lines": lines, "allergies_filled": "none", "treatments_filled": "none",
        "age_years": 50.0, "sex": "male", "pregnant": "no",
    }  # fmt: skip
    return Context(**{**whole, **known})


def fired(answer: Answer) -> list[tuple[str, str]]:
    """(severity, code) of each finding."""
    return [(one.severity, one.code) for one in answer.fired]


def skipped(answer: Answer) -> list[str]:
    """The code of each thing that was not checked."""
    return [one.code for one in answer.unchecked]
