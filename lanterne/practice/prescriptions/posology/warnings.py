"""What a doctor must see before using a line that is understood: doses and strengths that cannot be meant.

Law: never corrected, always said. Few: a warning is for what would harm, whoever the patient is; what depends on the
patient is checked at the door of the record. What could not be compared is told apart (`unchecked`),
so that silence never
passes for safety.
Limits are those of the base of medicines, for an adult. Limits of single substances beyond all use are in `bounds`.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.bounds import (
    ALARM_KG,
    AT_ONCE,
    BEYOND,
    DAILY_STRENGTH_MG,
    MOST_INSULIN,
    SPACED,
    SPACED_FORM,
)
from lanterne.practice.prescriptions.posology.draft import most_of
from lanterne.practice.prescriptions.posology.maximum import MG, mass_mg
from lanterne.practice.prescriptions.posology.names import Names
from lanterne.practice.prescriptions.posology.numbers import decimal
from lanterne.practice.prescriptions.posology.structure import Point, Step, Structure
from lanterne.practice.prescriptions.posology.typed import fold
from lanterne.reference.medicines.model import Limit

_FAR = 5
_LIGHT_KG = 10
"""A dose by weight that is above an adult's for so light a child is above everybody's."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Greatest doses, in mg; None when not known."""

    unit: float | None
    intake: float | None
    day: float | None
    note: str = ""


def warn(
    structure: Structure, looked_up: tuple[str, ...], names: Names, *, known: bool
) -> tuple[list[Point], list[Point]]:
    """The warnings of a structure, and what could not be looked at."""
    warned: list[Point] = []
    substances = _substances(looked_up, names)
    limits = [limit for name in looked_up[:1] for limit in names.limits(name)]
    strengths = names.strengths(looked_up[0], "") or ()
    bounds = _bounds(substances, limits, structure)
    for step in structure.steps or (structure,):
        strength = step.strength or structure.strength
        if not _local(structure):
            _implausible_strength(warned, strength, strengths, bounds)
        _too_often(warned, structure, step, substances, strength)
        _too_much(warned, structure, step, strength, strengths, bounds)
        _by_weight(warned, structure, step, substances, bounds)
        if limits:
            _too_close(warned, structure, step, limits)
        _too_many(warned, structure, step)
        if structure.dose_unit == "mL" and "insuline" in " ".join(substances):
            warned.append(Point("insulin_in_ml", {"dose": f"{decimal(_greatest(step))} mL"}))
        if (
            structure.dose_unit == "UI"
            and "insuline" in " ".join(substances)
            and _greatest(step) > MOST_INSULIN
        ):
            warned.append(
                Point(
                    "dose_above",
                    {"dose": f"{decimal(_greatest(step))} UI", "most": f"{MOST_INSULIN} UI", "note": ""},
                )
            )
    once = [point for place, point in enumerate(warned) if point not in warned[:place]]
    nothing_known = bounds.day is None and bounds.intake is None
    medicine = known and structure.form not in ("capteur", "bouteille", "pansement")
    unchecked = [Point("dose_not_checked", {"name": structure.drug})] if nothing_known and medicine else []
    return once, unchecked


def _too_many(warned: list[Point], structure: Structure, step: Step) -> None:
    """So many at once that a number must have been mistyped, whatever the medicine."""
    form = (
        "goutte dans l’œil"
        if structure.form == "gouttes" and structure.route == "ophtalmique"
        else structure.form or ""
    )
    most_at_once = AT_ONCE.get(form)
    if structure.dose_unit is None and most_at_once is not None and _greatest(step) > most_at_once:
        warned.append(
            Point("many_at_once", {"number": decimal(_greatest(step)), "form": str(structure.form)})
        )


def _substances(looked_up: tuple[str, ...], names: Names) -> tuple[str, ...]:
    found: list[str] = []
    for name in looked_up:
        known = names.exact(fold(name))
        found += [fold(one) for one in (known.substances if known and known.substances else (name,))]
    return tuple(dict.fromkeys(found))


def _single(substances: tuple[str, ...]) -> str | None:
    plain = [one for one in substances if " et " not in one]
    return plain[0] if len(plain) == 1 and len(substances) == 1 else None


