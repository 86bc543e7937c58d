"""Rules of lifestyle and risk factors."""

from __future__ import annotations

from lanterne.practice.chart.required import require_decimal, require_text
from lanterne.practice.lifestyle.facts import LifestyleRecorded


def check(body: LifestyleRecorded, birth_date: str, now_ms: int) -> None:
    """Something is said; a quantity is a number."""
    require_text(body.label, "label")
    if body.quantity:
        require_decimal(body.quantity, "quantity")


CHECKS = {LifestyleRecorded.KIND: check}
