"""How often and how long one step says, from all that speaks of it.

Law: two rhythms, or two lengths, that are not the same are a question. "3 gél/j" does not say whether
at once or shared.
"""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.draft import Draft
from lanterne.practice.prescriptions.posology.forms import Counted
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.lengths import Length
from lanterne.practice.prescriptions.posology.numbers import decimal
from lanterne.practice.prescriptions.posology.structure import Quantity

_MOST_A_DAY = 24


def read_rhythm(items: list[Item], draft: Draft) -> None:
    """Take every rhythm of a step."""
    for place, item in enumerate(items):
        if item.kind is Kind.RATE:
            _set_times(draft, item.value)
        elif item.kind is Kind.EVERY_H:
            if draft.every_h not in (None, item.value):
                draft.ask("two_rhythms")
            draft.every_h = item.value
        elif item.kind in (Kind.WEEKDAYS, Kind.DAYS) and item.value != "1/semaine":
            _set_days(draft, item.value)
        elif item.kind in (Kind.WEEKS, Kind.DAYS):
            _set_weeks(draft, item.value if item.kind is Kind.WEEKS else 1)
        elif item.kind is Kind.INTAKES:
            _intakes(items, draft, item.value)
        elif item.kind is Kind.ONCE:
            _once(items, draft)
        elif item.kind is Kind.PER:
            _per(items, draft, item, items[place - 1] if place else None)
        elif item.kind is Kind.TIMES:
            _times(items, place, item, draft)
    _clock(items, draft)


def _once(items: list[Item], draft: Draft) -> None:
    """ "dose unique": once, one day."""
    _set_times(draft, 1)
    if any(one.kind in (Kind.DAYS, Kind.WEEKDAYS, Kind.WEEKS) for one in items):
        draft.ask("two_rhythms")
    if draft.length is not None and not _same_length(draft.length, Length(1, "jour")):
        draft.ask("two_lengths")
    draft.length = Length(1, "jour")


def _set_times(draft: Draft, times: Quantity) -> None:
    if draft.times is not None and draft.times != times:
        draft.ask("two_rhythms")
    if (times[1] if isinstance(times, tuple) else times) > _MOST_A_DAY:
        draft.ask("times_implausible", times=decimal(times[1] if isinstance(times, tuple) else times))
    draft.times = times


def _set_weeks(draft: Draft, weeks: Quantity) -> None:
    if draft.weeks not in (None, weeks) or isinstance(draft.days, str):
        draft.ask("two_rhythms")
    draft.weeks = weeks


def _set_days(draft: Draft, days: str | tuple[str, ...]) -> None:
    if draft.days is None:
        if isinstance(days, str) and draft.weeks is not None:
            draft.ask("two_rhythms")
        draft.days = days
        return
    listed = next((one for one in (draft.days, days) if isinstance(one, tuple)), None)
    counted = next((one for one in (draft.days, days) if isinstance(one, str)), None)
    if listed is not None and counted is not None:
        if counted not in (f"{len(listed)}/semaine", f"{len(listed)}/7"):
            draft.ask("two_rhythms")
        draft.days = listed
    elif draft.days != days:
        draft.ask("two_rhythms")


def _intakes(items: list[Item], draft: Draft, times: Quantity) -> None:
    per_day = any(item.kind is Kind.AMOUNT and item.value.per in ("j", "kg/j") for item in items)
    one = times == 1
    quantities = any(item.kind in (Kind.COUNT, Kind.NUMBER, Kind.GRADUATION) for item in items)
    amounts = [item for item in items if item.kind is Kind.AMOUNT]
    if not per_day and not one and (quantities or amounts or draft.simple_strength):
        draft.ask("shared_or_at_once")
    _set_times(draft, times)


