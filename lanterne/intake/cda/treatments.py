"""Treatments: taken, prescribed, given, dispensed.

Law: what a synthesis says is taken is a treatment; from any other document (letter, prescription, reimbursement
history) it is a proposal, which a person accepts or not. Source: IHE PCC Medications Entry (4.7); IHE PHARM
PRE and DIS; CI-SIS FR-Traitement, FR-Traitement-prescrit, FR-Traitement-dispense.
"""

from __future__ import annotations

from typing import Any, Literal

from lanterne.intake.cda import details
from lanterne.intake.cda.absences import absence
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, children, code, get, related
from lanterne.intake.cda.people import author_of, person_name, shown
from lanterne.intake.cda.posology import condition, instructions, posology
from lanterne.intake.cda.problems import leave_absent
from lanterne.intake.cda.products import Product, product_of
from lanterne.intake.cda.times import french
from lanterne.intake.cda.words import display, referred, short
from lanterne.intake.xml import Node
from lanterne.practice.treatments.facts import TreatmentRecorded

Status = Literal["active", "on-hold", "stopped", "completed"]

_NEVER = frozenset({"aborted", "cancelled", "nullified", "obsolete"})
_INTENDED = frozenset({"INT", "RQO", "PRP", "PRMS"})
# Sections of what was given during a stay, not of what is taken after it.
_GIVEN = frozenset({"given"})


def read_treatment(entry: Node, place: Place) -> None:
    """State the treatment of a substanceAdministration or of a dispensing supply."""
    place.into.visit()
    anchors = place.anchors
    product = product_of(entry, anchors)
    coded = product.code if product is not None else None
    name = (product.name if product is not None else "") or short(referred(child(entry, "text"), anchors))
    said = absence(entry, coded, "treatments", anchors, name=name)
    if said:
        leave_absent(said, place, name, "treatments")
        return
    if code(entry, "statusCode") in _NEVER:
        place.leave("annulée")
        return
    if not name:
        place.unnamed("treatments", "le médicament n’est pas nommé")
        return
    body, at = _body(entry, product, name, place)
    header = place.into.header
    planned = place.topic == "plan" and get(entry, "moodCode") in _INTENDED
    proposal = not header.synthesis or planned or place.topic != "treatments" or entry.tag == "supply"
    place.state(entry, TreatmentRecorded(**body), at, proposal=proposal)


def _body(entry: Node, product: Product | None, name: str, place: Place) -> tuple[dict[str, Any], str | None]:
    anchors = place.anchors
    times = children(entry, "effectiveTime")
    since, until = place.period(times[0]) if times else ("", "")
    since, until = since[:10], until[:10]
    condition_text = condition(entry, anchors)
    given, supplied_at, supplier = _supply(entry, place)
    substance = product.substance if product is not None else ""
    told = [posology(entry, anchors), condition_text, *instructions(entry, anchors)]
    body: dict[str, Any] = {
        "substance": substance or name,
        "brand": name if substance and name.casefold() != substance.casefold() else "",
        "coding": product.coding if product is not None else None,
        "posology": ". ".join(part.rstrip(".") for part in told if part),
        "route": display(child(entry, "routeCode"), anchors, author=True),
        "as_needed": bool(condition_text),
        "long_term": not until and not given and place.topic not in _GIVEN,
        "reason": ", ".join(details.reasons(entry, anchors)),
        "prescriber": _prescriber(entry, supplier, place),
        "since": since,
        "until": until,
        "status": _status(until, place),
        "comment": details.joined(given, _planned(entry, place), *details.comments(entry, anchors)),
    }
    if body["status"] == "stopped" and not until:
        body["stop_reason"] = "dit arrêté par le document"
    return body, supplied_at or None


def _status(until: str, place: Place) -> Status:
    """Told by the end, compared with the day of the document; statusCode is "completed" in every entry (CI-SIS)."""
    if place.topic in _GIVEN:
        return "stopped" if "arrêt" in place.section.lower() else "completed"
    written = (place.into.header.at or "")[:10]
    return "completed" if until and written and until < written[: len(until)] else "active"


def _supply(entry: Node, place: Place) -> tuple[str, str, str]:
    """What was dispensed: in words, when (ISO), prescribed by whom (IHE PCC Supply Entry 4.7.3)."""
    supplies = [
        found for _, found in related(entry) if found.tag == "supply" and get(found, "moodCode") != "RQO"
    ]
    if entry.tag == "supply":
        supplies = [entry]
    if not supplies:
        return "", "", ""
    supply = supplies[0]
    at = place.date(child(supply, "effectiveTime")) or place.date(child(supply, "author/time"))
    quantity = get(child(supply, "quantity"), "value")
    said = "Délivré" + (f" le {french(at)}" if at else "")
    count = f" (quantité {quantity[:20]})" if quantity else ""
    prescriber = shown(author_of(child(supply, "author/assignedAuthor")))
    return said + count, at, prescriber


def _prescriber(entry: Node, supplier: str, place: Place) -> str:
    name = person_name(child(entry, "author/assignedAuthor/assignedPerson/name"))
    header = place.into.header
    return name or supplier or (header.author.name if header.kind == "prescription" else "")


def _planned(entry: Node, place: Place) -> str:
    planned = place.topic == "plan" and get(entry, "moodCode") in _INTENDED
    return "Prévu au plan de soins" if planned else ""
