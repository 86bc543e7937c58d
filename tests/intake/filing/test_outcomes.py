"""Each file ends as one of five words, and what it says is there."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from lanterne.intake.filing.moments import placed
from lanterne.intake.reading import Limits
from lanterne.journal.errors import BlobMissing
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.arrivals.commands import HandOver, SettleArrival
from lanterne.practice.chart.commands import StateNoneKnown
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import content_of, keep_named
from lanterne.practice.documents.taking import Stated, TakeDocument
from lanterne.practice.errors import NotAllowed, Refusal, TablesBehind, UnknownFact
from lanterne.practice.kinds import to_raw
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.recording import record as write
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import FactId
from tests.cast import JEAN_BAPTISTE
from tests.intake.filing.made import (
    JEAN,
    MADELEINE,
    ZOE,
    allergies,
    analyses,
    cda,
    condition,
    fhir,
    hprim,
    mdm,
    obx,
    oru,
    problems,
    renamed,
    treatments,
)
from tests.intake.filing.stage import Desk
from tests.intake.plain.test_plain import pdf_of
from tests.intake.xdm.made import Entry, folder, zipped
from tests.practice import stage
from tests.practice.stage import Clock, Machine

LETTER = "11490-0"
HB = analyses(c718_7="13.3")
BROKEN = b"<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'><id"
HOSTILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3">&b;</ClinicalDocument>'


# ---------------------------------------------------------------- structured, document


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (cda(JEAN, HB), 1),
        (cda(JEAN, problems("I10", "J45"), allergies("Pénicilline")), 3),
        (hprim(JEAN, ("Hémoglobine", "13,3", "g/dl"), ("Leucocytes", "2.920", "/mm3")), 2),
        (oru(JEAN, f"{obx(1, '718-7', '13.3')}\r{obx(2, '1988-5', '5')}"), 2),
        (oru(JEAN, cda(JEAN, HB)), 1),
        (fhir(JEAN, condition("J45", "Asthme")), 1),
    ],
    ids=["cda", "synthesis", "hprim", "oru", "oru with a cda", "fhir"],
)
def test_structured(desk: Desk, content: bytes, facts: int) -> None:
    outcome = desk.take(content)
    assert (outcome.outcome, outcome.why, outcome.facts, outcome.patient) == (
        "structured",
        "filed",
        facts,
        JEAN_BAPTISTE,
    )
    [document] = desk.documents()
    assert document.id == outcome.document
    assert content_of(desk.record, document.body) == content
    assert desk.waits() == {"filed": 1}
    # Both ways: what it states, and where it comes from.
    stated = [
        one for kind in (ResultRecorded, ProblemRecorded, AllergyRecorded) for one in desk.standing(kind)
    ]
    assert len(stated) == facts
    assert all([source.document for source in desk.sources(one.id)] == [document.id] for one in stated)


def test_a_document_without_data(desk: Desk) -> None:
    outcome = desk.take(mdm(JEAN, "T02", "D1"))
    assert (outcome.outcome, outcome.why, outcome.facts) == ("document", "no_data", 0)
    [document] = desk.documents()
    assert [one.media_type for one in document.body.renditions][-1] == "application/pdf"


def test_an_archive_waits_for_nobody(desk: Desk) -> None:
    assert desk.take(cda(JEAN, HB), arrived=False).outcome == "structured"
    assert desk.waits() == {}


def test_results_out_of_range_are_said(desk: Desk) -> None:
    desk.take(hprim(JEAN, ("Hémoglobine", "13,3", "g/dl")))
    low = hprim(MADELEINE, ("Hémoglobine", "6,1", "g/dl")).replace(b"|N|F", b"|LL|F")
    desk.take(low)
    assert [item.attention for item in desk.waiting()] == ["critical", ""]


def test_what_the_record_refuses_stays_in_the_document(desk: Desk) -> None:
    before_birth = hprim(JEAN, ("Hémoglobine", "13,3", "g/dl"), day="04/01/1940")
    outcome = desk.take(before_birth)
    assert (outcome.outcome, outcome.why, outcome.facts, outcome.not_kept) == ("document", "none_kept", 0, 2)
    assert {one.code for one in desk.documents()[0].body.not_kept} == {"date_before_birth"}


def prescribing(**how: str) -> bytes:
    """A hospital's letter that names a treatment."""
    return cda(JEAN, treatments("Bisoprolol 2,5 mg"), code=LETTER, **how)  # type: ignore[arg-type]


