"""What the demonstration has to do: the same each time, every kind in it, nothing its room would refuse."""

from __future__ import annotations

from datetime import date

import pytest

from lanterne.demo.agenda import fortnight
from lanterne.demo.events import AUTHORS, digest
from lanterne.demo.generate import generate, person_ids
from lanterne.demo.tasks import lists
from lanterne.practice.tasks import facts
from lanterne.practice.tasks.facts import Task, TaskAssigned
from lanterne.practice.tasks.rules import check, check_due, check_owner
from lanterne.wire.names import PatientId

PATIENTS = [PatientId(digest("patient", number)) for number in range(40)]


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 11, 25), date(2026, 12, 31)])
def test_the_same_lists_and_nothing_refused(today: date) -> None:
    persons = person_ids(1)
    events = lists(seed=1, today=today, persons=persons, patients=PATIENTS)
    assert events == lists(seed=1, today=today, persons=persons, patients=PATIENTS)
    assert events != lists(seed=2, today=today, persons=persons, patients=PATIENTS)
    assert [event.when for event in events] == sorted(event.when for event in events)
    here = frozenset(str(one) for one in persons.values())
    named = {str(event.fact_id) for event in events if isinstance(event.body, facts.TaskCreated)}
    for event in events:
        assert event.author in AUTHORS
        assert event.when.date() < today
        assert event.patient is None  # they concern the practice
        if isinstance(event.body, Task):
            check(event.body)
            check_owner(event.body.owner, event.body.role, here)
        else:
            assert getattr(event.body, "task", "") in named
        if isinstance(event.body, TaskAssigned):
            check_owner(event.body.owner, event.body.role, here)
        check_due(getattr(event.body, "due", today.isoformat()))


def test_every_kind_is_in_it_and_no_id_is_of_something_else() -> None:
    today, persons = date(2026, 11, 22), person_ids(1)
    events = lists(seed=1, today=today, persons=persons, patients=PATIENTS)
    assert {event.body.KIND for event in events} == {kind.name for kind in facts.KINDS}
    drawn = [event.fact_id for event in events]
    others = fortnight(seed=1, today=today, persons=persons, patients=PATIENTS)
    others += list(generate(seed=1, patients=3, today=today, persons=persons))
    assert len(set(drawn)) == len(drawn)
    assert not set(drawn) & {event.fact_id for event in others}


def test_a_practice_of_a_few_patients_has_nothing_to_do() -> None:
    assert lists(seed=1, today=date(2026, 11, 22), persons=person_ids(1), patients=PATIENTS[:6]) == []
