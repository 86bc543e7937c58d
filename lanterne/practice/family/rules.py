"""Rules of family history."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.errors import Refusal
from lanterne.practice.family.facts import FamilyRecorded

OLDEST_YEARS = 120


def check(body: FamilyRecorded, birth_date: str, now_ms: int) -> None:
    """An illness is named; an age is an age."""
    require_text(body.label, "label")
    if not -1 <= body.age_at_onset <= OLDEST_YEARS:
        raise Refusal("age_invalid", field="age_at_onset", value=str(body.age_at_onset))


CHECKS = {FamilyRecorded.KIND: check}
