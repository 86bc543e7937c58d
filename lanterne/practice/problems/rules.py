"""Rules of problems and long illnesses."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.chart.when import check_order, check_past, earliest
from lanterne.practice.errors import Refusal
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded

# Thirty illnesses of article D.160-4 CSS, then 31 (hors liste) and 32 (polypathologie) as the Assurance
# maladie numbers them.
LAST_ALD = 32


def check_problem(body: ProblemRecorded, birth_date: str, now_ms: int) -> None:
    """A label, dates in the patient's life, and an end only after its beginning."""
    require_text(body.label, "label")
    check_past(body.onset, birth_date=birth_date, now_ms=now_ms, field="onset")
    check_past(body.abatement, birth_date=birth_date, now_ms=now_ms, field="abatement")
    check_order(body.onset, body.abatement, field="abatement")


def check_ald(body: AldRecorded, birth_date: str, now_ms: int) -> None:
    """A label and a number of the list; its end may lie in the future."""
    require_text(body.label, "label")
    if not 0 <= body.list_number <= LAST_ALD:
        raise Refusal("ald_number", field="list_number", value=str(body.list_number))
    check_past(body.since, birth_date=birth_date, now_ms=now_ms, field="since")
    if body.until:
        earliest(body.until, "until")
    check_order(body.since, body.until, field="until")


CHECKS = {ProblemRecorded.KIND: check_problem, AldRecorded.KIND: check_ald}
