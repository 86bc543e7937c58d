"""What only the whole line, or the base of medicines, can show to be open.

Law: the base is asked about the name as it stands; a name it does not hold is said to be unchecked, never found whole.
"""

from __future__ import annotations

import re

from lanterne.practice.prescriptions.posology.dosing import Draft
from lanterne.practice.prescriptions.posology.gathering import Gathered
from lanterne.practice.prescriptions.posology.naming import Named
from lanterne.practice.prescriptions.posology.names import Names
from lanterne.practice.prescriptions.posology.structure import Point, Quantity
from lanterne.practice.prescriptions.posology.typed import fold

_EYE_AND_EAR = frozenset(
    "ciloxan ciprofloxacine ofloxacine oflocet polydexa panotile otofa dexamethasone framycetine rifamycine auricularum "
    "antibiosynalar osmotol cerulyse neomycine polymyxine gentamicine norfloxacine betamethasone".split()
)
_SWALLOWED = frozenset({
    "comprimé", "comprimé effervescent", "comprimé orodispersible", "gélule", "capsule", "sachet", "suppositoire", "ovule", "patch",
    "cuillère à café", "cuillère à soupe", "cuillère-mesure", "bouffée", "inhalation", "injection",
})  # fmt: skip
_STRENGTHLESS = frozenset({"dose-kg", "capteur", "bouteille", "pansement", "unidose", "dosette", "application", "granule"})
_FORM_STEMS: dict[str, tuple[str, ...]] = {
    "comprimé": ("comprime",),
    "comprimé effervescent": ("comprime effervescent",),
    "comprimé orodispersible": ("comprime orodispersible", "comprime orodispersible", "lyophilisat"),
    "gélule": ("gelule",),
    "capsule": ("capsule",),
    "sachet": ("sachet", "poudre", "granule"),
    "ampoule": ("ampoule", "solution buvable", "solution injectable"),
    "gouttes": ("gouttes", "collyre", "solution buvable en gouttes"),
    "bouffée": ("suspension pour inhalation", "solution pour inhalation", "poudre pour inhalation", "inhalation"),
    "inhalation": ("poudre pour inhalation", "suspension pour inhalation", "solution pour inhalation", "inhalation"),
    "pulvérisation": ("suspension nasale", "solution pour pulverisation", "suspension pour pulverisation", "spray", "nasal"),
    "suppositoire": ("suppositoire",),
    "ovule": ("ovule", "capsule vaginale"),
    "patch": ("dispositif transdermique", "patch"),
    "injection": ("solution injectable", "stylo", "seringue", "poudre", "suspension injectable", "injectable"),
    "seringue": ("seringue", "solution injectable"),
    "cuillère-mesure": ("suspension buvable", "sirop", "poudre pour suspension buvable", "solution buvable"),
    "cuillère à café": ("suspension buvable", "sirop", "solution buvable"),
    "cuillère à soupe": ("suspension buvable", "sirop", "solution buvable"),
    "gomme": ("gomme",),
    "pastille": ("pastille", "comprime a sucer"),
}


def whole_line(named: Named, whole: Gathered, drafts: list[Draft], form: str | None) -> list[Point]:
    """What the whole line leaves open."""
    asks: list[Point] = []
    draft = drafts[0]
    if whole.again_h is not None and not whole.as_needed:
        asks.append(Point("again_without_need"))
    if not named.device and not whole.as_needed and not all(one.rhythm for one in drafts):
        asks.append(Point("no_rhythm"))
    if whole.as_needed and draft.dose is None and not draft.rhythm and draft.strength is None and form is None:
        asks.append(Point("no_rhythm"))
    if whole.site_short:
        asks += _short_site(named, whole, form)
    for one in drafts:
        asks += _against_maximum(whole, one, form)
    if whole.as_needed and any(isinstance(one.days, tuple) for one in drafts) and len(drafts) > 1:
        asks.append(Point("by_condition", {"words": ""}))
    return asks


