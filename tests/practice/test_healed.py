"""What lay damaged while the tables were folded is in the chart once it stands in its place again."""

from __future__ import annotations

from pathlib import Path

from lanterne.journal.layout import Layout
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.wire.names import Stream
from tests.practice.stage import Practice, fact, folded, write


def test_a_healed_entry_comes_into_the_tables(practice: Practice, tmp_path: Path) -> None:
    whole = practice.machine(tmp_path / "whole")
    record = whole.open("Garance")
    for number in range(5):
        write(record, fact(NoteRecorded(text=f"Note {number}.")))
    there = folded(record)
    hurt = list(record.journal.since(Stream.CARE))[-3]
    whole.burn()
    path = Layout(whole.root).segment(Stream.CARE, 1)
    data = bytearray(path.read_bytes())
    data[(hurt.position & 0xFFFFFFFF) + 60] ^= 1
    path.write_bytes(bytes(data))
    reading = whole.open("Garance")
    assert folded(reading) != there
    # Another process, which met somebody, puts it right.
    other = whole.open("Paul").journal
    other.mender.inspect()
    other.receive(hurt.entry.raw)
    assert folded(reading) == there
    assert folded(whole.open("Garance")) == there
    reading.folder.rebuild()
    assert folded(reading) == there
