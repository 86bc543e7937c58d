"""What an Observation measured and found, in words and numbers, before the chart decides which room it
belongs to.

Source: https://hl7.org/fhir/R4/observation.html; HL7 v2-0078 for interpretations; data-absent-reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from lanterne.intake.fhir.resources import Measured
from lanterne.intake.fhir.saying import (
    code_in,
    first_code,
    label,
    labels,
    number,
    quantity,
    ratio,
    span,
    unit,
)  # fmt: skip
from lanterne.intake.fhir.shapes import Concept, ReferenceRange

Comparator = Literal["", "<", "<=", ">", ">="]
Flag = Literal["", "N", "L", "H", "LL", "HH", "A", "AA"]
_COMPARATORS: dict[str, Comparator] = {word: word for word in get_args(Comparator)}
_FLAGS: dict[str, Flag] = {
    **{word: word for word in get_args(Flag)}, "HU": "HH", "LU": "LL", "POS": "A", "DET": "A", "NEG": "N", "ND": "N",
}  # fmt: skip

# Why there is no value, for what must be seen all the same: a test asked for and not done is news.
ABSENT = {
    "not-performed": "non réalisé",
    "error": "erreur de mesure",
    "not-a-number": "pas de valeur chiffrée",
    "negative-infinity": "sous le seuil de mesure",
    "positive-infinity": "au-delà du seuil de mesure",
    "temp-unknown": "en attente",
    "not-applicable": "sans objet",
    "not-permitted": "non communicable",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value: `text` is decimal text when `numeric`, else words; `doubt` says what could not be taken as a number."""

    text: str
    numeric: bool = False
    comparator: Comparator = ""
    unit: str = ""
    doubt: str = ""


def value_of(held: Measured) -> Value | None:
    """What was found; None when nothing is said."""
    measured = held.value_quantity
    if measured is not None:
        if measured.value is None:
            return None
        digits = number(measured.value)
        if not digits:
            words = f"{measured.comparator} {measured.value:.6E}".strip()
            return Value(words, unit=unit(measured), doubt="Nombre démesuré, gardé comme écrit")
        comparator = _COMPARATORS.get(measured.comparator)
        if comparator is None:
            return Value(quantity(measured), doubt=f"Comparateur inconnu : {measured.comparator}")
        return Value(digits, True, comparator, unit(measured))
    if held.value_codeable_concept is not None:
        words = label(held.value_codeable_concept)
        return Value(words) if words else None
    if held.value_integer is not None:
        return Value(str(held.value_integer), True)
    if held.value_boolean is not None:
        return Value("oui" if held.value_boolean else "non")
    words = held.value_string.strip() or span(held.value_range) or ratio(held.value_ratio)
    words = words or held.value_time or held.value_date_time
    if not words and held.value_period is not None:
        words = " – ".join(filter(None, (held.value_period.start, held.value_period.end)))
    return Value(words) if words else None


def absent(held: Measured) -> str:
    """Why there is no value, in words to be shown; empty when it is not known, or nothing that need be seen."""
    return ABSENT.get(first_code(held.data_absent_reason), "")


def flag_of(held: Measured) -> tuple[Flag, str]:
    """The laboratory's flag, and its words when they are none of the known ones."""
    words: list[Concept] = []
    flag: Flag = ""
    for concept in held.interpretation:
        known = next((_FLAGS[coding.code] for coding in concept.coding if coding.code in _FLAGS), None)
        if known is None:
            words.append(concept)
        elif not flag:
            flag = known
    return flag, labels(words)


def range_of(held: Measured, value_unit: str) -> tuple[str, str, str]:
    """Low and high bounds as decimal text, and what of the ranges is only words.

    The first range in the unit of the value is the laboratory's; further ones (by age, by sex) stay words.
    """
    low = high = ""
    words: list[str] = []
    for bounds in held.reference_range:
        lower, upper = _bound(bounds, value_unit)
        if (lower or upper) and not (low or high):
            low, high = lower, upper
            if bounds.text:
                words.append(bounds.text.strip())
        else:
            words.append(
                bounds.text.strip() or f"{quantity(bounds.low)} – {quantity(bounds.high)}".strip(" –")
            )
    return low, high, " ; ".join(filter(None, words))


def _bound(bounds: ReferenceRange, value_unit: str) -> tuple[str, str]:
    found = []
    for end in (bounds.low, bounds.high):
        same = end is not None and (unit(end) in ("", value_unit) or end.unit == value_unit)
        found.append(number(end.value) if end is not None and same else "")
    return found[0], found[1]


def loinc(held: Measured) -> str:
    """The LOINC code of what was measured; empty when it has none."""
    return code_in(held.code, "http://loinc.org")
