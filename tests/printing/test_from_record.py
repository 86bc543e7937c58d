"""From the facts of the record to paper: what was signed is what is printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lanterne.practice.patients.facts import Ins, PatientIdentified
from lanterne.practice.prescriptions import facts
from lanterne.practice.prescriptions.posology.structure import Duration, Step, Structure
from lanterne.practice.prescriptions.structures import to_fact
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed
from lanterne.printing.from_record import patient_of, prescriber_of, prescription_of
from lanterne.printing.mentions import missing
from lanterne.printing.papers import Line, Order
from lanterne.printing.prescriptions import print_prescription
from tests.printing.made import BAPTISTE, MOREL, text_of

DAY = dt.date(2026, 11, 22)
PERSON = PersonDescribed(
    person="p" * 32,
    family_name="Morel",
    given_name="Garance",
    title="Dr",
    rpps="10003456781",
    specialty="Médecine générale",
    phone="06 39 98 10 01",
    email="garance.morel@example.org",
    letterhead=[
        "Docteur Garance Morel",
        "Médecine générale",
        "Maison de santé des Tilleuls",
        "12, rue des Tilleuls, 37000 Tours",
        "Tél. 02 47 00 11 22 · RPPS 10003456781",
        "Sur rendez-vous, du lundi au vendredi",
    ],
)
PRACTICE = PracticeDescribed(
    name="Maison de santé des Tilleuls",
    address="12, rue des Tilleuls",
    postcode="37000",
    city="Tours",
    phone="02 47 00 11 22",
)
IDENTITY = PatientIdentified(
    birth_name="Pat-Trois",
    first_given="Dominique",
    given_names=["Dominique", "Marie-Louise"],
    sex="female",
    birth_date="1979-03-01",
    ins=Ins(matricule="279035121518989"),
    status="qualified",
)
AMOXICILLIN = facts.Line(
    typed="amox 1g 3/j 6j",
    substance="amoxicilline",
    strength="1 g",
    form="comprimé",
    route="orale",
    posology=to_fact(Structure(drug="amoxicilline", times_per_day=3, duration_d=6)),
    words="1 comprimé 3 fois par jour",
)


def issued(*lines: facts.Line, **more: Any) -> facts.PrescriptionIssued:
    return facts.PrescriptionIssued(
        order=more.pop("order", "medicines"), lines=list(lines), title="", prescriber="p" * 32, **more
    )


def printed(*lines: facts.Line, ald: bool = False, **more: Any) -> list[str]:
    whole = prescription_of(issued(*lines, **more), prescriber=MOREL, patient=BAPTISTE, made_on=DAY, ald=ald)
    return [text_of(paper.pdf) for paper in print_prescription(whole)]


def items(*lines: facts.Line, **more: Any) -> tuple[Line | Order, ...]:
    return prescription_of(issued(*lines, **more), prescriber=MOREL, patient=BAPTISTE, made_on=DAY).items


def test_who_signs() -> None:
    who = prescriber_of(PERSON, PRACTICE)
    assert (who.title, who.given_name, who.family_name, who.quality) == (
        "Dr",
        "Garance",
        "Morel",
        "Médecine générale",
    )
    assert (who.practice, who.address, who.city) == (
        "Maison de santé des Tilleuls",
        ("12, rue des Tilleuls",),
        "Tours",
    )
    assert (who.phone, who.email) == ("02 47 00 11 22", "garance.morel@example.org")


def test_only_what_is_new_in_the_letterhead_is_kept() -> None:
    assert prescriber_of(PERSON, PRACTICE).notes == ("Sur rendez-vous, du lundi au vendredi",)


def test_a_person_of_a_practice_not_described_yet() -> None:
    who = prescriber_of(
        PersonDescribed(person="p", family_name="Diallo", role="midwife", phone="06 39 98 10 01"), None
    )
    assert (who.quality, who.phone, who.city) == ("Sage-femme", "06 39 98 10 01", "")


def test_the_ins_leaves_only_when_it_may() -> None:
    assert patient_of(IDENTITY).ins_qualified
    assert patient_of(IDENTITY).ins == "279035121518989"
    provisional = PatientIdentified(
        birth_name="Pat-Trois", first_given="Dominique", ins=IDENTITY.ins, status="validated"
    )
    assert (patient_of(provisional).ins, patient_of(provisional).ins_qualified) == ("", False)
    wrong = PatientIdentified(
        birth_name="A", first_given="B", ins=Ins(matricule="279035121518900"), status="qualified"
    )
    assert patient_of(wrong).ins == ""


def test_the_sizes_of_that_day() -> None:
    patient = patient_of(IDENTITY, weight_kg="61.5", height_cm="beaucoup")
    assert (patient.weight_kg, patient.height_cm) == (Decimal("61.5"), None)
    whole = prescription_of(
        issued(AMOXICILLIN, weight_kg="60"), prescriber=MOREL, patient=patient, made_on=DAY
    )
    assert whole.patient.weight_kg == Decimal(60)


def test_what_was_signed_is_printed() -> None:
    (text,) = printed(AMOXICILLIN, comment="Revoir dans 8 jours.")
    for words in (
        "amoxicilline 1 g, comprimé, voie orale",
        "1 comprimé 3 fois par jour",
        "Durée : 6 jours",
        "Revoir dans 8 jours.",
    ):
        assert words in text


def test_and_nothing_the_law_wants_is_missing() -> None:
    whole = prescription_of(
        issued(AMOXICILLIN),
        prescriber=prescriber_of(PERSON, PRACTICE),
        patient=patient_of(IDENTITY),
        made_on=DAY,
    )
    assert missing(whole) == ()


@pytest.mark.parametrize(
    ("structure", "said"),
    [
        (Structure(drug="a", duration_d=1), "1 jour"),
        (Structure(drug="a", duration_d=(5, 7)), "5 à 7 jours"),
        (Structure(drug="a", duration=Duration(3, "mois")), "3 mois"),
        (Structure(drug="a", duration=Duration(2, "semaine")), "2 semaines"),
        (Structure(drug="a", duration=Duration(1.5, "an")), "1,5 an"),
        (Structure(drug="a", steps=(Step(duration_d=3), Step(duration_d=4))), "3 jours, puis 4 jours"),
        (Structure(drug="a", steps=(Step(duration_d=3), Step())), "30 jours"),
        (Structure(drug="a"), "30 jours"),
    ],
)
def test_a_line_keeps_its_own_length_else_the_prescription_s(structure: Structure, said: str) -> None:
    line = facts.Line(typed="a", posology=to_fact(structure))
    (item,) = items(line, duration_d=30)
    assert item.duration == said


def test_renewals() -> None:
    own = facts.Line(typed="a", posology=to_fact(Structure(drug="a", renewals=0)))
    (first, second) = items(own, AMOXICILLIN, renewals=2)
    assert (first.renewals, second.renewals) == (0, 2)
    assert items(AMOXICILLIN)[0].renewals is None


@pytest.mark.parametrize(
    ("paper", "secured"), [("", False), ("stupefiant", True), ("assimile", True), ("securise", True)]
)
def test_what_goes_on_secured_paper(paper: Any, secured: bool) -> None:
    (item,) = items(facts.Line(typed="a", paper=paper))
    assert isinstance(item, Line)
    assert item.secured is secured


def test_not_substitutable_with_its_reason_only() -> None:
    kept = facts.Line(typed="a", non_substitutable=True, reason="CIF")
    left = facts.Line(typed="a", reason="CIF")
    assert [item.non_substitutable for item in items(kept, left) if isinstance(item, Line)] == ["CIF", ""]


def test_other_orders_are_one_for_the_illness_and_one_for_the_rest() -> None:
    lines = [
        facts.Line(typed="HbA1c", ald=True),
        facts.Line(typed="NFS"),
        facts.Line(typed="x", words="Créatinine", ald=True),
    ]
    upper, rest = items(*lines, order="laboratory", duration_d=10)
    assert isinstance(upper, Order)
    assert isinstance(rest, Order)
    assert (upper.kind, upper.asked, upper.ald, upper.duration) == (
        "laboratory",
        ("HbA1c", "Créatinine"),
        True,
        "10 jours",
    )
    assert (rest.asked, rest.ald) == (("NFS",), False)


def test_the_name_of_who_is_replaced() -> None:
    assert (
        replace(prescriber_of(PERSON, PRACTICE, replacing="Dr Ali Ben"), notes=()).replacing == "Dr Ali Ben"
    )
