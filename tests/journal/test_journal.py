"""Writing and reading: what was acknowledged is there, in order, for every process and after every restart."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import NoPractice, SeatMayNotWrite
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.leaving import leave
from lanterne.proof.membership import Standing
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Compartment, Stream
from tests.journal.stage import NOON, Practice, admit, dice, jot, jotting, note, texts


def test_what_garance_writes_is_read_after_a_restart(practice: Practice) -> None:
    journal = practice.open()
    first, second = jot(journal, practice, "one"), jot(journal, practice, "two")
    assert (first.seq, second.seq) == (1, 2)
    assert second.time > first.time
    again = practice.open()
    assert texts(again, practice) == ["one", "two"]
    assert again.heads == journal.heads
    assert check_store(practice.root, practice.keyring).faults == []


def test_a_cursor_gives_only_what_came_after(practice: Practice) -> None:
    journal = practice.open()
    journal.write_many([jotting(practice, f"note {number}") for number in range(50)])
    seen = list(journal.since(Stream.CARE))
    assert [one.next for one in seen[:-1]] <= [one.position for one in seen[1:]]
    assert journal.end(Stream.CARE) == seen[-1].next
    assert list(journal.since(Stream.CARE, seen[-1].next)) == []
    assert [one.entry.head.seq for one in journal.since(Stream.CARE, seen[29].next)] == list(range(31, 51))


def test_heads_name_what_moved_since_this_chain_last_wrote(practice: Practice) -> None:
    journal = practice.open()
    care = jot(journal, practice, "one")
    look = jot(journal, practice, "looked", stream=Stream.TRACE)
    again = jot(journal, practice, "two")
    third = jot(journal, practice, "three")
    by_hash = {one.entry.head.hash: one.entry.head for stream in Stream for one in journal.since(stream)}
    assert [head.hash for head in by_hash[look.hash].heads] == [care.hash]
    assert [head.hash for head in by_hash[again.hash].heads] == [look.hash]
    assert by_hash[third.hash].heads == ()


def test_a_batch_names_its_own_heads_as_single_writes_would(practice: Practice) -> None:
    journal = practice.open()
    jot(journal, practice, "before")
    written = journal.write_many(
        [
            jotting(practice, f"{stream.name} {number}", stream=stream)
            for number in range(3)
            for stream in (Stream.TRACE, Stream.CARE)
        ]
    )
    heads = [journal.find(one.hash, one.chain, one.seq) for one in written]
    named = [[head.hash for head in entry.head.heads] for entry in heads if entry is not None]
    assert named[1:] == [[one.hash] for one in written[:-1]]
    after = jot(journal, practice, "after", stream=Stream.TRACE)
    entry = journal.find(after.hash, after.chain, after.seq)
    assert entry is not None
    assert [head.hash for head in entry.head.heads] == [written[-1].hash]


def test_what_another_process_wrote_is_seen_after_refresh(practice: Practice) -> None:
    mine, other = practice.open(), practice.open(seed=2)
    jot(other, practice, "from the command line")
    assert texts(mine, practice) == []
    mine.refresh()
    assert texts(mine, practice) == ["from the command line"]
    written = jot(mine, practice, "from the screen")
    assert (written.seq, written.chain.incarnation) == (2, 0)
    other.refresh()
    assert texts(other, practice) == ["from the command line", "from the screen"]


def test_threads_of_one_process_share_a_journal(practice: Practice) -> None:
    journal = practice.open()
    hands = [
        threading.Thread(
            target=lambda hand=hand: [jot(journal, practice, f"{hand}/{one}") for one in range(15)]
        )
        for hand in range(4)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(texts(journal, practice)) == 60
    assert {head.seq for head in journal.heads} == {60}
    assert check_store(practice.root).faults == []


def test_a_lost_index_is_made_anew(practice: Practice) -> None:
    journal = practice.open()
    journal.write_many([jotting(practice, f"note {number}") for number in range(20)])
    jot(journal, practice, "looked", stream=Stream.TRACE)
    ranks = {stream: list(journal.ranks(stream)) for stream in Stream}
    for stream in Stream:
        Layout(practice.root).index(stream).unlink()
    again = practice.open()
    assert {stream: list(again.ranks(stream)) for stream in Stream} == ranks
    assert jot(again, practice, "after").seq == 21
    assert check_store(practice.root).faults == []


def test_a_seat_that_left_writes_no_more_and_what_it_hid_waits_for_review(
    practice: Practice, tmp_path: Path
) -> None:
    journal = practice.open()
    theo = admit(journal, practice, seed=40)
    jot(journal, theo, "known")
    shutil.copytree(practice.root, tmp_path / "copy")
    elsewhere = replace(theo, root=tmp_path / "copy").open(seed=3)
    person = journal.membership.seat(theo.seat_id)
    assert person is not None
    leave(journal, practice.keyring, person.person, now_ms=NOON + 5, random=dice(9))
    with pytest.raises(SeatMayNotWrite):
        jot(journal, theo, "too late")
    hidden = jot(elsewhere, theo, "written before the news came")
    entry = elsewhere.find(hidden.hash, hidden.chain, hidden.seq)
    assert entry is not None
    journal.receive(entry.raw)
    standings = [arrived.standing for arrived in journal.since(Stream.CARE)]
    assert standings == [Standing.COUNTS, Standing.BEYOND_CUT]
    assert journal.membership.rotation_due(NOON + 6) == ()
    assert texts(practice.open(), practice)[-1] == "written before the news came"


def test_a_term_that_ended_ends_writing_even_under_a_slow_clock(practice: Practice) -> None:
    journal = practice.open()
    awa = admit(journal, practice, seed=40, not_after=NOON + 1000)
    jot(journal, awa, "within her term", NOON + 999)
    with pytest.raises(SeatMayNotWrite):
        jot(journal, awa, "after", NOON + 1001)
    assert [arrived.standing for arrived in journal.since(Stream.CARE)] == [Standing.COUNTS]


def test_who_is_no_administrator_changes_no_membership(practice: Practice) -> None:
    journal = practice.open()
    ines = admit(journal, practice, seed=50)
    with pytest.raises(SeatMayNotWrite):
        admit(journal, ines, seed=60)


def test_a_part_in_the_wrong_stream_is_refused_and_nothing_written(practice: Practice) -> None:
    journal = practice.open()
    with pytest.raises(EntryRefused) as refused:
        journal.write(
            practice.seat,
            practice.keyring,
            stream=Stream.CARE,
            parts=[(Compartment.TRACE, note("x"))],
            now_ms=NOON,
        )
    assert refused.value.check == "E10"
    twice = [(Compartment.MEDICAL, note("x")), (Compartment.MEDICAL, note("y"))]
    with pytest.raises(ValueError, match="one part"):
        journal.write(practice.seat, practice.keyring, stream=Stream.CARE, parts=twice, now_ms=NOON)
    assert jot(journal, practice, "then").seq == 1


def test_a_directory_without_genesis_is_no_practice(tmp_path: Path) -> None:
    with pytest.raises(NoPractice):
        Journal.open(tmp_path)
    with pytest.raises(NoPractice):
        check_store(tmp_path)
