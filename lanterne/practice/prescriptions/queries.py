"""What pages ask of prescriptions: those of a chart, when a dose last changed, and what the door would say of one.

Everything of a patient takes an `OpenChart`: the right is checked and the trace written before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from lanterne.practice.chart.statements import Statement, standing, thread
from lanterne.practice.commands import Look
from lanterne.practice.prescriptions.checks.answers import Outcome
from lanterne.practice.prescriptions.checks.running import run
from lanterne.practice.prescriptions.commands import Prescribe
from lanterne.practice.prescriptions.facts import Line, PrescriptionIssued
from lanterne.practice.prescriptions.gathering import Held
from lanterne.practice.prescriptions.renewing import Renew, lasting
from lanterne.practice.reading import OpenChart
from lanterne.practice.record import Record
from lanterne.practice.rights import Right
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId


@dataclass(frozen=True, slots=True)
class Change:
    """A dose as it was before the last change, and the day (ISO) of that change."""

    day: str
    before: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A prescription as it would be written now: its lines in clear words, and what the checks say."""

    lines: tuple[Line, ...]
    outcome: Outcome


def prescriptions(chart: OpenChart, *, limit: int = 100) -> list[Statement[PrescriptionIssued]]:
    """Those that stand, newest first."""
    return standing(chart, PrescriptionIssued, limit=limit)


def last_change(chart: OpenChart, treatment: FactId) -> Change | None:
    """When what is taken of a treatment last changed; None when it never did.

    Raises:
        UnknownFact: not in this chart.
    """
    versions = [
        item
        for item in thread(chart, treatment)
        if isinstance(item.body, TreatmentRecorded) and item.body.status == "active"
    ]
    found = None
    for earlier, later in pairwise(versions):
        if _taken(earlier) != _taken(later):
            found = Change(later.day, _words(earlier))
    return found


def renewable(chart: OpenChart, record: Record, *, common_length: bool) -> list[tuple[Held, Line]]:
    """The long-term treatments with the lines that carry them on."""
    return lasting(_look(record), chart.patient, common_length=common_length)


def preview(chart: OpenChart, record: Record, asked: Prescribe | Renew) -> Preview:
    """What the door would say of this prescription, and writes nothing.

    Raises:
        NotAllowed: the reader does not prescribe.
        Refusal: a treatment it names changed meanwhile.
    """
    if asked.patient != chart.patient:
        raise ValueError("the chart opened is another patient's")
    known = asked.load(_look(record)) if isinstance(asked, Prescribe) else asked.load(_look(record))[1]
    return Preview(known.lines, run(known.gathered.context))


def _look(record: Record) -> Look:
    writer = record.require(Right.PRESCRIBE)
    return Look(record.connection(), writer.person, record.clock_ms(), record.draw_id, record.root)


def _taken(item: Statement[TreatmentRecorded]) -> tuple[str, str]:
    body = item.body
    return (body.substance, body.posology) if body is not None else ("", "")


def _words(item: Statement[TreatmentRecorded]) -> str:
    return ", ".join(part for part in _taken(item) if part)
