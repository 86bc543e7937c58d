"""Rules of treatments."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.chart.when import check_order, check_past, earliest
from lanterne.practice.errors import Refusal
from lanterne.practice.treatments.facts import TreatmentRecorded


def check(body: TreatmentRecorded, birth_date: str, now_ms: int) -> None:
    """A substance or a brand; begun in the patient's life; a stop has its reason or its date."""
    require_text(body.substance or body.brand, "substance")
    check_past(body.since, birth_date=birth_date, now_ms=now_ms, field="since")
    if body.until:
        earliest(body.until, "until")
    check_order(body.since, body.until, field="until")
    if body.status == "stopped" and not (body.stop_reason.strip() or body.until):
        raise Refusal("stop_reason_missing", field="stop_reason")


CHECKS = {TreatmentRecorded.KIND: check}
