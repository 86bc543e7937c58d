"""What is in no chart, shown safely: read again in the reading process when it can be, else as bytes one looks at.

Law: what could not be read is never rendered. Its first bytes are shown as text or in hexadecimal, escaped; the whole
can only be saved.
"""

from __future__ import annotations

import re
from dataclasses import replace

from django.urls import reverse

from lanterne.desk.arrivals import view
from lanterne.desk.arrivals.page import said_lines, why_text
from lanterne.desk.documents.page import size_text
from lanterne.desk.documents.serving import bytes_of
from lanterne.desk.documents.view import Show
from lanterne.desk.sentences import sentence
from lanterne.intake.filing.leaves import leaves
from lanterne.intake.narrative import clean
from lanterne.intake.reading import Document, Unreadable
from lanterne.intake.sandbox import read_safely
from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.arrivals.queries import Item
from lanterne.practice.documents.rules import SHOWN, media_type_of
from lanterne.practice.record import Record
from lanterne.wire.errors import LanterneError

EXTRACT_BYTES = 4_096
TEXT_CHARACTERS = 400_000
_ROW_BYTES = 16
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_FRAMED: dict[str, Show] = {"application/pdf": "pdf"}


def loose(record: Record, item: Item, held: ArrivalReceived) -> view.Loose:
    """An arrival beside the list."""
    file_url = reverse("arrival-file", args=[item.arrivals[0]])
    shown = view.Loose(
        why=why_text(held.why, held.params),
        said=said_lines(held.identity),
        show="other",
        size=size_text(held.size),
        file_name=held.file_name,
        download_url=f"{file_url}?enregistrer=1",
        key_wrong=held.identity is not None and not held.identity.key_agrees,
    )
    try:
        content = bytes_of(record, held.blob, held.key)
    except LanterneError as error:
        return replace(shown, fault=sentence(error))
    if held.outcome == "quarantined":
        return replace(shown, extract=extract(content))
    media_type = media_type_of(content)
    if media_type in SHOWN and media_type != "text/plain" and not held.part:
        return replace(shown, show=_FRAMED.get(media_type, "image"), file_url=file_url)
    read = _part(read_safely(content, held.file_name), held.part)
    if read is not None and read.narrative:
        return replace(shown, show="html", markup=clean(read.narrative))
    if read is not None and read.text.strip():
        return replace(shown, show="text", text=read.text[:TEXT_CHARACTERS])
    return replace(shown, extract=extract(content))


def _part(read: Document | Unreadable, part: str) -> Document | None:
    """The document of a file that waits, None when it cannot be read any more."""
    if isinstance(read, Unreadable):
        return None
    return next((leaf.document for leaf in leaves(read) if leaf.part == part), None)


def extract(content: bytes) -> str:
    """The beginning of a file: its words when it is text, else sixteen bytes a line in hexadecimal."""
    first = content[:EXTRACT_BYTES]
    if _CONTROL.search(first) is None:
        return first.decode("utf-8", "replace") + ("…" if len(content) > len(first) else "")
    rows = []
    for start in range(0, len(first), _ROW_BYTES):
        row = first[start : start + _ROW_BYTES]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(f"{start:06x}  {row.hex(' '):<{3 * _ROW_BYTES}} {letters}")
    return "\n".join(rows) + ("\n…" if len(content) > len(first) else "")
