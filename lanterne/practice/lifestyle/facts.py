"""Lifestyle and risk factors (FHIR Observation, category social-history)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, medical

Topic = Literal[
    "tobacco", "alcohol", "drugs", "activity", "diet", "occupation", "household", "exposure", "other"
]


class LifestyleRecorded(Body):
    """What was said on one topic, such as tobacco: "ancien fumeur", 20 (pack-years)."""

    KIND: ClassVar[str] = "lifestyle.recorded"
    topic: Topic
    label: str
    quantity: str = ""
    unit: str = ""
    at_risk: bool = False
    comment: str = ""


KINDS = (medical(LifestyleRecorded),)
