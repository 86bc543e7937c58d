"""What is gathered of one patient while their resources are read.

Law: every resource ends as statements, as an absence, or as readable text with a sentence saying why; none as
nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

from lanterne.intake.fhir.resources import (
    Condition,
    Encounter,
    Organization,
    Practitioner,
    PractitionerRole,
    Resource,
)
from lanterne.intake.fhir.saying import label
from lanterne.intake.fhir.settling import settled
from lanterne.intake.fhir.shapes import Concept, HumanName, Reference
from lanterne.intake.fhir.source import Entry, Index
from lanterne.intake.reading import Attached, Limits, ReadStatement
from lanterne.practice.chart.facts import Section
from lanterne.practice.kinds import Body

R = TypeVar("R", bound=Resource)


class Kept(Exception):
    """The resource stays text; the argument is a word of `unread.WHY`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class Scope:
    """One patient's reading.

    Attributes:
        whole: the file is the patient's whole record, so a treatment in it stands; in a letter it is proposed.
        birth_date: the patient's, empty when unknown.
        panels: by key of an Observation, the report or panel it belongs to.
        laboratories: by key of an Observation, who signed the report it belongs to.
        notes: by key of an Encounter, texts written about it.
    """

    index: Index
    limits: Limits
    whole: bool
    statements: list[ReadStatement] = field(default_factory=list)
    negations: list[Section] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    kept: list[tuple[str, Entry]] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    birth_date: str = ""
    panels: dict[str, str] = field(default_factory=dict)
    laboratories: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    attached_bytes: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    def state(self, key: str, body: Body, at: str | None = None, *, proposal: bool = False) -> None:
        """Keep one statement; `key` is "Type/id", with what part of it after "#".

        Raises:
            Kept: "refused": no chart could hold it.
        """
        found = settled(body, at, self.birth_date)
        if found is None:
            raise Kept("refused")
        self.statements.append(ReadStatement(key, *found, proposal, key))

    def negate(self, section: Section) -> None:
        """The document says this section was asked about and is empty."""
        if section not in self.negations:
            self.negations.append(section)

    def resolve(self, reference: Reference | None, kind: type[R], holder: Resource | None = None) -> R | None:
        """The resource a reference leads to inside this file."""
        return self.index.typed(reference, kind, holder)

    def who(self, reference: Reference | None, holder: Resource | None = None) -> str:
        """The name of whom a reference names: as displayed there, else as the resource says."""
        if reference is None:
            return ""
        if reference.display:
            return reference.display.strip()
        name = reference.reference
        if name.startswith("#") or name not in self._names:
            found = self._name(reference, holder)
            if name.startswith("#"):
                return found
            self._names[name] = found
        return self._names[name]

    def _name(self, reference: Reference, holder: Resource | None) -> str:
        organisation = self.resolve(reference, Organization, holder)
        if organisation is not None:
            return organisation.name.strip()
        person = self.resolve(reference, Practitioner, holder)
        if person is not None:
            return full_name(person.name[0]) if person.name else ""
        role = self.resolve(reference, PractitionerRole, holder)
        if role is not None and role.practitioner is not None:
            inner = self.resolve(role.practitioner, Practitioner)
            return full_name(inner.name[0]) if inner is not None and inner.name else role.practitioner.display
        return ""

    def encounter_key(self, reference: Reference | None) -> str:
        """The key of the Encounter a reference names, empty when it is not in this file."""
        if reference is None:
            return ""
        entry = self.index.find(reference.reference)
        return entry.key if entry is not None and entry.type == Encounter.__name__ else ""


def full_name(name: HumanName) -> str:
    """A professional's name in a line: "Dr Garance Morel"."""
    parts = (*name.prefix, *name.given, name.family)
    return " ".join(part.strip() for part in parts if part) or name.text.strip()


def reasons(
    scope: Scope, resource: Resource, codes: tuple[Concept, ...], references: tuple[Reference, ...]
) -> str:
    """Why something was done: the concepts given, and the labels of the conditions referred to."""
    found = [label(code) for code in codes]
    for reference in references:
        condition = scope.resolve(reference, Condition, resource)
        found.append(label(condition.code) if condition is not None else reference.display)
    return ", ".join(dict.fromkeys(filter(None, found)))
