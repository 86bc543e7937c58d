"""FHIR's data types as the chart writes them: labels, codes, dates, numbers, sentences.

Law: nothing is invented. A date that is none becomes no date; a number keeps its digits; a label is what the
document wrote, in its language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from lanterne.intake.fhir.shapes import Annotation, Coding, Concept, Period, Quantity, Range, Ratio
from lanterne.practice.kinds import Coding as ChartCoding

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"

# One system, the names it goes by; French ones from the ANS (mos.esante.gouv.fr) and SMT.
_SAME = {
    "http://hl7.org/fhir/sid/icd-10-fr": ICD10,
    "http://id.who.int/icd/release/10": ICD10,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "https://smt.esante.gouv.fr/terminologie-cim-10": ICD10,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "https://smt.esante.gouv.fr/terminologie-atc": ATC,
}

_DATE = re.compile(
    r"\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?"
)
# What a chart's decimal holds (practice.chart.required): digits before and after the point.
_BEFORE, _AFTER = 15, 10
_SMALLEST = Decimal(1).scaleb(-_AFTER)


def moment(text: str) -> str | None:
    """A FHIR date, dateTime or instant as ISO 8601 at its precision, whole seconds; None when it is none."""
    return _moment(text.strip()) if text and len(text) <= 40 else None


@lru_cache(maxsize=16_384)
def _moment(text: str) -> str | None:
    if _DATE.fullmatch(text) is None:
        return None
    try:
        if len(text) > 10:
            return datetime.fromisoformat(text).replace(microsecond=0).isoformat()
        date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return None
    return text


def day(text: str) -> str:
    """The day, month or year of a FHIR date, as written there; empty when it is none."""
    found = moment(text)
    return found[:10] if found is not None else ""


def first_moment(*texts: str) -> str | None:
    """The first of these that is a date."""
    for text in texts:
        if text and (found := moment(text)) is not None:
            return found
    return None


def start(period: Period | None) -> str:
    """Where a period begins, as written."""
    return period.start if period is not None else ""


def end(period: Period | None) -> str:
    """Where a period ends, as written."""
    return period.end if period is not None else ""


def system(coding: Coding) -> str:
    """The one name of a code system, without version."""
    name = coding.system.partition("|")[0].rstrip("/")
    return _SAME.get(name, name)


def has_code(concept: Concept | None, *codes: str) -> str:
    """The first of a concept's codes that is one of these, whatever its system; empty for none."""
    for coding in concept.coding if concept is not None else ():
        if coding.code in codes:
            return coding.code
    return ""


def first_code(concept: Concept | None) -> str:
    """The code of a concept that is a word of FHIR (a status, a category)."""
    for coding in concept.coding if concept is not None else ():
        if coding.code:
            return coding.code
    return ""


def label(concept: Concept | None) -> str:
    """How a concept is written: its text, else what the user chose, else the first display, else the first code."""
    if concept is None:
        return ""
    if concept.text:
        return concept.text.strip()
    codings = concept.coding
    for coding in codings:
        if coding.user_selected and coding.display:
            return coding.display.strip()
    for coding in codings:
        if coding.display:
            return coding.display.strip()
    return codings[0].code.strip() if codings else ""


def labels(concepts: Iterable[Concept], separator: str = ", ") -> str:
    """Several concepts in a line, each once."""
    return separator.join(dict.fromkeys(filter(None, map(label, concepts))))


def coded(concept: Concept | None, *preferred: str) -> ChartCoding | None:
    """The code kept beside a label: of the first of the preferred systems that is there, else the first with both."""
    found: ChartCoding | None = None
    best = len(preferred)
    for coding in concept.coding if concept is not None else ():
        if not coding.code or not coding.system:
            continue
        name = system(coding)
        rank = preferred.index(name) if name in preferred else len(preferred)
        if found is None or rank < best:
            found, best = ChartCoding(system=name, code=coding.code, display=coding.display), rank
    return found


def code_in(concept: Concept | None, wanted: str) -> str:
    """A concept's code in one system; empty for none."""
    for coding in concept.coding if concept is not None else ():
        if coding.code and (coding.system == wanted or system(coding) == wanted):
            return coding.code
    return ""


def number(value: Decimal | None) -> str:
    """Decimal text with the digits written, rounded at the tenth decimal (a computer's division, not a measure's);
    empty for none, and for what no balance or counter ever gave.
    """
    if value is None or not value.is_finite() or value.adjusted() >= _BEFORE:
        return ""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_AFTER:
        rounded = value.quantize(_SMALLEST)
        return "" if value and not rounded else format(rounded, "f")
    return format(value, "f")


def unit(quantity: Quantity) -> str:
    """The unit: UCUM's code when there is one, else as written."""
    if quantity.code and (quantity.system == UCUM or not quantity.unit):
        return quantity.code
    return quantity.unit


def quantity(held: Quantity | None) -> str:
    """A quantity as words: "< 5 mg/L"."""
    if held is None:
        return ""
    return " ".join(filter(None, (held.comparator, number(held.value), held.unit or held.code)))


def span(held: Range | None) -> str:
    """A range as words."""
    if held is None:
        return ""
    low, high = quantity(held.low), quantity(held.high)
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def ratio(held: Ratio | None) -> str:
    """A ratio as words: "1 / 128"."""
    if held is None:
        return ""
    return " / ".join(filter(None, (quantity(held.numerator), quantity(held.denominator))))


def notes(held: Iterable[Annotation], *before: str) -> str:
    """What was noted, one line each, after other remarks; empty ones left out."""
    lines = [*before, *(note.text.strip() for note in held)]
    return "\n".join(dict.fromkeys(filter(None, lines)))
