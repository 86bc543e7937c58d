"""Tying records together: two are one person, two are not, and taking either back.

Both say something about two records and are written under the one whose id comes as `patient`. Forms carry
the identity facts they showed side by side, so that nobody merges what has changed since they compared it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.patients import queries
from lanterne.practice.patients.facts import PatientRetracted, PatientsDistinct, PatientsMerged
from lanterne.practice.patients.queries import Group, Identity, Version
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId


@dataclass(frozen=True, slots=True)
class Two:
    """Two persons of the practice as they are now, and whether somebody declared them distinct."""

    first: Identity
    second: Identity
    declared_apart: bool


@dataclass(frozen=True, slots=True)
class MergePatients:
    """Two records are one person; `survivor` is kept, `absorbed` leads to it. Undone by UndoMerge.

    Attributes:
        survivor_shown, absorbed_shown: the identity facts compared on the screen.
    """

    survivor: PatientId
    absorbed: PatientId
    survivor_shown: FactId
    absorbed_shown: FactId
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    def load(self, look: Look) -> Two:
        """See Command.load."""
        return _two(look.connection, self.survivor, self.absorbed)

    def decide(self, known: Two) -> Sequence[NewFact]:
        """See Command.decide. Two qualified matricules that differ are two persons, whatever they look like."""
        if (known.first.fact, known.second.fact) != (self.survivor_shown, self.absorbed_shown):
            raise Refusal("changed_meanwhile")
        if known.declared_apart:
            raise Refusal("merge_declared_distinct")
        one, other = known.first, known.second
        if one.status == other.status == "qualified" and one.ins != other.ins:
            raise Refusal("merge_two_ins")
        return [NewFact(PatientsMerged(absorbed=self.absorbed), self.survivor, self.id)]


@dataclass(frozen=True, slots=True)
class DeclareDistinct:
    """Two records look alike and are two persons: no longer suspected."""

    patient: PatientId
    other: PatientId
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    def load(self, look: Look) -> Two:
        """See Command.load."""
        return _two(look.connection, self.patient, self.other)

    def decide(self, known: Two) -> Sequence[NewFact]:
        """See Command.decide."""
        if known.declared_apart:
            raise Refusal("distinct_already")
        return [NewFact(PatientsDistinct(other=self.other), self.patient, self.id)]


@dataclass(frozen=True, slots=True)
class Links:
    """Facts that say the same thing of the same two records, and the record they are written under."""

    patient: PatientId
    facts: tuple[FactId, ...]


@dataclass(frozen=True, slots=True)
class _Undo(ABC):
    patient: PatientId
    fact: FactId
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.WRITE_IDENTITY

    @abstractmethod
    def standing(self, connection: Connection) -> Sequence[Version[Any]]:
        """What of this kind stands among this person's records."""

    @property
    @abstractmethod
    def missing(self) -> str:
        """The word of the refusal when `fact` is none of it."""

    def load(self, look: Look) -> Links:
        """See Command.load."""
        standing = self.standing(look.connection)
        named = next((link for link in standing if link.fact == self.fact), None)
        if named is None:
            raise Refusal(self.missing)
        same = [link for link in standing if (link.patient, link.body) == (named.patient, named.body)]
        return Links(named.patient, tuple(link.fact for link in same))

    def decide(self, known: Links) -> Sequence[NewFact]:
        """See Command.decide."""
        return [NewFact(PatientRetracted(reason=self.reason), known.patient, self.id, replaces=known.facts)]


class UndoMerge(_Undo):
    """Take a merge back: both records are as before. `fact` is one of queries.merges.

    The same merge written twice (on two devices at once) is taken back whole; one written the other way round
    is another fact, shown as such, and stands until it is undone as well.
    """

    __slots__ = ()
    missing = "merge_not_here"

    def standing(self, connection: Connection) -> Sequence[Version[Any]]:
        """See queries.merges."""
        return queries.merges(connection, self.patient)


class UndoDistinct(_Undo):
    """Take a declaration of distinction back. `fact` is one of queries.distinctions."""

    __slots__ = ()
    missing = "distinct_not_here"

    def standing(self, connection: Connection) -> Sequence[Version[Any]]:
        """See queries.distinctions."""
        return queries.distinctions(connection, self.patient)


def _two(connection: Connection, first: PatientId, second: PatientId) -> Two:
    groups: list[Group] = []
    for patient in (first, second):
        group = queries.group_of(connection, patient)
        if group is None:
            raise UnknownPatient("no such patient")
        groups.append(group)
    one, other = groups
    if one.patient == other.patient:
        raise Refusal("merge_same")
    if (one.patient, other.patient) != (first, second):
        raise Refusal("merged_meanwhile")
    identities = [queries.identity(connection, group.patient) for group in groups]
    if identities[0] is None or identities[1] is None:
        raise UnknownPatient("no identity of this patient here")
    return Two(identities[0], identities[1], queries.declared_apart(connection, one, other))
