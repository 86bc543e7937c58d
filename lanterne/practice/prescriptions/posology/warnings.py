"""What a doctor must see before using a line that is understood: doses and strengths that cannot be meant.

Law: never corrected, always said. Few: a warning is for what would harm, whoever the patient is; what depends on the
patient is checked at the door of the record. What could not be compared is told apart (`unchecked`), so that silence never
passes for safety.
Limits are those of the base of medicines, for an adult. `_BEYOND` and `_SPACED` were written for Lanterne in November 2026
from the summaries of product characteristics, for substances whose tenfold or daily error kills.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.asking import mass_mg, most
from lanterne.practice.prescriptions.posology.names import Names
from lanterne.practice.prescriptions.posology.numbers import decimal
from lanterne.practice.prescriptions.posology.structure import Point, Step, Structure
from lanterne.practice.prescriptions.posology.typed import fold
from lanterne.reference.medicines.model import Limit

_SPACED: dict[str, int] = {
    "methotrexate": 7, "alendron": 7, "acide alendronique": 7, "risedron": 7, "acide risedronique": 7, "dulaglutide": 7,
    "semaglutide": 7, "tirzepatide": 7, "ibandron": 28, "acide ibandronique": 28, "denosumab": 28, "romosozumab": 28,
    "fentanyl": 3, "buprenorphine": 3, "adalimumab": 7, "etanercept": 3, "leuproreline": 28, "triptoreline": 28,
    "medroxyprogesterone": 28, "zoledronique": 28, "acide zoledronique": 28, "alirocumab": 14, "evolocumab": 14,
    "erenumab": 28, "mefloquine": 7,
}  # fmt: skip
"""Least days between two intakes, at the strengths or in the forms of `_SPACED_WHEN`."""
_DAILY_STRENGTH_MG: dict[str, float] = {"alendron": 10, "acide alendronique": 10, "risedron": 5, "acide risedronique": 5, "semaglutide": 0}
_SPACED_FORM: dict[str, tuple[str, ...]] = {
    "fentanyl": ("patch",), "buprenorphine": ("patch",), "semaglutide": ("injection", "seringue", "stylo"),
    "medroxyprogesterone": ("injection",), "leuproreline": ("injection",),
}  # fmt: skip
_BEYOND: dict[str, tuple[float, float]] = {
    # (greatest mass of one unit sold or taken, greatest mass a day), in mg
    "levothyroxine": (0.2, 0.4), "liothyronine": (0.025, 0.1), "digoxine": (0.25, 0.5), "colchicine": (1, 3),
    "methotrexate": (30, 30), "fentanyl": (1.6, 8), "morphine": (200, 400), "oxycodone": (120, 400), "tramadol": (200, 400),
    "codeine": (60, 240), "warfarine": (15, 15), "fluindione": (40, 40), "acenocoumarol": (8, 8), "lithium": (600, 2000),
    "paracetamol": (1000, 4000), "ibuprofene": (800, 2400), "ketoprofene": (200, 200), "diclofenac": (150, 150),
    "naproxene": (1100, 1100), "zolpidem": (10, 10), "zopiclone": (7.5, 7.5), "alprazolam": (2, 4), "bromazepam": (12, 18),
    "lorazepam": (2.5, 7.5), "clonazepam": (2, 20), "diazepam": (10, 40), "oxazepam": (50, 150), "prazepam": (40, 60),
    "clorazepate": (50, 90), "baclofene": (25, 80), "metoclopramide": (10, 30), "domperidone": (10, 30),
    "bisoprolol": (10, 20), "nebivolol": (10, 10), "propranolol": (160, 320), "atenolol": (100, 200), "amiodarone": (200, 1200),
    "flecainide": (200, 300), "apixaban": (10, 20), "rivaroxaban": (20, 30), "dabigatran": (150, 300), "edoxaban": (60, 60),
    "glimepiride": (6, 6), "gliclazide": (120, 320), "glibenclamide": (5, 15), "repaglinide": (4, 16), "metformine": (1000, 3000),
    "clonidine": (0.15, 0.6), "desmopressine": (0.24, 1.2), "salbutamol": (4, 16), "prednisone": (80, 120),
    "prednisolone": (80, 120), "dexamethasone": (20, 40), "betamethasone": (8, 20), "cabergoline": (1, 1),
    "tamsulosine": (0.4, 0.4), "finasteride": (5, 5), "sildenafil": (100, 100), "tadalafil": (20, 20), "escitalopram": (20, 20),
    "citalopram": (40, 40), "venlafaxine": (225, 375), "sertraline": (200, 200), "fluoxetine": (60, 60), "paroxetine": (60, 60),
    "mirtazapine": (45, 45), "amitriptyline": (150, 150), "olanzapine": (20, 20), "risperidone": (6, 16), "haloperidol": (20, 20),
    "pramipexole": (3.3, 4.5), "ropinirole": (8, 24), "ivabradine": (7.5, 15), "sumatriptan": (100, 300),
    "zolmitriptan": (5, 10), "naratriptan": (2.5, 5), "eletriptan": (40, 80), "rizatriptan": (10, 20),
    "spironolactone": (100, 400), "furosemide": (500, 1000), "indapamide": (2.5, 2.5), "hydrochlorothiazide": (50, 100),
    "simvastatine": (80, 80), "atorvastatine": (80, 80), "rosuvastatine": (40, 40), "allopurinol": (300, 900),
    "febuxostat": (120, 120), "pregabaline": (300, 600), "gabapentine": (800, 3600), "lamotrigine": (200, 700),
    "carbamazepine": (400, 2000), "levetiracetam": (1500, 3000), "loperamide": (4, 16), "hydroxychloroquine": (400, 600),
    "azathioprine": (150, 250), "carbimazole": (60, 60), "nitrofurantoine": (100, 400), "ivermectine": (21, 21),
    "amlodipine": (10, 10), "ramipril": (10, 10), "perindopril": (10, 16), "lisinopril": (20, 80), "enalapril": (20, 40),
    "candesartan": (32, 32), "valsartan": (320, 320), "irbesartan": (300, 300), "losartan": (150, 150), "varenicline": (1, 2),
    "nefopam": (60, 180), "thiocolchicoside": (8, 16), "ticagrelor": (90, 180), "hydroxyzine": (100, 300),
    "verapamil": (240, 480), "diltiazem": (300, 360), "theophylline": (400, 1000), "phenobarbital": (100, 300),
}  # fmt: skip
_ALARM_KG: dict[str, tuple[float, float]] = {
    # per kg: (an intake, a day), in mg
    "paracetamol": (20, 80), "ibuprofene": (12, 40), "amoxicilline": (75, 200), "josamycine": (40, 100),
    "azithromycine": (25, 25), "prednisone": (3, 3), "prednisolone": (3, 3), "betamethasone": (0.5, 0.5), "tramadol": (2, 8),
    "codeine": (1, 6), "cefpodoxime": (8, 16), "cefixime": (8, 16), "cefaclor": (20, 60), "metronidazole": (20, 50),
    "valproate": (40, 80), "carbamazepine": (20, 40), "morphine": (0.5, 3), "nifuroxazide": (30, 60), "racecadotril": (3, 9),
    "domperidone": (0.5, 1.5), "metoclopramide": (0.15, 0.5), "clarithromycine": (15, 30), "ceftriaxone": (100, 100),
}  # fmt: skip
_MOST_INSULIN = 100
_FAR = 5
_MG = {"g": 1000.0, "mg": 1.0, "µg": 0.001, "ng": 0.000001}


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Greatest doses, in mg; None when not known."""

    unit: float | None
    intake: float | None
    day: float | None
    note: str = ""


