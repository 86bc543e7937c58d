"""What a message asks for: a first sending, a replacement, a deletion; and of which document.

Law: any sign of deletion wins over any sign of replacement, which wins over none: a withdrawn report must not
stand. Sources: CI-SIS, volet « transmission d’un document CDA-R2 en HL7 v2 » 2.1 (OBX-11: F first, C
replacement, D deletion; MDM T02, T10, T04); HL7 v2.5 tables 0003 (T09–T11), 0085, 0119 (ORC-1), 0123
(OBR-25), 0273 (TXA-19).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lanterne.intake.hl7v2.segments import Segment
from lanterne.intake.reading import Act

_DELETING_EVENTS = frozenset({"T11"})
_REPLACING_EVENTS = frozenset({"T07", "T08", "T09", "T10"})
_DELETING_ORDERS = frozenset({"CA", "OC", "DC", "OD", "CR", "OE"})
_REPLACING_ORDERS = frozenset({"RP", "RO", "RU", "RQ"})
_NO_METADATA = "METADMPMSS"


@dataclass(frozen=True, slots=True)
class Asked:
    """The act, the document it makes (identifier, set) and those it replaces or deletes."""

    act: Act
    identifier: str = ""
    set_id: str = ""
    replaces: tuple[str, ...] = ()


def asked(event: str, segments: Iterable[Segment]) -> Asked:
    """What a message asks for.

    A document of a MDM is TXA-12, its predecessor TXA-13. An ORU has no id of its own (control ids come back,
    several reports complete each other under one filler order number): its set is that number, and only a
    replacement or a deletion names it in `replaces`.
    """
    orders, statuses, identifiers, parents, fillers = set(), set(), [], [], []
    for segment in segments:
        if segment.name == "ORC":
            orders.add(segment.text(1).upper())
            fillers.append(entity(segment, 3))
        elif segment.name == "OBR":
            fillers.append(entity(segment, 3))
            statuses.add(segment.text(25).upper()[:1])
        elif segment.name == "OBX" and segment.text(3, 3).upper() != _NO_METADATA:
            statuses.add(segment.text(11).upper()[:1])
        elif segment.name == "TXA":
            identifiers.append(entity(segment, 12))
            parents.append(entity(segment, 13))
            if segment.text(19).upper() == "CA":
                orders.add("CA")
            if event in ("T05", "T06"):
                parents.clear()
    act = _act(event, orders, statuses)
    identifier = next(filter(None, identifiers), "")
    set_id = next(filter(None, fillers), "")
    if act == "initial":
        return Asked(act, identifier, set_id)
    named = [*(identifiers if act == "deletion" or event in ("T07", "T08") else []), *parents]
    replaces = tuple(dict.fromkeys(name for name in (named or [set_id]) if name)) or (
        (set_id,) if set_id else ()
    )
    return Asked(act, identifier, set_id, replaces)


def _act(event: str, orders: set[str], statuses: set[str]) -> Act:
    told = statuses - {""}
    withdrawn = told & {"D", "W"}
    # One result withdrawn among others is not the whole report; when all are, it is.
    if (
        event in _DELETING_EVENTS
        or orders & _DELETING_ORDERS
        or (withdrawn and not told & {"F", "C", "P", "R", "S", "A"})
    ):
        return "deletion"
    if withdrawn and event == "T04":
        return "deletion"
    if event in _REPLACING_EVENTS or orders & _REPLACING_ORDERS or "C" in told:
        return "replacement"
    return "initial"


def entity(segment: Segment, place: int) -> str:
    """An entity identifier (EI) as one word: « number^namespace », or the number alone."""
    components = [component.strip() for component in segment.components(place)]
    while components and not components[-1]:
        components.pop()
    return "^".join(components)
