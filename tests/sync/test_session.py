"""The machine alone: no disk, no line. Holders are sets of numbered entries that stand on each other."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.sync.moves import (
    AskHeads,
    BlobMoved,
    BlobsListed,
    Broke,
    Came,
    Compare,
    Compared,
    Event,
    Fate,
    Fetch,
    FetchBlob,
    Finish,
    Gave,
    Give,
    GiveBlob,
    HeadsCame,
    Item,
    ListBlobs,
    Move,
    Said,
    Say,
)
from lanterne.sync.session import PATIENCE, TABLE, Session, State
from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, EntryHash, Head, SeatId, Stream

Entry = tuple[Head, Head | None]


@dataclass
class Holder:
    """Entries held, each with the one before it; a chain may have branches."""

    entries: dict[Head, Head | None] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)

    def tips(self) -> tuple[Head, ...]:
        return tuple(sorted(set(self.entries) - set(self.entries.values())))

    def numbers(self, chain: ChainId) -> dict[int, list[Head]]:
        found: dict[int, list[Head]] = {}
        for head in sorted(self.entries):
            if head.chain == chain:
                found.setdefault(head.seq, []).append(head)
        return found

    def read(self, ranges: tuple[Range, ...], limit: int) -> tuple[list[Entry], bool]:
        found: list[Entry] = []
        for one in ranges:
            for seq, here in sorted(self.numbers(one.chain).items()):
                if one.after < seq <= (one.to or seq):
                    if found and len(found) + len(here) > limit:
                        return found, True
                    found += [(head, self.entries[head]) for head in here]
        return found, False

    def take(self, entry: Entry, *, apart: bool) -> Item:
        head, before = entry
        if head in self.entries:
            return Item(head.chain, head.seq, Fate.HELD)
        if before is not None and before not in self.entries:
            return Item(head.chain, head.seq, Fate.WAITS)
        fork = bool(self.numbers(head.chain).get(head.seq))
        self.entries[head] = before
        return Item(head.chain, head.seq, Fate.FORK if fork else Fate.NEW)

    def compared(self, theirs: tuple[Head, ...]) -> Compared:
        lacking = tuple(head for head in theirs if head not in self.entries)
        forked = {}
        for chain in {head.chain for head in self.entries}:
            double = [seq for seq, here in self.numbers(chain).items() if len(here) > 1]
            if double:
                forked[chain] = min(double)
        tallest = {head.chain: max(self.numbers(head.chain), default=0) for head in lacking}
        return Compared(self.tips(), lacking, tallest, forked)


def answer(move: Move, mine: Holder, theirs: Holder, limit: int) -> Event:
    match move:
        case AskHeads():
            return HeadsCame(theirs.tips())
        case Compare(heads):
            return mine.compared(heads)
        case Fetch(ranges, _, apart):
            entries, more = theirs.read(ranges, limit)
            return Came(tuple(mine.take(entry, apart=apart) for entry in entries), more)
        case Give(ranges, _):
            entries, more = mine.read(ranges, limit)
            fates = [theirs.take(entry, apart=True).fate for entry in entries]
            kept = sum(fate in (Fate.NEW, Fate.FORK) for fate in fates)
            left = ranges if more else ()
            if more:
                reached = {head.chain: head.seq for head, _ in entries}
                last = max(place for place, one in enumerate(ranges) if one.chain in reached)
                left = (Range(ranges[last].chain, reached[ranges[last].chain]), *ranges[last + 1 :])
            return Gave(kept, fates.count(Fate.HELD), fates.count(Fate.WAITS), (), left)
        case ListBlobs():
            return BlobsListed(
                tuple(sorted(theirs.blobs - mine.blobs)), tuple(sorted(mine.blobs - theirs.blobs))
            )
        case FetchBlob(name):
            mine.blobs.add(name)
            return BlobMoved(True)
        case GiveBlob(name):
            theirs.blobs.add(name)
            return BlobMoved(True)
        case Say():
            return Said()
    raise AssertionError(move)


def play(mine: Holder, theirs: Holder, limit: int = 5, cut: int | None = None) -> Session:
    session, moves = Session(), 0
    move = session.begin()
    while not isinstance(move, Finish):
        moves += 1
        assert moves < 20_000
        move = session.on(Broke("cut") if moves == cut else answer(move, mine, theirs, limit))
    assert session.state is State.OVER
    return session


def chain_of(number: int) -> ChainId:
    stream = (Stream.MEMBERS, Stream.CARE, Stream.TRACE)[number % 3]
    return ChainId(SeatId(f"{number:032x}"), 0, stream)


def grow(holder: Holder, chain: ChainId, count: int, name: str, base: Head | None = None) -> None:
    """`count` entries on `base`, whose names no other branch has."""
    before = base
    for _ in range(count):
        seq = 1 if before is None else before.seq + 1
        head = Head(chain, seq, EntryHash(f"{name}{seq}".encode().hex().ljust(64, "0")))
        holder.entries[head] = before
        before = head


BRANCHES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 25), st.integers(0, 12)), max_size=10
)


@settings(max_examples=150, deadline=None)
@given(
    common=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 30)), max_size=5),
    branches=BRANCHES,
    limit=st.integers(1, 9),
    cut=st.none() | st.integers(1, 15),
)
def test_any_two_sets_end_as_one(
    common: list[tuple[int, int]],
    branches: list[tuple[int, int, int, int]],
    limit: int,
    cut: int | None,
) -> None:
    trunk, holders = Holder(), (Holder(), Holder())
    for number, count in dict(common).items():
        grow(trunk, chain_of(number), count, "trunk")
    for holder in holders:
        holder.entries.update(trunk.entries)
    for place, (number, who, base, count) in enumerate(branches):
        numbers = trunk.numbers(chain_of(number))
        start = numbers[min(base, max(numbers))][0] if numbers and base else None
        for one in holders if who == 2 else holders[who : who + 1]:
            grow(one, chain_of(number), count, f"b{place}-", start)
    mine, theirs = holders
    every = {**mine.entries, **theirs.entries}
    if cut is not None:
        play(mine, theirs, limit, cut)
    session = play(mine, theirs, limit)
    assert session.tally.broke is None
    assert session.tally.unfulfilled == ()
    assert mine.entries == theirs.entries == every
    quiet = play(mine, theirs, limit).tally
    assert (quiet.received, quiet.given, quiet.held, quiet.given_held) == (0, 0, 0, 0)


def test_members_come_before_the_rest() -> None:
    mine, theirs = Holder(), Holder()
    for number in range(6):
        grow(theirs, chain_of(number), 3, "x")
    session = Session()
    session.begin()
    session.on(HeadsCame(theirs.tips()))
    move = session.on(mine.compared(theirs.tips()))
    assert isinstance(move, Fetch)
    assert {one.chain.stream for one in move.ranges} == {Stream.MEMBERS}


def test_documents_come_after_entries_and_then_what_is_held_is_said() -> None:
    mine, theirs = Holder(blobs={"a", "b"}), Holder(blobs={"b", "c"})
    grow(mine, chain_of(1), 2, "x")
    session, seen = Session(), []
    move = session.begin()
    while not isinstance(move, Finish):
        seen.append(type(move).__name__)
        move = session.on(answer(move, mine, theirs, 5))
    assert seen == ["AskHeads", "Compare", "Give", "ListBlobs", "FetchBlob", "GiveBlob", "Say"]
    assert mine.blobs == theirs.blobs == {"a", "b", "c"}


def test_a_fork_deep_in_a_long_chain_is_found_by_halving() -> None:
    mine, theirs = Holder(), Holder()
    chain = chain_of(1)
    trunk = Holder()
    grow(trunk, chain, 3_000, "t")
    base = trunk.numbers(chain)[2_000][0]
    for holder, name in ((mine, "m"), (theirs, "h")):
        holder.entries.update({head: before for head, before in trunk.entries.items() if head.seq <= 2_000})
        grow(holder, chain, 500, name, base)
    session = play(mine, theirs, limit=200)
    assert mine.entries == theirs.entries
    assert session.tally.held < 40, "what both have is not sent again"


def test_a_peer_that_lacks_what_it_named_is_left() -> None:
    mine, theirs = Holder(), Holder()
    boast = tuple(Head(chain_of(number), 10**9, EntryHash(f"{number:064x}")) for number in range(50))
    session, moves = Session(), 0
    move = session.begin()
    while not isinstance(move, Finish):
        moves += 1
        assert moves < 4 * PATIENCE
        event = HeadsCame(boast) if isinstance(move, AskHeads) else answer(move, mine, theirs, 5)
        move = session.on(event)
    assert session.tally.unfulfilled == boast


def test_a_peer_that_only_sends_what_is_refused_is_left() -> None:
    mine = Holder()
    boast = (Head(chain_of(1), 10**9, EntryHash("ab" * 32)),)
    session, moves, seq = Session(), 0, 0
    move = session.begin()
    while not isinstance(move, Finish):
        moves += 1
        assert moves < PATIENCE
        if isinstance(move, AskHeads):
            event: Event = HeadsCame(boast)
        elif isinstance(move, Fetch):
            seq += 1
            event = Came((Item(boast[0].chain, seq, Fate.REFUSED, "E8"),), True)
        else:
            event = answer(move, mine, Holder(), 5)
        move = session.on(event)
    assert session.tally.refused["E8"] == seq


def test_an_answer_to_another_move_is_a_fault_of_ours() -> None:
    session = Session()
    with pytest.raises(ValueError, match="does not answer"):
        session.on(Said())
    session.begin()
    with pytest.raises(ValueError, match="begins once"):
        session.begin()
    with pytest.raises(ValueError, match="does not answer"):
        session.on(Said())
    assert isinstance(session.on(Broke("away")), Finish)
    with pytest.raises(ValueError, match="over"):
        session.on(Said())


def test_the_table_names_every_state_that_waits_and_every_answer() -> None:
    assert {state for state, _ in TABLE} == set(State) - {State.BEGIN, State.OVER}
    assert all(callable(getattr(Session, name)) for name in TABLE.values())
    assert {event for _, event in TABLE} == {HeadsCame, Compared, Came, Gave, BlobsListed, BlobMoved, Said}
