"""Twice is once; one result may have two sources; a later version takes the place of the one before."""

from __future__ import annotations

import msgspec
import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.chart.statements import one
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from tests.cast import JEAN_BAPTISTE
from tests.intake.filing.made import (
    JEAN,
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
)
from tests.intake.filing.stage import Desk
from tests.practice.stage import chart

HB = analyses(c718_7="13.3")


def version(number: int, *sections: str) -> bytes:
    """A version of one document."""
    return cda(JEAN, *sections, name=f"v{number}", set_id="s", version=number)


def values(*numbers: str) -> str:
    """Haemoglobin first, then other tests."""
    return analyses(**dict(zip(("c718_7", "c2345_7", "c1988_5"), numbers, strict=False)))


# ---------------------------------------------------------------- twice


def test_the_same_file_under_another_name(desk: Desk) -> None:
    first = desk.take(cda(JEAN, HB), "a.xml")
    before = desk.facts()
    again = desk.take(cda(JEAN, HB), "b.xml")
    assert (again.outcome, again.why, again.document, again.patient) == (
        "duplicate",
        "already_filed",
        first.document,
        JEAN_BAPTISTE,
    )
    assert desk.facts() == before


def test_the_same_file_twice_in_one_batch(desk: Desk) -> None:
    outcomes = desk.take_all(cda(JEAN, HB), cda(JEAN, HB), b"<broken", b"<broken")
    assert [one.outcome for one in outcomes][:2] == ["structured", "duplicate"]
    assert [one.why for one in outcomes][2:] == ["identity_missing", "already_waiting"]
    assert len(desk.bodies("arrival.received")) == 1


def test_the_same_cda_inside_an_oru(desk: Desk) -> None:
    """Other bytes, the same document: one set of results, two sources."""
    desk.take(cda(JEAN, HB))
    again = desk.take(oru(JEAN, cda(JEAN, HB)))
    assert (again.outcome, again.why, again.facts) == ("structured", "nothing_new", 0)
    [result] = desk.standing(ResultRecorded)
    assert [source.document for source in desk.sources(result.id)] == sorted(
        one.id for one in desk.documents()
    )
    assert len(desk.documents()) == 2


def test_one_result_with_two_sources(desk: Desk) -> None:
    """The laboratory sends the analysis by HPRIM, then as a CDA with its LOINC."""
    desk.take(hprim(JEAN, ("Analyse 718-7", "13,30", "G/DL"), ("Leucocytes", "2.920", "/mm3")))
    again = desk.take(cda(JEAN, values("13.3", "5.1")))
    assert (again.outcome, again.facts) == ("structured", 1)
    held = {item.body.label: item for item in desk.standing(ResultRecorded)}
    assert sorted(held) == ["Analyse 2345-7", "Analyse 718-7", "Leucocytes"]
    assert {source.title for source in desk.sources(held["Analyse 718-7"].id)} == {
        "Un document",
        "Résultats de laboratoire",
    }
    assert len(desk.sources(held["Leucocytes"].id)) == 1


@pytest.mark.parametrize(
    ("one_", "other"),
    [
        (obx(1, "718-7", "13.3"), obx(1, "718-7", "13.4")),
        (obx(1, "718-7", "13.3"), obx(1, "2345-7", "13.3")),
        (obx(1, "718-7", "13.3"), obx(1, "718-7", "13.3").replace("g/dL", "mmol/L")),
        (obx(1, "718-7", "13.3"), obx(1, "718-7", "13.3").replace("NM", "SN").replace("||13.3", "||<^13.3")),
    ],
)
def test_a_doubt_makes_two(desk: Desk, one_: str, other: str) -> None:
    desk.take(oru(JEAN, one_))
    desk.take(oru(JEAN, other, order="F101"))
    assert len(desk.standing(ResultRecorded)) == 2


def test_texts_that_begin_alike_are_two(desk: Desk) -> None:
    """Every word counts, and every sign."""
    words = " ".join(["culture"] * 30)
    said = [f"{words} positive", f"{words} négative", "5 ±", "5"]
    for place, text in enumerate(said):
        desk.take(oru(JEAN, f"OBX|1|ST|ASP^Aspect^L||{text}||||||F", order=f"F{place}"))
    assert sorted(item.body.value for item in desk.standing(ResultRecorded)) == sorted(said)


def test_two_lines_of_the_same_words_stay_two(desk: Desk) -> None:
    """A glycaemia before and after, which the laboratory writes alike."""
    twice = f"{obx(1, '2345-7', '5.1')}\r{obx(2, '2345-7', '5.1')}"
    desk.take(oru(JEAN, twice))
    assert len(desk.standing(ResultRecorded)) == 2
    desk.take(oru(JEAN, f"{twice}\rNTE|1||bis"))
    assert len(desk.standing(ResultRecorded)) == 2


