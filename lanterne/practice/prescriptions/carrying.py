"""From a treatment on the list to the line that carries it on, with the same structure.

The line it was last prescribed by says it best. A treatment that came otherwise (typed in the chart, taken from a
document) is read from its words; what is not understood is carried on in those words, and the checks say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from lanterne.practice.prescriptions.facts import Line, PrescriptionIssued, Substance
from lanterne.practice.prescriptions.posology.structure import Structure
from lanterne.practice.prescriptions.structures import from_fact, to_fact
from lanterne.practice.treatments.facts import TreatmentRecorded

Read = Callable[[str], Structure | None]
"""The structure of a typed line; None when it is not understood."""
Say = Callable[[Structure], str]
"""The clear words of a structure."""

_LENGTHS = ("duration_d", "duration", "renewals")


def lines_by_treatment(prescriptions: Iterable[PrescriptionIssued]) -> dict[str, Line]:
    """For each treatment, the newest line that started, changed or carried it on.

    Args:
        prescriptions: live ones, newest first.
    """
    found: dict[str, Line] = {}
    for prescription in prescriptions:
        for line in prescription.lines:
            if line.treatment:
                found.setdefault(line.treatment, line)
    return found


def line_of(
    identifier: str,
    treatment: TreatmentRecorded,
    last: Mapping[str, Line],
    *,
    read: Read,
    say: Say,
    common_length: bool,
) -> Line:
    """The line that carries a treatment on as it is.

    Args:
        last: `lines_by_treatment`.
        common_length: the prescription says how long: what the line said of it is left out.
    """
    held = last.get(identifier)
    if held is not None:
        posology = _lasting(held.posology)
        if common_length:
            posology = {name: value for name, value in posology.items() if name not in _LENGTHS}
        structure = from_fact(posology)
        return msgspec.structs.replace(
            held, posology=posology, words=say(structure) if structure is not None else held.words,
            treatment=identifier, before="", long_term=treatment.long_term,
        )  # fmt: skip
    name = treatment.substance or treatment.brand
    typed = f"{name} {treatment.posology}".strip()
    structure = read(typed)
    substance = treatment.substance
    if structure is not None and structure.strength:
        substance = substance.removesuffix(structure.strength).strip()  # the list says both in one
    return Line(
        typed=typed,
        substance=substance,
        substances=[Substance(name=substance)] if substance else [],
        brand=treatment.brand,
        coding=treatment.coding,
        strength=(structure.strength or "") if structure is not None else "",
        form=(structure.form or "") if structure is not None else "",
        route=treatment.route or ((structure.route or "") if structure is not None else ""),
        posology=to_fact(structure) if structure is not None else {},
        words=say(structure) if structure is not None else treatment.posology or name,
        long_term=treatment.long_term,
        treatment=identifier,
    )


def _lasting(posology: Mapping[str, Any]) -> dict[str, Any]:
    """A posology in steps is carried on by the step that goes on."""
    steps = posology.get("steps")
    if not isinstance(steps, list) or not steps or not isinstance(steps[-1], dict):
        return dict(posology)
    last = steps[-1]
    if any(name in last for name in _LENGTHS):
        return dict(posology)
    return {**{name: value for name, value in posology.items() if name != "steps"}, **last}
