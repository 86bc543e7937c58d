"""Rules of procedures."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.procedures.facts import ProcedureRecorded


def check(body: ProcedureRecorded, birth_date: str, now_ms: int) -> None:
    """An act is named."""
    require_text(body.label, "label")


CHECKS = {ProcedureRecorded.KIND: check}
