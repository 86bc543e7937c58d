"""What the record holds already of a file: documents and arrivals found by ids drawn from its content.

A document is looked for under the office fact written with it, which everybody who files can read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.documents.taking import MORE
from lanterne.practice.errors import UnknownFact
from lanterne.practice.tables import Connection
from lanterne.wire.names import Compartment, FactId, PatientId, is_id

Draw = Callable[..., str]

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Filed:
    """A document in a chart. `to_read`: the facts under which it stands and whose statements are still to be
    taken.
    """

    document: FactId
    patient: PatientId
    to_read: tuple[FactId, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """An arrival of this file; `live`: the facts under which it waits, two when two persons were put in charge
    at once, none when somebody settled it. `why`: the code of what was asked.
    """

    arrival: FactId
    live: tuple[FactId, ...]
    why: str


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
            found = Filed(document, PatientId(bytes(row[0]).hex()), _unread(connection, document))
    return found


def _unread(connection: Connection, document: FactId) -> tuple[FactId, ...]:
    """The live facts of a document, as filed or as described since, whose statements are still to be taken."""
    if not is_id(document):
        return ()  # a fact that came by sync names anything
    rows = connection.execute(
        "SELECT f.id, f.body FROM fact d JOIN statement s ON s.fact = d.no JOIN statement v ON v.thread = s.thread"
        " JOIN fact f ON f.no = v.fact WHERE d.id = ? AND v.live = 1 AND v.kind = s.kind ORDER BY f.id",
        (bytes.fromhex(document),),
    ).fetchall()
    return tuple(FactId(bytes(row[0]).hex()) for row in rows if _decode(row[1]).get("to_read"))


def waits(connection: Connection, draw: Draw, digest: str, part: str) -> Waits | None:
    """The arrival of this part of a file, None when it never was one, or is not readable here."""
    arrival = arrival_id(draw, digest, part)
    row = connection.execute(
        "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?",
        (bytes.fromhex(arrival),),
    ).fetchone()
    if row is None:
        return None
    rows = connection.execute(
        "SELECT f.id, f.body FROM statement s JOIN fact f ON f.no = s.fact WHERE s.thread = ? AND s.live = 1"
        " ORDER BY f.id",
        (row[0],),
    ).fetchall()
    live = tuple(FactId(bytes(one[0]).hex()) for one in rows)
    return Waits(live[0] if live else arrival, live, str(_decode(rows[0][1]).get("why", "")) if rows else "")


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
    not_kept = sum(_how_many(one) for one in body.get("not_kept", ()))
    return Said(int(new), len(body.get("also", ())), not_kept, row is not None and bool(row[1]))


def _how_many(one: Mapping[str, Any]) -> int:
    """The last line of a long list stands for those it does not name."""
    return int(one["params"]["count"]) if one["code"] == MORE else 1


def deposits(connection: Connection) -> list[tuple[FactId, DocumentFiled]]:
    """Documents that wait to be seen and whose statements are still to be taken."""
    found: dict[FactId, DocumentFiled] = {}
    for (body,) in connection.execute(
        "SELECT f.body FROM inbox i JOIN fact f ON f.no = i.fact JOIN kind k ON k.no = f.kind WHERE k.name = ?"
        " ORDER BY f.id",
        (DocumentArrived.KIND,),
    ).fetchall():
        found |= _deposit(connection, _unread(connection, FactId(str(_decode(body).get("document", "")))))
    return list(found.items())


def all_deposits(connection: Connection) -> list[tuple[FactId, DocumentFiled]]:
    """Every document whose statements are still to be taken, those somebody saw already too. Looks at every
    document of the practice: for when it is asked for, not for every page.
    """
    rows = connection.execute(
        "SELECT f.id FROM subject p CROSS JOIN statement s ON s.subject = p.no JOIN fact f ON f.no = s.fact"
        " WHERE s.kind = (SELECT no FROM kind WHERE name = ?) AND s.live = 1"
        " AND instr(f.body, CAST('to_read' AS BLOB)) ORDER BY f.id",
        (DocumentFiled.KIND,),
    ).fetchall()
    found: dict[FactId, DocumentFiled] = {}
    for row in rows:
        found |= _deposit(connection, _unread(connection, FactId(bytes(row[0]).hex())))
    return list(found.items())


def _deposit(connection: Connection, facts: Iterable[FactId]) -> dict[FactId, DocumentFiled]:
    found: dict[FactId, DocumentFiled] = {}
    for fact in facts:
        row = connection.execute("SELECT body FROM fact WHERE id = ?", (bytes.fromhex(fact),)).fetchone()
        try:
            found[fact] = msgspec.convert(_decode(row[0]), DocumentFiled)
        except msgspec.ValidationError:
            continue  # written by a newer Lanterne, which takes it
    return found
