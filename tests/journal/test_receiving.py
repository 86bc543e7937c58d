"""Entries from elsewhere: the same ranks and the same record whatever the order they come in."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.journal import Journal, Outcome
from lanterne.journal.layout import Layout
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Stream
from tests.journal.stage import NOON, Practice, admit, jot, ranks_by_hash, raws, texts

SEEDS = int(os.environ.get("LANTERNE_SEEDS", "6"))
HOUR = 3_600_000


def fresh(practice: Practice, to: Path) -> Journal:
    shutil.copytree(practice.root, to)
    return replace(practice, root=to).open()


def drama(practice: Practice, folder: Path, seed: int) -> list[bytes]:
    """Three devices write with clocks that disagree by hours, and hear of each other now and then."""
    chance = random.Random(seed)
    first = practice.open()
    cast = [practice, admit(first, practice, seed=70), admit(first, practice, seed=80, admin=True)]
    devices = []
    for number in range(3):
        shutil.copytree(practice.root, folder / f"device{number}")
        devices.append(replace(practice, root=folder / f"device{number}").open(seed=number))
    lies = [0, 2 * HOUR, -HOUR]
    for step in range(40):
        who = chance.randrange(3)
        actor = replace(cast[who], keyring=cast[who].keyring.with_membership(devices[who].membership))
        stream = chance.choice([Stream.CARE, Stream.CARE, Stream.TRACE])
        jot(devices[who], actor, f"{seed}/{step}", NOON + lies[who] + step * 1000, stream)
        if chance.random() < 0.3:
            other = chance.randrange(3)
            devices[who].receive_many(raws(devices[other]))
    for device in devices:
        devices[0].receive_many(raws(device))
    return raws(devices[0])


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(SEEDS))
def test_ranks_are_a_function_of_the_set(practice: Practice, tmp_path: Path, seed: int) -> None:
    start = tmp_path / "start"
    shutil.copytree(practice.root, start)
    entries = drama(practice, tmp_path, seed)
    chance = random.Random(seed)
    members = [raw for raw in entries if raw[6] == Stream.MEMBERS]
    rest = [raw for raw in entries if raw[6] != Stream.MEMBERS]
    expected: dict[str, int] | None = None
    for turn in range(4):
        journal = fresh(replace(practice, root=start), tmp_path / f"turn{turn}")
        chance.shuffle(rest)
        journal.receive_many(members)
        if turn % 2:
            for raw in rest:
                journal.receive(raw)
        else:
            journal.receive_many(rest)
        ranks = ranks_by_hash(journal)
        assert len(ranks) == len(entries)
        assert journal.waiting == 0
        expected = ranks if expected is None else expected
        assert ranks == expected
        assert ranks_by_hash(Journal.open(journal.root)) == expected
        for stream in Stream:
            Layout(journal.root).index(stream).unlink()
        assert ranks_by_hash(Journal.open(journal.root)) == expected
        assert check_store(journal.root, practice.keyring).faults == []


def test_a_late_head_that_raises_ranks_says_so(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    theo = admit(journal, practice, seed=70)
    shutil.copytree(practice.root, tmp_path / "theo")
    shutil.copytree(practice.root, tmp_path / "third")
    elsewhere = replace(theo, root=tmp_path / "theo").open(seed=2)
    ahead = jot(elsewhere, theo, "an hour ahead", NOON + HOUR)
    journal.receive_many(raws(elsewhere))
    after = jot(journal, practice, "an answer", NOON)
    assert after.time >> 16 == NOON
    third = replace(practice, root=tmp_path / "third").open(seed=3)
    reader = Journal.open(third.root)
    answer, cause = (journal.find(one.hash, one.chain, one.seq) for one in (after, ahead))
    assert answer is not None
    assert cause is not None
    assert not third.receive(answer.raw).reranked
    assert ranks_by_hash(third)[after.hash] == after.time
    before, seen = third.reranks, (reader.refresh(), reader.reranks)[1]
    assert third.receive(cause.raw).reranked
    assert third.reranks > before
    reader.refresh()
    assert reader.reranks > seen
    assert ranks_by_hash(third)[after.hash] == ranks_by_hash(reader)[after.hash] == ahead.time + 1


def test_what_misses_its_predecessor_waits_across_a_restart(practice: Practice, tmp_path: Path) -> None:
    shutil.copytree(practice.root, tmp_path / "peer")
    peer = replace(practice, root=tmp_path / "peer").open(seed=4)
    written = [jot(peer, practice, text) for text in ("one", "two", "three")]
    sent = [entry.raw for one in written if (entry := peer.find(one.hash, one.chain, one.seq)) is not None]
    journal = practice.open()
    assert [journal.receive(raw).outcome for raw in reversed(sent[1:])] == [Outcome.WAITS, Outcome.WAITS]
    assert texts(journal, practice) == []
    report = check_store(practice.root)
    assert (report.faults, len(report.notes)) == ([], 2)
    again = practice.open()
    assert again.receive(sent[2]).outcome is Outcome.WAITS
    assert again.receive(sent[0]).outcome is Outcome.NEW
    assert texts(again, practice) == ["one", "two", "three"]
    assert again.receive(sent[1]).outcome is Outcome.DUPLICATE
    assert list((practice.root / "journal" / "apart").iterdir()) == []


def test_what_waits_has_a_bound_in_bytes(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = fresh(practice, tmp_path / "there")
    writer = practice.open()
    sent = [jot(writer, practice, f"note {number}", NOON + number).hash for number in range(5)]
    care = [one.entry.raw for one in writer.since(Stream.CARE) if one.entry.head.hash in sent]
    monkeypatch.setattr("lanterne.journal.receiving.MAX_APART_BYTES", len(care[2]) + len(care[3]))
    answers = journal.receive_many(care[2:])
    assert [getattr(one, "check", None) for one in answers] == [None, None, "E12"]
    assert journal.waiting == 2
    journal.receive_many(care[:2])
    assert journal.waiting == 0
    assert journal.count(Stream.CARE) == 4
    assert journal.receive(care[4]).outcome is Outcome.NEW


def test_every_flipped_bit_of_an_entry_received_is_refused(practice: Practice, tmp_path: Path) -> None:
    shutil.copytree(practice.root, tmp_path / "peer")
    peer = replace(practice, root=tmp_path / "peer").open(seed=4)
    jot(peer, practice, "one")
    (raw,) = raws(peer)
    journal = practice.open()
    chance = random.Random(3)
    for bit in chance.sample(range(len(raw) * 8), 200):
        wrong = bytearray(raw)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(EntryRefused):
            journal.receive(bytes(wrong))
    assert journal.count(Stream.CARE) == 0


def test_a_seat_nobody_admitted_is_refused_until_its_admission_comes(
    practice: Practice, tmp_path: Path
) -> None:
    shutil.copytree(practice.root, tmp_path / "peer")
    peer = replace(practice, root=tmp_path / "peer").open(seed=4)
    theo = admit(peer, practice, seed=70)
    jot(peer, theo, "hello")
    members, care = raws(peer)
    journal = practice.open()
    with pytest.raises(EntryRefused) as refused:
        journal.receive(care)
    assert refused.value.check == "E7"
    assert [getattr(one, "outcome", one) for one in journal.receive_many([members, care])] == [
        Outcome.NEW,
        Outcome.NEW,
    ]