def test_treatments_are_proposed_never_listed(desk: Desk) -> None:
    outcome = desk.take(cda(JEAN, treatments("Bisoprolol 2,5 mg", "Kardégic 75 mg"), code=LETTER))
    assert (outcome.outcome, outcome.facts) == ("structured", 2)
    assert desk.standing(TreatmentRecorded) == []
    assert desk.labels(TreatmentProposed) == ["Bisoprolol 2,5 mg", "Kardégic 75 mg"]


def test_a_treatment_on_the_list_is_not_proposed_and_one_that_was_stopped_is(desk: Desk) -> None:
    first = desk.take(prescribing())
    [proposal] = desk.standing(TreatmentProposed)
    fields = {name: getattr(proposal.body, name) for name in proposal.body.__struct_fields__}
    listed = stage.write(desk.record, stage.fact(TreatmentRecorded(**fields)))[0]
    desk.withdraw(proposal.id)
    second = desk.take(prescribing(name="doc-2", at="20240301"))
    assert (first.facts, second.facts, second.why) == (1, 0, "nothing_new")
    desk.correct(
        FactId(listed), TreatmentRecorded(**{**fields, "status": "stopped", "stop_reason": "bradycardie"})
    )
    third = desk.take(prescribing(name="doc-3", at="20240501"))
    assert third.facts == 1


# ---------------------------------------------------------------- sections said to be empty


def test_a_negation_in_an_empty_section(desk: Desk) -> None:
    outcome = desk.take(cda(JEAN, allergies()))
    assert (outcome.outcome, outcome.facts) == ("structured", 1)
    assert [one.body.section for one in desk.standing(SectionEmpty)] == ["allergies"]


def test_a_negation_where_something_stands_is_said_and_not_taken(desk: Desk) -> None:
    desk.take(cda(JEAN, allergies("Pénicilline")))
    outcome = desk.take(cda(JEAN, allergies(), name="doc-2"))
    assert (outcome.facts, outcome.why, outcome.not_kept) == (0, "none_kept", 1)
    assert desk.standing(SectionEmpty) == []
    assert desk.labels(AllergyRecorded) == ["Pénicilline"]


def test_what_fills_a_section_ends_its_emptiness(desk: Desk) -> None:
    write(desk.record, StateNoneKnown(JEAN_BAPTISTE, "allergies"))
    desk.take(cda(JEAN, allergies("Pénicilline")))
    assert desk.standing(SectionEmpty) == []


# ---------------------------------------------------------------- to attach


def test_to_attach_then_attached(desk: Desk) -> None:
    asked = desk.take(cda(renamed(JEAN, family="BATISTE"), HB))
    assert asked.arrival is not None
    attached = desk.filer().attach(asked.arrival, JEAN_BAPTISTE)
    assert (attached.outcome, attached.facts, attached.patient) == ("structured", 1, JEAN_BAPTISTE)
    assert desk.waits() == {"filed": 1}
    assert desk.results() == {"718-7": "13.3"}
    again = desk.take(cda(renamed(JEAN, family="BATISTE"), HB))
    assert (again.outcome, again.why) == ("duplicate", "already_filed")
    with pytest.raises(UnknownFact):
        desk.filer().attach(asked.arrival, JEAN_BAPTISTE)


def test_attached_to_somebody_new(desk: Desk) -> None:
    asked = desk.take(cda(ZOE, HB))
    assert asked.arrival is not None
    attached = desk.filer().attach_new(asked.arrival)
    assert (attached.outcome, attached.created) == ("structured", 1)
    assert attached.patient is not None
    assert desk.results(attached.patient) == {"718-7": "13.3"}
    assert desk.waits() == {"filed": 1}


