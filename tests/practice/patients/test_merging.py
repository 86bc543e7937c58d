"""Merges: chains, cycles, both ways at once, undone; the same groups whatever the order facts arrive in."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.patients import queries
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    Ins,
    PatientIdentified,
    PatientRetracted,
    PatientsDistinct,
    PatientsMerged,
    Phone,
)
from lanterne.practice.patients.merging import survivors
from lanterne.practice.patients.tying import DeclareDistinct, MergePatients, UndoDistinct, UndoMerge
from lanterne.wire.names import FactId, PatientId
from tests.practice.patients.book import Book, Written

A, B, C, D = (PatientId(letter * 32) for letter in "abcd")
PEOPLE = (A, B, C, D)


def named(rank: int, patient: str) -> Written:
    return Written.of(rank, patient, PatientIdentified(birth_name="Nom", first_given=patient[0].upper()))


def merged(rank: int, survivor: str, absorbed: str, **more: str) -> Written:
    return Written.of(rank, survivor, PatientsMerged(absorbed=absorbed), **more)


def undone(rank: int, merge: Written) -> Written:
    return Written.of(rank, merge.subject, PatientRetracted(), replaces=(merge.id,))


def everybody() -> list[Written]:
    return [named(number, patient) for number, patient in enumerate(PEOPLE)]


def group(book: Book, patient: PatientId) -> tuple[str, set[str]]:
    found = queries.group_of(book.connection, patient)
    assert found is not None
    ids = {bytes(row[0]).hex()[0] for number in found.subjects for row in book.connection.execute(
        "SELECT id FROM subject WHERE no = ?", (number,))}  # fmt: skip
    return found.patient[0], ids


def test_a_chain_leads_to_its_end() -> None:
    book = Book()
    book.arrive([*everybody(), merged(10, B, A), merged(11, C, B)])
    for patient in (A, B, C):
        assert group(book, patient) == ("c", {"a", "b", "c"})
    assert group(book, D) == ("d", {"d"})


def test_a_chain_told_backwards_is_the_same() -> None:
    book = Book()
    book.arrive([merged(11, C, B), merged(10, B, A), *reversed(everybody())])
    assert group(book, A) == ("c", {"a", "b", "c"})


def test_merged_both_ways_at_once_the_first_in_the_order_counts() -> None:
    for order in (1, -1):
        book = Book()
        book.arrive([*everybody(), *[merged(10, A, B), merged(11, B, A)][::order]])
        assert group(book, A) == group(book, B) == ("a", {"a", "b"})


def test_two_merges_of_one_record_make_one_person_of_three() -> None:
    book = Book()
    book.arrive([*everybody(), merged(10, B, A), merged(11, C, A)])
    assert group(book, A) == group(book, B) == ("c", {"a", "b", "c"})


def test_undoing_the_middle_of_a_chain() -> None:
    book = Book()
    first, second = merged(10, B, A), merged(11, C, B)
    book.arrive([*everybody(), first, second, undone(12, second)])
    assert group(book, A) == ("b", {"a", "b"})
    assert group(book, C) == ("c", {"c"})
    again = Book()
    again.arrive([undone(12, second), second, *everybody(), first])
    assert again.rows() == book.rows()


def test_a_record_that_has_not_arrived_absorbs_nobody() -> None:
    book = Book()
    book.arrive([named(0, A), merged(10, B, A)])
    assert group(book, A) == ("a", {"a"})
    book.arrive([named(1, B)])
    assert group(book, A) == ("b", {"a", "b"})


@pytest.mark.parametrize("absorbed", [A, "", "zz" * 16, "ab", "e" * 32])
def test_a_merge_that_ties_nobody_changes_nothing(absorbed: str) -> None:
    book = Book()
    book.arrive([*everybody(), merged(10, A, absorbed)])
    assert group(book, A) == ("a", {"a"})


facts_of_a_story = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans()), max_size=7
)


@given(facts_of_a_story, st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_arrival_gives_the_same_rows(story, random, together) -> None:  # type: ignore[no-untyped-def]
    facts = everybody()
    facts += [Written.of(5, A, ContactsRecorded(phones=[Phone(number="0639981234")], city="Rouen"))]
    facts += [
        Written.of(6, A, AttendingRecorded(name="Dr Morel")),
        Written.of(7, B, PatientsDistinct(other=C)),
    ]
    facts += [Written.of(8, A, PatientIdentified(birth_name="Autre", first_given="A", birth_date="1952"))]
    for number, (one, other, taken_back) in enumerate(story):
        merge = merged(10 + number, one, other)
        facts.append(merge)
        if taken_back:
            facts.append(undone(30 + number, merge))
    told, shuffled, in_bulk = Book(), Book(), Book()
    told.arrive(facts)
    random.shuffle(facts)
    shuffled.arrive(facts, together=together)
    in_bulk.arrive(facts[::-1], together=True)
    in_bulk.rebuild()
    assert told.rows() == shuffled.rows() == in_bulk.rows()
    for patient in PEOPLE:
        survivor = queries.group_of(told.connection, patient)
        assert survivor is not None
        assert queries.group_of(told.connection, survivor.patient) == survivor


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=20))
def test_tied_records_have_one_survivor_and_others_have_not(edges: list[tuple[int, int]]) -> None:
    of = survivors(edges)
    assert all(of[one] == of[other] for one, other in edges)
    assert all(of[of[record]] == of[record] for record in of)
    tied = {record: {record} for record in of}
    for one, other in edges:
        union = tied[one] | tied[other]
        for record in union:
            tied[record] = union
    assert all({other for other in of if of[other] == of[record]} == tied[record] for record in of)


# Through the commands.


def two(book: Book, **more: object) -> tuple[PatientId, PatientId]:
    one = book.register("Dupont", "Hélène", "1952-04-03", **more)
    return one, book.register("Garnier", "Hélène", "1952-04-03")


def merge(book: Book, survivor: PatientId, absorbed: PatientId) -> FactId:
    book.do(MergePatients(survivor, absorbed, book.shown(survivor), book.shown(absorbed)))
    return queries.merges(book.connection, survivor)[-1].fact


def refusal(book: Book, command: object) -> str:
    with pytest.raises(Refusal) as refused:
        book.do(command)  # type: ignore[arg-type]
    return refused.value.code


def test_merged_records_are_one_person_and_undo_separates_them() -> None:
    book = Book()
    gone, kept = two(book, contacts=ContactsRecorded(phones=[Phone(number="0639981234")]))
    fact = merge(book, kept, gone)
    identity = queries.identity(book.connection, gone)
    assert identity is not None
    assert (identity.patient, identity.birth_name, identity.absorbed) == (kept, "Garnier", (gone,))
    reached = queries.contacts(book.connection, kept)
    assert reached is not None
    assert reached.body.phones[0].number == "0639981234"
    book.do(UndoMerge(kept, fact))
    assert queries.group_of(book.connection, gone).patient == gone  # type: ignore[union-attr]
    assert queries.contacts(book.connection, kept) is None
    assert queries.merges(book.connection, kept) == []
    assert refusal(book, UndoMerge(kept, fact)) == "merge_not_here"


def test_the_same_merge_written_on_two_devices_is_taken_back_whole() -> None:
    book = Book()
    gone, kept = two(book)
    fact = merge(book, kept, gone)
    book.arrive([merged(50, kept, gone)])
    assert len(queries.merges(book.connection, kept)) == 2
    book.do(UndoMerge(gone, fact))
    assert queries.merges(book.connection, kept) == []


def test_a_merge_is_refused_when_it_cannot_be_right() -> None:
    book = Book()
    gone, kept = two(book)
    shown = book.shown(kept), book.shown(gone)
    assert refusal(book, MergePatients(kept, kept, shown[0], shown[0])) == "merge_same"
    assert refusal(book, MergePatients(kept, gone, shown[1], shown[0])) == "changed_meanwhile"
    with pytest.raises(UnknownPatient):
        book.do(MergePatients(kept, PatientId("ee" * 16), *shown))
    with pytest.raises(UnknownPatient):
        book.do(MergePatients(kept, PatientId("../etc/passwd"), *shown))
    book.do(DeclareDistinct(kept, gone))
    assert refusal(book, MergePatients(kept, gone, *shown)) == "merge_declared_distinct"
    assert refusal(book, DeclareDistinct(gone, kept)) == "distinct_already"
    (declared,) = queries.distinctions(book.connection, kept)
    book.do(UndoDistinct(kept, declared.fact))
    assert refusal(book, UndoDistinct(kept, declared.fact)) == "distinct_not_here"
    book.do(MergePatients(kept, gone, *shown))
    assert refusal(book, MergePatients(kept, gone, *shown)) == "merge_same"
    third = book.register("Autre", "Personne")
    assert refusal(book, MergePatients(third, gone, book.shown(third), shown[1])) == "merged_meanwhile"
    assert refusal(book, DeclareDistinct(gone, third)) == "merged_meanwhile"


def test_two_qualified_matricules_are_two_persons() -> None:
    book = Book()
    traits = {"given_names": ["Zoé"], "sex": "female", "birth_place_code": "76540", "status": "qualified"}
    one = book.register("Cœur", "Zoé", "1952-04-13", ins=Ins(matricule="252047654000118"), **traits)
    other = book.register("Coeur", "Zoé", "1952-04-13", ins=Ins(matricule="252047654000217"), **traits)
    shown = book.shown(one), book.shown(other)
    assert refusal(book, MergePatients(one, other, *shown)) == "merge_two_ins"


def test_nobody_has_an_id_that_is_none() -> None:
    book = Book()
    for odd in ("", "0" * 32, "xyz", secrets.token_hex(16), "é" * 32, "a" * 31 + " "):
        assert queries.group_of(book.connection, PatientId(odd)) is None
        assert queries.identity(book.connection, PatientId(odd)) is None
        assert queries.suspected(book.connection, PatientId(odd)) == []
