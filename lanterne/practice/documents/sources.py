"""Which documents state a fact, and which facts a document states.

Law: what a document stated anew was written in its own entry, or in another entry under the same id on
another device; what it stated again is in its `also`. Nothing else ties a fact to a document. A document that
somebody described better since is told as it is described now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lanterne.practice.documents.describing import descriptions
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled, DocumentKind
from lanterne.practice.reading import OpenChart
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId

_decode = msgspec.msgpack.decode
_AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Source:
    """A document that states a fact. `at` is its date, ISO, empty when it has none; `live` unless replaced."""

    document: FactId
    title: str
    kind: DocumentKind
    sender: str
    at: str
    live: bool


_SOURCES = """
    WITH stated(id, entry) AS (
        SELECT id, entry FROM fact WHERE id IN ({marks})
        UNION SELECT a.id, a.entry FROM again a WHERE a.id IN ({marks}))
    SELECT t.id, d.id, d.body, d.at, s.live, s.thread FROM stated t JOIN fact d ON d.entry = t.entry
      JOIN kind k ON k.no = d.kind AND k.name = ? JOIN statement s ON s.fact = d.no WHERE d.id <> t.id
    UNION
    SELECT r.statement, d.id, d.body, d.at, s.live, s.thread FROM source r JOIN fact d ON d.no = r.document
      JOIN statement s ON s.fact = d.no WHERE r.statement IN ({marks})"""


def sources(chart: OpenChart, facts: Sequence[FactId]) -> dict[FactId, tuple[Source, ...]]:
    """The documents that state each of these facts, live ones first; facts nobody's document states are left
    out.
    """
    if not chart.medical:
        return {}
    found: dict[FactId, dict[bytes, Source]] = {}
    for start in range(0, len(facts), _AT_ONCE):
        some = [bytes.fromhex(fact) for fact in facts[start : start + _AT_ONCE]]
        query = _SOURCES.format(marks=",".join("?" * len(some)))
        rows = chart.connection.execute(query, (*some, *some, DocumentFiled.KIND, *some)).fetchall()
        for fact, document, body, at, live, thread in rows:
            told = _decode(body)
            source = _source(bytes(document).hex(), told, at or "", bool(live))
            if not live:
                for one in descriptions(chart.connection, bytes(thread), told):
                    source = _source(one.fact, one.body, one.at, one.live) if one.live else source
            held = found.setdefault(FactId(bytes(fact).hex()), {})
            if bytes(thread) not in held or source.live:
                held[bytes(thread)] = source
    return {
        fact: tuple(sorted(held.values(), key=lambda one: (not one.live, one.at, one.document)))
        for fact, held in found.items()
    }


def stated_by(chart: OpenChart, document: FactId) -> tuple[FactId, ...]:
    """The facts a document states, in its own order, those stated again last; live or not."""
    if not chart.medical:
        return ()
    found: dict[FactId, None] = {}
    row = chart.connection.execute(
        "SELECT f.body, s.thread FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?",
        (bytes.fromhex(document),),
    ).fetchone()
    for one in descriptions(chart.connection, bytes(row[1]), _decode(row[0])) if row is not None else ():
        found |= dict.fromkeys(_stated_in(chart.connection, bytes.fromhex(one.fact)))
    return tuple(found)


def _stated_in(connection: Connection, identifier: bytes) -> tuple[FactId, ...]:
    rows = connection.execute(
        "SELECT f.id, f.place, 0 FROM fact d JOIN fact f ON f.entry = d.entry JOIN statement s ON s.fact = f.no"
        " JOIN kind k ON k.no = f.kind WHERE d.id = ?1 AND f.compartment = d.compartment AND k.name NOT IN (?2, ?3)"
        " UNION SELECT r.statement, 0, 1 FROM source r JOIN fact d ON d.no = r.document WHERE d.id = ?1"
        " ORDER BY 3, 2, 1",
        (identifier, DocumentFiled.KIND, DocumentArrived.KIND),
    )
    return tuple(FactId(bytes(row[0]).hex()) for row in rows)


def _source(document: str, body: Mapping[str, Any], at: str, live: bool) -> Source:
    kind: Any = body.get("document_kind", "other")
    return Source(
        FactId(document),
        str(body.get("title", "")),
        kind,
        str(body.get("sender", "")),
        at,
        live,
    )
