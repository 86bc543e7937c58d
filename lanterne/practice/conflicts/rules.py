"""When two statements are about one thing, and what is said of a doubt. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lanterne.practice.alike import said
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.patients.names import fold
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded


def _(text: str) -> str:
    """Mark a French msgid for gettext."""
    return text


# Kinds of which two statements, written apart, may be two values of one thing.
TWINNED: tuple[str, ...] = (AllergyRecorded.KIND, TreatmentRecorded.KIND, ProblemRecorded.KIND)

# Kinds whose versions in conflict are listed, and their names. A personal note is its author's alone, and waits in its
# chart; who is in charge of an arrival is seen among the arrivals.
LISTED: dict[str, str] = {
    AllergyRecorded.KIND: _("Allergie"),
    TreatmentRecorded.KIND: _("Traitement"),
    ProblemRecorded.KIND: _("Problème"),
    AldRecorded.KIND: _("ALD"),
    ProcedureRecorded.KIND: _("Acte"),
    FamilyRecorded.KIND: _("Antécédent familial"),
    ImmunizationRecorded.KIND: _("Vaccination"),
    LifestyleRecorded.KIND: _("Habitude de vie"),
    MeasureRecorded.KIND: _("Mesure"),
    ResultRecorded.KIND: _("Résultat"),
    ConsultationRecorded.KIND: _("Consultation"),
}

SENTENCES: dict[str, str] = {
    "conflict_gone": _(
        "Ce n’est plus à départager : quelqu’un s’en est occupé, ou une version a changé. Rechargez la page."
    ),
    "conflict_undone": _("Cela a déjà été repris. Rechargez la page."),
    "conflict_unfinished": _(
        "Une des versions n’est pas sur cet ordinateur : elle n’y est pas encore arrivée, ou elle a été effacée. "
        "Réessayez après le prochain échange, ou corrigez vous-même dans le dossier."
    ),
}

# What tells two statements of one thing apart in nothing that matters.
_BESIDE = ("document", "comment")

_WORD = re.compile(r"[^\W_]+")
KEY_WORDS = 6


@lru_cache(maxsize=4_096)
def key(kind: str, label: str) -> str:
    """Under what two labels are one thing: case, accents, plural and punctuation left aside; of a medicine, its
    strength too ("Bisoprolol 2,5 mg" and "bisoprolol 5 mg" are two values of one treatment).
    """
    found = []
    for word in _WORD.findall(fold(label)):
        if kind == TreatmentRecorded.KIND and word[0].isdigit():
            break
        found.append(word[:-1] if len(word) > 3 and word[-1] in "sx" else word)
    return " ".join(found[:KEY_WORDS])


def one_thing(kind: str, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two (code, label) name the same."""
    if one[0] and one[0] == other[0]:
        return True
    shared = key(kind, one[1])
    return bool(shared) and shared == key(kind, other[1])


def differ(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two raw bodies of a kind say different things of what they name."""
    held = [{name: value for name, value in raw.items() if name not in _BESIDE} for raw in (one, other)]
    return said(kind, held[0]) != said(kind, held[1])
