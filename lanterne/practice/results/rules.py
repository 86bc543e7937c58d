"""Rules of laboratory results."""

from __future__ import annotations

from lanterne.practice.chart.required import require_decimal, require_text
from lanterne.practice.errors import Refusal
from lanterne.practice.results.facts import ResultRecorded


def check(body: ResultRecorded, birth_date: str, now_ms: int) -> None:
    """A test is named and has a value; bounds of a range are numbers; "<" needs a number to stand before."""
    require_text(body.label, "label")
    require_text(body.value, "value")
    bounds = [require_decimal(bound, name) for name in ("low", "high") if (bound := getattr(body, name))]
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        raise Refusal("range_reversed", field="high")
    if body.comparator:
        require_decimal(body.value, "value")


CHECKS = {ResultRecorded.KIND: check}
