"""Vital signs and measures taken here (FHIR Observation, category vital-signs)."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from lanterne.practice.kinds import Body, medical


class Component(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One value: LOINC `code`, decimal text `value`, UCUM `unit`."""

    code: str
    label: str
    value: str
    unit: str


class MeasureRecorded(Body):
    """One act of measuring: weight alone, or systolic and diastolic together."""

    KIND: ClassVar[str] = "measure.recorded"
    components: list[Component]
    comment: str = ""


KINDS = (medical(MeasureRecorded),)
