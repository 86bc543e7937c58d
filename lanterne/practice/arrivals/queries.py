"""What came and waits: in no chart yet, or in one and not seen. The list everybody who cares works through.

Every function but `count` takes an `OpenInbox` (practice.reading): the right is checked and the look traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.documents.facts import Attention, DocumentArrived, DocumentFiled, DocumentKind
from lanterne.practice.errors import UnknownFact
from lanterne.practice.patients.facts import Ins, PatientIdentified
from lanterne.practice.patients.queries import Suspect, suspected_of
from lanterne.practice.patients.said import provisional
from lanterne.practice.reading import OpenInbox
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId, PersonId

_decode = msgspec.msgpack.decode

State = Literal["filed", "to_attach", "quarantined"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list.

    Attributes:
        arrivals: the live facts behind it: one; several when two devices handed it to two persons.
        state: "filed": in a chart, not seen yet.
        patient, document: for what is filed, whose chart and the document's live fact.
        at: the document's date, ISO; empty when it gives none. received_ms: milliseconds since 1970 UTC.
        persons: who is in charge; several are a conflict.
        withdrawn: the document was taken back by its sender or marked in error meanwhile.
        arrival: for what is in no chart, all that is known of it.
    """

    arrivals: tuple[FactId, ...]
    state: State
    received_ms: int
    patient: PatientId | None = None
    document: FactId | None = None
    title: str = ""
    kind: DocumentKind = "other"
    sender: str = ""
    at: str = ""
    attention: Attention = ""
    persons: tuple[PersonId, ...] = ()
    withdrawn: bool = False
    arrival: ArrivalReceived | None = None


# What cannot wait first; then what asks a question; then the rest; what is only put aside last.
def _urgency(item: Item) -> tuple[int, int, str]:
    order = {"critical": 0, "abnormal": 1}.get(item.attention, 2 if item.state == "to_attach" else 3)
    return (4 if item.state == "quarantined" else order, item.received_ms, item.arrivals[0])


def waiting(inbox: OpenInbox) -> list[Item]:
    """Everything that waits: results out of range first, then what is to attach, then the rest, oldest first."""
    threads: dict[bytes, list[tuple[FactId, str, bytes, bytes, int, str]]] = {}
    for identifier, kind, body, subject, time, thread, at in inbox.connection.execute(
        "SELECT f.id, k.name, f.body, p.id, e.time >> 16, s.thread, f.at FROM inbox i JOIN fact f ON f.no = i.fact"
        " JOIN kind k ON k.no = f.kind JOIN subject p ON p.no = f.subject JOIN entry e ON e.no = f.entry"
        " JOIN statement s ON s.fact = f.no ORDER BY f.id"
    ):
        fact = FactId(bytes(identifier).hex())
        threads.setdefault(bytes(thread), []).append((fact, kind, body, bytes(subject), int(time), at or ""))
    items = [item for facts in threads.values() if (item := _item(inbox, facts)) is not None]
    return sorted(items, key=_urgency)


def count(connection: Connection) -> int:
    """How many facts wait, without reading them: for every page's top bar, which is no look at the list."""
    return int(connection.execute("SELECT count(*) FROM inbox").fetchone()[0])


def one(inbox: OpenInbox, arrival: FactId) -> Item:
    """The line an arrival stands on.

    Raises:
        UnknownFact: nothing waits under this id: somebody settled it.
    """
    for item in waiting(inbox):
        if arrival in item.arrivals:
            return item
    raise UnknownFact("nothing waits under this id")


def was_settled(inbox: OpenInbox, arrival: FactId) -> bool:
    """Whether something once waited under this id and no longer does: seen, handed over, attached, discarded."""
    try:
        identifier = bytes.fromhex(arrival)
    except ValueError:
        return False
    row = inbox.connection.execute(
        "SELECT 1 FROM fact f JOIN kind k ON k.no = f.kind JOIN statement s ON s.fact = f.no"
        " WHERE f.id = ? AND k.name IN (?, ?) AND s.live = 0",
        (identifier, ArrivalReceived.KIND, DocumentArrived.KIND),
    ).fetchone()
    return row is not None


