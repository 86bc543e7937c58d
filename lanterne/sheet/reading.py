"""Reads a recovery sheet back: from its PDF, from a text file, or from letters typed.

What is read is only letters; whether they are right is decided by `seal.sheet`, which names the wrong line.
"""

from __future__ import annotations

import io
import re

from lanterne.seal.errors import SheetMisread
from lanterne.seal.sheet import SheetLetters, read_lines, read_text

# A page of PDF weighs 40 kB; a scan of it some MB. A scan holds no letters a program can read.
LARGEST_BYTES = 4 * 1024 * 1024
_PAGES = 3

# Four groups of four letters and two check letters at the end of a line, whatever stands before (the
# line's number).
_LINE = re.compile(r"(?:^|[^0-9A-Z])((?:[0-9A-Z]{4}[ \t\u00a0\u202f‐‑–-]+){4}[0-9A-Z]{2})\s*$", re.MULTILINE)


def read_sheet(content: bytes) -> SheetLetters:
    """The letters of a sheet.

    Args:
        content: the PDF, or a text holding the four lines or the text of the QR code.

    Raises:
        SheetMisread: with the lines that are wrong, or none when the four lines are not there.
    """
    if len(content) > LARGEST_BYTES:
        raise SheetMisread((), "the file is too large to be a recovery sheet")
    text = _text_of_pdf(content) if content.startswith(b"%PDF-") else _text(content)
    found = _LINE.findall(text.upper())
    if len(found) == 4:
        return read_lines(found)
    return read_text(text)


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetMisread((), "the file is neither a PDF nor a text") from error


def _text_of_pdf(content: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        pages = PdfReader(io.BytesIO(content)).pages[:_PAGES]
        return "\n".join(page.extract_text() for page in pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise SheetMisread((), "the PDF cannot be read") from error
