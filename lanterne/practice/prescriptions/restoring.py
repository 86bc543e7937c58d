"""What stands again when a prescription is withdrawn: the treatments it started go, those it changed are as before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from lanterne.practice.commands import Look
from lanterne.practice.prescriptions.facts import PrescriptionIssued
from lanterne.practice.tables import Connection
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId, PatientId, is_id

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class WithdrawKnown:
    """What a withdrawal loads: the record, the treatments started that still stand, and for each treatment changed
    that still stands what it was before.
    """

    patient: PatientId
    started: tuple[FactId, ...]
    before: Mapping[FactId, TreatmentRecorded]


def restorable(look: Look, patient: PatientId, prescription: FactId) -> WithdrawKnown:
    """What the prescription did to the list and nobody touched since."""
    connection = look.connection
    number, entry, body = connection.execute(
        "SELECT no, entry, body FROM fact WHERE id = ?", (bytes.fromhex(prescription),)
    ).fetchone()
    started: list[FactId] = []
    before: dict[FactId, TreatmentRecorded] = {}
    lines = msgspec.convert(_decode(body), PrescriptionIssued).lines
    for named in dict.fromkeys(line.treatment for line in lines if is_id(line.treatment)):
        # Written by this very entry: a treatment carried on as it was is none of its doing.
        row = connection.execute(
            "SELECT f.replaces FROM fact f JOIN statement s ON s.fact = f.no"
            " WHERE f.id = ? AND f.entry = ? AND s.live = 1 AND f.subject = (SELECT subject FROM fact WHERE no = ?)",
            (bytes.fromhex(named), entry, number),
        ).fetchone()
        if row is None:
            continue
        earlier = _earlier(connection, bytes(row[0] or b""))
        if earlier is None:
            started.append(FactId(named))
        else:
            before[FactId(named)] = earlier
    return WithdrawKnown(patient, tuple(started), before)


def _earlier(connection: Connection, replaces: bytes) -> TreatmentRecorded | None:
    if len(replaces) < 16:
        return None
    row = connection.execute("SELECT body FROM fact WHERE id = ?", (replaces[:16],)).fetchone()
    try:
        return msgspec.convert(_decode(row[0]), TreatmentRecorded) if row is not None else None
    except msgspec.ValidationError:
        return None
