"""What goes into `emptied.json`: an entry, the act that empties it, what is kept of it, and acts that are none."""

from __future__ import annotations

from typing import Any

from lanterne.proof.acts import ENTRY_EMPTIED
from lanterne.proof.records import cut_to_wire
from lanterne.seal.changing import empty_entries
from lanterne.wire.entry import Entry
from lanterne.wire.names import FactId, Head
from lanterne.wire.part import Fact
from tests import cast

BLOB = "5a" * 32


def emptying() -> Any:
    """Garance empties a note of hers and a document."""
    garance = cast.garance()
    note = garance.note("À effacer.")
    (fact,) = empty_entries([note.head.as_head], [BLOB], "erasure", cast.randomness("an act that empties"))
    act = garance.decide(fact)
    return {
        "practice": cast.founding().practice,
        "entry": note.raw.hex(),
        "kept": note.head.raw.hex(),
        "act": act.raw.hex(),
        "hash": note.head.hash,
        "blob": BLOB,
        "reason": "erasure",
        "by": act.head.seat,
        "at_ms": act.head.time_ms,
        "wrong": [_wrong(name, body) for name, body in _bodies(note, act.head.as_head)],
    }


def _bodies(note: Entry, act: Head) -> list[tuple[str, dict[str, Any]]]:
    named = cut_to_wire(note.head.as_head)
    return [
        ("names nothing", {"entries": [], "blobs": [], "reason": "erasure"}),
        ("names a members entry", {"entries": [cut_to_wire(act)], "blobs": [], "reason": "erasure"}),
        ("no list of documents", {"entries": [named], "reason": "erasure"}),
        ("a document that is no hash", {"entries": [named], "blobs": [b"short"], "reason": "erasure"}),
        ("no reason", {"entries": [named], "blobs": []}),
        ("more than 1,024 entries", {"entries": [named] * 1025, "blobs": [], "reason": "erasure"}),
    ]


def _wrong(name: str, body: dict[str, Any]) -> dict[str, str]:
    fact = Fact(FactId(cast.randomness(f"{name} emptied")(16).hex()), ENTRY_EMPTIED, 1, (), None, body)
    return {"name": name, "entry": cast.garance().decide(fact).raw.hex(), "expect": "M13"}
