"""Identity numbers of people who do not exist: INS matricules under the test OID, RPPS with their key.

Law: keys are right, so that the product's checks pass; the test OID and order numbers never given say they are
fictional.
Source: référentiel INS (ANS); RPPS: 11 digits, the last by Luhn.
"""

from __future__ import annotations

from datetime import date

TEST_OID = "1.2.250.1.213.1.4.10"


def matricule_key(first_thirteen: str) -> str:
    """The two digits of the key: 97 − (13 digits mod 97), with 2A read 19 and 2B read 18."""
    number = int(first_thirteen.replace("2A", "19").replace("2B", "18"))
    return f"{97 - number % 97:02d}"


def matricule(*, sex: str, born: date, place_code: str, order: int) -> str:
    """15 characters: sex, year, month, birth place, order, key. Corsica before 1976 was department 20."""
    place = place_code
    if place_code.startswith("2") and place_code[1] in "AB" and born.year < 1976:
        place = "20" + place_code[2:]
    body = f"{'1' if sex == 'male' else '2'}{born:%y%m}{place}{order:03d}"
    return body + matricule_key(body)


class Matricules:
    """Gives each person an order number of their own, from 700 to 999, so that no two share a matricule."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def draw(self, *, sex: str, born: date, place_code: str, first_order: int) -> str | None:
        """A matricule nobody has yet, from `first_order` on; None when the 300 of that month and place are used up."""
        for step in range(300):
            number = matricule(
                sex=sex, born=born, place_code=place_code, order=700 + (first_order + step) % 300
            )
            if number not in self._given:
                self._given.add(number)
                return number
        return None


def luhn_digit(digits: str) -> str:
    """The Luhn digit to append."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def rpps(first_ten: str) -> str:
    """An RPPS of 11 digits with its key. Ours begin with 99, which no directory has given."""
    return first_ten + luhn_digit(first_ten)
