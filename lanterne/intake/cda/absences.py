"""What is said not to be: a negative finding, which is not "not filled in".

Law: "aucune allergie connue" empties a section; "pas d'allergie médicamenteuse connue" does not, nor does a
disease that is denied by name; "no information", UNK, NI and ASKU say nothing at all. In doubt, the section is
not said empty. Source: HL7 IPS "Absent and Unknown Data" (OID 2.16.840.1.113883.5.1150.1), used by the
CI-SIS; SNOMED CT situations with explicit context.
"""

from __future__ import annotations

import re
from typing import Literal

from lanterne.intake.cda.nodes import get, is_null, negated
from lanterne.intake.cda.words import Anchors, codes, display, referred
from lanterne.intake.xml import Node
from lanterne.practice.chart.facts import Section
from lanterne.practice.patients.names import fold

Absence = Literal["", "none", "unknown", "partial", "denied"]
"""Nothing said to be absent; none at all; not known; none of one sort; one thing denied by name."""

_NONE: dict[str, Section | None] = {
    "no-known-allergies": "allergies", "716186003": "allergies", "160244002": "allergies",
    "no-known-problems": "problems", "160245001": "problems",
    "no-known-medications": "treatments", "787481004": "treatments",
    "no-known-procedures": "procedures", "787480003": "procedures",
    "no-known-immunizations": "immunizations", "787482006": "immunizations",
    "160266009": "family",
    "no-known-devices": None, "787483001": None,
}  # fmt: skip
_UNKNOWN = frozenset({
    "no-allergy-info", "no-problem-info", "no-medication-info", "no-procedure-info", "no-immunization-info",
    "no-device-info",
})  # fmt: skip
_PARTIAL = frozenset({
    "no-known-medication-allergies", "no-known-food-allergies", "no-known-environmental-allergies",
    "409137002", "429625007", "428607008",
})  # fmt: skip
# Codes that name no one thing: the sort of allergy, "a problem", "a medicine".
_GENERIC = frozenset({
    "419199007", "420134006", "418038007", "418799008", "55607006", "404684003", "282291009", "64572001",
    "410942007", "ASSERTION", "DRUG", "IMMUNIZ", "INITIMMUNIZ", "BOOSTER", "ALG", "OINT",
})  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LINKING = _words(
    "aucun aucune aucuns aucunes pas d de des du absence neant ras sans ni non ou et connu connue connus connues"
    " notable notables particulier particuliere particuliers significatif significative signale signalee signales"
    " rapporte rapportee rapportes declare declaree declares identifie identifiee identifies retrouve retrouvee"
    " a ce jour pendant durant le la les l sejour hospitalisation chez patient patiente personnel personnels en"
    " cours au long actuel actuellement n y est il"
)
_DENYING = frozenset(
    {"aucun", "aucune", "aucuns", "aucunes", "pas", "absence", "neant", "ras", "sans", "ni", "non"}
)
_NOUNS: dict[Section, frozenset[str]] = {
    "allergies": _words("allergie allergies hypersensibilite hypersensibilites intolerance intolerances"
                           " idiosyncrasie idiosyncrasies"),
    "problems": _words("antecedent antecedents medical medicaux probleme problemes pathologie pathologies"
                          " maladie maladies actif actifs active actives"),
    "treatments": _words("traitement traitements medicament medicaments medicamenteux"),
    "procedures": _words("antecedent antecedents chirurgical chirurgicaux acte actes intervention"
                            " interventions operation operations"),
    "family": _words("antecedent antecedents familial familiaux pathologie pathologies"),
    "immunizations": _words("vaccin vaccins vaccination vaccinations"),
    "lifestyle": frozenset(),
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")


def absence_in(code: Node | None, section: Section) -> Absence:
    """What the code of an entry, or a translation of it, says of absence."""
    for found in codes(code):
        value = get(found, "code")
        if value in _NONE:
            said = _NONE[value]
            return "none" if said in (section, None) else "partial"
        if value in _UNKNOWN:
            return "unknown"
        if value in _PARTIAL:
            return "partial"
    return ""


def is_denial(text: str, section: Section) -> bool:
    """Whether a text says that a whole section is empty, and nothing more: "Aucun antécédent connu", "Néant".

    Every word must be known to say so: "Aucun antécédent d'infarctus" denies one illness only.
    """
    words = _WORD.findall(fold(text[:300]).lower())
    if not words or len(words) > 20 or not _DENYING.intersection(words):
        return False
    # "Non renseigné" and "non" alone deny nothing.
    if words in (["non"], ["sans"]):
        return False
    return all(word in _LINKING or word in _NOUNS[section] for word in words)


def absence(
    statement: Node, value: Node | None, section: Section, anchors: Anchors, *, name: str = ""
) -> Absence:
    """What a clinical statement says of absence.

    Args:
        value: the coded value that names what it is about (a problem, an agent, a medicine).
        section: the section of the chart it would go to.
        name: what it is about, where it is not the value that says it.
    """
    said = absence_in(value, section) or absence_in(statement.find("code"), section)
    if said:
        return said
    label = display(value, anchors) if value is not None else ""
    text = referred(statement.find("text"), anchors)
    if negated(statement):
        label = label or name
        if is_denial(label, section):
            return "none"
        if value is None:
            # What is denied is the code itself, when it has one: "allergy to a substance".
            return "denied" if label or is_null(statement.find("code")) else "none"
        if any(get(found, "code") in _GENERIC for found in codes(value)):
            return "none"
        # Something is denied: by its name, or one that is masked or unknown. "Not applicable" is no name at all.
        return "denied" if label or get(value, "nullFlavor") != "NA" else "none"
    return "none" if is_denial(label or text, section) else ""