def suggestions(inbox: OpenInbox, arrival: ArrivalReceived) -> list[Suspect]:
    """Whose it may be, most likely first."""
    identity = identity_of(arrival)
    return suspected_of(inbox.connection, identity) if identity is not None else []


def identity_of(arrival: ArrivalReceived) -> PatientIdentified | None:
    """Whose document it says it is, as a provisional identity; None when it names nobody. A matricule whose
    key is wrong is left out.
    """
    said = arrival.identity
    if said is None or not (said.birth_name or said.used_name):
        return None
    held = (
        Ins(matricule=said.matricule, oid=said.oid)
        if said.matricule and said.oid and said.key_agrees
        else None
    )
    return provisional(said, held, said.birth_place_code)


def _item(inbox: OpenInbox, facts: Sequence[tuple[FactId, str, bytes, bytes, int, str]]) -> Item | None:
    _fact, kind, body, subject, _time, at = facts[0]
    ids = tuple(one[0] for one in facts)
    bodies = [_decode(one[2]) for one in facts]
    persons = tuple(dict.fromkeys(PersonId(str(one["person"])) for one in bodies if one.get("person")))
    since = min(_first_ms(inbox.connection, one[0], one[4]) for one in facts)
    if kind == ArrivalReceived.KIND:
        arrival = _read(body, ArrivalReceived)
        if arrival is None:
            return None
        return Item(
            arrivals=ids, state=arrival.outcome, received_ms=since, title=arrival.title, kind=arrival.document_kind,
            sender=arrival.sender, at=at, attention=arrival.attention, persons=persons, arrival=arrival,
        )  # fmt: skip
    arrived = _read(body, DocumentArrived)
    found = _document(inbox.connection, arrived.document) if arrived is not None else None
    if arrived is None or found is None:
        return None
    document, held, day, live = found
    return Item(
        arrivals=ids, state="filed", received_ms=since, patient=PatientId(subject.hex()), document=document,
        title=held.title, kind=held.document_kind, sender=held.sender, at=day, attention=arrived.attention,
        persons=persons, withdrawn=not live,
    )  # fmt: skip


def _first_ms(connection: Connection, fact: FactId, written_ms: int) -> int:
    """When it came: handing it over does not make it newer."""
    row = connection.execute(
        "SELECT min(e.time >> 16) FROM statement s JOIN statement v ON v.thread = s.thread JOIN fact f ON f.no = v.fact"
        " JOIN entry e ON e.no = f.entry WHERE s.fact = (SELECT no FROM fact WHERE id = ?)",
        (bytes.fromhex(fact),),
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else written_ms


def _document(connection: Connection, document: str) -> tuple[FactId, DocumentFiled, str, bool] | None:
    """A document as it stands: the live version of its thread, else the version named."""
    try:
        identifier = bytes.fromhex(document)
    except ValueError:
        return None
    row = connection.execute(
        "SELECT f.id, f.body, f.at, v.live FROM fact n JOIN statement s ON s.fact = n.no"
        " JOIN statement v ON v.thread = s.thread JOIN fact f ON f.no = v.fact JOIN kind k ON k.no = f.kind"
        " WHERE n.id = ? AND k.name = ? ORDER BY v.live DESC, f.id = n.id DESC LIMIT 1",
        (identifier, DocumentFiled.KIND),
    ).fetchone()
    held = _read(row[1], DocumentFiled) if row is not None else None
    if row is None or held is None:
        return None
    return FactId(bytes(row[0]).hex()), held, row[2] or "", bool(row[3])


B = TypeVar("B")


def _read(raw: bytes, body: type[B]) -> B | None:
    """The body, None when a newer Lanterne wrote it otherwise: `check` counts it, no list can show it."""
    try:
        return msgspec.convert(_decode(raw), body)
    except msgspec.ValidationError:
        return None
