"""The reader of HL7 v2 files: ORU results, MDM documents, one message or many, framed or not.

Law: what is discrete becomes results, what is enclosed is read by the reader of its own format as a part, and
the rest is text. The act of the message is the act of the documents in it. A document with parts and nothing
of its own is only their envelope. Flags of routing (MetaDMPMSS: hidden, invisible, recipients) are shown,
never taken for results.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lanterne.intake.charset import decode, readable
from lanterne.intake.hl7v2.acts import Asked, asked
from lanterne.intake.hl7v2.embedded import content_of
from lanterne.intake.hl7v2.identity import author_of, whose
from lanterne.intake.hl7v2.observations import Group, Observations, lines_of_results, names_of
from lanterne.intake.hl7v2.segments import Message, Segment, messages_of
from lanterne.intake.plain.guessing import kind_of_text, title_of
from lanterne.intake.reading import Attached, Document, Limits, ReadIdentity, Unreadable
from lanterne.intake.written import dates
from lanterne.intake.written.gathering import gathered
from lanterne.practice.documents.facts import DocumentKind

_KINDS: dict[str, DocumentKind] = {
    "11502-2": "lab-report", "26436-6": "lab-report", "18748-4": "imaging", "18726-0": "imaging",
    "11526-1": "lab-report",
    "34133-9": "other", "60591-5": "other", "18842-5": "hospital-report", "34105-7": "hospital-report",
    "11490-0": "hospital-report", "34112-3": "hospital-report", "11504-8": "hospital-report",
    "59258-4": "hospital-report",
    "11488-4": "letter", "51847-2": "letter", "57133-1": "letter", "34108-1": "letter", "57833-6": "prescription",
    "57828-6": "prescription", "74468-0": "other", "55107-7": "other",
}  # fmt: skip
_FILES = frozenset({"ED", "RP"})
_READ_WITHIN = frozenset({"cda", "fhir", "xdm"})
_ROUTING = "METADMPMSS"
_DOCUMENT_LABELS: dict[str, str] = {"Y": "oui", "N": "non"}


@dataclass(slots=True)
class Gathering:
    """What one patient's part of a message holds."""

    segments: list[Segment] = field(default_factory=list)
    seen: Observations = field(default_factory=Observations)
    group: Group = field(default_factory=Group)
    files: list[Segment] = field(default_factory=list)
    routing: list[str] = field(default_factory=list)
    at: str = ""


def read(content: bytes, limits: Limits) -> Document:
    """The document of the message; one with `parts` when the file holds several messages or patients.

    Raises:
        Unreadable: "file_too_large", "segments_no_header", "segments_separators", "too_many_elements",
            "too_many_parts", "too_many_results", "hl7_base64", "hl7_kind" (neither results nor documents),
            "inflated_too_large", and what the reader of an enclosed document raises.
    """
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    decoded = decode(content)
    documents = [
        document for message in messages_of(decoded.text, limits) for document in _documents(message, limits)
    ]
    if not documents:
        raise Unreadable("hl7_kind")
    return gathered("hl7v2", tuple(documents), exact=decoded.exact)


def _documents(message: Message, limits: Limits) -> list[Document]:
    header = message.segments[0]
    kind = header.text(9, 1).upper()
    if kind not in ("ORU", "MDM", "OUL"):
        return []
    facility = header.text(4) or header.text(3)
    return [_document(header, group, facility, limits) for group in _by_patient(message.segments[1:])]


def _by_patient(segments: Iterable[Segment]) -> list[list[Segment]]:
    groups: list[list[Segment]] = [[]]
    for segment in segments:
        if segment.name == "PID" and any(other.name == "PID" for other in groups[-1]):
            groups.append([])
        groups[-1].append(segment)
    return groups


def _document(header: Segment, segments: list[Segment], facility: str, limits: Limits) -> Document:
    held = Gathering(segments, Observations(most=limits.entries))
    for segment in segments:
        _take(held, segment, facility)
    request = asked(header.text(9, 2).upper(), segments)
    patient = next((segment for segment in segments if segment.name == "PID"), None)
    identity, unread = None, ["Le message ne dit pas pour quel patient il est (pas de PID)."]
    if patient is not None:
        found = whose(patient, facility)
        identity, unread = found.identity, list(found.unread)
    statements = held.seen.statements()
    attached, parts, texts, said = _enclosed(held, request, identity, limits)
    kind, title = _what(segments, bool(statements))
    lines = [*lines_of_results(statements), *held.seen.text, *texts]
    text = "\n".join([*lines, *([""] if lines and held.routing else []), *held.routing])
    if len(text) > limits.text_characters:
        raise Unreadable("text_too_long", limit=str(limits.text_characters))
    if kind == "other" and text:
        kind = kind_of_text(text)
    if not (statements or text or attached or parts or said):
        said = ["Le message ne contient ni résultat, ni texte, ni document : il est peut-être incomplet."]
    return Document(
        format="hl7v2",
        kind=kind,
        title=title or title_of(text, kind),
        at=_at(header, segments, held) or None,
        author=author_of(segments, facility),
        identifier=request.identifier,
        set_id=request.set_id,
        act=request.act,
        replaces=request.replaces,
        identity=identity,
        statements=statements,
        text=text,
        attached=attached,
        unread=(*unread, *held.seen.unread, *said),
        parts=parts,
    )


