"""What an earlier version of a document leaves to its replacement: the document itself, and what only it stated.

Source: HL7 CDA R2 relatedDocument (RPLC) and setId/versionNumber; HL7 v2 OBX-11 and TXA-12/13 as the Ségur
volet transmission uses them (DOMAIN 6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Earlier:
    """Live documents of the same set.

    Attributes:
        documents: those to be replaced.
        statements: what they alone stated, and their places in the inbox.
        newer: a later version is here already.
    """

    documents: tuple[FactId, ...] = ()
    statements: tuple[FactId, ...] = ()
    newer: bool = False


def earlier(
    connection: Connection, subjects: Sequence[int], document: DocumentFiled, replaces: Collection[str]
) -> Earlier:
    """The live documents of this patient that `document` replaces: those it names, and those of its set whose
    version is lower; a version it does not give replaces nothing by itself.
    """
    named = {name for name in replaces if name}
    if not named and not document.set_id:
        return Earlier()
    older: list[tuple[int, int, str]] = []
    newer = False
    for number, entry, identifier, body in connection.execute(
        "SELECT f.no, f.entry, f.id, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
        f" WHERE s.subject IN ({_marks(subjects)}) AND k.name = ? AND s.live = 1",
        (*subjects, DocumentFiled.KIND),
    ).fetchall():
        held = _decode(body)
        same_set = bool(document.set_id) and held.get("set_id") == document.set_id
        version, mine = held.get("set_version") or 0, document.set_version
        if same_set and version and mine and version > mine:
            newer = True
        elif _names(held) & named or (same_set and version and version < mine):
            older.append((int(number), int(entry), bytes(identifier).hex()))
    documents = tuple(FactId(identifier) for _number, _entry, identifier in older)
    if newer or not older:
        return Earlier(documents if not newer else (), (), newer)
    return Earlier(documents, tuple(_stated_only_by(connection, older)), newer)


def _names(held: Mapping[str, Any]) -> set[Any]:
    """What a document filed is known by."""
    aliases = held.get("aliases")
    return {held.get("identifier"), held.get("set_id"), *(aliases if isinstance(aliases, list) else ())}


def _stated_only_by(connection: Connection, documents: Sequence[tuple[int, int, str]]) -> Iterable[FactId]:
    """Live facts that these documents state and no other live document does."""
    rows = {number for number, _entry, _identifier in documents}
    found: dict[str, int] = {}
    for number, entry, _identifier in documents:
        for fact, identifier in connection.execute(
            "SELECT f.no, f.id FROM fact f JOIN statement s ON s.fact = f.no JOIN kind k ON k.no = s.kind"
            " WHERE f.entry = ? AND s.live = 1 AND k.name <> ?",
            (entry, DocumentFiled.KIND),
        ):
            found[bytes(identifier).hex()] = int(fact)
        for fact, identifier in connection.execute(
            "SELECT f.no, f.id FROM source r JOIN fact f ON f.id = r.statement JOIN statement s ON s.fact = f.no"
            " WHERE r.document = ? AND s.live = 1",
            (number,),
        ):
            found[bytes(identifier).hex()] = int(fact)
    for identifier, fact in found.items():
        if not _others(connection, fact, identifier) - rows:
            yield FactId(identifier)


def _others(connection: Connection, fact: int, identifier: str) -> set[int]:
    """Live documents that state this fact: by its own entry, or again."""
    rows = connection.execute(
        "SELECT d.no FROM fact f JOIN fact d ON d.entry = f.entry JOIN kind k ON k.no = d.kind"
        " JOIN statement s ON s.fact = d.no WHERE f.no = ? AND k.name = ? AND s.live = 1"
        " UNION SELECT r.document FROM source r JOIN statement s ON s.fact = r.document"
        " WHERE r.statement = ? AND s.live = 1",
        (fact, DocumentFiled.KIND, bytes.fromhex(identifier)),
    )
    return {int(row[0]) for row in rows}


def waiting_for(connection: Connection, document: FactId) -> tuple[FactId, ...]:
    """The live document.arrived facts of a document."""
    rows = connection.execute(
        "SELECT a.id, a.body FROM inbox i JOIN fact a ON a.no = i.fact JOIN kind k ON k.no = a.kind WHERE k.name = ?",
        (DocumentArrived.KIND,),
    )
    return tuple(FactId(bytes(row[0]).hex()) for row in rows if _decode(row[1]).get("document") == document)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