def _per(items: list[Item], draft: Draft, item: Item, before: Item | None) -> None:
    each = item.value
    if each == "jour":
        _per_day(items, draft, before)
        return
    at_once = before is not None and (
        (before.kind is Kind.COUNT and not many(before.value.number))
        or (before.kind is Kind.TIMES and before.value == 1)
    )
    once_a_week = any(one.kind is Kind.WEEKDAYS and len(one.value) == 1 for one in items) or any(
        one.kind is Kind.ONCE or (one.kind is Kind.INTAKES and one.value == 1) for one in items
    )
    if not at_once and not (
        before is not None and before.kind is Kind.COUNT and once_a_week and each == "semaine"
    ):
        draft.ask(
            "shared_or_at_once" if before is not None and before.kind is Kind.COUNT else "rhythm_of_what"
        )
    if each == "semaine":
        _set_weeks(draft, 1)
    else:
        _set_days(draft, "1/mois")


def _per_day(items: list[Item], draft: Draft, before: Item | None) -> None:
    single = any((one.kind is Kind.INTAKES and one.value == 1) or one.kind is Kind.ONCE for one in items)
    moments = {moment for one in items if one.kind is Kind.MOMENTS for moment in one.value}
    if before is not None and before.kind is Kind.COUNT:
        counted: Counted = before.value
        if counted.form == "application":
            _set_times(draft, counted.number)
            draft.applications = counted.number != 1
        elif not many(counted.number):
            _set_times(draft, 1)
        elif len(moments) == 1 or single:
            pass
        else:
            draft.ask("shared_or_at_once", number=shown(counted.number), form=counted.form)
    elif before is not None and before.kind in (Kind.TIMES, Kind.INTAKES):
        _set_times(draft, before.value)
    elif before is not None and before.kind is Kind.GRADUATION:
        _set_times(draft, 1)
    elif before is not None and before.kind in (
        Kind.MOMENTS,
        Kind.FOOD,
        Kind.RATE,
        Kind.CLOCK,
        Kind.GRID,
        Kind.EVERY_H,
        Kind.PER,
    ):
        return
    elif before is not None and before.kind is Kind.AMOUNT and before.value.per in ("", "prise"):
        draft.ask("shared_or_at_once")
    else:
        draft.ask("rhythm_of_what")


def many(number: Quantity) -> bool:
    """Whether it is more than one, or may be."""
    return isinstance(number, tuple) or number > 1


def shown(number: Quantity) -> str:
    """ "1 à 2", for a sentence."""
    return " à ".join(decimal(one) for one in number) if isinstance(number, tuple) else decimal(number)


def _times(items: list[Item], place: int, item: Item, draft: Draft) -> None:
    """ "3 fois": of what, is said by what stands after, or by as many moments."""
    after = items[place + 1 : place + 2]
    if any(one.kind is Kind.PER and one.value == "jour" for one in after):
        return
    said = (Kind.DAYS, Kind.WEEKS, Kind.EVERY_H, Kind.MOMENTS, Kind.PER)
    if item.value == 1 and any(one.kind in said for one in after):
        return
    named = [moment for one in items if one.kind is Kind.MOMENTS for moment in one.value]
    if len(named) == item.value and after and after[0].kind is Kind.MOMENTS:
        _set_times(draft, item.value)
    else:
        draft.ask("times_of_what")


def _clock(items: list[Item], draft: Draft) -> None:
    hours = sum(item.value for item in items if item.kind is Kind.CLOCK)
    if not hours:
        return
    named = sum(len(item.value) for item in items if item.kind is Kind.MOMENTS)
    if named:
        if hours > named:
            draft.ask("two_rhythms")
    else:
        _set_times(draft, hours)


def read_length(items: list[Item], draft: Draft) -> None:
    """Take the length of a step, in its own unit, or its days of treatment."""
    for item in items:
        if item.kind is Kind.LENGTH:
            if draft.length is not None and not _same_length(draft.length, item.value):
                draft.ask("two_lengths")
            draft.length = draft.length or item.value
        elif item.kind is Kind.DAY:
            if draft.day is None:
                draft.day = item.value
            elif draft.day[1] + 1 == item.value[0]:
                draft.day = (draft.day[0], item.value[1])
            else:
                draft.ask("days_of_treatment")


def _same_length(a: Length, b: Length) -> bool:
    days = {"jour": 1, "semaine": 7}
    if a.unit in days and b.unit in days:
        return a.value * days[a.unit] == b.value * days[b.unit]
    return (a.value, a.unit) == (b.value, b.unit)
