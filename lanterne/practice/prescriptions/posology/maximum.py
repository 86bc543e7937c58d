"""The greatest amount a line states, against what the same line orders.

Law: a fixed rhythm above its own maximum contradicts itself; with "si besoin" or a range, a lower maximum is normal.
"""

from __future__ import annotations

import re

from lanterne.practice.prescriptions.posology.draft import Draft, most_of
from lanterne.practice.prescriptions.posology.gathering import Gathered
from lanterne.practice.prescriptions.posology.structure import Point


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
        return sum(most_of(number) for number in draft.moments.values())
    count = intakes(draft)
    if count is None and isinstance(draft.times, tuple):
        count = draft.times[1]
    if count is None and isinstance(draft.every_h, tuple):
        count = 24 / draft.every_h[0]
    return None if count is None else count * most_of(draft.dose if draft.dose is not None else 1)


MG = {"g": 1000.0, "mg": 1.0, "µg": 0.001, "ng": 0.000001}


def mass_mg(strength: str | None) -> float | None:
    """The mass of a plain strength ("1 g"), in mg; None when it is not one."""
    found = re.fullmatch(r"(\d+(?:,\d+)?) (g|mg|µg|ng)", strength or "")
    return float(found[1].replace(",", ".")) * MG[found[2]] if found else None


def _strength_mg(strength: str | None) -> float | None:
    """The mass of a strength, a bare number taken for milligrams: enough to see that a line contradicts itself."""
    bare = strength is not None and re.fullmatch(r"\d+(?:,\d+)?", strength)
    return float(strength.replace(",", ".")) if bare and strength is not None else mass_mg(strength)


def against_maximum(whole: Gathered, draft: Draft, form: str | None) -> list[Point]:
    """Whether what the step orders passes the maximum of its own line, in intakes, in units or in mass."""
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
    if maximum.unit in MG:
        if draft.unit in MG:
            each = most_of(dose) * MG[draft.unit]
        elif (
            draft.unit is None
            and (counted or draft.dose is None)
            and _strength_mg(draft.strength) is not None
        ):
            each = most_of(dose) * (_strength_mg(draft.strength) or 0)
        else:
            return []
        limit = maximum.number * MG[maximum.unit]
        total = None if daily is None else each * daily / most_of(dose) if most_of(dose) else None
    elif (
        maximum.unit.split()[0] == (form or "").split(" ")[0]
        or maximum.unit == form
        or maximum.unit == draft.unit
    ):
        each, limit, total = most_of(dose), float(maximum.number), daily
    elif form in (None, "dose-kg") or maximum.unit.endswith("/kg") or maximum.unit == "mL":
        return []
    else:
        return [Point("maximum_of_what", {"number": str(maximum.number)})]
    fixed = not whole.as_needed and not isinstance(dose, tuple) and intakes(draft) is not None
    if each > limit + 1e-9 or (fixed and total is not None and total > limit + 1e-9):
        return [Point("above_own_maximum")]
    return []
