"""Which facts name sealed files, and the names in a body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lanterne.practice.arrivals.facts import KINDS as ARRIVALS
from lanterne.practice.documents.facts import KINDS as DOCUMENTS
from lanterne.wire.names import is_id

NAMING = tuple(kind.name for kind in (*DOCUMENTS, *ARRIVALS))
"""Kinds whose facts may name a file."""


def named(body: Any) -> Iterator[str]:
    """Names of documents anywhere in a body."""
    if isinstance(body, dict):
        blobs = body.get("blobs")
        for name in (body.get("blob"), *(blobs if isinstance(blobs, list) else ())):
            if isinstance(name, str) and len(name) == 64 and is_id(name[:32]) and is_id(name[32:]):
                yield name
        for value in body.values():
            yield from named(value)
    elif isinstance(body, list):
        for value in body:
            yield from named(value)
