"""A seat never continues a chain it cannot vouch for: old images, clones, damaged tails, forks."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from lanterne.journal.check import check_store
from lanterne.journal.journal import Outcome
from lanterne.journal.layout import Layout
from lanterne.wire.names import Stream
from tests.journal.stage import Practice, jot, texts


def copy(practice: Practice, to: Path) -> Practice:
    shutil.copytree(practice.root, to)
    return replace(practice, root=to)


def test_a_damaged_tail_is_not_continued(practice: Practice) -> None:
    journal = practice.open()
    jot(journal, practice, "one")
    last = jot(journal, practice, "two")
    path = Layout(practice.root).segment(Stream.CARE, 1)
    raw = bytearray(path.read_bytes())
    raw[(last.position & 0xFFFFFFFF) + 40] ^= 1
    path.write_bytes(raw)
    again = practice.open()
    after = jot(again, practice, "three")
    assert after.chain.incarnation > 0
    assert after.seq == 1
    assert texts(again, practice) == ["one", "three"]
    assert len(again.damages) == 1
    faults = check_store(practice.root).faults
    assert {fault.code for fault in faults} == {"frame_damaged"}
    assert all("entry 2" in fault.meaning for fault in faults)


def test_the_journal_of_an_old_image_goes_on_in_a_new_incarnation(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    jot(journal, practice, "one")
    image = copy(practice, tmp_path / "image")
    jot(journal, practice, "two")
    journal.close(practice.seat)
    # The journal comes back from the image; `local/`, kept elsewhere, remembers more.
    shutil.rmtree(Layout(image.root).local, ignore_errors=True)
    shutil.copytree(Layout(practice.root).local, Layout(image.root).local)
    old = image.open(seed=5)
    written = jot(old, image, "three")
    assert written.chain.incarnation > 0


def test_own_entries_that_come_from_elsewhere_end_the_incarnation(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    jot(journal, practice, "one")
    image = copy(practice, tmp_path / "image")
    two = jot(journal, practice, "two")
    old = image.open(seed=5)
    entry = journal.find(two.hash, two.chain, two.seq)
    assert entry is not None
    assert old.receive(entry.raw).outcome is Outcome.NEW
    again = image.open(seed=6)
    assert jot(again, image, "three").chain.incarnation > 0
    assert texts(again, image) == ["one", "two", "three"]


def test_a_clone_forks_and_nothing_is_thrown_away(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    jot(journal, practice, "one")
    clone = copy(practice, tmp_path / "clone")
    twin = clone.open(seed=5)
    here, there = jot(journal, practice, "two here"), jot(twin, clone, "two there")
    assert (here.chain, here.seq) == (there.chain, there.seq)
    more = jot(twin, clone, "three there")
    for written in (there, more):
        entry = twin.find(written.hash, written.chain, written.seq)
        assert entry is not None
        outcome = journal.receive(entry.raw).outcome
        assert outcome is (Outcome.FORK if written is there else Outcome.NEW)
    assert journal.forks == [(here.chain, 2)]
    assert texts(journal, practice) == ["one", "two here", "two there", "three there"]
    assert jot(journal, practice, "after").chain.incarnation > 0
    again = practice.open()
    assert again.forks == [(here.chain, 2)]
    assert [fault.code for fault in check_store(practice.root).faults] == ["fork"]
