"""A result in the wrong chart harms two patients: by INS, else by strict traits; any doubt asks."""

from __future__ import annotations

import pytest

from lanterne.intake.filing.whose import whose
from lanterne.intake.reading import ReadIdentity
from lanterne.practice.patients.commands import CorrectIdentity
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.queries import identity
from lanterne.practice.recording import record as write
from tests.cast import JEAN_BAPTISTE
from tests.intake.filing.made import (
    JEAN,
    JEAN_INS,
    OTHER_INS,
    ZOE,
    Said,
    analyses,
    cda,
    hprim,
    letter,
    number_of,
    problems,
    renamed,
)
from tests.intake.filing.stage import Desk

HB = analyses(c718_7="13.3")


def asked(desk: Desk, said: Said) -> str:
    """Why it is asked whose a document is; nothing of it is in any chart."""
    before = len(desk.documents())
    outcome = desk.take(cda(said, HB))
    assert outcome.outcome == "to_attach", outcome
    assert (outcome.patient, outcome.facts, outcome.document) == (None, 0, None)
    assert len(desk.documents()) == before
    assert desk.waits()["to_attach"] == 1
    return outcome.why


def belongs(desk: Desk, said: Said) -> str | None:
    """In whose chart it is."""
    outcome = desk.take(cda(said, HB))
    assert outcome.outcome == "structured", outcome
    return outcome.patient


@pytest.mark.parametrize(
    "said",
    [
        JEAN,
        renamed(JEAN, family="Baptiste", given="jean"),
        renamed(JEAN, others="PAUL MARIE"),
        renamed(JEAN, sex="UN"),
        renamed(JEAN, ins=JEAN_INS),
        renamed(JEAN, place="75112"),
    ],
)
def test_strict_traits(desk: Desk, said: Said) -> None:
    assert belongs(desk, said) == JEAN_BAPTISTE


def test_accents_and_hyphens_do_not_count(desk: Desk) -> None:
    patient = desk.register("Lefèvre-D’Arc", "Anne-Élise", "1980-05-06", "female")
    assert belongs(desk, Said("LEFEVRE D'ARC", "ANNE ELISE", "1980-05-06", "F")) == patient


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (renamed(JEAN, born="1952-04"), "identity_incomplete"),
        (renamed(JEAN, born="1952"), "identity_incomplete"),
        (renamed(JEAN, born="1952-03-04"), "somebody_close"),
        (renamed(JEAN, born="1952-04-04"), "somebody_close"),
        (renamed(JEAN, family="BATISTE"), "somebody_close"),
        (renamed(JEAN, given="JEANNE"), "nobody_alike"),
        (renamed(JEAN, sex="F"), "somebody_close"),
        (renamed(JEAN, family="MARTIN"), "nobody_alike"),
        (ZOE, "nobody_alike"),
    ],
)
def test_a_doubt_asks(desk: Desk, said: Said, why: str) -> None:
    assert asked(desk, said) == why


def test_a_document_that_names_nobody(desk: Desk) -> None:
    assert asked(desk, Said("", "", "")) == "identity_missing"


def test_a_pdf_is_never_matched_by_what_its_text_seems_to_say(desk: Desk) -> None:
    outcome = desk.take(letter(JEAN))
    assert (outcome.outcome, outcome.patient) == ("to_attach", None)


def test_a_married_name_is_not_a_birth_name(desk: Desk) -> None:
    desk.register("Moreau", "Lise", "1975-01-02", "female", used_name="Durand")
    assert asked(desk, Said("DURAND", "LISE", "1975-01-02", "F")) == "somebody_close"


def test_a_birth_name_with_a_married_name_beside_it(desk: Desk) -> None:
    patient = desk.register("Moreau", "Lise", "1975-01-02", "female", used_name="Durand")
    assert belongs(desk, Said("MOREAU", "LISE", "1975-01-02", "F", used="DURAND")) == patient


def test_a_lone_name_of_use_may_be_either(desk: Desk) -> None:
    patient = desk.register("Moreau", "Lise", "1975-01-02", "female", used_name="Durand")
    for used in ("DURAND", "MOREAU"):
        said = ReadIdentity(used_name=used, first_given="LISE", birth_date="1975-01-02")
        assert whose(desk.record.connection(), said).patient == patient


