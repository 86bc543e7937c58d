"""One step of a line: which number is the strength, which the dose, and when it is taken.

Law: each number is used once. A number, a unit or a rhythm that fits two readings becomes a question; nothing is
guessed from what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lanterne.practice.prescriptions.posology.amounts import Amount
from lanterne.practice.prescriptions.posology.forms import Counted
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.lengths import Length
from lanterne.practice.prescriptions.posology.moments import Meal
from lanterne.practice.prescriptions.posology.numbers import decimal, plain
from lanterne.practice.prescriptions.posology.structure import MOMENTS, Point, Quantity

_SMALL = 4
_MOST_A_DAY = 24


@dataclass
class Taken:
    """A quantity at an intake: so many of a form, or of a unit, or of what is not said."""

    number: Quantity
    form: str | None = None
    unit: str | None = None
    per: str = ""


@dataclass
class Draft:
    """What a step says so far. `in_units`: an earlier step is dosed in mg, mL…: amounts are doses, no strengths."""

    first: bool = True
    in_units: bool = False
    insulin: bool = False
    strength: str | None = None
    simple_strength: bool = False
    form: str | None = None
    unit: str | None = None
    dose: Quantity | None = None
    per: str = ""
    times: Quantity | None = None
    every_h: Quantity | None = None
    moments: dict[str, Quantity] = field(default_factory=dict)
    days: str | tuple[str, ...] | None = None
    weeks: Quantity | None = None
    length: Length | None = None
    day: tuple[int, int] | None = None
    applications: bool = False
    moments_given: bool = False
    asks: list[Point] = field(default_factory=list)

    def ask(self, code: str, **words: str) -> None:
        """One more open point."""
        point = Point(code, words)
        if point not in self.asks:
            self.asks.append(point)

    @property
    def rhythm(self) -> bool:
        """Whether something says how often."""
        return bool(
            self.times is not None or self.every_h is not None or self.moments or self.days or self.weeks
            or self.per in ("j", "kg/j")
        )  # fmt: skip


_DOSING = frozenset({
    Kind.NUMBER, Kind.COUNT, Kind.AMOUNT, Kind.GRADUATION, Kind.RATE, Kind.PER, Kind.EVERY_H, Kind.DAYS, Kind.WEEKDAYS,
    Kind.WEEKS, Kind.MOMENTS, Kind.GRID, Kind.CLOCK, Kind.TIMES, Kind.INTAKES, Kind.ONCE, Kind.FOOD, Kind.LENGTH, Kind.DAY,
})  # fmt: skip


def dosing(item: Item) -> bool:
    """Whether this item is the business of a step."""
    return item.kind in _DOSING


def quantity_in(items: list[Item]) -> bool:
    """Whether a stretch of a line says how much or how often by itself."""
    said = (Kind.NUMBER, Kind.COUNT, Kind.AMOUNT, Kind.GRADUATION, Kind.RATE, Kind.GRID, Kind.DAYS, Kind.EVERY_H, Kind.WEEKS)
    return any(item.kind in said for item in items)


def read_step(items: list[Item], draft: Draft, *, later_counts: bool) -> Draft:
    """Read the items of one step into the draft. `later_counts`: a form is counted somewhere in the line."""
    left = [item for item in items if dosing(item)]
    left = _strengths(left, draft, later_counts=later_counts)
    _lengths(left, draft)
    _rhythms(left, draft)
    _pair(left, draft)
    _agree(draft)
    return draft


def _strengths(items: list[Item], draft: Draft, *, later_counts: bool) -> list[Item]:
    """Take the strength out; what is left in amounts is doses."""
    left: list[Item] = []
    counted = later_counts or any(item.kind in (Kind.COUNT, Kind.GRADUATION) for item in items)
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        if item.kind is Kind.AMOUNT and _is_strength(item.value, draft, counted=counted):
            if draft.strength is not None and draft.strength != item.value.text:
                draft.ask("two_strengths", a=draft.strength, b=item.value.text)
            draft.strength = item.value.text
            draft.simple_strength = item.value.number is not None
            if item.value.number is not None and _doses_follow(items[place + 1 :]):
                draft.ask("two_strengths", a=item.value.text, b="")
        elif item.kind is Kind.NUMBER and draft.first and draft.strength is None and not left:
            if _bare_strength(item, following, items[place + 2 :]):
                draft.strength = decimal(item.value)
            else:
                left.append(item)
        elif item.kind is Kind.GRID and draft.first and draft.strength is None and not left and len(item.value) == 4:
            first = item.value[0]
            if not isinstance(first, tuple) and first > _SMALL:
                draft.strength = decimal(first)
                left.append(Item(Kind.GRID, item.value[1:], item.start, item.end))
            else:
                left.append(item)
        else:
            left.append(item)
    return left


def _is_strength(amount: Amount, draft: Draft, *, counted: bool) -> bool:
    if amount.number is None:
        return True
    if amount.per or amount.unit == "u" or isinstance(amount.number, tuple):
        return False
    if amount.unit == "UI" and draft.insulin:
        return False
    if draft.strength is not None:
        return False
    if not draft.first:
        return not draft.in_units
    return counted if amount.unit == "mL" else True


def _doses_follow(rest: list[Item]) -> bool:
    """ "10 mg matin 5 mg soir": two doses, and no strength."""
    kinds = [item.kind for item in rest]
    return (
        bool(rest) and kinds[0] is Kind.MOMENTS and any(
            item.kind is Kind.AMOUNT and item.value.number is not None and not item.value.per for item in rest[1:]
        )
    )  # fmt: skip


def _bare_strength(item: Item, following: Item | None, rest: list[Item]) -> bool:
    if isinstance(item.value, tuple):
        return False
    if following is None:
        return item.value > _SMALL
    if following.kind in (Kind.COUNT, Kind.RATE, Kind.GRADUATION, Kind.GRID, Kind.NUMBER):
        return True
    if following.kind is Kind.AMOUNT:
        return False
    return bool(item.value > _SMALL)


def _lengths(items: list[Item], draft: Draft) -> None:
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


def _rhythms(items: list[Item], draft: Draft) -> None:
    for place, item in enumerate(items):
        before = _before(items, place)
        if item.kind is Kind.RATE:
            _set_times(draft, item.value)
        elif item.kind is Kind.EVERY_H:
            if draft.every_h not in (None, item.value):
                draft.ask("two_rhythms")
            draft.every_h = item.value
        elif item.kind is Kind.DAYS:
            if item.value == "1/semaine":
                _set_weeks(draft, 1)
            else:
                _set_days(draft, item.value)
        elif item.kind is Kind.WEEKDAYS:
            _set_days(draft, item.value)
        elif item.kind is Kind.WEEKS:
            _set_weeks(draft, item.value)
        elif item.kind is Kind.INTAKES:
            _intakes(items, draft, item.value)
        elif item.kind is Kind.ONCE:
            _set_times(draft, 1)
            if draft.length is not None and not _same_length(draft.length, Length(1, "jour")):
                draft.ask("two_lengths")
            draft.length = Length(1, "jour")
        elif item.kind is Kind.PER:
            _per(items, draft, item, before)
        elif item.kind is Kind.TIMES and not _times_said(items, place, item):
            draft.ask("times_of_what")
    _clock(items, draft)


def _before(items: list[Item], place: int) -> Item | None:
    return items[place - 1] if place else None


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
        (before.kind is Kind.COUNT and not _many(before.value.number)) or (before.kind is Kind.TIMES and before.value == 1)
    )
    once_a_week = any(one.kind is Kind.WEEKDAYS and len(one.value) == 1 for one in items) or any(
        one.kind is Kind.ONCE or (one.kind is Kind.INTAKES and one.value == 1) for one in items
    )
    if not at_once and not (before is not None and before.kind is Kind.COUNT and once_a_week and each == "semaine"):
        draft.ask("shared_or_at_once" if before is not None and before.kind is Kind.COUNT else "rhythm_of_what")
    if each == "semaine":
        _set_weeks(draft, 1)
    else:
        _set_days(draft, "1/mois")


def _per_day(items: list[Item], draft: Draft, before: Item | None) -> None:
    single = any(one.kind is Kind.INTAKES and one.value == 1 or one.kind is Kind.ONCE for one in items)
    moments = {moment for one in items if one.kind is Kind.MOMENTS for moment in one.value}
    if before is not None and before.kind is Kind.COUNT:
        counted: Counted = before.value
        if counted.form == "application":
            _set_times(draft, counted.number)
            draft.applications = counted.number != 1
        elif not _many(counted.number):
            _set_times(draft, 1)
        elif len(moments) == 1 or single:
            pass
        else:
            draft.ask("shared_or_at_once", number=_shown(counted.number), form=counted.form)
    elif before is not None and before.kind in (Kind.TIMES, Kind.INTAKES):
        _set_times(draft, before.value)
    elif before is not None and before.kind in (Kind.MOMENTS, Kind.FOOD, Kind.RATE, Kind.CLOCK, Kind.GRID, Kind.EVERY_H, Kind.PER):
        return
    elif before is not None and before.kind is Kind.AMOUNT and before.value.per in ("", "prise"):
        draft.ask("shared_or_at_once")
    else:
        draft.ask("rhythm_of_what")


def _many(number: Quantity) -> bool:
    return isinstance(number, tuple) or number > 1


def _shown(number: Quantity) -> str:
    return " à ".join(decimal(one) for one in number) if isinstance(number, tuple) else decimal(number)


def _times_said(items: list[Item], place: int, item: Item) -> bool:
    """Whether something else says "3 fois" of what."""
    after = items[place + 1 :]
    if any(one.kind is Kind.PER and one.value == "jour" for one in after[:1]):
        return True
    if item.value == 1:
        said = (Kind.DAYS, Kind.WEEKS, Kind.EVERY_H, Kind.MOMENTS, Kind.PER)
        return any(one.kind in said for one in after[:1])
    named = [moment for one in items if one.kind is Kind.MOMENTS for moment in one.value]
    return len(named) == item.value and bool(after) and after[0].kind is Kind.MOMENTS


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


def _pair(items: list[Item], draft: Draft) -> None:
    """Which quantity is taken when."""
    tokens: list[Taken | tuple[str, ...]] = []
    grids = [item for item in items if item.kind is Kind.GRID]
    said = {moment for item in items if item.kind is Kind.MOMENTS for moment in item.value}
    for place, item in enumerate(items):
        if item.kind is Kind.MOMENTS:
            _add_moments(tokens, item.value)
        elif item.kind is Kind.FOOD:
            meal: Meal = item.value
            if meal.moments and not set(meal.moments) <= said:
                _add_moments(tokens, meal.moments)
        elif (taken := _taken(item, draft)) is not None:
            _add_taken(tokens, taken, items[place - 1] if place else None, draft)
    if grids:
        _grid(grids, tokens, draft)
        return
    quantities = [token for token in tokens if isinstance(token, Taken)]
    named = [token for token in tokens if not isinstance(token, Taken)]
    every = [moment for group in named for moment in group]
    if len(set(every)) != len(every):
        draft.ask("two_rhythms")
    if quantities:
        _same_unit(quantities, draft)
    draft.moments_given = bool(named and quantities)
    if not named:
        _only(quantities, draft)
    elif not quantities:
        draft.moments = dict.fromkeys(every, 1)
    else:
        _both(tokens, quantities, draft)


def _add_moments(tokens: list[Taken | tuple[str, ...]], moments: tuple[str, ...]) -> None:
    if tokens and not isinstance(tokens[-1], Taken):
        tokens[-1] = tuple(dict.fromkeys((*tokens[-1], *moments)))
    else:
        tokens.append(moments)


def _add_taken(tokens: list[Taken | tuple[str, ...]], taken: Taken, before: Item | None, draft: Draft) -> None:
    last = tokens[-1] if tokens else None
    if (
        isinstance(last, Taken) and before is not None and before.kind is Kind.NUMBER and taken.form
        and not isinstance(last.number, tuple) and not isinstance(taken.number, tuple)
        and last.number <= _SMALL and float(last.number).is_integer() and taken.number < 1 and draft.strength is not None
    ):  # fmt: skip
        tokens[-1] = Taken(plain(last.number + taken.number), taken.form, taken.unit, taken.per)
    else:
        tokens.append(taken)


def _taken(item: Item, draft: Draft) -> Taken | None:
    if item.kind is Kind.COUNT:
        counted: Counted = item.value
        if counted.form == "application":
            return None if draft.applications else Taken(counted.number, None, "application")
        return Taken(counted.number, counted.form)
    if item.kind is Kind.NUMBER:
        return Taken(item.value)
    if item.kind is Kind.GRADUATION:
        return Taken(item.value, "dose-kg")
    if item.kind is Kind.AMOUNT:
        amount: Amount = item.value
        if amount.number is None:
            return None
        if amount.every_h is not None:
            if draft.every_h not in (None, amount.every_h):
                draft.ask("two_rhythms")
            draft.every_h = amount.every_h
        return Taken(amount.number, None, "UI" if amount.unit == "u" else amount.unit, amount.per)
    return None


def _same_unit(quantities: list[Taken], draft: Draft) -> None:
    forms = {one.form for one in quantities if one.form}
    units = {one.unit for one in quantities if one.unit}
    bare = any(one.form is None and one.unit is None for one in quantities)
    if len(forms) > 1 or len(units) > 1 or (forms and units):
        draft.ask("two_doses")
    if units and bare:
        draft.ask("number_of_what", number=next(_shown(one.number) for one in quantities if not (one.form or one.unit)))
    pers = {one.per for one in quantities}
    if len(pers) > 1:
        draft.ask("two_doses")
    draft.form = next(iter(forms), None)
    draft.unit = next(iter(units), None)
    draft.per = next(iter(pers))


def _only(quantities: list[Taken], draft: Draft) -> None:
    if not quantities:
        return
    first = quantities[0]
    if len(quantities) > 1:
        draft.ask("two_doses")
    if first.form is None and first.unit is None:
        draft.ask("number_of_what", number=_shown(first.number))
    draft.dose = first.number


def _both(tokens: list[Taken | tuple[str, ...]], quantities: list[Taken], draft: Draft) -> None:
    groups: list[tuple[Taken, tuple[str, ...]]] = []
    pairs = len(tokens) % 2 == 0 and all(
        isinstance(token, Taken) == (place % 2 == (0 if isinstance(tokens[0], Taken) else 1)) for place, token in enumerate(tokens)
    )
    if pairs:
        for one, other in zip(tokens[::2], tokens[1::2], strict=True):
            taken, moments = (one, other) if isinstance(one, Taken) else (other, one)
            assert isinstance(taken, Taken) and not isinstance(moments, Taken)
            groups.append((taken, moments))
    elif len(quantities) == 1 and len(tokens) == 3:  # "le matin 1 cp et le soir"
        draft.ask("two_doses")
        return
    else:
        draft.ask("two_doses")
        return
    for taken, moments in groups:
        for moment in moments:
            draft.moments[moment] = taken.number
    if len({str(taken.number) for taken, _ in groups}) == 1:
        bare = quantities[0].form is None and quantities[0].unit is None
        if not (bare and len(groups) == 1 and len(draft.moments) > 1):
            draft.dose = quantities[0].number
    if draft.per in ("j", "kg/j") and len(draft.moments) > 1:
        draft.ask("shared_or_at_once")


def _grid(grids: list[Item], tokens: list[Taken | tuple[str, ...]], draft: Draft) -> None:
    values = grids[0].value
    if len(grids) > 1:
        draft.ask("two_rhythms")
    named = [token for token in tokens if not isinstance(token, Taken)]
    quantities = [token for token in tokens if isinstance(token, Taken)]
    draft.moments = dict(zip(MOMENTS, values, strict=False))
    draft.moments_given = True
    if named:
        draft.ask("two_rhythms")
    if quantities:
        one = quantities[0]
        if len(quantities) == 1 and one.number == 1 and one.form and set(values) <= {0, 1}:
            draft.form, draft.dose = one.form, 1
        else:
            draft.ask("two_doses")
    if any((value[1] if isinstance(value, tuple) else value) > 9 for value in values):
        draft.ask("number_of_what", number=_shown(values[0]))
    if not any(value for value in values):
        draft.ask("two_rhythms")


def _agree(draft: Draft) -> None:
    """Two rhythms said of the same day must be the same rhythm."""
    taken = [moment for moment, number in draft.moments.items() if number]
    if draft.times is not None and taken and not _within(len(taken), draft.times):
        draft.ask("two_rhythms")
    if draft.every_h is not None and (taken or draft.times is not None):
        fixed = not isinstance(draft.every_h, tuple) and not isinstance(draft.times, tuple)
        count = len(taken) or draft.times
        if not fixed or count is None or isinstance(count, tuple) or count * draft.every_h != 24:
            draft.ask("two_rhythms")
    if draft.every_h is not None and (draft.days or draft.weeks):
        draft.ask("two_rhythms")
    if draft.weeks is not None and draft.times not in (None, 1):
        draft.ask("two_rhythms")
    if draft.weeks == 1 and isinstance(draft.days, tuple) and len(draft.days) > 1:
        draft.ask("two_rhythms")
    if draft.per == "kg" and _many_intakes(draft, len(taken)):
        draft.ask("by_weight_per_day")
    if draft.per in ("j", "kg/j") and draft.every_h is not None:
        draft.ask("two_rhythms")
    if draft.per in ("j", "kg/j") and (draft.days or draft.weeks) and isinstance(draft.days, str) and "sem" in draft.days:
        draft.ask("two_rhythms")


def _many_intakes(draft: Draft, moments: int) -> bool:
    return draft.times not in (None, 1) or moments > 1


def _within(count: int, times: Quantity) -> bool:
    return times[0] <= count <= times[1] if isinstance(times, tuple) else count == times
