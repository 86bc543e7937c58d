"""Rules of consultations."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.consultations.facts import ConsultationRecorded


def check(body: ConsultationRecorded, birth_date: str, now_ms: int) -> None:
    """Something was written."""
    require_text(f"{body.reason}{body.history}{body.findings}{body.conclusion}{body.text}", "reason")


CHECKS = {ConsultationRecorded.KIND: check}
