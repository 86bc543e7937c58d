"""A damaged frame is put right in its place by the very entry, whoever hands it over, and nothing else moves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFull
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal, Outcome
from lanterne.journal.layout import Layout
from lanterne.seal.changing import empty_entries
from lanterne.wire.entry import Entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Stream
from tests.journal.simulated_disk import FaultyFiles, PlugPulled, SimulatedDisk
from tests.journal.stage import NOON, Practice, admit, dice, found, jot, jotting, ranks_by_hash, raws, texts


def write_a_day(journal: Journal, practice: Practice) -> None:
    """Care and trace, one by one and together, and a members entry: frames of every kind of write."""
    admit(journal, practice, seed=50)
    for number in range(4):
        jot(journal, practice, f"care {number}")
        jot(journal, practice, f"look {number}", stream=Stream.TRACE)
    journal.write_many([jotting(practice, f"import {number}") for number in range(5)])


@pytest.fixture(name="practice")
def _practice(tmp_path: Path) -> Practice:
    practice = found(tmp_path / "data")
    write_a_day(practice.open(), practice)
    return practice


def frames(journal: Journal) -> list[tuple[Stream, int, Entry]]:
    """Every frame: its stream, its offset, its entry."""
    return [
        (stream, one.position & 0xFFFFFFFF, one.entry) for stream in Stream for one in journal.since(stream)
    ]


def flip(path: Path, at: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(bytes(data))


def faults(practice: Practice) -> list[str]:
    return [f"{fault.file} {fault.place} {fault.code}" for fault in check_store(practice.root).faults]


def test_a_flipped_bit_anywhere_in_a_segment_is_healed(practice: Practice) -> None:
    """Each frame in turn, at many places of it; the file is then as it was, to the last byte."""
    layout, journal = Layout(practice.root), practice.open()
    before, whole, ranks = texts(journal, practice), raws(journal), ranks_by_hash(journal)
    chance = random.Random(4)
    for stream, offset, entry in frames(journal):
        path = layout.segment(stream, 1)
        good = path.read_bytes()
        for at in {
            0,
            4,
            5,
            8,
            13,
            20,
            31,
            32,
            60,
            chance.randrange(32 + len(entry.raw)),
            31 + len(entry.raw),
        }:
            flip(path, offset + at, chance.randrange(8))
            hurt = practice.open(seed=5)
            hurt.mender.inspect()
            assert [(lack.chain, lack.seq) for lack in hurt.mender.lacks()] == [
                (entry.head.chain, entry.head.seq)
            ]
            assert faults(practice)
            assert hurt.receive(entry.raw).outcome is Outcome.HEALED
            assert path.read_bytes() == good
            assert hurt.mender.lacks() == []
            assert hurt.damages == []
    journal = practice.open(seed=6)
    assert faults(practice) == []
    assert texts(journal, practice) == before
    assert (raws(journal), ranks_by_hash(journal)) == (whole, ranks)


def test_the_header_of_a_segment_is_written_anew_without_anybody(practice: Practice) -> None:
    for stream in Stream:
        flip(Layout(practice.root).segment(stream, 1), 9)
    assert faults(practice)
    journal = practice.open()
    journal.mender.inspect()
    assert faults(practice) == []
    assert journal.mender.lacks() == []


def test_a_segment_that_is_gone_or_cut_comes_back(practice: Practice) -> None:
    journal = practice.open()
    every, before = raws(journal), texts(journal, practice)
    care, trace = (
        Layout(practice.root).segment(Stream.CARE, 1),
        Layout(practice.root).segment(Stream.TRACE, 1),
    )
    care.unlink()
    trace.write_bytes(trace.read_bytes()[:700])
    journal = practice.open(seed=5)
    journal.mender.inspect()
    journal.receive_many(every)
    assert faults(practice) == []
    assert texts(practice.open(seed=6), practice) == before


def test_what_no_index_lists_is_put_right_when_its_entry_comes(practice: Practice) -> None:
    """The index was lost after the damage: nobody knows what the stretch held."""
    layout = Layout(practice.root)
    journal = practice.open()
    before = texts(journal, practice)
    held = frames(journal)
    hurt = [one for one in held if one[0] is Stream.CARE][0:3:2]
    for stream, offset, _ in hurt:
        flip(layout.segment(stream, 1), offset + 2)
    layout.index(Stream.CARE).unlink()
    journal = practice.open(seed=5)
    journal.mender.inspect()
    lacks = {(lack.chain, lack.seq) for lack in journal.mender.lacks()}
    assert lacks == {(entry.head.chain, entry.head.seq) for _, _, entry in hurt}
    for _, _, entry in hurt:
        assert journal.receive(entry.raw).outcome is Outcome.NEW
    assert journal.mender.lacks() == []
    assert faults(practice) == []
    assert sorted(texts(practice.open(seed=6), practice)) == sorted(before)


def test_another_entry_than_the_one_asked_for_changes_nothing(practice: Practice) -> None:
    layout, journal = Layout(practice.root), practice.open()
    held = [one for one in frames(journal) if one[0] is Stream.CARE]
    (_, offset, entry), (_, _, other) = held[2], held[3]
    flip(layout.segment(Stream.CARE, 1), offset + 40)
    journal.mender.inspect()
    damaged = layout.segment(Stream.CARE, 1).read_bytes()
    altered = bytearray(entry.raw)
    altered[-1] ^= 1
    with pytest.raises(EntryRefused, match="E11"):
        journal.receive(bytes(altered))
    altered = bytearray(entry.raw)
    altered[90] ^= 1
    with pytest.raises(EntryRefused, match="E8"):
        journal.receive(bytes(altered))
    assert journal.receive(other.raw).outcome is Outcome.DUPLICATE
    assert layout.segment(Stream.CARE, 1).read_bytes() == damaged
    assert len(journal.mender.lacks()) == 1
    assert journal.receive(entry.raw).outcome is Outcome.HEALED


def test_what_a_crash_left_waiting_is_not_appended_again(practice: Practice) -> None:
    """It was appended, and the power failed before its file went; then the entry before it is healed."""
    layout, journal = Layout(practice.root), practice.open()
    held = [one for one in frames(journal) if one[0] is Stream.CARE]
    (_, offset, entry), (_, after, follower) = held[2], held[3]
    layout.apart.mkdir(exist_ok=True)
    (layout.apart / follower.head.hash).write_bytes(follower.raw)
    path = layout.segment(Stream.CARE, 1)
    whole = path.read_bytes()
    flip(path, offset + 40)
    flip(path, after + 40)
    journal = practice.open()
    journal.mender.inspect()
    assert len(journal.mender.lacks()) == 2
    assert journal.receive(entry.raw).outcome is Outcome.HEALED
    assert path.read_bytes() == whole, "the copy that waited put the other right"
    assert (journal.waiting, journal.mender.lacks(), journal.forks) == (0, [], [])
    assert not layout.segment(Stream.CARE, 2).exists()


def test_what_follows_a_damaged_newest_entry_waits_for_it(practice: Practice, tmp_path: Path) -> None:
    """Writing on elsewhere, the author's next entry stands on the one that is damaged here."""
    layout, journal = Layout(practice.root), practice.open()
    stream, offset, last = [one for one in frames(journal) if one[0] is Stream.CARE][-1]
    copy = SimulatedDisk()
    for path in sorted(practice.root.rglob("*")):
        if path.is_file():
            copy.make_directories(path.parent)
            handle = copy.open_append(path)
            copy.write(handle, path.read_bytes())
            copy.close(handle)
    elsewhere = Journal.open(practice.root, files=copy, random=dice(9))
    jot(elsewhere, practice, "written elsewhere")
    following = raws(elsewhere)[-1] if stream is Stream.TRACE else None
    following = next(
        one.entry.raw for one in elsewhere.since(Stream.CARE) if one.entry.head.seq == last.head.seq + 1
    )
    flip(layout.segment(Stream.CARE, 1), offset + 33)
    journal = practice.open(seed=5)
    assert journal.receive(following).outcome is Outcome.WAITS
    assert journal.receive(last.raw).outcome is Outcome.HEALED
    assert journal.waiting == 0
    assert texts(journal, practice)[-2:] == ["import 4", "written elsewhere"]
    assert faults(practice) == []


