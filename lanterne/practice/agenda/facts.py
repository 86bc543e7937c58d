"""Appointments and closed slots (FHIR Appointment), what arranges them (kinds, hours, absences, public holidays), who
came, and notes of a day: sealed for the office, for the secretary keeps the agenda.

They concern the practice, not the patient they name: a slot typed under a name is tied to a chart later, and a slot
that is closed has no patient at all. Times are those of the clock on the wall (`start`, `zone`): an appointment at nine
stays at nine when the law moves summer time; the fact's own `at` says the same with the offset known when it was
written.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from lanterne.practice.kinds import Body, Concerns, Shape, office

ZONE = "Europe/Paris"


class Appointment(Body):
    """A slot of one practitioner, whole.

    Attributes:
        practitioner: id of the person in the membership.
        start: local date and time, "2026-11-23T09:15". `minutes`: its duration. `zone`: whose wall.
        service: what it is: a word of rules.SERVICES, or the code of a service.described; another is kept and shown as
            it is.
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


class ServiceDescribed(Body):
    """A kind of appointment (FHIR HealthcareService), whole; the later of several wins.

    Attributes:
        code: a word of rules.SERVICES to describe it otherwise, else an id drawn once.
        minutes: how long it usually takes. `offered`: whether it may be chosen for a new appointment.
    """

    KIND: ClassVar[str] = "service.described"
    code: str
    label: str
    minutes: int
    offered: bool = True


class Opening(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Hours of one day of every week: `day` 1 is Monday, 7 Sunday; "08:00" to "12:00" by the clock on the wall."""

    day: int
    start: str
    end: str


class HoursDescribed(Body):
    """When a practitioner receives, each week (FHIR Schedule, HealthcareService.availableTime), whole; the later wins.

    Attributes:
        practitioner: id of the person in the membership.
        openings: in any order.
        on_holidays: whether public holidays are worked like other days.
    """

    KIND: ClassVar[str] = "hours.described"
    practitioner: str
    openings: list[Opening] = []
    on_holidays: bool = False


class CalendarDescribed(Body):
    """Which public holidays the practice keeps: a word of reference.holidays.REGIONS, or "none". The later wins."""

    KIND: ClassVar[str] = "calendar.described"
    region: str = "metropole"


class AbsenceStated(Body):
    """A practitioner is not there (FHIR HealthcareService.notAvailable): leave, or the same hours every few weeks.

    Attributes:
        practitioner: id of the person in the membership.
        first, last: first and last day, "2026-12-21"; an empty `last` has no end.
        weekdays: 1 is Monday; none: every day between.
        every: in one week out of so many, counted from that of `first`.
        start, end: the hours not there, "14:00"; both empty: the whole day.
        reason: a word of rules.ABSENCES. `covered_by`: the person who sees the patients meanwhile.
    """

    KIND: ClassVar[str] = "absence.stated"
    practitioner: str
    first: str
    last: str = ""
    weekdays: list[int] = []
    every: int = 1
    start: str = ""
    end: str = ""
    reason: str = "leave"
    covered_by: str = ""
    comment: str = ""


class AbsenceWithdrawn(Body):
    """The absences named in `replaces` do not take place."""

    KIND: ClassVar[str] = "absence.withdrawn"
    reason: str = ""


class AttendanceNoted(Body):
    """Whether who has an appointment came; the fact's `at` says when. The last noted counts, the others stay readable.

    Attributes:
        appointment: any version of it.
        state: FHIR Appointment.status and Encounter.status: "arrived" (waits), "in_progress", "finished", "noshow";
            "booked" takes back what was noted.
    """

    KIND: ClassVar[str] = "appointment.attendance"
    appointment: str
    state: str


class AgendaNoteWritten(Body):
    """A few words for a day: of one practitioner, or of all (`practitioner` empty)."""

    KIND: ClassVar[str] = "agenda.note_written"
    day: str
    text: str
    practitioner: str = ""


class AgendaNoteWithdrawn(Body):
    """The notes named in `replaces` hold no more."""

    KIND: ClassVar[str] = "agenda.note_withdrawn"
    reason: str = ""


KINDS = (
    office(AppointmentBooked, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(AppointmentMoved, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(AppointmentCancelled, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
    office(OverlapWanted, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(OverlapUnwanted, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
    office(ServiceDescribed, concerns=Concerns.PRACTICE, shape=Shape.LATEST),
    office(HoursDescribed, concerns=Concerns.PRACTICE, shape=Shape.LATEST),
    office(CalendarDescribed, concerns=Concerns.PRACTICE, shape=Shape.LATEST),
    office(AbsenceStated, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(AbsenceWithdrawn, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
    office(AttendanceNoted, concerns=Concerns.PRACTICE, shape=Shape.EVENT),
    office(AgendaNoteWritten, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(AgendaNoteWithdrawn, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
)
