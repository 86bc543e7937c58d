"""Writing who a patient is: register, correct, reach, médecin traitant, death.

A correction carries the fact its form showed (`replaces`); when another has been written since, it is refused
as "changed_meanwhile": nobody overwrites what they have not seen. Tying records together is in tying.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import msgspec

from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.kinds import Body
from lanterne.practice.patients import queries
from lanterne.practice.patients.dates import parse_birth_date
from lanterne.practice.patients.facts import AttendingRecorded, ContactsRecorded, PatientIdentified
from lanterne.practice.patients.queries import Suspect
from lanterne.practice.patients.rules import (
    check_attending,
    check_contacts,
    check_identity,
    check_step,
    last_day,
)
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId

B = TypeVar("B", bound=Body)


class DuplicateSuspected(Refusal):
    """This patient may exist already; `candidates` are shown, and a second submission may confirm a new one."""

    def __init__(self, candidates: tuple[Suspect, ...]) -> None:
        super().__init__("duplicate_suspected", count=str(len(candidates)))
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What registering must know: the id drawn for the patient, the day, and who looks alike."""

    patient: PatientId
    today: date
    identity: PatientIdentified
    candidates: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True)
class RegisterPatient:
    """A new patient, with contacts and médecin traitant when given, in one entry.

    Attributes:
        identity: dates in any French form.
        confirmed_new: somebody looked at the candidates of a DuplicateSuspected and says it is another
            person.
        insi_answered: INSi, or a document carrying a qualified INS, gave these traits; else the identity may
            only be
            provisional or validated.
        patient: id drawn when the form was shown; None: drawn by the door.
        id: of the identity's fact, drawn when the form was shown, so that a form sent twice writes once.
    """

    identity: PatientIdentified
    contacts: ContactsRecorded | None = None
    attending: AttendingRecorded | None = None
    confirmed_new: bool = False
    insi_answered: bool = False
    patient: PatientId | None = None
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    def load(self, look: Look) -> Newcomer:
        """See Command.load. The identity is checked first: candidates are looked for under what will be
        written.
        """
        today = last_day(look.now_ms)
        identity = check_identity(self.identity, today=today)
        patient = self.patient or PatientId(look.new_id())
        candidates = () if self.confirmed_new else tuple(queries.suspected_of(look.connection, identity))
        return Newcomer(patient, today, identity, candidates)

    def decide(self, known: Newcomer) -> Sequence[NewFact]:
        """See Command.decide. Raises DuplicateSuspected."""
        check_step(None, known.identity, insi_answered=self.insi_answered)
        candidates = tuple(found for found in known.candidates if found.patient != known.patient)
        if candidates and not self.confirmed_new:
            raise DuplicateSuspected(candidates)
        facts = [NewFact(known.identity, known.patient, self.id)]
        if self.contacts is not None:
            facts.append(NewFact(check_contacts(self.contacts), known.patient))
        if self.attending is not None:
            facts.append(NewFact(check_attending(self.attending), known.patient))
        return facts


@dataclass(frozen=True, slots=True)
class Held(Generic[B]):
    """What a correction must know: the fact that counts now (None: none yet), and fields of it we do not
    know.

    `own` is False when that fact belongs to a record merged into this one: it is followed, not replaced.
    """

    patient: PatientId
    today: date
    fact: FactId | None
    own: bool
    body: B | None
    unknown: dict[str, object]


@dataclass(frozen=True, slots=True)
class CorrectIdentity:
    """The identity anew, whole.

    Attributes:
        replaces: the fact the form showed.
        insi_answered: INSi gave these traits now. Without it, traits that INSi vouched for change only
            together with a
            status that no longer claims so.
    """

    patient: PatientId
    replaces: FactId
    identity: PatientIdentified
    insi_answered: bool = False
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    def load(self, look: Look) -> Held[PatientIdentified]:
        """See Command.load."""
        return _held(look, self.patient, PatientIdentified)

    def decide(self, known: Held[PatientIdentified]) -> Sequence[NewFact]:
        """See Command.decide."""
        _refuse_stale(known, self.replaces)
        identity = check_identity(self.identity, today=known.today)
        check_step(known.body, identity, insi_answered=self.insi_answered)
        return [_correction(known, identity, self.id)]


