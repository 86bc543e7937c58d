"""What of a fact's body the shared `statement` table holds: the day it counts for, its code and its label.

A result the laboratory only named takes here, and here alone, the code of the test its name and unit say, so that
one test is one line and one curve whoever wrote it.

Nothing here interprets, and nothing here fails: facts that came by sync passed no command. A body of a
newer version projects as well as it can and is decoded, or shown as newer, later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lanterne.practice.results.facts import ResultRecorded
from lanterne.reference import laboratory
from lanterne.wire.part import Fact

_LABELS = ("label", "substance", "vaccine", "title", "reason", "section", "text")

# A label is for lists: the body has the rest.
LABEL_CHARACTERS = 200
CODE_CHARACTERS = 200


def written_at(time: int) -> str:
    """ISO 8601 UTC of a hybrid time (docs/format/entry.md): its upper 48 bits are milliseconds since 1970."""
    return datetime.fromtimestamp((time >> 16) // 1000, UTC).isoformat()[:19] + "Z"


def day_of(at: str | None, written: str) -> str:
    """When a fact counts: `at` at its own precision, a moment with an offset brought to UTC, else when it
    was written.

    A date no calendar holds (31 February, or beyond year 9999 once in UTC) counts by what it says, without
    its hour.
    """
    if not at:
        return written
    if "T" not in at:
        return at
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            return at
        return moment.astimezone(UTC).isoformat()[:19] + "Z"
    except (ValueError, OverflowError):
        return at[:10]


def project(fact: Fact, written: str) -> tuple[str, str, str]:
    """(day, code, label) of a statement.

    Args:
        written: when its entry was written (`written_at`).
    """
    body = fact.body
    day = written if fact.at is None else day_of(fact.at, written)
    components = body.get("components")
    if isinstance(components, list):
        named = [part for part in components if isinstance(part, dict)]
        codes, labels = (" ".join(_text(part, name) for part in named) for name in ("code", "label"))
        return day, codes[:CODE_CHARACTERS], labels[:LABEL_CHARACTERS]
    coding = body.get("coding")
    code = _text(coding if isinstance(coding, dict) else body, "code")
    for name in _LABELS:
        label = body.get(name)
        if label and type(label) is str:
            if not code and fact.kind == ResultRecorded.KIND:
                around = f"{_text(body, 'panel')} {_text(body, 'specimen')}"
                code = laboratory.recognised(label[:LABEL_CHARACTERS], _text(body, "unit"), around)
            return day, code[:CODE_CHARACTERS], label[:LABEL_CHARACTERS]
    return day, code[:CODE_CHARACTERS], ""


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    return value if type(value) is str else ""
