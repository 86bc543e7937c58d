"""What French patients are commonly allergic or intolerant to.

Source: written for Lanterne in November 2026; ATC codes (WHO) for medicines, at the level of the class
when the class is meant.
Before real use: an allergy alert needs the cross-reactions of a certified medicines database; foods and
environment carry no code here (the French profile expects SNOMED CT).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "http://www.whocc.no/atc"

Category = Literal["medication", "food", "environment", "biologic", "other"]


@dataclass(frozen=True, slots=True)
class Allergen:
    """One line; `category` as FHIR's allergy-intolerance-category, or "other"; `atc` empty when not a
    medicine.
    """

    substance: str
    category: Category
    atc: str
    words: str


@cache
def every() -> tuple[Allergen, ...]:
    """All lines, medicines first."""
    return tuple(
        Allergen(line["substance"], cast(Category, line["category"]), line["atc"], line["words"])
        for line in starter.rows("allergens", ("substance", "category", "atc", "words"))
    )


def search(text: str, *, limit: int = 20) -> list[Allergen]:
    """The allergens that answer `text`, accents ignored, best first."""
    ranked = []
    for allergen in every():
        place = starter.rank(text, allergen.substance, allergen.words, allergen.atc)
        if place is not None:
            ranked.append((place, len(allergen.substance), allergen.substance, allergen))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
