"""Names and phones compared, never rewritten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.patients import phones
from lanterne.practice.patients.names import (
    LONGEST_WORD,
    MOST_WORDS,
    close,
    fold,
    sound,
    spread,
    strict,
    words,
)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Jean-Noël D'Arc", ["jean", "noel", "d", "arc"]),
        ("ŒUVRÉ", ["oeuvre"]),
        ("Ægir Øster Łukasz", ["aegir", "oster", "lukasz"]),
        ("Strauß", ["strauss"]),
        ("İpek", ["ipek"]),
        ("Nguyễn", ["nguyen"]),
        ("e\u0301te\u0301", ["ete"]),
        ("", []),
        ("--", []),
    ],
)
def test_words(name: str, folded: list[str]) -> None:
    assert words(name) == folded


def test_strict_traits_are_capitals_without_accents() -> None:
    assert strict("Cœur-d’Anjou") == strict("COEUR D'ANJOU") == "COEUR D ANJOU"


def test_compound_names_are_found_in_one_word_too() -> None:
    assert list(spread(["Le Goff", "Jean-Noël", "Jean"])) == [
        "le",
        "goff",
        "jean",
        "noel",
        "legoff",
        "jeannoel",
    ]


@pytest.mark.parametrize(
    "heard_alike",
    [
        ("thibault", "thibaut", "tibo"), ("philippe", "filipe"), ("dupont", "dupond"), ("gauthier", "gotier"),
        ("renault", "renaud", "reno"), ("mathieu", "matthieu"), ("nathalie", "natali"), ("boulet", "boulay"),
        ("martin", "martain"), ("isabelle", "izabel"),
    ],
)  # fmt: skip
def test_sounds(heard_alike: tuple[str, ...]) -> None:
    assert len({sound(word) for word in heard_alike}) == 1


@pytest.mark.parametrize(
    "pair", [("martin", "morin"), ("dupont", "dubois"), ("jean", "jeanne"), ("marie", "maria")]
)
def test_sounds_that_differ(pair: tuple[str, str]) -> None:
    assert sound(pair[0]) != sound(pair[1])


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Dupont", "Dupond", True),
        ("Lefebvre", "Lefèvre", True),
        ("Le Goff", "LEGOFF", True),
        ("Jean", "Jeanne", False),
        ("Li", "Lu", False),
        ("", "", False),
        ("Martin", "Bernard", False),
    ],
)
def test_close(one: str, other: str, alike: bool) -> None:
    assert close(one, other) is alike
    assert close(other, one) is alike


@given(st.text(max_size=200))
def test_folding_anything_is_stable_and_bounded(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    found = words(text)
    assert len(found) <= MOST_WORDS
    assert all(0 < len(word) <= LONGEST_WORD and " " not in word for word in found)
    assert all(isinstance(sound(word), str) for word in found)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("06 39 98 12 34", "0639981234"),
        ("06.39.98.12.34", "0639981234"),
        ("+33 6 39 98 12 34", "0639981234"),
        ("+33 (0)6 39 98 12 34", "0639981234"),
        ("+33 06 39 98 12 34", "0639981234"),
        ("0033 6 39 98 12 34", "0639981234"),
        ("+262 692 00 00 00", "00262692000000"),
        ("+41 (0)79 123 45 67", "0041791234567"),
        ("3624", "3624"),
        ("", ""),
    ],
)
def test_phones_are_compared_as_dialled_in_france(typed: str, digits: str) -> None:
    assert phones.digits(typed) == digits


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("06 39 98 12 34", True),
        ("15", True),
        ("+33 6", True),
        ("bientôt", False),
        ("", False),
        ("7", False),
        ("1" * 18, False),
    ],
)
def test_phones_that_can_be_dialled(typed: str, good: bool) -> None:
    assert phones.is_phone(typed) is good


def test_phones_are_shown_in_pairs_when_french() -> None:
    assert phones.shown("+33639981234") == "06\u00a039\u00a098\u00a012\u00a034"
    assert phones.shown(" +41 79 123 45 67 ") == "+41 79 123 45 67"
    assert phones.shown("3624") == "3624"


@given(st.text(alphabet="0123456789+ ().-/", max_size=30))
def test_any_number_is_bounded(typed: str) -> None:
    assert len(phones.digits(typed)) <= phones.MOST_DIGITS