def _take(held: Gathering, segment: Segment, facility: str) -> None:
    if segment.name == "OBR":
        label, _, _ = names_of(segment.components(4))
        sampled = dates.stamp(segment.text(7)) or dates.stamp(segment.text(14))
        held.group = Group(label, sampled, segment.text(15, 1), facility, segment.text(25))
        held.at = held.at or sampled
        held.seen.closed()
    elif segment.name == "SPM":
        label, _, _ = names_of(segment.components(4))
        held.group = replace(held.group, specimen=label)
    elif segment.name == "NTE":
        held.seen.note(segment.whole(3))
    elif segment.name == "OBX" and segment.text(3, 3).upper() == _ROUTING:
        held.routing.append(_routing(segment))
        if segment.text(2).upper() in _FILES:
            held.files.append(segment)
    elif segment.name == "OBX" and segment.text(2).upper() in _FILES:
        held.files.append(segment)
    elif segment.name == "OBX":
        held.seen.add(segment, held.group)


def _routing(segment: Segment) -> str:
    label = segment.text(3, 2) or segment.text(3, 1)
    if segment.text(2).upper() in _FILES:
        return f"{label} :"
    value = segment.text(5)
    return f"{label} : {_DOCUMENT_LABELS.get(value, value)}"


def _enclosed(
    held: Gathering, request: Asked, identity: ReadIdentity | None, limits: Limits
) -> tuple[tuple[Attached, ...], tuple[Document, ...], list[str], list[str]]:
    """Files, documents read in them, their texts, and what could not be read."""
    from lanterne.intake import detect

    attached: list[Attached] = []
    parts: list[Document] = []
    texts: list[str] = []
    said: list[str] = []
    for segment in held.files:
        title = segment.text(3, 2)
        if segment.text(2).upper() == "RP":
            said.append(f"Le message renvoie à un fichier qui n’y est pas : « {segment.text(5)[:80]} ».")
            continue
        content = content_of(segment, limits)
        if content is None:
            said.append(f"« {title or 'Document'} » est annoncé mais vide.")
            continue
        found = detect.format_of(content)
        if found in _READ_WITHIN:
            inner = detect.reader_of(found)(content, limits)
            parts.append(_as_asked(inner, request, identity))
        elif found == "text":
            texts.append(readable(decode(content).text).strip())
        else:
            if found == detect.UNKNOWN:
                attached.append(Attached(content, "application/octet-stream", title))
                said.append(f"« {title or 'Document'} » est d’un format inconnu : il est gardé sans être lu.")
                continue
            inner = detect.reader_of(found)(content, limits)
            attached.append(Attached(content, detect.media_type(content, found), title))
            texts += [inner.text] if inner.text else []
            said += inner.unread
    return tuple(attached), tuple(parts), texts, said


def _as_asked(inner: Document, request: Asked, identity: ReadIdentity | None) -> Document:
    """An enclosed document does what its message asks; whose it is stays what it says itself, else what the
    message says.
    """
    act = request.act if request.act != "initial" else inner.act
    replaces = tuple(dict.fromkeys([*inner.replaces, *request.replaces]))
    if act == "deletion" and inner.identifier:
        replaces = tuple(dict.fromkeys([inner.identifier, *replaces]))
    return replace(inner, act=act, replaces=replaces, identity=inner.identity or identity)


def _what(segments: list[Segment], structured: bool) -> tuple[DocumentKind, str]:
    """Kind and title, from TXA-2, OBR-4, OBX-3 of the document."""
    for name, place in (("OBX", 3), ("OBR", 4), ("TXA", 2)):
        for segment in segments:
            if segment.name != name or segment.text(3, 3).upper() == _ROUTING:
                continue
            label, loinc, local = names_of(segment.components(place))
            kind = _KINDS.get(loinc or local)
            if kind is not None:
                return kind, label if label != (loinc or local) else ""
    if structured:
        return "lab-report", "Résultats de laboratoire"
    return "other", ""


def _at(header: Segment, segments: list[Segment], held: Gathering) -> str:
    """When: the sample, else the act documented (TXA-4), the report (OBR-22), the message."""
    if held.at:
        return held.at
    for name, place in (("OBX", 14), ("TXA", 4), ("OBR", 22), ("TXA", 6), ("ORC", 9)):
        for segment in segments:
            if segment.name == name and (said := dates.stamp(segment.text(place))):
                return said
    return dates.stamp(header.text(7))
