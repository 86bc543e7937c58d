"""The resources of one bundle, sorted by whose they are, each patient's read into one document.

Law: a resource that names a patient of the file is theirs; one that names nobody is theirs only when there is
one patient; one that names somebody else is a document of its own, whose owner a person will say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lanterne.intake.fhir import (
    allergies,
    compositions,
    encounters,
    family,
    files,
    immunizations,
    medications,
    observations,
    problems,
    procedures,
    reports,
)  # fmt: skip
from lanterne.intake.fhir.heading import Heading, heading_of
from lanterne.intake.fhir.identity import identity_of, identity_of_reference
from lanterne.intake.fhir.readable import render
from lanterne.intake.fhir.resources import KNOWN, Composition, Patient, Resource
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.intake.fhir.shapes import Identifier, Reference
from lanterne.intake.fhir.source import Entry, Index, NotR4, entry_of
from lanterne.intake.fhir.unread import sentences
from lanterne.intake.reading import Document, Limits, ReadIdentity

_READERS: dict[str, Callable[[Any, str, Scope], None]] = {
    "Condition": problems.read,
    "AllergyIntolerance": allergies.read,
    "MedicationStatement": medications.read_statement,
    "MedicationRequest": medications.read_request,
    "Observation": observations.read,
    "Immunization": immunizations.read,
    "Procedure": procedures.read,
    "FamilyMemberHistory": family.read,
    "DiagnosticReport": reports.read,
    "DocumentReference": files.read_reference,
    "Encounter": encounters.read,
    "Binary": files.read_binary,
}
# Read before the others: a file may be the text of an encounter.
_FIRST = ("DocumentReference", "DiagnosticReport")
# What only names authors, places and products.
_NAMING = frozenset(
    {
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Location",
        "Medication",
        "Substance",
        "Device",
        "Specimen",
    }
)
_SHARED = _NAMING | {"Binary", "Composition", "OperationOutcome"}
# A record handed over as a whole; a bundle of one of these types that holds little else is a letter in disguise.
_WHOLE = frozenset({"collection", "transaction", "batch", "searchset", "history", "ndjson"})
_SECTIONS = (
    {"Condition"}, {"AllergyIntolerance"}, {"MedicationStatement", "MedicationRequest"}, {"Observation"},
    {"Immunization"}, {"Procedure"}, {"Encounter"}, {"FamilyMemberHistory"}, {"DiagnosticReport"},
)  # fmt: skip
_FEWEST_SECTIONS = 3
IPS_TYPE = "60591-5"


@dataclass(slots=True)
class Batch:
    """The resources read together: of one bundle, of one file of lines, or one alone ("single").

    Attributes:
        kind: Bundle.type, "ndjson" or "single".
        nested: documents of the bundles inside.
        remarks: words of `unread.REMARKS` and WHY, counted.
    """

    kind: str
    entries: list[Entry] = field(default_factory=list)
    identifier: str = ""
    timestamp: str = ""
    nested: list[Document] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)


def documents(batch: Batch, limits: Limits) -> list[Document]:
    """One document per patient, then those of what belongs to none, then those of bundles inside."""
    index, older = Index(), _latest(batch)
    for entry in batch.entries:
        index.add(entry)
    _tell_apart(batch.entries)
    if index.twice:
        batch.remarks["twice"] += len(index.twice)
    groups, shared = _by_patient(batch, index)
    found: list[Document] = []
    only = len(groups) <= 1
    for name, entries in groups.items():
        own = [*entries, *shared] if only else entries
        remarks = batch.remarks if only else Counter[str]()
        found.append(_document(name, own, older if only else [], batch, index, remarks, limits))
    if not groups or (not only and (shared or older or batch.remarks)):
        found.append(_document("", shared, older, batch, index, batch.remarks, limits))
    return [*found, *batch.nested]


def _latest(batch: Batch) -> list[Entry]:
    """Take older versions out of a history (newest first, FHIR R4 3.1.0.10.1), repetitions out of any bundle."""
    seen: dict[str, Entry] = {}
    older: list[Entry] = []
    kept = []
    for entry in batch.entries:
        if not entry.id:
            kept.append(entry)
            continue
        first = seen.setdefault(f"{entry.key} {'' if batch.kind == 'history' else entry.full_url}", entry)
        if first is entry:
            kept.append(entry)
        elif batch.kind == "history":
            older.append(entry)
        elif first.plain() != entry.plain():
            kept.append(entry)
    batch.entries = kept
    return older


def _tell_apart(entries: list[Entry]) -> None:
    """Two resources under one id keep apart by their rank."""
    seen: Counter[str] = Counter()
    for entry in entries:
        seen[entry.key] += 1
        if seen[entry.key] > 1:
            entry.key = f"{entry.key}~{seen[entry.key]}"


def _by_patient(batch: Batch, index: Index) -> tuple[dict[str, list[Entry]], list[Entry]]:
    """Entries by key of their Patient, or by the reference that leads out of the file; and those of nobody."""
    groups: dict[str, list[Entry]] = {
        entry.key: [entry] for entry in batch.entries if entry.type == "Patient"
    }
    patients = len(groups)
    owners: dict[str, str] = {}
    nobody: list[Entry] = []
    for entry in batch.entries:
        if entry.type == "Patient":
            continue
        subject = _subject(entry)
        if subject is None:
            nobody.append(entry)
            continue
        owner = owners.get(subject)
        if owner is None:
            patient = index.find(subject)
            if patient is not None and patient.type != "Patient":
                owner = ""
            else:
                owner = patient.key if patient is not None else f"→{subject}"
            owners[subject] = owner
        if owner:
            groups.setdefault(owner, []).append(entry)
        else:
            nobody.append(entry)  # its subject is a group, a device, a place
    if len(groups) == 1 and patients == 1:
        return groups, nobody
    clinical = [entry for entry in nobody if entry.type in _READERS and entry.type not in _SHARED]
    if clinical:
        batch.remarks["unknown_patient"] += len(clinical)
    return groups, nobody


def _subject(entry: Entry) -> str | None:
    """The reference to whom a resource is about; None when it names nobody."""
    if entry.type in _NAMING:
        return None
    source = entry.plain()
    for name in ("subject", "patient", "beneficiary", "for"):
        held = source.get(name)
        if isinstance(held, dict):
            reference = held.get("reference")
            if isinstance(reference, str) and reference:
                return reference if not reference.startswith("#") else f"{entry.key}{reference}"
            identifier = held.get("identifier")
            if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
                return f"?identifier={identifier.get('system')}|{identifier['value']}"
    return None


def _document(
    name: str,
    entries: list[Entry],
    older: list[Entry],
    batch: Batch,
    index: Index,
    remarks: Counter[str],
    limits: Limits,
) -> Document:
    composition = _composition(entries)
    scope = Scope(index, limits, _is_whole(batch, entries, composition), remarks=Counter(remarks))
    deletions = scope.remarks.pop("deletion", 0)
    identity = _identity(name, entries, scope)
    scope.birth_date = identity.birth_date if identity is not None else ""
    scope.remarks["key"] += identity is not None and not identity.key_agrees
    reports.gather(entries, scope)
    for entry in (
        *(one for one in entries if one.type in _FIRST),
        *(one for one in entries if one.type not in _FIRST),
    ):
        _read(entry, scope)
    scope.kept += [("older", entry) for entry in older]
    narrative, cut = "", False
    if composition is not None:
        narrative, cut = compositions.narrative(composition, limits.text_characters)
        compositions.negations(composition, scope)
    negations = _consistent(scope)
    text, text_cut = _text(scope, limits)
    if cut or text_cut:
        scope.remarks["cut"] += 1
    heading = (
        heading_of(entries, composition, batch.kind, scope)
        if composition or batch.kind == "single"
        else Heading()
    )
    kept = [(why, entry.type) for why, entry in scope.kept] + [("deletion", "Bundle")] * deletions
    return Document(
        "fhir",
        kind=heading.kind,
        title=heading.title,
        at=heading.at,
        author=heading.author,
        identifier=batch.identifier
        if composition is not None or batch.kind != "single"
        else heading.identifier,
        set_id=heading.set_id,
        act="replacement" if heading.replaces else "initial",
        replaces=heading.replaces,
        identity=identity,
        statements=tuple(scope.statements),
        negations=negations,
        narrative=narrative,
        text=text,
        attached=tuple(scope.attached),
        unread=sentences(kept, scope.remarks),
    )


def _composition(entries: list[Entry]) -> Composition | None:
    for entry in entries:
        if entry.type == "Composition":
            try:
                typed = entry.typed()
            except NotR4:
                return None
            return typed if isinstance(typed, Composition) else None
    return None


def _is_whole(batch: Batch, entries: list[Entry], composition: Composition | None) -> bool:
    if composition is not None:
        codes = {coding.code for coding in composition.type.coding} if composition.type is not None else set()
        return IPS_TYPE in codes
    types = {entry.type for entry in entries}
    return batch.kind in _WHOLE and sum(bool(types & section) for section in _SECTIONS) >= _FEWEST_SECTIONS


def _identity(name: str, entries: list[Entry], scope: Scope) -> ReadIdentity | None:
    for entry in entries:
        if entry.type == "Patient" and entry.key == name:
            try:
                patient = entry.typed()
            except NotR4:
                return None
            if isinstance(patient, Patient):
                if patient.deceased_boolean or patient.deceased_date_time:
                    scope.remarks["deceased"] += 1
                return identity_of(patient)
    if "#" in name:
        return _contained(name, entries)
    if name.startswith("→?identifier="):
        system, _, value = name.removeprefix("→?identifier=").rpartition("|")
        return identity_of_reference(Reference(identifier=Identifier(system=system, value=value)))
    return None


def _contained(name: str, entries: list[Entry]) -> ReadIdentity | None:
    """The identity of a Patient contained in the resource about them."""
    wanted = name.rpartition("#")[2]
    for entry in entries:
        held = entry.plain().get("contained")
        for inside in held if isinstance(held, list) else [held]:
            patient = entry_of(inside, "", 0)
            if patient is not None and patient.type == "Patient" and patient.id == wanted:
                try:
                    typed = patient.typed()
                except NotR4:
                    return None
                return identity_of(typed) if isinstance(typed, Patient) else None
    return None


def _read(entry: Entry, scope: Scope) -> None:
    """Read one resource, or keep it as text with its reason."""
    if entry.type not in KNOWN:
        scope.kept.append(("no_room", entry))
        return
    try:
        resource = entry.typed()
    except NotR4:
        scope.kept.append(("not_r4", entry))
        return
    reader = _READERS.get(entry.type)
    if reader is None:
        if entry.type in _NAMING:
            scope.kept.append(("names", entry))
        return
    if _changed_meaning(resource):
        scope.kept.append(("modifier", entry))
        return
    try:
        reader(resource, entry.key, scope)
    except Kept as kept:
        scope.kept.append((kept.why, entry))


def _changed_meaning(resource: Resource) -> bool:
    return bool(resource.modifier_extension or resource.implicit_rules)


_ROOM_OF = {
    "allergies": "allergy.recorded", "problems": "problem.recorded", "treatments": "treatment.recorded",
    "procedures": "procedure.recorded", "family": "family.recorded", "immunizations": "immunization.recorded",
    "lifestyle": "lifestyle.recorded",
}  # fmt: skip


def _consistent(scope: Scope) -> tuple[Any, ...]:
    """Sections found empty, without those of which the same document states something."""
    stated = {statement.body.KIND for statement in scope.statements}
    kept = [section for section in scope.negations if _ROOM_OF[section] not in stated]
    if len(kept) < len(scope.negations):
        scope.remarks["contradicted"] += 1
    return tuple(kept)


def _text(scope: Scope, limits: Limits) -> tuple[str, bool]:
    """What stayed text, readable, and whether it was cut."""
    parts: list[str] = []
    length = 0
    # Who and where, last: it explains the rest.
    for why, entry in sorted(scope.kept, key=lambda one: one[0] == "names"):
        if why == "older":
            continue
        part = render(entry.plain(), limits.depth)
        length += len(part) + 2
        if length > limits.text_characters:
            return "\n\n".join(parts), True
        parts.append(part)
    return "\n\n".join(parts), False
