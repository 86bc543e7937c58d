"""Which reader for these bytes: by what they are, never by the name of the file.

Law: content decides; a name is a hint only between forms of the same text. Readers are imported when first
needed, so that none costs anything to a file of another kind, and a reader that fails to import fails its own
files only. What is nothing known is refused with a sentence, never shown as something else.
"""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from typing import cast

from lanterne.intake.charset import decode
from lanterne.intake.reading import Document, Limits, Reader, Unreadable
from lanterne.practice.documents.rules import media_type_of

READERS: dict[str, str] = {
    "cda": "lanterne.intake.cda.reader:read",
    "fhir": "lanterne.intake.fhir.reader:read",
    "xdm": "lanterne.intake.xdm.reader:read",
    "hl7v2": "lanterne.intake.hl7v2.reader:read",
    "hprim": "lanterne.intake.hprim.reader:read",
    "pdf": "lanterne.intake.plain.pdf:read",
    "image": "lanterne.intake.plain.image:read",
    "csv": "lanterne.intake.plain.results_csv:read",
    "text": "lanterne.intake.plain.text:read",
    "rtf": "lanterne.intake.plain.text:read_rtf",
    "html": "lanterne.intake.plain.text:read_html",
    "office": "lanterne.intake.plain.kept:read_office",
    "dicom": "lanterne.intake.plain.kept:read_dicom",
}
UNKNOWN = "unknown"

_IMAGES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*",
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PROLOGUE = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)")
_LOOKED_AT = 65_536
_MSH = re.compile(rb"(?:^|[\r\n\x0b])[ \t]*(?:\xef\xbb\xbf)?(?:MSH|FHS|BHS)([^\w\s])[^\w\s]{2,5}\1")
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml")


def read(content: bytes, limits: Limits, name: str = "") -> Document:
    """The document in a file of any kind.

    Args:
        name: the file's name, a hint only.

    Raises:
        Unreadable: "file_empty", "file_too_large", "format_unknown", and what the reader raises.
    """
    if not content:
        raise Unreadable("file_empty")
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    return reader_of(format_of(content, name))(content, limits)


def reader_of(name: str) -> Reader:
    """The reader of a format.

    Raises:
        Unreadable: "format_unknown".
    """
    if name not in READERS:
        raise Unreadable("format_unknown")
    module, _, function = READERS[name].partition(":")
    return cast(Reader, getattr(importlib.import_module(module), function))


def format_of(content: bytes, name: str = "") -> str:
    """The format of a file, a key of `READERS`, or "unknown"."""
    binary = _binary_format(content)
    if binary:
        return binary
    if _MSH.search(content[:4_096]):
        return "hl7v2"
    top = content[:_LOOKED_AT]
    if _CONTROL.search(top) and not top.startswith((b"\xff\xfe", b"\xfe\xff")):
        return UNKNOWN
    text = decode(top).text.lstrip("\ufeff \t\r\n")
    if text.startswith("{\\rtf"):
        return "rtf"
    if text.startswith("<"):
        return _markup_format(content, text)
    if text.startswith(("{", "[")) and b'"resourceType"' in content:
        return "fhir"
    return _text_format(decode(top).text, name)


def media_type(content: bytes, name: str) -> str:
    """The media type of a file of this format: from its bytes, for what is shown and for what is only saved."""
    return {"rtf": "application/rtf", "dicom": "application/dicom"}.get(name) or media_type_of(content)


def _binary_format(content: bytes) -> str:
    top = content[:1_024]
    if b"%PDF-" in top:
        return "pdf"
    if top.startswith(_IMAGES) or (top[:4] == b"RIFF" and top[8:12] == b"WEBP"):
        return "image"
    if (
        top[:2] == b"BM"
        and len(content) > 54
        and int.from_bytes(content[14:18], "little") in (12, 40, 108, 124)
    ):
        return "image"
    if top.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(content)
    if top.startswith(_OLE):
        return "office"
    if content[128:132] == b"DICM":
        return "dicom"
    return ""


def _zip_format(content: bytes) -> str:
    """A word processor's zip, or an exchange folder; its reader refuses what is neither."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()[:50]
    except (zipfile.BadZipFile, OSError, ValueError, NotADirectoryError, LookupError, RuntimeError):
        return "xdm"
    return "office" if names and names[0] in _OFFICE else "xdm"


def _markup_format(content: bytes, text: str) -> str:
    """By the name of the root element, whatever its prefix or namespace."""
    root = _root(text)
    if root == "ClinicalDocument":
        return "cda"
    if root.lower() == "html" or text[:100].lower().startswith("<!doctype html"):
        return "html"
    if "http://hl7.org/fhir" in text[:8_192] or root == "Bundle":
        return "fhir"
    # An entity declared before the root is what the XML reader refuses aloud.
    if b"ClinicalDocument" in content[:_LOOKED_AT] and not root:
        return "cda"
    return "text"


def _root(text: str) -> str:
    place = 0
    while place < len(text):
        found = _PROLOGUE.match(text, place) or _DOCTYPE.match(text, place)
        if found is None or found.end() == place:
            break
        place = found.end()
    element = _ROOT.match(text, place)
    return element[1] if element is not None else ""


def _text_format(text: str, name: str) -> str:
    from lanterne.intake.hprim.reader import is_hprim
    from lanterne.intake.plain.results_csv import is_results

    if is_hprim(text):
        return "hprim"
    if is_results(text):
        return "csv"
    return "text"
