"""When somebody receives: weekly hours, those of whom they cover, less absences and public holidays. Pure: days in,
minutes out.

Bodies that came from elsewhere passed no command here: what is not understood closes nothing and opens nothing, and is
counted in `unread`, so that whoever looks for a free slot is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lanterne.practice.agenda.rules import WEEKS_MOST, clock_minutes, day_minutes, day_of
from lanterne.wire.names import FactId, PersonId, is_id

Span = tuple[int, int]
"""First minute and minute after the last, since 1970 by the clock on the wall."""
WHOLE_DAY = (0, 24 * 60)
Week = Mapping[int, tuple[Span, ...]]
"""Minutes of the day, by ISO weekday: 1 is Monday."""


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence as it is understood.

    Attributes:
        fact: names it to a command. `several`: other versions of it stand; all of them count.
        last: None has no end. `weekdays`: empty means all; `hours`: minutes of the day.
        covered_by: who sees the patients meanwhile.
    """

    fact: FactId
    practitioner: PersonId
    first: date
    last: date | None
    weekdays: frozenset[int]
    every: int
    hours: Span
    reason: str
    covered_by: PersonId | None
    comment: str = ""
    several: bool = False

    @property
    def whole_day(self) -> bool:
        """Whether nothing of the day is left."""
        return self.hours == WHOLE_DAY

    def on(self, day: date) -> bool:
        """Whether it touches a day."""
        if day < self.first or (self.last is not None and day > self.last):
            return False
        if self.weekdays and day.isoweekday() not in self.weekdays:
            return False
        weeks = (monday_of(day) - monday_of(self.first)).days // 7
        return weeks % self.every == 0


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def absence_of(fact: FactId, raw: Any, *, several: bool = False) -> Absence | None:
    """An absence of a raw body; None when it says none."""
    if not isinstance(raw, dict) or not is_id(raw.get("practitioner")):
        return None
    first, last = day_of(raw.get("first")), raw.get("last", "")
    weekdays, every = raw.get("weekdays", []), raw.get("every", 1)
    if first is None or (last != "" and day_of(last) is None):
        return None
    if not isinstance(weekdays, list) or not all(type(one) is int and 1 <= one <= 7 for one in weekdays):
        return None
    if type(every) is not int or not 1 <= every <= WEEKS_MOST or (last == "" and not weekdays):
        return None
    hours = WHOLE_DAY
    if raw.get("start", "") or raw.get("end", ""):
        start, end = clock_minutes(raw.get("start")), clock_minutes(raw.get("end"))
        if start is None or end is None or start >= end:
            return None
        hours = (start, end)
    covered, reason, comment = raw.get("covered_by"), raw.get("reason", "leave"), raw.get("comment", "")
    return Absence(
        fact, PersonId(raw["practitioner"]), first, day_of(last), frozenset(weekdays), every, hours,
        reason if isinstance(reason, str) else "other", PersonId(str(covered)) if is_id(covered) else None,
        comment if isinstance(comment, str) else "", several,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """One practitioner's time.

    Attributes:
        week: None when nobody described it.
        holiday: the name of the public holiday of a day, "" when it is none or when it is worked.
        covers: absences of others this person covers, each with the week of who is absent: their hours become theirs.
        unread: absences that were not understood.
    """

    week: Week | None
    absences: tuple[Absence, ...] = ()
    holiday: Callable[[date], str] = field(default=lambda _day: "")
    covers: tuple[tuple[Absence, Week], ...] = ()
    unread: int = 0

    @property
    def known(self) -> bool:
        """Whether anything says when this person receives."""
        return self.week is not None or bool(self.covers)

    def absent(self, day: date) -> list[Absence]:
        """Absences that touch a day."""
        return [one for one in self.absences if one.on(day)]

    def away(self, starts: int, ends: int, day: date) -> list[Absence]:
        """Absences that touch some minutes of a day."""
        first, _after = day_minutes(day)
        return [
            one for one in self.absent(day) if first + one.hours[0] < ends and starts < first + one.hours[1]
        ]

    def open(self, day: date) -> list[Span]:
        """The minutes received on a day, in order."""
        if not self.known or self.holiday(day):
            return []
        first, _after = day_minutes(day)
        hours = list((self.week or {}).get(day.isoweekday(), ()))
        for absence, week in self.covers:
            if absence.on(day):
                away = absence.hours
                hours += [
                    (max(start, away[0]), min(end, away[1])) for start, end in week.get(day.isoweekday(), ())
                ]
        spans = [(first + start, first + end) for start, end in hours if start < end]
        gone = [(first + one.hours[0], first + one.hours[1]) for one in self.absent(day)]
        return without(spans, gone)


def week_of(raw: Any) -> Week:
    """The week of a raw hours.described body: what of it is understood, merged where it touches."""
    openings = raw.get("openings", []) if isinstance(raw, dict) else []
    found: dict[int, list[Span]] = {}
    for one in openings if isinstance(openings, list) else []:
        if not isinstance(one, dict) or type(one.get("day")) is not int:
            continue
        start, end = clock_minutes(one.get("start")), clock_minutes(one.get("end"))
        if start is not None and end is not None and start < end:
            found.setdefault(one["day"], []).append((start, end))
    return {day: tuple(merged(spans)) for day, spans in found.items()}


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same minutes, in order, each once."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """What of `spans` is left, in order, once `taken` is taken out."""
    busy, left = merged(taken), []
    for start, end in merged(spans):
        at = start
        for begun, over in busy:
            if over <= at or begun >= end:
                continue
            if begun > at:
                left.append((at, begun))
            at = max(at, over)
        if at < end:
            left.append((at, end))
    return left
