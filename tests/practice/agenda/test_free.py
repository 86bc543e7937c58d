"""Free slots lie where somebody receives and nobody comes; nothing free is missed. On weeks drawn at random."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.agenda.free import GRAIN, NOON, Asked, Slot, free, of_day
from lanterne.practice.agenda.hours import (
    WHOLE_DAY,
    Absence,
    Hours,
    Span,
    absence_of,
    merged,
    week_of,
    without,
)
from lanterne.practice.agenda.rules import day_minutes
from lanterne.wire.names import FactId, PersonId

WHO, OTHER = PersonId("ab" * 16), PersonId("cd" * 16)
MONDAY = date(2026, 11, 23)
FIRST, _ = day_minutes(MONDAY)

spans = st.tuples(st.integers(0, 24 * 12 - 1), st.integers(1, 60)).map(
    lambda drawn: (drawn[0] * 5, min(drawn[0] * 5 + drawn[1] * 5, 24 * 60))
)
odd_spans = st.tuples(st.integers(0, 1439), st.integers(1, 300)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1])
)
weeks = st.dictionaries(st.integers(1, 7), st.lists(spans, max_size=3).map(tuple), max_size=7)


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    first = MONDAY + timedelta(days=draw(st.integers(-20, 20)))
    last = draw(st.none() | st.integers(0, 30).map(lambda days: first + timedelta(days=days)))
    weekdays = draw(st.frozensets(st.integers(1, 7), min_size=0 if last else 1))
    hours = draw(st.just(WHOLE_DAY) | spans)
    return Absence(
        FactId("00" * 16), WHO, first, last, weekdays, draw(st.integers(1, 4)), hours, "leave", None
    )


people = st.builds(
    Hours,
    week=weeks,
    absences=st.lists(absences(), max_size=3).map(tuple),
    holiday=st.dates(MONDAY, MONDAY + timedelta(days=7)).map(
        lambda off: lambda day: "fête" if day == off else ""
    ),
)


def minutes(found: list[Span]) -> set[int]:
    return {minute for start, end in found for minute in range(start, end)}


@given(st.lists(odd_spans, max_size=6), st.lists(odd_spans, max_size=6))
def test_what_is_left_is_what_is_not_taken(one: list[Span], other: list[Span]) -> None:
    left = without(one, other)
    assert minutes(left) == minutes(one) - minutes(other)
    assert left == merged(left)


@given(people, st.lists(odd_spans, max_size=6), st.integers(5, 60), st.integers(0, 1440),
       st.sampled_from(["", "morning", "afternoon"]))  # fmt: skip
def test_a_day_against_every_minute_of_it(
    hours: Hours, busy: list[Span], length: int, now: int, period: str
) -> None:
    taken = [(FIRST + start, FIRST + end) for start, end in busy]
    asked = Asked(length, MONDAY, FIRST + now, period)
    found = of_day(asked, WHO, hours, taken, MONDAY)
    room = minutes(hours.open(MONDAY)) - minutes(taken)
    inside = {
        "": range(1440), "morning": range(NOON), "afternoon": range(NOON, 1440)
    }[period]  # fmt: skip
    for slot in found:
        assert set(range(slot.starts, slot.ends)) <= room
        assert slot.ends - slot.starts == length
        assert slot.starts >= asked.now
        assert slot.starts % GRAIN == 0
        assert slot.starts - FIRST in inside
    assert all(one.ends <= other.starts for one, other in pairwise(found))
    # The earliest is offered: no five minutes before it would have done.
    able = [
        at
        for at in range(FIRST, FIRST + 1440, GRAIN)
        if at >= asked.now and at - FIRST in inside and set(range(at, at + length)) <= room
    ]
    assert [slot.starts for slot in found[:1]] == able[:1]
    # And beside what is offered no room for another is left.
    rest = room - {minute for slot in found for minute in range(slot.starts, -(-slot.ends // GRAIN) * GRAIN)}
    assert not [at for at in able if set(range(at, at + length)) <= rest]


@given(people, people, st.integers(5, 60))
def test_of_several_the_soonest_first(one: Hours, other: Hours, length: int) -> None:
    asked = Asked(length, MONDAY)
    people = {WHO: one, OTHER: other}
    found = list(free(asked, people, lambda _who, _day: [], days=9))
    assert [slot.starts for slot in found] == sorted(slot.starts for slot in found)
    alone = [
        slot
        for who, hours in people.items()
        for slot in free(asked, {who: hours}, lambda _who, _day: [], days=9)
    ]
    assert sorted(found, key=_name) == sorted(alone, key=_name)


def _name(slot: Slot) -> tuple[int, str]:
    return slot.starts, slot.practitioner


@given(absences(), st.integers(-40, 80))
def test_an_absence_says_its_days(absence: Absence, number: int) -> None:
    day = MONDAY + timedelta(days=number)
    if absence.on(day):
        assert absence.first <= day
        assert absence.last is None or day <= absence.last
        assert not absence.weekdays or day.isoweekday() in absence.weekdays
        again = day + timedelta(weeks=absence.every)
        assert absence.on(again) or (absence.last is not None and again > absence.last)
        assert absence.every == 1 or not absence.on(day + timedelta(weeks=1))


def test_who_covers_has_the_hours_of_who_is_away() -> None:
    week = {1: ((8 * 60, 12 * 60),)}
    away = Absence(FactId("00" * 16), OTHER, MONDAY, MONDAY, frozenset(), 1, (10 * 60, 1440), "leave", WHO)
    covering = Hours(None, covers=((away, week),))
    assert covering.open(MONDAY) == [(FIRST + 10 * 60, FIRST + 12 * 60)]
    assert covering.open(MONDAY + timedelta(days=7)) == []
    assert Hours(week, (away,)).open(MONDAY) == [(FIRST + 8 * 60, FIRST + 10 * 60)]


def test_nothing_said_is_nothing_offered() -> None:
    assert list(free(Asked(15, MONDAY), {WHO: Hours(None)}, lambda _who, _day: [])) == []


def test_what_another_program_wrote_opens_and_closes_nothing_by_mistake() -> None:
    fact = FactId("00" * 16)
    good = {"practitioner": WHO, "first": "2026-11-23", "last": "2026-11-27"}
    assert absence_of(fact, good) is not None
    for odd in (
        {"practitioner": 3}, {"first": "2026-02-30"}, {"first": 5}, {"last": "bientôt"}, {"last": None}, {"every": 0},
        {"every": True}, {"weekdays": [8]}, {"weekdays": "lundi"}, {"last": ""}, {"start": "14:00"},
        {"start": "14:00", "end": "9:00"}, {"end": "12:00"},
    ):  # fmt: skip
        assert absence_of(fact, {**good, **odd}) is None, odd
    assert absence_of(fact, ["x"]) is None
    assert week_of({"openings": "x"}) == week_of(None) == {}
    raw = [
        {"day": 1, "start": "08:00", "end": "07:00"},
        {"day": "1"},
        4,
        {"day": 2, "start": "08:00", "end": "24:00"},
    ]
    assert week_of({"openings": raw}) == {2: ((480, 1440),)}
