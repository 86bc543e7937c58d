"""Rules of documents: what may be attached, and what a file really is.

What a file is comes from its bytes, never from its name or from what the browser says: a page must not be made to run
what came as a letter. Shown in the page are PDF, images and plain text; anything else is kept and can be saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lanterne.practice.chart.required import require_text
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.errors import Refusal

# A scanned hospital file fits; a film of an operation does not.
LARGEST_BYTES = 64 * 1024 * 1024

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


def media_type_of(content: bytes) -> str:
    """The type of a file from its first bytes; "application/octet-stream" when it is none of those shown.

    Text is UTF-8 without control characters that does not begin like markup: a page or an SVG is not shown as text.
    """
    for magic, name in _MAGIC:
        if content.startswith(magic):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if _CONTROL.search(content[:65_536]) is None:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return "application/octet-stream"
        if not text.lstrip("\ufeff \t\r\n").startswith("<"):
            return "text/plain"
    return "application/octet-stream"


def check_content(content: bytes) -> str:
    """The media type of a file about to be filed.

    Raises:
        Refusal: "file_empty", "file_too_large".
    """
    if not content:
        raise Refusal("file_empty", field="file")
    if len(content) > LARGEST_BYTES:
        megabytes = LARGEST_BYTES // (1024 * 1024)
        raise Refusal("file_too_large", field="file", size=str(len(content)), limit=str(megabytes))
    return media_type_of(content)


def blobs_of(raw: Mapping[str, Any]) -> list[str]:
    """Names of the sealed files a raw body of document.filed, document.received or arrival.received needs.

    It may have come by sync: what has not the shape of a name is passed over.
    """
    found = [raw.get("blob")]
    for name in ("renditions", "blobs"):
        held = raw.get(name)
        listed = held if isinstance(held, list) else []
        found += [one.get("blob") if isinstance(one, dict) else one for one in listed]
    return [name for name in found if isinstance(name, str) and name]


def check(body: DocumentFiled, birth_date: str, now_ms: int) -> None:
    """A document has a title to be found by."""
    require_text(body.title, "title")


CHECKS = {DocumentFiled.KIND: check}
