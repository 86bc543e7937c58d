"""Files inside a CDA: its whole body when it is not structured, and the media its entries carry.

Law: what a file is comes from its bytes, never from the mediaType written beside it. What is compressed is inflated
within a bound; what is only referred to elsewhere is not fetched. Source: HL7 V3 data type ED (representation,
compression); HL7 CDA R2 nonXMLBody, observationMedia.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, field

from lanterne.intake.cda.nodes import child, code, get, text
from lanterne.intake.cda.words import Anchors, display
from lanterne.intake.charset import decode
from lanterne.intake.narrative import clean
from lanterne.intake.plain.rtf import text_of_rtf
from lanterne.intake.reading import Attached, Limits
from lanterne.intake.xml import Node
from lanterne.practice.documents.rules import media_type_of

_WINDOWS = {"DF": -zlib.MAX_WBITS, "ZL": zlib.MAX_WBITS, "GZ": zlib.MAX_WBITS | 16}
_DOCUMENT_TYPE = "69764-9"
_RTF = b"{\\rtf"
_TIFF = (b"II*\x00", b"MM\x00*")


@dataclass(slots=True)
class Media:
    """Files found. `names` are those a narrative may point at, by ID; `notes` what could not be opened."""

    limits: Limits
    attached: list[Attached] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    narrative: str = ""
    text: str = ""
    _room: int = -1

    def body(self, body: Node, title: str) -> None:
        """A nonXMLBody: the document is this file."""
        held = child(body, "text")
        content = self._content(held, title) if held is not None else None
        if content is None:
            self.notes.append("Le document ne contient que la référence d’un fichier qui n’est pas là.")
            return
        declared = get(held, "mediaType").lower()
        media_type = _type_of(content, declared)
        self.attached.append(Attached(content, media_type, title))
        if media_type == "application/rtf":
            self.text = text_of_rtf(content.decode("latin-1"), self.limits.text_characters)
        elif media_type == "text/plain":
            self.text = decode(content).text[: self.limits.text_characters]
        elif declared in ("text/html", "application/xhtml+xml"):
            self.narrative = clean(decode(content).text[: self.limits.text_characters])

    def entries(self, root: Node, anchors: Anchors) -> None:
        """Every observationMedia of the document."""
        for node in root.iter("observationMedia"):
            value = child(node, "value")
            if value is None:
                continue
            title = _title(node, anchors) or f"Pièce jointe {len(self.attached) + 1}"
            name = get(node, "ID") or get(node, "id")
            if name:
                self.names[name] = title
            content = self._content(value, title)
            if content is not None:
                self.attached.append(
                    Attached(content, _type_of(content, get(value, "mediaType").lower()), title)
                )

    def _content(self, node: Node, title: str) -> bytes | None:
        if self._room < 0:
            self._room = self.limits.inflated_bytes
        written = "".join(piece for piece in node.itertext())
        if child(node, "reference") is not None and not written.strip():
            self.notes.append(f"« {title} » est un fichier extérieur au document : il n’est pas là.")
            return None
        content = self._decoded(node, written, title)
        if not content:
            if content is not None:
                self.notes.append(f"« {title} » est vide.")
            return None
        if len(content) > self._room:
            self.notes.append(f"« {title} » est trop volumineux : il n’est pas ouvert.")
            return None
        self._room -= len(content)
        return content

    def _decoded(self, node: Node, written: str, title: str) -> bytes | None:
        if get(node, "representation").upper() != "B64":
            return written.strip().encode("utf-8", "replace")
        try:
            content = base64.b64decode("".join(written.split()).encode("ascii", "replace"), validate=True)
        except binascii.Error:
            self.notes.append(f"« {title} » est abîmé (base64) : il n’est pas ouvert.")
            return None
        window = _WINDOWS.get(get(node, "compression").upper())
        if window is None:
            return content
        try:
            inflater = zlib.decompressobj(window)
            inflated = inflater.decompress(content, self._room + 1)
        except zlib.error:
            self.notes.append(f"« {title} » est abîmé (compression) : il n’est pas ouvert.")
            return None
        return inflated


def _title(node: Node, anchors: Anchors) -> str:
    """What the organizer says the file is (CI-SIS FR-Document-attache), else what the observation it belongs to is."""
    above = node.getparent()
    holder = above.getparent() if above is not None else None
    if holder is None:
        return ""
    if holder.tag == "organizer":
        for observation in holder.findall("component/observation"):
            if code(observation) == _DOCUMENT_TYPE:
                return display(child(observation, "value"), anchors)
    if holder.tag == "observation":
        return display(child(holder, "code"), anchors)
    section = next(node.iterancestors("section"), None)
    return text(section, "title")[:200] if child(section, "title") is not None else ""


def _type_of(content: bytes, declared: str) -> str:
    if content.startswith(_RTF):
        return "application/rtf"
    if content.startswith(_TIFF):
        return "image/tiff"
    found = media_type_of(content)
    if found == "application/octet-stream" and declared == "text/plain" and b"\x00" not in content:
        return "text/plain"
    return found
