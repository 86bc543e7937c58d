"""Keeping what came and is in no chart, handing it to somebody, settling it; seeing what is in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from lanterne.practice.arrivals.facts import ArrivalReceived, ArrivalSettled
from lanterne.practice.chart.checks import check
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.documents.facts import DocumentArrived, DocumentSeen
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.kinds import Body
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId, PersonId

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class ReceiveArrival:
    """Keep what nobody's chart takes yet. `id` is drawn from the file: the same file is one arrival."""

    arrival: ArrivalReceived
    id: FactId
    at: str | None = None
    right: Right = Right.FILE_DOCUMENT

    def load(self, look: Look) -> int:
        """See Command.load."""
        return look.now_ms

    def decide(self, known: int) -> Sequence[NewFact]:
        """See Command.decide. A date that is none is left out: the file has not been read by anybody yet."""
        at = self.at
        try:
            check(self.arrival, at, "", known)
        except Refusal as refusal:
            if refusal.field != "at":
                raise
            at = None
        return [NewFact(self.arrival, None, self.id, at)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An arrival that waits: its subject (None: the practice) and body."""

    subject: PatientId | None
    body: Body


@dataclass(frozen=True, slots=True)
class SettleArrival:
    """The arrival was attached to a chart as `document`, or discarded for `reason`."""

    arrival: FactId
    document: FactId | None = None
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> Waiting:
        """See Command.load."""
        return _waiting(look.connection, self.arrival, ArrivalReceived)

    def decide(self, known: Waiting) -> Sequence[NewFact]:
        """See Command.decide."""
        settled = ArrivalSettled(
            how="attached" if self.document else "discarded",
            document=self.document or "",
            reason=self.reason.strip(),
        )
        check(settled, None, "", 0)
        return [NewFact(settled, None, self.id, None, (self.arrival,))]


@dataclass(frozen=True, slots=True)
class SeeDocument:
    """Somebody saw a document that had come. `patient` is carried by the form and must be its own."""

    patient: PatientId
    arrived: FactId
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> Waiting:
        """See Command.load."""
        return _waiting(look.connection, self.arrived, DocumentArrived)

    def decide(self, known: Waiting) -> Sequence[NewFact]:
        """See Command.decide."""
        if known.subject != self.patient:
            raise Refusal("other_patient")
        return [NewFact(DocumentSeen(), known.subject, self.id, None, (self.arrived,))]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody of the practice is in charge of what waits; an empty `person` puts it back for everybody.

    Attributes:
        arrivals: the live facts shown; two, when two persons were named at once on two devices.
    """

    arrivals: tuple[FactId, ...]
    person: PersonId | None
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> tuple[Waiting, ...]:
        """See Command.load."""
        return tuple(_waiting(look.connection, one, None) for one in self.arrivals)

    def decide(self, known: tuple[Waiting, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        if not known:
            raise Refusal("nothing_to_write")
        first = known[0]
        if any(one.subject != first.subject or type(one.body) is not type(first.body) for one in known):
            raise Refusal("several_records")
        body = msgspec.structs.replace(first.body, person=self.person or "")
        return [NewFact(body, first.subject, self.id, None, self.arrivals)]


def _waiting(connection: Connection, arrival: FactId, kind: type[Body] | None) -> Waiting:
    """What waits under this id.

    Raises:
        UnknownFact: nothing of the kind. Refusal: "changed_meanwhile": somebody settled it.
    """
    try:
        identifier = bytes.fromhex(arrival)
    except ValueError as error:
        raise UnknownFact("no fact has such an id") from error
    row = connection.execute(
        "SELECT k.name, p.id, f.body, i.fact FROM fact f JOIN kind k ON k.no = f.kind"
        " JOIN subject p ON p.no = f.subject LEFT JOIN inbox i ON i.fact = f.no WHERE f.id = ?",
        (identifier,),
    ).fetchone()
    body_type = {one.KIND: one for one in (ArrivalReceived, DocumentArrived)}.get(row[0] if row else "")
    if body_type is None or (kind is not None and body_type is not kind):
        raise UnknownFact("nothing waits under this id")
    if row[3] is None:
        raise Refusal("changed_meanwhile")
    try:
        body: Body = msgspec.convert(_decode(row[2]), body_type)
    except msgspec.ValidationError as error:
        raise UnknownFact("what waits under this id was not written by this program") from error
    subject = bytes(row[1])
    return Waiting(PatientId(subject.hex()) if any(subject) else None, body)