def test_homonyms(desk: Desk) -> None:
    desk.register("Baptiste", "Jean", "1952-04-03", "male")
    assert asked(desk, JEAN) == "several_alike"


# ---------------------------------------------------------------- by INS


def test_by_ins_whatever_the_spelling(desk: Desk) -> None:
    patient = desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    assert belongs(desk, Said("LEFEVRE MARTIN", "LUC", "1952-04-01", "M", JEAN_INS)) == patient


def test_a_wrong_key_is_never_used(desk: Desk) -> None:
    patient = desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    wrong = JEAN_INS[:13] + f"{(int(JEAN_INS[13:]) + 1) % 97:02}"
    outcome = desk.take(cda(Said("LEFEVRE", "LUC", "1952-04-01", "M", wrong), HB))
    assert outcome.patient == patient  # by traits
    assert desk.documents(patient)[0].body.ins_key_wrong
    assert asked(desk, Said("AUTRE", "NOM", "1952-04-01", "M", wrong)) == "nobody_alike"


@pytest.mark.parametrize(
    "said",
    [
        Said("LEFEVRE", "LUC", "1953-04-01", "M", JEAN_INS),
        Said("LEFEVRE", "LUC", "1952-04-01", "F", JEAN_INS),
        Said("MARTIN", "LUC", "1952-04-01", "M", JEAN_INS),
        Said("LEFEVRE", "MARC", "1952-04-01", "M", JEAN_INS),
    ],
)
def test_the_ins_of_somebody_whose_traits_differ(desk: Desk, said: Said) -> None:
    desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    assert asked(desk, said) == "ins_contradicts"


def test_twins(desk: Desk) -> None:
    """All is alike but the first given name; they share the others, and one's number is typed for the other."""
    lucas = desk.register(
        "Petit", "Lucas", "2015-06-01", "male", number_of("1150675112001"), given_names=["Lucas", "Jean"]
    )
    hugo = desk.register(
        "Petit", "Hugo", "2015-06-01", "male", number_of("1150675112002"), given_names=["Hugo", "Jean"]
    )
    assert belongs(desk, Said("PETIT", "LUCAS", "2015-06-01")) == lucas
    assert belongs(desk, Said("PETIT", "HUGO", "2015-06-01", others="JEAN")) == hugo
    mixed = Said("PETIT", "HUGO", "2015-06-01", ins=number_of("1150675112001"), others="JEAN")
    assert asked(desk, mixed) == "ins_contradicts"


def test_a_number_and_a_name_alone(desk: Desk) -> None:
    """A matricule with no date of birth: the given name alone tells father from son."""
    desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    assert asked(desk, Said("LEFEVRE", "TOM", "", "M", JEAN_INS)) == "ins_contradicts"


def test_same_traits_with_another_ins(desk: Desk) -> None:
    desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    assert asked(desk, Said("LEFEVRE", "LUC", "1952-04-01", "M", OTHER_INS)) == "ins_differs"


def test_two_records_with_one_ins(desk: Desk) -> None:
    desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    desk.register("Lefebvre", "Luc", "1952-04-01", "male", JEAN_INS)
    assert asked(desk, Said("LEFEVRE", "LUC", "1952-04-01", "M", JEAN_INS)) == "several_alike"


def test_a_social_number_of_a_parent_on_a_childs_result(desk: Desk) -> None:
    desk.register("Lefèvre", "Luc", "1952-04-01", "male", JEAN_INS)
    child = desk.register("Lefèvre", "Tom", "2015-06-01", "male")
    outcome = desk.take(
        hprim(Said("LEFEVRE", "TOM", "2015-06-01"), ("Hémoglobine", "13,3", "g/dl"), number=JEAN_INS)
    )
    assert outcome.patient == child


# ---------------------------------------------------------------- records that are one


def test_merged_patients(desk: Desk) -> None:
    """What names the record that was merged goes where it went."""
    old = desk.register("Batiste", "Jean", "1952-04-03", "male")
    desk.merge(JEAN_BAPTISTE, old)
    assert belongs(desk, renamed(JEAN, family="BATISTE")) == JEAN_BAPTISTE
    assert desk.results() == {"718-7": "13.3"}


