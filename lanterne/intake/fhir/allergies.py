"""AllergyIntolerance to allergy, or to "none known" (https://hl7.org/fhir/R4/allergyintolerance.html)."""

from __future__ import annotations

from typing import Literal

from lanterne.intake.fhir.absent import absence
from lanterne.intake.fhir.resources import AllergyIntolerance, Reaction
from lanterne.intake.fhir.saying import (
    ATC,
    SNOMED,
    coded,
    day,
    first_code,
    first_moment,
    label,
    labels,
    notes,
    quantity,
    start,
)  # fmt: skip
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.practice.allergies.facts import AllergyRecorded

_CATEGORY: dict[str, Literal["medication", "food", "environment", "biologic"]] = {
    "medication": "medication",
    "food": "food",
    "environment": "environment",
    "biologic": "biologic",
}
_CRITICALITY: dict[str, Literal["low", "high"]] = {"low": "low", "high": "high"}
_CLINICAL: dict[str, Literal["inactive", "resolved"]] = {"inactive": "inactive", "resolved": "resolved"}
_VERIFICATION: dict[str, Literal["unconfirmed", "refuted"]] = {
    "unconfirmed": "unconfirmed",
    "presumed": "unconfirmed",
    "refuted": "refuted",
}
_SEVERITY = {"mild": "légère", "moderate": "modérée", "severe": "sévère"}


def read(resource: AllergyIntolerance, key: str, scope: Scope) -> None:
    """State an allergy, or that there is none.

    Raises:
        Kept: "in_error", "partly_none", "no_information", "unlabelled".
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
    substance = label(resource.code)
    if not substance:
        substance = labels(
            reaction.substance for reaction in resource.reaction if reaction.substance is not None
        )
    if not substance:
        raise Kept("unlabelled")
    said_onset = resource.onset_string or quantity(resource.onset_age)
    body = AllergyRecorded(
        substance=substance,
        coding=coded(resource.code, ATC, SNOMED),
        nature="intolerance" if resource.type == "intolerance" else "allergy",
        category=next((_CATEGORY[word] for word in resource.category if word in _CATEGORY), "other"),
        criticality=_CRITICALITY.get(resource.criticality, "unable-to-assess"),
        reaction=" ; ".join(dict.fromkeys(filter(None, map(_reaction, resource.reaction)))),
        clinical=_CLINICAL.get(first_code(resource.clinical_status), "active"),
        verification=_VERIFICATION.get(verification, "confirmed"),
        onset=day(resource.onset_date_time) or day(start(resource.onset_period)),
        comment=notes(resource.note, f"Début : {said_onset}" if said_onset else ""),
    )
    scope.state(key, body, first_moment(resource.recorded_date, resource.onset_date_time))


def _reaction(reaction: Reaction) -> str:
    words = labels(reaction.manifestation) or reaction.description.strip()
    severity = _SEVERITY.get(reaction.severity, reaction.severity)
    return f"{words} ({severity})" if words and severity else words
