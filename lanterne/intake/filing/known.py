"""What the record holds already of a file: documents and arrivals found by ids drawn from its content.

A document is looked for under the office fact written with it, which everybody who files can read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.errors import UnknownFact
from lanterne.practice.tables import Connection
from lanterne.wire.names import Compartment, FactId, PatientId

Draw = Callable[..., str]

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Filed:
    """A document in a chart. `to_read`: what it states is still to be taken."""

    document: FactId
    patient: PatientId
    to_read: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """An arrival of this file; `live` unless somebody settled it."""

    arrival: FactId
    live: bool


def document_id(draw: Draw, digest: str, part: str, *, read: bool = False) -> FactId:
    """The id of the document.filed fact of a part of a file; `read`: of the one that takes what it states
    after somebody filed it unread.
    """
    return FactId(draw("document", digest, part, "read") if read else draw("document", digest, part))


def arrival_id(draw: Draw, digest: str, part: str) -> FactId:
    """The id of the arrival.received fact of a part of a file."""
    return FactId(draw("arrival", digest, part))


def filed(connection: Connection, draw: Draw, digest: str, part: str) -> Filed | None:
    """The document already in a chart, None when it is in none."""
    found = None
    for read in (False, True):
        document = document_id(draw, digest, part, read=read)
        row = connection.execute(
            "SELECT p.id FROM fact f JOIN subject p ON p.no = f.subject WHERE f.id = ?",
            (bytes.fromhex(draw("document-received", document)),),
        ).fetchone()
        if row is not None:
            body = connection.execute(
                "SELECT body FROM fact WHERE id = ?", (bytes.fromhex(document),)
            ).fetchone()
            to_read = body is not None and bool(_decode(body[0]).get("to_read"))
            found = Filed(document, PatientId(bytes(row[0]).hex()), to_read)
    return found


def waits(connection: Connection, draw: Draw, digest: str, part: str) -> Waits | None:
    """The arrival of this part of a file, None when it never was one, or is not readable here."""
    arrival = arrival_id(draw, digest, part)
    row = connection.execute(
        "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?",
        (bytes.fromhex(arrival),),
    ).fetchone()
    if row is None:
        return None
    live = connection.execute(
        "SELECT f.id FROM statement s JOIN fact f ON f.no = s.fact WHERE s.thread = ? AND s.live = 1 ORDER BY f.id",
        (row[0],),
    ).fetchone()
    return Waits(FactId(bytes(live[0]).hex()) if live else arrival, live is not None)


def arrival(connection: Connection, fact: FactId) -> tuple[ArrivalReceived, str | None]:
    """An arrival that waits, and the date of its document.

    Raises:
        UnknownFact: nothing waits under this id.
    """
    try:
        identifier = bytes.fromhex(fact)
    except ValueError as error:
        raise UnknownFact("no fact has such an id") from error
    row = connection.execute(
        "SELECT f.body, f.at FROM inbox i JOIN fact f ON f.no = i.fact JOIN kind k ON k.no = f.kind"
        " WHERE f.id = ? AND k.name = ?",
        (identifier, ArrivalReceived.KIND),
    ).fetchone()
    try:
        if row is not None:
            return msgspec.convert(_decode(row[0]), ArrivalReceived), row[1]
    except msgspec.ValidationError as error:
        raise UnknownFact("what waits under this id was not written by this program") from error
    raise UnknownFact("nothing waits under this id")


# What is written with a document and states nothing of the patient.
_AROUND = (DocumentFiled.KIND, DocumentArrived.KIND)


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a document: facts written in the chart, facts it states that were there already, what the
    record refused; `live` unless a later version was there."""

    new: int
    again: int
    not_kept: int
    live: bool


def stated(connection: Connection, document: FactId) -> Said:
    """What came of a document just filed."""
    identifier = bytes.fromhex(document)
    (new,) = connection.execute(
        "SELECT count(*) FROM fact d JOIN fact f ON f.entry = d.entry JOIN statement s ON s.fact = f.no"
        " JOIN kind k ON k.no = f.kind WHERE d.id = ? AND f.compartment = ? AND k.name NOT IN (?, ?)",
        (identifier, int(Compartment.MEDICAL), *_AROUND),
    ).fetchone()
    row = connection.execute(
        "SELECT f.body, s.live FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?", (identifier,)
    ).fetchone()
    body = _decode(row[0]) if row is not None else {}
    return Said(
        int(new), len(body.get("also", ())), len(body.get("not_kept", ())), row is not None and bool(row[1])
    )


def deposits(connection: Connection) -> list[tuple[FactId, DocumentFiled]]:
    """Documents that wait to be seen and whose statements are still to be taken."""
    found = []
    for (body,) in connection.execute(
        "SELECT f.body FROM inbox i JOIN fact f ON f.no = i.fact JOIN kind k ON k.no = f.kind WHERE k.name = ?",
        (DocumentArrived.KIND,),
    ).fetchall():
        document = str(_decode(body).get("document", ""))
        row = connection.execute(
            "SELECT f.body FROM fact f JOIN statement s ON s.fact = f.no WHERE hex(f.id) = ? AND s.live = 1",
            (document.upper(),),
        ).fetchone()
        if row is None or not _decode(row[0]).get("to_read"):
            continue
        try:
            found.append((FactId(document), msgspec.convert(_decode(row[0]), DocumentFiled)))
        except msgspec.ValidationError:
            continue  # written by a newer Lanterne, which takes it
    return found
