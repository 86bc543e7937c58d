"""Rules of allergies."""

from __future__ import annotations

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.required import require_text
from lanterne.practice.chart.when import check_past


def check(body: AllergyRecorded, birth_date: str, now_ms: int) -> None:
    """A substance is named, and the onset lies in the patient's life."""
    require_text(body.substance, "substance")
    check_past(body.onset, birth_date=birth_date, now_ms=now_ms, field="onset")


CHECKS = {AllergyRecorded.KIND: check}
