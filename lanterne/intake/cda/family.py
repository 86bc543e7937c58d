"""Family history: one organizer for each relative, one observation for each of their illnesses.

Source: IHE PCC Family History Organizer (4.15); CI-SIS FR-Antecedents-familiaux; HL7 RoleCode (kinship).
"""

from __future__ import annotations

from typing import Any

from lanterne.intake.cda import details
from lanterne.intake.cda.absences import absence
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, code, get, is_null, negated, related
from lanterne.intake.cda.problems import leave_absent
from lanterne.intake.cda.quantities import decimal, unit
from lanterne.intake.cda.words import ICD10, SNOMED, coding, display
from lanterne.intake.xml import Node
from lanterne.practice.family.facts import FamilyRecorded, Relation

_KIN: dict[Relation, str] = {
    "mother": "MTH NMTH NMTHF GESTM 72705000",
    "father": "FTH NFTH NFTHF 66839005",
    "sister": "SIS NSIS HSIS TWINSIS 27733009",
    "brother": "BRO NBRO HBRO TWINBRO 70924004",
    "daughter": "DAU NDAU DAUC DAUADOPT 66089001",
    "son": "SON NSON SONC SONADOPT 65616008",
    "grandmother": "GRMTH MGRMTH PGRMTH",
    "grandfather": "GRFTH MGRFTH PGRFTH",
    "aunt": "AUNT MAUNT PAUNT",
    "uncle": "UNCLE MUNCLE PUNCLE",
}
_RELATIONS: dict[str, Relation] = {word: kin for kin, words in _KIN.items() for word in words.split()}
_AGES = frozenset({"35267-4", "30525-0", "397659008", "445518008", "424144002", "63932-3"})
_DEATHS = frozenset({"419099009", "184305005", "79378-6", "39016-1"})
_YEARS = {"a": 1.0, "": 1.0, "y": 1.0, "mo": 12.0, "wk": 52.2, "d": 365.25}


def read_family(entry: Node, place: Place) -> None:
    """State each illness of each relative of an entry."""
    tied = [node for kind, node in related(entry) if node.tag == "observation" and kind != "REFR"]
    found = [entry] if entry.tag == "observation" else tied
    if not found:
        place.leave("forme non reconnue")
    for observation in found:
        place.into.visit()
        _illness(entry, observation, place)


def _illness(entry: Node, observation: Node, place: Place) -> None:
    anchors = place.anchors
    value = child(observation, "value")
    label = details.label_of(observation, anchors)
    said = absence(observation, value, "family", anchors, name=label)
    kin = child(observation, "subject/relatedSubject/code")
    kin = kin if kin is not None else child(entry, "subject/relatedSubject/code")
    if said == "none" and negated(observation) and not is_null(kin):
        said = "partial"  # a mother without illness is not a family without history
    if said:
        leave_absent(said, place, label, "family")
        return
    if not label:
        place.unnamed("family", "rien n’est nommé")
        return
    relation = _RELATIONS.get(get(kin, "code"), "other")
    body: dict[str, Any] = {
        "relation": relation,
        "label": label,
        "coding": coding(value, ICD10, SNOMED),
        "age_at_onset": _age(observation),
        "died_of_it": _died(observation),
        "comment": details.joined(
            details.said("Lien", display(kin, anchors) if relation == "other" else ""),
            *details.comments(observation, anchors),
        ),
    }
    place.state(observation, FamilyRecorded(**body))


def _age(observation: Node) -> int:
    for _, found in related(observation):
        if found.tag == "observation" and code(found) in _AGES:
            value = child(found, "value")
            number, measure = decimal(get(value, "value")), unit(value)
            if number and measure in _YEARS and 0 <= float(number) < 50_000:
                return min(int(float(number) / _YEARS[measure]), 120)
    return -1


def _died(observation: Node) -> bool:
    return any(
        kind == "CAUS"
        and (
            code(found) in _DEATHS or details.coded(child(found, "value"), dict.fromkeys(_DEATHS, "x")) != ""
        )
        for kind, found in related(observation)
    )
