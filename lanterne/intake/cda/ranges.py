"""Reference ranges of a result: the one it is compared with, and the others in words.

Source: HL7 CDA R2 observationRange; IHE PaLM XD-LAB (interpretationCode "N" marks the usual range).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lanterne.intake.cda import quantities
from lanterne.intake.cda.nodes import child, children, code
from lanterne.intake.cda.words import Anchors, display, referred
from lanterne.intake.xml import Node


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds as decimal text in the unit of the value; `text` the range in words."""

    low: str = ""
    high: str = ""
    text: str = ""


def ranges(observation: Node, unit: str, anchors: Anchors) -> tuple[Range, list[Range]]:
    """The usual range, and what must be told besides: other ranges, texts, conditions.

    The usual range is the first one of normal subjects, without condition, in the unit of the value.
    """
    usual: Range | None = None
    others: list[Range] = []
    for found in children(observation, "referenceRange/observationRange"):
        text = referred(child(found, "text"), anchors)
        criteria = children(found, "precondition/criterion")
        said = [_criterion(criterion, anchors) for criterion in criteria]
        value = child(found, "value")
        bounds = _bounds(value, anchors)
        normal = code(found, "interpretationCode") in ("", "N")
        fits = (
            bounds is not None and bool(bounds.low or bounds.high) and (bounds.unit in ("", unit) or not unit)
        )
        if usual is None and normal and fits and not criteria and bounds is not None:
            usual = Range(bounds.low, bounds.high)
            if text and not _same(text, bounds):
                others.append(Range(text=text))
            continue
        name = "" if normal else display(child(found, "interpretationCode"), anchors)
        words = text or (_spelt(bounds) if bounds is not None else "")
        whole = " ".join(part for part in (words, *(f"({part})" for part in (*said, name) if part)) if part)
        others.append(Range(text=whole))
    return usual or Range(), others


def _bounds(value: Node | None, anchors: Anchors) -> quantities.Value | None:
    """A range that was written in words ("< 5,0 mg/L") is one with a single end."""
    found = quantities.read(value, anchors)
    if found is None or found.low or found.high or not found.numeric:
        return found
    if found.comparator in ("<", "<="):
        return replace(found, high=found.value)
    return replace(found, low=found.value) if found.comparator else found


def _criterion(criterion: Node, anchors: Anchors) -> str:
    value = quantities.read(child(criterion, "value"), anchors)
    said = [display(child(criterion, "code"), anchors), _spelt(value) if value is not None else ""]
    return " ".join(filter(None, said)) or referred(child(criterion, "text"), anchors)


def _spelt(value: quantities.Value) -> str:
    sign = {"<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> ", "": ""}[value.comparator]
    return f"{sign}{value.value.replace('.', ',')} {value.unit}".strip()


def _same(text: str, bounds: quantities.Value) -> bool:
    """Whether a text only repeats the bounds: "(0,27 - 4,20)"."""
    written = text.replace(",", ".")
    return all(bound in written for bound in (bounds.low, bounds.high) if bound) and len(text) < 40
