"""The agenda of the practice: its hours, the doctor's leave, and appointments of this week and the next, booked by the
secretary.

Law: same seed, same day, same patients, same agenda. Every day has somebody, Sundays too (the duty rota): a
demonstration shown on a Sunday has its day's list. Nothing here overlaps: a double booking is made on two devices.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from lanterne.demo import places
from lanterne.demo.events import Author, DemoEvent, Scribe, digest, last_working_day, moment, on_duty
from lanterne.practice.agenda.facts import (
    ZONE,
    AbsenceStated,
    AgendaNoteWritten,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AttendanceNoted,
    CalendarDescribed,
    HoursDescribed,
    Opening,
    ServiceDescribed,
)
from lanterne.practice.agenda.rules import CLOSED, minute_of, start_of, with_offset
from lanterne.practice.tables import Connection
from lanterne.wire.names import PatientId, PersonId

_REASONS = (
    "renouvellement", "tension", "résultats de prise de sang", "fièvre", "toux", "douleur au dos", "vaccin",
    "certificat", "suivi du diabète", "suite d’hospitalisation", "fatigue", "genou", "visite de l’enfant", "",
)  # fmt: skip
_NEWCOMERS = ("Mme Solène Arbois", "M. Tancrède Vial", "Mme Odile Pernelle", "M. Yanis Belcourt")

# (hour begun, hour over, share of the quarters taken)
_HOURS: Mapping[int, tuple[tuple[int, int, float], ...]] = {
    5: ((9, 12, 0.7),),
    6: ((10, 12, 0.4),),
}
_WORKDAY = ((8, 12, 0.8), (14, 18, 0.75))


def expected(connection: Connection) -> list[PatientId]:
    """Who may come: the living, each once, by id."""
    rows = connection.execute(
        "SELECT s.id FROM patient p JOIN subject s ON s.no = p.subject WHERE p.merged_into = 0 AND p.deceased = ''"
        " ORDER BY s.id"
    )
    return [PatientId(bytes(row[0]).hex()) for row in rows]


def fortnight(
    *, seed: int, today: date, persons: Mapping[Author, PersonId], patients: Sequence[PatientId]
) -> list[DemoEvent]:
    """What the secretary wrote, in the order of time: bookings, some moved, a few cancelled."""
    rng = random.Random(f"agenda/{seed}/{today}")
    # Numbers of its own: what the team room's demonstration writes about the practice has those of `seed`.
    scribe = Scribe(-1_000_000 - seed, None)
    monday = today - timedelta(days=today.weekday())
    _arrange(scribe, monday, persons)
    for day in (monday + timedelta(days=number) for number in range(14)):
        _day(rng, scribe, day, today, persons, patients)
    return sorted(scribe.events, key=lambda event: event.when)


def _arrange(scribe: Scribe, monday: date, persons: Mapping[Author, PersonId]) -> None:
    """Hours, kinds, public holidays, who is away and who covers, a note: written some days before."""
    when = moment(last_working_day(monday - timedelta(days=20)), 18, 40)
    doctor, locum = persons["doctor"], persons["locum"]
    week = [
        (day, start, end) for day in range(1, 6) for start, end in (("08:00", "12:00"), ("14:00", "18:00"))
    ]
    scribe.write(CalendarDescribed(), when, "secretary")
    scribe.write(
        HoursDescribed(
            practitioner=doctor,
            openings=[
                Opening(day=day, start=start, end=end) for day, start, end in (*week, (6, "09:00", "12:00"))
            ],
        ),
        when,
        "secretary",
    )
    scribe.write(ServiceDescribed(code="visit", label="Visite à domicile", minutes=40), when, "secretary")
    scribe.write(ServiceDescribed(code=digest("service"), label="Frottis", minutes=20), when, "secretary")
    for absence in _away(monday, doctor, locum):
        scribe.write(absence, when, "secretary", at=absence.first)
    note = AgendaNoteWritten(
        day=(monday + timedelta(days=8)).isoformat(), text="Visite du laboratoire à 12 h 30."
    )
    scribe.write(note, when, "secretary", at=note.day)


def _away(monday: date, doctor: PersonId, locum: PersonId) -> list[AbsenceStated]:
    """The doctor's leave for a year, and the Fridays of every other week (events.on_duty)."""
    found = []
    weeks = [monday + timedelta(weeks=number) for number in range(53)]
    leave = [first for first in weeks if on_duty(first) == "locum"]
    for first in leave:
        if first - timedelta(weeks=1) in leave:
            continue
        monday_after = first + timedelta(weeks=1)
        while monday_after in leave:
            monday_after += timedelta(weeks=1)
        over = (monday_after - timedelta(days=1)).isoformat()
        found.append(AbsenceStated(practitioner=doctor, first=first.isoformat(), last=over, covered_by=locum))
    for first in weeks[:2]:
        friday = first + timedelta(days=4)
        if on_duty(friday) == "locum" != on_duty(first):
            last = (friday + timedelta(weeks=8)).isoformat()
            found.append(
                AbsenceStated(practitioner=doctor, first=friday.isoformat(), last=last, weekdays=[5], every=2,
                              reason="other", covered_by=locum, comment="Un vendredi sur deux")
            )  # fmt: skip
    return found


