"""How much of a substance a posology gives: per intake, and on the fullest day. Pure arithmetic, nothing guessed.

Law: an amount is computed when every factor is stated, or is not, with the code of what lacks. Where the text gives a
range, the most counts; where it changes with time, the fullest step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lanterne.practice.prescriptions.posology.structure import Quantity, Step, Structure

_STRENGTH = re.compile(r"([0-9]+(?:[.,][0-9]+)?) ?(g|mg|µg|UI|%)(?:/([0-9]+(?:[.,][0-9]+)?)? ?(mL|dose|h))?")
_MASS: dict[str, Decimal] = {"g": Decimal(1000), "mg": Decimal(1), "µg": Decimal("0.001")}
_MOST_HOURS = 24
_RHYTHM = re.compile(r"([0-9]+)/(?:([0-9]+) )?(semaine|mois)")


class Lacking(Exception):
    """An amount cannot be computed; `code` says what lacks (checks.sentences)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of one line, in `unit`: the largest intake, and the most of one day. None when not stated; `why_*` says why."""

    intake: Decimal | None
    day: Decimal | None
    why_intake: str = ""
    why_day: str = ""
    weekly: bool = False


def amounts(structure: Structure, strength: str, unit: str, weight_kg: float | None) -> Amounts:
    """What a structure gives, in `unit` ("mg", "g", "µg", "UI").

    Args:
        strength: of one unit of the form, when the structure states none.
        weight_kg: for doses per kilogram.
    """
    steps: tuple[Step, ...] = structure.steps or (structure,)
    intakes: list[Decimal] = []
    days: list[Decimal] = []
    lacks: list[str] = []
    lacks_day: list[str] = []
    for step in steps:
        try:
            intakes.append(_intake(structure, step, strength, unit, weight_kg))
        except Lacking as why:
            lacks.append(why.code)
        try:
            days.append(_day(structure, step, strength, unit, weight_kg))
        except Lacking as why:
            lacks_day.append(why.code)
    return Amounts(
        intake=max(intakes) if intakes else None,
        day=max(days) if days else None,
        why_intake=lacks[0] if lacks else "",
        why_day=lacks_day[0] if lacks_day else "",
        weekly=all(_is_weekly(structure, step) for step in steps),
    )


def _is_weekly(structure: Structure, step: Step) -> bool:
    """Whether intakes are a week apart or more."""
    every = step.every_weeks if step.every_weeks is not None else structure.every_weeks
    rhythm = step.days if step.days is not None else structure.days
    if every is not None and _least(every) >= 1:
        return True
    if isinstance(rhythm, tuple):
        return len(rhythm) == 1
    if isinstance(rhythm, str):
        found = _RHYTHM.fullmatch(rhythm)
        if found is not None:
            return found[3] == "mois" or int(found[1]) == 1
        one, _, of = rhythm.partition("/")
        return of.isdigit() and one == "1" and int(of) >= 7
    return False


def _intake(structure: Structure, step: Step, strength: str, unit: str, weight_kg: float | None) -> Decimal:
    """The largest intake."""
    dose_unit = step.dose_unit or structure.dose_unit or ""
    if dose_unit.endswith("/j"):
        total = _counted(_most(_dose(structure, step)), dose_unit, structure, step, strength, unit, weight_kg)
        times = _times(structure, step)
        if times is None:
            raise Lacking("intakes_not_stated")
        return total / times
    moments = step.moments or structure.moments
    doses = [Decimal(str(_most(one))) for one in moments.named().values()] if moments is not None else []
    stated = step.dose if step.dose is not None else structure.dose
    if stated is not None:
        doses = [Decimal(str(_most(stated)))] if not doses or all(one == 1 for one in doses) else doses
    most = max(doses) if doses else _whole(structure, step, strength)
    return _counted(most, dose_unit, structure, step, strength, unit, weight_kg)


def _day(structure: Structure, step: Step, strength: str, unit: str, weight_kg: float | None) -> Decimal:
    """The most of one day."""
    dose_unit = step.dose_unit or structure.dose_unit or ""
    if dose_unit.endswith("/j"):
        return _counted(_most(_dose(structure, step)), dose_unit, structure, step, strength, unit, weight_kg)
    ceiling = _ceiling(structure, step, strength, unit, weight_kg)
    moments = step.moments or structure.moments
    if moments is not None:
        named = [Decimal(str(_most(one))) for one in moments.named().values()]
        stated = step.dose if step.dose is not None else structure.dose
        if stated is not None and all(one in (0, 1) for one in named):
            named = [one * Decimal(str(_most(stated))) for one in named]
        total = _counted(sum(named, Decimal(0)), dose_unit, structure, step, strength, unit, weight_kg)
        return min(total, ceiling) if ceiling is not None else total
    times = _times(structure, step)
    if times is None:
        if ceiling is not None:
            return ceiling
        raise Lacking("rhythm_not_stated")
    total = times * _intake(structure, step, strength, unit, weight_kg)
    return min(total, ceiling) if ceiling is not None else total


def _ceiling(
    structure: Structure, step: Step, strength: str, unit: str, weight_kg: float | None
) -> Decimal | None:
    """What "max 4/j" comes to; None when nothing of the kind is stated."""
    if structure.max_per_day is None:
        return None
    most = Decimal(str(structure.max_per_day))
    if structure.max_unit is None:
        return most * _intake(structure, step, strength, unit, weight_kg)
    if structure.max_unit in _MASS or structure.max_unit == "UI":
        return _converted(most, structure.max_unit, unit)
    return _counted(most, "", structure, step, strength, unit, weight_kg)


def _times(structure: Structure, step: Step) -> Decimal | None:
    """Intakes of a day."""
    times = step.times_per_day if step.times_per_day is not None else structure.times_per_day
    if times is not None:
        return Decimal(str(_most(times)))
    every = step.every_h if step.every_h is not None else structure.every_h
    if every is not None and _least(every) > 0:
        return Decimal(_MOST_HOURS) / Decimal(str(min(_least(every), _MOST_HOURS)))
    moments = step.moments or structure.moments
    if moments is not None:
        return Decimal(sum(1 for one in moments.named().values() if _most(one)) or 1)
    rhythm = step.days or structure.days or step.every_weeks or structure.every_weeks
    return Decimal(1) if rhythm is not None else None


def _dose(structure: Structure, step: Step) -> Quantity:
    dose = step.dose if step.dose is not None else structure.dose
    if dose is None:
        raise Lacking("dose_not_stated")
    return dose


def _whole(structure: Structure, step: Step, strength: str) -> Decimal:
    """No dose is stated: one unit of the form, when its strength is known ("bisoprolol 5 mg le matin")."""
    if not (step.strength or structure.strength or strength):
        raise Lacking("dose_not_stated")
    return Decimal(1)


def _counted(
    number: Quantity | Decimal, dose_unit: str, structure: Structure, step: Step, strength: str, unit: str,
    weight_kg: float | None,
) -> Decimal:  # fmt: skip
    """So many of what is counted, in `unit`."""
    value = Decimal(str(number))
    counted = dose_unit.removesuffix("/j")
    if counted.endswith("/kg"):
        if weight_kg is None:
            raise Lacking("weight_absent")
        value *= Decimal(str(weight_kg))
        counted = counted.removesuffix("/kg")
    if counted in _MASS or counted == "UI":
        return _converted(value, counted, unit)
    held = step.strength or structure.strength or strength
    return value * _of_strength(held, counted, unit)


def _of_strength(strength: str, counted: str, unit: str) -> Decimal:
    """What one unit holds: "500 mg" of a tablet, "100 mg/5 mL" of one mL."""
    if not strength:
        raise Lacking("strength_not_stated")
    found = _STRENGTH.fullmatch(strength.strip())
    if found is None:
        raise Lacking("strength_unread")
    number, of, volume, per = found.groups()
    if of == "%" or per == "h":
        raise Lacking("strength_unread")
    held = _converted(_decimal(number), of, unit)
    if per == "mL":
        if counted != "mL":
            raise Lacking("strength_per_volume")
        return held / (_decimal(volume) if volume else Decimal(1))
    if counted == "mL":
        raise Lacking("strength_not_per_volume")
    return held


def _converted(value: Decimal, of: str, unit: str) -> Decimal:
    if of == unit:
        return value
    if of in _MASS and unit in _MASS:
        return value * _MASS[of] / _MASS[unit]
    raise Lacking("units_differ")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise Lacking("strength_unread") from error


def _most(quantity: Quantity) -> int | float:
    return quantity[1] if isinstance(quantity, tuple) else quantity


def _least(quantity: Quantity) -> int | float:
    return quantity[0] if isinstance(quantity, tuple) else quantity