# ---------------------------------------------------------------- new patients


def test_nobody_is_created_unless_told(desk: Desk) -> None:
    before = desk.patients()
    assert asked(desk, ZOE) == "nobody_alike"
    assert desk.patients() == before


def test_created_provisional_with_contacts(desk: Desk) -> None:
    outcome = desk.take(
        cda(renamed(ZOE, phone="0639981234", ins=number_of("2900275112001")), HB), create_patients=True
    )
    assert (outcome.outcome, outcome.created, outcome.facts) == ("structured", 1, 1)
    assert outcome.patient is not None
    held = identity(desk.record.connection(), outcome.patient)
    assert held is not None
    assert (held.birth_name, held.first_given, held.birth_date, held.sex, held.status) == (
        "NOUVELLE",
        "ZOÉ",
        "1990-02-01",
        "female",
        "provisional",
    )
    assert held.ins is not None
    assert desk.bodies("patient.contacts")[0]["phones"][0]["number"] == "0639981234"


def test_a_telephone_nobody_can_dial_costs_nobody_a_chart(desk: Desk) -> None:
    outcome = desk.take(cda(renamed(ZOE, phone="poste-12-bis"), HB), create_patients=True)
    assert (outcome.outcome, outcome.created) == ("structured", 1)
    assert desk.bodies("patient.contacts") == []
    assert outcome.patient is not None
    assert any("téléphone" in one for one in desk.documents(outcome.patient)[0].body.unread)


@pytest.mark.parametrize("said", [JEAN, renamed(JEAN, family="BATISTE"), renamed(ZOE, born="1990")])
def test_who_is_close_or_unsure_is_not_created(desk: Desk, said: Said) -> None:
    before = desk.patients()
    desk.take(cda(said, HB), create_patients=True)
    assert desk.patients() == before


def test_two_files_of_one_new_patient_in_one_batch(desk: Desk) -> None:
    outcomes = desk.take_all(
        cda(ZOE, HB),
        cda(ZOE, problems("J45"), name="doc-2"),
        hprim(ZOE, ("Glycémie", "5,1", "mmol/l")),
        create_patients=True,
    )
    assert [one.outcome for one in outcomes] == ["structured"] * 3
    assert [one.created for one in outcomes] == [1, 0, 0]
    assert len({one.patient for one in outcomes}) == 1


def test_two_new_patients_who_look_alike_are_not_made_one(desk: Desk) -> None:
    outcomes = desk.take_all(
        cda(ZOE, HB), cda(renamed(ZOE, family="NOUVELE"), HB, name="doc-2"), create_patients=True
    )
    assert [(one.outcome, one.why) for one in outcomes] == [
        ("structured", "filed"),
        ("to_attach", "somebody_close"),
    ]


def test_an_identity_corrected_since_is_not_taken_for_the_one_it_was_made_from(desk: Desk) -> None:
    """A patient registered from a document turned out to be another: what names the first is nobody's yet."""
    first = desk.take(cda(ZOE, HB), create_patients=True).patient
    assert first is not None
    held = identity(desk.record.connection(), first)
    assert held is not None
    other = PatientIdentified(birth_name="Tout", first_given="Autre", birth_date="1960-01-01")
    write(desk.record, CorrectIdentity(first, held.fact, other))
    outcome = desk.take(cda(ZOE, problems("J45"), name="doc-2"), create_patients=True)
    assert (outcome.outcome, outcome.why, outcome.patient) == ("to_attach", "somebody_close", None)
    assert outcome.arrival is not None
    attached = desk.filer().attach_new(outcome.arrival)
    assert attached.outcome == "structured"
    assert attached.patient not in (None, first)


def test_an_identity_the_record_refuses_asks(desk: Desk) -> None:
    outcome = desk.take(cda(renamed(ZOE, family="N0UV3LLE"), HB), create_patients=True)
    assert (outcome.outcome, outcome.why, outcome.params["reason"]) == (
        "to_attach",
        "document_refused",
        "name_unreadable",
    )
    again = desk.take(cda(renamed(ZOE, family="N0UV3LLE"), HB), create_patients=True)
    assert (again.outcome, again.why) == ("duplicate", "already_waiting")
    assert desk.waits() == {"to_attach": 1}