def test_a_homonym_said_to_be_another_gets_a_chart_of_their_own(desk: Desk) -> None:
    """Both were made from documents that say the same traits: a person says they are two."""
    first = desk.take(cda(ZOE, HB), create_patients=True)
    desk.register("Nouvelle", "Zoé", "1990-02-01", "female")
    asked = desk.take(cda(ZOE, problems("J45"), name="doc-2"))
    assert (asked.why, asked.arrival is not None) == ("several_alike", True)
    second = desk.filer().attach_new(FactId(str(asked.arrival)))
    assert second.patient not in (None, first.patient)


def test_an_identity_that_is_refused_is_refused_in_its_own_words(desk: Desk) -> None:
    asked = desk.take(cda(renamed(ZOE, family="N0UV3LLE"), HB))
    with pytest.raises(Refusal, match="name_unreadable"):
        desk.filer().attach_new(FactId(str(asked.arrival)))
    assert desk.waits() == {"to_attach": 1}
    with pytest.raises(Refusal, match="identity_missing"):
        desk.filer().attach_new(FactId(str(desk.take(pdf_of("Bonjour")).arrival)))


def test_an_arrival_in_the_hands_of_two_persons_leaves_the_list_whole(desk: Desk, machine: Machine) -> None:
    """Handed to two colleagues at once on two devices: both facts wait until it is attached."""
    asked = desk.take(cda(renamed(JEAN, family="BATISTE"), HB))
    assert asked.arrival is not None
    body = desk.waiting()[0].arrival
    assert body is not None
    people = [str(row[0]) for row in (("aa" * 16,), ("bb" * 16,))]
    for person in people:
        stage.write(
            desk.record,
            stage.fact("arrival.received", {**to_raw(body), "person": person}, replaces=[asked.arrival]),
            patient=None,
        )  # fmt: skip
    [item] = desk.waiting()
    assert len(item.arrivals) == 2
    desk.filer().attach(item.arrivals[0], JEAN_BAPTISTE)
    assert desk.waits() == {"filed": 1}


def test_it_is_filed_by_itself_once_its_patient_is_here(desk: Desk) -> None:
    content = cda(ZOE, HB)
    asked = desk.take(content)
    patient = desk.register("Nouvelle", "Zoé", "1990-02-01", "female")
    outcome = desk.take(content)
    assert (asked.outcome, outcome.outcome, outcome.patient) == ("to_attach", "structured", patient)
    assert desk.waits() == {"filed": 1}


def test_what_raised_a_doubt_waits_for_a_person(desk: Desk) -> None:
    """Imported again, it changes nothing, whoever was registered since."""
    content = cda(renamed(JEAN, family="BATISTE"), HB)
    asked = desk.take(content)
    desk.register("Batiste", "Jean", "1952-04-03", "male")
    before = desk.facts()
    again = desk.take(content, create_patients=True)
    assert (asked.why, again.outcome, again.why) == ("somebody_close", "duplicate", "already_waiting")
    assert desk.facts() == before


def test_handed_over_and_attached(desk: Desk) -> None:
    asked = desk.take(cda(ZOE, HB))
    assert asked.arrival is not None
    write(desk.record, HandOver((asked.arrival,), desk.record.writer().person))
    [item] = desk.waiting()
    assert desk.filer().attach(item.arrivals[0], JEAN_BAPTISTE).outcome == "structured"
    assert desk.waits() == {"filed": 1}


def test_discarded_it_stays_discarded(desk: Desk) -> None:
    asked = desk.take(cda(ZOE, HB))
    assert asked.arrival is not None
    write(desk.record, SettleArrival(asked.arrival, reason="pas d’ici"))
    assert desk.told(cda(ZOE, HB)) == [("duplicate", "already_discarded")]
    assert desk.waits() == {}


# ---------------------------------------------------------------- quarantined


