"""Consultations and visits (FHIR Encounter with its notes). The fact's `at` is when it took place."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, medical


class ConsultationRecorded(Body):
    """One consultation. `problems` are ids of problem.recorded facts it was about."""

    KIND: ClassVar[str] = "consultation.recorded"
    reason: str = ""
    history: str = ""
    findings: str = ""
    conclusion: str = ""
    text: str = ""
    place: Literal["office", "home", "remote", "elsewhere"] = "office"
    problems: list[str] = []


KINDS = (medical(ConsultationRecorded),)
