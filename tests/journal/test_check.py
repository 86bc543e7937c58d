"""A flipped bit anywhere is found and named, healed where a second copy exists, and never shown as truth."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store, heal_small_files
from lanterne.journal.errors import SmallFileDamaged
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.segment import FRAME_MAGIC
from lanterne.journal.unlock_limit import UnlockLimit
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Stream
from tests.journal.simulated_disk import FaultyFiles
from tests.journal.stage import Practice, admit, jot, jotting, raws, texts

FLIPS = int(os.environ.get("LANTERNE_FLIPS", "500"))
TWICE = {"format", "genesis", "key"}


@pytest.fixture
def lived_in(practice: Practice, tmp_path: Path) -> Practice:
    """A directory with something of everything: three streams, a torn write, an entry that waits, a document,
    a draft.
    """
    journal = practice.open()
    theo = admit(journal, practice, seed=70)
    journal.write_many([jotting(practice, f"note {number}") for number in range(12)])
    jot(journal, practice, "looked", stream=Stream.TRACE)
    files = FaultyFiles(OsFiles())
    failing = practice.open(files)
    files.fail("write", 1, "short")
    with pytest.raises(LanterneError):
        jot(failing, practice, "torn")
    jot(practice.open(), theo, "in a new segment")
    shutil.copytree(practice.root, tmp_path / "peer")
    peer = replace(theo, root=tmp_path / "peer").open(seed=5)
    jot(peer, theo, "missing")
    jot(peer, theo, "waits")
    journal = practice.open()
    journal.receive([raw for raw in raws(peer) if raw[6] == Stream.CARE][-1])
    journal.blobs.put(b"a scanned letter" * 5000)
    journal.local(practice.seat).put("draft-1", b"unfinished thoughts")
    UnlockLimit(Layout(practice.root).unlock, OsFiles()).attempt(practice.seat_id, 5)
    journal.close(practice.seat)
    return practice


def test_a_lived_in_directory_is_sound(lived_in: Practice) -> None:
    report = check_store(lived_in.root, lived_in.keyring)
    assert report.faults == []
    assert sorted(note.code for note in report.notes) == ["unfinished_write", "waits"]
    assert report.entries == 1 + 12 + 1 + 1
    assert report.blobs == 1


@pytest.mark.torture
def test_every_flipped_bit_is_found(lived_in: Practice, tmp_path: Path) -> None:
    """Half of the flips by byte, half by file, so that the small files have their share beside the reserve."""
    chance = random.Random(20_260_214)
    root = lived_in.root
    truth = texts(lived_in.open(), lived_in)
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "lock")
    sizes = [path.stat().st_size for path in files]
    healed = 0
    for flip in range(FLIPS):
        by_size = chance.choices(files, weights=sizes)[0]
        path = by_size if flip % 10 == 0 else chance.choice(files)
        whole = path.read_bytes()
        bit = chance.randrange(len(whole) * 8)
        wrong = bytearray(whole)
        wrong[bit // 8] ^= 1 << bit % 8
        path.write_bytes(wrong)
        name = path.relative_to(root).as_posix()
        report = check_store(root)
        assert [fault for fault in report.faults if fault.file == name or name in fault.meaning], (
            f"bit {bit} of {name}"
        )
        assert all(fault.meaning and fault.code for fault in report.faults)
        if any(fault.healed for fault in report.faults):
            healed += 1
            assert path.read_bytes() == whole
            assert check_store(root).faults == []
        path.write_bytes(whole)
    assert healed > FLIPS // 10
    assert texts(lived_in.open(), lived_in) == truth


def test_a_flipped_bit_is_never_shown_as_truth(lived_in: Practice, tmp_path: Path) -> None:
    """Whatever bit of the journal flips, what can still be read was written, and writing goes on."""
    chance = random.Random(4)
    truth = set(texts(lived_in.open(), lived_in))
    paths = [path for path in sorted((lived_in.root / "journal").rglob("*")) if path.is_file()]
    for turn in range(60):
        path = chance.choice([one for one in paths if one.name != "reserve"])
        root = tmp_path / f"turn{turn}"
        shutil.copytree(lived_in.root, root)
        target = root / path.relative_to(lived_in.root)
        wrong = bytearray(target.read_bytes())
        bit = chance.randrange(len(wrong) * 8)
        wrong[bit // 8] ^= 1 << bit % 8
        target.write_bytes(wrong)
        actor = replace(lived_in, root=root)
        journal = actor.open()
        read = texts(journal, actor)
        assert set(read) <= truth
        assert len(read) >= len(truth) - 1
        if journal.membership.is_active(actor.seat_id, 0):
            jot(journal, actor, f"after {turn}")
            assert texts(Journal.open(root), actor)[-1] == f"after {turn}"
        shutil.rmtree(root)


def test_a_damaged_small_file_is_healed_from_its_copy(practice: Practice) -> None:
    layout = Layout(practice.root)
    for path in (layout.genesis, layout.format, layout.device, layout.seat(practice.seat_id)):
        for copy in (path, path.with_name(path.name + "2")):
            whole = copy.read_bytes()
            copy.write_bytes(whole[:-5] + bytes(5))
            (fault,) = heal_small_files(practice.root)
            assert (fault.file, fault.healed) == (copy.relative_to(practice.root).as_posix(), True)
            assert copy.read_bytes() == whole


def test_a_genesis_damaged_in_both_copies_opens_nothing(practice: Practice) -> None:
    layout = Layout(practice.root)
    for path in (layout.genesis, layout.genesis.with_name("genesis2")):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(SmallFileDamaged):
        practice.open()
    assert [fault.code for fault in check_store(practice.root).faults] == ["small_file_damaged"]


def test_a_part_that_does_not_open_is_a_fault_only_a_key_finds(practice: Practice) -> None:
    """An insider signs an entry whose part is rubbish: frames, signatures and chains all hold."""
    from lanterne.wire.entry import PartPlan, build_entry
    from lanterne.wire.names import NO_ENTRY, ChainId, Compartment, PartMode

    journal = practice.open()
    key = journal.membership.newest_epoch(Compartment.MEDICAL).key_id
    entry = build_entry(
        chain=ChainId(practice.seat_id, 3, Stream.CARE),
        practice=journal.practice,
        seq=1,
        prev=NO_ENTRY,
        time=1,
        heads=(),
        parts=[PartPlan(Compartment.MEDICAL, PartMode.EPOCH, key, 90)],
        seal=lambda _index, _bound: bytes(90),
        sign=practice.seat.sign_entry,
    )
    journal.receive(entry.raw)
    assert check_store(practice.root).faults == []
    (fault,) = check_store(practice.root, practice.keyring).faults
    assert fault.code == "part_does_not_open"
    assert "E17" in fault.meaning


def test_a_frame_carried_inside_a_damaged_entry_is_not_believed(practice: Practice) -> None:
    """A hostile seat hides a forged frame in its part; damage to the outer frame must not let it out."""
    from lanterne.journal.segment import frame

    journal = practice.open()
    written = jot(journal, practice, "genuine")
    entry = journal.find(written.hash, written.chain, written.seq)
    assert entry is not None
    forged = bytearray(entry.raw)
    forged[60:68] = (2).to_bytes(8)  # another number, so the signature does not verify any more
    path = Layout(practice.root).segment(Stream.CARE, 1)
    raw = path.read_bytes()
    outer = frame(b"p" * 200 + frame(bytes(forged)) + b"p" * 50)
    broken = outer.replace(FRAME_MAGIC, b"XXXX", 1)
    path.write_bytes(raw + broken + frame(bytes(forged))[:20])
    Layout(practice.root).index(Stream.CARE).unlink()
    again = practice.open()
    assert texts(again, practice) == ["genuine"]


def test_what_nobody_reads_nobody_checks(practice: Practice) -> None:
    (practice.root / "notes.txt").write_text("left by somebody")
    (fault,) = check_store(practice.root).faults
    assert (fault.file, fault.code) == ("notes.txt", "unknown_file")
