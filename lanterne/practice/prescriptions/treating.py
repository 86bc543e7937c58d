"""From a line to the list of treatments: started, changed or carried on; replaced, never edited.

Law: a line that carries on a treatment as it is writes nothing on the list: two devices that renew at once leave two
prescriptions and one treatment. A change replaces the version it was made from; two changes at once are two versions,
to settle as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions.facts import Line
from lanterne.practice.prescriptions.lengths import ASSUMED_DAYS, days_of
from lanterne.practice.prescriptions.posology.structure import Structure
from lanterne.practice.prescriptions.structures import from_fact
from lanterne.practice.prescriptions.understanding import say_lasting
from lanterne.practice.treatments.facts import TreatmentRecorded

ASSUMED = "Fin estimée : l’ordonnance donne un nombre de boîtes, sans durée."


@dataclass(frozen=True, slots=True)
class Placed:
    """What a line does to the list. `body` None: the treatment it carries on stays as it is. `before`: the posology
    that it changes, in words.
    """

    body: TreatmentRecorded | None
    before: str = ""


def placed(
    line: Line,
    standing: TreatmentRecorded | None,
    carried: Line | None,
    *,
    today: date,
    duration_d: int,
    renewals: int,
    prescriber: str,
) -> Placed:
    """What becomes of the list.

    Args:
        standing: the treatment on the list that the line carries on or changes; None for a new one.
        carried: the line that would carry it on as it is (carrying.line_of).
        duration_d, renewals: of the prescription.
        prescriber: name, for a new or changed treatment.
    """
    structure = from_fact(line.posology)
    until, assumed = ("", False) if line.long_term else _until(structure, line, today, duration_d, renewals)
    if standing is not None and carried is not None and same(line, carried):
        if (standing.until, standing.status, standing.long_term) == (until, "active", line.long_term):
            return Placed(None)
        return Placed(
            msgspec.structs.replace(
                standing, until=until, status="active", long_term=line.long_term, stop_reason=""
            )
        )
    said = {
        "substance": name_of(line), "brand": line.brand, "coding": line.coding, "posology": _posology(line, structure),
        "route": line.route, "as_needed": structure is not None and structure.as_needed,
        "long_term": line.long_term, "until": until, "status": "active", "stop_reason": "", "prescriber": prescriber,
    }  # fmt: skip
    if standing is None:
        comment = ASSUMED if assumed else ""
        return Placed(TreatmentRecorded(**said, since=today.isoformat(), comment=comment))  # type: ignore[arg-type]
    return Placed(msgspec.structs.replace(standing, **said), standing.posology)


# What says how long and how, and nothing of what is taken.
_BESIDE = (
    "drug", "strength", "duration_d", "duration", "renewals", "ald", "non_substitutable", "nsr", "remarks", "route"
)  # fmt: skip


def same(line: Line, carried: Line) -> bool:
    """Whether a line has somebody take what another did: substance, strength, doses and moments."""
    return _taken(line) == _taken(carried)


def _taken(line: Line) -> tuple[object, ...]:
    how: object = {name: value for name, value in line.posology.items() if name not in _BESIDE}
    strength = line.strength or line.posology.get("strength", "")
    return (fold(line.substance or line.brand), fold(str(strength)), how or fold(line.words))


def _posology(line: Line, structure: Structure | None) -> str:
    return say_lasting(structure) if structure is not None and line.long_term else line.words


def name_of(line: Line) -> str:
    """What the list calls it: DCI with its strength, as prescribed."""
    name = line.substance or line.brand
    return f"{name} {line.strength}" if line.strength and line.strength not in name else name


def _until(
    structure: Structure | None, line: Line, today: date, duration_d: int, renewals: int
) -> tuple[str, bool]:
    """(last day, whether it is assumed)."""
    days = days_of(structure, duration_d, renewals)
    assumed = days is None
    if days is None:
        days = ASSUMED_DAYS * (1 + max(0, renewals))
    return (today + timedelta(days=max(0, days - 1))).isoformat(), assumed