def warn(structure: Structure, looked_up: tuple[str, ...], names: Names, *, known: bool) -> tuple[list[Point], list[Point]]:
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
        _by_weight(warned, structure, step, substances)
        if limits:
            _too_close(warned, structure, step, limits)
        if structure.dose_unit == "UI" and "insuline" in " ".join(substances) and _greatest(step) > _MOST_INSULIN:
            warned.append(Point("dose_above", {"dose": f"{decimal(_greatest(step))} UI", "most": f"{_MOST_INSULIN} UI", "note": ""}))
    once = [point for place, point in enumerate(warned) if point not in warned[:place]]
    nothing_known = bounds.day is None and bounds.intake is None
    medicine = known and structure.form not in ("capteur", "bouteille", "pansement")
    unchecked = [Point("dose_not_checked", {"name": structure.drug})] if nothing_known and medicine else []
    return once, unchecked


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
    adult = [one for one in limits if one.who == "adult" and one.unit in _MG and not one.per_kg]
    route = structure.route or {"injection": "sous-cutanée", "pulvérisation": "nasale", "suppositoire": "rectale"}.get(structure.form or "", "orale")
    fitting = [one for one in adult if one.route in ("", route)]
    name = _single(substances)
    if name is None or _local(structure):
        return _Bounds(None, None, None)
    beyond = next((most for known, most in _BEYOND.items() if name == known), None)
    limit = fitting[0] if fitting else None
    if limit is not None:
        factor = _MG[limit.unit]
        day = float(limit.max_day) * factor if limit.max_day is not None else (beyond[1] if beyond else None)
        intake = float(limit.max_intake) * factor if limit.max_intake is not None else None
        return _Bounds(beyond[0] if beyond else None, intake, day, limit.note)
    return _Bounds(beyond[0], None, beyond[1]) if beyond else _Bounds(None, None, None)


