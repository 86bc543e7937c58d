"""Medicinal substances of general practice, as the demo and its tests name them: a face of the starter list
of `lanterne.reference.medicines`, which is the only list.

Source: see `lanterne.reference.medicines.starter_tables`.
Before real use: prescribing rests on the public base of medicines and a certified medicines database, never
on this list; its posologies are reminders for typing, not advice.
"""

from __future__ import annotations

from lanterne.reference import starter
from lanterne.reference.medicines.model import Substance
from lanterne.reference.medicines.starter import DATED, STARTER
from lanterne.reference.medicines.starter_tables import tables
from lanterne.reference.medicines.writing import fold

__all__ = ["DATED", "STARTER", "SYSTEM", "Substance", "every", "named", "search"]

SYSTEM = "http://www.whocc.no/atc"


def every() -> tuple[Substance, ...]:
    """All substances, as listed."""
    return tuple(tables().substances.values())


def named(name: str) -> Substance:
    """The substance of this exact name (DCI in French, "warfarine").

    Raises:
        KeyError: there is none.
    """
    found = tables().substances[fold(name)]
    if found.name != name:
        raise KeyError(name)
    return found


def search(text: str, *, limit: int = 20) -> list[Substance]:
    """The substances whose name, brand, family or ATC code answers `text`, accents ignored, best first."""
    ranked = []
    for substance in every():
        words = " ".join((*substance.brands, *substance.synonyms, substance.family))
        place = starter.rank(text, substance.name, words, substance.atc)
        if place is not None:
            ranked.append((place, len(substance.name), substance.name, substance))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
