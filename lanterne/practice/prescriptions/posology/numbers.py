"""Numbers as they are typed on a prescription: digits, halves and quarters, words, "1 à 2".

Law: a number is read whole or not at all; a gap between digits parts thousands only when zeros follow.
"""

from __future__ import annotations

import re

from lanterne.practice.prescriptions.posology.structure import Quantity

_WORDS: dict[str, float] = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "quatorze": 14, "quinze": 15, "vingt": 20, "vingt et un": 21, "trente": 30,
    "demi": 0.5, "demie": 0.5, "un demi": 0.5, "une demi": 0.5, "une demie": 0.5, "la moitie d'un": 0.5,
    "la moitie d'une": 0.5, "un quart de": 0.25, "un quart d'un": 0.25, "un quart": 0.25, "trois quarts de": 0.75,
    "trois quarts d'un": 0.75, "trois quart de": 0.75, "un tiers de": 1 / 3, "un et demi": 1.5, "une et demie": 1.5,
    "un comprime et demi": 1.5,
}  # fmt: skip
FRACTIONS: dict[str, float] = {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75, "1/3": 0.333, "2/3": 0.667, "3/2": 1.5}

_WORD = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_FRACTION = "|".join(map(re.escape, FRACTIONS))
DIGITS = r"(?:\d{1,3}(?: 000)+(?!\d)|\d{1,9}(?:[.,]\d{1,4})?)"
"""A plain number: 500, 0,25, 50 000."""
ONE = rf"(?:\d ?(?:et |\+ ?)(?:{_FRACTION})(?![\d/])|(?:{_FRACTION})(?![\d/])|{DIGITS}(?![\d])|(?:{_WORD})(?![a-z]))"
"""A number, a fraction or a word. Not to be followed by a digit."""
RANGE = rf"(?:{ONE}(?: ?(?:a|-|ou) ?{ONE})?)"
"""A number, or from one to another."""

_RANGE = re.compile(rf"({ONE})(?: ?(?:a|-|ou) ?({ONE}))?")
_BOTH = re.compile(rf"(\d) ?(?:et |\+ ?)({_FRACTION})")


def one(text: str) -> int | float:
    """The number of a text matched by `ONE`.

    Raises:
        ValueError: it is not one.
    """
    if both := _BOTH.fullmatch(text):
        return plain(float(both[1]) + FRACTIONS[both[2]])
    if text in FRACTIONS:
        return FRACTIONS[text]
    if text in _WORDS:
        return plain(_WORDS[text])
    return plain(float(text.replace(" ", "").replace(",", ".")))


def quantity(text: str) -> Quantity | None:
    """The quantity of a text matched by `RANGE`; None when its ends are not in order."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    low = one(found[1])
    if found[2] is None:
        return low
    high = one(found[2])
    return (low, high) if low < high else None


def plain(number: float) -> int | float:
    """3 for 3.0."""
    return int(number) if float(number).is_integer() else round(number, 4)


def decimal(number: int | float) -> str:
    """With a decimal comma and no useless zero: "0,25"."""
    return f"{number:.4f}".rstrip("0").rstrip(".").replace(".", ",")
