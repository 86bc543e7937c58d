"""Medicinal substances of general practice: DCI, ATC code, usual brands, forms and strengths, usual adult
posology.

Source: ATC (WHO Collaborating Centre for Drug Statistics Methodology) for the codes; names and brands as
found in the public base of medicines (BDPM) in May 2026; posologies written for Lanterne in November 2026
from general knowledge.
Before real use: prescribing rests on the BDPM and a certified medicines database, never on this list; its
posologies are reminders for typing, not advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "http://www.whocc.no/atc"


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance or fixed association. `brands` in the order of use; `forms` and `posology` as a doctor
    writes them.
    """

    name: str
    atc: str
    brands: tuple[str, ...]
    forms: str
    posology: str
    family: str


@cache
def _by_name() -> dict[str, Substance]:
    found = {}
    for line in starter.rows("substances", ("name", "atc", "brands", "forms", "posology", "family")):
        brands = tuple(brand.strip() for brand in line["brands"].split(",") if brand.strip())
        found[line["name"]] = Substance(
            line["name"], line["atc"], brands, line["forms"], line["posology"], line["family"]
        )
    return found


def every() -> tuple[Substance, ...]:
    """All substances, as listed."""
    return tuple(_by_name().values())


def named(name: str) -> Substance:
    """The substance of this exact name (DCI in French, "warfarine").

    Raises:
        KeyError: there is none.
    """
    return _by_name()[name]


def search(text: str, *, limit: int = 20) -> list[Substance]:
    """The substances whose name, brand, family or ATC code answers `text`, accents ignored, best first."""
    ranked = []
    for substance in every():
        place = starter.rank(
            text, substance.name, " ".join((*substance.brands, substance.family)), substance.atc
        )
        if place is not None:
            ranked.append((place, len(substance.name), substance.name, substance))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
