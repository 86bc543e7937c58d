"""The first copy of a new device: what is wanted first comes first, the rest behind, from wherever it was cut."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.journal import first_copy
from lanterne.journal.check import check_store
from lanterne.journal.first_copy import First, FirstCopy
from lanterne.journal.journal import Journal
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.errors import PeerAway
from lanterne.sync.moves import (
    Came,
    Compared,
    Fate,
    Fetch,
    Finish,
    Item,
    Move,
)
from lanterne.sync.peers.port import Peer, PeerEntries
from lanterne.sync.session import FIRST_PIECE, PATIENCE, Session
from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, Stream
from tests.journal.stage import ranks_by_hash
from tests.sync.places import device_at, device_peer, relay_at, relay_peer
from tests.sync.stage import Machine, another_machine, content
from tests.sync.test_emptied import bodies, empty
from tests.sync.test_session import Holder, answer, chain_of, grow

COUNT = 40
WANTED = (30, 31, 8, 25, 17)


def wish(garance: Machine, numbers: tuple[int, ...] = WANTED, blobs: tuple[str, ...] = ()) -> First:
    [chain] = [head.chain for head in garance.journal.heads if head.chain.stream is Stream.CARE]
    return First(tuple(Range(chain, number - 1, number) for number in numbers), blobs)


def promised(journal: Journal) -> list[tuple[ChainId, int]]:
    return [(head.chain, head.seq) for head in journal.heads]


def joins(garance: Machine, root: Path, first: First | None) -> Machine:
    """A machine that was just admitted, and holds nothing but who belongs to the practice."""
    new = another_machine(garance, root, seed=70)
    if first is not None:
        layout, files = new.journal.layout, new.journal.files
        first_copy.write_list(layout, files, first, promised(garance.journal))
    return new


@pytest.fixture
def busy(garance: Machine) -> Machine:
    """Garance wrote forty notes, and looked as often."""
    for number in range(COUNT):
        garance.jot(f"note {number}")
        garance.jot(f"look {number}", Stream.TRACE)
    return garance


class Cut:
    """A peer that is away from its nth answer on, and what entries it was asked for."""

    def __init__(self, peer: Peer, answers: int = 1 << 30) -> None:
        self.peer, self.left = peer, answers
        self.asked: list[tuple[Range, ...]] = []

    def __getattr__(self, name: str) -> object:
        found = getattr(self.peer, name)
        if name in ("heads", "give", "state", "sums", "blobs", "blob", "keep"):
            self._count()
        return found

    def entries(self, ranges: tuple[Range, ...], most_bytes: int) -> PeerEntries:
        self._count()
        self.asked.append(tuple(ranges))
        return self.peer.entries(ranges, most_bytes)

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise PeerAway("the line is cut")


def run(machine: Machine, peer: Peer | Cut, piece: int = 64 * 1024) -> Exchanged:
    machine.clock[0] += 1000
    driver = Driver(
        machine.journal,
        machine.device,
        peer,  # type: ignore[arg-type]
        now_ms=machine.now,
        random=machine.random,
        piece=piece,
    )
    return driver.run()


def test_what_is_wanted_first_comes_before_the_rest(busy: Machine, tmp_path: Path) -> None:
    with relay_at(tmp_path / "relay") as relay:
        new = joins(busy, tmp_path / "new", wish(busy))
        busy.exchange(relay_peer(busy, relay))
        peer = Cut(relay_peer(new, relay), answers=2)  # heads, then the list
        run(new, peer)
        chart = [head.seq for head in new.journal.ahead.heads()]
        assert sorted(chart) == sorted(WANTED)
        assert new.journal.count(Stream.CARE) == 0
        copy = FirstCopy(new.journal)
        progress = copy.progress()
        assert progress is not None
        assert (progress.first_held, progress.first_total) == (len(WANTED), len(WANTED))
        assert not progress.over
        peer = Cut(relay_peer(new, relay))
        done = run(new, peer)
        assert done.whole
        assert content(new.journal) >= content(busy.journal)
        assert done.tally.to_receive == done.tally.received
        assert ranks_by_hash(new.journal).items() >= ranks_by_hash(busy.journal).items()
        # Care came before traces.
        streams = [one.chain.stream for ranges in peer.asked for one in ranges]
        assert streams.index(Stream.TRACE) > streams.index(Stream.CARE)


def test_what_it_says_of_itself_is_only_what_it_holds_in_order(busy: Machine, tmp_path: Path) -> None:
    with relay_at(tmp_path / "relay") as relay:
        new = joins(busy, tmp_path / "new", wish(busy))
        busy.exchange(relay_peer(busy, relay))
        run(new, Cut(relay_peer(new, relay), answers=2))
        assert len(new.journal.ahead) == len(WANTED)
        new.known.make_statement(new.device, new.now(), new.random)
        said = new.known.statements()[new.device.id].value
        assert {head.chain.stream for head in said.heads} == {Stream.MEMBERS}
        before = set(said.heads)
        run(new, relay_peer(new, relay))
        said = new.known.statements()[new.device.id].value
        assert {head.chain.stream for head in said.heads} == set(Stream)
        assert {one.chain for one in before} <= {head.chain for head in said.heads}
        assert new.known.alarms() == []
        done = busy.exchange(relay_peer(busy, relay))
        assert done.alarms == ()


def test_cut_after_every_answer_it_goes_on(busy: Machine, tmp_path: Path) -> None:
    template = joins(busy, tmp_path / "new", wish(busy))
    with device_at(busy) as address:
        for cut in range(60):
            root = tmp_path / f"new{cut}"
            shutil.copytree(template.root, root)
            new = replace(template, practice=replace(template.practice, root=root), seed=700 + 10 * cut)
            done = run(new, Cut(device_peer(new, address), answers=cut), 16_384)
            if done.whole:
                break
            new.restart()
            assert check_store(new.root).faults == []
            peer = Cut(device_peer(new, address))
            here = set(new.journal.ahead.heads())
            run(new, peer, 16_384)
            asked = {
                (one.chain, seq)
                for one in (peer.asked or [()])[0]
                for seq in range(one.after + 1, (one.to or 0) + 1)
            }
            # What came ahead already is not asked for again before the rest.
            if here and len(here) < len(WANTED):
                assert not asked & {(head.chain, head.seq) for head in here}
            assert content(new.journal) >= content(busy.journal)
            assert len(new.journal.ahead) == 0
    assert done.whole
    assert cut > 4


def test_the_list_ends_with_the_pairing(busy: Machine, tmp_path: Path) -> None:
    """Without a pairing on this disk nothing is removed; with one, `pairing.lacking` ends both."""
    new = joins(busy, tmp_path / "new", wish(busy))
    with device_at(busy) as address:
        run(new, device_peer(new, address))
    progress = FirstCopy(new.journal).progress()
    assert progress is not None
    assert progress.over
    assert FirstCopy(new.journal).lacking() == ()
    assert check_store(new.root).faults == []


def test_documents_wanted_first_come_first(busy: Machine, tmp_path: Path) -> None:
    names = [busy.journal.blobs.put(f"document {number}".encode() * 50).name for number in range(12)]
    names.sort()
    first = (names[7], names[3])
    new = joins(busy, tmp_path / "new", wish(busy, blobs=first))
    order: list[str] = []
    with device_at(busy) as address:
        peer = device_peer(new, address)
        fetch = peer.blob

        def blob(name: str, offset: int) -> tuple[bytes, int]:
            order.append(name)
            return fetch(name, offset)

        peer.blob = blob  # type: ignore[method-assign,assignment]
        run(new, peer)
    assert set(order[:2]) == set(first)
    assert sorted(order) == names


def test_a_list_that_names_what_nobody_has_costs_one_question(busy: Machine, tmp_path: Path) -> None:
    first = wish(busy, (30, 900, 901))
    elsewhere = Range(ChainId(busy.practice.seat_id, 77, Stream.CARE), 0, 9)
    new = joins(busy, tmp_path / "new", First((elsewhere, *first.ranges)))
    with device_at(busy) as address:
        peer = Cut(device_peer(new, address))
        done = run(new, peer)
    assert done.whole
    assert content(new.journal) >= content(busy.journal)


def test_members_are_never_taken_ahead(busy: Machine, tmp_path: Path) -> None:
    new = joins(busy, tmp_path / "new", None)
    raw = next(iter(busy.journal.since(Stream.MEMBERS))).entry.raw
    [refused] = new.journal.receive_early([raw])
    assert getattr(refused, "check", "") == "E12"


# ---------------------------------------------------------------------- the machine alone


def lists(draw: random.Random, theirs: Holder) -> tuple[Range, ...]:
    care = sorted({head.chain for head in theirs.entries if head.chain.stream is Stream.CARE})
    found = []
    for _ in range(draw.randint(0, 9)):
        if care:
            after = draw.randint(0, 30)
            found.append(Range(draw.choice(care), after, after + draw.randint(1, 4)))
    return tuple(found)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1 << 30), limit=st.integers(1, 9), cut=st.none() | st.integers(1, 12))
def test_with_any_list_two_holders_end_as_one(seed: int, limit: int, cut: int | None) -> None:
    chance = random.Random(seed)
    mine, theirs = Holder(), Holder()
    for number in range(5):
        grow(theirs, chain_of(number), chance.randint(0, 30), "t")
        if chance.random() < 0.4:
            grow(mine, chain_of(number), chance.randint(0, 12), "t")
    first = lists(chance, theirs)
    early: set[tuple[ChainId, int]] = set()

    def play(cut: int | None) -> None:
        session, moves = Session(), 0
        move: Move = session.begin()
        fetched_first = False
        while not isinstance(move, Finish):
            moves += 1
            assert moves < 3000
            if moves == cut:
                return
            if isinstance(move, Fetch) and move.early:
                assert move.limit <= FIRST_PIECE
                assert not any(head not in mine.entries for head in theirs.entries if _members(head.chain))
                fetched_first = True
                entries, more = theirs.read(move.ranges, limit)
                items = [Item(head.chain, head.seq, Fate.WAITS) for head, _ in entries]
                early.update((head.chain, head.seq) for head, _ in entries)
                event: object = Came(tuple(items), more)
            else:
                if isinstance(move, Fetch) and not any(_members(one.chain) for one in move.ranges):
                    wanted = {(one.chain, one.after + 1) for one in left()}
                    ahead = {head.chain for head in theirs.entries if head not in mine.entries}
                    reachable = {(head.chain, head.seq) for head in theirs.entries}
                    assert not {one for one in wanted & reachable if one[0] in ahead} or fetched_first
                event = answer(move, mine, theirs, limit)
                if isinstance(event, Compared):
                    event = Compared(event.tips, event.lacking, event.tallest, event.forked, left())
            move = session.on(event)  # type: ignore[arg-type]

    def left() -> tuple[Range, ...]:
        held = {(head.chain, head.seq) for head in mine.entries} | early
        singles = [(one.chain, seq) for one in first for seq in range(one.after + 1, (one.to or 0) + 1)]
        return tuple(Range(chain, seq - 1, seq) for chain, seq in singles if (chain, seq) not in held)

    if cut is not None:
        play(cut)
    play(None)
    assert mine.entries.keys() >= theirs.entries.keys()


def _members(chain: ChainId) -> bool:
    return chain.stream is Stream.MEMBERS


def test_a_peer_that_never_ends_its_list_is_left() -> None:
    mine, theirs = Holder(), Holder()
    grow(theirs, chain_of(1), 5, "x")
    first = tuple(Range(chain_of(1), number, number + 1) for number in range(2_000))
    session, moves = Session(), 0
    move = session.begin()
    while not isinstance(move, Finish):
        moves += 1
        assert moves < PATIENCE
        if isinstance(move, Fetch) and move.early:
            move = session.on(Came((), True))
            continue
        event = answer(move, mine, theirs, 5)
        if isinstance(event, Compared):
            event = Compared(event.tips, event.lacking, event.tallest, event.forked, first)
        move = session.on(event)


def test_what_was_emptied_after_it_came_ahead_leaves_the_disk(busy: Machine, tmp_path: Path) -> None:
    new = joins(busy, tmp_path / "new", wish(busy))
    care = [one.entry for one in busy.journal.since(Stream.CARE)]
    first = [care[number - 1] for number in WANTED]
    new.journal.receive_early(entry.raw for entry in first)
    gone = first[0]
    other = Journal.open(new.root)
    empty(busy, [gone.head.as_head])
    assert len(bodies(new.root, gone)) == 1
    new.journal.receive_many(one.entry.raw for one in busy.journal.since(Stream.MEMBERS))
    new.journal.empty()
    assert bodies(new.root, gone) == []
    assert all(len(bodies(new.root, entry)) == 1 for entry in first[1:])
    other.refresh()
    for journal in (new.journal, other, Journal.open(new.root)):
        held = {one.entry.head.as_head: one.entry for one in journal.ahead.entries(journal.ahead.heads())}
        assert held.keys() == {entry.head.as_head for entry in first}
        assert held[gone.head.as_head].bodies == (None,)
        assert all(held[entry.head.as_head].bodies == entry.bodies for entry in first[1:])
    with device_at(busy) as address:
        assert run(new, device_peer(new, address)).whole
    assert bodies(new.root, gone) == []
    assert check_store(new.root).faults == []


def test_by_a_folder_too(busy: Machine, tmp_path: Path) -> None:
    new = joins(busy, tmp_path / "new", wish(busy))
    stick = tmp_path / "stick"
    stick.mkdir()
    busy.by_folder(stick)
    done = new.by_folder(stick)
    assert done.whole
    assert done.tally.first == len(WANTED)
    assert content(new.journal) >= content(busy.journal)
    assert len(new.journal.ahead) == 0
