"""What concerns a chart as a whole: sections looked at and found empty, and facts withdrawn."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Shape, medical

Section = Literal["allergies", "problems", "treatments", "procedures", "family", "immunizations", "lifestyle"]

# Which section a kind fills: once something stands in it, it is not empty, whatever was said before.
SECTION_OF: dict[str, Section] = {
    "allergy.recorded": "allergies",
    "problem.recorded": "problems",
    "treatment.recorded": "treatments",
    "procedure.recorded": "procedures",
    "family.recorded": "family",
    "immunization.recorded": "immunizations",
    "lifestyle.recorded": "lifestyle",
}


class SectionEmpty(Body):
    """Asked, and there is none ("aucune allergie connue"). Differs from a section nobody has filled in."""

    KIND: ClassVar[str] = "section.none_known"
    section: Section
    comment: str = ""


class EnteredInError(Body):
    """Withdraws the medical facts named in `replaces` (FHIR status entered-in-error). They stay readable
    behind.
    """

    KIND: ClassVar[str] = "chart.entered_in_error"
    reason: str = ""


KINDS = (medical(SectionEmpty), medical(EnteredInError, shape=Shape.RETRACTION))
