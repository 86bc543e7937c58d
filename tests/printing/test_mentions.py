"""What the law wants and is not there is said, one by one; what is there is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lanterne.printing.mentions import SENTENCES, Missing, missing, sentence
from lanterne.printing.papers import Item, Order
from tests.printing.made import (
    AMOXICILLIN,
    BAPTISTE,
    DRESSING,
    LEVOTHYROXINE,
    MOREL,
    MORPHINE,
    TRAMADOL,
    prescribed,
)

IMAGING = Order(
    kind="imaging", asked=("Radiographie du genou droit, face et profil",), reason="gonalgie mécanique"
)


def test_nothing_is_missing_from_what_is_whole() -> None:
    assert missing(prescribed(AMOXICILLIN, LEVOTHYROXINE, MORPHINE, TRAMADOL, DRESSING, IMAGING)) == ()


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("quality", "prescriber_quality"),
        ("rpps", "prescriber_rpps"),
        ("city", "prescriber_address"),
        ("phone", "prescriber_phone"),
        ("email", "prescriber_email"),
    ],
)
def test_of_the_prescriber(field: str, code: str) -> None:
    lacking: dict[str, Any] = {field: " "}
    assert missing(prescribed(AMOXICILLIN, prescriber=replace(MOREL, **lacking))) == (Missing(code),)


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"given_names": ""}, "patient_given_names"),
        ({"sex": "unknown"}, "patient_sex"),
        ({"birth_date": "1952"}, "patient_birth_date"),
        ({"birth_date": ""}, "patient_birth_date"),
    ],
)
def test_of_the_patient(lacking: dict[str, Any], code: str) -> None:
    assert missing(prescribed(AMOXICILLIN, patient=replace(BAPTISTE, **lacking))) == (Missing(code),)


@pytest.mark.parametrize(
    ("item", "code", "found"),
    [
        (replace(AMOXICILLIN, dci=""), "line_name", ""),
        (replace(AMOXICILLIN, posology=""), "line_posology", ""),
        (replace(AMOXICILLIN, duration=""), "line_duration", ""),
        (replace(MORPHINE, strength=""), "line_strength", ""),
        (replace(MORPHINE, duration=""), "line_secured_duration", ""),
        (replace(MORPHINE, posology="2 100 mg"), "line_figures", "2"),
        (replace(MORPHINE, posology="si douleur"), "line_units", ""),
        (replace(DRESSING, asked=(" ",)), "order_asked", ""),
        (replace(IMAGING, reason=""), "order_reason", ""),
    ],
)
def test_of_a_line(item: Item, code: str, found: str) -> None:
    assert missing(prescribed(AMOXICILLIN, item)) == (Missing(code, 2, found),)


def test_what_cannot_be_drawn_is_said_before_it_is_printed() -> None:
    (lack,) = missing(
        prescribed(replace(AMOXICILLIN, remark="中\x00"), patient=replace(BAPTISTE, given_names="Jean 😀"))
    )
    assert (lack.code, lack.found) == ("undrawn", "U+0000 中 😀")
    assert "U+0000 中 😀" in sentence(lack)


def test_words_are_numbers_too() -> None:
    assert missing(prescribed(replace(MORPHINE, posology="une gélule matin et soir"))) == ()


def test_a_quantity_stands_for_a_duration_on_ordinary_paper() -> None:
    assert missing(prescribed(replace(AMOXICILLIN, duration="", quantity="2 boîtes"))) == ()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_each_has_its_sentence(code: str) -> None:
    said = sentence(Missing(code, 3, "B12"))
    assert said.endswith(".")
    assert "{" not in said
    assert ("Ligne 3" in said) == ("{item}" in SENTENCES[code])
