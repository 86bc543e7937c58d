"""Laboratory results: batteries, tests, isolates and their antibiograms.

Law: a former result recalled beside a new one (REFR) is not a new one. What the laboratory wrote is kept as it wrote
it: value, unit, range, flag; a range for others (child, treated patient) is told in words, not compared. Source: IHE
PaLM XD-LAB (Laboratory Report Data Processing Entry 1.3.6.1.4.1.19376.1.3.1); CI-SIS CR-BIO.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from lanterne.intake.cda import details, quantities
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, children, code, get, negated, related
from lanterne.intake.cda.people import author_of, somebody_else
from lanterne.intake.cda.ranges import Range, ranges
from lanterne.intake.cda.words import LOINC, codes, display, referred, short, system
from lanterne.intake.xml import Node
from lanterne.practice.results.facts import ResultRecorded

_FLAGS = {
    "N": "N", "L": "L", "H": "H", "LL": "LL", "HH": "HH", "A": "A", "AA": "AA", "LU": "LL", "HU": "HH",
}  # fmt: skip
_SUSCEPTIBILITY = {
    "S": "Sensible", "I": "Intermédiaire", "R": "Résistant", "SDD": "Sensible à forte posologie", "NS": "Non sensible",
    "MS": "Modérément sensible", "VS": "Très sensible", "IE": "Données insuffisantes",
}  # fmt: skip
_STATUS: dict[str, Literal["preliminary", "final", "corrected"]] = {
    "": "final", "completed": "final", "normal": "final", "active": "preliminary", "new": "preliminary",
    "held": "preliminary", "suspended": "preliminary", "corrected": "corrected",
}  # fmt: skip
_NEVER = frozenset({"aborted", "cancelled", "nullified", "obsolete"})
_RECALLED = "résultat antérieur rappelé"


@dataclass(frozen=True, slots=True)
class Bench:
    """What is true of every result below: the battery, the sample and when it was taken, who worked."""

    panel: tuple[str, ...] = ()
    specimen: str = ""
    taken: str = ""
    at: str = ""
    laboratory: str = ""


def read_results(entry: Node, place: Place) -> None:
    """State every result of an entry."""
    before = len(place.into.statements)
    found = _walk(entry, Bench(laboratory=place.into.header.laboratory), place, top=True)
    if not found and len(place.into.statements) == before:
        place.leave("aucun résultat structuré")


def _walk(node: Node, bench: Bench, place: Place, *, top: bool = False) -> int:
    """Reads a statement and those below; how many observations were met."""
    place.into.visit()
    other = "" if top else somebody_else(node, place.anchors)
    if other:  # a donor, a foetus: XD-LAB names them at any battery
        place.leave(f"concerne une autre personne : {other}")
        return 1
    if code(node, "statusCode") in _NEVER:
        place.leave("annulé par le laboratoire")
        return 1
    if node.tag in ("act", "organizer"):
        bench, organism = _entered(node, bench, place, top=top)
        met = sum(_walk(found, bench, place) for kind, found in related(node) if _goes_on(kind, found, place))
        return met or _isolate(node, organism, bench, place)
    if node.tag != "observation":
        return 0
    parts = [found for kind, found in related(node) if _goes_on(kind, found, place) and _is_part(found)]
    value = child(node, "value")
    if value is not None or not parts:
        _result(node, bench, place)
    if parts:
        label = display(child(node, "code"), place.anchors, author=True)
        bench = replace(bench, panel=(*bench.panel, label) if label else bench.panel)
    return 1 + sum(_walk(found, bench, place) for found in parts)


def _isolate(node: Node, organism: str, bench: Bench, place: Place) -> int:
    """A germ that was found and nothing more said about it is a result all the same."""
    if not organism:
        return 0
    body = ResultRecorded(
        label="Micro-organisme isolé", value=organism, specimen=bench.specimen, laboratory=bench.laboratory,
        comment=details.joined(*details.comments(node, place.anchors)),
    )  # fmt: skip
    return int(place.state(node, body, bench.taken or bench.at or None))


def _goes_on(kind: str, found: Node, place: Place) -> bool:
    if kind == "REFR" and found.tag in ("observation", "organizer"):
        count = 1 if found.tag == "observation" else sum(1 for _ in found.iter("observation"))
        place.leave(_RECALLED, max(count, 1))
        return False
    return found.tag in ("act", "organizer", "observation") and code(found) != details.COMMENT


def _is_part(found: Node) -> bool:
    return found.tag == "observation" or found.tag == "organizer"


def _entered(node: Node, bench: Bench, place: Place, *, top: bool) -> tuple[Bench, str]:
    """The bench of a battery, of an isolate (with its organism), or of a whole entry."""
    anchors = place.anchors
    specimen, taken = bench.specimen, bench.taken
    for _, procedure in related(node):
        if procedure.tag == "procedure":
            taken = place.date(child(procedure, "effectiveTime")) or _high(procedure, place) or taken
            for role in children(procedure, "participant/participantRole"):
                specimen = display(child(role, "playingEntity/code"), anchors, author=True) or specimen
    name = display(child(node, "code"), anchors, author=True)
    panel = list(bench.panel)
    organism = ""
    for role in children(node, "specimen/specimenRole"):
        entity = child(role, "specimenPlayingEntity")
        found = display(child(entity, "code"), anchors, author=True)
        if get(entity, "classCode") == "MIC":
            organism = found
        else:
            specimen = found or specimen
    panel += [part for part in (organism, name if node.tag == "organizer" else "") if part]
    if top and not panel and place.section:
        panel = [place.section]
    inner = Bench(
        panel=tuple(panel),
        specimen=specimen,
        taken=taken,
        at=place.date(child(node, "effectiveTime")) or bench.at,
        laboratory=author_of(child(node, "performer/assignedEntity")).organisation or bench.laboratory,
    )
    return inner, organism


def _high(node: Node, place: Place) -> str:
    return place.period(child(node, "effectiveTime"))[1]


def _result(node: Node, bench: Bench, place: Place) -> None:
    anchors = place.anchors
    coded = child(node, "code")
    loinc = next((get(found, "code") for found in codes(coded) if system(found) == LOINC), "")
    local = next((get(found, "code") for found in codes(coded) if system(found) != LOINC), "")
    label = _label(coded, place) or short(referred(child(node, "text"), anchors))
    if negated(node) or get(node, "moodCode") not in ("", "EVN"):
        place.leave("examen non fait, ou seulement demandé")
        return
    value, told = _value(node, place)
    if value is None:
        place.leave("résultat sans valeur")
        return
    usual, others = ranges(node, value.unit, anchors)
    panel = bench.panel if bench.panel != (label,) else ()
    body: dict[str, Any] = {
        "label": label,
        "value": value.value,
        "code": loinc[:100],
        "local_code": local[:100],
        "comparator": value.comparator,
        "unit": value.unit,
        "low": usual.low,
        "high": usual.high,
        "flag": _flag(node),
        "panel": short(" – ".join(panel)),
        "specimen": _specimen(node, bench, place),
        "method": ", ".join(
            filter(None, (display(found, anchors, author=True) for found in children(node, "methodCode")))
        ),
        "laboratory": author_of(child(node, "performer/assignedEntity")).organisation or bench.laboratory,
        "status": _STATUS.get(code(node, "statusCode"), "final"),
        "comment": details.joined(told, *_told(others), *details.comments(node, anchors)),
    }
    own = place.date(child(node, "effectiveTime"))
    place.state(node, ResultRecorded(**body), bench.taken or own or bench.at or None)


def _label(coded: Node | None, place: Place) -> str:
    """The laboratory's own name of the test; that of its code where the reference leads to a figure instead."""
    written = display(coded, place.anchors, author=True)
    return written if written[:1].isalpha() or written[:1] in "([" else display(coded, place.anchors)


