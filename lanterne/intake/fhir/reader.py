"""FHIR R4 from outside: a Bundle, a single resource or NDJSON, JSON or XML, to a document per patient.

Law: resources are read by type, each ends as statements, an absence, or text with a sentence. What concerns
somebody who is not in the file never goes to somebody who is. Source: https://hl7.org/fhir/R4/bundle.html;
NDJSON: FHIR Bulk Data Access.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lanterne.intake import xml
from lanterne.intake.fhir import from_json, from_xml
from lanterne.intake.fhir.patients import Batch, documents
from lanterne.intake.fhir.source import entry_of
from lanterne.intake.reading import Document, Limits, Unreadable

_NESTED = 3
_MARK = b"\xef\xbb\xbf"


def read(content: bytes, limits: Limits) -> Document:
    """A document, with one part per patient when there are several.

    Raises:
        Unreadable: a code of `unread.SENTENCES` or `xml.SENTENCES`.
    """
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    body = content.removeprefix(_MARK).strip()
    if body.startswith(b"{"):
        return _read_json(body, limits)
    if not body.startswith((b"<", b"\xff", b"\xfe", b"\x00")):
        raise Unreadable("fhir_not_a_resource")
    return _together([_read_root(_xml_root(content, limits), limits, 0)])


def _read_json(body: bytes, limits: Limits) -> Document:
    try:
        plain = from_json.parse(body, limits)
    except Unreadable as error:
        if error.code not in ("json_broken", "too_many_elements") or b"\n" not in body:
            raise
        try:
            return _together([documents(batch, limits) for batch in _ndjson(body, limits)])
        except _NotNdjson:
            raise error from None
    return _together([_read_root(plain, limits, 0)])


class _NotNdjson(Exception):
    """The lines are not one resource each."""


def _ndjson(body: bytes, limits: Limits) -> Iterator[Batch]:
    """The resources of a bulk export: loose ones together, each Bundle among them by itself."""
    loose = Batch("ndjson")
    for number, line in enumerate(body.splitlines()):
        if not line.strip():
            continue
        try:
            plain = from_json.parse(line, limits)
        except Unreadable as error:
            if number == 0 or error.code != "json_broken":
                raise _NotNdjson from error
            raise Unreadable("json_broken") from error
        entry = entry_of(plain, "", number)
        if entry is None:
            raise _NotNdjson
        if entry.type == "Bundle":
            yield _batch(plain, limits, 0)
        else:
            _count(loose, limits)
            loose.entries.append(entry)
    if loose.entries:
        yield loose


def _xml_root(content: bytes, limits: Limits) -> Any:
    # A whole file in base64 is one attribute in FHIR's XML.
    return xml.parse(content, limits, longest_attribute=limits.file_bytes).root


def _read_root(source: Any, limits: Limits, depth: int) -> list[Document]:
    entry = entry_of(source, "", 0)
    if entry is None:
        raise Unreadable("fhir_not_a_resource")
    if entry.type == "Bundle":
        return documents(_batch(source, limits, depth), limits)
    return documents(Batch("single", entries=[entry]), limits)


def _batch(source: Any, limits: Limits, depth: int) -> Batch:
    """The entries of one Bundle; Bundles inside are read by themselves and come as `nested`."""
    if depth > _NESTED:
        raise Unreadable("fhir_bundles_nested")
    kind, identifier, timestamp, entries = (
        _bundle_json(source) if isinstance(source, dict) else _bundle_xml(source)
    )
    batch = Batch(kind, identifier=identifier, timestamp=timestamp)
    for number, (full_url, resource, method) in enumerate(entries):
        entry = entry_of(resource, full_url, number)
        if entry is None:
            batch.remarks["deletion" if method == "DELETE" else "empty"] += 1
        elif entry.type == "Bundle":
            batch.nested += documents(_batch(resource, limits, depth + 1), limits)
        else:
            _count(batch, limits)
            batch.entries.append(entry)
    return batch


def _count(batch: Batch, limits: Limits) -> None:
    # Resources, unlike files of an archive, are small: each line of a record is one.
    if len(batch.entries) >= limits.elements:
        raise Unreadable("too_many_entries", limit=str(limits.elements))


Entries = list[tuple[Any, Any, Any]]


def _bundle_json(bundle: dict[str, Any]) -> tuple[str, str, str, Entries]:
    entries: Entries = []
    held = bundle.get("entry")
    for item in held if isinstance(held, list) else ():
        if isinstance(item, dict):
            request = item.get("request")
            method = request.get("method") if isinstance(request, dict) else ""
            entries.append((item.get("fullUrl"), item.get("resource"), method))
        else:
            entries.append(("", None, ""))
    return _word(bundle.get("type")), _identifier(bundle), _word(bundle.get("timestamp")), entries


def _bundle_xml(bundle: Any) -> tuple[str, str, str, Entries]:
    entries: Entries = []
    head: dict[str, Any] = {}
    for child in bundle:
        name = from_xml.name_of(child)
        if name != "entry":
            head[name] = from_xml.plain(child) if name in ("type", "identifier", "id", "timestamp") else None
            continue
        full_url = child.find(f"{from_xml.FHIR}fullUrl")
        resource = child.find(f"{from_xml.FHIR}resource")
        method = child.find(f"{from_xml.FHIR}request/{from_xml.FHIR}method")
        entries.append(
            (
                full_url.get("value") if full_url is not None else "",
                next(iter(resource), None) if resource is not None else None,
                method.get("value") if method is not None else "",
            )
        )
    return _word(head.get("type")), _identifier(head), _word(head.get("timestamp")), entries


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _identifier(bundle: dict[str, Any]) -> str:
    """The bundle's own identifier, of this version of it (FHIR R4, Bundle.identifier), else its id."""
    held = bundle.get("identifier")
    if isinstance(held, dict) and _word(held.get("value")):
        return "|".join(filter(None, (_word(held.get("system")), _word(held.get("value")))))
    return _word(bundle.get("id"))


def _together(found: list[list[Document]]) -> Document:
    """One document as it is; several as parts of one."""
    flat = [document for group in found for document in group]
    if not flat:
        return Document("fhir", unread=("Le fichier ne contient aucune ressource.",))
    if len(flat) == 1:
        return flat[0]
    # What is about nobody (professionals, places) belongs to the whole.
    parts = [
        one
        for one in flat
        if one.identity or one.statements or one.attached or one.narrative or one.negations
    ]
    rest = [one for one in flat if not any(one is part for part in parts)]
    return Document(
        "fhir",
        title="Recueil FHIR",
        text="\n\n".join(filter(None, (one.text for one in rest))),
        unread=tuple(dict.fromkeys(line for one in rest for line in one.unread)),
        parts=tuple(parts),
    )
