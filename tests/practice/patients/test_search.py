"""What is typed, and whom it must find. Best first; merged records lead to the survivor; nothing is found by
accident.
"""

from __future__ import annotations

import secrets

import pytest

from lanterne.practice.patients import ins, queries
from lanterne.practice.patients import search as searching
from lanterne.practice.patients.commands import CorrectIdentity, RecordContacts
from lanterne.practice.patients.facts import ContactsRecorded, Ins, PatientIdentified, Phone
from lanterne.practice.patients.search import search
from lanterne.practice.patients.tying import MergePatients, UndoMerge
from lanterne.wire.names import PatientId
from tests.practice.patients.book import TODAY, Book, Written


def phones(*numbers: str) -> ContactsRecorded:
    return ContactsRecorded(phones=[Phone(number=number) for number in numbers])


def matricule(body: str) -> Ins:
    return Ins(matricule=body + ins.key_of(body), oid=ins.OID_TEST)


@pytest.fixture(scope="module")
def town() -> Book:
    """A dozen patients, several of them easily mistaken for each other."""
    book = Book()
    book.register("Baptiste", "Jean", "1948-06-12", contacts=phones("06 39 98 12 34"))
    book.register("Baptistin", "Marie", "1952-04-03")
    book.register(
        "Dupont",
        "Hélène",
        "1952-04-03",
        used_name="Garnier",
        contacts=phones("+33 6 39 98 55 66", "0235841122"),
    )
    book.register("Dupond", "Jean-Noël", "1979-12-01", given_names=["Jean-Noël", "André"])
    book.register("Lefebvre", "Thibault", "2001-02-28")
    book.register("D'Hauteville", "Anne-Sophie", "1990-07")
    book.register("Le Goff", "Yann", "1948")
    book.register("Legoffic", "Maëlle", "1961-05-05")
    book.register("Nguyễn", "Thị Mai", "1985-03-20")
    book.register("Mars", "Avril", "1952-01-09")
    book.register("Cœur", "Zoé", "1952-04-13", ins=matricule("2520413005001"))
    book.register("Ceccaldi", "Ange", "1970-03-03", ins=matricule("170032A004012"))
    book.register("Jean", "Baptiste", "1999-09-09")
    return book


def found(book: Book, typed: str) -> list[str]:
    hits = search(book.connection, typed, today=TODAY).hits
    return [f"{hit.used_name or hit.birth_name} {hit.first_given}" for hit in hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        # Parts of names, in any order, whatever the case.
        ("baptistin", "Baptistin Marie"),
        ("BAPT JEAN", "Baptiste Jean"),
        ("jean bapt", "Baptiste Jean"),
        ("garnier", "Garnier Hélène"),
        ("dupont hel", "Garnier Hélène"),
        ("dupont", "Garnier Hélène"),
        ("aptistin", "Baptistin Marie"),
        # Accents, hyphens, apostrophes and ligatures do not count.
        ("helene", "Garnier Hélène"),
        ("HÉLÈNE", "Garnier Hélène"),
        ("he\u0301le\u0300ne", "Garnier Hélène"),
        ("jean noel", "Dupond Jean-Noël"),
        ("jeannoel", "Dupond Jean-Noël"),
        ("d'hauteville", "D'Hauteville Anne-Sophie"),
        ("d’hauteville", "D'Hauteville Anne-Sophie"),
        ("dhauteville", "D'Hauteville Anne-Sophie"),
        ("anne sophie", "D'Hauteville Anne-Sophie"),
        ("le goff", "Le Goff Yann"),
        ("legoff", "Le Goff Yann"),
        ("coeur", "Cœur Zoé"),
        ("cœur", "Cœur Zoé"),
        ("nguyen", "Nguyễn Thị Mai"),
        ("thi mai", "Nguyễn Thị Mai"),
        ("andre", "Dupond Jean-Noël"),
        # Small misspellings and what the ear confuses.
        ("duppont helene", "Garnier Hélène"),
        ("lefevre", "Lefebvre Thibault"),
        ("lefebrve", "Lefebvre Thibault"),
        ("tibo", "Lefebvre Thibault"),
        ("thibaut", "Lefebvre Thibault"),
        ("hauteviile", "D'Hauteville Anne-Sophie"),
        ("cecaldi", "Ceccaldi Ange"),
        ("babtistin", "Baptistin Marie"),
        # Birth dates, whole, partial, begun, in any form.
        ("12/06/1948", "Baptiste Jean"),
        ("12/6/48", "Baptiste Jean"),
        ("12 juin 1948", "Baptiste Jean"),
        ("12 juin", "Baptiste Jean"),
        ("juin 48", "Baptiste Jean"),
        ("juin 1948", "Baptiste Jean"),
        ("06/1948", "Baptiste Jean"),
        ("12/6", "Baptiste Jean"),
        ("12/6/194", "Baptiste Jean"),
        ("120648", "Baptiste Jean"),
        ("12061948", "Baptiste Jean"),
        ("19480612", "Baptiste Jean"),
        ("1948-06-12", "Baptiste Jean"),
        ("1er décembre 1979", "Dupond Jean-Noël"),
        ("juillet 1990", "D'Hauteville Anne-Sophie"),
        ("9 janvier 52", "Mars Avril"),
        # Phones: any four digits of them, as dialled anywhere.
        ("0639981234", "Baptiste Jean"),
        ("06 39 98 12 34", "Baptiste Jean"),
        ("+33 6 39 98 12 34", "Baptiste Jean"),
        ("+33 (0)6 39 98 12 34", "Baptiste Jean"),
        ("0033639981234", "Baptiste Jean"),
        ("9812", "Baptiste Jean"),
        ("98 12 34", "Baptiste Jean"),
        ("5566", "Garnier Hélène"),
        ("02.35.84", "Garnier Hélène"),
        # INS, printed or not, begun or whole.
        ("2 52 04 13 005 001", "Cœur Zoé"),
        ("252041", "Cœur Zoé"),
        (matricule("2520413005001").matricule, "Cœur Zoé"),
        ("1 70 03 2A 004 012", "Ceccaldi Ange"),
        (matricule("170032A004012").matricule.lower(), "Ceccaldi Ange"),
        # Mixed, in any order.
        ("bapt 1948", "Baptiste Jean"),
        ("1948 bapt", "Baptiste Jean"),
        ("bapt 48", "Baptiste Jean"),
        ("dupont 06 39", "Garnier Hélène"),
        ("06 39 dupont", "Garnier Hélène"),
        ("jean 12/6/48 bapt", "Baptiste Jean"),
        ("1948 06 39 98 12", "Baptiste Jean"),
        ("jean 1948 0639", "Baptiste Jean"),
        ("garnier 3 avril 52", "Garnier Hélène"),
        ("lefevre 2001", "Lefebvre Thibault"),
        # Months are names too.
        ("avril", "Mars Avril"),
        ("mars avril", "Mars Avril"),
        ("mars 1952", "Mars Avril"),
    ],
)
def test_it_finds(town: Book, typed: str, first: str) -> None:
    assert found(town, typed)[:1] == [first]


