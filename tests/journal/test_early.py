"""Entries that came ahead of their predecessors: durable, in no chain, each in its place once the one before it is here."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.journal import early
from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import Files, OsFiles
from lanterne.journal.identity import write_identity
from lanterne.journal.journal import Journal, Outcome, Received
from lanterne.journal.layout import Layout
from lanterne.wire.entry import Entry, read_entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Stream
from tests.journal.simulated_disk import FaultyFiles, PlugPulled, SimulatedDisk
from tests.journal.stage import NOON, Practice, dice, jot, ranks_by_hash, raws, texts

COUNT = 12


@pytest.fixture
def written(practice: Practice) -> list[bytes]:
    """Twelve notes and as many looks, by their raw bytes, members first."""
    journal = practice.open()
    for number in range(COUNT):
        jot(journal, practice, f"note {number}", NOON + number * 1000)
        jot(journal, practice, f"look {number}", NOON + number * 1000, Stream.TRACE)
    return raws(journal)


def newcomer(practice: Practice, root: Path, files: Files | None = None) -> Journal:
    """Another device, which holds the genesis alone."""
    files = files or OsFiles()
    files.make_directories(root)
    write_identity(Layout(root), files, practice.keyring.membership.genesis.raw)
    return Journal.open(root, files=files, random=dice(5))


def ahead(journal: Journal) -> list[int]:
    return [head.seq for head in journal.ahead.heads()]


def outcomes(answers: list[Received | EntryRefused]) -> list[Outcome | str]:
    return [one.check if isinstance(one, EntryRefused) else one.outcome for one in answers]


def test_what_came_ahead_is_read_and_is_in_no_chain(
    practice: Practice, written: list[bytes], tmp_path: Path
) -> None:
    journal = newcomer(practice, tmp_path / "new")
    before = journal.heads, journal.tips
    assert outcomes(journal.receive_early(written[4:7])) == [Outcome.WAITS] * 3
    assert (journal.heads, journal.tips) == before
    assert journal.count(Stream.CARE) == 0
    assert ahead(journal) == [5, 6, 7]
    assert [one.entry.raw for one in journal.ahead.entries(journal.ahead.heads())] == written[4:7]
    assert outcomes(journal.receive_early(written[4:8])) == [Outcome.WAITS] * 4
    # Another process reads it too, and it survives this one.
    again = Journal.open(tmp_path / "new")
    assert ahead(again) == [5, 6, 7, 8]
    assert check_store(tmp_path / "new").faults == []


def test_it_takes_its_place_once_the_one_before_it_is_here(
    practice: Practice, written: list[bytes], tmp_path: Path
) -> None:
    journal = newcomer(practice, tmp_path / "new")
    other = Journal.open(tmp_path / "new")
    journal.receive_early([*written[4:7], written[9]])
    assert outcomes(journal.receive_many(written[:4])) == [Outcome.NEW] * 4
    assert journal.count(Stream.CARE) == 7, "what came ahead need not come again"
    assert ahead(journal) == [10]
    other.refresh()
    assert ahead(other) == [10]
    assert outcomes(journal.receive_many(written)) == [
        Outcome.DUPLICATE if place < 7 or place == 9 else Outcome.NEW for place in range(len(written))
    ]
    assert ahead(journal) == []
    assert list((tmp_path / "new" / "journal" / "early").iterdir()) == []
    other.refresh()
    assert ahead(other) == []
    assert ranks_by_hash(journal) == ranks_by_hash(practice.open())


def test_the_first_of_a_chain_and_what_follows_take_their_places_at_once(
    practice: Practice, written: list[bytes], tmp_path: Path
) -> None:
    journal = newcomer(practice, tmp_path / "new")
    answers = journal.receive_early([written[1], written[0], written[5]])
    assert outcomes(answers) == [Outcome.NEW, Outcome.NEW, Outcome.WAITS]
    assert texts(journal, practice) == ["note 0", "note 1"]
    assert outcomes(journal.receive_early([written[0]])) == [Outcome.DUPLICATE]


def test_hostile_entries_are_refused_one_by_one(
    practice: Practice, written: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = newcomer(practice, tmp_path / "new")
    forged = bytearray(written[5])
    forged[120] ^= 1
    cut = written[6][:-1]
    assert outcomes(journal.receive_early([bytes(forged), cut, b"", written[7]])) == [
        "E8",
        "E10",
        "E1",
        Outcome.WAITS,
    ]
    monkeypatch.setattr("lanterne.journal.ahead.MAX_EARLY", 2)
    assert outcomes(journal.receive_early(written[7:10])) == [Outcome.WAITS, Outcome.WAITS, "E12"]
    monkeypatch.setattr("lanterne.journal.ahead.MAX_EARLY", 9)
    monkeypatch.setattr("lanterne.journal.ahead.MAX_EARLY_BYTES", sum(len(written[n]) for n in (7, 8, 9)))
    assert outcomes(journal.receive_early(written[9:11])) == [Outcome.WAITS, "E12"]


def test_a_damaged_file_counts_as_none_and_is_fetched_again(
    practice: Practice, written: list[bytes], tmp_path: Path
) -> None:
    root = tmp_path / "new"
    newcomer(practice, root).receive_early(written[4:7])
    [path] = (root / "journal" / "early").iterdir()
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert ahead(Journal.open(root)) == []
        assert [one.code for one in check_store(root).faults] == ["early_damaged"]
    journal = Journal.open(root)
    journal.receive_early(written[4:6])
    assert ahead(journal) == [5, 6]
    assert check_store(root).faults == []


def test_what_breaks_e14_once_its_predecessor_is_here_is_let_go(
    practice: Practice, written: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is not after that of the entry before it: an honest Lanterne never writes this."""
    journal = newcomer(practice, tmp_path / "new")
    journal.receive_early(written[1:3])
    monkeypatch.setattr(
        "lanterne.journal.receiving.Sorter._accept",
        _accept_late,
    )
    journal.receive_many(written[:1])
    assert ahead(journal) == [3]
    assert journal.count(Stream.CARE) == 1


