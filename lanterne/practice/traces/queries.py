"""Who opened what: read by administrators only, from the trace tables."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from lanterne.practice.folding import PRACTICE_SUBJECT
from lanterne.practice.record import Record
from lanterne.practice.rights import Right
from lanterne.wire.names import PatientId, PersonId, SeatId

_ID_BITS = 64


@dataclass(frozen=True, slots=True)
class Access:
    """One look. `written_ms` milliseconds since 1970 UTC by the reader's device; `number` is its place, for
    paging only: the same on every device that holds the same entries."""

    seat: SeatId
    person: PersonId | None
    patient: PatientId | None
    what: str
    object: str
    written_ms: int
    number: int


def accesses(
    record: Record, *, patient: PatientId | None = None, limit: int = 100, before: int | None = None
) -> list[Access]:
    """Accesses of the practice or to one chart, latest first.

    Raises:
        NotAllowed: the reader is no administrator.
    """
    record.require(Right.READ_TRACES)
    connection = record.catch_up_traces().read()
    conditions, values = ["k.name = 'access.opened'"], list[object]()
    if patient is not None:
        conditions.append("p.id = ?")
        values.append(bytes.fromhex(patient))
    if before is not None:
        conditions.append("(e.rank, f.id) < (?, ?)")
        values += [min(before >> _ID_BITS, (1 << 63) - 1), (before & (1 << _ID_BITS) - 1).to_bytes(8)]
    found = []
    for identity, rank, subject, body, seat, time in connection.execute(
        "SELECT f.id, e.rank, p.id, f.body, e.seat, e.time FROM entry e JOIN fact f ON f.entry = e.no"
        f" JOIN subject p ON p.no = f.subject JOIN kind k ON k.no = f.kind WHERE {' AND '.join(conditions)}"
        " ORDER BY e.rank DESC, f.id DESC LIMIT ?",
        (*values, limit),
    ):
        raw = msgspec.msgpack.decode(body)
        identifier = bytes(subject).hex()
        seat_id = SeatId(bytes(seat).hex())
        found.append(
            Access(
                seat=seat_id,
                person=record.person_of(seat_id),
                patient=None if identifier == PRACTICE_SUBJECT else PatientId(identifier),
                what=str(raw.get("what", "chart")),
                object=str(raw.get("object", "")),
                written_ms=int(time) >> 16,
                number=int(rank) << _ID_BITS | int.from_bytes(bytes(identity)[:8]),
            )
        )
    return found
