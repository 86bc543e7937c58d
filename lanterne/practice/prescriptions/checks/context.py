"""What the checks look at: the lines asked for, and what the chart and the base of medicines know that day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.posology.structure import Structure
from lanterne.reference.medicines.model import Base, Edition, Substance

Filled = Literal["some", "none", "never"]
"""A section of the chart: something stands in it, it was asked about and is empty, or nobody ever filled it in."""


@dataclass(frozen=True, slots=True)
class Given:
    """One medicine, prescribed or taken.

    Attributes:
        label: its name in words.
        parts: its single substances, as the base names them; empty when the base does not know it.
        atc: its code when known, "" otherwise.
        whole: the name of the fixed association it is, "" for a single substance.
    """

    label: str
    parts: tuple[str, ...] = ()
    atc: str = ""
    whole: str = ""

    @property
    def known(self) -> bool:
        """Whether the base knows what it contains."""
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class Ordered:
    """One line to check. `place`: in the prescription, from 0. `replaces`: the id of the treatment it carries on or
    changes, "" for a new one. `strength`: of one unit of `form` ("500 mg"), "" when not stated.
    """

    place: int
    given: Given
    structure: Structure | None = None
    strength: str = ""
    form: str = ""
    route: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A treatment on the list. `id`: of its treatment.recorded fact."""

    id: str
    given: Given


@dataclass(frozen=True, slots=True)
class Stopped:
    """A treatment that was stopped, when (ISO, partial or empty) and why, in somebody's words."""

    given: Given
    day: str
    reason: str


@dataclass(frozen=True, slots=True)
class Allergic:
    """An active allergy or intolerance of the chart."""

    substance: str
    atc: str = ""
    nature: Literal["allergy", "intolerance"] = "allergy"
    category: str = "medication"
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number and the day it was taken, ISO at the precision known."""

    value: float
    day: str


Pregnant = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the checks know.

    Attributes:
        today: day of the prescription.
        age_years: whole years; None when the birth date is not complete.
        sex: "female", "male", or another word: unknown.
        weight: newest, in kg; creatinine: newest, in µmol/L. None when there is none that can be read.
        creatinine_unread: a newer creatinine than that stands, in words or in a unit we do not convert: its day.
        pregnant: "yes" with `pregnancy` in words; "no" when it cannot be (sex, age); else "unknown".
        weeks: of amenorrhoea, when pregnant and known.
        duration_d, renewals: of the lines that state none.
        role: of who prescribes.
        unreadable: labels of allergies and treatments a newer Lanterne wrote.
        proposed: number of treatments that documents propose and nobody has looked at.
    """

    base: Base
    today: date
    lines: tuple[Ordered, ...]
    taken: tuple[Taken, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    allergies: tuple[Allergic, ...] = ()
    allergies_filled: Filled = "never"
    treatments_filled: Filled = "never"
    age_years: float | None = None
    sex: str = ""
    weight: Measured | None = None
    creatinine: Measured | None = None
    creatinine_unread: str = ""
    pregnant: Pregnant = "unknown"
    pregnancy: str = ""
    weeks: int | None = None
    duration_d: int = 0
    renewals: int = 0
    role: str = "doctor"
    unreadable: tuple[str, ...] = ()
    proposed: int = 0

    @property
    def kept(self) -> tuple[Taken, ...]:
        """Treatments that stand beside the lines: those that no line carries on."""
        carried = {line.replaces for line in self.lines}
        return tuple(one for one in self.taken if one.id not in carried)


def _described(base: Base, given: Given) -> tuple[list[Substance], list[str]]:
    """(what the base says of a medicine, names of what it says nothing of): its substances one by one, and the
    association as a whole where it speaks of that only.
    """
    found, missing = [], []
    for part in given.parts:
        one = base.substance(part)
        if one is not None and one.cautions is not None:
            found.append(one)
        else:
            missing.append(part)
    whole = base.substance(given.whole) if missing and given.whole else None
    if whole is not None and whole.cautions is not None:
        return [whole, *found], []
    return found, missing


def described_lines(context: Context, answer: Answer) -> Iterator[tuple[Ordered, Substance]]:
    """Each line with what the base says of each of its substances; what it says nothing of is not checked, and said."""
    for line in context.lines:
        if not line.given.known:
            answer.skip("substance_unknown", [line.place], substance=line.given.label)
        found, missing = _described(context.base, line.given)
        for part in missing:
            answer.skip("substance_without_cautions", [line.place], substance=part)
        for one in found:
            yield line, one


def source_of(edition: Edition, kind: str) -> str:
    """Which table answers, and of when: "thésaurus des interactions, 2023-09-01", "liste de départ, 2026-11-22"."""
    if kind == CAUTIONS:
        return STARTER
    part = next((one for one in edition.parts if one.kind == kind), None)
    dated = part.dated if part is not None and part.dated is not None else edition.dated
    starter = part.origin == "starter" if part is not None else edition.starter
    return f"{STARTER if starter else NAMES.get(kind, kind)}, {dated.isoformat()}"


STARTER = "liste de départ de Lanterne"
NAMES = {
    "medicines": "base publique des médicaments",
    "interactions": "thésaurus des interactions",
    "classes": "index des substances",
}
CAUTIONS = "cautions"
"""Doses, pregnancy, age and kidney: always of the starter list, whatever the base."""
