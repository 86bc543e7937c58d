"""A structure in clear French, as the doctor reads it back before accepting it.

Law: everything the structure holds is said, in the order of the act; nothing it does not hold is. Medical French is the
language of the act: these words are printed, they are not the screen's and are not translated.
"""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.forms import UNITS_TAKEN
from lanterne.practice.prescriptions.posology.numbers import decimal
from lanterne.practice.prescriptions.posology.structure import Duration, Quantity, Step, Structure

_NB = "\u00a0"
_MOMENT = {"matin": "le matin", "midi": "à midi", "soir": "le soir", "coucher": "au coucher"}
_INVARIABLE = frozenset({"gouttes", "dose-kg", "bain de bouche"})
_REASON = {
    "MTE": "marge thérapeutique étroite",
    "EFG": "enfant de moins de six ans",
    "CIF": "contre-indication formelle",
}
_REASON_TYPED = {code: f"{code}, {text}" for code, text in _REASON.items()}


def words(structure: Structure) -> str:
    """The line in one or several sentences."""
    head = f"{structure.drug[:1].upper()}{structure.drug[1:]}"
    parts = [" ".join(one for one in (head, _tied(structure.strength)) if one)]
    if structure.form and not _counted(structure):
        parts[0] += f", {structure.form}"
    if structure.steps:
        said = [_step(structure, step) for step in structure.steps]
        parts.append(f"{_NB}; puis ".join(said))
    else:
        parts.append(_step(structure, structure))
    parts += _around(structure)
    line = (
        f"{_NB}: ".join([parts[0], ", ".join(one for one in parts[1:] if one)])
        if any(parts[1:])
        else parts[0]
    )
    return ". ".join([line, *_after(structure)]) + "."


def number(quantity: Quantity) -> str:
    """ "1/2", "1 à 2", "0,3"."""
    if isinstance(quantity, tuple):
        return f"{number(quantity[0])} à {number(quantity[1])}"
    whole, rest = int(quantity), round(quantity - int(quantity), 3)
    fraction = {0.25: "1/4", 0.5: "1/2", 0.75: "3/4", 0.333: "1/3", 0.667: "2/3"}.get(rest)
    if fraction is None:
        return decimal(quantity)
    return fraction if whole == 0 else f"{whole} et {fraction}"


def _plain_number(quantity: Quantity) -> str:
    """ "2,5", "4 à 6": an amount with a unit has no halves in words."""
    return " à ".join(decimal(one) for one in quantity) if isinstance(quantity, tuple) else decimal(quantity)


def _tied(text: str | None) -> str:
    return (text or "").replace(" ", _NB)


def _counted(structure: Structure) -> bool:
    steps = structure.steps or (structure,)
    if structure.form is not None and structure.form not in UNITS_TAKEN and structure.form != "dose-kg":
        return False
    return structure.dose_unit is None and any(step.dose is not None or step.moments for step in steps)


def _amount(structure: Structure, quantity: Quantity) -> str:
    said = number(quantity)
    if structure.dose_unit:
        said = _plain_number(quantity)
        unit, _, day = structure.dose_unit.partition("/j")
        total = " par jour en tout" if day == "" and structure.dose_unit.endswith("/j") else ""
        plural = "s" if unit == "application" and _most(quantity) >= 2 else ""
        return f"{said}{_NB}{unit}{plural}{total}"
    form = structure.form
    if form is None or not _counted(structure):
        return said
    if form == "dose-kg":
        return f"une dose jusqu’à la graduation {said}{_NB}kg"
    return f"{said}{_NB}{_plural(form, _most(quantity))}"


def _most(quantity: Quantity) -> float:
    return quantity[1] if isinstance(quantity, tuple) else quantity


def _plural(form: str, quantity: float) -> str:
    if form == "gouttes":
        return "gouttes" if quantity >= 2 else "goutte"
    if quantity < 2 or form in _INVARIABLE:
        return form
    first, _, rest = form.partition(" ")
    if rest.startswith("à "):
        return f"{first}s {rest}"
    if form == "cuillère-mesure":
        return "cuillères-mesure"
    many = first if first.endswith("s") else f"{first}s" if not first.endswith("eau") else f"{first}x"
    return f"{many} {rest}s".strip() if rest else many


