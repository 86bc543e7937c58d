"""`lanterne empty`: named, confirmed by a typed word, and gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lanterne.journal.journal import Journal
from lanterne.practice.chart.commands import Record as RecordStatement
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.wire.names import PatientId, Stream
from tests.cli.conftest import GARANCE, INES, Ended

Run = Callable[..., Ended]
PATIENT = PatientId("ba" * 16)


def write(root: Path) -> str:
    """A patient and a note; the note's entry."""
    journal = Journal.open(root)
    held = Record.open(root, journal.membership.genesis.seat.id, GARANCE)
    identity = PatientIdentified(
        birth_name="Baptiste", first_given="Jean", birth_date="1950-01-02", sex="male"
    )
    record(held, RegisterPatient(identity, patient=PATIENT))
    done = record(held, RecordStatement(PATIENT, NoteRecorded(text="Une note à effacer.")))
    held.close()
    return done.entry


def whole(root: Path) -> list[bool]:
    return [one.entry.bodies[0] is not None for one in Journal.open(root).since(Stream.CARE)]


def test_nothing_goes_without_the_word(lanterne: Run, practice: Path) -> None:
    entry = write(practice)
    before = whole(practice)
    for words in ((), ("--confirm", "oui")):
        ended = lanterne(
            "empty", entry, "--reason", "erasure", *words, "--json", data=practice, secret=GARANCE
        )
        assert (ended.code, ended.json["code"]) == (2, "empty.not_confirmed")
    assert lanterne("empty", entry, "--confirm", "effacer", data=practice, secret=GARANCE).code == 2
    assert whole(practice) == before


def test_an_entry_goes_and_the_check_finds_nothing_wrong(lanterne: Run, practice: Path) -> None:
    entry = write(practice)
    words = ("empty", entry, "--reason", "erasure", "--confirm", "effacer", "--json")
    ended = lanterne(*words, data=practice, secret=GARANCE)
    assert ended.code == 0, ended.err
    told = ended.json
    assert (told["entries"], told["documents"], told["patients"], told["not_dropped_yet"]) == (1, 0, 1, 0)
    assert told["unconfirmed"] == []
    assert whole(practice).count(False) == 1
    checked = lanterne("check", "--json", data=practice, secret=GARANCE).json
    assert checked["faults"] == []
    assert not any(note["code"].startswith("emptied") for note in checked["notes"])
    again = lanterne(*words, data=practice, secret=GARANCE)
    assert (again.code, again.json["code"]) == (1, "entry_of_practice")


def test_a_whole_patient_goes(lanterne: Run, practice: Path) -> None:
    write(practice)
    words = ("empty", "--patient", PATIENT, "--reason", "retention", "--confirm", "effacer")
    ended = lanterne(*words, data=practice, secret=GARANCE)
    assert ended.code == 0, ended.err
    assert "2 écritures" in ended.out
    assert "sauvegardes" in ended.out
    assert whole(practice).count(False) == 2


def test_a_secretary_empties_nothing(lanterne: Run, practice: Path) -> None:
    entry = write(practice)
    words = ("empty", entry, "--reason", "erasure", "--confirm", "effacer", "--json")
    added = lanterne(
        "person",
        "add",
        "--name",
        "Inès Caron",
        "--role",
        "secretary",
        data=practice,
        secret=GARANCE,
        new=INES,
    )
    assert added.code == 0, added.err
    before = whole(practice)
    ended = lanterne(*words, "--as", "Inès Caron", data=practice, secret=INES)
    assert ended.code != 0
    assert whole(practice) == before
