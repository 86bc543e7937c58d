"""What hangs from a statement and says more about it: status, certainty, severity, reasons, comments.

Source: IHE PCC content modules (Severity 4.1, Problem Status 4.1.1, Health Status 4.1.2, Comment 4.2, Internal
Reference 4.4.1) and their CI-SIS profiles; HL7 C-CDA uses the same codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from lanterne.intake.cda.nodes import child, code, get, related
from lanterne.intake.cda.words import Anchors, codes, display, referred
from lanterne.intake.xml import Node

STATUS, HEALTH_STATUS, CERTAINTY, CRITICALITY, COMMENT = "33999-4", "11323-3", "66455-7", "82606-5", "48767-8"
SEVERITY = "SEV"
COMMENT_CHARACTERS = 20_000


def detail(statement: Node, wanted: str) -> Node | None:
    """The value of the observation with that code tied to a statement."""
    for _, found in related(statement):
        if found.tag == "observation" and code(found) == wanted:
            return child(found, "value")
    return None


def detail_text(statement: Node, wanted: str, anchors: Anchors) -> str:
    """What that observation says."""
    return display(detail(statement, wanted), anchors)


def comments(statement: Node, anchors: Anchors) -> list[str]:
    """The comments tied to a statement."""
    found = []
    for _, act in related(statement):
        if act.tag == "act" and code(act) == COMMENT:
            found.append(referred(child(act, "text"), anchors))
    return [comment for comment in found if comment]


def reasons(statement: Node, anchors: Anchors) -> list[str]:
    """Why: what is tied to it as its reason (RSON), by name."""
    found = []
    for kind, reason in related(statement):
        if kind == "RSON":
            value = child(reason, "value")
            label = display(value, anchors) if value is not None else ""
            found.append(
                label or display(child(reason, "code"), anchors) or referred(child(reason, "text"), anchors)
            )
    return list(dict.fromkeys(filter(None, found)))


def manifestations(statement: Node, anchors: Anchors) -> Iterator[str]:
    """Reactions tied to a statement (MFST, or CAUS for vaccines), each with its severity."""
    for kind, reaction in related(statement):
        if kind in ("MFST", "CAUS") and reaction.tag == "observation":
            label = label_of(reaction, anchors)
            severity = detail_text(reaction, SEVERITY, anchors)
            if label:
                yield f"{label} ({severity})" if severity else label


def label_of(observation: Node, anchors: Anchors) -> str:
    """What an observation of a problem is about: its value in words, else the text it refers to."""
    value = child(observation, "value")
    label = display(value, anchors)
    if not label and value is not None and not get(value, "code"):
        label = referred(value, anchors)
    return label or referred(child(observation, "text"), anchors)


def coded(value: Node | None, table: dict[str, str]) -> str:
    """What the first known code of a value, or of a translation, means in `table`."""
    return next((table[key] for node in codes(value) if (key := get(node, "code")) in table), "")


def joined(*parts: str) -> str:
    """A comment of several parts; the narrative keeps what is longer than a comment may be."""
    text = " ; ".join(part for part in parts if part)
    return text if len(text) <= COMMENT_CHARACTERS else text[: COMMENT_CHARACTERS - 1] + "…"


def said(label: str, text: str) -> str:
    """ "Sévérité : modéré", or nothing."""
    return f"{label} : {text}" if text else ""
