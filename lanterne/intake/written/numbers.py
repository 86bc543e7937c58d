"""Numbers as laboratories write them: 2.920 or 2,92, 4 450 000, « < 0,12 », « inf. à 5 », « 12,5 à 15,5 ».

Law: a number is never guessed in silence. A comma is decimal, several dots or spaces are thousands. One dot
before exactly three digits says nothing by itself: the other numbers of the same row (their size too), the unit,
then the other rows of the document decide; when none does it is read as the HPRIM recommendation says (the point is
decimal) and `doubtful` asks to say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lanterne.practice.patients.names import fold

Comparator = Literal["", "<", "<=", ">", ">="]
Dot = Literal["decimal", "thousands", ""]

_SPACES = " \u00a0\u202f\u2009"
NUMBER = rf"[+\-−]?(?:\d{{1,3}}(?:[.{_SPACES}']\d{{3}})+(?:,\d+)?(?!\d)|\d{{1,15}}(?:[.,]\d{{1,10}})?|[.,]\d{{1,10}})"
_WHOLE = re.compile(NUMBER)
_AMBIGUOUS = re.compile(r"[+\-−]?[1-9]\d{0,2}\.\d{3}")
_DECIMAL_DOT = re.compile(r"[+\-−]?(?:0?\.\d+|0\.\d+|\d+\.(?:\d{1,2}|\d{4,}))")
_MANY_DOTS = re.compile(r"[+\-−]?\d{1,3}(?:\.\d{3}){2,}")
_POINT_THEN_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")

_COMPARATORS: tuple[tuple[re.Pattern[str], Comparator], ...] = (
    (re.compile(r"(?:<\s*=|<\s*ou\s*=|≤|inf(?:erieure?s?)?\.?\s*ou\s*egale?s?\s*a)\s*"), "<="),
    (re.compile(r"(?:>\s*=|>\s*ou\s*=|≥|sup(?:erieure?s?)?\.?\s*ou\s*egale?s?\s*a)\s*"), ">="),
    (re.compile(r"(?:<|inf(?:erieure?s?)?\.?\s*(?:a\b)?|moins\s+de|jusqu'?\s*a)\s*"), "<"),
    (re.compile(r"(?:>|sup(?:erieure?s?)?\.?\s*(?:a\b)?|plus\s+de)\s*"), ">"),
)
_BETWEEN = re.compile(
    rf"\s*({NUMBER})\s*(?:-|–|—|\.\.+|à|a|to|;|/|\bet\b)\s*({NUMBER})\s*(\S.{{0,40}})?", re.DOTALL
)

# Things counted in a volume: such numbers are thousands, never three decimals. "ng/ml" is a mass.
_COUNTED = re.compile(
    r"\s*(?:cellules?|[eé]l[eé]ments?|copies|ufc|germes|leucocytes|h[eé]maties)?\s*/\s*(?:mm\s*[3³]|[uµμ]\s*l|ml|champ)\b.*",
    re.IGNORECASE,
)
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what stands around it: decimal text, comparator, and what is written after it (a unit, a
    star).
    """

    comparator: Comparator
    number: str
    rest: str = ""
    doubtful: bool = False


def dot_of(texts: Iterable[str], unit: str = "") -> Dot:
    """What a dot before three digits means among these numbers; empty when they do not say."""
    joined = [text.strip() for text in texts if text]
    numbers = [found[0] for text in joined for found in [_WHOLE.search(text)] if found]
    if any(_MANY_DOTS.fullmatch(number) or _POINT_THEN_COMMA.fullmatch(number) for number in numbers):
        return "thousands"
    if any(_DECIMAL_DOT.fullmatch(number) for number in numbers):
        return "decimal"
    if unit and _COUNTED.fullmatch(unit):
        return "thousands"
    return _nearer(numbers) or ("thousands" if any("," in number for number in numbers) else "")


def _nearer(numbers: list[str]) -> Dot:
    """The reading that stands within ten times of a number of the row that has but one reading: beside « 0,400 à
    4,000 », 1.950 is a TSH and not its thousandfold. Empty when both do, or neither."""
    sizes = [abs(float(decimal_of(number)[0])) for number in numbers if not _AMBIGUOUS.fullmatch(number)]
    certain = [size for size in sizes if size]
    found: set[Dot] = set()
    for number in numbers:
        if certain and _AMBIGUOUS.fullmatch(number):
            small = abs(float(decimal_of(number, "decimal")[0]))
            for dot, size in (("decimal", small), ("thousands", small * 1_000)):
                if any(0.1 < size / other < 10 for other in certain):
                    found.add(dot)  # type: ignore[arg-type]
    return found.pop() if len(found) == 1 else ""


def decimal_of(text: str, dot: Dot = "") -> tuple[str, bool]:
    """The decimal text of one written number and whether the reading is doubtful; empty when it is no number."""
    written = text.strip()
    if len(written) > LONGEST or _WHOLE.fullmatch(written) is None:
        return "", False
    written = re.sub(rf"[{_SPACES}']", "", written.replace("−", "-"))
    doubtful = False
    if "," in written:
        written = written.replace(".", "").replace(",", ".")
    elif written.count(".") > 1:
        written = written.replace(".", "")
    elif _AMBIGUOUS.fullmatch(written):
        doubtful = not dot
        if dot == "thousands":
            written = written.replace(".", "")
    sign = "-" if written.startswith("-") else ""
    whole, _, decimals = written.lstrip("+-").partition(".")
    return sign + (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else ""), doubtful


def quantity(text: str, dot: Dot = "") -> Quantity | None:
    """« < 0,12 mg/l » as comparator, number and rest; None when the text does not begin with a number."""
    written = text.strip()[:LONGEST]
    comparator, begins = comparator_at(written)
    found = _WHOLE.match(written, begins)
    if found is None:
        return None
    number, doubtful = decimal_of(found[0], dot)
    rest = written[found.end() :]
    if not number or (rest and (rest[0].isdigit() or rest[0] in ".,")):
        return None
    return Quantity(comparator, number, rest.strip(), doubtful)


def comparator_at(text: str) -> tuple[Comparator, int]:
    """The comparator a text begins with and where what follows it begins."""
    folded = _same_length_fold(text)
    for pattern, comparator in _COMPARATORS:
        found = pattern.match(folded)
        if found is not None:
            return comparator, found.end()
    return "", 0


def reference_range(text: str, dot: Dot = "") -> tuple[str, str] | None:
    """Low and high of a written range, "" for an open end; None when it is not a range of numbers."""
    written = text.strip().strip("[]()").strip()
    if not written or len(written) > LONGEST:
        return None
    comparator, begins = comparator_at(written)
    if comparator:
        bound = quantity(written[begins:], dot)
        if bound is None or _WHOLE.search(bound.rest):
            return None
        return ("", bound.number) if comparator.startswith("<") else (bound.number, "")
    found = _BETWEEN.fullmatch(written)
    if found is None or (found[3] and _WHOLE.search(found[3])):
        return None
    low, high = decimal_of(found[1], dot)[0], decimal_of(found[2], dot)[0]
    return (low, high) if low and high and float(low) <= float(high) else None


def _same_length_fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(folded if len(folded := fold(letter)) == 1 else letter for letter in text)
