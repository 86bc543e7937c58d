"""Encounter to consultation, with the notes written about it (https://hl7.org/fhir/R4/encounter.html)."""

from __future__ import annotations

from typing import Literal

from lanterne.intake.fhir.resources import Condition, Encounter
from lanterne.intake.fhir.saying import label, labels, moment, start
from lanterne.intake.fhir.scope import Kept, Scope, reasons
from lanterne.practice.consultations.facts import ConsultationRecorded

_NOT_HELD = {"entered-in-error": "in_error", "cancelled": "cancelled", "planned": "planned"}
# HL7 v3 ActCode (ActEncounterCode). An ambulatory visit is one in a consulting room.
_PLACE: dict[str, Literal["office", "home", "remote", "elsewhere"]] = {
    "AMB": "office",
    "HH": "home",
    "VR": "remote",
    "": "office",
}


def read(resource: Encounter, key: str, scope: Scope) -> None:
    """State a consultation that says something.

    Raises:
        Kept: "in_error", "cancelled", "planned", "no_text".
    """
    if resource.status in _NOT_HELD:
        raise Kept(_NOT_HELD[resource.status])
    kinds = labels(resource.type)
    reason = reasons(scope, resource, resource.reason_code, resource.reason_reference)
    found = []
    for diagnosis in resource.diagnosis:
        condition = scope.resolve(diagnosis.condition, Condition, resource)
        found.append(
            label(condition.code) if condition is not None else scope.who(diagnosis.condition, resource)
        )
    text = "\n\n".join(scope.notes.get(key, ()))
    body = ConsultationRecorded(
        reason=" : ".join(filter(None, (kinds, reason))) if kinds != reason else reason,
        conclusion=", ".join(dict.fromkeys(filter(None, found))),
        text=text,
        place=_PLACE.get(resource.class_.code if resource.class_ is not None else "", "elsewhere"),
    )
    if not (body.reason or body.conclusion or body.text):
        raise Kept("no_text")
    scope.state(key, body, moment(start(resource.period)))
