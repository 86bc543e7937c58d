"""Documents attached to a chart (FHIR DocumentReference).

Filing writes two facts in one entry: what it is (medical: deposited by a secretary who may not read it
back) and that it was filed (office: so that she can prove she did, without its title).
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from lanterne.practice.kinds import Body, Shape, medical, office, widened

DocumentKind = Literal[
    "lab-report",
    "imaging",
    "letter",
    "hospital-report",
    "prescription",
    "certificate",
    "administrative",
    "photo",
    "other",
]

# What results ask for: "abnormal", one is out of range; "critical", the laboratory marked one as such (LL, HH, AA).
Attention = Literal["", "abnormal", "critical"]


class Rendition(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What of a file is shown in the page: its narrative (text/html, sanitised), its text, a PDF or image
    inside. `blob`, `key`, `size`, `media_type` as in DocumentFiled.
    """

    blob: str
    key: str
    size: int
    media_type: str
    title: str = ""


class NotKept(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something the document states that the record refused: `code` and `params` of the refusal, `place` in
    the document."""

    place: str
    code: str
    params: dict[str, str] = {}


class DocumentFiled(Body):
    """One file. `blob` is its sealed name (SHA-256, hex), `key` its key (hex); `size` in bytes; `title`,
    `sender` as known.

    A document that was read (CDA, HPRIM, …) also has:
        format: a word, such as "cda". part: which document inside the file, when it holds several.
        author: who signed it. renditions: what is shown in its place.
        identifier, set_id, set_version: its own id; documents of one set replace each other by version.
        aliases: other names it goes by (of the message that carried it), by which it may be replaced.
        unread: what stayed text and why, one French sentence each. not_kept: what the record refused.
        also: ids of facts it states that were already in the chart. What it states anew was written in the
            same entry.
        to_read: filed by somebody who writes in no chart; what it states is still to be taken.
        ins_key_wrong: it names a matricule INS whose key is wrong, which was not used.
        supersedes: names of the documents it replaces or withdraws, so that one of them that comes later stays
            behind it.
    """

    KIND: ClassVar[str] = "document.filed"
    blob: str
    key: str
    size: int
    media_type: str
    document_kind: DocumentKind = "other"
    title: str = ""
    sender: str = ""
    file_name: str = ""
    comment: str = ""
    format: str = ""
    part: str = ""
    author: str = ""
    renditions: list[Rendition] = []
    identifier: str = ""
    set_id: str = ""
    set_version: int = 0
    aliases: list[str] = []
    unread: list[str] = []
    not_kept: list[NotKept] = []
    also: list[str] = []
    ins_key_wrong: bool = False
    to_read: bool = False
    supersedes: list[str] = []


class DocumentReceived(Body):
    """That a document was filed in a chart: `document` is the id of its document.filed fact, `blob` and
    `blobs` what must be kept.
    """

    KIND: ClassVar[str] = "document.received"
    document: str
    blob: str
    blobs: list[str] = []


class DocumentArrived(Body):
    """A document that came by itself and waits for somebody to see it: `document` is the id of its
    document.filed fact, `attention` what its results ask for, `person` who is in charge.

    Handing it to somebody else replaces it; a document.seen fact ends it.
    """

    KIND: ClassVar[str] = "document.arrived"
    document: str
    attention: Attention = ""
    person: str = ""


class DocumentSeen(Body):
    """The arrivals named in `replaces` were seen by who writes this."""

    KIND: ClassVar[str] = "document.seen"


KINDS = (
    # Version 2: what reading gave. Version 3: which documents it stands before.
    medical(DocumentFiled, version=3, upcasters={1: widened, 2: widened}),
    # Version 2: several sealed files.
    office(DocumentReceived, version=2, shape=Shape.EVENT, upcasters={1: widened}),
    medical(DocumentArrived),
    medical(DocumentSeen, shape=Shape.RETRACTION),
)
