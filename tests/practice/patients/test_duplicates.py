"""Who is suspected of being the same person, how strongly and why; and who is not."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.patients import queries
from lanterne.practice.patients.duplicates import SUSPECTED, Traits, pairs, suspect
from lanterne.practice.patients.facts import Ins, PatientIdentified
from lanterne.practice.patients.tying import DeclareDistinct, MergePatients
from tests.practice.patients.book import Book

HELENE = Traits(
    birth_name="Dupont", used_name="Garnier", first_given="Hélène", given_names="Hélène Marie", sex="female",
    birth_date="1952-04-03", birth_place_code="76540",
)  # fmt: skip


def changed(**fields: str) -> Traits:
    held = {name: getattr(HELENE, name) for name in HELENE.__slots__}
    return Traits(**{**held, **fields})


@pytest.mark.parametrize(
    ("other", "score", "first_reason"),
    [
        (HELENE, 95, "same_traits"),
        (
            changed(birth_name="DUPONT", first_given="HELENE", given_names="HELENE MARIE", used_name=""),
            95,
            "same_traits",
        ),
        (changed(birth_place_code=""), 90, "same_birth_same_names"),
        (changed(birth_name="Dupond", used_name="", given_names=""), 80, "same_birth_close_names"),
        (changed(first_given="Éléne", used_name="", given_names=""), 80, "same_birth_close_names"),
        (
            changed(birth_name="Hélène", used_name="", first_given="Dupont", given_names=""),
            80,
            "inverted_names",
        ),
        (changed(birth_date="1952-03-04"), 75, "inverted_day_month"),
        (changed(birth_date="1952-04-08"), 65, "near_birth_date"),
        (changed(birth_date="1952-04-30"), 65, "near_birth_date"),
        (changed(birth_date="1952"), 60, "birth_date_unknown"),
        (changed(birth_date=""), 60, "birth_date_unknown"),
    ],
)
def test_suspected(other: Traits, score: int, first_reason: str) -> None:
    found = suspect(HELENE, other)
    assert found is not None
    assert (found.score, found.reasons[0]) == (score, first_reason)


def test_used_name_of_one_birth_name_of_the_other() -> None:
    found = suspect(HELENE, changed(birth_name="Garnier", used_name="", given_names=""))
    assert found is not None
    assert found.score == 90
    assert "used_and_birth_name" in found.reasons


def test_one_matricule_is_one_person_whatever_the_rest() -> None:
    one, other = changed(ins="252047654000118"), Traits("Autre", "Nom", ins="252047654000118")
    found = suspect(one, other)
    assert found is not None
    assert (found.score, found.reasons) == (100, ("same_ins",))


@pytest.mark.parametrize(
    "other",
    [
        changed(birth_name="Baptiste", used_name="Morel"),
        changed(first_given="Josiane", given_names=""),  # a twin
        changed(birth_date="1953-05-03"),
        changed(birth_date="1951"),
        # A brother and sister named alike, born the day the other was, year unknown.
        changed(birth_date="", sex="male"),
        Traits("", ""),
    ],
)
def test_not_suspected(other: Traits) -> None:
    assert suspect(HELENE, other) is None


def test_one_authority_never_gives_two_numbers_to_one_person() -> None:
    one, other = changed(ins="252047654000118", ins_oid="x"), changed(ins="252047654000217", ins_oid="x")
    assert suspect(one, other) is None
    # A provisional number (NIA) and a later NIR are two authorities.
    assert suspect(one, changed(ins="252047654000217", ins_oid="y")) is not None


names = st.sampled_from(["Dupont", "Dupond", "Garnier", "Hélène", "Helene", "", "Le Goff", "Legoff"])
dates = st.sampled_from(["", "1952", "1952-04", "1952-04-03", "1952-03-04", "1952-04-30", "1960-01-01"])
people = st.builds(
    Traits, names, names, used_name=names, used_given=names, sex=st.sampled_from(["female", "male", "unknown"]),
    birth_date=dates, ins=st.sampled_from(["", "", "1", "2"]), ins_oid=st.sampled_from(["x", "y"]),
)  # fmt: skip


@given(people, people)
def test_suspicion_is_mutual(one: Traits, other: Traits) -> None:
    assert suspect(one, other) == suspect(other, one)


@given(st.lists(people, max_size=8))
def test_a_practice_is_compared_as_its_pairs_are(records: list[Traits]) -> None:
    """Bucketing loses nobody whose names or birth date or matricule are shared."""
    found = {(one, other): held for one, other, held in pairs(enumerate(records))}
    for one, first in enumerate(records):
        for other in range(one + 1, len(records)):
            alone = suspect(first, records[other])
            assert found.get((one, other)) == alone
            assert alone is None or alone.score >= SUSPECTED


def test_lists_of_suspects_follow_merges_and_declarations() -> None:
    book = Book()
    one = book.register("Dupont", "Hélène", "1952-04-03", used_name="Garnier", sex="female")
    two = book.register("Garnier", "Helene", "1952-04-03")
    three = book.register("Dupond", "Hélène", "1952-04-03")
    book.register("Baptiste", "Jean", "1952-04-03")

    def suspects() -> set[str]:
        return {found.patient for found in queries.suspected(book.connection, one)}

    def everywhere() -> set[frozenset[str]]:
        return {frozenset((a.patient, b.patient)) for a, b in queries.suspected_everywhere(book.connection)}

    assert suspects() == {two, three}
    assert everywhere() == {frozenset((one, two)), frozenset((one, three))}
    book.do(DeclareDistinct(three, one))
    assert suspects() == {two}
    assert everywhere() == {frozenset((one, two))}
    book.do(MergePatients(two, one, book.shown(two), book.shown(one)))
    # Declared apart from a record of this person: apart from the person.
    assert suspects() == set()
    assert everywhere() == set()
    four = book.register("Dupont", "Hélène", "1952-03-04")
    assert suspects() == {four}
    # Found through the record absorbed, whose birth name it shares.
    assert {found.patient for found in queries.suspected(book.connection, two)} == {four}
    assert {found.patient for found in queries.suspected(book.connection, four)} == {two, three}


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        (PatientIdentified(birth_name="DUPONT", first_given="Helene", birth_date="1952-04-03"), 1),
        (PatientIdentified(birth_name="Garnier", first_given="Hélène", birth_date="1952-04-03"), 1),
        (PatientIdentified(birth_name="Hélène", first_given="Dupont", birth_date="1952-04-03"), 1),
        (PatientIdentified(birth_name="Dupont", first_given="Hélène", birth_date="1952-03-04"), 1),
        (PatientIdentified(birth_name="Autre", first_given="Nom", ins=Ins(matricule="252047654000118")), 1),
        (PatientIdentified(birth_name="Garnier", first_given="Hélène"), 1),
        (PatientIdentified(birth_name="Garnier", first_given="Hélène", birth_date="1952-04-30"), 1),
        (PatientIdentified(birth_name="Garnier", first_given="Hélène", birth_date="1970-01-01"), 0),
        (PatientIdentified(birth_name="Baptiste", first_given="Jean", birth_date="1952-04-03"), 0),
    ],
)
def test_who_may_be_about_to_be_registered_twice(typed: PatientIdentified, count: int) -> None:
    book = Book()
    book.register("Dupont", "Hélène", "1952-04-03", used_name="Garnier", ins=Ins(matricule="252047654000118"))
    assert len(queries.suspected_of(book.connection, typed)) == count
    assert len(queries.suspected_of(book.connection, msgspec.structs.replace(typed, sex="female"))) == count