def _bounds(substances: tuple[str, ...], limits: list[Limit], structure: Structure) -> _Bounds:
    """What is known of a single substance: the base's adult limit for this way, and what lies beyond all use."""
    adult = [one for one in limits if one.who == "adult" and one.unit in MG and not one.per_kg]
    route = structure.route or {
        "injection": "sous-cutanée",
        "pulvérisation": "nasale",
        "suppositoire": "rectale",
    }.get(structure.form or "", "orale")
    fitting = [one for one in adult if one.route in ("", route)]
    name = _single(substances)
    if name is None or _local(structure):
        return _Bounds(None, None, None)
    beyond = next((most for known, most in BEYOND.items() if name == known), None)
    limit = fitting[0] if fitting else None
    if limit is not None:
        factor = MG[limit.unit]
        day = float(limit.max_day) * factor if limit.max_day is not None else (beyond[1] if beyond else None)
        intake = float(limit.max_intake) * factor if limit.max_intake is not None else None
        return _Bounds(beyond[0] if beyond else None, intake, day, limit.note)
    return _Bounds(beyond[0], None, beyond[1]) if beyond else _Bounds(None, None, None)


def _local(structure: Structure) -> bool:
    local = (
        "crème",
        "pommade",
        "gel",
        "gouttes",
        "collyre",
        "bouffée",
        "inhalation",
        "emplâtre",
        "pulvérisation",
        "lotion",
        "vernis",
    )
    return structure.form in local or structure.route in ("ophtalmique", "auriculaire", "cutanée", "inhalée")


def _full(strength: str | None, strengths: tuple[str, ...]) -> str | None:
    """A bare number with the unit the base gives it."""
    if strength is None or not strength.replace(",", "").isdigit():
        return strength
    fitting = {one for one in strengths if one.split(" ")[0] == strength and mass_mg(one) is not None}
    fitting |= {
        one for one in strengths if mass_mg(one) == float(strength.replace(",", ".")) and one.endswith(" g")
    }
    return next(iter(fitting)) if len(fitting) == 1 else None


def _implausible_strength(
    warned: list[Point], strength: str | None, strengths: tuple[str, ...], bounds: _Bounds
) -> None:
    typed = mass_mg(strength)
    if typed is None or strength is None:
        return
    sold = [mass for one in strengths if (mass := mass_mg(one)) is not None]
    if sold and not min(sold) / _FAR < typed < max(sold) * _FAR:
        shown = ", ".join(one for one in strengths if mass_mg(one) is not None)
        warned.append(Point("strength_implausible", {"strength": strength, "sold": shown}))
    elif bounds.unit is not None and typed > bounds.unit * 2:
        warned.append(Point("strength_implausible", {"strength": strength, "sold": ""}))


def _spaced(substances: tuple[str, ...], structure: Structure, strength: str | None) -> int | None:
    for name, days in SPACED.items():
        if not any(one.startswith(name) for one in substances):
            continue
        forms = SPACED_FORM.get(name)
        if (
            forms
            and structure.form not in forms
            and not (structure.form is None and structure.route == "sous-cutanée")
        ):
            continue
        typed = mass_mg(strength) or (
            float(strength.replace(",", ".")) if strength and strength.replace(",", "").isdigit() else None
        )
        if name in DAILY_STRENGTH_MG and typed is not None and 0 < typed <= DAILY_STRENGTH_MG[name]:
            continue
        return days
    return None


def _too_often(
    warned: list[Point], structure: Structure, step: Step, substances: tuple[str, ...], strength: str | None
) -> None:
    apart = _spaced(substances, structure, strength)
    if (
        apart is None
        and structure.form == "ampoule"
        and any(one.startswith(("colecalciferol", "cholecalciferol", "ergocalciferol")) for one in substances)
    ):
        apart = 7
    if apart is None:
        return
    every = _days_between(step)
    if every is not None and every < apart:
        warned.append(Point("too_often", {"drug": structure.drug, "days": str(apart)}))


def _days_between(step: Step) -> float | None:
    """How many days from one intake to the next; None when once only, or not known."""
    if step.every_weeks is not None:
        return 7 * most_of(step.every_weeks)
    if isinstance(step.days, str):
        low, _, high = step.days.partition("/")
        if high == "semaine":
            return 7 / float(low)
        if "mois" in high:
            return 28
        return float(high) / float(low)
    if step.days:
        return 7 / len(step.days)
    if step.every_h is not None:
        return most_of(step.every_h) / 24
    if step.times_per_day is not None or step.moments is not None:
        if step.duration_d == 1 and step.times_per_day in (None, 1):
            return None
        return 1 / max(most_of(step.times_per_day or 1), 1)
    return None


def _greatest(step: Step) -> float:
    quantities = [most_of(one) for one in step.moments.named().values()] if step.moments else []
    return max([most_of(step.dose) if step.dose is not None else 1, *quantities])