@pytest.mark.parametrize(
    ("typed", "everybody"),
    [
        ("bapt", ["Baptiste Jean", "Baptistin Marie", "Jean Baptiste"]),
        ("3/4/52", ["Baptistin Marie", "Garnier Hélène"]),
        ("avril 1952", ["Baptistin Marie", "Cœur Zoé", "Garnier Hélène", "Mars Avril"]),
        ("1948", ["Baptiste Jean", "Le Goff Yann"]),
        ("0639", ["Baptiste Jean", "Garnier Hélène"]),
        ("06", ["Baptiste Jean", "Garnier Hélène"]),
        ("dupon", ["Dupond Jean-Noël", "Garnier Hélène"]),
        # The exact word before the longer one, the family name before the given name.
        ("jean", ["Jean Baptiste", "Baptiste Jean", "Dupond Jean-Noël"]),
        ("dupont", ["Garnier Hélène", "Dupond Jean-Noël"]),
        ("goff", ["Le Goff Yann", "Legoffic Maëlle"]),
        ("l", ["Le Goff Yann", "Lefebvre Thibault", "Legoffic Maëlle"]),
        # Every word counts.
        ("dupont jean", ["Dupond Jean-Noël"]),
        ("bapt 1950", []),
        ("garnier 07", []),
        # Nothing that can be looked for, and nothing found by accident.
        ("", []),
        ("   ", []),
        ("-'’ .", []),
        ("7", []),
        ("xq", []),
        ("zzzzzz", []),
        ("99/99/9999", []),
        # A birth year is not searched inside a matricule, nor a phone inside a birth date.
        ("0413", []),
        ("52041", []),
    ],
)
def test_whom_it_finds(town: Book, typed: str, everybody: list[str]) -> None:
    assert found(town, typed) == everybody


@pytest.mark.parametrize(
    "typed", ["a" * 5000, "0" * 5000, "é̀" * 3000, "\x00\x1b%_\\'\"", "(((", "1 " * 500, "🜂 ﷽ ٣٤"]
)
def test_whatever_is_typed_is_answered(town: Book, typed: str) -> None:
    assert len(search(town.connection, typed, today=TODAY).hits) <= searching.LIMIT


def test_twenty_at_most_and_it_says_that_there_are_more() -> None:
    book = Book()
    for number in range(25):
        book.register("Martin", "Camille", f"19{number + 50}-01-01")
    result = search(book.connection, "martin", today=TODAY)
    assert (len(result.hits), result.more) == (20, True)
    result = search(book.connection, "martin 1950", today=TODAY)
    assert (len(result.hits), result.more) == (1, False)


def test_a_hit_says_enough_to_be_sure_of_the_person(town: Book) -> None:
    (hit,) = search(town.connection, "garnier", today=TODAY).hits
    assert (hit.birth_name, hit.used_name, hit.first_given, hit.birth_date) == (
        "Dupont",
        "Garnier",
        "Hélène",
        "1952-04-03",
    )
    assert (hit.phone, hit.status, hit.match) == (
        "06\u00a039\u00a098\u00a055\u00a066",
        "provisional",
        "exact",
    )
    assert [hit.match for hit in search(town.connection, "garn", today=TODAY).hits] == ["prefix"]
    assert [hit.match for hit in search(town.connection, "arnie", today=TODAY).hits] == ["infix"]
    assert [hit.match for hit in search(town.connection, "garmier", today=TODAY).hits] == ["misspelt"]