def _step(structure: Structure, step: Step) -> str:
    said: list[str] = []
    if step.strength and structure.steps:
        said.append(_tied(step.strength))
    equal = step.moments is not None and len({str(one) for one in step.moments.named().values() if one}) <= 1
    total = bool(structure.dose_unit and structure.dose_unit.endswith("/j"))
    if step.dose is not None and (step.moments is None or equal or total):
        said.append(_amount(structure, step.dose))
    if step.times_per_day is not None:
        said.append(
            f"{'en ' if total else ''}{number(step.times_per_day)}{_NB}"
            f"{'prise' if total else 'fois par jour'}{'s' if total and _most(step.times_per_day) >= 2 else ''}"
        )
    if step.every_h is not None:
        said.append(_every(structure, step.every_h))
    if step.moments is not None:
        named = {moment: quantity for moment, quantity in step.moments.named().items() if quantity}
        if (
            equal
            and (step.dose is not None or structure.form is None)
            and (step.dose is not None or set(named.values()) == {1})
        ):
            said.append(_and([_MOMENT[moment] for moment in named]))
        else:
            said.append(
                _and(
                    [
                        f"{_amount(structure, quantity)} {_MOMENT[moment]}"
                        for moment, quantity in named.items()
                    ]
                )
            )
    said += [_days(step), _weeks(step.every_weeks), _length(step)]
    return ", ".join(one for one in said if one)


def _every(structure: Structure, hours: Quantity) -> str:
    if structure.as_needed:
        return f"avec au moins {number(hours)}{_NB}h entre les prises"
    return f"toutes les {number(hours)}{_NB}h"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}"


def _days(step: Step) -> str:
    days = step.days
    if days is None:
        return ""
    if not isinstance(days, str):
        return f"le {_and(list(days))}" if len(days) == 1 else f"les {_and([f'{day}s' for day in days])}"
    low, _, high = days.partition("/")
    if high == "semaine":
        return f"{low}{_NB}fois par semaine"
    if high == "mois":
        return f"{low}{_NB}fois par mois"
    if high.endswith("mois"):
        return f"une fois tous les {_tied(high)}"
    if days == "1/2":
        return "un jour sur deux"
    return f"tous les {high}{_NB}jours" if low == "1" else f"{low}{_NB}jours sur {high}"


def _weeks(weeks: Quantity | None) -> str:
    if weeks is None:
        return ""
    return "une fois par semaine" if weeks == 1 else f"toutes les {number(weeks)}{_NB}semaines"


def _length(step: Step) -> str:
    if step.duration_d is not None:
        return f"pendant {number(step.duration_d)}{_NB}{'jour' if _most(step.duration_d) < 2 else 'jours'}"
    if step.duration is not None:
        return f"pendant {_unit(step.duration)}"
    return ""


def _unit(length: Duration) -> str:
    plural = "" if length.unit == "mois" or _most(length.value) < 2 else "s"
    return f"{number(length.value)}{_NB}{length.unit}{plural}"


def _around(structure: Structure) -> list[str]:
    said = []
    if structure.with_food:
        said.append(structure.with_food)
    if structure.site:
        said.append(f"endroit{_NB}: {structure.site}")
    if structure.route:
        said.append(f"voie {structure.route}")
    if structure.as_needed:
        reason = structure.as_needed_for
        if reason is None:
            said.append("si besoin")
        else:
            begins = reason.lower().startswith(("après ", "avant ", "à chaque", "apres "))
            said.append(f"si besoin, {reason}" if begins else f"si besoin ({reason})")
    if structure.max_per_day is not None:
        unit = structure.max_unit
        if unit is None:
            counted = "prises" if _most(structure.max_per_day) >= 2 else "prise"
        else:
            counted = unit if unit[0] in "mgµU" and len(unit) < 6 else _plural(unit, structure.max_per_day)
        said.append(f"sans dépasser {number(structure.max_per_day)}{_NB}{counted} par jour")
    return said


def _after(structure: Structure) -> list[str]:
    said = []
    if structure.renewals is not None:
        said.append(
            "Non renouvelable" if structure.renewals == 0 else f"À renouveler {structure.renewals}{_NB}fois"
        )
    if structure.non_substitutable:
        said.append("Non substituable" + (f" ({_REASON_TYPED[structure.nsr]})" if structure.nsr else ""))
    if structure.ald:
        said.append("En rapport avec une ALD")
    said += [f"Remarque{_NB}: {remark}" for remark in structure.remarks]
    return said