def test_a_line_like_another_does_not_hide_it(desk: Desk) -> None:
    """The first line of the second document says what the first document said, in other words; its second line, in the
    very same: they are two.
    """
    desk.take(oru(JEAN, obx(1, "718-7", "13.3")))
    other = obx(1, "718-7", "13.30")
    desk.take(oru(JEAN, f"{other}\r{obx(2, '718-7', '13.3')}\rNTE|1||bis", order="F100"))
    assert len(desk.standing(ResultRecorded)) == 2


def test_what_lasts_is_said_once(desk: Desk) -> None:
    desk.take(cda(JEAN, problems("I10")))
    desk.take(cda(JEAN, problems("I10"), name="doc-2", at="20250105"))
    assert desk.labels(ProblemRecorded) == ["Problème I10"]


# ---------------------------------------------------------------- replacement


def test_a_later_version_takes_the_place(desk: Desk) -> None:
    first = desk.take(version(1, values("13.3", "5.1")))
    second = desk.take(version(2, values("13.3", "6.2")))
    assert (second.outcome, second.facts) == ("structured", 1)
    assert desk.results() == {"718-7": "13.3", "2345-7": "6.2"}
    assert [item.id for item in desk.documents()] == [second.document]
    assert desk.waits() == {"filed": 1}
    # Kept behind.
    assert first.document is not None
    assert not one(chart(desk.record), first.document).live


@pytest.mark.parametrize("order", [(1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)])
def test_versions_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    contents = {1: values("1", "2"), 2: values("1", "5", "9"), 3: values("1", "7")}
    for number in order:
        outcome = desk.take(version(number, contents[number]))
        if number != 3 and 3 in order[: order.index(number)]:
            assert (outcome.outcome, outcome.why) == ("document", "older_version")
    assert desk.results() == {"718-7": "1", "2345-7": "7"}
    assert [item.body.set_version for item in desk.documents()] == [3]
    assert desk.waits() == {"filed": 1}


def test_dropped_then_said_again(desk: Desk) -> None:
    for number, said in enumerate((values("1", "2"), values("1"), values("1", "2")), 1):
        desk.take(version(number, said))
    assert desk.results() == {"718-7": "1", "2345-7": "2"}
    for number in (1, 2, 3):
        assert (
            desk.take(version(number, (values("1", "2"), values("1"), values("1", "2"))[number - 1])).outcome
            == "duplicate"
        )


def test_named_as_replaced(desk: Desk) -> None:
    desk.take(cda(JEAN, values("1", "2"), name="a"))
    desk.take(cda(JEAN, values("1"), name="b", replaces="a"))
    assert desk.results() == {"718-7": "1"}
    assert [item.body.identifier for item in desk.documents()] == ["1.2.3^b"]


def test_the_replaced_one_comes_after_the_one_that_replaces_it(desk: Desk) -> None:
    desk.take(cda(JEAN, values("1"), name="b", replaces="a"))
    late = desk.take(cda(JEAN, values("1", "2"), name="a"))
    assert (late.outcome, late.why, late.facts) == ("document", "older_version", 0)
    assert desk.results() == {"718-7": "1"}
    assert desk.waits() == {"filed": 1}


def test_an_oru_that_replaces(desk: Desk) -> None:
    desk.take(oru(JEAN, f"{obx(1, '718-7', '13.3')}\r{obx(2, '2345-7', '5')}"))
    desk.take(oru(JEAN, f"{obx(1, '718-7', '14.1', 'C')}\r{obx(2, '2345-7', '5', 'C')}"))
    assert desk.results()["718-7"] == "14.1"
    assert len(desk.results()) == 2


def test_a_withdrawal(desk: Desk) -> None:
    desk.take(mdm(JEAN, "T02", "D1"))
    assert len(desk.documents()) == 1
    gone = desk.take(mdm(JEAN, "T11", "D1", status="D"))
    assert (gone.outcome, gone.why) == ("document", "withdrawn")
    assert [item.id for item in desk.documents()] == [gone.document]
    assert desk.told(mdm(JEAN, "T02", "D1")) == [("duplicate", "already_filed")]


def test_a_withdrawal_that_comes_first(desk: Desk) -> None:
    gone = desk.take(mdm(JEAN, "T11", "D1", status="D"))
    late = desk.take(mdm(JEAN, "T02", "D1"))
    assert (late.outcome, late.why) == ("document", "older_version")
    assert [item.id for item in desk.documents()] == [gone.document]


def test_results_withdrawn_by_the_laboratory(desk: Desk) -> None:
    desk.take(oru(JEAN, obx(1, "718-7", "13.3")))
    desk.take(oru(JEAN, cda(JEAN, HB), status="D"))
    assert desk.results() == {}


def test_what_another_document_states_too_stays(desk: Desk) -> None:
    desk.take(version(1, values("1", "2")))
    desk.take(cda(JEAN, values("1", "2"), name="other"))
    desk.take(version(2, values("3")))
    assert {(item.body.code, item.body.value) for item in desk.standing(ResultRecorded)} == {
        ("718-7", "1"),
        ("2345-7", "2"),
        ("718-7", "3"),
    }


