"""Operations and acts a general practitioner writes in a history.

Source: written for Lanterne in November 2026. A CCAM code is given only where one act stands for the usual
one; the others are left without, since the code depends on the technique.
Before real use: take the CCAM of the Assurance maladie, current version; check each code here against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "urn:oid:1.2.250.1.213.2.5"


@dataclass(frozen=True, slots=True)
class Procedure:
    """One act: French label, CCAM code or nothing, other words."""

    label: str
    ccam: str
    words: str


@cache
def every() -> tuple[Procedure, ...]:
    """All lines."""
    return tuple(
        Procedure(line["label"], line["ccam"], line["words"])
        for line in starter.rows("procedures", ("label", "ccam", "words"))
    )


def search(text: str, *, limit: int = 20) -> list[Procedure]:
    """The acts that answer `text`, accents ignored, best first."""
    ranked = []
    for procedure in every():
        place = starter.rank(text, procedure.label, procedure.words, procedure.ccam)
        if place is not None:
            ranked.append((place, len(procedure.label), procedure.label, procedure))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
