"""One document under the facts that describe it: as it was filed, and as somebody described it better since.

Law: two document.filed facts of one thread are one document when they name the same file and the same part of
it; of a thread that also holds what a sender replaced, the others are other documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId

_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Description:
    """A document.filed fact: its row number, id and body; `at` is the document's date; `live` unless replaced."""

    number: int
    fact: FactId
    body: Mapping[str, Any]
    at: str
    live: bool


def descriptions(connection: Connection, thread: bytes, body: Mapping[str, Any]) -> list[Description]:
    """The descriptions, in the thread of one of them, of the document it describes; by id."""
    rows = connection.execute(
        "SELECT f.no, f.id, f.body, f.at, s.live FROM statement s JOIN fact f ON f.no = s.fact"
        " JOIN kind k ON k.no = s.kind WHERE s.thread = ? AND k.name = ? ORDER BY f.id",
        (thread, DocumentFiled.KIND),
    ).fetchall()
    found = [
        Description(int(row[0]), FactId(bytes(row[1]).hex()), _decode(row[2]), row[3] or "", bool(row[4]))
        for row in rows
    ]
    return [one for one in found if _file_of(one.body) == _file_of(body)]


def _file_of(body: Mapping[str, Any]) -> tuple[object, object]:
    return body.get("blob"), body.get("part") or ""
