"""Makes the frozen files of fact kinds that are absent, and touches none that is there.

Run as `python -m tests.vectors.facts.make`. `part` is the MessagePack of a part that holds the fact alone, not compressed
(docs/format/entry.md, "Plaintext of a part"); `folds_to` what it becomes in the read tables when written at `written`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from lanterne.practice.catalogue import KINDS
from lanterne.practice.kinds import Body, Concerns, Kind, Shape, to_raw
from lanterne.practice.projection import project, written_at
from lanterne.practice.settling import key_of
from lanterne.wire.names import FactId, PatientId
from lanterne.wire.part import Fact, Part, pack_part

HERE = Path(__file__).parent
WRITTEN_MS = 1_767_351_600_000  # 2 January 2026, noon in Paris
SUBJECT = PatientId("6a65616e206261707469737465202020")


def path_of(kind: Kind) -> Path:
    """Where the file of a kind, at the version this program writes, lies."""
    return HERE / f"{kind.name}.v{kind.version}.json"


def vector(body: Body, at: str | None) -> dict[str, Any]:
    """The content of one file."""
    kind = KINDS[body.KIND]
    identifier = hashlib.sha256(f"{kind.name}/{kind.version}".encode()).hexdigest()[:32]
    fact = Fact(FactId(identifier), kind.name, kind.version, (), at, to_raw(body))
    subject = SUBJECT if kind.concerns is Concerns.PATIENT else None
    folds_to: dict[str, object] = {}
    if kind.shape is Shape.STATEMENT:
        folds_to = dict(
            zip(("day", "code", "label"), project(fact, written_at(WRITTEN_MS << 16)), strict=True)
        )
    elif kind.shape is Shape.LATEST:
        folds_to = {"key": key_of(kind.name, fact.body)}
    return {
        "kind": kind.name, "version": kind.version, "compartment": kind.compartment.name.lower(), "shape": kind.shape.value,
        "id": identifier, "subject": subject, "at": at, "body": fact.body, "part": pack_part(Part(subject, (fact,))).hex(),
        "written": WRITTEN_MS, "folds_to": folds_to,
    }  # fmt: skip


def main() -> int:
    """Write what is absent."""
    from tests.vectors.facts.examples import EXAMPLES

    for body, at in EXAMPLES:
        path = path_of(KINDS[body.KIND])
        if not path.exists():
            text = json.dumps(vector(body, at), ensure_ascii=False, indent=1)
            path.write_text(text + "\n", encoding="utf-8", newline="\n")
            sys.stdout.write(f"made {path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
