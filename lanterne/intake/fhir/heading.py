"""What a FHIR document says of itself: title, date, author, kind, what it replaces."""

from __future__ import annotations

from dataclasses import dataclass, field

from lanterne.intake.fhir import files
from lanterne.intake.fhir.resources import (
    Composition,
    DiagnosticReport,
    DocumentReference,
    Practitioner,
    PractitionerRole,
)  # fmt: skip
from lanterne.intake.fhir.saying import first_moment, label, moment
from lanterne.intake.fhir.scope import Scope
from lanterne.intake.fhir.shapes import Concept, Identifier, Reference
from lanterne.intake.fhir.source import Entry, NotR4
from lanterne.intake.reading import ReadAuthor
from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.team.identifiers import rpps_is_valid

_RPPS_SYSTEMS = frozenset({"urn:oid:1.2.250.1.71.4.2.1", "http://rpps.fr", "https://rpps.esante.gouv.fr"})


@dataclass(frozen=True, slots=True)
class Heading:
    """Metadata of one document; empty where it says nothing."""

    title: str = ""
    at: str | None = None
    kind: DocumentKind = "other"
    author: ReadAuthor = field(default_factory=ReadAuthor)
    identifier: str = ""
    set_id: str = ""
    replaces: tuple[str, ...] = ()


def heading_of(entries: list[Entry], composition: Composition | None, batch: str, scope: Scope) -> Heading:
    """The heading of a document bundle, or of a report or document alone."""
    if composition is not None:
        return Heading(
            title=composition.title.strip() or label(composition.type),
            at=moment(composition.date),
            kind=files.kind_of(*_codes(composition.type)),
            author=_author(composition.author, composition.custodian, scope, composition),
            set_id=_named(composition.identifier),
            replaces=tuple(
                name
                for one in composition.relates_to
                if one.code == "replaces"
                and (name := _named(one.target_identifier) or (one.target_reference or Reference()).reference)
            ),
        )
    if batch != "single" or not entries:
        return Heading()
    entry = entries[-1]
    try:
        resource = entry.typed() if entry.type in ("DiagnosticReport", "DocumentReference") else None
    except NotR4:
        return Heading(identifier=entry.key)
    if isinstance(resource, DiagnosticReport):
        return Heading(
            title=label(resource.code),
            at=first_moment(resource.effective_date_time, resource.issued),
            kind=files.kind_of(
                *(code for one in resource.category for code in _codes(one)), *_codes(resource.code)
            ),
            author=_author(resource.performer, None, scope, resource),
            identifier=entry.key,
        )
    if isinstance(resource, DocumentReference):
        return Heading(
            title=resource.description.strip() or label(resource.type),
            at=moment(resource.date),
            kind=files.kind_of(*_codes(resource.type)),
            identifier=entry.key,
        )
    return Heading(identifier=entry.key)


def _codes(concept: Concept | None) -> tuple[str, ...]:
    return tuple(coding.code for coding in concept.coding) if concept is not None else ()


def _named(identifier: Identifier | None) -> str:
    return "|".join(filter(None, (identifier.system, identifier.value))) if identifier is not None else ""


def _author(
    references: tuple[Reference, ...],
    custodian: Reference | None,
    scope: Scope,
    holder: Composition | DiagnosticReport,
) -> ReadAuthor:
    name = organisation = rpps = ""
    for reference in references:
        person = scope.resolve(reference, Practitioner, holder)
        role = scope.resolve(reference, PractitionerRole, holder)
        if role is not None:
            person = scope.resolve(role.practitioner, Practitioner, role)
            organisation = organisation or scope.who(role.organization, role)
        if (
            person is None
            and role is None
            and reference.reference.rpartition("/")[0].endswith("Organization")
        ):
            organisation = organisation or scope.who(reference, holder)
            continue
        name = name or scope.who(reference, holder)
        for identifier in person.identifier if person is not None else ():
            if identifier.system in _RPPS_SYSTEMS and rpps_is_valid(identifier.value):
                rpps = rpps or identifier.value
    return ReadAuthor(name, organisation or scope.who(custodian, holder), rpps)