def test_another_process_learns_of_it(practice: Practice) -> None:
    layout, mine = Layout(practice.root), practice.open()
    stream, offset, entry = [one for one in frames(mine) if one[0] is Stream.CARE][1]
    flip(layout.segment(stream, 1), offset + 50)
    theirs = practice.open(seed=5)
    assert len(texts(theirs, practice)) == len(texts(mine, practice))
    assert theirs.damages
    assert mine.damages
    before = theirs.reranks
    mine.receive(entry.raw)
    theirs.refresh()
    assert theirs.reranks > before
    assert theirs.damages == []
    assert "care 1" in texts(theirs, practice)


def test_a_process_that_reads_everything_anew_looks_again(practice: Practice) -> None:
    """Its disk was full for a moment, so that it reads all anew: what was put right meanwhile comes without a word."""
    layout, mine, files = Layout(practice.root), practice.open(), FaultyFiles(OsFiles())
    stream, offset, entry = [one for one in frames(mine) if one[0] is Stream.CARE][1]
    flip(layout.segment(stream, 1), offset + 50)
    theirs = practice.open(files, seed=5)
    assert len(texts(theirs, practice)) == len(texts(mine, practice))
    assert theirs.damages
    files.fail("write", 1, "full")
    with pytest.raises(DiskFull):
        jot(theirs, practice, "refused")
    mine.receive(entry.raw)
    before = theirs.reranks
    theirs.refresh()
    assert "care 1" in texts(theirs, practice)
    assert theirs.reranks > before


