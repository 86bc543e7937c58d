"""Documents attached to a chart (FHIR DocumentReference).

Filing writes two facts in one entry: what it is (medical: deposited by a secretary who may not read it
back) and that it was filed (office: so that she can prove she did, without its title).
"""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Shape, medical, office

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


class DocumentFiled(Body):
    """One file. `blob` is its sealed name (SHA-256, hex), `key` its key (hex); `size` in bytes; `title`,
    `sender` as known.
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


class DocumentReceived(Body):
    """That a document was filed in a chart: `document` is the id of its document.filed fact, `blob` what
    must be kept.
    """

    KIND: ClassVar[str] = "document.received"
    document: str
    blob: str


KINDS = (medical(DocumentFiled), office(DocumentReceived, shape=Shape.EVENT))
