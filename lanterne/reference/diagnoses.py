"""Diagnoses of general practice in French, with their ICD-10 code.

Source: written for Lanterne in November 2026 from the headings of the CIM-10 (WHO, French edition), with
the words French general practitioners use; it is a small selection, not the classification.
Before real use: replace by the full CIM-10 FR published each year by the ATIH, whose labels and
subdivisions prevail; check the codes suspended or subdivided there (I48, K58, N18…).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "http://hl7.org/fhir/sid/icd-10"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line: ICD-10 code with its dot, French label, other words under which it is looked for."""

    code: str
    label: str
    words: str


@cache
def _by_code() -> dict[str, Diagnosis]:
    lines = starter.rows("diagnoses", ("code", "label", "words"))
    return {line["code"]: Diagnosis(line["code"], line["label"], line["words"]) for line in lines}


def every() -> tuple[Diagnosis, ...]:
    """All lines, in the order of the codes."""
    return tuple(_by_code().values())


def find(code: str) -> Diagnosis | None:
    """The line of this ICD-10 code ("I10", "E11.9"), or None."""
    return _by_code().get(code)


def search(text: str, *, limit: int = 20) -> list[Diagnosis]:
    """The lines that answer `text` (words in any order, beginnings of words, or a code), accents ignored,
    best first.
    """
    ranked = []
    for diagnosis in every():
        place = starter.rank(text, diagnosis.label, diagnosis.words, diagnosis.code)
        if place is not None:
            ranked.append((place, len(diagnosis.label), diagnosis.code, diagnosis))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
