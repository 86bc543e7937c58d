"""A letter says what the patient takes: somebody accepts it, corrects it or declines it; never by itself."""

from __future__ import annotations

import pytest

from lanterne.practice.chart.commands import StateNoneKnown
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.chart.statements import one, standing
from lanterne.practice.errors import NotAllowed, Refusal, UnknownFact
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.treatments.commands import AcceptProposal, DeclineProposal, as_treatment
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.practice.treatments.queries import proposals_of, proposed
from lanterne.wire.names import FactId
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Machine, chart, fact, nothing_written, write

BISOPROLOL = TreatmentProposed(substance="Bisoprolol 2,5 mg", posology="1 le matin")
ID = FactId("ab" * 16)


@pytest.fixture
def proposal(garance: Record) -> FactId:
    return FactId(write(garance, fact(BISOPROLOL, at="2026-01-02"))[0])


def test_accepted_it_stands_on_the_list_and_no_longer_waits(garance: Record, proposal: FactId) -> None:
    done = record(
        garance, AcceptProposal(JEAN_BAPTISTE, proposal, as_treatment(BISOPROLOL), "2026-01-02", ID)
    )
    seen = chart(garance)
    assert [item.id for item in standing(seen, TreatmentRecorded)] == [ID]
    assert standing(seen, TreatmentRecorded)[0].body == as_treatment(BISOPROLOL)
    assert one(seen, ID).at == "2026-01-02"
    assert proposed(seen) == []
    assert proposals_of(seen) == {ID: proposal}
    assert len(done.facts) == 2  # one entry


def test_accepted_in_other_words(garance: Record, proposal: FactId) -> None:
    half = TreatmentRecorded(substance="Bisoprolol 1,25 mg", posology="1 le matin")
    record(garance, AcceptProposal(JEAN_BAPTISTE, proposal, half))
    seen = chart(garance)
    assert [item.body for item in standing(seen, TreatmentRecorded)] == [half]
    assert list(proposals_of(seen).values()) == [proposal]


def test_declined_it_is_gone_and_nothing_stands(garance: Record, proposal: FactId) -> None:
    record(garance, DeclineProposal(JEAN_BAPTISTE, proposal))
    seen = chart(garance)
    assert proposed(seen) == standing(seen, TreatmentRecorded) == []
    assert proposals_of(seen) == {}
    assert not one(seen, proposal).live  # still readable


def test_the_same_form_twice_writes_once(garance: Record, proposal: FactId) -> None:
    command = AcceptProposal(JEAN_BAPTISTE, proposal, as_treatment(BISOPROLOL), None, ID)
    first = record(garance, command)
    with nothing_written(garance):
        assert record(garance, command).entry == first.entry


def test_a_section_said_to_be_empty_no_longer_is(garance: Record, proposal: FactId) -> None:
    record(garance, StateNoneKnown(JEAN_BAPTISTE, "treatments"))
    record(garance, AcceptProposal(JEAN_BAPTISTE, proposal, as_treatment(BISOPROLOL)))
    assert standing(chart(garance), SectionEmpty) == []


def test_what_somebody_settled_meanwhile_is_refused(garance: Record, proposal: FactId) -> None:
    record(garance, DeclineProposal(JEAN_BAPTISTE, proposal))
    for command in (
        AcceptProposal(JEAN_BAPTISTE, proposal, as_treatment(BISOPROLOL)),
        DeclineProposal(JEAN_BAPTISTE, proposal),
    ):
        with nothing_written(garance), pytest.raises(Refusal, match="changed_meanwhile"):
            record(garance, command)


def test_a_proposal_of_another_patient_or_of_nobody_is_refused(garance: Record, proposal: FactId) -> None:
    with nothing_written(garance), pytest.raises(Refusal, match="other_patient"):
        record(garance, AcceptProposal(MADELEINE, proposal, as_treatment(BISOPROLOL)))
    with nothing_written(garance), pytest.raises(UnknownFact):
        record(garance, DeclineProposal(JEAN_BAPTISTE, FactId("0" * 32)))
    other = FactId(write(garance, fact(TreatmentRecorded(substance="Ramipril")))[0])
    with nothing_written(garance), pytest.raises(UnknownFact):
        record(garance, DeclineProposal(JEAN_BAPTISTE, other))


def test_a_treatment_without_a_name_is_refused_and_still_waits(garance: Record) -> None:
    nameless = TreatmentProposed(substance="", posology="1 le soir")
    waiting = FactId(write(garance, fact(nameless))[0])
    with nothing_written(garance), pytest.raises(Refusal) as told:
        record(garance, AcceptProposal(JEAN_BAPTISTE, waiting, as_treatment(nameless)))
    assert told.value.field == "substance"
    assert [item.id for item in proposed(chart(garance))] == [waiting]


def test_the_secretary_settles_nothing(machine: Machine, garance: Record, proposal: FactId) -> None:
    ines = machine.open("Inès")
    with pytest.raises(NotAllowed):
        record(ines, AcceptProposal(JEAN_BAPTISTE, proposal, as_treatment(BISOPROLOL)))
    with pytest.raises(NotAllowed):
        record(ines, DeclineProposal(JEAN_BAPTISTE, proposal))