def test_what_its_chain_went_past_is_let_go_and_comes_again_as_a_fork(
    practice: Practice, tmp_path: Path
) -> None:
    """Signed by a key that was copied, and no part of the chain everybody holds: it is read only with its branch."""
    twin = replace(practice, root=tmp_path / "twin")
    shutil.copytree(practice.root, twin.root)
    for number in range(4):
        jot(practice.open(), practice, f"note {number}", NOON + number * 1000)
        jot(twin.open(), twin, f"forged {number}", NOON + number * 1000)
    chain, branch = raws(practice.open()), raws(twin.open())
    journal, other = newcomer(practice, tmp_path / "new"), newcomer(practice, tmp_path / "new")
    assert outcomes(journal.receive_early([branch[2]])) == [Outcome.WAITS]
    journal.receive_many(chain[:2])
    other.refresh()
    assert ahead(journal) == ahead(other) == [3], "its branch may come yet"
    journal.receive_many(chain[2:])
    other.refresh()
    assert ahead(journal) == ahead(other) == []
    assert list((tmp_path / "new" / "journal" / "early").iterdir()) == []
    assert texts(journal, practice) == [f"note {number}" for number in range(4)]
    assert outcomes(journal.receive_many(branch)) == [Outcome.FORK] * 4
    assert journal.forks
    # When its branch comes first it takes its place as ever.
    journal = newcomer(practice, tmp_path / "again")
    journal.receive_early([branch[2]])
    journal.receive_many([*branch[:2], *chain])
    assert ahead(journal) == []
    assert journal.count(Stream.CARE) == 7


def _accept_late(sorter: object, entry: Entry) -> Outcome:
    """As if the entry were dated an hour later than it is."""
    from lanterne.journal.receiving import Sorted

    sorter._batch[entry.head.as_head] = entry.head.time + (3_600_000 << 16)  # type: ignore[attr-defined]
    sorter.accepted.append(Sorted(entry, Outcome.NEW))  # type: ignore[attr-defined]
    return Outcome.NEW


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 30))
def test_any_order_early_or_not_gives_the_same_journal(
    everything: tuple[Practice, list[bytes], dict[str, int]], seed: int
) -> None:
    practice, entries, ranks = everything
    chance = random.Random(seed)
    disk = SimulatedDisk(seed)
    root = Path(f"/new{seed}")
    journal = newcomer(practice, root, disk)
    for _ in range(8):
        some = chance.sample(entries, chance.randint(1, 9))
        if chance.random() < 0.6:
            journal.receive_early(some)
        else:
            journal.receive_many(some)
        if chance.random() < 0.3:
            journal = Journal.open(root, files=disk, random=dice(seed))
        held = {arrived.entry.head.as_head for stream in Stream for arrived in journal.since(stream)}
        assert not held & set(journal.ahead.heads())
    journal.receive_many(entries)
    assert ranks_by_hash(journal) == ranks
    assert ahead(journal) == []
    assert disk.listing(Layout(root).early) == []


