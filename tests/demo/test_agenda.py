"""The demonstration's agenda: the same each time, somebody every day, nothing overlapping, nothing refused by its room."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from lanterne.demo.agenda import fortnight
from lanterne.demo.events import AUTHORS, digest
from lanterne.demo.generate import person_ids
from lanterne.demo.team import describe
from lanterne.practice.agenda.facts import (
    AbsenceStated,
    AgendaNoteWritten,
    Appointment,
    HoursDescribed,
    ServiceDescribed,
)
from lanterne.practice.agenda.folding import slot_of
from lanterne.practice.agenda.hours import absence_of
from lanterne.practice.agenda.rules import check, check_absence, check_hours, check_note, check_service
from lanterne.practice.kinds import to_raw
from lanterne.wire.names import PatientId

PATIENTS = [PatientId(digest("patient", number)) for number in range(40)]


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 11, 25), date(2026, 12, 31)])
def test_the_same_fortnight_without_overlap(today: date) -> None:
    persons = person_ids(1)
    events = fortnight(seed=1, today=today, persons=persons, patients=PATIENTS)
    assert events == fortnight(seed=1, today=today, persons=persons, patients=PATIENTS)
    assert events != fortnight(seed=2, today=today, persons=persons, patients=PATIENTS)
    gone = {fact for event in events for fact in event.replaces}
    standing = [
        event for event in events if isinstance(event.body, Appointment) and event.fact_id not in gone
    ]
    slots = sorted(slot_of(to_raw(event.body)) or ("", 0, 0) for event in standing)
    for one, other in pairwise(slots):
        assert one[0] != other[0] or one[2] <= other[1]
    for event in standing:
        check(event.body)
        assert event.when.date() < today
        assert event.author in AUTHORS
    days = {event.body.start[:10] for event in standing if event.body.patient}
    monday = today - timedelta(days=today.weekday())
    assert days == {(monday + timedelta(days=number)).isoformat() for number in range(14)}


def test_every_kind_the_demonstration_shows_is_in_it() -> None:
    events = fortnight(seed=1, today=date(2026, 11, 22), persons=person_ids(1), patients=PATIENTS)
    assert {event.body.KIND for event in events} == {
        "appointment.booked",
        "appointment.moved",
        "appointment.cancelled",
        "appointment.attendance",
        "service.described",
        "hours.described",
        "calendar.described",
        "absence.stated",
        "agenda.note_written",
    }


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 12, 31), date(2027, 7, 30)])
def test_nobody_is_booked_with_who_is_away_and_the_rules_refuse_nothing(today: date) -> None:
    events = fortnight(seed=1, today=today, persons=person_ids(1), patients=PATIENTS)
    absences = []
    for event in events:
        match event.body:
            case AbsenceStated():
                check_absence(event.body)
                absences.append(absence_of(event.fact_id, to_raw(event.body)))
            case HoursDescribed():
                check_hours(event.body)
            case ServiceDescribed():
                check_service(event.body)
            case AgendaNoteWritten():
                check_note(event.body)
    assert absences
    for event in events:
        if isinstance(event.body, Appointment):
            day = date.fromisoformat(event.body.start[:10])
            away = [one for one in absences if one and one.on(day)]
            assert all(one.practitioner != event.body.practitioner for one in away)
            assert all(one.covered_by == event.body.practitioner for one in away)


def test_no_fact_bears_the_id_of_another() -> None:
    """Of two facts of one id only the first counts: hours, kinds or appointments would be missing."""
    persons, today = person_ids(1), date(2026, 11, 22)
    ids = [event.fact_id for event in fortnight(seed=1, today=today, persons=persons, patients=PATIENTS)]
    ids += [event.fact_id for event in describe(1, persons, date(2010, 1, 4))]
    assert len(ids) == len(set(ids))


def test_a_practice_of_three_has_its_agenda_too() -> None:
    events = fortnight(seed=1, today=date(2026, 11, 22), persons=person_ids(1), patients=PATIENTS[:3])
    assert any(getattr(event.body, "patient", "") for event in events)
    assert any(getattr(event.body, "name", "") for event in events)
