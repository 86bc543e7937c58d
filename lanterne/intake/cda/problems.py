"""Problems and past illnesses: a concern act and the observations in it, each one problem.

Source: IHE PCC Problem Concern Entry (4.5.2) and Problem Entry (4.5); CI-SIS FR-Liste-des-problemes and
FR-Probleme; HL7 CCD and C-CDA problem templates have the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lanterne.intake.cda import details
from lanterne.intake.cda.absences import absence
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, code, related
from lanterne.intake.cda.people import somebody_else
from lanterne.intake.cda.words import ICD10, SNOMED, coding
from lanterne.intake.xml import Node
from lanterne.practice.problems.facts import ProblemRecorded

_CLINICAL = {
    "active": "active", "55561003": "active", "90734009": "active", "7087005": "active",
    "recurrence": "recurrence", "relapse": "recurrence", "255227004": "recurrence", "246455001": "recurrence",
    "remission": "remission", "277022003": "remission",
    "inactive": "inactive", "73425007": "inactive",
    "resolved": "resolved", "413322009": "resolved",
}  # fmt: skip
_VERIFICATION = {
    "confirmed": "confirmed", "410605003": "confirmed", "unconfirmed": "provisional", "provisional": "provisional",
    "differential": "provisional", "410592001": "provisional", "refuted": "refuted", "410516002": "refuted",
}  # fmt: skip
DROPPED = frozenset({"entered-in-error", "nullified"})
# No illness: what is asked or judged about a patient, which other sections tell.
_PARTS = frozenset({details.STATUS, details.HEALTH_STATUS, details.CERTAINTY, details.SEVERITY})


def read_problem(entry: Node, place: Place) -> None:
    """State every problem of an entry, or what it says of there being none."""
    found = list(observations(entry))
    if not found:
        place.leave("forme non reconnue")
    for observation in found:
        place.into.visit()
        other = somebody_else(observation, place.anchors)
        if other:
            place.leave(f"concerne une autre personne : {other}")
            continue
        _problem(entry, observation, place)


def observations(entry: Node) -> Iterator[Node]:
    """The observations an entry is about: itself, or those in its act or organizer."""
    if entry.tag == "observation":
        yield entry
    elif entry.tag in ("act", "organizer"):
        for kind, statement in related(entry):
            if kind != "REFR" and statement.tag == "observation" and code(statement) not in _PARTS:
                yield statement


def _problem(entry: Node, observation: Node, place: Place) -> None:
    value = child(observation, "value")
    label = details.label_of(observation, place.anchors)
    said = absence(observation, value, "problems", place.anchors, name=label)
    if said:
        leave_absent(said, place, label, "problems")
        return
    certainty = details.detail(observation, details.CERTAINTY)
    if details.coded(certainty, {"entered-in-error": "x"}) or code(entry, "statusCode") in DROPPED:
        place.leave("annulée par son auteur")
        return
    if not label:
        place.unnamed("problems", "rien n’est nommé")
        return
    onset, abatement = place.period(child(observation, "effectiveTime"))
    first, last = place.period(child(entry, "effectiveTime")) if entry is not observation else ("", "")
    anchors = place.anchors
    body: dict[str, Any] = {
        "label": label,
        "coding": coding(value, ICD10, SNOMED),
        "clinical": _clinical(entry, observation, place, abatement or last),
        "verification": details.coded(certainty, _VERIFICATION) or "confirmed",
        "onset": onset or first,
        "abatement": abatement or last,
        "comment": details.joined(
            details.said("Sévérité", details.detail_text(observation, details.SEVERITY, anchors)),
            *details.comments(observation, anchors),
        ),
    }
    place.state(observation, ProblemRecorded(**body))


def _clinical(entry: Node, observation: Node, place: Place, ended: str) -> str:
    """Active or not: the status observation, else the status of the concern, else the section it is in."""
    status = details.detail(observation, details.STATUS)
    said = details.coded(status, _CLINICAL)
    if said:
        return said
    concern = code(entry, "statusCode") if entry.tag == "act" else ""
    if place.topic == "past":
        return "resolved" if ended or concern == "completed" else "inactive"
    if concern in ("suspended", "aborted"):
        return "inactive"
    return "resolved" if concern == "completed" and ended else "active"


def leave_absent(said: str, place: Place, label: str, section: Any) -> None:
    """An entry that says something is absent: the section is empty, or the entry stays text with its reason."""
    if said == "none":
        if place.into.header.reimbursed:
            place.leave("aucun remboursement connu, ce qui ne dit pas qu’il n’y a rien")
        else:
            place.empty(section)
    elif said == "denied":
        place.leave(f"dit absent : {label[:120]}" if label else "dit absent")
    elif said == "partial":
        place.leave(f"absence partielle : {label[:120]}" if label else "absence partielle")
    # "Unknown" is what nobody filled in: nothing is left out by not keeping it.