@pytest.fixture(scope="module")
def everything(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Practice, list[bytes], dict[str, int]]:
    from tests.journal.stage import admit, found

    practice = found(tmp_path_factory.mktemp("all") / "data")
    journal = practice.open()
    theo = admit(journal, practice, seed=50)
    for number in range(COUNT):
        who = (practice, theo)[number % 2]
        who.keyring = who.keyring.with_membership(journal.membership)
        jot(journal, who, f"note {number}", NOON + number * 1000 - (number % 3) * 5000)
        jot(journal, who, f"look {number}", NOON + number * 1000, Stream.TRACE)
    return practice, raws(journal), ranks_by_hash(journal)


def test_the_plug_pulled_at_every_step_loses_no_entry_that_was_acknowledged(
    everything: tuple[Practice, list[bytes], dict[str, int]],
) -> None:
    practice, entries, ranks = everything
    care = [raw for raw in entries if raw[6] == Stream.CARE]
    step, going = 0, True
    while going:
        step += 1
        disk = SimulatedDisk(step)
        root = Path("/new")
        journal = newcomer(practice, root, disk)
        journal.receive_many(raw for raw in entries if raw[6] == Stream.MEMBERS)
        kept: list[bytes] = []
        disk.steps, disk.stop_after = 0, step
        try:
            for batch in (care[4:6], care[8:10], care[2:3]):
                journal.receive_early(batch)
                kept += batch
            journal.receive_many(care[:3])
            journal.receive_many(care[6:8])
            going = False
        except PlugPulled:
            disk.crash()
        disk.stop_after = None
        again = Journal.open(root, files=disk, random=dice(step))
        names = {one.entry.raw for one in again.ahead.entries(again.ahead.heads())}
        names |= {arrived.entry.raw for arrived in again.since(Stream.CARE)}
        assert set(kept) <= names
        assert check_store(root, files=disk).faults == []
        again.receive_early(care[4:6])
        again.receive_many(entries)
        assert ranks_by_hash(again) == ranks
        assert [name for name in disk.listing(Layout(root).early) if name.isdigit()] == []
    assert step > 15


def test_a_disk_that_fails_keeps_all_or_nothing_of_a_batch(
    everything: tuple[Practice, list[bytes], dict[str, int]], tmp_path: Path
) -> None:
    practice, entries, _ = everything
    care = [raw for raw in entries if raw[6] == Stream.CARE]
    for nth, how in ((1, "full"), (1, "short"), (1, "error")):
        root = tmp_path / f"{nth}{how}"
        files = FaultyFiles(OsFiles())
        journal = newcomer(practice, root, files)
        journal.receive_many(raw for raw in entries if raw[6] == Stream.MEMBERS)
        files.fail("write", nth, how)  # type: ignore[arg-type]
        with pytest.raises(DiskFull if how == "full" else DiskFailed):
            journal.receive_early(care[4:6])
        assert ahead(journal) == ahead(Journal.open(root)) == []
        journal.receive_early(care[4:6])
        assert len(ahead(Journal.open(root))) == 2


def test_a_file_that_lies_about_its_lengths_is_no_file() -> None:
    assert early.read_bundle(b"") is None
    assert early.read_bundle(bytes(31)) is None


def test_every_signature_is_checked_though_the_next_entry_vouches_for_the_content(
    practice: Practice, written: list[bytes], tmp_path: Path
) -> None:
    """The hash leaves the signature out: an entry whose signature was spoilt on its way has its name, and those after
    it stand on it. Kept, it would be refused by whoever it is handed on to, and make a liar of an honest device.
    """
    journal = newcomer(practice, tmp_path / "new")
    head = read_entry(
        written[2],
        practice=journal.practice,
        key_of=journal.membership.sign_key,
        check_signature=journal.membership.check_signature,
    ).head
    spoilt = written[2].replace(head.signature, bytes(64))
    assert outcomes(journal.receive_many([*written[:2], spoilt, written[3]])) == [
        Outcome.NEW,
        Outcome.NEW,
        "E8",
        Outcome.WAITS,
    ]
    assert outcomes(journal.receive_early([spoilt])) == ["E8"]
    assert outcomes(journal.receive_many([written[2]])) == [Outcome.NEW]
    assert journal.count(Stream.CARE) == 4


def test_another_process_is_never_misled_by_a_name_used_again(
    practice: Practice, written: list[bytes], tmp_path: Path
) -> None:
    journal = newcomer(practice, tmp_path / "new")
    other = Journal.open(tmp_path / "new")
    for number in (4, 6, 8):
        journal.receive_early([written[number]])
        other.refresh()
        journal.receive_many(written[: number + 1])
        assert len(journal.ahead) == 0
        # The other one looks again only once something else came ahead.
        journal.receive_early([written[number + 2]])
        other.refresh()
        found = [one.entry.raw for one in other.ahead.entries(other.ahead.heads())]
        assert found == [written[number + 2]]
        journal.receive_many(written[: number + 3])
