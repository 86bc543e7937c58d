"""MedicationStatement and MedicationRequest to treatment.

Law: a medicine that a letter names is proposed, never put on the list in silence; the list of a whole record
(IPS, export) stands. What was never taken, or only intended, does not read as taken. Sources:
https://hl7.org/fhir/R4/medicationstatement.html, https://hl7.org/fhir/R4/medicationrequest.html.
"""

from __future__ import annotations

from typing import Literal

from lanterne.intake.fhir import dosage
from lanterne.intake.fhir.absent import absence
from lanterne.intake.fhir.resources import Medication, MedicationRequest, MedicationStatement
from lanterne.intake.fhir.saying import (
    ATC,
    SNOMED,
    coded,
    day,
    end,
    first_code,
    first_moment,
    label,
    labels,
    notes,
    quantity,
    start,
)  # fmt: skip
from lanterne.intake.fhir.scope import Kept, Scope, reasons
from lanterne.intake.fhir.shapes import Concept
from lanterne.practice.treatments.facts import TreatmentRecorded

_STATUS: dict[str, Literal["active", "on-hold", "stopped", "completed"]] = {
    "active": "active",
    "on-hold": "on-hold",
    "completed": "completed",
    "stopped": "stopped",
    "cancelled": "stopped",
    "not-taken": "stopped",
}
# The chart wants a reason or a date for a stop; where the document gives neither, that is what is said.
_NO_REASON = "Arrêt écrit dans le document, sans motif"
_STOPPED = {"cancelled": "Prescription annulée", "not-taken": "Non pris par le patient"}


def read_statement(resource: MedicationStatement, key: str, scope: Scope) -> None:
    """State what the patient takes or took.

    Raises:
        Kept: "in_error", "no_information", "unlabelled".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    concept, said = _medicine(resource, scope)
    if concept is None:
        return
    status = _STATUS.get(resource.status, "active")
    since = day(resource.effective_date_time) or day(start(resource.effective_period))
    until = day(end(resource.effective_period))
    body = TreatmentRecorded(
        substance=label(concept),
        coding=coded(concept, ATC, SNOMED),
        posology=dosage.posology(resource.dosage),
        route=dosage.route(resource.dosage),
        as_needed=dosage.as_needed(resource.dosage),
        reason=reasons(scope, resource, resource.reason_code, resource.reason_reference),
        since=since,
        until=_after(since, until),
        status=status,
        stop_reason=_stop(status, resource.status, labels(resource.status_reason), until),
        comment=notes(resource.note, said, _unsure(resource.status)),
    )
    at = first_moment(resource.date_asserted, resource.effective_date_time, start(resource.effective_period))
    scope.state(key, body, at, proposal=not scope.whole or resource.status not in _STATUS)


def read_request(resource: MedicationRequest, key: str, scope: Scope) -> None:
    """State what was prescribed.

    Raises:
        Kept: "in_error", "draft", "not_to_give", "no_information", "unlabelled".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    if resource.status == "draft":
        raise Kept("draft")
    if resource.do_not_perform:
        raise Kept("not_to_give")
    concept, said = _medicine(resource, scope)
    if concept is None:
        return
    status = _STATUS.get(resource.status, "active")
    request = resource.dispense_request
    period = request.validity_period if request is not None else None
    bounds = next(
        (
            given.timing.repeat.bounds_period
            for given in resource.dosage_instruction
            if given.timing is not None and given.timing.repeat is not None
        ),
        None,
    )
    since = day(start(bounds)) or day(resource.authored_on) or day(start(period))
    until = day(end(bounds))
    supply = quantity(request.expected_supply_duration) if request is not None else ""
    repeats = request.number_of_repeats_allowed if request is not None else None
    body = TreatmentRecorded(
        substance=label(concept),
        coding=coded(concept, ATC, SNOMED),
        posology=dosage.posology(resource.dosage_instruction),
        route=dosage.route(resource.dosage_instruction),
        as_needed=dosage.as_needed(resource.dosage_instruction),
        long_term=first_code(resource.course_of_therapy_type) not in ("acute", "seasonal"),
        reason=reasons(scope, resource, resource.reason_code, resource.reason_reference),
        prescriber=scope.who(resource.requester, resource),
        since=since,
        until=_after(since, until),
        status=status,
        stop_reason=_stop(status, resource.status, label(resource.status_reason), until),
        comment=notes(
            resource.note,
            said,
            f"Durée : {supply}" if supply else "",
            f"Renouvellements : {repeats}" if repeats else "",
            _unsure(resource.status),
        ),
    )
    ordered = resource.intent not in ("proposal", "plan", "option")
    proposal = not scope.whole or not ordered or resource.status not in _STATUS
    scope.state(key, body, first_moment(resource.authored_on), proposal=proposal)


def _medicine(resource: MedicationStatement | MedicationRequest, scope: Scope) -> tuple[Concept | None, str]:
    """What the medicine is, and what else its resource says; None when the resource says there is none."""
    concept, said = resource.medication_codeable_concept, ""
    if concept is None:
        reference = resource.medication_reference
        medication = scope.resolve(reference, Medication, resource)
        if medication is not None:
            concept = medication.code
            inside = labels(
                one.item_codeable_concept for one in medication.ingredient if one.item_codeable_concept
            )
            if not label(concept) and inside:
                concept = Concept(text=inside)
            elif inside:
                said = f"Composition : {inside}"
        elif reference is not None and reference.display:
            concept = Concept(text=reference.display)
    kind, section = absence(concept)
    if kind == "none" and section is not None:
        scope.negate(section)
        return None, ""
    if kind:
        raise Kept("no_information")
    if not label(concept):
        raise Kept("unlabelled")
    return concept, said


def _after(since: str, until: str) -> str:
    return "" if since and until and until[: len(since)] < since[: len(until)] else until


def _stop(status: str, written: str, reason: str, until: str) -> str:
    if status != "stopped":
        return ""
    known = ". ".join(filter(None, (_STOPPED.get(written, ""), reason)))
    return known or ("" if until else _NO_REASON)


def _unsure(status: str) -> str:
    return "" if status in _STATUS else f"Statut écrit dans le document : {status or 'aucun'}"
