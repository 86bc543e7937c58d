"""What every store of a relay must do, whatever it is made of: inherit `RelayStoreContract` and give it two fixtures.

`store` is an empty store; `again` closes it and opens the same one anew, as a relay does after it was stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import pytest

from lanterne.relay.errors import Conflict
from lanterne.relay.store import Batch, BlobRow, BoxRow, NewEntry, Store
from lanterne.wire.asking import Range
from lanterne.wire.entry import Entry
from lanterne.wire.exchange import BlobName
from lanterne.wire.framing import framed_size
from lanterne.wire.names import EntryHash, PracticeId
from lanterne.wire.pairing_box import BoxName
from tests import cast

PRACTICE = cast.founding().practice
OTHER = PracticeId("ab" * 32)
DEVICE = cast.founding().device.id
NAME = BlobName("cd" * 32)
ALL = 1 << 30
WAIT_S = 60


def new(entry: Entry, *, apart: bool = False) -> NewEntry:
    return NewEntry(entry.head, entry.raw, apart)


def batch(
    after: int,
    entries: Sequence[NewEntry] = (),
    *,
    waiting: Sequence[NewEntry] = (),
    released: Sequence[EntryHash] = (),
    practice: PracticeId = PRACTICE,
) -> Batch:
    return Batch(practice, after, entries, waiting, released)


def sure(done: Future[None]) -> None:
    done.result(WAIT_S)


class RelayStoreContract:
    """The suite."""

    @pytest.fixture(autouse=True)
    def begin(self, store: Store) -> None:
        sure(store.found(PRACTICE, cast.genesis(), 1))
        sure(store.found(OTHER, b"another genesis", 2))

    def test_a_practice_is_begun_once(self, store: Store) -> None:
        sure(store.found(PRACTICE, b"something else", 3))
        account = store.account(PRACTICE)
        assert account is not None
        assert (account.genesis, account.last) == (cast.genesis(), 0)
        assert store.account(PracticeId("00" * 32)) is None
        assert store.count_practices() == 2

    def test_positions_follow_without_a_gap_and_practices_do_not_meet(self, store: Store) -> None:
        garance = cast.garance()
        first, second, third = (garance.note(str(number)) for number in range(3))
        sure(store.append(batch(0, [new(first), new(second)])))
        sure(store.append(batch(0, [new(first)], practice=OTHER)))
        sure(store.append(batch(2, [new(third)])))
        assert [(one.position, one.raw) for one in store.since(PRACTICE, 0, ALL).entries] == [
            (1, first.raw),
            (2, second.raw),
            (3, third.raw),
        ]
        assert [one.position for one in store.since(PRACTICE, 2, ALL).entries] == [3]
        assert [one.raw for one in store.since(OTHER, 0, ALL).entries] == [first.raw]
        assert store.since(PRACTICE, 3, ALL) == ((), False)

    def test_who_decided_on_an_older_state_is_told_and_nothing_is_kept(self, store: Store) -> None:
        garance = cast.garance()
        first, second = garance.note("1"), garance.note("2")
        sure(store.append(batch(0, [new(first)])))
        with pytest.raises(Conflict):
            store.append(batch(0, [new(second)], waiting=[new(second)])).result(WAIT_S)
        account = store.account(PRACTICE)
        assert account is not None
        assert (account.last, account.waiting_entries) == (1, 0)
        assert store.waits(PRACTICE, [second.head.hash]) == frozenset()

    def test_what_resolved_is_there_after_a_restart(self, store: Store, again: Callable[[], Store]) -> None:
        entry = cast.garance().note("kept")
        sure(store.append(batch(0, [new(entry)])))
        sure(store.keep_notice("all", "", b"notice"))
        sure(store.raise_floor(PRACTICE, DEVICE, 77))
        sure(store.keep_blob(PRACTICE, BlobRow(NAME, 5, 9, False, 1)))
        sure(store.keep_statement(PRACTICE, DEVICE, b"statement", "11" * 32))
        later = again()
        assert [one.raw for one in later.since(PRACTICE, 0, ALL).entries] == [entry.raw]
        assert later.notices() == (b"notice",)
        assert later.floor(PRACTICE, DEVICE) == 77
        assert later.blob(PRACTICE, NAME) == BlobRow(NAME, 5, 9, False, 1)
        assert later.statements(PRACTICE) == (b"statement",)

    def test_the_account_counts_what_is_kept(self, store: Store) -> None:
        garance = cast.garance()
        admin = garance.decide(garance.fact("rotation.due", {"compartment": 1}))
        note, apart, waits = garance.note("a"), garance.note("b"), garance.note("c")
        sure(store.append(batch(0, [new(admin), new(note), new(apart, apart=True)], waiting=[new(waits)])))
        account = store.account(PRACTICE)
        assert account is not None
        assert account.last == 3
        assert account.entry_bytes == len(admin.raw) + len(note.raw) + len(apart.raw)
        assert (account.apart_entries, account.apart_bytes) == (1, len(apart.raw))
        assert (account.members_entries, account.members_bytes) == (1, len(admin.raw))
        assert (account.waiting_entries, account.waiting_bytes) == (1, len(waits.raw))
        assert account.tips == 2
        sure(store.append(batch(3, [new(waits)], released=[waits.head.hash, "ee" * 32])))  # type: ignore[list-item]
        account = store.account(PRACTICE)
        assert account is not None
        assert (account.waiting_entries, account.waiting_bytes, account.last) == (0, 0, 4)

    def test_tips_hold_both_branches_of_a_fork(self, store: Store) -> None:
        garance, clone = cast.garance(), cast.garance()
        clone.random = cast.randomness("a clone")
        one, two, follows = garance.note("one"), clone.note("two"), clone.note("three")
        sure(store.append(batch(0, [new(one)])))
        assert store.number_bytes(PRACTICE, [(one.head.chain, 1)]) == {
            (one.head.chain, 1): framed_size(one.raw)
        }
        sure(store.append(batch(1, [new(two, apart=True), new(follows)])))
        assert set(store.tips(PRACTICE)) == {one.head.as_head, follows.head.as_head}
        account = store.account(PRACTICE)
        assert account is not None
        assert account.tips == 2
        both = store.number_bytes(PRACTICE, [(one.head.chain, 1), (one.head.chain, 9)])
        assert both == {(one.head.chain, 1): framed_size(one.raw) + framed_size(two.raw)}
        whole = store.ranges(PRACTICE, [Range(one.head.chain, 0)], 1)
        assert (set(whole.entries), whole.more) == ({one.raw, two.raw}, True), "one number comes together"

    def test_a_chain_is_read_by_number(self, store: Store) -> None:
        garance = cast.garance()
        notes = [garance.note(str(number)) for number in range(6)]
        sure(store.append(batch(0, [new(note) for note in notes])))
        chain = notes[0].head.chain
        raws = [note.raw for note in notes]
        assert store.ranges(PRACTICE, [Range(chain, 2, 4)], ALL) == (tuple(raws[2:4]), False)
        assert store.ranges(PRACTICE, [Range(chain, 4), Range(chain, 0, 1)], ALL) == (
            (*raws[4:], raws[0]),
            False,
        )
        size = sum(map(framed_size, raws[:3]))
        assert store.ranges(PRACTICE, [Range(chain, 0)], size) == (tuple(raws[:3]), True)
        assert store.ranges(PRACTICE, [Range(chain, 0)], 0) == ((raws[0],), True)
        assert store.ranges(PRACTICE, [Range(chain, 9)], 0) == ((), False)
        assert store.ranges(OTHER, [Range(chain, 0)], ALL) == ((), False)

    def test_pieces_end_where_they_are_full_and_never_empty(self, store: Store) -> None:
        garance = cast.garance()
        decided = [garance.decide(garance.fact("rotation.due", {"compartment": 1})) for _ in range(3)]
        note = garance.note("between")
        sure(store.append(batch(0, [new(decided[0]), new(note), new(decided[1]), new(decided[2])])))
        members = [one.raw for one in decided]
        assert store.members(PRACTICE, 0, ALL) == (tuple(members), False)
        assert store.members(PRACTICE, 1, 0) == ((members[1],), True)
        assert store.members(PRACTICE, 2, 0) == ((members[2],), False)
        assert store.members(PRACTICE, 3, ALL) == ((), False)
        piece = store.since(PRACTICE, 1, framed_size(note.raw) + framed_size(members[1]))
        assert ([one.raw for one in piece.entries], piece.more) == ([note.raw, members[1]], True)

    def test_held_says_where_an_entry_stands(self, store: Store) -> None:
        note = cast.garance().note("x")
        sure(store.append(batch(0, [new(note)])))
        found = store.held(PRACTICE, [note.head.hash, EntryHash("00" * 32)])
        assert found == {note.head.hash: (1, note.head.chain, 1, note.head.time)}
        assert store.held(OTHER, [note.head.hash]) == {}

    def test_what_waits_is_found_by_what_it_waits_for(self, store: Store) -> None:
        garance = cast.garance()
        first, second = garance.note("1"), garance.note("2")
        decided = garance.decide(garance.fact("rotation.due", {"compartment": 1}))
        sure(store.append(batch(0, waiting=[new(second), new(decided), new(second)])))
        assert store.waits(PRACTICE, [first.head.hash, second.head.hash]) == {second.head.hash}
        assert store.waiting_for(PRACTICE, [first.head.hash], False) == (second.raw,)
        assert set(store.waiting_for(PRACTICE, [first.head.hash], True)) == {second.raw, decided.raw}
        assert store.waiting_for(OTHER, [first.head.hash], True) == ()
        account = store.account(PRACTICE)
        assert account is not None
        assert account.waiting_entries == 2, "the same one twice waits once"

    def test_statements_are_replaced_or_kept_beside(self, store: Store) -> None:
        sure(store.keep_statement(PRACTICE, DEVICE, b"first", "11" * 32))
        sure(store.keep_statement(PRACTICE, DEVICE, b"second", "22" * 32))
        assert store.statements_of(PRACTICE, DEVICE) == (b"second",)
        sure(store.keep_beside(PRACTICE, DEVICE, b"lie", "00" * 32))
        assert store.statements_of(PRACTICE, DEVICE) == (b"second", b"lie")
        sure(store.keep_beside(PRACTICE, DEVICE, b"second", "22" * 32))
        sure(store.keep_statement(PRACTICE, DEVICE, b"third", "33" * 32))
        assert store.statements_of(PRACTICE, DEVICE) == (b"third", b"lie", b"second")
        assert store.statement_use(PRACTICE) == (1, len(b"thirdliesecond"))
        assert store.statement_use(OTHER) == (0, 0)
        assert store.statements(OTHER) == ()

    def test_a_floor_only_rises(self, store: Store) -> None:
        assert store.floor(PRACTICE, DEVICE) == 0
        sure(store.raise_floor(PRACTICE, DEVICE, 10))
        sure(store.raise_floor(PRACTICE, DEVICE, 5))
        assert store.floor(PRACTICE, DEVICE) == 10
        assert store.floor(OTHER, DEVICE) == 0

    def test_a_notice_takes_the_place_of_the_one_before(self, store: Store) -> None:
        sure(store.keep_notice("all", "", b"one"))
        sure(store.keep_notice("seat", "aa", b"two"))
        sure(store.keep_notice("all", "", b"three"))
        assert set(store.notices()) == {b"three", b"two"}

    def test_blobs_are_counted_and_forgotten(self, store: Store) -> None:
        whole = BlobName("ef" * 32)
        sure(store.keep_blob(PRACTICE, BlobRow(NAME, 4, 10, False, 100)))
        sure(store.keep_blob(PRACTICE, BlobRow(NAME, 7, 10, False, 200)))
        sure(store.keep_blob(PRACTICE, BlobRow(whole, 3, 3, True, 50)))
        account = store.account(PRACTICE)
        assert account is not None
        assert account.blob_bytes == 10
        assert store.lacking(PRACTICE, [whole, NAME]) == (NAME,)
        assert store.lacking(OTHER, [whole]) == (whole,)
        assert store.blob_names(PRACTICE) == store.blob_names(PRACTICE, int(whole[:2], 16)) == (whole,)
        assert store.blob_names(PRACTICE, (int(whole[:2], 16) + 1) % 256) == store.blob_names(OTHER) == ()
        assert store.stale_blobs(200) == ()
        assert store.stale_blobs(201) == ((PRACTICE, NAME),)
        sure(store.forget_blob(PRACTICE, NAME))
        sure(store.forget_blob(PRACTICE, NAME))
        account = store.account(PRACTICE)
        assert account is not None
        assert (account.blob_bytes, store.blob(PRACTICE, NAME)) == (3, None)

    def test_a_box_takes_one_request_and_the_newest_answer(
        self, store: Store, again: Callable[[], Store]
    ) -> None:
        name, other = BoxName("A" * 12), BoxName("B" * 12)
        assert store.box(name) is None
        with pytest.raises(Conflict):
            sure(store.ask_box(name, b"request"))
        sure(store.open_box(BoxRow(name, PRACTICE, 100), b"offer"))
        with pytest.raises(Conflict):
            sure(store.open_box(BoxRow(name, OTHER, 900), b"another"))
        assert store.box(name) == BoxRow(name, PRACTICE, 100)
        assert [store.box_message(name, what) for what in ("offer", "request", "answer")] == [
            b"offer",
            None,
            None,
        ]
        sure(store.ask_box(name, b"request"))
        sure(store.ask_box(name, b"request"))
        with pytest.raises(Conflict):
            sure(store.ask_box(name, b"another"))
        sure(store.refuse_box(OTHER, name))
        sure(store.answer_box(OTHER, name, b"nothing of theirs"))
        sure(store.close_box(OTHER, name))
        assert store.box_message(name, "request") == b"request"
        assert store.box_message(name, "answer") is None
        sure(store.answer_box(PRACTICE, name, b"reveal"))
        sure(store.answer_box(PRACTICE, name, b"admission"))
        sure(store.refuse_box(PRACTICE, name))
        sure(store.ask_box(name, b"another"))
        sure(store.open_box(BoxRow(other, OTHER, 200), b"theirs"))
        store = again()
        assert store.box_message(name, "request") == b"another"
        assert store.box_message(name, "answer") == b"admission"
        assert (store.boxes_of(PRACTICE), store.boxes_of(OTHER)) == ((name,), (other,))
        sure(store.sweep_boxes(100))
        assert store.box(name) is not None
        sure(store.sweep_boxes(101))
        assert (store.box(name), store.box_message(name, "offer")) == (None, None)
        sure(store.close_box(OTHER, other))
        sure(store.close_box(OTHER, other))
        assert store.box(other) is None

    def test_many_threads_append_and_nothing_is_mixed(self, store: Store) -> None:
        practices = [PracticeId(f"{number:064x}") for number in range(1, 9)]
        notes = [cast.garance().note("same")]
        for _ in range(19):
            notes.append(cast.garance().hear(notes).note("next"))

        def write(practice: PracticeId) -> None:
            for position, note in enumerate(notes):
                sure(store.append(batch(position, [new(note)], practice=practice)))

        for practice in practices:
            sure(store.found(practice, b"g", 1))
        threads = [threading.Thread(target=write, args=(practice,)) for practice in practices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for practice in practices:
            assert [one.raw for one in store.since(practice, 0, ALL).entries] == [note.raw for note in notes]
