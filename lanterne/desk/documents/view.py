"""A document shown in the page: its text, PDF, image, what it states and what became of that. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lanterne.desk.frame.view import PatientBand, Provenance, Tone, When

Show = Literal["html", "pdf", "image", "text", "other"]


@dataclass(frozen=True, slots=True)
class Tab:
    """One way a document can be looked at: its text, a PDF inside, the original."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class StatedLine:
    """One thing the document states, as it stands in the chart. `label` is a French msgid; `gone`: replaced or
    withdrawn since; `also`: it was in the chart already.
    """

    label: str
    icon: str
    title: str
    url: str
    value: str = ""
    tone: Tone = ""
    flag: str = ""
    range_text: str = ""
    gone: bool = False
    also: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something the document says that the record refused, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the document, this one or another."""

    title: str
    recorded: When
    author: str
    url: str
    current: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One document of one patient.

    `show` chooses the frame: "html" prints `markup`, sanitised for this page; "pdf" and "image" load `file_url`
    (served by us, sniffed, sandboxed), "text" prints `text` escaped, "other" only offers the download. `fault` says
    why it cannot be shown (bytes damaged, not on this device). `standing_url` leads to the version that replaced
    this one; `gone` says why it no longer counts. `see_url` marks it seen (`arrived` is the fact that waits).
    """

    band: PatientBand
    title: str
    kind: str
    at: When
    sender: str
    size: str
    show: Show
    file_url: str
    download_url: str
    provenance: Provenance
    text: str = ""
    fault: str = ""
    classify_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    markup: str = ""
    tabs: tuple[Tab, ...] = ()
    author: str = ""
    format: str = ""
    comment: str = ""
    stated: tuple[StatedLine, ...] = ()
    stated_hidden: int = 0
    out_of_range: tuple[StatedLine, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unread: tuple[str, ...] = ()
    ins_key_wrong: bool = False
    versions: tuple[VersionLine, ...] = ()
    standing_url: str = ""
    gone: str = ""
    see_url: str = ""
    arrived: str = ""

    @property
    def told(self) -> bool:
        """Whether there is something to say beside the document itself."""
        return bool(self.stated or self.left_out or self.unread or len(self.versions) > 1)


@dataclass(frozen=True, slots=True)
class DepositPage:
    """Filing documents: the drop zone, with a Django form beside it. `blind` when the reader may not read
    what they file.
    """

    action_url: str
    back_url: str
    patient: str
    blind: bool
    max_bytes: int