def _day(
    rng: random.Random,
    scribe: Scribe,
    day: date,
    today: date,
    persons: Mapping[Author, PersonId],
    patients: Sequence[PatientId],
) -> None:
    coming = iter(rng.sample(patients, k=len(patients)))
    here = on_duty(day)
    for begun, over, share in _HOURS.get(day.weekday(), _WORKDAY):
        for minute in range(begun * 60, over * 60, 15):
            if rng.random() > share:
                continue
            start = f"{day}T{minute // 60:02}:{minute % 60:02}"
            body = AppointmentBooked(practitioner=persons[here], start=start, minutes=15, zone=ZONE)
            _book(rng, scribe, body, today, next(coming, None))
    if day.weekday() < 5:
        closed = AppointmentBooked(
            practitioner=persons[here], start=f"{day}T12:30", minutes=60, zone=ZONE, service=CLOSED
        )
        scribe.write(closed, _before(rng, day, today), "secretary", at=with_offset(closed.start, ZONE))


def _book(
    rng: random.Random, scribe: Scribe, body: AppointmentBooked, today: date, patient: PatientId | None
) -> None:
    words = {name: getattr(body, name) for name in ("practitioner", "minutes", "zone")}
    words["reason"] = rng.choice(_REASONS)
    if patient is not None and rng.random() > 0.04:
        words["patient"] = patient
    else:
        words |= {"name": rng.choice(_NEWCOMERS), "phone": places.mobile(rng)}
    day = date.fromisoformat(body.start[:10])
    when, at = _before(rng, day, today), with_offset(body.start, ZONE)
    drawn = rng.random()
    if drawn < 0.05:  # first at another hour of the evening, when nobody else comes
        late = start_of((minute_of(f"{day}T19:00") or 0) + rng.randrange(0, 4) * 15)
        first = AppointmentBooked(**words, start=late)
        held = scribe.write(first, when, "secretary", at=with_offset(late, ZONE))
        moved = AppointmentMoved(**words, start=body.start)
        scribe.write(moved, when + timedelta(minutes=1), "secretary", at=at, replaces=(held,))
        return
    held = scribe.write(AppointmentBooked(**words, start=body.start), when, "secretary", at=at)
    if day < today and drawn > 0.94:
        noted = moment(day, int(body.start[11:13]), int(body.start[14:16])) + timedelta(minutes=20)
        missed = AttendanceNoted(appointment=held, state="noshow")
        scribe.write(missed, noted, "secretary", at=noted.isoformat(timespec="minutes"))
    elif drawn > 0.97:
        cancelled = AppointmentCancelled(by="patient", reason="va mieux")
        scribe.write(cancelled, when + timedelta(minutes=2), "secretary", replaces=(held,))


def _before(rng: random.Random, day: date, today: date) -> datetime:
    """When the telephone rang: some days before, never after this morning."""
    called = last_working_day(min(day, today) - timedelta(days=rng.randrange(1, 9)))
    return moment(called, rng.randrange(9, 18), rng.randrange(0, 56))
