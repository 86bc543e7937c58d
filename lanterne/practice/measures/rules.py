"""Rules of measures: at least one value, numbers, units and bounds of the human body."""

from __future__ import annotations

from lanterne.practice.chart.required import require_decimal
from lanterne.practice.errors import Refusal
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.reference import measures


def check(body: MeasureRecorded, birth_date: str, now_ms: int) -> None:
    """Refuse an empty measure, text for a number, a value outside what a human can have, a systolic below
    its diastolic.
    """
    if not body.components:
        raise Refusal("measure_empty")
    values = {}
    for component in body.components:
        known = measures.BY_CODE.get(component.code)
        name = known.key if known is not None else component.code
        number = require_decimal(component.value, name)
        if known is not None:
            if component.unit != known.unit:
                raise Refusal("unit_unexpected", field=name, unit=component.unit, expected=known.unit)
            if not known.low <= float(number) <= known.high:
                raise Refusal(
                    "measure_implausible", field=name, label=known.label, value=component.value,
                    unit=known.unit, low=f"{known.low:g}", high=f"{known.high:g}",
                )  # fmt: skip
        values[name] = number
    if "systolic" in values and "diastolic" in values and values["systolic"] <= values["diastolic"]:
        raise Refusal("pressure_reversed", field="diastolic")


CHECKS = {MeasureRecorded.KIND: check}
