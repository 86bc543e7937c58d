"""The door in: what it refuses before it looks, what it writes once, and what it never loses."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from lanterne.journal.errors import DiskFull
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import MarkEnteredInError, StateNoneKnown
from lanterne.practice.chart.commands import Record as WriteStatement
from lanterne.practice.chart.statements import one, standing
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import NotAllowed, Refusal, UnknownFact, UnknownPatient
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients.facts import PatientsMerged
from lanterne.practice.record import Record
from lanterne.practice.recording import record, rehearse
from lanterne.practice.rights import Right
from lanterne.wire.names import Compartment, FactId, PatientId, Stream
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Clock, Machine, chart, fact, nothing_written, write

PENICILLIN = AllergyRecorded(substance="Pénicilline", criticality="high", reaction="œdème")
ID = FactId("aa" * 16)


@dataclass(frozen=True)
class Snooping:
    """A command that must never be asked anything."""

    right: Right
    id: FactId | None = None

    def load(self, look: Look) -> None:
        raise AssertionError("loaded before the right was checked")

    def decide(self, known: None) -> list[NewFact]:
        raise AssertionError("decided before the right was checked")


@pytest.mark.parametrize("right", [Right.WRITE_CHART, Right.READ_CHART, Right.MANAGE_TEAM, Right.READ_TRACES])
def test_a_right_is_refused_before_anything_is_loaded_or_written(machine: Machine, right: Right) -> None:
    ines = machine.open("Inès")
    with nothing_written(ines), pytest.raises(NotAllowed):
        record(ines, Snooping(right))


def test_a_locum_manages_nobody(machine: Machine) -> None:
    theo = machine.open("Théo")
    with nothing_written(theo), pytest.raises(NotAllowed):
        record(theo, Snooping(Right.MANAGE_TEAM))


def test_a_rehearsal_refuses_as_the_door_would_and_writes_nothing(machine: Machine, garance: Record) -> None:
    command = WriteStatement(JEAN_BAPTISTE, PENICILLIN, id=ID)
    with nothing_written(garance):
        assert rehearse(garance, command) is None
        with pytest.raises(UnknownPatient):
            rehearse(garance, WriteStatement(PatientId("00" * 16), PENICILLIN))
        with pytest.raises(NotAllowed):
            rehearse(machine.open("Inès"), Snooping(Right.WRITE_CHART))
    written = record(garance, command)
    with nothing_written(garance):
        assert rehearse(garance, command) == written


def test_a_form_sent_twice_writes_once(garance: Record) -> None:
    command = WriteStatement(JEAN_BAPTISTE, PENICILLIN, id=ID)
    first = record(garance, command)
    with nothing_written(garance):
        assert record(garance, command) == first
    assert [item.id for item in standing(chart(garance), AllergyRecorded)] == [ID]


def test_a_form_sent_twice_names_every_fact_of_its_entry(garance: Record) -> None:
    record(garance, StateNoneKnown(JEAN_BAPTISTE, "allergies"))
    command = WriteStatement(JEAN_BAPTISTE, PENICILLIN, id=ID)
    first = record(garance, command)  # the allergy, and that the section is no longer empty
    assert len(first.facts) == 2
    assert record(garance, command) == first


def test_two_threads_send_one_form_and_it_is_written_once(garance: Record) -> None:
    command, answers, start = WriteStatement(JEAN_BAPTISTE, PENICILLIN, id=ID), [], threading.Barrier(4)
    before = garance.journal.count(Stream.CARE)

    def send() -> None:
        start.wait()
        answers.append(record(garance, command))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert garance.journal.count(Stream.CARE) == before + 1


def test_a_stale_correction_is_refused(garance: Record) -> None:
    first = record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN)).facts
    record(garance, WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance="Amoxicilline"), replaces=first))
    late = WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance="Céfazoline"), replaces=first)
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        record(garance, late)
    assert refused.value.code == "changed_meanwhile"


def test_what_another_device_changed_is_stale_too(machine: Machine) -> None:
    garance, theo = machine.open("Garance"), machine.open("Théo")
    first = record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN)).facts
    record(theo, MarkEnteredInError(JEAN_BAPTISTE, first))
    with pytest.raises(Refusal) as refused:
        record(
            garance, WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance="Amoxicilline"), replaces=first)
        )
    assert refused.value.code == "changed_meanwhile"


@pytest.mark.parametrize("command", [WriteStatement, MarkEnteredInError])
def test_another_patients_fact_is_not_touched(garance: Record, command: type[Any]) -> None:
    hers = record(garance, WriteStatement(MADELEINE, PENICILLIN)).facts
    meant = (
        MarkEnteredInError(JEAN_BAPTISTE, hers)
        if command is MarkEnteredInError
        else WriteStatement(JEAN_BAPTISTE, PENICILLIN, replaces=hers)
    )
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        record(garance, meant)
    assert refused.value.code == "other_patient"


def test_a_correction_keeps_its_kind(garance: Record) -> None:
    first = record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN)).facts
    with pytest.raises(Refusal) as refused:
        record(garance, WriteStatement(JEAN_BAPTISTE, NoteRecorded(text="Allergique"), replaces=first))
    assert refused.value.code == "other_kind"


def test_a_chart_withdraws_no_fact_of_the_office(garance: Record) -> None:
    """Folding would ignore it: what is said to be « enregistré » has an effect."""
    [merge] = write(garance, fact(PatientsMerged(absorbed=MADELEINE)))
    with nothing_written(garance), pytest.raises(UnknownFact):
        record(garance, MarkEnteredInError(JEAN_BAPTISTE, (FactId(merge),)))


def test_facts_of_two_records_of_one_person_are_corrected_one_by_one(garance: Record) -> None:
    his = record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN)).facts
    hers = record(garance, WriteStatement(MADELEINE, PENICILLIN)).facts
    write(garance, fact(PatientsMerged(absorbed=MADELEINE)))
    for command in (
        WriteStatement(JEAN_BAPTISTE, PENICILLIN, replaces=(*his, *hers)),
        MarkEnteredInError(JEAN_BAPTISTE, (*his, *hers)),
    ):
        with nothing_written(garance), pytest.raises(Refusal) as refused:
            record(garance, command)
        assert refused.value.code == "several_records"
    record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN, replaces=hers))
    assert len(standing(chart(garance), AllergyRecorded)) == 2


def test_fields_a_newer_lanterne_wrote_survive_a_correction(garance: Record) -> None:
    [first] = write(garance, fact("allergy.recorded", {"substance": "Pénicilline", "tryptase": "11 ug/L"}))
    correction = WriteStatement(
        JEAN_BAPTISTE, AllergyRecorded(substance="Amoxicilline"), replaces=(FactId(first),)
    )
    [second] = record(garance, correction).facts
    raw = one(chart(garance), second).raw
    assert raw["substance"] == "Amoxicilline"
    assert raw["tryptase"] == "11 ug/L"


def test_what_a_newer_version_means_is_not_written_over(garance: Record) -> None:
    [first] = write(garance, fact("allergy.recorded", {"agents": ["Pénicilline"]}, version=2))
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN, replaces=(FactId(first),)))
    assert refused.value.code == "written_by_newer"
    record(garance, MarkEnteredInError(JEAN_BAPTISTE, (FactId(first),)))
    assert not standing(chart(garance), AllergyRecorded)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance=" ")), "field_missing"),
        (
            WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance="x", criticality="rare")),
            "value_not_in_list",
        ),  # type: ignore[arg-type]
        (WriteStatement(JEAN_BAPTISTE, PENICILLIN, at="2031-01-01"), "date_future"),
        (MarkEnteredInError(JEAN_BAPTISTE, ()), "nothing_to_withdraw"),
    ],
)
def test_a_refusal_writes_nothing(garance: Record, command: Any, code: str) -> None:
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        record(garance, command)
    assert refused.value.code == code


def test_nobody_and_nothing(garance: Record) -> None:
    with nothing_written(garance):
        with pytest.raises(UnknownPatient):
            record(garance, WriteStatement(PatientId("ff" * 16), PENICILLIN))
        for unknown in (FactId("ee" * 16), FactId("n’importe quoi")):
            with pytest.raises(UnknownFact):
                record(garance, MarkEnteredInError(JEAN_BAPTISTE, (unknown,)))


def test_a_section_is_empty_only_while_nothing_stands_in_any_record_of_the_person(garance: Record) -> None:
    record(garance, WriteStatement(MADELEINE, PENICILLIN))
    write(garance, fact(PatientsMerged(absorbed=MADELEINE)))
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        record(garance, StateNoneKnown(JEAN_BAPTISTE, "allergies"))
    assert refused.value.code == "section_not_empty"
    record(garance, StateNoneKnown(JEAN_BAPTISTE, "problems"))


def test_a_full_disk_writes_nothing_and_says_so(garance: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    garance.catch_up()

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(garance.journal.files, "write", full)
    with nothing_written(garance), pytest.raises(DiskFull):
        record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN))
    monkeypatch.undo()
    record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN))
    assert len(standing(chart(garance), AllergyRecorded)) == 1


def test_what_is_on_the_disk_is_recorded_even_if_the_tables_cannot_follow(
    garance: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« Enregistré » depends on the journal alone; whoever reads next sees the tables as they stand, is told, and loses
    nothing.
    """
    garance.catch_up()
    real = garance.folder.catch_up

    def full(*_: object) -> int:
        if garance.folder.behind():
            raise sqlite.OperationalError("database or disk is full")
        return 0

    monkeypatch.setattr(garance.folder, "catch_up", full)
    assert record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN, id=ID)).facts == (ID,)
    garance.connection()
    assert garance.behind
    monkeypatch.setattr(garance.folder, "catch_up", real)
    garance.connection()
    assert not garance.behind
    assert [item.id for item in standing(chart(garance), AllergyRecorded)] == [ID]


