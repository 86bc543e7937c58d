"""Vital signs as the chart measures them: LOINC codes and units it knows, exact conversions only.

Law: a value the rules of measures would refuse (another unit, outside what a human can have) is not made to
fit: it stays a result with its own unit, or text.
"""

from __future__ import annotations

from decimal import Decimal

from lanterne.intake.fhir.observing import loinc, value_of
from lanterne.intake.fhir.resources import Measured
from lanterne.intake.fhir.saying import label, number
from lanterne.practice.measures.facts import Component
from lanterne.reference.measures import BY_CODE

# The same quantity under other LOINC codes: panels and methods of the FHIR vital signs profiles.
SAME_AS = {
    "3141-9": "29463-7",  # body weight measured
    "3137-7": "8302-2",  # body height measured
    "8306-3": "8302-2",  # body height lying
    "2708-6": "59408-5",  # oxygen saturation in arterial blood
    "8287-5": "9843-4",  # head circumference by tape
    "8331-1": "8310-5",  # oral temperature
}
# Powers of ten, and the same unit under another name; nothing that needs rounding.
_CONVERSIONS: dict[tuple[str, str], Decimal] = {
    ("g", "kg"): Decimal("0.001"),
    ("m", "cm"): Decimal(100),
    ("mm", "cm"): Decimal("0.1"),
    ("mmHg", "mm[Hg]"): Decimal(1),
    ("mm Hg", "mm[Hg]"): Decimal(1),
    ("cm[Hg]", "mm[Hg]"): Decimal(10),
    ("cmHg", "mm[Hg]"): Decimal(10),
    ("°C", "Cel"): Decimal(1),
    ("C", "Cel"): Decimal(1),
    ("{beats}/min", "/min"): Decimal(1),
    ("{Beats}/min", "/min"): Decimal(1),
    ("beats/minute", "/min"): Decimal(1),
    ("/mn", "/min"): Decimal(1),
    ("bpm", "/min"): Decimal(1),
    ("{breaths}/min", "/min"): Decimal(1),
    ("{Breaths}/min", "/min"): Decimal(1),
    ("breaths/minute", "/min"): Decimal(1),
    ("kg/m²", "kg/m2"): Decimal(1),
    ("mg/dL", "g/L"): Decimal("0.01"),
    ("1", "{score}"): Decimal(1),
    ("", "{score}"): Decimal(1),
    ("{score}", "{score}/30"): Decimal(1),
    ("", "{score}/30"): Decimal(1),
}

Fit = tuple[Component, str]
"""A component, and what to remark about it ("Écrit 3450 g")."""


class Unfit(Exception):
    """Not a measure of the chart. `implausible`: outside what a human can have, or no such pressure exists."""

    def __init__(self, *, implausible: bool) -> None:
        super().__init__("implausible" if implausible else "unit")
        self.implausible = implausible


def fit(held: Measured) -> Fit | None:
    """One value as a component; None when it has no value.

    Raises:
        Unfit: not a number, another unit, or outside the bounds.
    """
    value = value_of(held)
    if value is None:
        return None
    if not value.numeric or value.comparator:
        raise Unfit(implausible=False)
    code = loinc(held)
    code = SAME_AS.get(code, code)
    known = BY_CODE.get(code)
    name = label(held.code)
    if known is None:
        if not name:
            raise Unfit(implausible=False)
        return Component(code=code, label=name, value=value.text, unit=value.unit), ""
    text, remark = value.text, ""
    if value.unit != known.unit:
        factor = _CONVERSIONS.get((value.unit, known.unit))
        if factor is None:
            raise Unfit(implausible=False)
        if factor != 1:
            text = number((Decimal(text) * factor).normalize())
            remark = f"Écrit {value.text} {value.unit}"
    if not known.low <= float(text) <= known.high:
        raise Unfit(implausible=True)
    return Component(code=code, label=known.label, value=text, unit=known.unit), remark


def fit_all(held: list[Measured]) -> list[Fit]:
    """Several values of one act; those without a value are left out.

    Raises:
        Unfit: one of them does not fit, or the systolic pressure is not above the diastolic.
    """
    fits = [found for one in held if (found := fit(one)) is not None]
    values = {component.code: float(component.value) for component, _ in fits}
    if "8480-6" in values and "8462-4" in values and values["8480-6"] <= values["8462-4"]:
        raise Unfit(implausible=True)
    return fits
