"""Phone numbers: kept as typed, shown in pairs, compared by their digits in the form dialled in France."""

from __future__ import annotations

import re

_ABROAD = re.compile(r"^(?:\+|00)\s*")
_FRANCE = re.compile(r"^33(?:\(0\)|0)?")
_ALLOWED = re.compile(r"^[\d\s.()/+\-]*$")

# From a three-digit service number to the longest of ITU-T E.164, written with 00.
FEWEST_DIGITS = 2
MOST_DIGITS = 17


def digits(number: str) -> str:
    """What is compared: "+33 (0)6 39 98 12 34", "0033639981234" and "06.39.98.12.34" are one; others start
    with 00.
    """
    bare = number.strip()
    abroad = _ABROAD.match(bare)
    if abroad is None:
        return _only_digits(bare)[:MOST_DIGITS]
    rest = re.sub(r"[\s./\-]", "", bare[abroad.end() :])
    france = _FRANCE.match(rest)
    if france is not None:
        return ("0" + _only_digits(rest[france.end() :]))[:MOST_DIGITS]
    return ("00" + _only_digits(rest.replace("(0)", "")))[:MOST_DIGITS]


def is_phone(number: str) -> bool:
    """Whether it can be dialled: digits and the signs people put between them, a believable count of them."""
    return bool(_ALLOWED.match(number)) and FEWEST_DIGITS <= len(digits(number)) <= MOST_DIGITS - 1


def shown(number: str) -> str:
    """In pairs when French, else as typed. Spaces are non-breaking."""
    bare = digits(number)
    if len(bare) == 10 and bare.startswith("0") and not bare.startswith("00"):
        return "\u00a0".join(bare[at : at + 2] for at in range(0, 10, 2))
    return number.strip()


def _only_digits(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isdigit())