@dataclass(frozen=True, slots=True)
class RecordDeath:
    """The patient died on `deceased` (any French form, at the precision known). An empty date withdraws a
    mistake.
    """

    patient: PatientId
    replaces: FactId
    deceased: str
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    def load(self, look: Look) -> Held[PatientIdentified]:
        """See Command.load."""
        return _held(look, self.patient, PatientIdentified)

    def decide(self, known: Held[PatientIdentified]) -> Sequence[NewFact]:
        """See Command.decide. Nothing else of the identity changes, nor is checked anew."""
        _refuse_stale(known, self.replaces)
        if known.body is None:
            raise UnknownPatient("no identity of this patient here")
        deceased = parse_birth_date(self.deceased, known.today, field="deceased")
        born = known.body.birth_date
        if deceased and born and deceased[: len(born)] < born[: len(deceased)]:
            raise Refusal("death_before_birth", field="deceased")
        return [_correction(known, msgspec.structs.replace(known.body, deceased=deceased), self.id)]


@dataclass(frozen=True, slots=True)
class _RecordWhole(ABC, Generic[B]):
    """What is stated of the patient, whole. `replaces` is the fact the form showed, None when there was none."""

    patient: PatientId
    replaces: FactId | None
    stated: B
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    @abstractmethod
    def checked(self) -> B:
        """What will be written; raises Refusal."""

    def load(self, look: Look) -> Held[B]:
        """See Command.load."""
        return _held(look, self.patient, type(self.stated))

    def decide(self, known: Held[B]) -> Sequence[NewFact]:
        """See Command.decide."""
        _refuse_stale(known, self.replaces)
        return [_correction(known, self.checked(), self.id)]


class RecordContacts(_RecordWhole[ContactsRecorded]):
    """How to reach the patient."""

    __slots__ = ()

    def checked(self) -> ContactsRecorded:
        """See rules.check_contacts."""
        return check_contacts(self.stated)


class RecordAttending(_RecordWhole[AttendingRecorded]):
    """The médecin traitant."""

    __slots__ = ()

    def checked(self) -> AttendingRecorded:
        """See rules.check_attending."""
        return check_attending(self.stated)


def _held(look: Look, patient: PatientId, body: type[B]) -> Held[B]:
    group = queries.group_of(look.connection, patient)
    if group is None:
        raise UnknownPatient("no such patient")
    if group.patient != patient:
        raise Refusal("merged_meanwhile")
    # What the page showed: the survivor's own fact, else that of a record merged into it (queries.contacts).
    shown = _shown(look.connection, group, body)
    today = last_day(look.now_ms)
    if shown is None:
        return Held(patient, today, None, False, None, {})
    version, raw = shown
    fields = (field.encode_name for field in msgspec.structs.fields(body))
    unknown = unknown_fields(msgspec.msgpack.decode(raw), fields)
    return Held(patient, today, version.fact, version.patient == patient, version.body, unknown)


def _shown(
    connection: Connection, group: queries.Group, body: type[B]
) -> tuple[queries.Version[B], bytes] | None:
    version = next(iter(queries.versions(connection, group, body)), None)
    if version is None:
        return None
    row = connection.execute("SELECT body FROM fact WHERE id = ?", (bytes.fromhex(version.fact),)).fetchone()
    return version, bytes(row[0])


def _refuse_stale(known: Held[B], replaces: FactId | None) -> None:
    if known.fact != replaces:
        raise Refusal("changed_meanwhile")


def _correction(known: Held[B], body: Body, fact: FactId | None) -> NewFact:
    replaces = (known.fact,) if known.fact is not None and known.own else ()
    return NewFact(body, known.patient, fact, replaces=replaces, unknown=known.unknown)
