"""What a reader makes of a file: a typed document, plus what it could not read, and nothing else.

Law: a reader is a pure function from bytes to `Document`; it knows nothing of the record, of patients
already here, or of the screen. It is written for the format's specification, not for the files at hand.
Everything it is given is hostile: it stays within `Limits` or raises `Unreadable`; it never follows a
reference to somewhere else. What it does not understand is kept readable (narrative, text) and named in
`unread`; nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from lanterne.practice.chart.facts import Section
from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.kinds import Body
from lanterne.wire.errors import LanterneError

Act = Literal["initial", "replacement", "deletion"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a file may ask for. Sizes in bytes, times in seconds; safe for a laboratory's largest report."""

    file_bytes: int = 64 * 1024 * 1024
    inflated_bytes: int = 256 * 1024 * 1024
    depth: int = 64
    elements: int = 400_000
    entries: int = 20_000
    text_characters: int = 4_000_000
    seconds: float = 10.0


class Unreadable(LanterneError):
    """The file is hostile or broken, and nothing was applied. `code` is a word that has a French sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, f"unreadable: {code}", **params)


@dataclass(frozen=True, slots=True)
class ReadIdentity:
    """Whose document it says it is: traits as written, dates ISO at the precision known, empty when absent.

    `key_agrees` is False for a matricule whose key is wrong: flagged, and never used to match (DOMAIN 9).
    """

    birth_name: str = ""
    used_name: str = ""
    first_given: str = ""
    given_names: tuple[str, ...] = ()
    sex: Literal["female", "male", "unknown"] = "unknown"
    birth_date: str = ""
    birth_place_code: str = ""
    matricule: str = ""
    oid: str = ""
    key_agrees: bool = True
    local_ids: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    address: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One thing the document states. `key` names it inside the document, stable when the same document is read again.

    `proposal` marks what a person must accept before it stands (a treatment in a letter).
    `place` says where it was read ("section 11450-4, entrée 2"), for the table of what was read.
    """

    key: str
    body: Body
    at: str | None = None
    proposal: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the document: a PDF, an image. `media_type` from its bytes."""

    content: bytes
    media_type: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ReadAuthor:
    """Who made it."""

    name: str = ""
    organisation: str = ""
    rpps: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read.

    Attributes:
        format: a word, such as "cda", "hprim", "hl7v2", "fhir", "xdm", "pdf", "image", "text", "csv".
        identifier: the document's own id (set id and version apart), empty when it has none.
        set_id, version: documents of one set replace each other by version.
        act: what this message asks for; `replaces` are identifiers of earlier documents.
        kind, title, at, author: metadata; `at` ISO at the precision known.
        identity: None when the document says nothing of whose it is.
        statements: what it states, structured.
        negations: sections it says were asked about and are empty ("negative finding"), apart from what is
            not filled in.
        narrative: HTML already sanitised (nh3, our allow-list), for reading in the page; text: for plain ones.
        attached: files inside.
        unread: one French sentence each for what stayed text, and why.
        parts: documents inside this one (an XDM's, an HL7 message's).
    """

    format: str
    kind: DocumentKind = "other"
    title: str = ""
    at: str | None = None
    author: ReadAuthor = field(default_factory=ReadAuthor)
    identifier: str = ""
    set_id: str = ""
    version: int = 0
    act: Act = "initial"
    replaces: tuple[str, ...] = ()
    identity: ReadIdentity | None = None
    statements: tuple[ReadStatement, ...] = ()
    negations: tuple[Section, ...] = ()
    narrative: str = ""
    text: str = ""
    attached: tuple[Attached, ...] = ()
    unread: tuple[str, ...] = ()
    parts: tuple[Document, ...] = ()


Reader = Callable[[bytes, Limits], Document]
