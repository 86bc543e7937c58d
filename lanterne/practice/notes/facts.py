"""Notes in a chart. A personal note is its author's own (article R.4127-45 CSP: neither transmissible nor accessible to
the patient); it is shown to its author only."""

from __future__ import annotations

from typing import ClassVar

from lanterne.practice.kinds import Body, medical


class NoteRecorded(Body):
    """Free text that is not a consultation."""

    KIND: ClassVar[str] = "note.recorded"
    text: str
    personal: bool = False
    pinned: bool = False


KINDS = (medical(NoteRecorded),)
