"""Values: numbers with their unit, comparisons, ratios, words, yes and no.

Law: a number stays the decimal text that was written (a comma becomes a point, nothing is rounded); what is no
number stays the words written. Source: HL7 V3 data types PQ, INT, REAL, IVL, RTO, ST, ED, CD, BL, TS; UCUM.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from lanterne.intake.cda.nodes import TYPE, child, get, is_null
from lanterne.intake.cda.times import french, iso
from lanterne.intake.cda.words import Anchors, display, referred
from lanterne.intake.xml import Node

Comparator = Literal["", "<", "<=", ">", ">="]

_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?")
# "<1.0 mg/L" in a text: a number, and a unit that can only be one.
_WRITTEN = re.compile(
    r"([<>]=?|≤|≥)?\s*([+-]?\d+(?:[.,]\d+)?)\s*(%|[A-Za-zµ\[\]{}*^\d]*[A-Za-zµ\]}]/[A-Za-z\d.,²³]+)?"
)
_SIGNS: dict[str, Comparator] = {"<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">="}
_DATA_TYPES = frozenset(
    {"PQ", "INT", "REAL", "MO", "IVL_PQ", "IVL_INT", "IVL_REAL", "CD", "CE", "CV", "CO", "CS"}
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value read: decimal text in `value` when `numeric`, else words. `low`/`high` of an interval with both ends."""

    value: str
    unit: str = ""
    comparator: Comparator = ""
    numeric: bool = False
    low: str = ""
    high: str = ""


def decimal(written: str) -> str:
    """Decimal text of a number as written ("1,5" → "1.5"); empty when it is none."""
    plain = written.strip().replace(",", ".", 1)
    if not _NUMBER.fullmatch(plain):
        return ""
    if "e" in plain.lower():
        try:
            return f"{Decimal(plain):f}"
        except InvalidOperation:
            return ""
    return plain.removeprefix("+")


def unit(node: Node | None) -> str:
    """The UCUM unit of a quantity; "1" (no unit) is empty."""
    found = get(node, "unit")[:60]
    return "" if found == "1" else found


def read(node: Node | None, anchors: Anchors) -> Value | None:
    """The value of an element of any data type; None when it holds none."""
    if node is None:
        return None
    kind = get(node, TYPE)
    if is_null(node) and child(node, "originalText") is None and child(node, "translation") is None:
        return None
    if kind == "BL":
        said = {"true": "oui", "1": "oui", "false": "non", "0": "non"}.get(get(node, "value").lower(), "")
        return Value(said) if said else None
    if kind in ("TS", "IVL_TS", "PIVL_TS"):
        date = iso(get(node, "value") or get(child(node, "low"), "value"))
        return Value(french(date)) if date else None
    if child(node, "numerator") is not None:
        return _ratio(node)
    if child(node, "low") is not None or child(node, "high") is not None:
        return _interval(node)
    number = decimal(get(node, "value"))
    if number:
        return Value(number, unit(node), numeric=True)
    if get(node, "value"):
        return Value(f"{get(node, 'value')[:500]} {unit(node)}".strip())
    if kind in _DATA_TYPES or get(node, "code"):
        label = display(node, anchors) or get(node, "code")
        return Value(label) if label else None
    return _words(referred(node, anchors) or display(node, anchors))


def _words(text: str) -> Value | None:
    if not text:
        return None
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return Value(text)
    return Value(
        found[2].replace(",", "."), (found[3] or "").strip(), _SIGNS.get(found[1] or "", ""), numeric=True
    )


def _ratio(node: Node) -> Value | None:
    above, below = child(node, "numerator"), child(node, "denominator")
    first, second = get(above, "value"), get(below, "value")
    if not first:
        return None
    text = f"{first} {unit(above)}".strip()
    if second and not (second == "1" and not unit(below)):
        text += f"/{second} {unit(below)}".rstrip()
    return _words(text) or Value(text)


def _interval(node: Node) -> Value | None:
    low, high = child(node, "low"), child(node, "high")
    first, last = decimal(get(low, "value")), decimal(get(high, "value"))
    measure = unit(low) or unit(high)
    if first and last:
        if Decimal(first) == Decimal(last):
            return Value(first, measure, numeric=True, low=first, high=last)
        return Value(f"{first} à {last}", measure, low=first, high=last)
    if first:
        return Value(first, measure, ">" if _excluded(low) else ">=", numeric=True, low=first)
    if last:
        return Value(last, measure, "<" if _excluded(high) else "<=", numeric=True, high=last)
    return None


def _excluded(bound: Node | None) -> bool:
    return get(bound, "inclusive").lower() in ("false", "0")
