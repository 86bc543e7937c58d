"""The same file on two devices of one practice is one document; on those of two practices, two that nobody can tie."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lanterne.intake.sandbox import Sandbox
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.errors import UnknownFact
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.wire.names import PatientId
from tests.cast import JEAN_BAPTISTE
from tests.intake.filing.made import JEAN, ZOE, analyses, cda, hprim, letter, oru, problems
from tests.intake.filing.stage import Desk
from tests.practice import stage
from tests.practice.stage import MADELEINE, deliver, entries, folded

HB = analyses(c718_7="13.3")
FILES = (
    cda(JEAN, HB, problems("I10")),
    hprim(JEAN, ("Leucocytes", "2.920", "/mm3")),
    cda(ZOE, HB, name="doc-2"),
    letter(JEAN),
    b"<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'><id",
    b"",
)


@pytest.fixture
def desks(practice: stage.Practice, tmp_path: Path, sandbox: Sandbox) -> tuple[Desk, Desk]:
    """Dr Morel on one device, Dr Lambert on another."""
    return (
        Desk(practice.machine(tmp_path / "one").open("Garance"), sandbox),
        Desk(practice.machine(tmp_path / "two").open("Théo"), sandbox),
    )


def exchange(*desks: Desk) -> None:
    """Everybody hears everybody."""
    raws = entries(*(desk.record.journal for desk in desks))
    for desk in desks:
        deliver(desk.record.journal, raws)


def test_one_document_one_set_of_statements(desks: tuple[Desk, Desk]) -> None:
    outcomes = [desk.take_all(*FILES, create_patients=True) for desk in desks]
    assert outcomes[0] == outcomes[1]
    assert desks[0].facts() >= {str(one.document or one.arrival) for one in outcomes[0]}
    exchange(*desks)
    assert folded(desks[0].record) == folded(desks[1].record)
    for desk in desks:
        assert len(desk.standing(DocumentFiled)) == 2
        assert len(desk.standing(ResultRecorded)) == 2
        assert len(desk.standing(ProblemRecorded)) == 1
        assert desk.patients() == 3
        assert desk.waits() == {"filed": 3, "to_attach": 1, "quarantined": 2}
        assert {one.outcome for one in desk.take_all(*FILES)} == {"duplicate", "quarantined"}
        assert all(len(desk.sources(item.id)) == 1 for item in desk.standing(ResultRecorded))
    # One blob for each content, on both.
    assert len({frozenset(desk.record.journal.blobs.names()) for desk in desks}) == 1


def test_one_result_by_two_ways_on_two_devices(desks: tuple[Desk, Desk]) -> None:
    """One has the laboratory's CDA, the other the message that holds it."""
    one, other = desks
    one.take(cda(JEAN, HB))
    other.take(oru(JEAN, cda(JEAN, HB)))
    exchange(*desks)
    assert folded(one.record) == folded(other.record)
    [result] = one.standing(ResultRecorded)
    assert len(one.sources(result.id)) == 2
    # Withdrawn by the laboratory, it is gone with both of its sources.
    one.take(oru(JEAN, cda(JEAN, HB), status="D"))
    assert one.results() == {}


def test_a_source_of_another_device_holds_what_its_version_drops(desks: tuple[Desk, Desk]) -> None:
    """The same words in two documents, each written on its own device before they met."""
    one, other = desks
    one.take(cda(JEAN, analyses(c718_7="13.3", c2345_7="5"), name="v1", set_id="s", version=1))
    other.take(cda(JEAN, HB, name="other"))
    exchange(*desks)
    for desk in desks:
        desk.take(cda(JEAN, analyses(c1988_5="2"), name="v2", set_id="s", version=2))
    exchange(*desks)
    assert folded(one.record) == folded(other.record)
    assert one.results() == {"718-7": "13.3", "1988-5": "2"}


def test_attached_on_both(desks: tuple[Desk, Desk]) -> None:
    asked, _ = (desk.take(cda(ZOE, HB)) for desk in desks)
    assert asked.arrival is not None
    exchange(*desks)
    for desk in desks:
        desk.filer().attach_new(asked.arrival)
    exchange(*desks)
    assert folded(desks[0].record) == folded(desks[1].record)
    assert desks[0].patients() == 3
    assert desks[0].waits() == {"filed": 1}


def test_two_tabs_at_once(desks: tuple[Desk, Desk]) -> None:
    """One device, one session, two pages that file the same files, then attach one arrival to two patients."""
    desk = desks[0]
    with ThreadPoolExecutor(4) as threads:
        outcomes = [future.result() for future in [threads.submit(desk.take_all, *FILES) for _ in range(4)]]
    firsts = Counter(each[0].outcome for each in outcomes)
    assert firsts == {"structured": 1, "duplicate": 3}
    assert len(desk.standing(DocumentFiled)) == 2
    assert desk.waits() == {"filed": 2, "to_attach": 2, "quarantined": 2}
    arrival = next(
        one.arrival for one in outcomes[0] if one.arrival and one.why in ("nobody_alike", "already_waiting")
    )

    def attach(patient: PatientId) -> PatientId | None:
        try:
            return desk.filer().attach(arrival, patient).patient
        except UnknownFact:
            return None

    with ThreadPoolExecutor(2) as threads:
        chosen = list(threads.map(attach, (JEAN_BAPTISTE, MADELEINE)))
    assert len({one for one in chosen if one is not None}) == 1
    assert len(desk.documents(JEAN_BAPTISTE)) + len(desk.documents(MADELEINE)) == 3
    assert desk.waits()["to_attach"] == 1


def test_two_practices_name_the_same_file_otherwise(tmp_path: Path, sandbox: Sandbox) -> None:
    """Outside a practice nobody can tell from an id or a blob's name what was imported."""
    found = []
    for name in ("lilas", "quais"):
        made = stage.found(tmp_path / name)
        desk = Desk(made.machine(tmp_path / f"machine {name}").open("Garance"), sandbox)
        before = desk.facts()
        outcomes = desk.take_all(*FILES, create_patients=True)
        assert {one.outcome for one in outcomes} == {"structured", "to_attach", "quarantined"}
        found.append(
            (
                desk.facts() - before,
                set(desk.record.journal.blobs.names()),
                {str(one.patient) for one in outcomes if one.created},
            )
        )
    (ids, blobs, people), (other_ids, other_blobs, other_people) = found
    assert len(ids) == len(other_ids) > 10
    assert len(blobs) == len(other_blobs) > 5
    assert ids.isdisjoint(other_ids)
    assert blobs.isdisjoint(other_blobs)
    assert people.isdisjoint(other_people)
