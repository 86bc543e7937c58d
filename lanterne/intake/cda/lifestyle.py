"""Habits, exposures, autonomy and pregnancies: observations about how a patient lives.

Source: IHE PCC Social History Observation (4.13.4), Pregnancy Observation (4.13.5), Functional Status (12.3.6);
CI-SIS FR-Habitus-mode-de-vie, FR-Historique-de-la-grossesse, FR-Evaluation; LOINC.
"""

from __future__ import annotations

from collections.abc import Iterator

from lanterne.intake.cda import details, quantities
from lanterne.intake.cda.absences import absence_in
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, children, code, get, negated, related
from lanterne.intake.cda.people import somebody_else
from lanterne.intake.cda.words import codes, display, referred, short
from lanterne.intake.xml import Node
from lanterne.practice.lifestyle.facts import LifestyleRecorded, Topic

_TOPICS: dict[Topic, str] = {
    "tobacco": "74011-8 72166-2 11366-2 11367-0 63773-6 88029-4 64218-1 8664-5 229819007 77176002 365981007 65568007",
    "alcohol": "74013-4 11331-6 11330-8 74205-6 68518-0 75626-2 160573003 897148007",
    "drugs": "11343-1 11342-3 74204-9 82667-7 363908000 228366006 GEN-092.01.04",
    "activity": "68516-4 73985-4 77592-4 77593-2 89574-8 11291-2 256235009 228450008",
    "diet": "67504-6 81663-7 67704-7 88365-2 364393001 11344-9",
    "occupation": "11341-5 11340-7 74165-2 85658-3 86188-0 ORG-099 ORG-075 82589-3 364703007 21843-8",
    "household": "85722-7 63512-8 71802-3 63503-7 45404-1 224249004",
    "exposure": "87729-0 425400000 10161-8",
}
_BY_CODE: dict[str, Topic] = {found: topic for topic, words in _TOPICS.items() for found in words.split()}
_NEVER = frozenset({"aborted", "cancelled", "nullified", "obsolete"})
# What the section says when the code says nothing.
_BY_PLACE: dict[str, Topic] = {"exposure": "exposure"}


def read_lifestyle(entry: Node, place: Place) -> None:
    """State every observation of an entry."""
    found = list(_observations(entry))
    if not found:
        place.leave("forme non reconnue")
    for observation in found:
        place.into.visit()
        other = somebody_else(observation, place.anchors)
        if other:
            place.leave(f"concerne une autre personne : {other}")
            continue
        _habit(entry, observation, place)


def _observations(entry: Node) -> Iterator[Node]:
    if entry.tag == "observation":
        yield entry
    elif entry.tag in ("organizer", "act"):
        for kind, found in related(entry):
            if kind in ("COMP", "SUBJ", "REFR") and found.tag in ("observation", "organizer"):
                yield from _observations(found)


def _habit(entry: Node, observation: Node, place: Place) -> None:
    anchors = place.anchors
    coded = child(observation, "code")
    if code(observation, "statusCode") in _NEVER or get(observation, "moodCode") not in ("", "EVN"):
        place.leave("annulé, ou prévu")
        return
    node = child(observation, "value")
    value = quantities.read(node, anchors)
    name = _name(coded, place)
    written = short(referred(child(observation, "text"), anchors))
    if absence_in(node, "lifestyle") == "unknown":
        return
    if negated(observation):
        place.leave(f"dit absent : {name[:120]}" if name else "dit absent")
        return
    if value is None and not written:
        place.leave(f"sans valeur : {name[:120]}" if name else "rien n’est nommé")
        return
    number = value is not None and value.numeric and not value.comparator
    answer = "" if number or value is None else f"{value.comparator}{value.value}"
    if value is None:
        answer = written if written != name else ""
    topic = next((_BY_CODE[found] for found in _all_codes(coded) if found in _BY_CODE), None)
    body = LifestyleRecorded(
        topic=topic or _BY_PLACE.get(place.topic, "other"),
        label=f"{name} : {short(answer)}" if name and answer else name or short(answer) or written,
        quantity=value.value if value is not None and number else "",
        unit=value.unit if value is not None else "",
        at_risk=place.topic == "exposure",
        comment=details.joined(
            _more(written, name, answer, number=number), *details.comments(observation, anchors)
        ),
    )
    at = place.date(child(observation, "effectiveTime")) or place.date(child(entry, "effectiveTime"))
    place.state(observation, body, at or None)


def _name(coded: Node | None, place: Place) -> str:
    """The question: a qualifier is more exact than "other social element" (CI-SIS, code 11345-6)."""
    for qualifier in children(coded, "qualifier/value"):
        found = display(qualifier, place.anchors)
        if found:
            return found
    return display(coded, place.anchors)


def _all_codes(coded: Node | None) -> Iterator[str]:
    for qualifier in children(coded, "qualifier/value"):
        yield get(qualifier, "code")
    for node in codes(coded):
        yield get(node, "code")


def _more(written: str, name: str, answer: str, *, number: bool) -> str:
    """The author's own sentence when it says more than the code and its value."""
    known = f"{name} {answer}".casefold()
    return "" if number or not written or written.casefold() in known else written
