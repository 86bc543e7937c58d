"""Bundles written by hand for one patient: Jean Baptiste, whom the cast of the tests knows."""

from __future__ import annotations

import json
from typing import Any

from lanterne.intake.fhir import read
from lanterne.intake.reading import Document, Limits, ReadStatement

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "jean",
    "name": [{"use": "official", "family": "BAPTISTE", "given": ["Jean"]}],
    "gender": "male",
    "birthDate": "1952-04-03",
}
JEAN = {"reference": "Patient/jean"}


def concept(
    code: str = "", display: str = "", system: str = "http://snomed.info/sct", text: str = ""
) -> dict[str, Any]:
    """A CodeableConcept."""
    held: dict[str, Any] = {"coding": [{"system": system, "code": code, "display": display}]} if code else {}
    return {**held, "text": text} if text else held


def bundle(*resources: dict[str, Any], kind: str = "collection", patient: bool = True, **more: Any) -> bytes:
    """A Bundle of these resources, about Jean unless they say otherwise."""
    entries = []
    for resource in ([PATIENT] if patient else []) + list(resources):
        subject = (
            "patient"
            if resource["resourceType"] in ("AllergyIntolerance", "Immunization", "FamilyMemberHistory")
            else "subject"
        )
        about = (
            {}
            if resource["resourceType"] in _ABOUT_NOBODY or {"subject", "patient"} & resource.keys()
            else {subject: JEAN}
        )
        entries.append({"resource": {**resource, **about}})
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries, **more}).encode()


_ABOUT_NOBODY = {"Patient", "Practitioner", "Organization", "Medication", "Binary", "Location", "Bundle"}


def read_one(*resources: dict[str, Any], **how: Any) -> Document:
    """The document of a bundle of these resources."""
    return read(bundle(*resources, **how), Limits())


def only(document: Document) -> ReadStatement:
    """The one statement of a document."""
    assert len(document.statements) == 1, document.statements
    return document.statements[0]


def reasons(document: Document) -> str:
    """What stayed text, in one text."""
    return "\n".join(document.unread)
