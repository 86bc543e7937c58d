"""Whose: civilities, maiden names, social numbers of a parent, wrong keys."""

from __future__ import annotations

import pytest

from lanterne.intake.written.persons import family_names, sex_of, social_number


@pytest.mark.parametrize(
    ("line", "birth", "used", "sex"),
    [
        ("MME DURAND NEE MARTIN", "MARTIN", "DURAND", "female"),
        ("M. LE GOFF", "LE GOFF", "", "male"),
        ("MARTIN EP. DURAND", "MARTIN", "DURAND", "unknown"),
        ("MARTIN épouse DURAND", "MARTIN", "DURAND", "unknown"),
        ("  DE LA   TOUR ", "DE LA TOUR", "", "unknown"),
        ("M", "M", "", "unknown"),
    ],
)
def test_family_names(line: str, birth: str, used: str, sex: str) -> None:
    names = family_names(line)
    assert (names.birth_name, names.used_name, names.sex) == (birth, used, sex)


@pytest.mark.parametrize(
    ("word", "sex"),
    [("M", "male"), ("1", "male"), ("Féminin", "female"), ("f", "female"), ("H", "male"), ("?", "unknown")],
)
def test_words_for_sex(word: str, sex: str) -> None:
    assert sex_of(word) == sex


@pytest.mark.parametrize(
    "written", ["279035121518989", "2 79 03 51 215 189 89", "2790351215189 89", "2.79.03.51.215.189-89"]
)
def test_a_number_apart_from_its_key(written: str) -> None:
    number = social_number(written, "1979-03-28")
    assert number is not None
    assert number.matricule == "279035121518989"
    assert number.key_agrees
    assert number.own


def test_a_wrong_key_is_said_and_kept() -> None:
    number = social_number("279035121518988", "1979-03-28")
    assert number is not None
    assert not number.key_agrees


def test_a_parents_number_is_not_the_childs() -> None:
    number = social_number("279035121518989", "2015-06-01")
    assert number is not None
    assert number.key_agrees
    assert not number.own


def test_without_its_key_a_number_is_none() -> None:
    assert social_number("2790351215189", "1979-03-28") is None


def test_corsica() -> None:
    number = social_number("1 85 05 2A 004 089 " + "77", "1985-05-02")
    assert number is not None
    assert number.matricule == "185052A00408977"
