"""Rules of vaccinations."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.errors import Refusal
from lanterne.practice.immunizations.facts import ImmunizationRecorded


def check(body: ImmunizationRecorded, birth_date: str, now_ms: int) -> None:
    """A vaccine is named; one not done has its reason."""
    require_text(body.vaccine, "vaccine")
    if body.status == "not-done" and not body.reason.strip():
        raise Refusal("not_done_reason_missing", field="reason")


CHECKS = {ImmunizationRecorded.KIND: check}