@pytest.mark.parametrize(
    "content", [BROKEN, HOSTILE, b"", b"\x7fELF\x00\x01", zipped({"../../etc/passwd": b"x"})]
)
def test_quarantined_is_kept_and_never_applied(desk: Desk, content: bytes) -> None:
    facts = desk.live()
    outcome = desk.take(content)
    assert (outcome.outcome, outcome.patient, outcome.facts) == ("quarantined", None, 0)
    [item] = desk.waiting()
    assert item.arrival is not None
    assert content_of(desk.record, item.arrival) == content
    assert len(desk.live()) == len(facts) + 1
    with pytest.raises(Refusal, match="arrival_unreadable"):
        desk.filer().attach(item.arrivals[0], JEAN_BAPTISTE)
    again = desk.facts()
    assert desk.take(content).outcome == "quarantined"
    assert desk.facts() == again
    write(desk.record, SettleArrival(item.arrivals[0], reason="publicité"))
    assert desk.told(content) == [("duplicate", "already_discarded")]


def test_what_cannot_even_be_taken(desk: Desk, tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    large.write_bytes(pdf_of("a"))
    files = [("large.pdf", large), ("gone.pdf", tmp_path / "gone.pdf"), ("folder", tmp_path)]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        files.append(("pipe", tmp_path / "pipe"))
    before = desk.facts()
    outcomes = list(desk.filer(limits=Limits(file_bytes=20)).take_many(files))
    assert [(one.outcome, one.why) for one in outcomes] == [("quarantined", "file_too_large")] + [
        ("quarantined", "file_not_opened")
    ] * (len(files) - 1)
    assert desk.facts() == before


# ---------------------------------------------------------------- several documents in a file


def test_each_document_of_a_file_goes_where_it_belongs(desk: Desk) -> None:
    both = hprim(JEAN, ("Hémoglobine", "13,3", "g/dl")).replace(b"****FINFICHIER****\n", b"") + hprim(
        MADELEINE, ("Hémoglobine", "12,1", "g/dl"), dossier="2"
    )
    outcome = desk.take(both)
    assert [(part.outcome, part.patient) for part in outcome.parts] == [
        ("structured", JEAN_BAPTISTE),
        ("structured", stage.MADELEINE),
    ]
    assert (outcome.outcome, outcome.facts) == ("structured", 2)
    assert desk.told(both) == [("duplicate", "already_filed")]


def test_one_of_a_file_asks(desk: Desk) -> None:
    mine = Entry(
        content=cda(JEAN, HB), patient=("PID-5|BAPTISTE^JEAN^^^^^L", "PID-7|19520403", "PID-8|M"), uri="A.XML"
    )
    other = Entry(
        content=cda(ZOE, HB, name="doc-2"), patient=("PID-5|NOUVELLE^ZOÉ^^^^^L", "PID-7|19900201"), uri="B.XML",
        uuid="urn:uuid:2", unique_id="1.2.3^2",
    )  # fmt: skip
    outcome = desk.take(folder(mine, other))
    assert outcome.outcome == "to_attach"
    assert [part.outcome for part in outcome.parts] == ["structured", "to_attach"]
    assert outcome.arrival is not None
    assert desk.filer().attach_new(outcome.arrival).outcome == "structured"
    assert desk.waits() == {"filed": 2}


# ---------------------------------------------------------------- the secretary


def test_what_a_secretary_files_is_read_by_a_doctor(ines: Desk, desk: Desk) -> None:
    content = cda(JEAN, HB, problems("I10"))
    outcome = ines.take(content)
    assert (outcome.outcome, outcome.why, outcome.facts, outcome.patient) == (
        "document",
        "needs_care_giver",
        0,
        JEAN_BAPTISTE,
    )
    assert (desk.results(), desk.waits()) == ({}, {"filed": 1})
    assert desk.documents()[0].body.to_read
    [read] = desk.filer().read_deposits()
    assert (read.outcome, read.facts, read.patient) == ("structured", 2, JEAN_BAPTISTE)
    assert desk.results() == {"718-7": "13.3"}
    assert (len(desk.documents()), desk.waits()) == (1, {"filed": 1})
    assert not desk.documents()[0].body.to_read
    assert desk.filer().read_deposits() == []
    assert desk.told(content) == ines.told(content) == [("duplicate", "already_filed")]


def test_a_doctor_who_receives_the_same_file_reads_it(ines: Desk, desk: Desk) -> None:
    ines.take(cda(JEAN, HB))
    assert desk.take(cda(JEAN, HB)).outcome == "structured"
    assert (len(desk.documents()), desk.filer().read_deposits()) == (1, [])


def test_a_deposit_described_better_is_read_once(ines: Desk, desk: Desk) -> None:
    """A doctor gives it a title before what it states is taken."""
    ines.take(cda(JEAN, HB))
    [held] = desk.documents()
    desk.classify(held, title="Bilan")
    assert [one.facts for one in desk.filer().read_deposits()] == [1]
    assert desk.filer().read_deposits() == []
    assert len(desk.documents()) == 1


def test_a_deposit_seen_before_it_was_read_is_read(ines: Desk, desk: Desk) -> None:
    ines.take(cda(JEAN, HB))
    desk.see()
    assert [one.facts for one in desk.filer().read_deposits()] == [1]


def test_a_deposit_in_a_record_merged_since(ines: Desk, desk: Desk) -> None:
    old = desk.register("Batiste", "Jean", "1952-04-03", "male")
    assert ines.take(cda(renamed(JEAN, family="BATISTE"), HB)).patient == old
    desk.merge(JEAN_BAPTISTE, old)
    assert [one.facts for one in desk.filer().read_deposits()] == [1]
    assert (len(desk.documents()), desk.results()) == (1, {"718-7": "13.3"})
    assert desk.filer().read_deposits() == []


def test_a_secretarys_replacement_without_data_replaces_once_it_is_read(ines: Desk, desk: Desk) -> None:
    desk.take(mdm(JEAN, "T02", "D1"))
    assert ines.take(mdm(JEAN, "T10", "D2", parent="D1")).why == "needs_care_giver"
    assert len(desk.documents()) == 2
    desk.filer().read_deposits()
    assert [one.body.identifier for one in desk.documents()] == ["D2^RIS"]


def test_an_archive_of_hers_waits_all_the_same(ines: Desk, desk: Desk) -> None:
    ines.take(cda(JEAN, HB), arrived=False)
    assert desk.waits() == {"filed": 1}


def test_a_deposit_whose_bytes_are_elsewhere_stops_no_other(
    ines: Desk, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines.take(cda(JEAN, HB))
    ines.take(cda(MADELEINE, HB, name="doc-2"))
    missing = desk.documents()[0].body.blob
    blobs = desk.record.journal.blobs
    get = blobs.get

    def elsewhere(name: str, key: bytes) -> bytes:
        if name == missing:
            raise BlobMissing("the document is not on this device", blob=name)
        return get(name, key)

    with monkeypatch.context() as patch:
        patch.setattr(blobs, "get", elsewhere)
        assert {one.why for one in desk.filer().read_deposits()} == {"not_here_yet", "filed"}
    assert [one.why for one in desk.filer().read_deposits()] == ["filed"]


def test_what_a_secretary_cannot_attach_waits_for_a_doctor(ines: Desk, desk: Desk) -> None:
    outcome = ines.take(cda(ZOE, HB))
    assert outcome.outcome == "to_attach"
    before = desk.facts()
    assert ines.take(cda(ZOE, HB)).outcome == "to_attach"
    assert desk.facts() == before
    assert desk.waits() == {"to_attach": 1}
    with pytest.raises(UnknownFact):
        ines.filer().attach(FactId(str(outcome.arrival)), JEAN_BAPTISTE)


def test_who_files_nothing(machine: Machine, desk: Desk) -> None:
    paul = Desk(machine.open("Paul"), desk.sandbox)
    assert paul.take(cda(JEAN, HB)).outcome == "structured"
    # Nobody described them: no right.
    stranger = Desk(machine.open("Paul", clock=Clock()), desk.sandbox)
    stage.write(
        desk.record, stage.fact("person.left", {"person": str(paul.record.writer().person)}), patient=None
    )
    if "file_document" not in {right.value for right in stranger.record.writer().rights}:
        with pytest.raises(NotAllowed):
            stranger.take(cda(JEAN, HB))


# ---------------------------------------------------------------- around


def test_tables_that_lag_file_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filing by a chart that lacks its last minutes would write its results twice."""
    filer = desk.filer()

    def cannot(*_: object) -> None:
        raise TablesBehind("medical", "disk full")

    with monkeypatch.context() as patch:
        patch.setattr(desk.record, "catch_up", cannot)
        with pytest.raises(TablesBehind):
            filer.take("a.xml", cda(JEAN, HB))
    assert desk.documents() == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, None),
        ("2024-01-04", "2024-01-04"),
        ("2024-01-04T13:19", "2024-01-04T13:19+01:00"),
        ("2024-07-04T13:19:20", "2024-07-04T13:19:20+02:00"),
        ("2024-07-04T13:19-03:00", "2024-07-04T13:19-03:00"),
        ("1900-01-01T00:00", "1900-01-01T00:00+00:09"),
        ("2024-13-45T99:99", "2024-13-45T99:99"),
    ],
)
def test_moments_without_an_offset(at: str | None, expected: str | None) -> None:
    assert placed(at) == expected


def test_an_hour_without_an_offset_is_recorded(desk: Desk) -> None:
    outcome = desk.take(oru(JEAN, obx(1, "718-7", "13.3")))
    assert outcome.outcome == "structured"
    assert desk.standing(ResultRecorded)[0].at == "2024-01-04T13:19+01:00"


@pytest.mark.parametrize(
    "name", ["", "é" * 5000, "labo\udce9.hpr", "a\x1b[31m\x00\n.pdf", "..\\..\\x.xml", "/", "\u202egpj.exe"]
)
def test_names_of_files(desk: Desk, name: str) -> None:
    for content in (cda(JEAN, HB), BROKEN, cda(ZOE, HB), pdf_of("a")):
        desk.take(content, name)
    held = [*desk.bodies("document.filed"), *desk.bodies("arrival.received")]
    assert len(held) == 4
    for body in held:
        told = body.get("file_name", "")
        assert len(told) <= 200
        assert not set(told) & set("/\\\x1b\u202e")


def test_many_documents_of_one_patient_in_one_batch(desk: Desk) -> None:
    contents = [cda(JEAN, analyses(c718_7=f"{value}.5"), name=f"d{value}") for value in range(70)]
    outcomes = desk.take_all(*contents)
    assert {one.outcome for one in outcomes} == {"structured"}
    assert len(desk.standing(ResultRecorded)) == 70


def test_more_than_a_reader_gives_is_quarantined_and_costs_the_others_nothing(desk: Desk) -> None:
    rows = [(f"Analyse {n}", f"{n},5", "g/l") for n in range(60_000)]
    outcomes = desk.take_all(cda(JEAN, HB), hprim(MADELEINE, *rows), cda(JEAN, problems("I10"), name="doc-2"))
    assert [one.outcome for one in outcomes] == ["structured", "quarantined", "structured"]


@pytest.mark.parametrize(
    ("count", "words", "code"), [(20_001, 1, "document_too_long"), (6_000, 60, "document_too_heavy")]
)
def test_more_than_an_entry_holds_is_a_document_that_says_so(
    desk: Desk, count: int, words: int, code: str
) -> None:
    """Nothing of it is half taken, and it is no dead end."""
    dice = random.Random(7)
    stated = [
        Stated(
            ProblemRecorded(label=" ".join(f"{dice.getrandbits(40):x}" for _ in range(words)), onset="2020")
        )
        for _ in range(count)
    ]
    kept = keep_named(desk.record, b"%PDF-1.4 an export", "application/pdf")
    body = DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title="Export"
    )
    command = TakeDocument(
        patient=JEAN_BAPTISTE, document=body, at="2024-01-05", id=FactId("ab" * 16), draw=desk.record.naming.identifier,
        statements=stated,
    )  # fmt: skip
    write(desk.record, command)
    [document] = desk.documents()
    assert [one.code for one in document.body.not_kept] == [code]
    assert desk.standing(ProblemRecorded) == []


def test_more_refusals_than_a_document_lists_are_counted(desk: Desk) -> None:
    rows = [(f"Analyse {n}", f"{n},5", "g/l") for n in range(230)]
    outcome = desk.take(hprim(JEAN, *rows, day="04/01/1940"))
    assert (outcome.why, outcome.not_kept) == ("none_kept", 231)
    last = desk.documents()[0].body.not_kept[-1]
    assert (last.code, last.params) == ("not_kept_more", {"count": "31"})
