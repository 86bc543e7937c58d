"""Numbers that name a professional, and their keys."""

from __future__ import annotations

import re

_RPPS = re.compile(r"\d{11}")


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn key of those before (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def rpps_is_valid(number: str) -> bool:
    """Whether this is an RPPS: 11 digits with their Luhn key."""
    return number.isascii() and _RPPS.fullmatch(number) is not None and number != "0" * 11 and luhn(number)
