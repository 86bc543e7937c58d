"""Files inside resources: DiagnosticReport.presentedForm, DocumentReference, Binary.

Law: what a file is comes from its bytes; one that lies elsewhere is named, never fetched; a hash that does
not agree is said. A note in plain text about a consultation of the same file is that consultation's text.
Sources: https://hl7.org/fhir/R4/datatypes.html#Attachment, https://hl7.org/fhir/R4/documentreference.html.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from lanterne.intake.cda import kinds as cda_kinds
from lanterne.intake.fhir.resources import Binary, DiagnosticReport, DocumentReference, Resource
from lanterne.intake.fhir.saying import label
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.intake.fhir.shapes import Attachment, Reference
from lanterne.intake.reading import Attached, Unreadable
from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.documents.rules import media_type_of

# Services of HL7 v2-0074, as reports name their category.
_SERVICE: dict[str, DocumentKind] = {
    **dict.fromkeys(("LAB", "HM", "CH", "MB", "BLB", "IMM", "SP", "CP"), "lab-report"),
    **dict.fromkeys(("RAD", "RUS", "CT", "NMR", "NMS", "RX"), "imaging"),
}


def kind_of(*codes: str) -> DocumentKind:
    """The kind of document its codes name, "other" for none."""
    by_type = cda_kinds.kind_of(codes)
    return (
        by_type
        if by_type != "other"
        else next((_SERVICE[code] for code in codes if code in _SERVICE), "other")
    )


def content_of(attachment: Attachment, holder: Resource, scope: Scope) -> bytes:
    """The bytes of a file, here or in a Binary of the same bundle.

    Raises:
        Kept: "elsewhere", "not_base64".
        Unreadable: "inflated_too_large".
    """
    data = attachment.data
    if not data:
        binary = (
            scope.resolve(Reference(reference=attachment.url), Binary, holder) if attachment.url else None
        )
        if binary is None:
            raise Kept("elsewhere")
        data = binary.data
    scope.attached_bytes += len(data) * 3 // 4
    if scope.attached_bytes > scope.limits.inflated_bytes:
        raise Unreadable("inflated_too_large", limit=str(scope.limits.inflated_bytes // (1024 * 1024)))
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Kept("not_base64") from error
    if not content:
        raise Kept("elsewhere")
    if attachment.hash:
        digest = hashlib.sha1(content, usedforsecurity=False)
        if attachment.hash not in (base64.b64encode(digest.digest()).decode(), digest.hexdigest()):
            scope.remarks["hash"] += 1
    return content


def attach(content: bytes, title: str, scope: Scope) -> None:
    """Keep a file, once."""
    if all(held.content != content for held in scope.attached):
        scope.attached.append(Attached(content, media_type_of(content), title[:200]))


def read_reference(resource: DocumentReference, key: str, scope: Scope) -> None:
    """Keep the files of a DocumentReference.

    Raises:
        Kept: "in_error", "superseded", "elsewhere", "not_base64".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    if resource.status == "superseded":
        raise Kept("superseded")
    encounter = (
        next(filter(None, map(scope.encounter_key, resource.context.encounter)), "")
        if resource.context
        else ""
    )
    title = resource.description.strip() or label(resource.type)
    files = [held.attachment for held in resource.content if held.attachment is not None]
    if not files:
        raise Kept("elsewhere")
    for held in files:
        content = content_of(held, resource, scope)
        if not (encounter and _is_note(content, held, encounter, scope)):
            attach(content, held.title.strip() or title, scope)


def read_forms(resource: DiagnosticReport, scope: Scope) -> None:
    """Keep the files of a report.

    Raises:
        Kept: "elsewhere", "not_base64".
    """
    encounter = scope.encounter_key(resource.encounter)
    lab = bool(resource.result)
    for held in resource.presented_form:
        content = content_of(held, resource, scope)
        if lab or not (encounter and _is_note(content, held, encounter, scope)):
            attach(content, held.title.strip() or label(resource.code), scope)


def read_binary(resource: Binary, key: str, scope: Scope) -> None:
    """Keep a file that stands alone.

    Raises:
        Kept: "not_base64".
    """
    attach(content_of(Attachment(data=resource.data), resource, scope), "", scope)


def _is_note(content: bytes, attachment: Attachment, encounter: str, scope: Scope) -> bool:
    """Whether a file is plain text about a consultation here: it then becomes that consultation's text."""
    if (
        attachment.content_type.partition(";")[0].strip() != "text/plain"
        or media_type_of(content) != "text/plain"
    ):
        return False
    text = content.decode("utf-8").strip()
    written = scope.notes.setdefault(encounter, [])
    if text and text not in written:
        written.append(text)
    return True
