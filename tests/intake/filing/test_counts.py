"""What documents state is in the chart, no more and no less: counted by a witness that shares nothing with the readers.

The chart holds facts by kind and by document, not by section: what the witness finds in the sections of a document is added
up by kind, and compared with what that document states in the chart of a practice that held nothing of this patient.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lanterne.intake.sandbox import Sandbox
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.chart.statements import one
from lanterne.practice.documents.sources import stated_by
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import PatientId
from tests.intake.cda.generated import DOCUMENTS, generated
from tests.intake.cda.test_counts import FILES, needs_samples, said_empty, without_none
from tests.intake.filing.stage import Desk
from tests.practice import stage
from tests.practice.stage import chart
from tools.count_entries import NOT_DONE, by_kind, count

SEEDS = range(6)


def in_the_chart(desk: Desk, patient: PatientId, document: str) -> tuple[Counter[str], set[str]]:
    """(live facts a document states, by kind as the witness names them; sections said to be empty)."""
    opened = chart(desk.record, patient, desk.traces)
    found: Counter[str] = Counter()
    empty = set()
    for fact in stated_by(opened, document):  # type: ignore[arg-type]
        held = one(opened, fact)
        assert held.live
        body = held.body
        if isinstance(body, SectionEmpty):
            empty.add(str(body.section))
        elif isinstance(body, MeasureRecorded):
            found[held.kind] += len(body.components)
        elif isinstance(body, ImmunizationRecorded) and body.status == "not-done":
            found[NOT_DONE] += 1
        elif isinstance(body, TreatmentProposed):
            found[TreatmentRecorded.KIND] += 1
        else:
            found[held.kind] += 1
    return found, empty


def agree(desk: Desk, content: bytes) -> None:
    outcome = desk.take(content, create_patients=True)
    counts = count(content)
    states = bool(without_none(counts) or said_empty(counts))
    assert (outcome.outcome, outcome.not_kept) == ("structured" if states else "document", 0), outcome
    assert outcome.patient is not None
    found, empty = in_the_chart(desk, outcome.patient, str(outcome.document))
    expected = Counter(by_kind(without_none(counts)))
    assert found == expected
    assert empty == said_empty(counts)
    assert outcome.facts == len(
        stated_by(chart(desk.record, outcome.patient, desk.traces), outcome.document)  # type: ignore[arg-type]
    )


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_samples(desk: Desk, path: Path) -> None:
    agree(desk, path.read_bytes())


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_generated(practice: stage.Practice, tmp_path: Path, sandbox: Sandbox, kind: str) -> None:
    for seed in SEEDS:
        desk = Desk(practice.machine(tmp_path / f"{seed}").open("Garance"), sandbox)
        agree(desk, generated(kind, seed)[0])
        desk.record.close()
