"""Procedure to act undergone (https://hl7.org/fhir/R4/procedure.html)."""

from __future__ import annotations

from lanterne.intake.fhir.absent import absence
from lanterne.intake.fhir.resources import Procedure
from lanterne.intake.fhir.saying import (
    SNOMED,
    coded,
    first_moment,
    label,
    labels,
    notes,
    quantity,
    start,
)  # fmt: skip
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.practice.procedures.facts import ProcedureRecorded

CCAM = "urn:oid:1.2.250.1.213.2.5"

_NOT_DONE = {"entered-in-error": "in_error", "not-done": "not_done", "preparation": "planned"}
_UNFINISHED = {
    "in-progress": "En cours",
    "on-hold": "Suspendu",
    "stopped": "Interrompu",
    "unknown": "Statut inconnu",
}


def read(resource: Procedure, key: str, scope: Scope) -> None:
    """State an act.

    Raises:
        Kept: "in_error", "not_done", "planned", "no_information", "unlabelled".
    """
    if resource.status in _NOT_DONE:
        raise Kept(_NOT_DONE[resource.status])
    kind, section = absence(resource.code)
    if kind == "none" and section is not None:
        scope.negate(section)
        return
    if kind:
        raise Kept("no_information")
    name = label(resource.code)
    if not name:
        raise Kept("unlabelled")
    when = resource.performed_string or quantity(resource.performed_age)
    reason, site, outcome = labels(resource.reason_code), labels(resource.body_site), label(resource.outcome)
    body = ProcedureRecorded(
        label=name,
        coding=coded(resource.code, CCAM, SNOMED),
        performer=next(filter(None, (scope.who(one.actor, resource) for one in resource.performer)), ""),
        comment=notes(
            resource.note,
            _UNFINISHED.get(resource.status, ""),
            f"Date écrite : {when}" if when else "",
            f"Motif : {reason}" if reason else "",
            f"Localisation : {site}" if site else "",
            f"Résultat : {outcome}" if outcome else "",
        ),
    )
    scope.state(key, body, first_moment(resource.performed_date_time, start(resource.performed_period)))
