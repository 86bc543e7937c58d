"""Booking, moving, cancelling; a slot taken twice is refused on one device, and shown to both when two wrote at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from lanterne.practice.agenda import queries
from lanterne.practice.agenda.commands import (
    Book,
    Cancel,
    Move,
    OverlapSuspected,
    Restore,
    UnwantOverlap,
    WantOverlap,
)
from lanterne.practice.agenda.facts import ZONE, AppointmentBooked, AppointmentMoved
from lanterne.practice.agenda.folding import rebuild
from lanterne.practice.agenda.rules import day_minutes, minute_of, start_of, with_offset
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.patients.tying import MergePatients
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PatientId
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.stage import MADELEINE, Clock, deliver, entries, fact, nothing_written, write

Shown = TypeVar("Shown")

MONDAY = date(2026, 11, 23)
ALL = day_minutes(date(2000, 1, 1))[0]


def doctor(held: Record, name: str = "Morel") -> str:
    held.catch_up()
    return next(one.id for one in team.persons(held.tables.read()) if name in one.display_name)


def slot(
    held: Record, hour: str, minutes: int = 15, patient: str = JEAN_BAPTISTE, **more: str
) -> AppointmentBooked:
    practitioner = more.pop("practitioner", "") or doctor(held)
    return AppointmentBooked(
        practitioner=practitioner,
        start=f"{MONDAY}T{hour}",
        minutes=minutes,
        zone=ZONE,
        patient=patient,
        **more,
    )


def to(appointment: AppointmentBooked, hour: str) -> AppointmentMoved:
    moved = {name: getattr(appointment, name) for name in appointment.__struct_fields__}
    return AppointmentMoved(**{**moved, "start": f"{MONDAY}T{hour}"})


def hours(held: Record) -> list[str]:
    held.catch_up()
    return [start_of(one.starts)[11:] for one in queries.day(held.tables.read(), MONDAY)]


def overlaps(held: Record) -> list[tuple[str, str]]:
    held.catch_up()
    return [
        (start_of(pair.one.starts)[11:], start_of(pair.other.starts)[11:])
        for pair in queries.double_bookings(held.tables.read(), ALL)
    ]


def exchange(*held: Record) -> None:
    raws = entries(*(one.journal for one in held))
    for one in held:
        deliver(one.journal, raws)


def test_a_day_by_hour_and_who_comes(garance: Record) -> None:
    booked = record(garance, Book(slot(garance, "10:00", reason="tension"))).facts[0]
    record(garance, Book(slot(garance, "09:00", patient="", name="Mme Nouvelle", phone="06 39 98 00 00")))
    record(garance, Book(slot(garance, "08:00", 45, patient=MADELEINE)))
    record(garance, Book(slot(garance, "12:00", 120, patient="", service="closed")))
    connection = garance.tables.read()
    assert hours(garance) == ["08:00", "09:00", "10:00", "12:00"]
    held = queries.one(connection, booked)
    assert (held.body.reason, held.patient, held.moved, held.live) == ("tension", JEAN_BAPTISTE, False, True)
    assert queries.todays_patients(connection, MONDAY) == [MADELEINE, JEAN_BAPTISTE]
    assert queries.todays_patients(connection, date(2026, 11, 24)) == []
    assert [one.fact for one in queries.of_patient(connection, patients.Group(JEAN_BAPTISTE, (
        patients.row_number(connection, JEAN_BAPTISTE) or 0,)), ALL)] == [booked]  # fmt: skip


def test_moved_and_cancelled_it_leaves_its_hour_and_can_come_back(garance: Record) -> None:
    first = slot(garance, "10:00")
    booked = record(garance, Book(first)).facts[0]
    moved = record(garance, Move((booked,), to(first, "11:00"))).facts[0]
    assert hours(garance) == ["11:00"]
    with pytest.raises(Refusal, match="agenda_gone"), nothing_written(garance):
        record(garance, Move((booked,), to(first, "16:00")))
    record(garance, Cancel((moved,), "patient", "va mieux"))
    assert hours(garance) == []
    assert [one.fact for one in queries.cancelled(garance.tables.read(), MONDAY)] == [moved]
    with pytest.raises(Refusal, match="agenda_gone"), nothing_written(garance):
        record(garance, Cancel((moved,)))
    record(garance, Restore(moved))
    assert hours(garance) == ["11:00"]
    assert queries.cancelled(garance.tables.read(), MONDAY) == []
    with pytest.raises(Refusal, match="agenda_not_cancelled"), nothing_written(garance):
        record(garance, Restore(moved))


def test_an_appointment_is_called_the_same_through_every_move(garance: Record) -> None:
    """Its thread is named by the smallest id of its versions: a move may rename it."""
    first = slot(garance, "10:00")
    booked = record(garance, Book(first)).facts[0]
    smallest = FactId("0" * 31 + "1")
    record(garance, Move((booked,), to(first, "11:00"), id=smallest))
    held = queries.one(garance.tables.read(), smallest)
    assert held.thread == smallest
    assert queries.first_of(garance.tables.read(), held) == booked


def test_a_taken_slot_is_refused_unless_both_are_wanted(garance: Record) -> None:
    record(garance, Book(slot(garance, "10:00", 30)))
    with pytest.raises(OverlapSuspected) as refused, nothing_written(garance):
        record(garance, Book(slot(garance, "10:15", patient=MADELEINE)))
    assert [one.patient for one in refused.value.others] == [JEAN_BAPTISTE]
    # One that begins when the other ends, and one of another practitioner, overlap nothing.
    record(garance, Book(slot(garance, "10:30")))
    record(
        garance, Book(slot(garance, "10:00", 30, patient=MADELEINE, practitioner=doctor(garance, "Lambert")))
    )
    wanted = slot(garance, "10:15", patient=MADELEINE)
    both = record(garance, Book(wanted, overlap_wanted=True))
    assert len(both.facts) == 2  # one entry: the appointment, and that the overlap is wanted
    assert overlaps(garance) == []
    # Moved, but for those it was wanted beside it is asked about again.
    with pytest.raises(OverlapSuspected):
        record(garance, Move((both.facts[0],), to(wanted, "10:20")))


def test_the_same_form_twice_books_once(garance: Record) -> None:
    command = Book(slot(garance, "10:00"), id=FactId("ab" * 16))
    first = record(garance, command)
    with nothing_written(garance):
        assert record(garance, command) == first


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"start": "2026-02-30T10:00"}, "agenda_start_invalid"),
        ({"start": "2026-11-23"}, "agenda_start_invalid"),
        ({"start": "1901-11-23T10:00"}, "agenda_start_invalid"),
        ({"minutes": 0}, "agenda_duration"),
        ({"minutes": 1_441}, "agenda_duration"),
        ({"patient": "", "name": " "}, "agenda_nobody"),
        ({"practitioner": "ab" * 16}, "agenda_practitioner"),
        ({"zone": "Europe/Atlantis"}, "agenda_zone"),
        ({"service": "sieste"}, "agenda_service"),
        ({"reason": "x" * 201}, "agenda_text_long"),
    ],
)
def test_what_is_no_slot_is_refused(garance: Record, changed: dict[str, object], code: str) -> None:
    body = slot(garance, "10:00")
    wrong = AppointmentBooked(**{**{name: getattr(body, name) for name in body.__struct_fields__}, **changed})
    with nothing_written(garance), pytest.raises(Refusal, match=code):
        record(garance, Book(wrong))


def test_a_patient_of_nowhere_is_refused(garance: Record) -> None:
    with pytest.raises(UnknownPatient):
        record(garance, Book(slot(garance, "10:00", patient="cd" * 16)))


def test_the_secretary_keeps_the_agenda(machine: stage.Machine, garance: Record) -> None:
    ines = machine.open("Inès")
    record(ines, Book(slot(ines, "10:00")))
    assert hours(garance) == ["10:00"]


def test_hours_are_those_of_the_wall() -> None:
    assert with_offset("2026-07-01T09:00", "Europe/Paris") == "2026-07-01T09:00+02:00"
    assert with_offset("2026-11-23T09:00", "Europe/Paris") == "2026-11-23T09:00+01:00"
    for start in ("1999-12-31T23:59", "2026-10-25T02:30", "2026-03-29T02:30"):
        assert start_of(minute_of(start) or 0) == start
    assert [minute_of(odd) for odd in (None, 3, "2026-11-23T9:00", "2026-13-01T09:00", "x")] == [None] * 5


def test_two_devices_book_one_slot_and_both_are_shown_it(practice: stage.Practice, tmp_path: Path) -> None:
    one = practice.machine(tmp_path / "one").open("Garance")
    other = practice.machine(tmp_path / "other").open("Inès")
    record(one, Book(slot(one, "10:00")))
    record(other, Book(slot(other, "10:10", patient=MADELEINE)))
    assert overlaps(one) == overlaps(other) == []
    exchange(one, other)
    for held in (one, other):
        assert hours(held) == ["10:00", "10:10"]
        assert overlaps(held) == [("10:00", "10:10")]
        assert queries.count_double_bookings(held.tables.read(), ALL) == 1
        assert queries.count_double_bookings(held.tables.read(), day_minutes(date(2026, 11, 24))[0]) == 0
    (pair,) = queries.double_bookings(one.tables.read(), ALL)
    said = record(one, WantOverlap((pair.one.fact, pair.other.fact))).facts[0]
    again = record(other, WantOverlap((pair.other.fact, pair.one.fact))).facts[0]
    exchange(one, other)
    assert overlaps(one) == overlaps(other) == []
    assert sorted(queries.wanted(one.tables.read(), (pair.one.fact, pair.other.fact))) == sorted(
        [said, again]
    )
    record(other, UnwantOverlap(said))  # both that say so
    exchange(one, other)
    assert overlaps(one) == overlaps(other) == [("10:00", "10:10")]
    with pytest.raises(Refusal, match="agenda_not_wanted"):
        record(one, UnwantOverlap(again))
    record(one, Cancel((pair.other.fact,), "practice"))
    exchange(one, other)
    assert overlaps(one) == overlaps(other) == []


def test_moved_on_two_devices_at_once_both_hours_stand_until_settled(
    practice: stage.Practice, tmp_path: Path
) -> None:
    one = practice.machine(tmp_path / "one").open("Garance")
    other = practice.machine(tmp_path / "other").open("Inès")
    first = slot(one, "10:00")
    booked = record(one, Book(first)).facts[0]
    exchange(one, other)
    other.catch_up()
    here = record(one, Move((booked,), to(first, "11:00"))).facts[0]
    there = record(other, Move((booked,), to(first, "11:05"))).facts[0]
    exchange(one, other)
    assert hours(one) == hours(other) == ["11:00", "11:05"]
    assert overlaps(one) == []  # versions of one appointment: a conflict of its own
    assert [held.several for held in queries.day(one.tables.read(), MONDAY)] == [True, True]
    record(one, Move((here, there), to(first, "11:05")))
    exchange(one, other)
    assert hours(one) == hours(other) == ["11:05"]


def test_moved_alike_on_two_devices_it_is_one(practice: stage.Practice, tmp_path: Path) -> None:
    one = practice.machine(tmp_path / "one").open("Garance")
    other = practice.machine(tmp_path / "other").open("Inès")
    first = slot(one, "10:00")
    booked = record(one, Book(first)).facts[0]
    exchange(one, other)
    other.catch_up()
    here = record(one, Move((booked,), to(first, "11:00"))).facts[0]
    record(other, Move((booked,), to(first, "11:00")))
    exchange(one, other)
    assert hours(one) == hours(other) == ["11:00"]
    shown = queries.day(other.tables.read(), MONDAY)[0].fact
    record(other, Cancel((shown,)))
    exchange(one, other)
    assert hours(one) == hours(other) == []
    assert len(queries.cancelled(one.tables.read(), MONDAY)) in (1, 2)
    assert here


def test_who_is_expected_follows_merges(garance: Record) -> None:
    record(garance, Book(slot(garance, "10:00", patient=MADELEINE)))
    connection = garance.tables.read()
    two = [patients.identity(connection, PatientId(who)) for who in (JEAN_BAPTISTE, MADELEINE)]
    assert two[0]
    assert two[1]
    record(garance, MergePatients(JEAN_BAPTISTE, MADELEINE, two[0].fact, two[1].fact))
    assert queries.todays_patients(garance.tables.read(), MONDAY) == [JEAN_BAPTISTE]


def test_what_another_program_wrote_never_breaks_a_page(garance: Record) -> None:
    person = doctor(garance)
    bodies: list[dict[str, object]] = [
        {},
        {"practitioner": person, "start": f"{MONDAY}T10:00"},
        {"practitioner": person, "start": f"{MONDAY}T10:00", "minutes": 10**12},
        {"practitioner": person, "start": f"{MONDAY}T10:00", "minutes": -5},
        {"practitioner": person, "start": {"at": 1}, "minutes": 15},
        {"practitioner": [person], "start": f"{MONDAY}T10:00", "minutes": 15},
        {
            "practitioner": person,
            "start": f"{MONDAY}T10:00",
            "minutes": 15,
            "patient": 7,
            "name": ["x"],
            "reason": "r",
        },
    ]
    for body in bodies:
        write(garance, fact("appointment.booked", body), patient=None)
    write(garance, fact("appointment.overlap_wanted", {"appointments": "x"}), patient=None)
    write(
        garance, fact("appointment.overlap_wanted", {"appointments": [1, "x" * 32, "ab" * 16]}), patient=None
    )
    assert hours(garance) == ["10:00"]
    assert queries.day(garance.tables.read(), MONDAY)[0].body.reason == "r"
    assert overlaps(garance) == []


def rows(held: Record) -> dict[str, list[tuple[object, ...]]]:
    """The tables of the agenda by ids, as two devices can compare them."""
    connection = held.tables.read()
    return {
        "appointment": connection.execute(
            "SELECT f.id, a.practitioner, a.patient, a.starts, a.ends FROM appointment a JOIN fact f ON f.no = a.fact"
            " ORDER BY f.id"
        ).fetchall(),
        "overlap": connection.execute(
            "SELECT min(f.id, g.id), max(f.id, g.id), o.ends FROM overlap o JOIN fact f ON f.no = o.one"
            " JOIN fact g ON g.no = o.other ORDER BY 1, 2"
        ).fetchall(),
        "wanted": connection.execute(
            "SELECT w.target, f.id FROM overlap_wanted w JOIN fact f ON f.no = w.fact ORDER BY 1, 2"
        ).fetchall(),
    }


def same_in_any_order(
    practice: stage.Practice, place: Path, writers: Sequence[Record], dice: random.Random,
    shown: Callable[[Record], Shown], *, orders: int,
) -> Shown:  # fmt: skip
    """What these wrote, delivered to one reader after the other in any order and batches: all show the same, also once
    the agenda's tables, then all tables, are made anew. What they show."""
    raws = entries(*(held.journal for held in writers))
    seen: list[Shown] = []
    for order in range(orders):
        reader = practice.machine(place / f"reader {order}").open("Garance", clock=Clock())
        for batch in stage.batches(raws, dice) if order else [raws]:
            deliver(reader.journal, batch)
            if dice.random() < 0.6:
                reader.catch_up()
        reader.catch_up()
        seen.append(shown(reader))
        assert seen[-1] == seen[0]
        with reader.tables.transaction() as connection:
            rebuild(connection)
        assert shown(reader) == seen[0]
        reader.folder.rebuild()
        assert shown(reader) == seen[0]
    return seen[0]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same_agenda(practice: stage.Practice, tmp_path: Path, seed: int) -> None:
    """Three devices book, move, cancel, want and take back without hearing each other; delivered in any order."""
    dice = random.Random(f"agenda/{seed}")
    clock = Clock(stage.FOUNDED + 86_400_000)
    writers = [practice.machine(tmp_path / who).open(who, clock=clock) for who in ("Garance", "Inès", "Théo")]
    people = [doctor(writers[0]), doctor(writers[0], "Lambert")]
    known: list[str] = []
    for _step in range(70):
        held = dice.choice(writers)
        told = dice.sample(known, k=min(len(known), dice.choice((1, 1, 2))))
        body = {
            "practitioner": dice.choice(people),
            "start": f"{MONDAY}T{dice.randrange(8, 11):02}:{dice.randrange(0, 60, 15):02}",
            "minutes": dice.choice((15, 30, 60)),
            "patient": dice.choice((JEAN_BAPTISTE, MADELEINE, "")),
        }
        match dice.randrange(7):
            case 0 | 1:
                said = fact(
                    "appointment.booked", body, id=dice.choice(known) if known and dice.random() < 0.1 else ""
                )
            case 2 | 3:
                said = fact("appointment.moved", body, replaces=told)
            case 4:
                said = fact("appointment.cancelled", {"by": "patient"}, replaces=told[:1])
            case 5:
                said = fact("appointment.overlap_wanted", {"appointments": told})
            case _:
                kind = dice.choice(("appointment.overlap_unwanted", "appointment.to_come"))
                said = fact(kind, {}, replaces=told)
                if kind == "appointment.to_come":
                    write(
                        held,
                        said,
                        patient=None,
                        compartment=stage.compartment_of([fact("appointment.booked")]),
                    )
                    known.append(said.id)
                    continue
        write(held, said, patient=None)
        known.append(said.id)
        if dice.random() < 0.1:
            exchange(*dice.sample(writers, k=2))
    expected = same_in_any_order(practice, tmp_path, writers, dice, rows, orders=4)
    assert len(expected["appointment"]) > 5
    assert expected["overlap"]
