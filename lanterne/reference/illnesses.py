"""Illnesses asked about in a family history.

Source: written for Lanterne in November 2026; ICD-10 codes where one stands for the illness (see
lanterne.reference.diagnoses).
Before real use: nothing rests on these codes yet; they serve searching.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "http://hl7.org/fhir/sid/icd-10"


@dataclass(frozen=True, slots=True)
class Illness:
    """One illness of a relative: French label, ICD-10 code or nothing, other words."""

    label: str
    code: str
    words: str


@cache
def every() -> tuple[Illness, ...]:
    """All lines."""
    return tuple(
        Illness(line["label"], line["icd10"], line["words"])
        for line in starter.rows("illnesses", ("label", "icd10", "words"))
    )


def search(text: str, *, limit: int = 20) -> list[Illness]:
    """The illnesses that answer `text`, accents ignored, best first."""
    ranked = []
    for illness in every():
        place = starter.rank(text, illness.label, illness.words, illness.code)
        if place is not None:
            ranked.append((place, len(illness.label), illness.label, illness))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
