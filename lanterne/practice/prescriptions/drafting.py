"""From what was typed in one field to a line that may be prescribed, or to what must be asked first.

Law: the line says what the text says, in DCI first. What is added is named by the base: the DCI of a brand, the unit of
a bare strength that fits one only. A text that asks something makes no line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions.facts import Line, Substance
from lanterne.practice.prescriptions.lengths import days_of
from lanterne.practice.prescriptions.posology.structure import Reading, Structure
from lanterne.practice.prescriptions.structures import to_fact
from lanterne.practice.prescriptions.understanding import reading_of, say
from lanterne.reference.medicines.model import Base
from lanterne.reference.medicines.model import Substance as Known

LASTING_DAYS = 28
"""A medicine usually taken without end is a long-term treatment from this length on, or when no length is stated."""
_BARE = re.compile(r"[0-9]+(?:,[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of a text: how it was read, and the line when it may be used."""

    reading: Reading
    line: Line | None


def drafted(base: Base, text: str, *, treatment: str = "") -> Drafted:
    """Read a typed line.

    Args:
        treatment: the treatment on the list that it changes, if any.
    """
    reading = reading_of(base, text)
    if not reading.understood or reading.structure is None:
        return Drafted(reading, None)
    return Drafted(reading, line_from(base, text, reading.structure, treatment=treatment))


def line_from(base: Base, text: str, structure: Structure, *, treatment: str = "") -> Line:
    """The line of a structure."""
    known = base.substance(structure.drug)
    name = known.name if known is not None else structure.drug
    names = {fold(name), *(fold(one) for one in known.synonyms)} if known is not None else {fold(name)}
    strength = _strength(base, structure)
    parts = known.parts if known is not None else (name,)
    each = strength.split("/") if len(parts) > 1 else [strength]
    return Line(
        typed=text.strip(),
        substance=name,
        substances=[
            Substance(name=part, strength=each[place] if len(each) == len(parts) else "")
            for place, part in enumerate(parts)
        ],
        brand="" if _is_dci(structure.drug, names, known) else structure.drug,
        strength=strength,
        form=structure.form or "",
        route=structure.route or "",
        posology=to_fact(structure),
        words=say(structure),
        non_substitutable=structure.non_substitutable,
        reason=structure.nsr or "",
        ald=structure.ald,
        long_term=_lasts(known, structure),
        treatment=treatment,
    )


def _is_dci(drug: str, names: set[str], known: Known | None) -> bool:
    """Whether what was typed names the substance itself; an association is typed "a/b" too."""
    typed = fold(drug)
    if typed in names:
        return True
    return known is not None and "/" in drug and len(known.components) == drug.count("/") + 1


def _strength(base: Base, structure: Structure) -> str:
    """As typed, with the unit of the base when a bare number fits one strength only."""
    typed = structure.strength or ""
    if _BARE.fullmatch(typed) is None:
        return typed
    fits = {
        one
        for one in base.strengths(structure.drug, structure.form or "")
        if one.split(" ")[0] == typed and "/" not in one
    }
    return fits.pop() if len(fits) == 1 else typed


def _lasts(known: Known | None, structure: Structure) -> bool:
    if known is None or known.cautions is None or not known.cautions.long_term or structure.as_needed:
        return False
    days = days_of(structure, 0, 0)
    return days is None or days >= LASTING_DAYS
