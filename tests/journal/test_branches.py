"""Reading by chain: tips with both branches of a fork, entries after a number, pieces of documents."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.errors import BlobDamaged, BlobMissing
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.wire.names import ChainId, EntryHash, Head, Stream
from tests.journal.stage import Practice, jot, raws


def forked(practice: Practice, folder: Path) -> tuple[Journal, Journal, ChainId]:
    """Garance's seat on a disk and on its clone: one common entry, then two and three of their own."""
    journal = practice.open()
    first = jot(journal, practice, "common")
    shutil.copytree(practice.root, folder / "clone")
    twin = replace(practice, root=folder / "clone").open(seed=5)
    for text in ("here 2", "here 3"):
        jot(journal, practice, text)
    for text in ("there 2", "there 3", "there 4"):
        jot(twin, practice, text)
    return journal, twin, first.chain


def test_a_chain_is_read_from_any_number(practice: Practice) -> None:
    journal = practice.open()
    written = [jot(journal, practice, f"note {number}") for number in range(12)]
    chain = written[0].chain
    assert [entry.head.hash for entry in journal.entries_after(chain, 0)] == [one.hash for one in written]
    assert [entry.head.seq for entry in journal.entries_after(chain, 4, 7)] == [5, 6, 7]
    assert list(journal.entries_after(chain, 12)) == []
    assert list(journal.entries_after(chain._replace(incarnation=9), 0)) == []
    assert journal.tallest(chain) == 12
    assert journal.tips == journal.heads
    assert journal.holds(Head(chain, 4, written[3].hash))
    assert not journal.holds(Head(chain, 4, EntryHash("ab" * 32)))


def test_below_a_damaged_tip_the_newest_that_reads_is_the_tip(practice: Practice) -> None:
    """Or what lies below it would never be told of nor given."""
    written = [jot(practice.open(), practice, f"note {number}") for number in range(6)]
    chain = written[0].chain
    places = [one.position & 0xFFFFFFFF for one in practice.open().since(Stream.CARE)]
    segment = Layout(practice.root).segment(Stream.CARE, 1)
    data = bytearray(segment.read_bytes())
    for place in places[-2:]:
        data[place + 60] ^= 1
    segment.write_bytes(bytes(data))
    journal = practice.open()
    assert [entry.head.seq for entry in journal.entries_after(chain, 0)] == [1, 2, 3, 4]
    newest = Head(chain, 4, written[3].hash)
    assert [head for head in journal.tips if head.chain == chain] == [newest]
    assert [head for head in journal.heads if head.chain == chain] == [newest]


def test_both_branches_of_a_fork_are_tips_and_are_read(practice: Practice, tmp_path: Path) -> None:
    journal, twin, chain = forked(practice, tmp_path)
    ours, theirs = journal.tips, twin.tips
    journal.receive_many(raws(twin))
    assert journal.tips == sorted({*ours, *theirs})
    assert len(journal.heads) == 1
    assert [entry.head.seq for entry in journal.entries_after(chain, 1)] == [2, 2, 3, 3, 4]
    assert journal.first_fork(chain) == 2
    assert twin.first_fork(chain) is None
    again = Journal.open(journal.root)
    assert again.tips == journal.tips
    jot(journal, practice, "after")  # a new incarnation: the old chain stays forked
    assert len(journal.tips) == 3


def test_a_damaged_entry_is_left_out_of_its_chain(practice: Practice) -> None:
    journal = practice.open()
    written = [jot(journal, practice, f"note {number}") for number in range(3)]
    path = journal.layout.segment(Stream.CARE, 1)
    data = bytearray(path.read_bytes())
    data[(written[1].position & 0xFFFFFFFF) + 40] ^= 1
    path.write_bytes(data)
    again = practice.open()
    assert [entry.head.seq for entry in again.entries_after(written[0].chain, 0)] == [1, 3]
    assert len(again.damages) == 1


def test_a_document_comes_in_pieces_and_goes_on_where_it_stopped(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    blob = journal.blobs.put(bytes(range(256)) * 300)
    sealed = journal.blobs.read(blob.name, 0, 1 << 20)
    shutil.copytree(practice.root, tmp_path / "peer", ignore=shutil.ignore_patterns("blobs"))
    peer = replace(practice, root=tmp_path / "peer").open(seed=3)
    assert peer.blobs.begun(blob.name) == 0
    assert peer.blobs.take(blob.name, 0, sealed[:1000], last=False) == 1000
    assert not peer.blobs.has(blob.name)
    assert peer.blobs.take(blob.name, 500, b"elsewhere", last=True) == 1000, "a piece that does not go on"
    again = Journal.open(peer.root)
    assert again.blobs.begun(blob.name) == 1000
    assert again.blobs.take(blob.name, 1000, sealed[1000:], last=True) == len(sealed)
    assert again.blobs.get(blob.name, blob.key) == bytes(range(256)) * 300
    assert again.blobs.begun(blob.name) == 0


def test_a_document_that_is_not_what_its_name_says_is_thrown_away(practice: Practice) -> None:
    journal = practice.open()
    name = "ab" * 32
    with pytest.raises(BlobDamaged):
        journal.blobs.take(name, 0, b"not it", last=True)
    assert journal.blobs.begun(name) == 0
    assert not journal.blobs.has(name)
    with pytest.raises(BlobDamaged):
        journal.blobs.take("../" + "a" * 61, 0, b"", last=True)
    with pytest.raises(BlobMissing):
        journal.blobs.read(name, 0, 10)
