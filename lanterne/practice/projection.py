"""What of a fact's body the shared `statement` table holds: the day it counts for, its code and its label.

Nothing here interprets: a body of a newer version projects as well as it can and is decoded, or shown as newer, later.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lanterne.wire.part import Fact

_LABELS = ("label", "substance", "vaccine", "title", "reason", "section", "text")

# A label is for lists: the body has the rest.
LABEL_CHARACTERS = 200


def written_at(time: int) -> str:
    """ISO 8601 UTC of a hybrid time (docs/format/entry.md): its upper 48 bits are milliseconds since 1970."""
    return datetime.fromtimestamp((time >> 16) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(at: str | None, time: int) -> str:
    """When a fact counts: `at` at its own precision, a moment with an offset brought to UTC, else when it was written."""
    if not at:
        return written_at(time)
    if "T" not in at:
        return at
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at[:10]
    if moment.tzinfo is None:
        return at
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def project(fact: Fact, time: int) -> tuple[str, str, str]:
    """(day, code, label) of a statement."""
    body: dict[str, Any] = fact.body
    coding = body.get("coding")
    code = coding.get("code", "") if isinstance(coding, dict) else body.get("code", "")
    components = body.get("components")
    if isinstance(components, list):
        named = [part for part in components if isinstance(part, dict)]
        code = " ".join(str(part.get("code", "")) for part in named)
        return day_of(fact.at, time), code, " ".join(str(part.get("label", "")) for part in named)[:LABEL_CHARACTERS]
    label = next((str(body[name]) for name in _LABELS if body.get(name)), "")
    return day_of(fact.at, time), str(code), label[:LABEL_CHARACTERS]