def _local(structure: Structure) -> bool:
    local = ("crème", "pommade", "gel", "gouttes", "collyre", "bouffée", "inhalation", "emplâtre", "pulvérisation", "lotion", "vernis")
    return structure.form in local or structure.route in ("ophtalmique", "auriculaire", "cutanée", "inhalée")


def _full(strength: str | None, strengths: tuple[str, ...]) -> str | None:
    """A bare number with the unit the base gives it."""
    if strength is None or not strength.replace(",", "").isdigit():
        return strength
    fitting = {one for one in strengths if one.split(" ")[0] == strength and mass_mg(one) is not None}
    fitting |= {one for one in strengths if mass_mg(one) == float(strength.replace(",", ".")) and one.endswith(" g")}
    return next(iter(fitting)) if len(fitting) == 1 else None


def _implausible_strength(warned: list[Point], strength: str | None, strengths: tuple[str, ...], bounds: _Bounds) -> None:
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
    for name, days in _SPACED.items():
        if not any(one.startswith(name) for one in substances):
            continue
        forms = _SPACED_FORM.get(name)
        if forms and structure.form not in forms and not (structure.form is None and structure.route == "sous-cutanée"):
            continue
        typed = mass_mg(strength) or (float(strength.replace(",", ".")) if strength and strength.replace(",", "").isdigit() else None)
        if name in _DAILY_STRENGTH_MG and typed is not None and 0 < typed <= _DAILY_STRENGTH_MG[name]:
            continue
        return days
    return None


def _too_often(warned: list[Point], structure: Structure, step: Step, substances: tuple[str, ...], strength: str | None) -> None:
    apart = _spaced(substances, structure, strength)
    if apart is None and structure.form == "ampoule" and any(one.startswith(("colecalciferol", "cholecalciferol", "ergocalciferol")) for one in substances):
        apart = 7
    if apart is None:
        return
    every = _days_between(step)
    if every is not None and every < apart:
        warned.append(Point("too_often", {"drug": structure.drug, "days": str(apart)}))


def _days_between(step: Step) -> float | None:
    """How many days from one intake to the next; None when once only, or not known."""
    if step.every_weeks is not None:
        return 7 * most(step.every_weeks)
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
        return most(step.every_h) / 24
    if step.times_per_day is not None or step.moments is not None:
        if step.duration_d == 1 and step.times_per_day in (None, 1):
            return None
        return 1 / max(most(step.times_per_day or 1), 1)
    return None


def _greatest(step: Step) -> float:
    quantities = [most(one) for one in step.moments.named().values()] if step.moments else []
    return max([most(step.dose) if step.dose is not None else 1, *quantities])


