"""The bytes of documents: sealed blobs beside the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lanterne.practice.documents.rules import check_content
from lanterne.practice.record import Record


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on the disk, sealed: its name (SHA-256 of the sealed bytes) and key, in hex, its size and type."""

    blob: str
    key: str
    size: int
    media_type: str


def keep(record: Record, content: bytes) -> Kept:
    """Seal a file and put it on the disk, durable when this returns. It is in no chart yet.

    Raises:
        Refusal: "file_empty", "file_too_large".
        LanterneError: the disk failed or is full.
    """
    media_type = check_content(content)
    sealed = record.journal.blobs.put(content)
    return Kept(sealed.name, sealed.key.hex(), sealed.size, media_type)


def keep_named(record: Record, content: bytes, media_type: str) -> Kept:
    """As `keep`, under a name and key drawn from the content: the same file gives the same blob on every
    device of the practice. Any size, even none: what cannot be read is kept too.

    A name that was emptied is dropped wherever it comes (M13): a file filed again afterwards, in the right chart at
    last, has the next one.

    Raises:
        LanterneError: the disk failed or is full.
    """
    blobs, naming = record.journal.blobs, record.naming
    record.journal.refresh()
    emptied = record.journal.membership.emptied_blobs
    sealed = blobs.put(content, naming.blob_random(content))
    while sealed.name in emptied:
        blobs.drop(sealed.name)
        sealed = blobs.put(content, naming.blob_random(content, bytes.fromhex(emptied[sealed.name].hash)))
    return Kept(sealed.name, sealed.key.hex(), sealed.size, media_type)


class Sealed(Protocol):
    """What names a sealed file: a document, a rendition, an arrival."""

    @property
    def blob(self) -> str: ...

    @property
    def key(self) -> str: ...


def content_of(record: Record, document: Sealed) -> bytes:
    """The bytes of a document, verified.

    Raises:
        LanterneError: the file is missing or damaged.
    """
    return record.journal.blobs.get(document.blob, bytes.fromhex(document.key))
