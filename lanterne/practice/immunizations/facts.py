"""Vaccinations (FHIR Immunization). The fact's `at` is the day of the injection."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Coding, medical


class ImmunizationRecorded(Body):
    """One injection, or one refused or contraindicated (`status` "not-done", with its `reason`)."""

    KIND: ClassVar[str] = "immunization.recorded"
    vaccine: str
    coding: Coding | None = None
    targets: list[str] = []
    dose: str = ""
    lot: str = ""
    site: str = ""
    performer: str = ""
    status: Literal["completed", "not-done"] = "completed"
    reason: str = ""
    comment: str = ""


KINDS = (medical(ImmunizationRecorded),)