def _units_a_day(structure: Structure, step: Step) -> float | None:
    if step.moments:
        return sum(most_of(one) for one in step.moments.named().values())
    dose = most_of(step.dose) if step.dose is not None else 1
    if step.times_per_day is not None:
        return dose * most_of(step.times_per_day)
    if step.every_h is not None:
        hours = step.every_h[0] if isinstance(step.every_h, tuple) else step.every_h
        return dose * 24 / hours
    if structure.as_needed and structure.max_per_day is not None and structure.max_unit is None:
        return dose * structure.max_per_day
    if structure.as_needed or step.days or step.every_weeks:
        return dose
    return None


def _too_much(
    warned: list[Point],
    structure: Structure,
    step: Step,
    strength: str | None,
    strengths: tuple[str, ...],
    bounds: _Bounds,
) -> None:
    unit = structure.dose_unit or ""
    base = unit.removesuffix("/j")
    if base in MG:
        each = MG[base]
    elif (
        not unit and structure.form != "dose-kg" and (mass := mass_mg(_full(strength, strengths))) is not None
    ):
        each = mass
    else:
        _stated_maximum(warned, structure, bounds)
        return
    intake = None if unit.endswith("/j") else _greatest(step) * each
    units = _units_a_day(structure, step) if not unit.endswith("/j") else _greatest(step)
    day = None if units is None else units * each
    if structure.max_per_day is not None and day is not None:
        if structure.max_unit in MG:
            day = min(day, structure.max_per_day * MG[structure.max_unit])
        elif structure.max_unit is None:
            day = min(day, structure.max_per_day * _greatest(step) * each)
        else:
            day = min(day, structure.max_per_day * each)
    most_intake = bounds.intake if bounds.intake is not None else bounds.day
    above = day is not None and bounds.day is not None and day > bounds.day * 1.001
    if intake is not None and most_intake is not None and intake > most_intake * 1.001 and not above:
        warned.append(
            Point("intake_above", {"dose": _shown(intake), "most": _shown(most_intake), "note": bounds.note})
        )
    if above and day is not None and bounds.day is not None:
        warned.append(
            Point("dose_above", {"dose": _shown(day), "most": _shown(bounds.day), "note": bounds.note})
        )
    _stated_maximum(warned, structure, bounds)


def _stated_maximum(warned: list[Point], structure: Structure, bounds: _Bounds) -> None:
    if structure.max_per_day is not None and structure.max_unit in MG and bounds.day is not None:
        stated = structure.max_per_day * MG[structure.max_unit]
        if stated > bounds.day * 1.001:
            warned.append(
                Point("dose_above", {"dose": _shown(stated), "most": _shown(bounds.day), "note": bounds.note})
            )


def _by_weight(
    warned: list[Point], structure: Structure, step: Step, substances: tuple[str, ...], bounds: _Bounds
) -> None:
    unit = structure.dose_unit or ""
    mass, _, rest = unit.partition("/kg")
    if not unit.startswith(("mg/kg", "g/kg", "µg/kg")) or step.dose is None:
        return
    known = next((most_of for name, most_of in ALARM_KG.items() if name in substances), None)
    dose = most_of(step.dose) * MG[mass]
    units = _units_a_day(structure, step)
    day = dose if rest == "/j" else (units or 1) / most_of(step.dose) * dose
    above = known is not None and ((rest != "/j" and dose > known[0] * 1.001) or day > known[1] * 1.001)
    if above or (bounds.day is not None and day * _LIGHT_KG > bounds.day * 1.001):
        warned.append(Point("dose_by_weight_above", {"dose": f"{decimal(most_of(step.dose))} {unit}"}))


def _too_close(warned: list[Point], structure: Structure, step: Step, limits: list[Limit]) -> None:
    least = next(
        (one.interval_h for one in limits if one.who == "adult" and one.interval_h is not None), None
    )
    if least is None or step.every_h is None:
        return
    hours = step.every_h[0] if isinstance(step.every_h, tuple) else step.every_h
    if hours < float(least) * 0.99:
        warned.append(Point("too_close", {"hours": decimal(hours), "least": decimal(float(least))}))


def _shown(mg: float) -> str:
    if mg >= 1000:
        return f"{decimal(round(mg / 1000, 3))} g"
    return f"{decimal(round(mg, 4))} mg" if mg >= 0.5 else f"{decimal(round(mg * 1000, 3))} µg"
