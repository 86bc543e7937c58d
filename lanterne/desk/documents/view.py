"""A document shown in the page: PDF, image or text. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lanterne.desk.frame.view import PatientBand, Provenance, When


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One document of one patient.

    `show` chooses the frame: "pdf" and "image" load `file_url` (served by us, sniffed, sandboxed), "text"
    prints `text` escaped, "other" only offers the download. `fault` says why it cannot be shown (bytes
    damaged, not on this device).
    """

    band: PatientBand
    title: str
    kind: str
    at: When
    sender: str
    size: str
    show: Literal["pdf", "image", "text", "other"]
    file_url: str
    download_url: str
    provenance: Provenance
    text: str = ""
    fault: str = ""
    classify_url: str = ""
    previous_url: str = ""
    next_url: str = ""


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
