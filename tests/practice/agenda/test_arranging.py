"""Kinds, hours, absences, public holidays, notes, who came: refused with a sentence, and the same in any order."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lanterne.practice.agenda import queries
from lanterne.practice.agenda.arrangements import arrangements, earlier, notes, services
from lanterne.practice.agenda.arranging import (
    DescribeCalendar,
    DescribeHours,
    DescribeService,
    NoteAttendance,
    StateAbsence,
    WithdrawAbsence,
    WithdrawNote,
    WriteNote,
)
from lanterne.practice.agenda.attendance import EXPECTED, Attendance, missed, of_threads, waited
from lanterne.practice.agenda.commands import AbsenceSuspected, Book, Cancel, Move
from lanterne.practice.agenda.facts import (
    AbsenceStated,
    AgendaNoteWritten,
    CalendarDescribed,
    HoursDescribed,
    Opening,
    ServiceDescribed,
)
from lanterne.practice.agenda.rules import SENTENCES, day_minutes, minute_at
from lanterne.practice.errors import Refusal
from lanterne.practice.patients import queries as patients
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.wire.names import FactId, PersonId
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.agenda.test_agenda import MONDAY, doctor, exchange, same_in_any_order, slot, to
from tests.practice.stage import MADELEINE, Clock, fact, nothing_written, write

FIRST = day_minutes(MONDAY)[0]


def week(who: str, *openings: tuple[int, str, str], **more: bool) -> HoursDescribed:
    return HoursDescribed(
        practitioner=who,
        openings=[Opening(day=day, start=start, end=end) for day, start, end in openings],
        **more,
    )


def away(who: str, first: str = "2026-11-23", last: str = "2026-11-27", **more: object) -> AbsenceStated:
    return AbsenceStated(practitioner=who, first=first, last=last, **more)  # type: ignore[arg-type]


def open_on(held: Record, who: str, day: date = MONDAY) -> list[tuple[int, int]]:
    held.catch_up()
    first = day_minutes(day)[0]
    return [
        (start - first, end - first)
        for start, end in arrangements(held.tables.read()).of(PersonId(who)).open(day)
    ]


def state_of(held: Record, appointment: FactId) -> Attendance:
    held.catch_up()
    connection = held.tables.read()
    meeting = queries.one(connection, appointment)
    return of_threads(connection, [(meeting.thread, meeting.body.start[:10])]).get(meeting.thread, EXPECTED)


def test_hours_less_absences_and_public_holidays(garance: Record) -> None:
    who = doctor(garance)
    assert open_on(garance, who) == []
    assert arrangements(garance.tables.read()).of(PersonId(who)).week is None
    first = record(garance, DescribeHours(week(who, (1, "08:00", "12:00"), (1, "14:00", "18:30")))).facts[0]
    assert open_on(garance, who) == [(480, 720), (840, 1110)]
    stated = record(garance, StateAbsence(away(who, start="10:00", end="15:00"))).facts[0]
    assert open_on(garance, who) == [(480, 600), (900, 1110)]
    record(garance, WithdrawAbsence((stated,)))
    assert open_on(garance, who) == [(480, 720), (840, 1110)]
    easter = date(2026, 4, 6)
    assert open_on(garance, who, easter) == []
    other = record(garance, DescribeHours(week(who, (1, "08:00", "12:00"), on_holidays=True), first)).facts[0]
    assert open_on(garance, who, easter) == [(480, 720)]
    record(garance, DescribeHours(week(who, (1, "08:00", "12:00"), (5, "08:00", "12:00")), other))
    friday = date(2026, 4, 3)
    assert open_on(garance, who, friday) == [(480, 720)]
    record(garance, DescribeCalendar(CalendarDescribed(region="alsace_moselle")))
    assert open_on(garance, who, friday) == []
    assert arrangements(garance.tables.read()).holiday(friday) == "Vendredi saint"
    # What was described before is still to be read, the newest first.
    was = earlier(garance.tables.read(), HoursDescribed.KIND, lambda raw: raw.get("practitioner") == who)
    assert [held.fact for held in was] == [other, first]


def test_kinds_have_their_name_and_duration(garance: Record) -> None:
    assert services(garance.connection())["visit"].minutes == 30
    record(garance, DescribeService(ServiceDescribed(code="visit", label="Visite", minutes=45)))
    own = ServiceDescribed(code="ab" * 16, label="Frottis", minutes=20)
    made = record(garance, DescribeService(own)).facts[0]
    held = services(garance.tables.read())
    assert (held["visit"].minutes, held["visit"].label, held["ab" * 16].label) == (45, "Visite", "Frottis")
    record(garance, Book(slot(garance, "10:00", service="ab" * 16)))
    with pytest.raises(Refusal, match="changed_meanwhile"), nothing_written(garance):
        record(garance, DescribeService(own))
    record(
        garance, DescribeService(ServiceDescribed(code="ab" * 16, label="F", minutes=20, offered=False), made)
    )
    assert not services(garance.tables.read())["ab" * 16].offered


def test_with_who_is_away_nobody_is_booked_unseen(garance: Record) -> None:
    who, other = doctor(garance), doctor(garance, "Lambert")
    stated = record(garance, StateAbsence(away(who, covered_by=other))).facts[0]
    with pytest.raises(AbsenceSuspected) as refused, nothing_written(garance):
        record(garance, Book(slot(garance, "10:00")))
    assert [one.fact for one in refused.value.absences] == [stated]
    record(garance, Book(slot(garance, "10:00", practitioner=other)))
    record(garance, Book(slot(garance, "12:00", service="closed", patient="")))
    wanted = slot(garance, "11:00", patient=MADELEINE)
    booked = record(garance, Book(wanted, absence_known=True)).facts[0]
    # Other words at the same hour are not asked about again; another hour is.
    words = to(wanted, "11:00")
    moved = record(garance, Move((booked,), words)).facts[0]
    with pytest.raises(AbsenceSuspected), nothing_written(garance):
        record(garance, Move((moved,), to(wanted, "11:15")))
    record(garance, Cancel((moved,)))


REFUSED: list[tuple[str, Callable[[str], object]]] = [
    ("agenda_hours", lambda who: DescribeHours(week(who, (1, "12:00", "08:00")))),
    ("agenda_hours", lambda who: DescribeHours(week(who, (1, "8h", "12h")))),
    ("agenda_hours", lambda who: DescribeHours(week(who, (8, "08:00", "12:00")))),
    ("agenda_hours_cross", lambda who: DescribeHours(week(who, (1, "08:00", "12:00"), (1, "11:00", "13:00")))),
    (
        "agenda_hours_many",
        lambda who: DescribeHours(week(who, *((1, f"{hour:02}:00", f"{hour:02}:30") for hour in range(8, 15)))),
    ),
    ("agenda_practitioner", lambda _who: DescribeHours(week("ab" * 16, (1, "08:00", "12:00")))),
    ("agenda_service", lambda _who: DescribeService(ServiceDescribed(code="sieste", label="x", minutes=5))),
    ("agenda_closed_kind", lambda _who: DescribeService(ServiceDescribed(code="closed", label="x", minutes=5))),
    ("agenda_label", lambda _who: DescribeService(ServiceDescribed(code="visit", label=" ", minutes=5))),
    ("agenda_label", lambda _who: DescribeService(ServiceDescribed(code="visit", label="x" * 61, minutes=5))),
    ("agenda_duration", lambda _who: DescribeService(ServiceDescribed(code="visit", label="x", minutes=4))),
    ("agenda_region", lambda _who: DescribeCalendar(CalendarDescribed(region="atlantis"))),
    ("agenda_day_invalid", lambda who: StateAbsence(away(who, first="demain"))),
    ("agenda_day_invalid", lambda who: StateAbsence(away(who, last="2026-02-30"))),
    ("agenda_days_reversed", lambda who: StateAbsence(away(who, last="2026-11-22"))),
    ("agenda_days_endless", lambda who: StateAbsence(away(who, last=""))),
    ("agenda_every", lambda who: StateAbsence(away(who, every=0))),
    ("value_not_in_list", lambda who: StateAbsence(away(who, weekdays=[0]))),
    ("agenda_hours", lambda who: StateAbsence(away(who, start="14:00"))),
    ("agenda_absence", lambda who: StateAbsence(away(who, reason="sieste"))),
    ("agenda_covered_by_self", lambda who: StateAbsence(away(who, covered_by=who))),
    ("agenda_practitioner", lambda who: StateAbsence(away(who, covered_by="ab" * 16))),
    ("agenda_text_long", lambda who: StateAbsence(away(who, comment="x" * 201))),
    ("agenda_absence_gone", lambda who: StateAbsence(away(who), (FactId("ab" * 16),))),
    ("agenda_absence_gone", lambda _who: WithdrawAbsence((FactId("ab" * 16),))),
    ("nothing_to_withdraw", lambda _who: WithdrawAbsence(())),
    ("agenda_note_empty", lambda _who: WriteNote(AgendaNoteWritten(day="2026-11-23", text=" "))),
    ("agenda_text_long", lambda _who: WriteNote(AgendaNoteWritten(day="2026-11-23", text="x" * 2001))),
    ("agenda_day_invalid", lambda _who: WriteNote(AgendaNoteWritten(day="lundi", text="x"))),
    ("agenda_practitioner", lambda _who: WriteNote(AgendaNoteWritten(day="2026-11-23", text="x", practitioner="y"))),
    ("agenda_note_gone", lambda _who: WithdrawNote((FactId("ab" * 16),))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "command"), REFUSED)
def test_what_says_nothing_is_refused_in_words(
    garance: Record, code: str, command: Callable[[str], object]
) -> None:
    with nothing_written(garance), pytest.raises(Refusal, match=code) as refused:
        record(garance, command(doctor(garance)))  # type: ignore[arg-type]
    if code in SENTENCES:  # the others are of every room
        assert SENTENCES[code] % refused.value.params


def test_arrived_in_out_and_not_come(garance: Record) -> None:
    clock = garance.clock_ms
    assert isinstance(clock, Clock)
    booked = record(garance, Book(slot(garance, "10:00"))).facts[0]
    assert state_of(garance, booked) == EXPECTED
    steps = [("arrived", "booked"), ("in_progress", "arrived"), ("finished", "in_progress")]
    minutes = []
    for state, shown in steps:
        clock.now += 7 * 60_000
        record(garance, NoteAttendance(booked, state, shown))
        minutes.append(minute_at(clock.now))
    held = state_of(garance, booked)
    assert (held.state, [held.arrived, held.came_in, held.out]) == ("finished", minutes)
    with pytest.raises(Refusal, match="agenda_attendance_changed"), nothing_written(garance):
        record(garance, NoteAttendance(booked, "noshow", "booked"))
    with pytest.raises(Refusal, match="nothing_to_write"), nothing_written(garance):
        record(garance, NoteAttendance(booked, "finished", "finished"))
    with pytest.raises(Refusal, match="agenda_attendance"), nothing_written(garance):
        record(garance, NoteAttendance(booked, "asleep", "finished"))
    record(garance, NoteAttendance(booked, "booked", "finished"))
    assert state_of(garance, booked).state == "booked"
    record(garance, NoteAttendance(booked, "noshow", "booked"))
    group = patients.group_of(garance.tables.read(), JEAN_BAPTISTE)
    assert group is not None
    assert missed(garance.tables.read(), group, FIRST) == 1
    assert missed(garance.tables.read(), group, FIRST + 1440) == 0


@pytest.mark.parametrize(
    ("came", "now", "minutes"),
    [
        (Attendance("booked"), 700, 0),
        (Attendance("arrived", 590), 595, 0),  # early, and it is not their hour yet
        (Attendance("arrived", 590), 612, 12),
        (Attendance("arrived", 640), 645, 5),  # late themselves: nobody made them wait before
        (Attendance("arrived", None), 612, 12),
        (Attendance("in_progress", 590, 605), 640, 0),
    ],
)
def test_who_waits_beyond_their_hour(came: Attendance, now: int, minutes: int) -> None:
    assert waited(came, 600, now) == minutes


def test_who_did_not_come_and_is_given_another_day_is_expected_then(garance: Record) -> None:
    first = slot(garance, "10:00")
    booked = record(garance, Book(first)).facts[0]
    record(garance, NoteAttendance(booked, "noshow"))
    later = to(first, "10:30")
    same_day = record(garance, Move((booked,), later)).facts[0]
    assert state_of(garance, same_day).state == "noshow"
    tuesday = type(later)(**{**{name: getattr(later, name) for name in later.__struct_fields__},
                             "start": "2026-11-24T10:30"})  # fmt: skip
    moved = record(garance, Move((same_day,), tuesday)).facts[0]
    assert state_of(garance, moved) == EXPECTED


def test_a_closed_slot_and_a_cancelled_one_expect_nobody(garance: Record) -> None:
    closed = record(garance, Book(slot(garance, "10:00", service="closed", patient=""))).facts[0]
    with pytest.raises(Refusal, match="agenda_nobody_comes"):
        record(garance, NoteAttendance(closed, "arrived"))
    booked = record(garance, Book(slot(garance, "12:00"))).facts[0]
    record(garance, Cancel((booked,)))
    with pytest.raises(Refusal, match="agenda_gone"):
        record(garance, NoteAttendance(booked, "arrived"))


def test_notes_of_a_day(garance: Record) -> None:
    who = doctor(garance)
    one = record(garance, WriteNote(AgendaNoteWritten(day="2026-11-23", text="Chaudière"))).facts[0]
    record(garance, WriteNote(AgendaNoteWritten(day="2026-11-23", text="Stagiaire", practitioner=who)))
    record(garance, WriteNote(AgendaNoteWritten(day="2026-11-24", text="Mardi")))
    said = [(note.text, note.practitioner) for note in notes(garance.tables.read(), MONDAY, MONDAY)]
    assert said == [("Chaudière", None), ("Stagiaire", who)]
    changed = AgendaNoteWritten(day="2026-11-23", text="Réparée")
    again = record(garance, WriteNote(changed, (one,))).facts[0]
    with pytest.raises(Refusal, match="agenda_note_gone"), nothing_written(garance):
        record(garance, WriteNote(changed, (one,)))
    record(garance, WithdrawNote((again,)))
    assert [note.text for note in notes(garance.tables.read(), MONDAY, MONDAY)] == ["Stagiaire"]


def test_the_same_form_twice_is_written_once(garance: Record) -> None:
    booked = record(garance, Book(slot(garance, "10:00"))).facts[0]
    command = NoteAttendance(booked, "arrived", id=FactId("ac" * 16))
    first = record(garance, command)
    with nothing_written(garance):
        assert record(garance, command) == first


def test_said_on_two_devices_at_once(practice: stage.Practice, tmp_path: Path) -> None:
    """Hours: the later counts and the earlier is kept. Absences and notes: all count, and say so."""
    clock = Clock(stage.FOUNDED + 86_400_000)
    one = practice.machine(tmp_path / "one").open("Garance", clock=clock)
    other = practice.machine(tmp_path / "other").open("Inès", clock=clock)
    who = doctor(one)
    booked = record(one, Book(slot(one, "10:00"))).facts[0]
    stated = record(one, StateAbsence(away(who, "2026-12-01", "2026-12-05"))).facts[0]
    exchange(one, other)
    other.catch_up()
    record(one, DescribeHours(week(who, (1, "08:00", "12:00"))))
    record(other, DescribeHours(week(who, (1, "09:00", "11:00"))))
    record(one, StateAbsence(away(who, "2026-12-01", "2026-12-04"), (stated,)))
    record(other, StateAbsence(away(who, "2026-12-02", "2026-12-07"), (stated,)))
    record(one, NoteAttendance(booked, "arrived"))
    record(other, NoteAttendance(booked, "noshow"))
    exchange(one, other)
    for held in (one, other):
        assert open_on(held, who) == [(540, 660)]
        connection = held.tables.read()
        assert len(earlier(connection, HoursDescribed.KIND, lambda raw: raw.get("practitioner") == who)) == 1
        found = arrangements(connection).absences
        assert [(str(absence.first), absence.several) for absence in found] == [
            ("2026-12-01", True),
            ("2026-12-02", True),
        ]
        assert state_of(held, booked).state == "noshow"
    both = tuple(absence.fact for absence in arrangements(one.tables.read()).absences)
    record(one, StateAbsence(away(who, "2026-12-01", "2026-12-07"), both))
    exchange(one, other)
    assert [absence.several for absence in arrangements(other.connection()).absences] == [False]


def test_what_another_program_wrote_never_breaks_a_page(garance: Record) -> None:
    who = doctor(garance)
    booked = record(garance, Book(slot(garance, "10:00"))).facts[0]
    for kind, bodies in {
        "service.described": [{}, {"code": 3}, {"code": "visit", "label": 3}, {"code": "visit", "label": "V", "minutes": "x"}],
        "hours.described": [{}, {"practitioner": who}, {"practitioner": who, "openings": [3, {"day": []}]}],
        "calendar.described": [{"region": 4}, {"region": ["x"]}],
        "absence.stated": [{}, {"practitioner": who, "first": 3}],
        "appointment.attendance": [{}, {"appointment": 3}, {"appointment": booked}, {"appointment": booked, "state": "x"}],
        "agenda.note_written": [{}, {"day": "2026-11-23", "text": 3}, {"day": 3, "text": "x"}],
    }.items():  # fmt: skip
        for body in bodies:
            write(garance, fact(kind, body, at="2026-11-23"), patient=None)
    assert open_on(garance, who) == []
    assert arrangements(garance.tables.read()).unread == 2
    assert services(garance.tables.read())["visit"].minutes == 30
    assert state_of(garance, booked) == EXPECTED
    assert notes(garance.tables.read(), MONDAY, MONDAY) == []


def seen(held: Record) -> list[object]:
    """Everything said here, by ids, as two devices can compare it."""
    connection = held.tables.read()
    found = arrangements(connection)
    meetings = queries.day(connection, MONDAY)
    return [
        found.services,
        found.region,
        found.weeks,
        found.absences,
        notes(connection, MONDAY, MONDAY),
        of_threads(connection, [(one.thread, one.body.start[:10]) for one in meetings]),
        connection.execute(
            "SELECT a.target, f.id FROM attendance a JOIN fact f ON f.no = a.fact ORDER BY 1, 2"
        ).fetchall(),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_gives_the_same(practice: stage.Practice, tmp_path: Path, seed: int) -> None:
    """Three devices describe, state, withdraw and note without hearing each other; delivered in any order."""
    dice = random.Random(f"arranging/{seed}")
    clock = Clock(stage.FOUNDED + 86_400_000)
    writers = [practice.machine(tmp_path / who).open(who, clock=clock) for who in ("Garance", "Inès", "Théo")]
    people = [doctor(writers[0]), doctor(writers[0], "Lambert")]
    known: list[str] = []
    for _step in range(60):
        held, who = dice.choice(writers), dice.choice(people)
        told = dice.sample(known, k=min(len(known), dice.choice((0, 1, 2))))
        hour = dice.randrange(8, 12)
        kind, body, replaces = dice.choice(
            [
                ("appointment.booked", {"practitioner": who, "start": f"{MONDAY}T{hour:02}:00", "minutes": 15}, []),
                ("appointment.moved", {"practitioner": who, "start": f"{MONDAY}T{hour:02}:30", "minutes": 15}, told),
                ("hours.described",
                 {"practitioner": who, "openings": [{"day": 1, "start": f"{hour:02}:00", "end": "18:00"}]}, []),
                ("service.described", {"code": "visit", "label": f"V{hour}", "minutes": hour}, []),
                ("calendar.described", {"region": dice.choice(("none", "reunion"))}, []),
                ("absence.stated", {"practitioner": who, "first": "2026-11-01", "last": f"2026-12-{hour:02}"}, told),
                ("absence.withdrawn", {}, told[:1]),
                ("agenda.note_written", {"day": str(MONDAY), "text": str(hour)}, told),
                ("agenda.note_withdrawn", {}, told[:1]),
                *[("appointment.attendance", {"appointment": dice.choice(known or ["ab" * 16]), "state": state}, [])
                  for state in ("arrived", "in_progress", "noshow", "booked")],
            ]
        )  # fmt: skip
        said = fact(kind, body, replaces=replaces, at=str(MONDAY))
        write(held, said, patient=None)
        known.append(said.id)
        if dice.random() < 0.1:
            exchange(*dice.sample(writers, k=2))
    expected = same_in_any_order(practice, tmp_path, writers, dice, seen, orders=3)
    assert expected[-1]
