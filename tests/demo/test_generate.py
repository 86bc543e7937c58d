"""The fictional practice: always the same, possible, and refused by none of the product's own rules."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from lanterne.demo import DemoEvent, generate
from lanterne.demo.generate import first_day, person_ids
from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.checks import check
from lanterne.practice.documents.facts import DocumentFiled, DocumentReceived
from lanterne.practice.kinds import to_raw
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.rights import Right, rights_of

SEED = 20
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def practice() -> list[DemoEvent]:
    return list(generate(seed=SEED, patients=150, today=TODAY))


@pytest.fixture(scope="module")
def charts(practice: list[DemoEvent]) -> dict[str, list[DemoEvent]]:
    found: dict[str, list[DemoEvent]] = {}
    for event in practice:
        if event.patient is not None:
            found.setdefault(event.patient, []).append(event)
    return found


def test_same_seed_same_day_same_practice(practice: list[DemoEvent]) -> None:
    assert list(generate(seed=SEED, patients=150, today=TODAY)) == practice


def test_another_seed_is_another_practice(practice: list[DemoEvent]) -> None:
    other = {event.fact_id for event in generate(seed=SEED + 1, patients=20, today=TODAY)}
    assert not other & {event.fact_id for event in practice}


def test_patient_n_does_not_depend_on_how_many_are_asked_for(charts: dict[str, list[DemoEvent]]) -> None:
    few: dict[str, list[DemoEvent]] = {}
    for event in generate(seed=SEED, patients=31, today=TODAY):
        if event.patient is not None:
            few.setdefault(event.patient, []).append(event)
    assert len(few) == 31
    assert all(charts[patient] == events for patient, events in few.items())


def test_about_ten_thousand_facts_and_baptistes_two_thousand(
    practice: list[DemoEvent], charts: dict[str, list[DemoEvent]]
) -> None:
    assert len(charts) == 150
    assert max(map(len, charts.values())) == 2_000
    assert 9_000 <= len(practice) - 2_000 <= 14_000


def test_time_only_goes_forward_and_stops_before_today(practice: list[DemoEvent]) -> None:
    assert all(before.when <= after.when for before, after in pairwise(practice))
    assert all(event.when.tzinfo is not None for event in practice)
    assert practice[0].when.date() == first_day(TODAY)
    assert practice[-1].when.date() < TODAY


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 1, 1),
        date(2026, 2, 28),
        date(2024, 2, 29),
        date(2026, 5, 2),
        date(2026, 12, 27),
        date(2026, 3, 13),
    ],
)
def test_any_day_can_be_today(today: date) -> None:
    events = list(generate(seed=3, patients=40, today=today))
    assert all(event.when.date() < today for event in events)
    assert max(Counter(event.patient for event in events).values()) == 2_000


def test_facts_of_one_act_are_together(practice: list[DemoEvent]) -> None:
    seen: set[tuple[datetime, str, str | None]] = set()
    current = None
    for event in practice:
        act = (event.when, event.author, event.patient)
        if act != current:
            assert act not in seen, act
            seen.add(act)
            current = act


def test_ids_are_distinct_hex(practice: list[DemoEvent]) -> None:
    ids = [event.fact_id for event in practice]
    assert len(set(ids)) == len(ids)
    for name in ids[:50] + [event.patient or "0" * 32 for event in practice[:50]]:
        assert len(name) == 32
        assert int(name, 16) >= 0


def test_every_body_is_one_of_the_catalogue(practice: list[DemoEvent]) -> None:
    for event in practice:
        kind = KINDS[event.body.KIND]
        assert (
            kind.read(kind.version, msgspec.msgpack.decode(msgspec.msgpack.encode(to_raw(event.body))))
            == event.body
        )
    missing = set(KINDS) - {event.body.KIND for event in practice}
    by_hand = {
        "patient.distinct", "patient.retracted", "access.opened", "seat.opened", "chart.distinct",
        "chart.distinct_withdrawn", "chart.emptied", "appointment.overlap_wanted", "appointment.overlap_unwanted",
        "absence.withdrawn", "agenda.note_withdrawn",
        "prescription.issued", "prescription.template", "prescription.template_withdrawn",
    }  # fmt: skip
    # Written once the charts are: test_agenda.py.
    in_the_agenda = {
        "appointment.booked", "appointment.moved", "appointment.cancelled", "appointment.attendance",
        "service.described", "hours.described", "calendar.described", "absence.stated", "agenda.note_written",
    }  # fmt: skip
    # Written once the charts are: test_tasks.py.
    in_the_lists = {
        "task.created", "task.amended", "task.assigned", "task.postponed", "task.completed", "task.reopened",
        "call.attempted", "task.detailed",
    }  # fmt: skip
    # Written by the door of what arrives: test_mail.py.
    by_mail = {
        "arrival.received", "arrival.settled", "document.arrived", "document.seen", "treatment.proposed",
        "treatment.proposal_settled",
    }  # fmt: skip
    assert missing == by_hand | by_mail | in_the_agenda | in_the_lists


def test_the_products_own_rules_refuse_nothing(charts: dict[str, list[DemoEvent]]) -> None:
    for events in charts.values():
        born = next(event.body.birth_date for event in events if isinstance(event.body, PatientIdentified))
        for event in events:
            if isinstance(event.body, DocumentFiled | DocumentReceived):
                continue  # their blob is named by whoever seals the file
            check(event.body, event.at, born, int(event.when.timestamp() * 1000))


def test_what_is_referred_to_is_already_there(charts: dict[str, list[DemoEvent]]) -> None:
    patients = set(charts)
    for events in charts.values():
        known: dict[str, str] = {}
        for event in events:
            named = [*event.replaces]
            named += getattr(event.body, "problems", [])
            document = getattr(event.body, "document", "")
            named += [document] if document else []
            for fact in named:
                assert fact in known, (event, fact)
            for fact in getattr(event.body, "problems", []):
                assert known[fact] == "problem.recorded"
            if document:
                assert known[document] == "document.filed"
            absorbed = getattr(event.body, "absorbed", "")
            assert not absorbed or absorbed in patients
            known[event.fact_id] = event.body.KIND


def test_a_correction_replaces_its_own_kind_once(charts: dict[str, list[DemoEvent]]) -> None:
    conflicts = 0
    for events in charts.values():
        kinds = {event.fact_id: event.body.KIND for event in events}
        replaced: Counter[str] = Counter()
        for event in events:
            for fact in event.replaces:
                replaced[fact] += 1
                assert event.body.KIND in (kinds[fact], "chart.entered_in_error")
        conflicts += sum(count > 1 for count in replaced.values())
    assert conflicts == 1  # Nadia's allergy, on purpose


def test_each_author_writes_what_their_role_may(practice: list[DemoEvent]) -> None:
    assert Right.WRITE_CHART not in rights_of("secretary", administrator=False)
    for event in practice:
        if event.author == "secretary":
            assert event.body.KIND.startswith(("patient.", "document.")), event.body.KIND
    assert {event.author for event in practice} == {"doctor", "locum", "secretary"}


def test_documents_come_with_their_file(practice: list[DemoEvent]) -> None:
    for place, event in enumerate(practice):
        if isinstance(event.body, DocumentFiled):
            assert event.content
            assert (event.body.blob, event.body.key, event.body.size) == ("", "", 0)
            is_pdf = event.body.media_type == "application/pdf"
            assert event.content.startswith(b"%PDF") == is_pdf
            received = practice[place + 1].body
            assert isinstance(received, DocumentReceived)
            assert received.document == event.fact_id
        else:
            assert event.content is None
    kinds = Counter(event.body.media_type for event in practice if isinstance(event.body, DocumentFiled))
    assert kinds["application/pdf"] >= 3
    assert kinds["text/plain"] > 100


def test_persons_are_those_given() -> None:
    ids = person_ids(99)
    assert set(ids) == {"doctor", "locum", "secretary"}
    events = list(generate(seed=SEED, patients=2, today=TODAY, persons=ids))
    described = [event.body.person for event in events if event.body.KIND == "person.described"]
    assert described == [ids["doctor"], ids["locum"], ids["secretary"]]


def test_a_dozen_patients_came_last_week(charts: dict[str, list[DemoEvent]]) -> None:
    since = TODAY - timedelta(days=7)
    recent = [
        patient
        for patient, events in charts.items()
        if any(event.body.KIND == "consultation.recorded" and event.when.date() >= since for event in events)
    ]
    assert 12 <= len(recent) <= 45


def test_some_have_ten_years_of_history(charts: dict[str, list[DemoEvent]]) -> None:
    long = [events for events in charts.values() if (events[-1].when - events[0].when).days > 9.5 * 365]
    assert len(long) >= 12


def test_benches_ask_for_an_exact_number_of_facts() -> None:
    events = list(generate(seed=5, patients=40, today=TODAY, facts_per_patient=200))
    counts = Counter(event.patient for event in events if event.patient is not None)
    assert sorted(counts.values()) == [200] * 39 + [2_000]
    assert all(before.when <= after.when for before, after in pairwise(events))
    few = Counter(
        event.patient
        for event in generate(seed=5, patients=40, today=TODAY, facts_per_patient=3)
        if event.patient
    )
    assert sorted(few.values()) == [3] * 39 + [2_000]


def test_a_long_stream_is_given_cohort_by_cohort() -> None:
    events = list(generate(seed=6, patients=30, today=TODAY, cohort=10))
    backwards = [1 for before, after in pairwise(events) if after.when < before.when]
    assert len(backwards) == 2
    assert sorted(event.fact_id for event in events) == sorted(
        event.fact_id for event in generate(seed=6, patients=30, today=TODAY)
    )


@pytest.mark.parametrize("wrong", [{"patients": -1}, {"cohort": 0}, {"facts_per_patient": 0}])
def test_nonsense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        list(generate(**{"seed": 1, "patients": 3, "today": TODAY, **wrong}))  # type: ignore[arg-type]


def test_nobody_at_all_is_only_the_team() -> None:
    assert [event.body.KIND for event in generate(seed=1, patients=0, today=TODAY)] == [
        "practice.described",
        "person.described",
        "person.described",
        "person.described",
    ]