def test_the_plug_is_pulled_at_every_step_of_it() -> None:
    """The old segment or the new one is found, never anything between."""
    root = Path("/practice")
    disk = SimulatedDisk(3)
    practice = found(root, files=disk)
    journal = practice.open(disk)
    write_a_day(journal, practice)
    every, before = raws(journal), texts(journal, practice)
    layout = Layout(root)
    offsets = [one for one in frames(journal) if one[0] is Stream.CARE][1:6:2]
    chance = random.Random(8)
    for _, offset, entry in offsets:
        hurt = offset + chance.randrange(32 + len(entry.raw))
        disk.names[layout.segment(Stream.CARE, 1)].data[hurt] ^= 1
        inode = disk.names[layout.segment(Stream.CARE, 1)]
        inode.durable = bytes(inode.data)
    steps = 0
    while True:
        steps += 1
        copy = disk.clone(steps)
        journal = Journal.open(root, files=copy, random=dice(5))
        journal.mender.inspect()
        assert len(journal.mender.lacks()) == 3
        copy.steps, copy.stop_after = 0, steps
        try:
            journal.receive_many(every)
            done = True
        except PlugPulled:
            done = False
        copy.crash()
        again = Journal.open(root, files=copy, random=dice(6))
        again.mender.inspect()
        assert len(again.mender.lacks()) in (0, 3)
        again.receive_many(every)
        assert again.mender.lacks() == []
        assert texts(again, practice) == before
        assert check_store(root, files=copy).faults == []
        if done:
            break
    assert steps > 5


def test_the_plug_is_pulled_at_every_step_of_emptying() -> None:
    """The act is on the disk or it is not; when it is, the parts are gone after the next start at the latest."""
    root = Path("/practice")
    disk = SimulatedDisk(4)
    practice = found(root, files=disk)
    journal = practice.open(disk)
    for number in range(4):
        jot(journal, practice, f"care {number}")
    heads = [one.entry.head.as_head for one in journal.since(Stream.CARE)]
    part = next(journal.since(Stream.CARE)).entry.bodies[0]
    assert part is not None
    blob = journal.blobs.put(b"a letter")
    facts = empty_entries([heads[0], heads[2]], [blob.name], "erasure", dice(9))
    steps = 0
    while True:
        steps += 1
        copy = disk.clone(steps)
        journal = Journal.open(root, files=copy, random=dice(5))
        copy.steps, copy.stop_after = 0, steps
        try:
            journal.write_members(practice.keyring.with_membership(journal.membership), facts, NOON)
            acknowledged, done = True, copy.steps < steps
        except PlugPulled:
            acknowledged, done = False, False
        copy.crash()
        again = Journal.open(root, files=copy, random=dice(6))
        emptied = bool(again.membership.emptied)
        assert emptied or not acknowledged
        assert texts(again, practice) == [f"care {one}" for one in range(4) if not emptied or one in (1, 3)]
        assert again.blobs.has(blob.name) is not emptied
        held = [path for path, one in copy.names.items() if part in one.data]
        assert bool(held) is not emptied
        report = check_store(root, files=copy)
        assert report.faults == []
        assert not [one for one in report.notes if one.code.startswith("emptied")]
        if acknowledged and done:
            break
    assert steps > 10