def _units_a_day(structure: Structure, step: Step) -> float | None:
    if step.moments:
        return sum(most(one) for one in step.moments.named().values())
    dose = most(step.dose) if step.dose is not None else 1
    if step.times_per_day is not None:
        return dose * most(step.times_per_day)
    if step.every_h is not None:
        hours = step.every_h[0] if isinstance(step.every_h, tuple) else step.every_h
        return dose * 24 / hours
    if structure.as_needed or step.days or step.every_weeks:
        return dose
    return None


def _too_much(
    warned: list[Point], structure: Structure, step: Step, strength: str | None, strengths: tuple[str, ...], bounds: _Bounds
) -> None:
    unit = structure.dose_unit or ""
    base = unit.removesuffix("/j")
    if base in _MG:
        each = _MG[base]
    elif not unit and structure.form != "dose-kg" and (mass := mass_mg(_full(strength, strengths))) is not None:
        each = mass
    else:
        _stated_maximum(warned, structure, bounds)
        return
    intake = None if unit.endswith("/j") else _greatest(step) * each
    units = _units_a_day(structure, step) if not unit.endswith("/j") else _greatest(step)
    day = None if units is None else units * each
    if structure.max_per_day is not None and day is not None:
        if structure.max_unit in _MG:
            day = min(day, structure.max_per_day * _MG[structure.max_unit])
        elif structure.max_unit is None:
            day = min(day, structure.max_per_day * _greatest(step) * each)
        else:
            day = min(day, structure.max_per_day * each)
    most_intake = bounds.intake if bounds.intake is not None else bounds.day
    above = day is not None and bounds.day is not None and day > bounds.day * 1.001
    if intake is not None and most_intake is not None and intake > most_intake * 1.001 and not above:
        warned.append(Point("intake_above", {"dose": _shown(intake), "most": _shown(most_intake), "note": bounds.note}))
    if above and day is not None and bounds.day is not None:
        warned.append(Point("dose_above", {"dose": _shown(day), "most": _shown(bounds.day), "note": bounds.note}))
    _stated_maximum(warned, structure, bounds)


def _stated_maximum(warned: list[Point], structure: Structure, bounds: _Bounds) -> None:
    if structure.max_per_day is not None and structure.max_unit in _MG and bounds.day is not None:
        stated = structure.max_per_day * _MG[structure.max_unit]
        if stated > bounds.day * 1.001:
            warned.append(Point("dose_above", {"dose": _shown(stated), "most": _shown(bounds.day), "note": bounds.note}))


def _by_weight(warned: list[Point], structure: Structure, step: Step, substances: tuple[str, ...]) -> None:
    unit = structure.dose_unit or ""
    mass, _, rest = unit.partition("/kg")
    if not unit.startswith(("mg/kg", "g/kg", "µg/kg")) or step.dose is None:
        return
    known = next((most_of for name, most_of in _ALARM_KG.items() if name in substances), None)
    if known is None:
        return
    dose = most(step.dose) * _MG[mass]
    units = _units_a_day(structure, step)
    day = dose if rest == "/j" else (units or 1) / most(step.dose) * dose
    if (rest != "/j" and dose > known[0] * 1.001) or day > known[1] * 1.001:
        warned.append(Point("dose_by_weight_above", {"dose": f"{decimal(most(step.dose))} {unit}"}))


def _too_close(warned: list[Point], structure: Structure, step: Step, limits: list[Limit]) -> None:
    least = next((one.interval_h for one in limits if one.who == "adult" and one.interval_h is not None), None)
    if least is None or step.every_h is None:
        return
    hours = step.every_h[0] if isinstance(step.every_h, tuple) else step.every_h
    if hours < float(least) * 0.99:
        warned.append(Point("too_close", {"hours": decimal(hours), "least": decimal(float(least))}))


def _shown(mg: float) -> str:
    if mg >= 1000:
        return f"{decimal(round(mg / 1000, 3))} g"
    return f"{decimal(round(mg, 4))} mg" if mg >= 0.5 else f"{decimal(round(mg * 1000, 3))} µg"
