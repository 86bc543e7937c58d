"""Numbers in French words: against rules written the other way round, on every number up to 9,999."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lanterne.printing.in_words import MOST, counted, figures_left, number, spelled

UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zéro",
            "un",
            "deux",
            "trois",
            "quatre",
            "cinq",
            "six",
            "sept",
            "huit",
            "neuf",
            "dix",
            "onze",
            "douze",
            "treize",
            "quatorze",
            "quinze",
            "seize",
        ]
    )
}
TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}


def read(words: str) -> int:
    """Reads words back, knowing nothing of how they are made: each word adds, "vingt" after "quatre" and "cent" and
    "mille" multiply."""
    total = current = 0
    for word in words.replace("-", " ").split():
        bare = word.removesuffix("s") if word in ("vingts", "cents") else word
        if bare == "et":
            continue
        if bare == "mille":
            total, current = total + (current or 1) * 1000, 0
        elif bare == "cent":
            current = (current or 1) * 100
        elif bare == "vingt" and current % 100 == 4:
            current += 76
        else:
            current += UNITS.get(bare, TENS.get(bare, -(10**9)))
    return total + current


def test_every_number_is_read_back() -> None:
    wrong = [value for value in range(10_000) if read(number(value)) != value]
    assert not wrong


def test_no_two_numbers_are_written_alike() -> None:
    assert len({number(value) for value in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zéro"),
        (1, "un"),
        (16, "seize"),
        (17, "dix-sept"),
        (21, "vingt et un"),
        (22, "vingt-deux"),
        (61, "soixante et un"),
        (70, "soixante-dix"),
        (71, "soixante et onze"),
        (77, "soixante-dix-sept"),
        (80, "quatre-vingts"),
        (81, "quatre-vingt-un"),
        (91, "quatre-vingt-onze"),
        (99, "quatre-vingt-dix-neuf"),
        (100, "cent"),
        (101, "cent un"),
        (180, "cent quatre-vingts"),
        (200, "deux cents"),
        (201, "deux cent un"),
        (1000, "mille"),
        (1980, "mille neuf cent quatre-vingts"),
        (2000, "deux mille"),
        (9999, "neuf mille neuf cent quatre-vingt-dix-neuf"),
        (80_000, "quatre-vingt mille"),
        (200_000, "deux cent mille"),
        (1_000_000, "un million"),
    ],
)
def test_the_spelling_of_the_forms(value: int, words: str) -> None:
    assert number(value) == words


def test_what_is_feminine() -> None:
    assert number(21, feminine=True) == "vingt et une"
    assert number(81, feminine=True) == "quatre-vingt-une"
    assert number(71, feminine=True) == "soixante et onze"
    assert number(2, feminine=True) == "deux"


@pytest.mark.parametrize("value", [-1, MOST + 1])
def test_no_other_number(value: int) -> None:
    with pytest.raises(ValueError, match="999,999,999"):
        number(value)


@pytest.mark.parametrize(
    ("value", "noun", "words"),
    [
        ("2.5", "comprimés", "deux comprimés et demi"),
        ("2.5", "gélules", "deux gélules et demie"),
        ("1.5", "mg", "un milligramme et demi"),
        ("0.5", "comprimé", "un demi-comprimé"),
        ("0.5", "gélule", "une demi-gélule"),
        ("0.25", "ampoule", "un quart d’ampoule"),
        ("0.75", "comprimé", "trois quarts de comprimé"),
        ("1.25", "mg", "un virgule vingt-cinq milligramme"),
        ("0.05", "mg", "zéro virgule zéro cinq milligramme"),
        ("2.05", "mL", "deux virgule zéro cinq millilitres"),
        ("21", "gélules", "vingt et une gélules"),
        ("3", "fois", "trois fois"),
        ("1", "UI", "une unité internationale"),
        ("0.5", "%", "zéro virgule cinq pour cent"),
    ],
)
def test_so_many_of_something(value: str, noun: str, words: str) -> None:
    assert counted(Decimal(value), noun) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2 gélules 3 fois/j pendant 28 jours", "deux gélules trois fois par jour pendant vingt-huit jours"),
        ("1 à 2 gélules toutes les 4 à 6 heures", "une à deux gélules toutes les quatre à six heures"),
        ("1/2 comprimé le soir", "un demi-comprimé le soir"),
        ("2,5 mL 4 fois par jour", "deux millilitres et demi quatre fois par jour"),
        ("max 4 g/24 h", "max quatre grammes par vingt-quatre heures"),
        ("5 mg/kg/j", "cinq milligrammes par kilogramme par jour"),
        ("10 mg/5 mL", "dix milligrammes par cinq millilitres"),
        ("500 mg/30 mg", "cinq cents milligrammes/trente milligrammes"),
        ("100 000 UI", "cent mille unités internationales"),
        ("1\u00a0250 mg", "mille deux cent cinquante milligrammes"),
        ("à 8h30 et 20 h", "à huit heures trente et vingt heures"),
        ("jusqu’au 12/03/2026", "jusqu’au douze mars deux mille vingt-six"),
        ("2e jour", "deuxième jour"),
        ("5ème, 9e, 21e, 80e", "cinquième, neuvième, vingt et unième, quatre-vingtième"),
        ("25 µg/h", "vingt-cinq microgrammes par heure"),
        ("28j", "vingt-huit jours"),
        ("si besoin", "si besoin"),
    ],
)
def test_a_sentence(text: str, words: str) -> None:
    assert spelled(text) == words
    assert not figures_left(spelled(text))


@pytest.mark.parametrize("text", ["vitamine B12", "1.000 UI", "1234567890 mg", "2 100 mg"])
def test_what_is_doubtful_stays_in_figures_and_is_found(text: str) -> None:
    assert figures_left(spelled(text))


def test_a_number_keeps_its_space() -> None:
    assert spelled("le 3 au soir, 2 le 4") == "le trois au soir, deux le quatre"
