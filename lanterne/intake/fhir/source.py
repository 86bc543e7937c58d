"""The resources of one file, and what refers to what inside it.

Law: a reference is followed only inside the file. Where two resources answer to one name, none does. Kinds of
reference: fullUrl, "Type/id", "#contained", and the conditional ones of transactions
(https://hl7.org/fhir/R4/bundle.html#references).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs

import msgspec

from lanterne.intake.fhir import from_xml
from lanterne.intake.fhir.resources import KNOWN, Resource
from lanterne.intake.fhir.shapes import Reference
from lanterne.intake.xml import Node

R = TypeVar("R", bound=Resource)


class NotR4(Exception):
    """The resource has not the shape FHIR R4 gives its type."""


@dataclass(slots=True, eq=False)
class Entry:
    """One resource: its type, id and fullUrl; its source, a plain map (JSON) or an element (XML)."""

    type: str
    id: str
    full_url: str
    source: dict[str, Any] | Node
    index: int = 0
    key: str = ""
    _typed: Resource | None = None
    _plain: dict[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        """All of it, as a plain map."""
        if isinstance(self.source, dict):
            return self.source
        if self._plain is None:
            self._plain = from_xml.resource(self.source)
        return self._plain

    def typed(self) -> Resource:
        """What the chart can use of it, for a known type.

        Raises:
            NotR4: a field has another type than FHIR says.
        """
        if self._typed is None:
            try:
                self._typed = self._convert()
            except (msgspec.ValidationError, ValueError, ArithmeticError, RecursionError) as error:
                raise NotR4 from error
        return self._typed

    def _convert(self) -> Resource:
        known = KNOWN[self.type]
        if not isinstance(self.source, dict):
            return msgspec.convert(from_xml.shaped(self.source), known, strict=False)
        try:
            return msgspec.convert(self.source, known, strict=False)
        except msgspec.ValidationError:
            # Some writers put null where FHIR wants nothing: read as nothing.
            return msgspec.convert(_without_nulls(self.source), known, strict=False)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(held) for name, held in value.items() if held is not None}
    if isinstance(value, list):
        return [_without_nulls(held) for held in value]
    return value


def entry_of(source: Any, full_url: Any, index: int) -> Entry | None:
    """An entry for a resource's map or element; None when it is no resource."""
    if isinstance(source, dict):
        kind, identifier = source.get("resourceType"), source.get("id")
    elif source is None or not isinstance(source, Node):
        return None
    else:
        kind = from_xml.name_of(source)
        held = source.find(f"{from_xml.FHIR}id")
        identifier = held.get("value") if held is not None else ""
    if not isinstance(kind, str) or not kind:
        return None
    name = identifier if isinstance(identifier, str) and identifier else ""
    url = full_url if isinstance(full_url, str) else ""
    return Entry(kind, name, url, source, index, f"{kind}/{name}" if name else f"{kind}@{index}")


@dataclass(slots=True)
class Index:
    """Names to resources. `twice` are names that two different resources claim."""

    entries: dict[str, Entry] = field(default_factory=dict)
    identifiers: dict[tuple[str, str, str], Entry] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        """Make a resource known by its fullUrl and by its type and id."""
        for name in {entry.full_url, f"{entry.type}/{entry.id}" if entry.id else ""} - {""}:
            if name in self.entries:
                self.twice.add(name)
            else:
                self.entries[name] = entry
        # Transactions name these by identifier ("Practitioner?identifier=system|value").
        if entry.type in ("Patient", "Practitioner", "Organization"):
            for system, value in _identifiers(entry.plain().get("identifier")):
                self.identifiers.setdefault((entry.type, system, value), entry)

    def find(self, reference: str) -> Entry | None:
        """The resource of this file a reference names; None when it lies elsewhere or two answer."""
        found = self.entries.get(reference)
        if found is not None:
            return None if reference in self.twice else found
        if "?" in reference:
            kind, _, query = reference.partition("?")
            system, _, value = parse_qs(query, max_num_fields=4).get("identifier", [""])[0].rpartition("|")
            return self.identifiers.get((kind, system, value))
        versionless = reference.partition("/_history/")[0]
        base, _, relative = versionless.rpartition("/")
        base, _, kind = base.rpartition("/")
        name = f"{kind}/{relative}"
        found = self.entries.get(versionless) or self.entries.get(name)
        if found is None or name in self.twice or versionless in self.twice:
            return None
        # "http://a/Patient/1" is not "http://b/Patient/1".
        if base and found.full_url.startswith("http") and not found.full_url.startswith(base):
            return None
        return found

    def typed(self, reference: Reference | None, kind: type[R], holder: Resource | None = None) -> R | None:
        """The resource of that type a reference leads to, in this file or contained in its holder; else None."""
        if reference is None or not reference.reference:
            return None
        if reference.reference.startswith("#"):
            return _contained(reference.reference[1:], kind, holder)
        entry = self.find(reference.reference)
        if entry is None or entry.type != kind.__name__:
            return None
        try:
            typed = entry.typed()
        except NotR4:
            return None
        return typed if isinstance(typed, kind) else None


def _contained(name: str, kind: type[R], holder: Resource | None) -> R | None:
    for held in holder.contained if holder is not None else ():
        if isinstance(held, dict) and held.get("id") == name and held.get("resourceType") == kind.__name__:
            try:
                return msgspec.convert(held, kind, strict=False)
            except (msgspec.ValidationError, ValueError, ArithmeticError):
                return None
    return None


def _identifiers(held: Any) -> list[tuple[str, str]]:
    found = []
    for item in held if isinstance(held, list) else [held]:
        if isinstance(item, dict) and isinstance(item.get("value"), str):
            system = item.get("system")
            found.append((system if isinstance(system, str) else "", item["value"]))
    return found
