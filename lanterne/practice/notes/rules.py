"""Rules of notes."""

from __future__ import annotations

from lanterne.practice.chart.required import require_text
from lanterne.practice.notes.facts import NoteRecorded


def check(body: NoteRecorded, birth_date: str, now_ms: int) -> None:
    """Something was written."""
    require_text(body.text, "text")


CHECKS = {NoteRecorded.KIND: check}