def test_a_locum_past_his_term_is_refused_in_words(machine: Machine) -> None:
    """Revoked while his session is open: nothing more of his is written."""
    from lanterne.journal import leaving

    garance, theo = machine.open("Garance"), machine.open("Théo", clock=Clock(1_800_000_000_000))
    record(theo, WriteStatement(JEAN_BAPTISTE, PENICILLIN))
    leaving.revoke(
        garance.journal,
        garance.keyring,
        theo.seat.id,
        reason="left",
        now_ms=1_800_000_100_000,
        random=garance.journal.random,
    )
    with nothing_written(garance), pytest.raises(Exception, match="may not write") as refused:
        record(theo, WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance="Latex")))
    assert getattr(refused.value, "code", "") == "seat_may_not_write"
    assert [item.label for item in standing(chart(garance), AllergyRecorded)] == ["Pénicilline"]


def test_an_entry_is_one_part_a_compartment_and_one_patient_a_part(garance: Record) -> None:
    from lanterne.practice.recording import parts_of

    mine, hers = NewFact(PENICILLIN, JEAN_BAPTISTE, ID), NewFact(PENICILLIN, MADELEINE, FactId("bb" * 16))
    office = NewFact(PatientsMerged(absorbed=MADELEINE), JEAN_BAPTISTE, FactId("cc" * 16))
    assert [place for place, _ in parts_of([mine, office])] == [Compartment.OFFICE, Compartment.MEDICAL]
    with pytest.raises(ValueError, match="two subjects"):
        parts_of([mine, hers])
