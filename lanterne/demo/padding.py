"""A chart of an exact number of facts, for benches: shortened from its end, or filled with measures and results."""

from __future__ import annotations

import random
from datetime import date, timedelta

from lanterne.demo.events import DemoEvent, at_minute, digest, last_working_day, moment, on_duty, working_day
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.reference import laboratory
from lanterne.wire.names import FactId

_PANEL = ("hemoglobine", "leucocytes", "plaquettes", "sodium", "potassium", "creatinine", "glycemie", "crp")


def exactly(events: list[DemoEvent], count: int, *, seed: int, today: date) -> list[DemoEvent]:
    """The first `count` of events in the order of time (so that what they refer to is there), or those and more."""
    if len(events) >= count:
        return events[:count]
    patient = events[0].patient
    rng = random.Random(f"{seed}/padding/{patient}")
    start, last = events[0].when.date(), last_working_day(today - timedelta(days=1))
    span = max(1, (last - start).days)
    added: list[DemoEvent] = []
    missing = count - len(events)
    while len(added) < missing:
        day = min(working_day(start + timedelta(days=rng.randrange(span) + 1)), last)
        when = moment(day, rng.randrange(9, 18), rng.randrange(0, 60))
        at = at_minute(when)
        for body in _bodies(rng)[: missing - len(added)]:
            fact = FactId(digest("padding", seed, patient, len(added)))
            added.append(DemoEvent(when, on_duty(day), patient, fact, body, at))
    events += added
    events.sort(key=lambda event: event.when)
    return events


def _bodies(rng: random.Random) -> list[MeasureRecorded] | list[ResultRecorded]:
    if rng.random() < 0.5:
        value = f"{rng.gauss(74, 0.8):.1f}"
        weight = Component(code="29463-7", label="Poids", value=value, unit="kg")
        return [MeasureRecorded(components=[weight])]
    found = []
    for key in _PANEL:
        test = laboratory.named(key)
        low, high = test.usual("male")
        top, bottom = float(high), float(low or 0)
        number = rng.uniform(bottom, top)
        found.append(
            ResultRecorded(
                label=test.label,
                value=f"{number:.{test.decimals}f}",
                code=test.code,
                unit=test.unit,
                low=low,
                high=high,
                panel=test.panel,
                laboratory="Laboratoire Bioval, Montfleuri-le-Haut",
            )
        )
    return found
