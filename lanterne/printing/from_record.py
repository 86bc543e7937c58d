"""From the facts of the record to the plain values a paper is made of. Pure: who reads them, reads through the door.

The INS goes on paper only when `practice.patients.ins.outgoing` lets it out.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.ins import outgoing
from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions import facts
from lanterne.practice.prescriptions.posology.structure import Duration, Quantity, Structure
from lanterne.practice.prescriptions.structures import from_fact
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed
from lanterne.printing.papers import Item, Line, Order, Patient, Prescriber, Prescription, SecuredPaper
from lanterne.printing.said import decimal
from lanterne.printing.words import _

# What a seat's role is called on paper when no speciality was given.
_QUALITIES = {
    "doctor": _("Médecin"), "locum": _("Médecin remplaçant"), "midwife": _("Sage-femme"), "nurse": _("Infirmier"),
    "secretary": "",
}  # fmt: skip
# Words of a letterhead that say nothing new beside the lines made here.
_SAID_ANYWAY = "docteur dr tel telephone rpps am n no numero cabinet france e mail email courriel"
_EXPECTED = frozenset(_SAID_ANYWAY.split())


def prescriber_of(
    person: PersonDescribed, practice: PracticeDescribed | None, *, replacing: str = ""
) -> Prescriber:
    """Who signs. Lines of the letterhead that say something else than name, quality, numbers and place are kept."""
    place = practice or PracticeDescribed(name="")
    quality = person.specialty or _QUALITIES[person.role]
    known = {
        *_tokens(
            person.given_name, person.family_name, quality, person.rpps, person.assurance_maladie, place.name,
            place.address, place.postcode, place.city, place.phone, place.email, person.phone, person.email,
        ),
        *_EXPECTED,
    }  # fmt: skip
    return Prescriber(
        title=person.title,
        given_name=person.given_name,
        family_name=person.family_name,
        quality=quality,
        rpps=person.rpps,
        am_number=person.assurance_maladie,
        practice=place.name,
        address=tuple(line for line in place.address.splitlines() if line.strip()),
        postcode=place.postcode,
        city=place.city,
        # The number patients call is the practice's; a person's own one only where there is no other.
        phone=place.phone or person.phone,
        email=person.email or place.email,
        finess=place.finess,
        replacing=replacing,
        notes=tuple(line.strip() for line in person.letterhead if not set(_tokens(line)) <= known),
    )


def patient_of(identity: PatientIdentified, *, weight_kg: str = "", height_cm: str = "") -> Patient:
    """For whom. `weight_kg`, `height_cm`: decimal text as measured, empty when not to be printed."""
    ins = outgoing(identity)
    return Patient(
        family_name=identity.birth_name,
        given_names=" ".join(identity.given_names) or identity.first_given,
        used_name=identity.used_name,
        sex=identity.sex,
        birth_date=identity.birth_date,
        weight_kg=_size(weight_kg),
        height_cm=_size(height_cm),
        ins=ins.matricule if ins else "",
        ins_oid=ins.oid if ins else "",
        ins_qualified=ins is not None,
    )


def prescription_of(
    issued: facts.PrescriptionIssued,
    *,
    prescriber: Prescriber,
    patient: Patient,
    made_on: dt.date,
    ald: bool = False,
    without_service: bool = False,
    secured_paper: SecuredPaper | None = None,
) -> Prescription:
    """A prescription of the record, to be printed.

    Args:
        patient: its weight and height give way to those the prescription holds.
        made_on: the day it was signed, in the practice's time zone.
        ald: the patient has a recognised long illness that day.
    """
    sized = replace(
        patient,
        weight_kg=_size(issued.weight_kg) or patient.weight_kg,
        height_cm=_size(issued.height_cm) or patient.height_cm,
    )
    return Prescription(
        prescriber=prescriber,
        patient=sized,
        made_on=made_on,
        items=tuple(_items(issued)),
        comment=issued.comment,
        ald=ald,
        without_service=without_service,
        secured_paper=secured_paper or SecuredPaper(),
    )


def _items(issued: facts.PrescriptionIssued) -> list[Item]:
    if issued.order == "medicines":
        return [_line(line, issued) for line in issued.lines]
    found: list[Item] = []
    for ald in (True, False):
        asked = tuple(line.words or line.typed for line in issued.lines if line.ald is ald)
        if asked:
            found.append(
                Order(
                    kind=issued.order,
                    asked=asked,
                    duration=_days(issued.duration_d),
                    renewals=issued.renewals or None,
                    ald=ald,
                )
            )
    return found


def _line(line: facts.Line, issued: facts.PrescriptionIssued) -> Line:
    structure = from_fact(line.posology)
    renewals = structure.renewals if structure is not None and structure.renewals is not None else None
    return Line(
        dci=line.substance,
        brand=line.brand,
        strength=line.strength,
        form=line.form,
        route=_("voie {route}").format(route=line.route) if line.route else "",
        posology=line.words or line.typed,
        duration=_length(structure) or _days(issued.duration_d),
        quantity=line.quantity,
        renewals=renewals if renewals is not None else issued.renewals or None,
        non_substitutable=line.reason if line.non_substitutable else "",
        ald=line.ald,
        secured=bool(line.paper),
    )


def _length(structure: Structure | None) -> str:
    if structure is None:
        return ""
    if structure.steps:
        each = [_step(step.duration_d, step.duration) for step in structure.steps]
        return _(", puis ").join(each) if all(each) else ""
    return _step(structure.duration_d, structure.duration)


def _step(days: Quantity | None, length: Duration | None) -> str:
    if days is not None:
        return _counted(days, "jour")
    return _counted(length.value, length.unit) if length is not None else ""


def _counted(value: Quantity, unit: str) -> str:
    least, most = value if isinstance(value, tuple) else (value, value)
    plural = unit if unit == "mois" or most < 2 else f"{unit}s"
    said = [decimal(Decimal(str(one))) for one in dict.fromkeys((least, most))]
    return f"{_(' à ').join(said)} {plural}"


def _days(count: int) -> str:
    return _counted(count, "jour") if count else ""


def _size(text: str) -> Decimal | None:
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and value > 0 else None


def _tokens(*texts: str) -> list[str]:
    return re.findall(r"\w+", fold(" ".join(texts)))
