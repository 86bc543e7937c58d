"""Rules of laboratory results."""

from __future__ import annotations

from lanterne.practice.chart.required import require_decimal, require_text
from lanterne.practice.results.facts import ResultRecorded


def check(body: ResultRecorded, birth_date: str, now_ms: int) -> None:
    """A test is named and has a value; bounds of a range are numbers; "<" needs a number to stand before."""
    require_text(body.label, "label")
    require_text(body.value, "value")
    for name in ("low", "high"):
        bound = getattr(body, name)
        if bound:
            require_decimal(bound, name)
    if body.comparator:
        require_decimal(body.value, "value")


CHECKS = {ResultRecorded.KIND: check}
