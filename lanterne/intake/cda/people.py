"""Names of persons and organisations, and the numbers that identify them.

Source: CI-SIS, volet Structuration minimale de documents de santé: a professional is identified under
1.2.250.1.71.4.2.1 by a type digit (8 for RPPS) followed by the number.
"""

from __future__ import annotations

import re

from lanterne.intake.cda.nodes import child, children, get, is_null, text
from lanterne.intake.cda.words import Anchors, display
from lanterne.intake.reading import ReadAuthor
from lanterne.intake.xml import Node

PROFESSIONALS = "1.2.250.1.71.4.2.1"
_RPPS = re.compile(r"8?(\d{11})")
_PATIENT = frozenset({"SELF", "ONESELF"})
_TITLES = {"DR": "Dr", "PR": "Pr", "M": "M.", "MME": "Mme", "MLLE": "Mlle"}
_PERSONS = ("assignedPerson", "associatedPerson", "relatedPerson", "informationRecipient", "playingEntity")
_ORGANISATIONS = (
    "representedOrganization", "scopingOrganization", "receivedOrganization", "representedCustodianOrganization",
)  # fmt: skip


def somebody_else(node: Node, anchors: Anchors) -> str:
    """Whom a section or statement is about when it is not the patient: "Mère"; empty when it is."""
    related = child(node, "subject/relatedSubject")
    if related is None or get(related, "classCode") == "PAT":
        return ""
    coded = child(related, "code")
    if get(coded, "code") in _PATIENT:
        return ""
    return display(coded, anchors) or get(coded, "code") or "non précisée"


def person_name(name: Node | None) -> str:
    """ "Dr Stéphane MEDIONI" from a `name`: the title of practice (suffix in France) first, then given and family."""
    if is_null(name) or name is None:
        return ""
    titles = [_title(part) for part in (*children(name, "suffix"), *children(name, "prefix"))]
    title = next((found for found in titles if found in ("Dr", "Pr")), next(filter(None, titles), ""))
    given, family = text(name, "given"), text(name, "family")
    words = [title, given, family] if given or family else [text(name)]
    return " ".join(word for word in words if any(sign.isalnum() for sign in word))[:200]


def _title(part: Node) -> str:
    word = text(part)
    return _TITLES.get(word.upper().rstrip("."), word)


def rpps(role: Node | None) -> str:
    """The RPPS number of a role, 11 digits as written; empty when it has none."""
    for identifier in children(role, "id"):
        if get(identifier, "root") == PROFESSIONALS:
            found = _RPPS.fullmatch(get(identifier, "extension"))
            if found is not None:
                return found[1]
    return ""


def organisation(role: Node | None) -> str:
    """The name of the organisation a role is held in."""
    for name in _ORGANISATIONS:
        found = text(child(role, name), "name") if child(role, name) is not None else ""
        if found:
            return found[:200]
    return ""


def author_of(role: Node | None) -> ReadAuthor:
    """Who holds a role (assignedAuthor, assignedEntity, participantRole)."""
    names = (person_name(child(role, f"{person}/name")) for person in _PERSONS)
    return ReadAuthor(next(filter(None, names), ""), organisation(role), rpps(role))


def performer(statement: Node) -> ReadAuthor:
    """Who did it: the statement's performer, else its author; empty names when it says neither."""
    for path in ("performer/assignedEntity", "author/assignedAuthor"):
        found = author_of(child(statement, path))
        if found.name or found.organisation:
            return found
    return ReadAuthor()


def shown(author: ReadAuthor) -> str:
    """A person and where, on one line."""
    return ", ".join(part for part in (author.name, author.organisation) if part)
