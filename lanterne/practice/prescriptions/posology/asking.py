"""What only the whole line, or the base of medicines, can show to be open.

Law: the base is asked about the name as it stands; a name it does not hold is said to be unchecked, never found whole.
"""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.draft import Draft, most_of
from lanterne.practice.prescriptions.posology.gathering import Gathered
from lanterne.practice.prescriptions.posology.maximum import against_maximum
from lanterne.practice.prescriptions.posology.names import Names
from lanterne.practice.prescriptions.posology.naming import Named
from lanterne.practice.prescriptions.posology.structure import Point
from lanterne.practice.prescriptions.posology.typed import fold, wordset

_EYE_AND_EAR = wordset(
    """
    ciloxan ciprofloxacine ofloxacine oflocet polydexa panotile otofa dexamethasone framycetine rifamycine
    auricularum antibiosynalar osmotol cerulyse neomycine polymyxine gentamicine norfloxacine betamethasone
    """
)
_SWALLOWED = frozenset({
    "comprimé", "comprimé effervescent", "comprimé orodispersible", "gélule", "capsule", "sachet",
    "suppositoire", "ovule",
    "patch", "cuillère à café", "cuillère à soupe", "cuillère-mesure", "bouffée", "inhalation", "injection",
})  # fmt: skip
_OFTEN = 8


def whole_line(
    named: Named, whole: Gathered, drafts: list[Draft], form: str | None, names: Names, *, insulin: bool
) -> list[Point]:
    """What the whole line leaves open."""
    asks: list[Point] = []
    draft = drafts[0]
    if whole.again_h is not None and not whole.as_needed:
        asks.append(Point("again_without_need"))
    if not named.device and not whole.as_needed and not all(one.rhythm for one in drafts):
        asks.append(Point("no_rhythm"))
    if (
        whole.as_needed
        and draft.dose is None
        and not draft.rhythm
        and draft.strength is None
        and form is None
    ):
        asks.append(Point("no_rhythm"))
    if insulin and not all(one.unit == "UI" or one.form for one in drafts):
        asks.append(Point("dose_missing", {"name": named.text}))
    if (
        whole.with_food
        and whole.with_food.endswith(" repas")
        and any(set(one.moments) == {"coucher"} for one in drafts)
    ):
        asks.append(Point("which_meals"))
    if (
        whole.form == "gouttes"
        and form == "gouttes"
        and any(one.dose is None and not one.moments_given for one in drafts)
    ):
        asks.append(Point("number_missing"))
    if whole.form == "gel" and form == "gel" and _capsule_only(named, names):
        asks.append(Point("gel_or_capsule", {"name": named.text}))
    if whole.site_short:
        asks += _short_site(named, whole, form, names)
    for one in drafts:
        often = most_of(one.times) if one.times is not None else 0
        if often > _OFTEN and one.strength is None and not one.dose and not (named.known or named.device):
            asks.append(Point("times_implausible", {"times": f"{often:g}"}))
        asks += against_maximum(whole, one, form)
    if whole.as_needed and any(isinstance(one.days, tuple) for one in drafts) and len(drafts) > 1:
        asks.append(Point("by_condition", {"words": ""}))
    return asks


def _short_site(named: Named, whole: Gathered, form: str | None, names: Names) -> list[Point]:
    eye = whole.form in ("collyre", "pommade ophtalmique", "gel ophtalmique") or "ophtalmique" in (
        whole.form or ""
    )
    folded = {
        fold(one).replace(" ", "")
        for one in (named.text, *named.words, *(known.text for known in named.known))
    }
    substances = {fold(one) for known in named.known for one in known.substances}
    if form in _SWALLOWED:
        return [Point("site_for_form", {"site": str(whole.site), "form": str(form)})]
    both = bool((folded | substances) & _EYE_AND_EAR) or _sold_for_both(named, names)
    if not eye and not whole.eye_said and both:
        return [Point("eye_or_ear", {"name": named.text})]
    return []


def _sold_for_both(named: Named, names: Names) -> bool:
    """Whether the base has this name for the ear; what has drops for the eye has OD and OG for them."""
    return any("auricul" in fold(form) for name in named.looked_up for form in names.forms(name))


def _capsule_only(named: Named, names: Names) -> bool:
    """Whether the base has capsules of this name, and no gel."""
    forms = [fold(form) for name in named.looked_up for form in names.forms(name)]
    return any(form.startswith("gelule") for form in forms) and not any(
        form.split()[0] == "gel" for form in forms if form
    )
