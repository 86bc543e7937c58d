"""What the secretary writes about a patient: identity, contacts, médecin traitant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from lanterne.demo import places
from lanterne.demo.events import Author, moment, working_day
from lanterne.demo.identity import TEST_OID, Matricules
from lanterne.demo.pen import Pen
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    IdentityStatus,
    Ins,
    PatientIdentified,
    Phone,
    Relative,
)
from lanterne.wire.names import FactId, PersonId

DOCTOR_NAME = "Dr Garance Morel"
_OUTSIDE = (("Dr Irène Valette", "Montfleuri-le-Haut"), ("Dr Simon Achour", "Port-d'Aubin"))
_STATUSES: tuple[tuple[IdentityStatus, float], ...] = (
    ("qualified", 0.62),
    ("retrieved", 0.13),
    ("validated", 0.12),
    ("provisional", 0.13),
)


def identity(pen: Pen, status: IdentityStatus, number: str | None) -> PatientIdentified:
    """The identity of a person at one status: a matricule only when retrieved or qualified."""
    person = pen.person
    with_ins = number is not None and status in ("retrieved", "qualified")
    return PatientIdentified(
        birth_name=person.birth_name,
        first_given=person.given[0],
        given_names=list(person.given),
        used_name=person.used_name,
        sex=person.sex,
        birth_date=person.born.isoformat(),
        birth_place_code=person.birth_place.code,
        birth_place=person.birth_place.name,
        ins=Ins(matricule=number, oid=TEST_OID) if with_ins and number else None,
        status=status if with_ins or status in ("validated", "provisional") else "validated",
    )


def contacts(pen: Pen) -> ContactsRecorded:
    """How to reach a person."""
    person = pen.person
    phones = []
    if person.mobile:
        phones.append(Phone(number=person.mobile, use="mobile"))
    if not person.mobile or person.age(pen.today) > 55:
        phones.append(Phone(number=person.home.phone, use="home"))
    relatives = [
        Relative(
            name=f"{other.given[0]} {other.family_name}",
            relation=word,
            phone=other.mobile or other.home.phone,
            trusted=word in ("époux", "épouse", "fille") and person.age(pen.today) > 60,
        )
        for other, word in person.relatives[:2]
    ]
    return ContactsRecorded(
        phones=phones,
        email=person.email,
        address=person.home.address,
        postcode=person.home.postcode,
        city=person.home.city,
        relatives=relatives,
    )


def register(pen: Pen, team: Mapping[Author, PersonId], numbers: Matricules, when: datetime) -> None:
    """The first facts of a chart, and what changed later about identity and contacts."""
    rng, person = pen.rng, pen.person
    number = numbers.draw(
        sex=person.sex, born=person.born, place_code=person.birth_place.code, first_order=rng.randrange(300)
    )
    status = rng.choices([name for name, _ in _STATUSES], [weight for _, weight in _STATUSES])[0]
    late = status == "qualified" and rng.random() < 0.3
    first = pen.scribe.write(identity(pen, "provisional" if late else status, number), when, "secretary")
    pen.scribe.write(contacts(pen), when, "secretary")
    attending(pen, team, when)
    if late:
        day = working_day(when.date() + timedelta(days=rng.randrange(20, 900)))
        if day <= pen.last:
            now = moment(day, rng.randrange(9, 17), rng.randrange(0, 59))
            pen.scribe.write(identity(pen, "qualified", number), now, "secretary", replaces=(first,))
    _moves(pen, when.date())


def attending(pen: Pen, team: Mapping[Author, PersonId], when: datetime) -> None:
    """The médecin traitant: Dr Morel for most, somebody outside or nobody for the others. Children too, since 2016."""
    drawn = pen.rng.random()
    if drawn < 0.88:
        body = AttendingRecorded(name=DOCTOR_NAME, person=team["doctor"], city=places.PRACTICE_CITY)
    elif drawn < 0.95:
        name, city = pen.rng.choice(_OUTSIDE)
        body = AttendingRecorded(name=name, city=city)
    else:
        return
    pen.scribe.write(body, when, "secretary")


def _moves(pen: Pen, registered: date) -> None:
    days = (pen.last - registered).days
    if days < 200 or not pen.moves or pen.rng.random() > 0.22:
        return
    day = working_day(registered + timedelta(days=pen.rng.randrange(100, days)))
    if day > pen.last:
        return
    body = contacts(pen)
    if body.phones:
        changed = Phone(number=places.mobile(pen.rng), use="mobile")
        body = msgspec.structs.replace(body, phones=[changed, *body.phones[1:]])
    pen.scribe.write(body, moment(day, pen.rng.randrange(9, 17), pen.rng.randrange(0, 59)), "secretary")


def died(pen: Pen, when: datetime, day: date, known: PatientIdentified, previous: FactId) -> None:
    """Write a death, on the identity as last known."""
    pen.scribe.write(
        msgspec.structs.replace(known, deceased=day.isoformat()), when, "secretary", replaces=(previous,)
    )
