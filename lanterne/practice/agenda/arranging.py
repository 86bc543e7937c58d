"""Describing kinds of appointments, hours and public holidays; stating absences; noting who came, and words for a day.

Forms carry the version they showed: what was described otherwise meanwhile is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from lanterne.practice.agenda import arrangements, queries
from lanterne.practice.agenda.arrangements import Held
from lanterne.practice.agenda.attendance import EXPECTED, Attendance, of_threads
from lanterne.practice.agenda.facts import (
    ZONE,
    AbsenceStated,
    AbsenceWithdrawn,
    AgendaNoteWithdrawn,
    AgendaNoteWritten,
    AttendanceNoted,
    CalendarDescribed,
    HoursDescribed,
    ServiceDescribed,
)
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import (
    ATTENDANCE,
    CLOSED,
    check_absence,
    check_hours,
    check_note,
    check_region,
    check_service,
    minute_at,
    start_of,
    with_offset,
)
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.kinds import Body
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PersonId


@dataclass(frozen=True, slots=True)
class Known:
    """What stands of what is described, and whether the persons named are of the practice."""

    held: tuple[Held, ...]
    practitioner_known: bool = True
    covering_known: bool = True


@dataclass(frozen=True, slots=True)
class DescribeService:
    """A kind of appointment, whole. `shown`: the description the form showed, None when there was none."""

    service: ServiceDescribed
    shown: FactId | None = None
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _described(look, ServiceDescribed.KIND, self.service.code)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_service(self.service)
        return _later(known, self.shown, self.service, self.id)


@dataclass(frozen=True, slots=True)
class DescribeHours:
    """The week of a practitioner, whole."""

    hours: HoursDescribed
    shown: FactId | None = None
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        known = _described(look, HoursDescribed.KIND, self.hours.practitioner)
        return Known(known.held, _is_of_practice(look.connection, self.hours.practitioner))

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_hours(self.hours)
        if not known.practitioner_known:
            raise Refusal("agenda_practitioner", field="practitioner")
        return _later(known, self.shown, self.hours, self.id)


@dataclass(frozen=True, slots=True)
class DescribeCalendar:
    """Which public holidays the practice keeps."""

    calendar: CalendarDescribed
    shown: FactId | None = None
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _described(look, CalendarDescribed.KIND, "")

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_region(self.calendar.region)
        return _later(known, self.shown, self.calendar, self.id)


@dataclass(frozen=True, slots=True)
class StateAbsence:
    """A practitioner is away. `shown`: the version (or versions) it takes the place of."""

    absence: AbsenceStated
    shown: tuple[FactId, ...] = ()
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        held = _standing(look.connection, self.shown, arrangements.absence, "agenda_absence_gone")
        return Known(
            held,
            _is_of_practice(look.connection, self.absence.practitioner),
            not self.absence.covered_by or _is_of_practice(look.connection, self.absence.covered_by),
        )

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_absence(self.absence)
        for is_known, field in (
            (known.practitioner_known, "practitioner"),
            (known.covering_known, "covered_by"),
        ):
            if not is_known:
                raise Refusal("agenda_practitioner", field=field)
        return [_in_place_of(known.held, self.absence, self.id, self.absence.first)]


@dataclass(frozen=True, slots=True)
class WithdrawAbsence:
    """These absences do not take place."""

    shown: tuple[FactId, ...]
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> tuple[Held, ...]:
        """See Command.load."""
        return _standing(look.connection, self.shown, arrangements.absence, "agenda_absence_gone")

    def decide(self, known: tuple[Held, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        return _withdrawn(known, AbsenceWithdrawn(), self.id)


@dataclass(frozen=True, slots=True)
class WriteNote:
    """A few words for a day. `shown`: the note it takes the place of."""

    note: AgendaNoteWritten
    shown: tuple[FactId, ...] = ()
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        held = _standing(look.connection, self.shown, arrangements.note, "agenda_note_gone")
        known = not self.note.practitioner or _is_of_practice(look.connection, self.note.practitioner)
        return Known(held, known)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_note(self.note)
        if not known.practitioner_known:
            raise Refusal("agenda_practitioner", field="practitioner")
        return [_in_place_of(known.held, self.note, self.id, self.note.day)]


@dataclass(frozen=True, slots=True)
class WithdrawNote:
    """These notes hold no more."""

    shown: tuple[FactId, ...]
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> tuple[Held, ...]:
        """See Command.load."""
        return _standing(look.connection, self.shown, arrangements.note, "agenda_note_gone")

    def decide(self, known: tuple[Held, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        return _withdrawn(known, AgendaNoteWithdrawn(), self.id)


@dataclass(frozen=True, slots=True)
class NoteAttendance:
    """Who has this appointment came, is seen, has left, or did not come.

    Attributes:
        shown: the state the page showed; noted otherwise meanwhile, it is refused.
        state: a word of rules.ATTENDANCE.
    """

    appointment: FactId
    state: str
    shown: str = "booked"
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> tuple[Meeting, Attendance, int]:
        """See Command.load."""
        held = queries.one(look.connection, self.appointment)
        noted = of_threads(look.connection, [(held.thread, held.body.start[:10])])
        return held, noted.get(held.thread, EXPECTED), minute_at(look.now_ms)

    def decide(self, known: tuple[Meeting, Attendance, int]) -> Sequence[NewFact]:
        """See Command.decide."""
        held, noted, minute = known
        if self.state not in ATTENDANCE:
            raise Refusal("agenda_attendance", field="state")
        if not held.live:
            raise Refusal("agenda_gone")
        if held.body.service == CLOSED:
            raise Refusal("agenda_nobody_comes")
        if noted.state == self.state:
            raise Refusal("nothing_to_write")
        if noted.state != self.shown:
            raise Refusal("agenda_attendance_changed")
        body = AttendanceNoted(appointment=held.fact, state=self.state)
        return [NewFact(body, None, self.id, with_offset(start_of(minute), ZONE))]


def _described(look: Look, kind: str, key: str) -> Known:
    held = arrangements.described(look.connection, kind, key)
    return Known((held,) if held is not None else ())


def _is_of_practice(connection: Connection, person: str) -> bool:
    return team.person(connection, PersonId(person)) is not None


def _later(known: Known, shown: FactId | None, body: Body, identifier: FactId | None) -> list[NewFact]:
    if (known.held[0].fact if known.held else None) != shown:
        raise Refusal("changed_meanwhile")
    return [_in_place_of(known.held, body, identifier)]


def _in_place_of(
    held: Sequence[Held], body: Body, identifier: FactId | None, at: str | None = None
) -> NewFact:
    fields = [field.encode_name for field in msgspec.structs.fields(body)]
    unknown: dict[str, object] = {}
    for one in held:
        unknown.update(unknown_fields(one.raw, fields))
    return NewFact(body, None, identifier, at, tuple(one.fact for one in held), unknown)


def _standing(
    connection: Connection, shown: Sequence[FactId], find: Callable[[Connection, FactId], Held], gone: str
) -> tuple[Held, ...]:
    try:
        return tuple(find(connection, fact) for fact in dict.fromkeys(shown))
    except UnknownFact as error:
        raise Refusal(gone) from error


def _withdrawn(held: tuple[Held, ...], body: Body, identifier: FactId | None) -> list[NewFact]:
    if not held:
        raise Refusal("nothing_to_withdraw")
    return [NewFact(body, None, identifier, replaces=tuple(one.fact for one in held))]
