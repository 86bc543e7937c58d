"""Appointments and closed slots (FHIR Appointment), sealed for the office: the secretary keeps the agenda.

They concern the practice, not the patient they name: a slot typed under a name is tied to a chart later, and a slot
that is closed has no patient at all. Times are those of the clock on the wall (`start`, `zone`): an appointment at nine
stays at nine when the law moves summer time; the fact's own `at` says the same with the offset known when it was
written.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Concerns, Shape, office

ZONE = "Europe/Paris"


class Appointment(Body):
    """A slot of one practitioner, whole.

    Attributes:
        practitioner: id of the person in the membership.
        start: local date and time, "2026-11-23T09:15". `minutes`: its duration. `zone`: whose wall.
        service: what it is (rules.SERVICES); a word of a later program is kept and shown as it is.
        patient: id of the patient; empty for a name only typed, or a closed slot.
        name, phone: as typed, when there is no chart yet.
        reason: a few words.
    """

    practitioner: str
    start: str
    minutes: int
    zone: str
    service: str = "consultation"
    patient: str = ""
    name: str = ""
    phone: str = ""
    reason: str = ""
    comment: str = ""


class AppointmentBooked(Appointment):
    """A slot is taken. One that names earlier versions in `replaces` takes up a cancelled one, or settles several."""

    KIND: ClassVar[str] = "appointment.booked"


class AppointmentMoved(Appointment):
    """The slot named in `replaces` as it stands now: another time, another practitioner, other words."""

    KIND: ClassVar[str] = "appointment.moved"


class AppointmentCancelled(Body):
    """The appointments named in `replaces` will not take place; `by` says who gave up (FHIR cancelationReason)."""

    KIND: ClassVar[str] = "appointment.cancelled"
    by: Literal["patient", "practice", "mistake"] = "patient"
    reason: str = ""


class OverlapWanted(Body):
    """These appointments overlap on purpose (a couple together, a child between two). Any version's id names an
    appointment.
    """

    KIND: ClassVar[str] = "appointment.overlap_wanted"
    appointments: list[str]


class OverlapUnwanted(Body):
    """Takes back the appointment.overlap_wanted facts named in `replaces`."""

    KIND: ClassVar[str] = "appointment.overlap_unwanted"
    reason: str = ""


KINDS = (
    office(AppointmentBooked, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(AppointmentMoved, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(AppointmentCancelled, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
    office(OverlapWanted, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(OverlapUnwanted, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
)