def _short_site(named: Named, whole: Gathered, form: str | None) -> list[Point]:
    eye = whole.form in ("collyre", "pommade ophtalmique", "gel ophtalmique") or "ophtalmique" in (whole.form or "")
    folded = {fold(one).replace(" ", "") for one in (named.text, *named.words, *(known.text for known in named.known))}
    substances = {fold(one) for known in named.known for one in known.substances}
    if form in _SWALLOWED:
        return [Point("site_for_form", {"site": str(whole.site), "form": str(form)})]
    if not eye and not whole.eye_said and ((folded | substances) & _EYE_AND_EAR):
        return [Point("eye_or_ear", {"name": named.text})]
    return []


def without_strength(named: Named, draft: Draft, form: str | None, names: Names) -> tuple[list[Point], list[Point]]:
    """Units counted with no strength: what is open, and what could not be looked at."""
    if named.device or not named.known or draft.strength is not None or draft.unit not in (None, "application") or form in _STRENGTHLESS:
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
            if any(fold(one).startswith(stem) or stem in fold(one) for stem in _FORM_STEMS.get(form, (fold(form),))):
                kept += names.strengths(name, one) or ()
        return tuple(dict.fromkeys(kept))
    return found


def intakes(draft: Draft) -> int | float | None:
    """How many intakes a day, when it is fixed."""
    if draft.times is not None:
        return None if isinstance(draft.times, tuple) else draft.times
    if draft.every_h is not None:
        return None if isinstance(draft.every_h, tuple) else 24 / draft.every_h
    if draft.moments:
        return sum(1 for number in draft.moments.values() if number)
    return None


def per_day(draft: Draft) -> float | None:
    """How many units a day, when it is fixed, or the most when it ranges."""
    if draft.moments:
        return sum(most(number) for number in draft.moments.values())
    count = intakes(draft)
    if count is None and isinstance(draft.times, tuple):
        count = draft.times[1]
    if count is None and isinstance(draft.every_h, tuple):
        count = 24 / draft.every_h[0]
    return None if count is None else count * most(draft.dose if draft.dose is not None else 1)


def most(number: Quantity) -> float:
    """The greatest of a quantity."""
    return float(number[1] if isinstance(number, tuple) else number)


_MASS = {"g": 1000.0, "mg": 1.0, "µg": 0.001, "ng": 0.000001}


def mass_mg(strength: str | None) -> float | None:
    """The mass of a plain strength ("1 g"), in mg; None when it is not one."""
    found = re.fullmatch(r"(\d+(?:,\d+)?) (g|mg|µg|ng)", strength or "")
    return float(found[1].replace(",", ".")) * _MASS[found[2]] if found else None


def _against_maximum(whole: Gathered, draft: Draft, form: str | None) -> list[Point]:
    maximum = whole.maximum
    if maximum is None:
        return []
    dose = draft.dose if draft.dose is not None else 1
    several = isinstance(dose, tuple) or dose > 1
    counted = draft.form is not None
    if maximum.unit is None:
        if several and not maximum.said:
            return [Point("maximum_of_what", {"number": str(maximum.number)})]
        count = None if whole.as_needed else intakes(draft)
        return [Point("above_own_maximum")] if count is not None and count > maximum.number else []
    daily = per_day(draft)
    if maximum.unit in _MASS:
        if draft.unit in _MASS:
            each = most(dose) * _MASS[draft.unit]
        elif draft.unit is None and (counted or draft.dose is None) and mass_mg(draft.strength) is not None:
            each = most(dose) * (mass_mg(draft.strength) or 0)
        else:
            return []
        limit = maximum.number * _MASS[maximum.unit]
        total = None if daily is None else each * daily / most(dose) if most(dose) else None
    elif maximum.unit.split()[0] == (form or "").split(" ")[0] or maximum.unit == form or maximum.unit == draft.unit:
        each, limit, total = most(dose), float(maximum.number), daily
    elif form in (None, "dose-kg") or maximum.unit.endswith("/kg") or maximum.unit == "mL":
        return []
    else:
        return [Point("maximum_of_what", {"number": str(maximum.number)})]
    fixed = not whole.as_needed and not isinstance(dose, tuple) and intakes(draft) is not None
    if each > limit + 1e-9 or (fixed and total is not None and total > limit + 1e-9):
        return [Point("above_own_maximum")]
    return []
