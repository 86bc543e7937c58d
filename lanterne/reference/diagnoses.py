"""Diagnoses of general practice in French, with their ICD-10 code; after them, the whole ICD-10 once it is
loaded.

Source: written for Lanterne in November 2026 from the headings of the CIM-10 (WHO, French edition), with
the words French general practitioners use; it is a small selection, not the classification.
Before real use: replace by the full CIM-10 FR published each year by the ATIH, whose labels and
subdivisions prevail; check the codes suspended or subdivided there (I48, K58, N18…).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lanterne.reference import starter
from lanterne.reference.medicines import opened

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


_data: Path | None = None


def use(data: Path | None) -> None:
    """Answer from the ICD-10 loaded in this data directory too, from now on: a process has one, and says it
    at its start.
    """
    global _data  # noqa: PLW0603 - set once, by the process that serves one practice
    _data = data


def every() -> tuple[Diagnosis, ...]:
    """All lines of the selection, in the order of the codes."""
    return tuple(_by_code().values())


def find(code: str) -> Diagnosis | None:
    """The line of this ICD-10 code ("I10", "E11.9"), or None."""
    known = _by_code().get(code)
    if known is not None or _data is None:
        return known
    heading = opened(_data).diagnosis(code)
    return None if heading is None else Diagnosis(heading.code, heading.label, "")


def labelled(label: str) -> Diagnosis | None:
    """The line of this exact label, whatever its case, or None."""
    wanted = label.casefold()
    found = [*every(), *(_loaded(label, 50) if _data is not None else ())]
    return next((line for line in found if line.label.casefold() == wanted), None)


def search(text: str, *, limit: int = 20) -> list[Diagnosis]:
    """The lines that answer `text` (words in any order, beginnings of words, or a code), accents ignored,
    best first: those of the selection, then those of the loaded ICD-10.
    """
    ranked = []
    for diagnosis in every():
        place = starter.rank(text, diagnosis.label, diagnosis.words, diagnosis.code)
        if place is not None:
            ranked.append((place, len(diagnosis.label), diagnosis.code, diagnosis))
    ranked.sort(key=lambda line: line[:3])
    found = [line[3] for line in ranked[:limit]]
    if len(found) < limit and _data is not None:
        codes = {line.code for line in found}
        found += [line for line in _loaded(text, limit) if line.code not in codes]
    return found[:limit]


def _loaded(text: str, limit: int) -> list[Diagnosis]:
    headings = opened(_data).diagnoses(text, limit=limit)
    return [Diagnosis(heading.code, heading.label, "") for heading in headings]
