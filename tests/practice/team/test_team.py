"""Who works here, what each may do, and what a prescription of theirs would miss."""

from __future__ import annotations

import itertools
import secrets
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.errors import Refusal
from lanterne.practice.rights import ADMINISTRATOR, RIGHTS, Right
from lanterne.practice.team import queries
from lanterne.practice.team.commands import DescribePerson, DescribePractice
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed, Role
from lanterne.practice.team.identifiers import rpps_is_valid
from lanterne.practice.team.rules import MISSING, SENTENCES, missing_for_prescription
from lanterne.wire.names import FactId, PersonId
from tests.practice.patients.book import NOBODY, TODAY, Book, Written

LILAS = PracticeDescribed(
    name="Cabinet de la rue des Lilas", address="3 rue des Lilas", postcode="76000", city="Rouen",
    phone="02 35 84 11 22", email="cabinet@lilas.example",
)  # fmt: skip
GARANCE = PersonDescribed(
    person="9a" * 16, family_name="Morel", given_name="Garance", title="Dr", role="doctor", administrator=True,
    rpps="10003456786", specialty="Médecine générale",
)  # fmt: skip
INES = PersonDescribed(person="1e" * 16, family_name="Caron", given_name="Inès", role="secretary")


def but(person: PersonDescribed, /, **fields: Any) -> PersonDescribed:
    return msgspec.structs.replace(person, **fields)


def refused(book: Book, command: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        book.do(command)
    assert SENTENCES[caught.value.code] % caught.value.params
    return caught.value.code, caught.value.field


def rights(book: Book, person: PersonDescribed, *, seat: bool, today: date = TODAY) -> frozenset[Right]:
    return queries.rights(book.connection, PersonId(person.person), administrator_seat=seat, today=today)


def test_described_and_described_anew() -> None:
    book = Book()
    assert queries.practice(book.connection) is None
    book.do(DescribePractice(LILAS))
    book.do(DescribePerson(GARANCE))
    book.do(DescribePerson(INES))
    practice = queries.practice(book.connection)
    assert practice is not None
    assert practice.body == LILAS
    assert [person.display_name for person in queries.persons(book.connection)] == [
        "Inès Caron",
        "Dr Garance Morel",
    ]
    garance = queries.person(book.connection, PersonId(GARANCE.person))
    assert garance is not None
    (written,) = book.do(DescribePerson(but(GARANCE, phone="02 35 84 11 22"), garance.fact))
    assert (written.replaces, written.patient) == ((garance.fact,), None)
    assert refused(book, DescribePerson(GARANCE, garance.fact)) == ("changed_meanwhile", "")
    assert refused(book, DescribePractice(LILAS)) == ("changed_meanwhile", "")
    assert refused(book, DescribePerson(INES, FactId("ab" * 16))) == ("changed_meanwhile", "")
    book.do(DescribePractice(LILAS, practice.fact))


def test_before_anybody_is_described_only_an_administrator_may_describe() -> None:
    book = Book()
    assert rights(book, GARANCE, seat=True) == {Right.MANAGE_TEAM}
    assert rights(book, GARANCE, seat=False) == frozenset()


@pytest.mark.parametrize("role", ["doctor", "locum", "midwife", "nurse", "secretary"])
def test_rights_of_a_role(role: Role) -> None:
    book = Book()
    book.do(DescribePerson(but(INES, role=role)))
    assert rights(book, INES, seat=False) == RIGHTS[role]
    assert rights(book, INES, seat=True) == RIGHTS[role]


def test_who_calls_herself_administrator_is_none() -> None:
    """A description is an office fact: a modified client could write one. The membership decides with it."""
    book = Book()
    book.do(DescribePerson(GARANCE))
    assert rights(book, GARANCE, seat=True) == RIGHTS["doctor"] | ADMINISTRATOR
    assert rights(book, GARANCE, seat=False) == RIGHTS["doctor"]


def test_who_left_may_nothing() -> None:
    book = Book()
    book.do(DescribePerson(GARANCE))
    book.do(DescribePerson(but(INES, left="2026-03-01")))
    assert rights(book, INES, seat=False, today=date(2026, 3, 1)) == RIGHTS["secretary"]
    assert rights(book, INES, seat=False, today=date(2026, 3, 2)) == frozenset()


def test_the_last_administrator_stays() -> None:
    book = Book()
    book.do(DescribePerson(INES))
    book.do(DescribePerson(GARANCE))
    fact = book.do(DescribePerson(but(GARANCE, phone="15"), _fact(book, GARANCE)))[0].id
    assert fact is None
    for change in ({"administrator": False}, {"left": "2026-03-02"}):
        command = DescribePerson(but(GARANCE, **change), _fact(book, GARANCE))
        assert refused(book, command) == ("last_administrator", "administrator")
    book.do(DescribePerson(but(INES, administrator=True), _fact(book, INES)))
    book.do(DescribePerson(but(GARANCE, administrator=False), _fact(book, GARANCE)))


def _fact(book: Book, person: PersonDescribed) -> FactId:
    found = queries.person(book.connection, PersonId(person.person))
    assert found is not None
    return found.fact


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"person": "garance"}, "person_unknown", "person"),
        ({"family_name": " "}, "family_name_missing", "family_name"),
        ({"role": "boss"}, "role_unknown_word", "role"),
        ({"rpps": "10003456787"}, "rpps_invalid", "rpps"),
        ({"assurance_maladie": "12"}, "assurance_maladie_shape", "assurance_maladie"),
        ({"letterhead": ["x"] * 13}, "letterhead_too_long", "letterhead"),
        ({"letterhead": ["x" * 101]}, "text_too_long", "letterhead"),
        ({"left": "demain"}, "left_date", "left"),
        ({"phone": "x"}, "phone_unreadable", "phone"),
        ({"email": "x"}, "email_shape", "email"),
    ],
)
def test_persons_refused(changes: dict[str, Any], code: str, field: str) -> None:
    assert refused(Book(), DescribePerson(but(GARANCE, **changes))) == (code, field)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": ""}, "practice_name_missing", "name"),
        ({"finess": "123"}, "finess_shape", "finess"),
        ({"postcode": "760000"}, "postcode_shape", "postcode"),
    ],
)
def test_practices_refused(changes: dict[str, Any], code: str, field: str) -> None:
    assert refused(Book(), DescribePractice(msgspec.structs.replace(LILAS, **changes))) == (code, field)


