"""Allergies and intolerances (FHIR AllergyIntolerance)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Coding, medical


class AllergyRecorded(Body):
    """One allergy or intolerance. `onset` is a date at the precision known."""

    KIND: ClassVar[str] = "allergy.recorded"
    substance: str
    coding: Coding | None = None
    nature: Literal["allergy", "intolerance"] = "allergy"
    category: Literal["medication", "food", "environment", "biologic", "other"] = "medication"
    criticality: Literal["low", "high", "unable-to-assess"] = "unable-to-assess"
    reaction: str = ""
    clinical: Literal["active", "inactive", "resolved"] = "active"
    verification: Literal["unconfirmed", "confirmed", "refuted"] = "confirmed"
    onset: str = ""
    comment: str = ""


KINDS = (medical(AllergyRecorded),)
