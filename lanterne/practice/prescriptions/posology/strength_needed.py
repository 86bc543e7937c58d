"""Units counted with no strength: does the base have several for that form?

Law: the base is asked about the name as it stands; a name it does not hold is said to be unchecked, never found whole.
"""

from __future__ import annotations

import re

from lanterne.practice.prescriptions.posology.draft import Draft
from lanterne.practice.prescriptions.posology.names import Names
from lanterne.practice.prescriptions.posology.naming import Named
from lanterne.practice.prescriptions.posology.structure import Point
from lanterne.practice.prescriptions.posology.typed import fold

_STRENGTHLESS = frozenset(
    {"dose-kg", "capteur", "bouteille", "pansement", "unidose", "dosette", "application", "granule"}
)


_SPOONS = ("sachet", "gouttes", "ampoule")


_NOT_OF_FORM: dict[str, tuple[str, ...]] = {
    "bouffée": ("nebuliseur",),
    "inhalation": ("nebuliseur",),
    "cuillère-mesure": _SPOONS,
    "cuillère à café": _SPOONS,
    "cuillère à soupe": _SPOONS,
    "comprimé": ("orodispersible", "effervescent"),
}


_FORM_STEMS: dict[str, tuple[str, ...]] = {
    "comprimé": ("comprime",),
    "comprimé effervescent": ("comprime effervescent",),
    "comprimé orodispersible": ("comprime orodispersible", "comprime orodispersible", "lyophilisat"),
    "gélule": ("gelule",),
    "capsule": ("capsule",),
    "sachet": ("sachet", "poudre orale", "poudre pour solution buvable", "granule"),
    "ampoule": ("ampoule", "solution buvable", "solution injectable"),
    "gouttes": ("gouttes", "collyre", "solution buvable en gouttes"),
    "bouffée": (
        "suspension pour inhalation",
        "solution pour inhalation",
        "poudre pour inhalation",
        "inhalation",
    ),
    "inhalation": (
        "poudre pour inhalation",
        "suspension pour inhalation",
        "solution pour inhalation",
        "inhalation",
    ),
    "pulvérisation": (
        "suspension nasale",
        "solution pour pulverisation",
        "suspension pour pulverisation",
        "spray",
        "nasal",
    ),
    "suppositoire": ("suppositoire",),
    "ovule": ("ovule", "capsule vaginale"),
    "patch": ("dispositif transdermique", "patch"),
    "injection": (
        "solution injectable",
        "stylo",
        "seringue",
        "poudre",
        "suspension injectable",
        "injectable",
    ),
    "seringue": ("seringue", "solution injectable"),
    "cuillère-mesure": ("suspension buvable", "sirop", "poudre pour suspension buvable", "solution buvable"),
    "cuillère à café": ("suspension buvable", "sirop", "solution buvable"),
    "cuillère à soupe": ("suspension buvable", "sirop", "solution buvable"),
    "gomme": ("gomme",),
    "pastille": ("pastille", "comprime a sucer"),
}


def without_strength(
    named: Named, draft: Draft, form: str | None, names: Names
) -> tuple[list[Point], list[Point]]:
    """Units counted with no strength: what is open, and what could not be looked at."""
    if _two_of_one(named, draft, names):
        return [Point("two_strengths", {"a": str(draft.strength), "b": ""})], []
    if (
        named.device
        or not named.known
        or draft.strength is not None
        or draft.unit is not None
        or form in _STRENGTHLESS
    ):
        return [], []
    if draft.applications:
        return [], []
    counted = draft.form is not None or (draft.dose is not None and draft.unit is None)
    if form is not None and form not in _FORM_STEMS and not counted:
        return [], []  # a cream, a syrup: nothing is counted
    strengths = _strengths(named, form, names)
    if strengths is None:
        return [], [Point("strengths_not_known", {"name": named.text})]
    if len(strengths) > 1:
        return [Point("strength_missing", {"name": named.text, "strengths": ", ".join(strengths[:8])})], []
    return [], []


def _strengths(named: Named, form: str | None, names: Names) -> tuple[str, ...] | None:
    found: tuple[str, ...] | None = None
    for name in named.looked_up:
        every = names.strengths(name, "")
        if every is None:
            continue
        if form is None:
            return every
        forms = names.forms(name)
        kept: list[str] = []
        for one in forms:
            if any(word in fold(one) for word in _NOT_OF_FORM.get(form, ())):
                continue
            if any(
                fold(one).startswith(stem) or stem in fold(one)
                for stem in _FORM_STEMS.get(form, (fold(form),))
            ):
                kept += names.strengths(name, one) or ()
        return tuple(dict.fromkeys(kept))
    return found


def _two_of_one(named: Named, draft: Draft, names: Names) -> bool:
    """ "75/100" of what the base sells with one substance only: two strengths, not the two parts of one."""
    if len(named.known) != 1 or not re.fullmatch(r"[\d,]+/[\d,]+", draft.strength or ""):
        return False
    strengths = names.strengths(named.known[0].text, "")
    return bool(strengths) and not any(
        "/" in one.replace("/mL", "").replace("/dose", "") for one in strengths or ()
    )