def test_numbers_are_kept_without_spaces() -> None:
    book = Book()
    (written,) = book.do(DescribePerson(but(GARANCE, rpps="1000 3456 786", assurance_maladie="76 1 00000 1")))
    assert isinstance(written.body, PersonDescribed)
    assert (written.body.rpps, written.body.assurance_maladie) == ("10003456786", "761000001")


@pytest.mark.parametrize(
    ("person", "practice", "lacking"),
    [
        (GARANCE, LILAS, ()),
        (INES, None, ()),
        (but(GARANCE, rpps=""), LILAS, ("prescriber_rpps",)),
        (
            but(GARANCE, given_name="", title="", specialty=""),
            LILAS,
            ("prescriber_name", "prescriber_quality"),
        ),
        (GARANCE, None, ("prescriber_address", "prescriber_phone", "prescriber_email")),
        (but(GARANCE, phone="15", email="g@x.fr"), None, ("prescriber_address",)),
    ],
)
def test_what_a_prescription_would_miss(
    person: PersonDescribed, practice: PracticeDescribed | None, lacking: tuple[str, ...]
) -> None:
    assert missing_for_prescription(person, practice) == lacking
    assert set(lacking) <= set(MISSING)


@given(st.from_regex(r"[1-9]\d{9}", fullmatch=True).filter(str.isascii))
def test_one_key_in_ten_makes_an_rpps_and_a_swap_breaks_it(start: str) -> None:
    good = [start + str(key) for key in range(10) if rpps_is_valid(start + str(key))]
    assert len(good) == 1
    for place, (one, other) in enumerate(itertools.pairwise(good[0])):
        swapped = good[0][:place] + other + one + good[0][place + 2 :]
        # The only swap Luhn does not see is 09 ↔ 90.
        if {one, other} != {"0", "9"} and one != other:
            assert not rpps_is_valid(swapped)


@pytest.mark.parametrize("number", ["", "0" * 11, "1000345678", "100034567866", "1000345678६", "x0003456786"])
def test_what_is_no_rpps(number: str) -> None:
    assert not rpps_is_valid(number)


def test_fields_of_a_newer_lanterne_survive() -> None:
    book = Book()
    raw = {"person": GARANCE.person, "family_name": "Morel", "languages": ["fr", "en"]}
    book.arrive([Written(1, NOBODY, raw, PersonDescribed.KIND)])
    book.rank = 5
    (written,) = book.do(DescribePerson(GARANCE, _fact(book, GARANCE)))
    assert written.unknown == {"languages": ["fr", "en"]}


def test_a_description_of_another_shape_gives_the_fewest_rights() -> None:
    book = Book()
    raw = {"person": GARANCE.person, "family_name": 3, "role": "director", "administrator": True}
    book.arrive([Written(1, NOBODY, raw, PersonDescribed.KIND, id=secrets.token_hex(16))])
    assert rights(book, GARANCE, seat=True) == RIGHTS["secretary"]
    assert [person.role for person in queries.persons(book.connection)] == ["secretary"]
