"""Plain text, and text with light markup (RTF, HTML): read whole, its kind and date suggested.

Law: what is shown is text or our own clean HTML; a control character is never shown as itself.
"""

from __future__ import annotations

import re

from lanterne.intake.charset import decode, readable
from lanterne.intake.narrative import clean
from lanterne.intake.plain.guessing import guess
from lanterne.intake.plain.rtf import text_of_rtf
from lanterne.intake.reading import Document, Limits, ReadAuthor, Unreadable
from lanterne.intake.written.gathering import NOT_EXACT

_UNSTRUCTURED = "Ce texte n’a pas de partie structurée : il se lit."
_TAGS = re.compile(r"<[^<>]{0,2000}>")


def read(content: bytes, limits: Limits) -> Document:
    """A text file.

    Raises:
        Unreadable: "file_too_large", "text_too_long".
    """
    return _document("text", *_decoded(content, limits))


def read_rtf(content: bytes, limits: Limits) -> Document:
    """A RTF file: its words, without its layout.

    Raises:
        Unreadable: "file_too_large", "text_too_long".
    """
    text, _ = _decoded(content, limits)
    words = text_of_rtf(content.decode("latin-1"), limits.text_characters)
    return _document("text", words or text[:2_000], True)


def read_html(content: bytes, limits: Limits) -> Document:
    """An HTML page, reduced to what may stand in a page of ours.

    Raises:
        Unreadable: "file_too_large", "text_too_long".
    """
    text, exact = _decoded(content, limits)
    narrative = clean(text)
    return _document("text", _TAGS.sub(" ", narrative).strip(), exact, narrative)


def _decoded(content: bytes, limits: Limits) -> tuple[str, bool]:
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    decoded = decode(content)
    if len(decoded.text) > limits.text_characters:
        raise Unreadable("text_too_long", limit=str(limits.text_characters))
    return decoded.text, decoded.exact


def _document(name: str, text: str, exact: bool, narrative: str = "") -> Document:
    shown = readable(text.replace("\r\n", "\n").replace("\r", "\n"))
    suggested = guess(shown)
    return Document(
        format=name,
        kind=suggested.kind,
        title=suggested.title,
        at=suggested.at or None,
        author=ReadAuthor(suggested.sender, suggested.organisation),
        narrative=narrative,
        text=shown,
        unread=(_UNSTRUCTURED,) if exact else (_UNSTRUCTURED, NOT_EXACT),
    )
