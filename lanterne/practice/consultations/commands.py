"""Recording a consultation with the measures of the day, in one entry: both are kept, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lanterne.practice.chart import commands as chart
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId


@dataclass(frozen=True, slots=True)
class RecordConsultation:
    """What was said and found, and what was measured (None: nothing).

    Attributes:
        at: when it took place, ISO 8601 moment; None: now.
        id: of the consultation, drawn when the editor was opened.
    """

    patient: PatientId
    consultation: ConsultationRecorded
    measures: MeasureRecorded | None = None
    at: str | None = None
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> chart.Known:
        """See Command.load."""
        return chart.Record(self.patient, self.consultation, self.at, (), self.id).load(look)

    def decide(self, known: chart.Known) -> Sequence[NewFact]:
        """See Command.decide."""
        facts = list(chart.Record(self.patient, self.consultation, self.at, (), self.id).decide(known))
        if self.measures is not None:
            facts += chart.Record(self.patient, self.measures, self.at).decide(known)
        return facts