def _specimen(node: Node, bench: Bench, place: Place) -> str:
    site = display(child(node, "targetSiteCode"), place.anchors, author=True)
    return bench.specimen or site


def _value(node: Node, place: Place) -> tuple[quantities.Value | None, str]:
    """The value, and what of it goes into the comment. A susceptibility is told in words, its MIC behind."""
    read = [quantities.read(found, place.anchors) for found in children(node, "value")]
    values = [found for found in read if found is not None]
    words, told = _interpretation(node, place)
    if words:
        measured = [found for found in values if found.numeric or found.low]
        mic = f" (CMI {_spelt(measured[0])})" if measured else ""
        return quantities.Value(f"{words}{mic}"), told
    if len(values) == 1:
        return values[0], told
    if values:
        return quantities.Value(" ; ".join(_spelt(value) for value in values)), told
    return None, told


def _spelt(value: quantities.Value) -> str:
    number = value.value.replace(".", ",") if value.numeric else value.value
    sign = {"<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> ", "": ""}[value.comparator]
    return f"{sign}{number} {value.unit}".strip()


def _interpretation(node: Node, place: Place) -> tuple[str, str]:
    """A susceptibility in words; other interpretations that are no flag, in words too."""
    told = []
    for found in children(node, "interpretationCode"):
        value = get(found, "code").upper()
        if value in _SUSCEPTIBILITY:
            return display(found, place.anchors) or _SUSCEPTIBILITY[value], ""
        if value and value not in _FLAGS:
            told.append(display(found, place.anchors) or value)
    return "", details.said("Interprétation", ", ".join(told))


def _flag(node: Node) -> str:
    found = (_FLAGS.get(get(found, "code").upper(), "") for found in children(node, "interpretationCode"))
    return next(filter(None, found), "")


def _told(others: list[Range]) -> list[str]:
    said = "Valeurs de référence"
    return [details.said(said, found.text) for found in others if found.text]
