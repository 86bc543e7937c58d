"""The appointments of the practice: this week and the next, booked by the secretary.

Law: same seed, same day, same patients, same agenda. Every day has somebody, Sundays too (the duty rota): a
demonstration shown on a Sunday has its day's list. Nothing here overlaps: a double booking is made on two devices.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from lanterne.demo import places
from lanterne.demo.events import Author, DemoEvent, Scribe, last_working_day, moment, on_duty
from lanterne.practice.agenda.facts import ZONE, AppointmentBooked, AppointmentCancelled, AppointmentMoved
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
    scribe = Scribe(seed, None)
    monday = today - timedelta(days=today.weekday())
    for day in (monday + timedelta(days=number) for number in range(14)):
        _day(rng, scribe, day, today, persons, patients)
    return sorted(scribe.events, key=lambda event: event.when)


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
    if drawn > 0.97:
        cancelled = AppointmentCancelled(by="patient", reason="va mieux")
        scribe.write(cancelled, when + timedelta(minutes=2), "secretary", replaces=(held,))


def _before(rng: random.Random, day: date, today: date) -> datetime:
    """When the telephone rang: some days before, never after this morning."""
    called = last_working_day(min(day, today) - timedelta(days=rng.randrange(1, 9)))
    return moment(called, rng.randrange(9, 18), rng.randrange(0, 56))
