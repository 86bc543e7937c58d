"""FamilyMemberHistory to family history, one statement an illness
(https://hl7.org/fhir/R4/familymemberhistory.html)."""

from __future__ import annotations

from decimal import Decimal

from lanterne.intake.fhir.resources import FamilyMemberHistory
from lanterne.intake.fhir.saying import ICD10, SNOMED, coded, first_moment, label, notes
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.intake.fhir.shapes import Concept, Quantity
from lanterne.practice.family.facts import FamilyRecorded, Relation

# HL7 v3 RoleCode and the SNOMED CT codes of the same relatives.
_RELATION: dict[str, Relation] = {
    **dict.fromkeys(("MTH", "NMTH", "72705000"), "mother"),
    **dict.fromkeys(("FTH", "NFTH", "66839005"), "father"),
    **dict.fromkeys(("SIS", "NSIS", "HSIS", "TWINSIS", "27733009"), "sister"),
    **dict.fromkeys(("BRO", "NBRO", "HBRO", "TWINBRO", "70924004"), "brother"),
    **dict.fromkeys(("DAU", "NDAU", "DAUC", "66089001"), "daughter"),
    **dict.fromkeys(("SON", "NSON", "SONC", "65616008"), "son"),
    **dict.fromkeys(("GRMTH", "MGRMTH", "PGRMTH", "113157001"), "grandmother"),
    **dict.fromkeys(("GRFTH", "MGRFTH", "PGRFTH", "34871008"), "grandfather"),
    **dict.fromkeys(("AUNT", "MAUNT", "PAUNT", "25211005"), "aunt"),
    **dict.fromkeys(("UNCLE", "MUNCLE", "PUNCLE", "38048003"), "uncle"),
}  # fmt: skip
_SIDE = {"M": "maternel", "P": "paternel"}


def read(resource: FamilyMemberHistory, key: str, scope: Scope) -> None:
    """State each illness of a relative.

    Raises:
        Kept: "in_error", "no_illness", "unlabelled".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    if not resource.condition:
        raise Kept("no_illness")
    if not all(label(condition.code) for condition in resource.condition):
        raise Kept("unlabelled")
    relation, said = _relation(resource.relationship)
    for rank, condition in enumerate(resource.condition, 1):
        outcome = label(condition.outcome)
        body = FamilyRecorded(
            relation=relation,
            label=label(condition.code),
            coding=coded(condition.code, ICD10, SNOMED),
            age_at_onset=_years(condition.onset_age),
            died_of_it=condition.contributed_to_death,
            comment=notes(
                (*condition.note, *resource.note),
                said,
                f"Début : {condition.onset_string}" if condition.onset_string else "",
                f"Issue : {outcome}" if outcome else "",
            ),
        )
        scope.state(f"{key}#{rank}", body, first_moment(resource.date))


def _relation(concept: Concept | None) -> tuple[Relation, str]:
    """The relation, and what else the document says of it ("maternel", or its own words for another)."""
    for coding in concept.coding if concept is not None else ():
        if coding.code in _RELATION:
            side = _SIDE.get(coding.code[0], "") if coding.code[1:] in _RELATION else ""
            return _RELATION[coding.code], f"Côté {side}" if side else ""
    words = label(concept)
    return "other", f"Lien : {words}" if words else ""


def _years(age: Quantity | None) -> int:
    """Whole years, -1 when unknown or not an age."""
    if age is None or age.value is None or not age.value.is_finite() or not 0 <= age.value <= 2000:
        return -1
    per_year = {"mo": 12, "wk": 52, "d": 365, "a": 1, "": 1}.get(age.code, 0)
    years = int(age.value / Decimal(per_year)) if per_year else -1
    return years if years <= 120 else -1
