"""PDF: kept as it is and shown; its text, when it has some, is for the search and for suggestions.

Law: a PDF is a document whatever is wrong with it: locked, broken or scanned, it stays readable and a
sentence says what could not be taken from it. Text is taken from the first pages only, within time. Nothing
in it is run.
"""

from __future__ import annotations

import io
import logging
import struct
import time
import zlib

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from lanterne.intake.charset import readable
from lanterne.intake.plain.guessing import guess
from lanterne.intake.reading import Document, Limits, ReadAuthor, Unreadable

MOST_PAGES = 40
MOST_CHARACTERS = 200_000
# Of the time a file may take, what the text may: the rest is for opening it.
_SHARE = 0.5

# What pypdf raises on files that are no PDF inside: it trusts types it finds there.
_BROKEN = (
    PyPdfError, DependencyError, ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError,
    OSError, RuntimeError, TypeError, UnicodeError, ValueError, struct.error, zlib.error,
)  # fmt: skip


def read(content: bytes, limits: Limits) -> Document:
    """The document, with text and suggestions when it has text.

    Raises:
        Unreadable: "file_too_large".
    """
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    # pypdf warns of each flaw with pieces of the file: they would put a patient's words in a log.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return _without_text("Ce PDF est protégé par un mot de passe : il faut le saisir pour le lire.")
        text, pages_left = _text(reader, limits)
    except _BROKEN:
        return _without_text("Ce PDF est abîmé ou inhabituel : son texte n’a pas pu être lu.")
    if not text.strip():
        return _without_text("Ce PDF n’a pas de texte (document numérisé) : il se lit à l’écran.")
    suggested = guess(text)
    said = [f"Le texte des {pages_left} dernières pages n’a pas été lu."] if pages_left else []
    return Document(
        format="pdf",
        kind=suggested.kind,
        title=suggested.title,
        at=suggested.at or None,
        author=ReadAuthor(suggested.sender, suggested.organisation),
        text=text,
        unread=(_UNSTRUCTURED, *said),
    )


_UNSTRUCTURED = "Un PDF n’a pas de partie structurée : il se lit, et son texte sert à la recherche."


def _without_text(why: str) -> Document:
    return Document(format="pdf", title="Document PDF", unread=(why,))


def _text(reader: pypdf.PdfReader, limits: Limits) -> tuple[str, int]:
    """The text of the first pages, and how many pages are left unread."""
    until = time.monotonic() + limits.seconds * _SHARE
    most = min(MOST_CHARACTERS, limits.text_characters)
    count = len(reader.pages)
    pages: list[str] = []
    size = 0
    for number in range(min(count, MOST_PAGES)):
        if size > most or time.monotonic() > until:
            break
        try:
            page = reader.pages[number].extract_text()
        except _BROKEN:
            page = ""
        pages.append(page)
        size += len(page)
    text = readable("\n\n".join(pages))
    return text[:most], count - len(pages)
