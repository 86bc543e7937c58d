"""The header of a CDA: which document, of what kind, when, by whom, in place of which.

Source: HL7 CDA R2, section 4.2; CI-SIS, volet Structuration minimale de documents de santé.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.intake.cda.identity import identity
from lanterne.intake.cda.kinds import kind_of
from lanterne.intake.cda.nodes import child, children, code, get, identifier, templates, text
from lanterne.intake.cda.people import author_of, organisation
from lanterne.intake.cda.times import iso
from lanterne.intake.cda.words import codes
from lanterne.intake.reading import Act, ReadAuthor, ReadIdentity
from lanterne.intake.xml import Node
from lanterne.practice.documents.facts import DocumentKind

_REIMBURSEMENT = "1.2.250.1.213.1.1.1.36"
# Documents that state what the patient takes; in any other, a treatment is a proposal.
_SYNTHESES = frozenset({"SYNTH", "60591-5", "34133-9"})


@dataclass(frozen=True, slots=True)
class Header:
    """The header read. `laboratory` is who carried out the examinations; `reimbursed` a list of what was paid for,
    `synthesis` a summary that states current treatments."""

    kind: DocumentKind
    title: str
    at: str | None
    author: ReadAuthor
    identifier: str
    set_id: str
    version: int
    act: Act
    replaces: tuple[str, ...]
    identity: ReadIdentity | None
    laboratory: str
    reimbursed: bool
    synthesis: bool


def read_header(root: Node) -> Header:
    """The header of a ClinicalDocument; whatever is missing is empty."""
    written = [get(found, "code") for found in codes(child(root, "code"))]
    kind = kind_of(written)
    replaces = tuple(
        found
        for related in children(root, "relatedDocument")
        if get(related, "typeCode").upper() == "RPLC"
        for parent in children(related, "parentDocument/id")
        if (found := identifier(parent))
    )
    version = get(child(root, "versionNumber"), "value")
    laboratory = _laboratory(root)
    return Header(
        kind=kind,
        title=(text(root, "title") or get(child(root, "code"), "displayName") or "Document CDA")[:300],
        at=iso(get(child(root, "effectiveTime"), "value")) or None,
        author=_author(root, laboratory),
        identifier=identifier(child(root, "id")),
        set_id=identifier(child(root, "setId")),
        version=int(version) if version.isdecimal() and version.isascii() and len(version) < 10 else 0,
        act="replacement" if replaces else "initial",
        replaces=replaces,
        identity=identity(root),
        laboratory=laboratory,
        reimbursed=_REIMBURSEMENT in templates(root) or code(root) == "REMB",
        synthesis=not _SYNTHESES.isdisjoint(written),
    )


def _author(root: Node, laboratory: str) -> ReadAuthor:
    """The first author who is a person, else the first; the organisation that keeps the document for want of one."""
    authors = [author_of(found) for found in children(root, "author/assignedAuthor")]
    first = next((found for found in authors if found.name), next(iter(authors), ReadAuthor()))
    if not first.name:
        signer = author_of(child(root, "legalAuthenticator/assignedEntity"))
        first = signer if signer.name else first
    keeper = organisation(child(root, "custodian/assignedCustodian"))
    return ReadAuthor(first.name, first.organisation or laboratory or keeper, first.rpps)


def _laboratory(root: Node) -> str:
    """The organisation that carried out the documented act (CI-SIS CR-BIO: "laboratoire exécutant"), else the
    author's."""
    for path in ("documentationOf/serviceEvent/performer/assignedEntity", "author/assignedAuthor"):
        for role in children(root, path):
            found = organisation(role)
            if found:
                return found
    return ""
