"""Allergies and intolerances, and adverse reactions to a medicine.

Source: IHE PCC Allergy and Intolerance Concern (4.5.3) and Allergies and Intolerances (4.6); CI-SIS
FR-Allergie-ou-hypersensibilite, FR-Effet-indesirable; HL7 C-CDA Allergy Intolerance Observation.
"""

from __future__ import annotations

from typing import Any

from lanterne.intake.cda import details
from lanterne.intake.cda.absences import absence
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, children, code, get, is_null, negated, related, text
from lanterne.intake.cda.people import somebody_else
from lanterne.intake.cda.problems import DROPPED, leave_absent, observations
from lanterne.intake.cda.products import product_of
from lanterne.intake.cda.words import ATC, Anchors, codes, coding, display, referred
from lanterne.intake.xml import Node
from lanterne.practice.allergies.facts import AllergyRecorded

# Type of allergy → nature, category. SNOMED CT, then HL7 ActCode (ObservationIntoleranceType).
_TYPES: dict[str, tuple[str, str]] = {
    "416098002": ("allergy", "medication"), "419511003": ("allergy", "medication"),
    "414285001": ("allergy", "food"), "418471000": ("allergy", "food"), "426232007": ("allergy", "environment"),
    "419199007": ("allergy", "other"), "420134006": ("allergy", "other"), "418038007": ("allergy", "other"),
    "59037007": ("intolerance", "medication"), "235719002": ("intolerance", "food"),
    "79899007": ("intolerance", "medication"), "62014003": ("intolerance", "medication"),
    "ALG": ("allergy", "other"), "DALG": ("allergy", "medication"), "FALG": ("allergy", "food"),
    "EALG": ("allergy", "environment"), "OINT": ("intolerance", "other"), "DINT": ("intolerance", "medication"),
    "FINT": ("intolerance", "food"), "EINT": ("intolerance", "environment"),
    "NAINT": ("intolerance", "other"), "DNAINT": ("intolerance", "medication"), "FNAINT": ("intolerance", "food"),
    "ENAINT": ("intolerance", "environment"),
}  # fmt: skip
_CLINICAL = {
    "active": "active", "55561003": "active", "7087005": "active", "inactive": "inactive", "73425007": "inactive",
    "resolved": "resolved", "413322009": "resolved",
}  # fmt: skip
_VERIFICATION = {
    "confirmed": "confirmed",
    "unconfirmed": "unconfirmed",
    "presumed": "unconfirmed",
    "refuted": "refuted",
}
_CRITICALITY = {
    "low": "low", "CRITL": "low", "high": "high", "CRITH": "high", "unable-to-assess": "unable-to-assess",
    "CRITU": "unable-to-assess",
}  # fmt: skip
_EVENT = (("Imputabilité", "GEN-318"), ("Gravité", "94030-4"), ("Évolution", "GEN-319"))


def read_allergy(entry: Node, place: Place) -> None:
    """State every allergy of an entry, or what it says of there being none."""
    found = list(observations(entry))
    if not found:
        place.leave("forme non reconnue")
    for observation in found:
        place.into.visit()
        other = somebody_else(observation, place.anchors)
        if other:
            place.leave(f"concerne une autre personne : {other}")
            continue
        _allergy(entry, observation, place)


