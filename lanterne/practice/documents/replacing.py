"""What an earlier version of a document leaves to its replacement: the document itself, and what only it stated.

Law: a document that somebody described better is still that document (same file, same part), and still states
what it stated. Only what no other live document states goes with the one replaced. A document that a later one
named as replaced, and that comes after it, stays behind it.

Source: HL7 CDA R2 relatedDocument (RPLC) and setId/versionNumber; HL7 v2 OBX-11 and TXA-12/13 as the Ségur
volet transmission uses them (DOMAIN 6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lanterne.practice.documents.describing import descriptions
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import FactId, PatientId

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Earlier:
    """Live documents of the same set.

    Attributes:
        documents: those to be replaced.
        statements: what they alone stated, and their places in the inbox.
        newer: a later version is here already.
        record: of several merged into one, the patient record they stand in; None when there are none.
    """

    documents: tuple[FactId, ...] = ()
    statements: tuple[FactId, ...] = ()
    newer: bool = False
    record: PatientId | None = None


@dataclass(frozen=True, slots=True)
class _Live:
    """A live document, by its row number."""

    number: int
    fact: FactId
    record: int
    thread: bytes
    body: Mapping[str, Any]


def earlier(
    connection: Connection, subjects: Sequence[int], document: DocumentFiled, replaces: Collection[str]
) -> Earlier:
    """The live documents of this patient that `document` replaces: those it names, and those of its set whose
    version is lower; a version it does not give replaces nothing by itself.

    Args:
        subjects: local row numbers of the records that are this patient.
        replaces: names of the documents it replaces or withdraws.
    """
    named = {name for name in replaces if name}
    if not named and not document.set_id and not document.identifier:
        return Earlier()
    older: list[_Live] = []
    for one in _live(connection, subjects, {*named, document.set_id, document.identifier} - {""}):
        same_set = bool(document.set_id) and one.body.get("set_id") == document.set_id
        version, mine = one.body.get("set_version") or 0, document.set_version
        if (same_set and version and mine and version > mine) or _named_by(one.body, document, named):
            return Earlier(newer=True)
        if _names(one.body) & named or (same_set and version and version < mine):
            older.append(one)
    if not older:
        return Earlier()
    # One entry concerns one record: of documents in two merged records, those of one are replaced now.
    record = older[0].record
    older = [one for one in older if one.record == record]
    row = connection.execute("SELECT id FROM subject WHERE no = ?", (record,)).fetchone()
    return Earlier(
        tuple(one.fact for one in older),
        tuple(_stated_only_by(connection, older)),
        record=PatientId(bytes(row[0]).hex()),
    )


def _live(connection: Connection, subjects: Sequence[int], names: Collection[str]) -> list[_Live]:
    """The live documents whose body holds one of these texts anywhere: few, of all those of a chart, to be read."""
    told = sorted(names)
    holds = " OR ".join("instr(f.body, ?)" for _ in told)
    rows = connection.execute(
        "SELECT f.no, f.id, f.body, s.subject, s.thread FROM statement s JOIN fact f ON f.no = s.fact"
        f" JOIN kind k ON k.no = s.kind WHERE s.subject IN ({marks(subjects)}) AND k.name = ? AND s.live = 1"
        f" AND ({holds}) ORDER BY f.id",
        (*subjects, DocumentFiled.KIND, *(name.encode() for name in told)),
    ).fetchall()
    return [
        _Live(int(row[0]), FactId(bytes(row[1]).hex()), int(row[3]), bytes(row[4]), _decode(row[2]))
        for row in rows
    ]


def _named_by(held: Mapping[str, Any], document: DocumentFiled, named: Collection[str]) -> bool:
    """Whether a document here says it replaces or withdraws this one, which comes late. A document that itself
    replaces is taken as it comes: two that name each other's order would each wait for the other.
    """
    supersedes = held.get("supersedes")
    return (
        not named
        and bool(document.identifier)
        and isinstance(supersedes, list)
        and document.identifier in supersedes
    )


def _names(held: Mapping[str, Any]) -> set[Any]:
    """What a document filed is known by."""
    aliases = held.get("aliases")
    return {held.get("identifier"), held.get("set_id"), *(aliases if isinstance(aliases, list) else ())}


def stated_by(connection: Connection, thread: bytes, body: Mapping[str, Any]) -> list[FactId]:
    """Live facts that the document described by `body`, in this thread, states: in its own entries, or again; by id."""
    found: set[bytes] = set()
    for told in descriptions(connection, thread, body):
        rows = connection.execute(_STATED, (told.number, DocumentFiled.KIND)).fetchall()
        found.update(bytes(row[0]) for row in rows)
    return [FactId(one.hex()) for one in sorted(found)]


def _stated_only_by(connection: Connection, documents: Sequence[_Live]) -> Iterable[FactId]:
    """Live facts that these documents state and no other live document does, and their places in the inbox."""
    mine: dict[int, FactId] = {}
    for one in documents:
        mine |= {told.number: told.fact for told in descriptions(connection, one.thread, one.body)}
    found: dict[bytes, None] = {}
    for number in sorted(mine):
        for (identifier,) in connection.execute(_STATED, (number, DocumentFiled.KIND)).fetchall():
            found[bytes(identifier)] = None
    told = [FactId(identifier.hex()) for identifier in found if not _others(connection, identifier, mine)]
    return dict.fromkeys([*told, *_waiting_for(connection, set(mine.values()))])


# Facts a document states: in its own entry, under the same id in another's, or again.
_STATED = """
    SELECT f.id FROM fact d JOIN fact f ON f.entry = d.entry JOIN statement s ON s.fact = f.no
      JOIN kind k ON k.no = s.kind WHERE d.no = ?1 AND s.live = 1 AND k.name <> ?2
    UNION SELECT f.id FROM fact d JOIN again a ON a.entry = d.entry JOIN fact f ON f.id = a.id
      JOIN statement s ON s.fact = f.no JOIN kind k ON k.no = s.kind
      WHERE d.no = ?1 AND s.live = 1 AND k.name <> ?2
    UNION SELECT f.id FROM source r JOIN fact f ON f.id = r.statement JOIN statement s ON s.fact = f.no
      WHERE r.document = ?1 AND s.live = 1
    ORDER BY 1"""

_STATING = """
    SELECT d.no, d.body, s.thread FROM (
        SELECT entry FROM fact WHERE id = ?1 UNION SELECT entry FROM again WHERE id = ?1) e
      JOIN fact d ON d.entry = e.entry JOIN kind k ON k.no = d.kind JOIN statement s ON s.fact = d.no
      WHERE k.name = ?2
    UNION SELECT d.no, d.body, s.thread FROM source r JOIN fact d ON d.no = r.document
      JOIN statement s ON s.fact = d.no WHERE r.statement = ?1"""


def _others(connection: Connection, identifier: bytes, mine: Collection[int]) -> bool:
    """Whether a live document, none of `mine`, states this fact; as it was first described, or described since."""
    for number, raw, thread in connection.execute(_STATING, (identifier, DocumentFiled.KIND)).fetchall():
        if int(number) in mine:
            continue
        if any(told.live for told in descriptions(connection, bytes(thread), _decode(raw))):
            return True
    return False


def _waiting_for(connection: Connection, documents: Collection[FactId]) -> Iterator[FactId]:
    """The live document.arrived facts of these documents, whoever was put in charge meanwhile."""
    for identifier, raw in connection.execute(
        "SELECT a.id, a.body FROM inbox i JOIN fact a ON a.no = i.fact JOIN kind k ON k.no = a.kind WHERE k.name = ?"
        " ORDER BY a.id",
        (DocumentArrived.KIND,),
    ).fetchall():
        if _decode(raw).get("document") in documents:
            yield FactId(bytes(identifier).hex())
