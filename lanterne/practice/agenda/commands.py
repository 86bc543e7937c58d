"""Booking, moving, cancelling, and saying that an overlap is wanted.

A slot already taken is refused, with what takes it, unless the person says that both are wanted: the door never
books twice unseen, nor on a practitioner's absence. What two devices book at once is shown to both
(queries.double_bookings). Forms carry the version they showed: what was moved meanwhile is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from lanterne.practice.agenda import queries
from lanterne.practice.agenda.arrangements import Arrangements, arrangements
from lanterne.practice.agenda.facts import (
    Appointment,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    OverlapUnwanted,
    OverlapWanted,
)
from lanterne.practice.agenda.folding import NAMED_MOST, slot_of
from lanterne.practice.agenda.hours import Absence
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import CANCELLED_BY, CLOSED, TEXT_CHARACTERS, check, day_of, with_offset
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PatientId, PersonId


class OverlapSuspected(Refusal):
    """The slot is taken; `others` take it. A second submission may say that both are wanted."""

    def __init__(self, others: tuple[Meeting, ...]) -> None:
        super().__init__("agenda_overlap", field="start")
        self.others = others


class AbsenceSuspected(Refusal):
    """The practitioner is away then: `absences` say so. A second submission may say that it is wanted all the same."""

    def __init__(self, absences: tuple[Absence, ...]) -> None:
        super().__init__("agenda_absent", field="start")
        self.absences = absences


@dataclass(frozen=True, slots=True)
class Known:
    """What the door loaded: the id to write under, the slot as it will stand, the versions it replaces, what takes
    its minutes, the absences it falls on, codes of the kinds there are, and fields of the replaced version this program
    does not know.
    """

    id: FactId
    body: Appointment
    replaced: tuple[FactId, ...]
    others: tuple[Meeting, ...]
    unknown: dict[str, object]
    practitioner_known: bool
    away: tuple[Absence, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Take a slot.

    Attributes:
        overlap_wanted: somebody looked at what takes the slot already and wants both.
        absence_known: somebody looked at the practitioner's absence and wants it all the same.
        id: drawn when the form was shown, so that a form sent twice books once.
    """

    appointment: AppointmentBooked
    overlap_wanted: bool = field(default=False, kw_only=True)
    absence_known: bool = field(default=False, kw_only=True)
    id: FactId | None = field(default=None, kw_only=True)
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.id, self.appointment, ())

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide. Raises OverlapSuspected, AbsenceSuspected."""
        return _taken(known, overlap_wanted=self.overlap_wanted, absence_known=self.absence_known)


@dataclass(frozen=True, slots=True)
class Move:
    """An appointment as it stands from now on: another hour, practitioner, patient or words.

    Attributes:
        shown: the versions the form showed: one, or all that stand when several are settled into one.
        overlap_left: what takes the slot already is no reason to refuse: the overlap is left to settle; nor is an
            absence.
    """

    shown: tuple[FactId, ...]
    appointment: AppointmentMoved
    overlap_wanted: bool = field(default=False, kw_only=True)
    overlap_left: bool = field(default=False, kw_only=True)
    absence_known: bool = field(default=False, kw_only=True)
    id: FactId | None = field(default=None, kw_only=True)
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.id, self.appointment, _standing(look.connection, self.shown))

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide. Raises OverlapSuspected, AbsenceSuspected."""
        return _taken(
            known,
            overlap_wanted=self.overlap_wanted,
            overlap_left=self.overlap_left,
            absence_known=self.absence_known or self.overlap_left,
        )


