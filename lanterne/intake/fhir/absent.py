"""What says "there is none", apart from what says "nobody knows".

Law: only a code for the whole of a section makes the section empty ("aucune allergie connue"); a part of it
("pas d'allergie alimentaire") or no information does not. Source: HL7 IPS, CodeSystem absent-unknown-uv-ips
and ValueSet absent-or-unknown-snomed-uv-ips; FHIR R4 list-empty-reason (nilknown).
"""

from __future__ import annotations

from typing import Literal

from lanterne.intake.fhir.saying import SNOMED, system
from lanterne.intake.fhir.shapes import Concept
from lanterne.practice.chart.facts import Section

NONE_KNOWN: dict[str, Section] = {
    "no-known-allergies": "allergies",
    "no-known-problems": "problems",
    "no-known-medications": "treatments",
    "no-known-procedures": "procedures",
    "no-known-immunizations": "immunizations",
    "716186003": "allergies",
    "160244002": "allergies",
    "160245001": "problems",
    "787481004": "treatments",
    "787480003": "procedures",
    "787482006": "immunizations",
}

PARTLY_NONE = frozenset(
    {
        "no-known-medication-allergies", "no-known-environmental-allergies", "no-known-food-allergies",
        "no-known-devices", "409137002", "428607008", "429625007", "787483001", "428197003", "1003774007",
    }
)  # fmt: skip

NO_INFORMATION = frozenset(
    {
        "no-allergy-info", "no-device-info", "no-immunization-info", "no-medication-info", "no-problem-info",
        "no-procedure-info",
    }
)  # fmt: skip

# Sections of a Composition that are the whole of one of ours (LOINC); "past illness" says nothing of now.
SECTION_OF: dict[str, Section] = {
    "11450-4": "problems",
    "48765-2": "allergies",
    "10160-0": "treatments",
    "47519-4": "procedures",
    "11369-6": "immunizations",
    "10157-6": "family",
    "29762-2": "lifestyle",
}

Absence = Literal["none", "partly", "unknown", ""]


def absence(concept: Concept | None) -> tuple[Absence, Section | None]:
    """What a concept says of a section as a whole, and of which section when it is "none"."""
    for coding in concept.coding if concept is not None else ():
        code = coding.code
        if not code or (code[0].isdigit() and system(coding) != SNOMED):
            continue
        if code in NONE_KNOWN:
            return "none", NONE_KNOWN[code]
        if code in PARTLY_NONE:
            return "partly", None
        if code in NO_INFORMATION:
            return "unknown", None
    return "", None