def merge(book: Book, survivor: PatientId, absorbed: PatientId) -> None:
    book.do(MergePatients(survivor, absorbed, book.shown(survivor), book.shown(absorbed)))


def test_an_absorbed_record_leads_to_the_survivor_and_says_so() -> None:
    book = Book()
    kept, gone = (
        book.register("Garnier", "Hélène", "1952-04-03"),
        book.register("Dupont", "Josiane", "1952-03-04"),
    )
    assert found(book, "josiane") == ["Dupont Josiane"]
    merge(book, kept, gone)
    (hit,) = search(book.connection, "josiane", today=TODAY).hits
    assert (hit.patient, hit.birth_name, hit.found_as) == (kept, "Garnier", "Dupont Josiane")
    (hit,) = search(book.connection, "garnier", today=TODAY).hits
    assert (hit.patient, hit.found_as) == (kept, "")
    (merged,) = queries.merges(book.connection, kept)
    book.do(UndoMerge(kept, merged.fact))
    (hit,) = search(book.connection, "josiane", today=TODAY).hits
    assert (hit.patient, hit.found_as) == (gone, "")


def test_the_index_follows_what_is_written() -> None:
    book = Book()
    patient = book.register("Baptiste", "Jean", "1948-06-12")
    assert found(book, "baptiste") == ["Baptiste Jean"]
    identity = PatientIdentified(birth_name="Batistin", first_given="Jean", birth_date="1948-06-12")
    book.do(CorrectIdentity(patient, book.shown(patient), identity))
    assert found(book, "batistin") == ["Batistin Jean"]
    assert found(book, "jean") == ["Batistin Jean"]
    book.do(RecordContacts(patient, None, phones("06 39 98 12 34")))
    assert found(book, "0639981234") == ["Batistin Jean"]
    other = book.register("Aubry", "Jean", "1950-01-01")
    assert found(book, "jean") == ["Aubry Jean", "Batistin Jean"]
    book.do(
        CorrectIdentity(other, book.shown(other), PatientIdentified(birth_name="Zola", first_given="Jean"))
    )
    assert found(book, "jean") == ["Batistin Jean", "Zola Jean"]


def test_mended_little_by_little_or_read_anew_it_finds_the_same() -> None:
    """More changes than are mended, then compared with an index read from nothing."""
    book = Book()
    queries_typed = ["martin", "mar", "1950", "a", "martin 1951", "marrtin", "camille", "0639"]
    for number in range(searching.MENDED_AT_ONCE + 40):
        book.register("Martin" if number % 3 else "Marin", "Camille", f"{1950 + number % 5}-01-01")
        if number % 97 == 0:
            found(book, "martin")
    mended = [search(book.connection, typed, today=TODAY) for typed in queries_typed]
    searching.forget()
    assert [search(book.connection, typed, today=TODAY) for typed in queries_typed] == mended
    book.rebuild()
    assert [search(book.connection, typed, today=TODAY) for typed in queries_typed] == mended


def test_what_was_rolled_back_is_not_found_afterwards() -> None:
    book = Book()
    book.register("Baptiste", "Jean")
    assert found(book, "garnier") == []
    book.connection.execute("BEGIN")
    book.register("Garnier", "Hélène")
    assert found(book, "garnier") == ["Garnier Hélène"]
    book.connection.execute("ROLLBACK")
    assert found(book, "garnier") == []
    book.register("Lefebvre", "Thibault")
    assert found(book, "garnier") == []
    assert found(book, "lefebvre") == ["Lefebvre Thibault"]


def test_two_practices_never_share_an_index() -> None:
    one, other = Book(), Book()
    one.register("Baptiste", "Jean")
    other.register("Garnier", "Hélène")
    assert (found(one, "baptiste"), found(other, "baptiste")) == (["Baptiste Jean"], [])


def test_facts_that_passed_no_command_are_found_as_far_as_they_make_sense() -> None:
    """A sync may bring anything; folding refuses nothing."""
    book = Book()
    odd = {
        "birth_name": "Étrange",
        "first_given": 7,
        "birth_date": "le 3",
        "ins": "x",
        "given_names": "y",
        "sex": [],
    }
    book.arrive([Written(1, secrets.token_hex(16), odd, PatientIdentified.KIND)])
    huge = {"birth_name": "Long " * 5000, "first_given": "A", "birth_date": "1952-04-03"}
    book.arrive([Written(2, secrets.token_hex(16), huge, PatientIdentified.KIND)])
    assert found(book, "etrange") == ["Étrange "]
    assert len(found(book, "long 1952")) == 1
    book.arrive([Written(3, secrets.token_hex(16), {"phones": [{"number": 3}, 4]}, ContactsRecorded.KIND)])
