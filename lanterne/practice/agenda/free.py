"""The next free slots: pure, from what is open and what is taken.

A slot offered lies whole within hours that are open, touches nothing taken, and begins where a gap begins or a whole
number of its durations later, at a minute that is a multiple of five: a day is filled without crumbs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lanterne.practice.agenda.hours import Hours, Span, without
from lanterne.practice.agenda.rules import day_minutes
from lanterne.wire.names import PersonId

NOON = 13 * 60
"""What begins before 13:00 is the morning's."""
DAYS_MOST = 183
"""How far ahead is searched."""
GRAIN = 5
PERIODS: Mapping[str, Span] = {"": (0, 24 * 60), "morning": (0, NOON), "afternoon": (NOON, 24 * 60)}

Taken = Callable[[PersonId, date], Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for.

    Attributes:
        minutes: how long. `since`: no day before it; `now`: no minute before it.
        period: a word of PERIODS: when of the day it begins.
    """

    minutes: int
    since: date
    now: int = 0
    period: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """Minutes somebody could come."""

    practitioner: PersonId
    starts: int
    ends: int


def of_day(
    asked: Asked, practitioner: PersonId, hours: Hours, taken: Sequence[Span], day: date
) -> list[Slot]:
    """Free slots of one practitioner on one day, in order."""
    first, _after = day_minutes(day)
    begins, over = (first + minute for minute in PERIODS.get(asked.period, PERIODS[""]))
    found = []
    for start, end in without(hours.open(day), taken):
        at = -(-max(start, asked.now, begins) // GRAIN) * GRAIN
        while at + asked.minutes <= end and at < over:
            found.append(Slot(practitioner, at, at + asked.minutes))
            at += -(-asked.minutes // GRAIN) * GRAIN
    return found


def free(
    asked: Asked, people: Mapping[PersonId, Hours], taken: Taken, *, days: int = DAYS_MOST
) -> Iterator[Slot]:
    """Free slots of any of these practitioners, soonest first, then in the order they are named."""
    for number in range(days):
        day = asked.since + timedelta(days=number)
        found = [
            slot
            for practitioner, hours in people.items()
            for slot in (
                of_day(asked, practitioner, hours, taken(practitioner, day), day) if hours.open(day) else ()
            )
        ]
        yield from sorted(found, key=lambda slot: slot.starts)