def _allergy(entry: Node, observation: Node, place: Place) -> None:
    anchors = place.anchors
    agent = _agent(observation)
    substance = display(agent, anchors) or _agent_name(observation) or _value_name(observation, anchors)
    about = agent if agent is not None else _value(observation)
    # Where nothing stands for the agent, what is denied is the code: "allergy to a substance".
    about = None if agent is None and is_null(about) else about
    said = absence(observation, about, "allergies", anchors, name=substance)
    if (
        negated(observation)
        and said == "none"
        and _type(observation)[1] in ("medication", "food", "environment")
    ):
        said = "partial"
    if said:
        leave_absent(said, place, substance or display(child(observation, "code"), anchors), "allergies")
        return
    certainty = details.detail(observation, details.CERTAINTY)
    if details.coded(certainty, {"entered-in-error": "x"}) or code(entry, "statusCode") in DROPPED:
        place.leave("annulée par son auteur")
        return
    if not substance:
        place.unnamed("allergies", "l’agent responsable n’est pas nommé")
        return
    nature, category = _type(observation)
    body: dict[str, Any] = {
        "substance": substance,
        "coding": coding(agent, ATC),
        "nature": nature,
        "category": category,
        "criticality": details.coded(details.detail(observation, details.CRITICALITY), _CRITICALITY)
        or "unable-to-assess",
        "reaction": ", ".join(dict.fromkeys(details.manifestations(observation, anchors))),
        "clinical": details.coded(details.detail(observation, details.STATUS), _CLINICAL) or "active",
        "verification": details.coded(certainty, _VERIFICATION) or "confirmed",
        "onset": place.date(child(observation, "effectiveTime")) or place.date(child(entry, "effectiveTime")),
        "comment": details.joined(
            details.said("Sévérité", details.detail_text(observation, details.SEVERITY, anchors)),
            *details.comments(observation, anchors),
        ),
    }
    place.state(observation, AllergyRecorded(**body))


def read_reaction(entry: Node, place: Place) -> None:
    """State an adverse reaction: an intolerance to the medicine it names (CI-SIS FR-Effet-indesirable)."""
    place.into.visit()
    anchors = place.anchors
    drug = next((found for _, found in related(entry) if found.tag == "substanceAdministration"), None)
    product = product_of(drug, anchors) if drug is not None else None
    if product is None or not product.name or negated(entry):
        place.leave("le médicament n’est pas nommé")
        return
    kind = display(child(entry, "value"), anchors) or display(child(entry, "code"), anchors)
    event = [details.said(label, details.detail_text(entry, wanted, anchors)) for label, wanted in _EVENT]
    body = AllergyRecorded(
        substance=product.substance or product.name,
        coding=product.coding,
        nature="intolerance",
        reaction=", ".join(details.manifestations(entry, anchors)),
        onset=place.date(child(entry, "effectiveTime")),
        comment=details.joined(
            details.said("Effet indésirable", kind),
            details.said("Médicament", product.name if product.substance not in ("", product.name) else ""),
            *event,
            *details.comments(entry, anchors),
        ),
    )
    place.state(entry, body)


def _agent(observation: Node) -> Node | None:
    """The code of the responsible agent: the participant consumed (CSM), or the only one."""
    participants = children(observation, "participant")
    chosen = [found for found in participants if get(found, "typeCode") == "CSM"] or participants
    for participant in chosen:
        found = child(participant, "participantRole/playingEntity/code")
        if found is not None:
            return found
    return None


def _agent_name(observation: Node) -> str:
    names = (text(found) for found in children(observation, "participant/participantRole/playingEntity/name"))
    return next((name for name in names if any(map(str.isalnum, name))), "")


def _value(observation: Node) -> Node | None:
    """The value when it names an agent, not a sort of allergy."""
    value = child(observation, "value")
    return None if value is None or details.coded(value, dict.fromkeys(_TYPES, "x")) else value


def _value_name(observation: Node, anchors: Anchors) -> str:
    value = _value(observation)
    return display(value, anchors) or (referred(value, anchors) if value is not None else "")


def _type(observation: Node) -> tuple[str, str]:
    """Nature and category: from the code of the observation (IHE), or its value (C-CDA), or their words."""
    found = [child(observation, "code"), child(observation, "value")]
    for coded in found:
        for node in codes(coded):
            if get(node, "code") in _TYPES:
                return _TYPES[get(node, "code")]
    words = " ".join(get(node, "displayName") for node in found).lower()
    nature = "intolerance" if "intol" in words or "non allergique" in words else "allergy"
    for sign, category in (("médic", "medication"), ("aliment", "food"), ("environ", "environment")):
        if sign in words:
            return nature, category
    return nature, "other"