def test_a_document_described_better_is_replaced_like_any_other(desk: Desk) -> None:
    """A doctor gave the first version a title; the second takes its place all the same."""
    desk.take(version(1, values("1", "2")))
    [held] = desk.documents()
    described = desk.classify(held, title="Bilan de janvier")
    [result, _] = desk.standing(ResultRecorded)
    assert [(source.document, source.title, source.live) for source in desk.sources(result.id)] == [
        (described, "Bilan de janvier", True)
    ]
    desk.take(version(2, values("1", "7")))
    assert desk.results() == {"718-7": "1", "2345-7": "7"}
    assert [item.body.set_version for item in desk.documents()] == [2]


def test_a_document_described_better_still_keeps_what_it_states(desk: Desk) -> None:
    desk.take(cda(JEAN, values("1"), name="other"))
    desk.classify(desk.documents()[0], title="Bilan")
    desk.take(version(1, values("1")))
    desk.take(version(2, values("3")))
    assert {item.body.value for item in desk.standing(ResultRecorded)} == {"1", "3"}


def test_an_arrival_handed_over_leaves_with_its_version(desk: Desk) -> None:
    from lanterne.practice.arrivals.commands import HandOver
    from lanterne.practice.recording import record as write

    desk.take(version(1, values("1")))
    write(desk.record, HandOver(desk.waiting()[0].arrivals, desk.record.writer().person))
    desk.take(version(2, values("2")))
    assert [item.withdrawn for item in desk.waiting()] == [False]


def test_a_section_still_said_to_be_empty(desk: Desk) -> None:
    desk.take(version(1, allergies(), values("1")))
    desk.take(version(2, allergies(), values("2")))
    assert [item.body.section for item in desk.standing(SectionEmpty)] == ["allergies"]


def test_an_allergy_that_was_an_error_of_the_sender(desk: Desk) -> None:
    """The first version names one, the second says none is known."""
    desk.take(version(1, allergies("Pénicilline")))
    desk.take(version(2, allergies()))
    assert desk.standing(AllergyRecorded) == []
    assert [item.body.section for item in desk.standing(SectionEmpty)] == ["allergies"]


def test_none_known_then_one(desk: Desk) -> None:
    desk.take(version(1, allergies()))
    desk.take(version(2, allergies("Pénicilline")))
    assert desk.standing(SectionEmpty) == []
    assert desk.labels(AllergyRecorded) == ["Pénicilline"]


def test_versions_in_a_record_merged_since(desk: Desk) -> None:
    old = desk.register("Batiste", "Jean", "1952-04-03", "male")
    first = version(1, values("1", "2")).replace(b"BAPTISTE", b"BATISTE")
    assert desk.take(first).patient == old
    desk.merge(JEAN_BAPTISTE, old)
    desk.take(version(2, values("1", "7")))
    assert desk.results() == {"718-7": "1", "2345-7": "7"}
    assert len(desk.documents()) == 1


def test_versions_of_two_patients_do_not_meet(desk: Desk) -> None:
    """A laboratory that numbers all its documents alike."""
    desk.take(version(1, values("1")))
    other = renamed(JEAN, family="RIVIÈRE", given="MADELEINE", born="1948-11-30", sex="F")
    outcome = desk.take(cda(other, values("2"), name="v2", set_id="s", version=2))
    assert outcome.patient is not None
    assert desk.results() == {"718-7": "1"}
    assert desk.results(outcome.patient) == {"718-7": "2"}


# ---------------------------------------------------------------- what a person did since


def test_a_correction_is_kept_when_the_document_is_replaced(desk: Desk) -> None:
    desk.take(version(1, values("1", "2")))
    held = {item.body.code: item for item in desk.standing(ResultRecorded)}
    desk.correct(held["718-7"].id, msgspec.structs.replace(held["718-7"].body, value="1.5"))
    desk.take(version(2, values("1", "7")))
    assert desk.results() == {"718-7": "1.5", "2345-7": "7"}
    desk.take(version(3, values("1")))
    assert desk.results() == {"718-7": "1.5"}


def test_what_a_person_withdrew_does_not_come_back(desk: Desk) -> None:
    desk.take(version(1, values("1", "2")))
    held = {item.body.code: item for item in desk.standing(ResultRecorded)}
    desk.withdraw(held["718-7"].id)
    second = desk.take(version(2, values("1", "7")))
    third = desk.take(cda(JEAN, values("1"), name="other"))
    assert desk.results() == {"2345-7": "7"}
    assert (second.not_kept, third.not_kept) == (1, 1)
    assert {item.code for document in desk.documents() for item in document.body.not_kept} == {
        "withdrawn_before"
    }


def test_a_document_a_person_withdrew_does_not_come_back(desk: Desk) -> None:
    desk.take(cda(JEAN, HB))
    desk.withdraw(desk.documents()[0].id)
    assert desk.told(cda(JEAN, HB)) == [("duplicate", "already_filed")]
    assert desk.documents() == []


def test_other_formats_of_one_problem(desk: Desk) -> None:
    desk.take(fhir(JEAN, condition("J45", "Asthme")))
    assert desk.take(fhir(JEAN, condition("J45", "ASTHME"))).why == "nothing_new"
