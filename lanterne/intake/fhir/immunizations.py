"""Immunization to vaccination (https://hl7.org/fhir/R4/immunization.html)."""

from __future__ import annotations

from lanterne.intake.fhir.absent import absence
from lanterne.intake.fhir.resources import Immunization
from lanterne.intake.fhir.saying import ATC, SNOMED, coded, label, moment, notes
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.practice.immunizations.facts import ImmunizationRecorded


def read(resource: Immunization, key: str, scope: Scope) -> None:
    """State an injection, or one not done.

    Raises:
        Kept: "in_error", "no_information", "unlabelled".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    kind, section = absence(resource.vaccine_code)
    if kind == "none" and section is not None:
        scope.negate(section)
        return
    if kind:
        raise Kept("no_information")
    name = label(resource.vaccine_code)
    if not name:
        raise Kept("unlabelled")
    done = resource.status != "not-done"
    targets, dose = [], ""
    for protocol in resource.protocol_applied:
        targets += [label(target) for target in protocol.target_disease]
        given = protocol.dose_number_string or str(protocol.dose_number_positive_int or "")
        series = protocol.series_doses_string or str(protocol.series_doses_positive_int or "")
        dose = dose or (f"{given}/{series}" if given and series else given)
    body = ImmunizationRecorded(
        vaccine=name,
        coding=coded(resource.vaccine_code, ATC, SNOMED),
        targets=list(dict.fromkeys(filter(None, targets))),
        dose=dose,
        lot=resource.lot_number.strip(),
        site=label(resource.site),
        performer=next(filter(None, (scope.who(one.actor, resource) for one in resource.performer)), ""),
        status="completed" if done else "not-done",
        reason="" if done else label(resource.status_reason) or "Non fait selon le document, sans motif",
        comment=notes(
            resource.note, f"Date écrite : {resource.occurrence_string}" if resource.occurrence_string else ""
        ),
    )
    scope.state(key, body, moment(resource.occurrence_date_time))
