"""Condition to problem (https://hl7.org/fhir/R4/condition.html)."""

from __future__ import annotations

from typing import Literal

from lanterne.intake.fhir.absent import absence
from lanterne.intake.fhir.resources import Condition
from lanterne.intake.fhir.saying import (
    ICD10,
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
    span,
    start,
)  # fmt: skip
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.practice.problems.facts import ProblemRecorded

Clinical = Literal["active", "recurrence", "remission", "inactive", "resolved"]
_CLINICAL: dict[str, Clinical] = {
    "active": "active",
    "recurrence": "recurrence",
    "relapse": "recurrence",
    "inactive": "inactive",
    "remission": "remission",
    "resolved": "resolved",
}
_VERIFICATION: dict[str, Literal["provisional", "confirmed", "refuted"]] = {
    "unconfirmed": "provisional",
    "provisional": "provisional",
    "differential": "provisional",
    "refuted": "refuted",
}


def read(resource: Condition, key: str, scope: Scope) -> None:
    """State a problem.

    Raises:
        Kept: "in_error", "partly_none", "unlabelled".
    """
    verification = first_code(resource.verification_status)
    if verification == "entered-in-error":
        raise Kept("in_error")
    kind, section = absence(resource.code)
    if kind == "none" and section is not None and verification != "refuted":
        scope.negate(section)
        return
    if kind:
        raise Kept("partly_none" if kind == "partly" else "no_information")
    name = label(resource.code)
    if not name:
        raise Kept("unlabelled")
    onset = day(resource.onset_date_time) or day(start(resource.onset_period))
    abatement = day(resource.abatement_date_time) or day(end(resource.abatement_period))
    said = [
        _said("Début", resource.onset_string or quantity(resource.onset_age) or span(resource.onset_range)),
        _said("Fin", resource.abatement_string or quantity(resource.abatement_age)),
        _said("Localisation", labels(resource.body_site)),
        _said("Gravité", label(resource.severity)),
    ]
    ended = bool(abatement or resource.abatement_string or resource.abatement_age)
    if onset and abatement and abatement[: len(onset)] < onset[: len(abatement)]:
        said.append(_said("Fin écrite avant le début", abatement))
        abatement = ""
    clinical = _CLINICAL.get(first_code(resource.clinical_status), "resolved" if ended else "active")
    body = ProblemRecorded(
        label=name,
        coding=coded(resource.code, ICD10, SNOMED),
        clinical=clinical,
        verification=_VERIFICATION.get(verification, "confirmed"),
        onset=onset,
        abatement=abatement,
        comment=notes(resource.note, *said),
    )
    at = first_moment(resource.recorded_date, resource.onset_date_time, start(resource.onset_period))
    scope.state(key, body, at)


def _said(what: str, value: str) -> str:
    return f"{what} : {value}" if value else ""
