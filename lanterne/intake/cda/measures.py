"""Vital signs and measures.

Law: a value keeps its meaning, not its unit: it is converted only between units of the same quantity, by exact
factors. Systolic and diastolic of one taking stand together. Source: IHE PCC Vital Signs Organizer (4.13.1) and
Observation (4.13.2); CI-SIS FR-Signes-vitaux; LOINC; UCUM.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lanterne.intake.cda import details, quantities
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, code, get, negated, related
from lanterne.intake.cda.people import somebody_else
from lanterne.intake.cda.words import LOINC, codes, display, referred, short, system
from lanterne.intake.xml import Node
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.reference import measures

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
# LOINC codes that differ from ours by the way of measuring only.
_SAME = {
    "3141-9": "29463-7", "3142-7": "29463-7", "8335-2": "29463-7", "18833-4": "29463-7",
    "8301-4": "8302-2", "3137-7": "8302-2", "3138-5": "8302-2", "8306-3": "8302-2", "8308-9": "8302-2",
    "8287-5": "9843-4", "11984-2": "9843-4",
    "2708-6": "59408-5", "20564-1": "59408-5", "2710-2": "59408-5",
    "8331-1": "8310-5", "8328-7": "8310-5", "8333-7": "8310-5", "8332-9": "8310-5", "75539-7": "8310-5",
    "8460-8": "8480-6", "8459-0": "8480-6", "8461-6": "8480-6", "76534-7": "8480-6",
    "8454-1": "8462-4", "8453-3": "8462-4", "8455-8": "8462-4", "76535-4": "8462-4",
    "8889-8": "8867-4", "8893-0": "8867-4", "76282-3": "8867-4", "18708-8": "8867-4",
    "56086-2": "8280-0",
}  # fmt: skip
_SYNONYMS = {
    "mmhg": "mm[Hg]", "mm hg": "mm[Hg]", "°c": "Cel", "c": "Cel", "cel": "Cel", "bpm": "/min", "{beats}/min": "/min",
    "{beat}/min": "/min", "1/min": "/min", "{resp}/min": "/min", "{breaths}/min": "/min", "puls/min": "/min",
    "{puls}/min": "/min", "kgs": "kg", "{score}": "{score}", "wk": "wk", "{sa}": "{SA}", "l/min": "L/min", "l": "L",
    "g/l": "g/L", "mg/dl": "mg/dL", "kg/m2": "kg/m2", "kg/m²": "kg/m2",
}  # fmt: skip
_FACTORS = {
    ("g", "kg"): "0.001", ("mg", "kg"): "0.000001", ("m", "cm"): "100", ("mm", "cm"): "0.1",
    ("cm[Hg]", "mm[Hg]"): "10", ("mg/dL", "g/L"): "0.01", ("mL", "L"): "0.001", ("wk", "{SA}"): "1",
    ("L/s", "L/min"): "60", ("1", "%"): "100",
}  # fmt: skip
_NEVER = frozenset({"aborted", "cancelled", "nullified", "obsolete"})


def read_measure(entry: Node, place: Place) -> None:
    """State the measures of an organizer, or of one observation."""
    pairs: dict[str, tuple[Node, Component, str]] = {}
    for observation in _observations(entry):
        place.into.visit()
        component = _component(observation, place)
        if component is None:
            continue
        at = place.date(child(observation, "effectiveTime")) or place.date(child(entry, "effectiveTime"))
        other = DIASTOLIC if component.code == SYSTOLIC else SYSTOLIC if component.code == DIASTOLIC else ""
        if not other:
            _state(observation, (component,), at, place, details.comments(observation, place.anchors))
            continue
        held = pairs.get(other)
        if held is not None and held[2] == at:
            del pairs[other]
            both = sorted((held[1], component), key=lambda part: part.code != SYSTOLIC)
            said = details.comments(held[0], place.anchors) + details.comments(observation, place.anchors)
            _state(held[0], tuple(both), at, place, said)
        elif component.code in pairs:
            _alone(pairs.pop(component.code), place)
            pairs[component.code] = (observation, component, at)
        else:
            pairs[component.code] = (observation, component, at)
    for held in pairs.values():
        _alone(held, place)


def _alone(held: tuple[Node, Component, str], place: Place) -> None:
    _state(held[0], (held[1],), held[2], place, details.comments(held[0], place.anchors))


def _state(node: Node, parts: tuple[Component, ...], at: str, place: Place, said: list[str]) -> None:
    body = MeasureRecorded(components=list(parts), comment=details.joined(*dict.fromkeys(said)))
    place.state(node, body, at or None)


def _observations(entry: Node) -> Iterator[Node]:
    """Observations with a value of their own, at any depth: a pressure may hold its two numbers."""
    if entry.tag == "observation" and (child(entry, "value") is not None or not _has_parts(entry)):
        yield entry
    for kind, found in related(entry):
        if kind == "COMP" and found.tag in ("observation", "organizer", "act"):
            yield from _observations(found)


def _has_parts(entry: Node) -> bool:
    return any(kind == "COMP" and found.tag == "observation" for kind, found in related(entry))


def _component(observation: Node, place: Place) -> Component | None:
    other = somebody_else(observation, place.anchors)
    if other:
        place.leave(f"concerne une autre personne : {other}")
        return None
    if code(observation, "statusCode") in _NEVER or negated(observation):
        place.leave("mesure annulée ou non faite")
        return None
    if get(observation, "moodCode") not in ("", "EVN"):
        place.leave("mesure prévue, pas faite")
        return None
    value = quantities.read(child(observation, "value"), place.anchors)
    if value is None:
        place.leave("mesure sans valeur")
        return None
    if not value.numeric or value.comparator:
        place.leave("mesure qui n’est pas un nombre")
        return None
    coded = child(observation, "code")
    found = next((get(node, "code") for node in codes(coded) if system(node) in (LOINC, "")), "")
    found = _SAME.get(found, found)
    known = measures.BY_CODE.get(found)
    label = known.label if known is not None else _label(observation, place)
    number, unit = _converted(value.value, value.unit, known.unit if known is not None else "")
    if not label:
        place.leave("rien n’est nommé")
        return None
    return Component(code=found[:100], label=label, value=number, unit=unit)


def _label(observation: Node, place: Place) -> str:
    coded = child(observation, "code")
    return display(coded, place.anchors) or short(referred(child(observation, "text"), place.anchors))


def _converted(value: str, unit: str, wanted: str) -> tuple[str, str]:
    """The value in the unit wanted; as written when there is no exact way."""
    unit = _SYNONYMS.get(unit.lower(), unit)
    if not wanted or unit == wanted:
        return value, unit
    factor = _FACTORS.get((unit, wanted))
    if factor is None:
        return value, unit
    number = (Decimal(value) * Decimal(factor)).normalize()
    return f"{number:f}", wanted