@dataclass(frozen=True, slots=True)
class Cancel:
    """An appointment will not take place. `by`: a word of rules.CANCELLED_BY."""

    shown: tuple[FactId, ...]
    by: str = "patient"
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> tuple[FactId, ...]:
        """See Command.load."""
        return tuple(held.fact for held in _standing(look.connection, self.shown))

    def decide(self, known: tuple[FactId, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        if self.by not in CANCELLED_BY:
            raise Refusal("value_not_in_list", field="by")
        if len(self.reason) > TEXT_CHARACTERS:
            raise Refusal("agenda_text_long", field="reason", limit=str(TEXT_CHARACTERS))
        body = AppointmentCancelled(by=self.by, reason=self.reason.strip())  # type: ignore[arg-type]
        return [NewFact(body, None, self.id, replaces=known)]


@dataclass(frozen=True, slots=True)
class Restore:
    """Take up a cancelled appointment as it was. `cancelled` is its last version."""

    cancelled: FactId
    overlap_wanted: bool = field(default=False, kw_only=True)
    id: FactId | None = field(default=None, kw_only=True)
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> Known:
        """See Command.load."""
        held = queries.one(look.connection, self.cancelled)
        if held.live or queries.versions(look.connection, held.thread):
            raise Refusal("agenda_not_cancelled")
        body = msgspec.convert(msgspec.to_builtins(held.body), AppointmentBooked)
        return _known(look, self.id, body, (held,))

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide. Raises OverlapSuspected."""
        return _taken(known, overlap_wanted=self.overlap_wanted, absence_known=True)


@dataclass(frozen=True, slots=True)
class WantOverlap:
    """These appointments overlap on purpose: no longer listed."""

    appointments: tuple[FactId, ...]
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> tuple[Meeting, ...]:
        """See Command.load."""
        return tuple(queries.one(look.connection, fact) for fact in self.appointments)

    def decide(self, known: tuple[Meeting, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        if not 2 <= len({held.thread for held in known}) <= NAMED_MOST:
            raise Refusal("agenda_one_only")
        if not all(held.live for held in known):
            raise Refusal("agenda_gone")
        return [NewFact(OverlapWanted(appointments=[held.fact for held in known]), None, self.id)]


@dataclass(frozen=True, slots=True)
class UnwantOverlap:
    """Take back that an overlap is wanted: it is listed again. `wanted` names one such fact; the others that say the
    same (said on two devices at once) go with it.
    """

    wanted: FactId
    id: FactId | None = None
    right: Right = Right.KEEP_AGENDA

    def load(self, look: Look) -> tuple[FactId, ...]:
        """See Command.load."""
        named = queries.wanted_of(look.connection, self.wanted)
        if not named:
            raise Refusal("agenda_not_wanted")
        return tuple(queries.wanted(look.connection, named)) or (self.wanted,)

    def decide(self, known: tuple[FactId, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        return [NewFact(OverlapUnwanted(), None, self.id, replaces=known)]


def _known(look: Look, identifier: FactId | None, body: Appointment, replaced: tuple[Meeting, ...]) -> Known:
    connection = look.connection
    if body.patient:
        group = patients.group_of(connection, PatientId(body.patient))
        if group is None:
            raise UnknownPatient("no such patient")
        body = msgspec.structs.replace(body, patient=group.patient)
    others = queries.overlapping(connection, body, {held.thread for held in replaced})
    # Said once that two appointments are wanted together, it need not be said again at every move.
    asked = tuple(
        other
        for other in others
        if not any(queries.wanted(connection, (held.fact, other.fact)) for held in replaced)
    )
    arranged = arrangements(connection)
    return Known(
        identifier or FactId(look.new_id()), body, tuple(held.fact for held in replaced), asked,
        _unknown(connection, replaced, body),
        team.person(connection, PersonId(body.practitioner)) is not None,
        () if _stays(body, replaced) else _away(arranged, body), tuple(arranged.services),
    )  # fmt: skip


def _stays(body: Appointment, replaced: Sequence[Meeting]) -> bool:
    """Whether only the words change: the hour was looked at when it was taken."""
    slot = slot_of(msgspec.to_builtins(body))
    return any(slot == (held.practitioner, held.starts, held.ends) for held in replaced)


def _away(arranged: Arrangements, body: Appointment) -> tuple[Absence, ...]:
    """Absences of the practitioner the slot falls on; a closed slot falls on none."""
    slot, on = slot_of(msgspec.to_builtins(body)), day_of(body.start[:10])
    if slot is None or on is None or body.service == CLOSED:
        return ()
    practitioner, starts, ends = slot
    return tuple(arranged.of(PersonId(practitioner)).away(starts, ends, on))


def _unknown(connection: Connection, replaced: Sequence[Meeting], body: Appointment) -> dict[str, object]:
    fields = [field.encode_name for field in msgspec.structs.fields(body)]
    kept: dict[str, object] = {}
    for held in replaced:
        row = connection.execute("SELECT body FROM fact WHERE id = ?", (bytes.fromhex(held.fact),)).fetchone()
        kept.update(unknown_fields(msgspec.msgpack.decode(row[0]), fields))
    return kept


def _standing(connection: Connection, shown: Sequence[FactId]) -> tuple[Meeting, ...]:
    """The versions shown, with those that say the same: replacing one leaves no twin behind.

    Raises:
        Refusal: "agenda_gone": one of them stands no more, or they are not one appointment.
    """
    held = [queries.one(connection, fact) for fact in dict.fromkeys(shown)]
    if not held or not all(one.live for one in held) or len({one.thread for one in held}) != 1:
        raise Refusal("agenda_gone")
    bodies = [msgspec.to_builtins(one.body) for one in held]
    return tuple(
        one for one in queries.versions(connection, held[0].thread) if msgspec.to_builtins(one.body) in bodies
    )


def _taken(
    known: Known, *, overlap_wanted: bool, absence_known: bool, overlap_left: bool = False
) -> list[NewFact]:
    check(known.body, known.services)
    if not known.practitioner_known:
        raise Refusal("agenda_practitioner", field="practitioner")
    if known.away and not absence_known:
        raise AbsenceSuspected(known.away)
    if known.others and not (overlap_wanted or overlap_left):
        raise OverlapSuspected(known.others)
    at = with_offset(known.body.start, known.body.zone)
    facts = [NewFact(known.body, None, known.id, at, known.replaced, known.unknown)]
    if known.others and overlap_wanted:
        named = [known.id, *(other.fact for other in known.others[: NAMED_MOST - 1])]
        facts.append(NewFact(OverlapWanted(appointments=[str(one) for one in named]), None))
    return facts
