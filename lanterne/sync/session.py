"""One exchange with one holder: a state machine that does no I/O, knows no time and draws no chance.

Law: the same machine whatever carries the bytes. Members first, so that who comes next is known; then, in a first
copy, today's patients ahead of all they stand on; then what we lack, forks found by halving; then what they lack;
then documents; then what each holds is said. A peer that gives nothing, or never ends, is left after a bounded
number of answers that brought nothing. What came is in the journal already: to go on later is to begin again.
Source: docs/format/exchange.md, "The exchange"; the table of transitions stands at the foot.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

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
from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, Head, Stream

PIECE = 1024 * 1024
"""Bytes of entries in one answer: what an interruption costs at most."""
FIRST_PIECE = 256 * 1024
"""The same while today's patients are fetched: a chart opens as soon as its piece is here."""
PATIENCE = 512
"""Answers that brought nothing new, after which the peer is asked for nothing more."""
COST_OF_REFUSED = 16
"""What an answer that held only entries to refuse costs of it."""
MAX_NUMBER = 1 << 63
RANGES = 512
"""Chains asked for at once."""


class State(Enum):
    """Where the exchange stands: what is being waited for."""

    BEGIN = "begin"
    HEADS = "heads"
    COMPARING = "comparing"
    FIRST = "first"
    MENDING = "mending"
    FETCHING = "fetching"
    HALVING = "halving"
    GIVING = "giving"
    LISTING = "listing"
    BLOBS = "blobs"
    SAYING = "saying"
    OVER = "over"


class Pursuit(Enum):
    """How far a chain of theirs was followed; each step that brings nothing leads to the next."""

    AHEAD = 1
    """Ask for what follows our highest number."""
    HALVE = 2
    """It does not follow: find the last number both have alike."""
    FROM_COMMON = 3
    """Ask for all from there."""
    GIVEN_UP = 4


@dataclass
class Tally:
    """What an exchange did, for a person and for the tests."""

    received: int = 0
    healed: int = 0
    """Entries that lay damaged here."""
    held: int = 0
    waiting: int = 0
    forks: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By number of check."""
    given: int = 0
    given_held: int = 0
    given_apart: int = 0
    given_refused: Counter[str] = field(default_factory=Counter)
    blobs_received: int = 0
    blobs_given: int = 0
    blobs_failed: int = 0
    unfulfilled: tuple[Head, ...] = ()
    """Heads the peer named and did not hand over."""
    to_give: int = 0
    """Entries it lacked, as far as numbers tell."""
    to_receive: int = 0
    first: int = 0
    """Of those received: what came ahead of its predecessors, in a first copy."""
    to_first: int = 0
    blobs_to_receive: int = 0
    blobs_to_give: int = 0
    """Documents either side lacked when they were compared."""
    broke: str | None = None
    """Why it ended early; None when it reached its end."""


@dataclass
class _Halving:
    """Both have `low` alike; at `high` they differ."""

    chain: ChainId
    low: int
    high: int


class Session:
    """`begin`, then one `on` for each event, until the move is Finish."""

    def __init__(self, *, piece: int = PIECE, blobs: bool = True) -> None:
        self.state = State.BEGIN
        self.tally = Tally()
        self._piece, self._blobs = piece, blobs
        self._theirs: tuple[Head, ...] = ()
        self._covered: tuple[Head, ...] = ()
        self._compared = Compared((), (), {}, {})
        self._pursuit: dict[ChainId, Pursuit] = {}
        self._common: dict[ChainId, int] = {}
        self._tried: set[ChainId] = set()
        self._brought: set[ChainId] = set()
        self._ranges: list[Range] = []
        self._first_asked = False
        self._keep_apart = False
        self._halving: _Halving | None = None
        self._mended = False
        self._patience = PATIENCE
        self._to_fetch: list[str] = []
        self._to_give: list[str] = []

    def begin(self) -> Move:
        """The first move."""
        if self.state is not State.BEGIN:
            raise ValueError("a session begins once")
        self.state = State.HEADS
        return AskHeads()

    def on(self, event: Event) -> Move:
        """The next move. Raises ValueError for an event that answers another move than the last."""
        if self.state is State.OVER:
            raise ValueError("the session is over")
        if isinstance(event, Broke):
            self.tally.broke = event.why
            return self._over()
        answer = TABLE.get((self.state, type(event)))
        if answer is None:
            raise ValueError(f"{type(event).__name__} does not answer the move made in {self.state.value}")
        move: Move = getattr(self, answer)(event)
        return move

    # ------------------------------------------------------------------ comparing

    def _heads_came(self, event: HeadsCame) -> Move:
        self._theirs, self._covered = event.heads, event.covered
        return self._compare()

    def _compare(self) -> Move:
        self.state = State.COMPARING
        return Compare(self._theirs)

    def _on_compared(self, event: Compared) -> Move:
        self._compared = event
        if event.damaged and not self._mended:
            # Before anything that may stand on it; what this peer lacks too is asked of the next one.
            self._mended, self._ranges = True, list(event.damaged)
            return self._mend()
        lacking = {head.chain for head in event.lacking}
        # A member that came may be who signed what was refused before it (E7): nothing of members is given up yet.
        members_came = any(chain.stream is Stream.MEMBERS for chain in self._brought)
        for chain in sorted(self._tried & lacking):
            if not (members_came and chain.stream is Stream.MEMBERS):
                self._escalate(chain)
        self._brought.clear()
        self._tried.clear()
        wanted = [head for head in event.lacking if self._pursuit.get(head.chain) is not Pursuit.GIVEN_UP]
        if self._patience <= 0 or not wanted:
            return self._turn()
        # Members first: who signs the rest must be known (E7).
        members = [head for head in wanted if head.chain.stream is Stream.MEMBERS]
        if not members and not self._first_asked:
            self._first_asked = True
            ahead = {head.chain for head in wanted}
            first = [one for one in event.first if one.chain in ahead]
            if first:
                return self._fetch_first(first)
        return self._follow(members or wanted)

    def _escalate(self, chain: ChainId) -> None:
        """It was asked for, and something of it still lacks."""
        step, came = self._pursuit[chain], chain in self._brought
        if step is Pursuit.AHEAD and not came:
            self._pursuit[chain] = (
                Pursuit.HALVE if self._compared.tallest.get(chain, 0) else Pursuit.FROM_COMMON
            )
        elif step is Pursuit.FROM_COMMON:
            self._pursuit[chain] = Pursuit.HALVE if came else Pursuit.GIVEN_UP

    def _follow(self, lacking: list[Head]) -> Move:
        """Ask for chains that are ahead, all at once; then halve the others, one by one."""
        upto: dict[ChainId, int] = {}
        for head in lacking:
            upto[head.chain] = max(upto.get(head.chain, 0), head.seq)
        ahead: list[Range] = []
        common: list[Range] = []
        # Care before traces: charts are waited for.
        for chain, seq in sorted(upto.items(), key=lambda one: (one[0].stream, one[0])):
            tallest = self._compared.tallest.get(chain, 0)
            lowest = min(head.seq for head in lacking if head.chain == chain)
            step = self._pursuit.get(chain, Pursuit.AHEAD)
            if step is Pursuit.AHEAD and lowest <= tallest:
                step = Pursuit.HALVE  # a number known here under another hash: a fork
            self._pursuit[chain] = step
            if step is Pursuit.AHEAD:
                ahead.append(Range(chain, tallest, seq))
            elif step is Pursuit.FROM_COMMON:
                common.append(Range(chain, self._common.get(chain, 0), seq))
        if ahead:
            return self._fetch(ahead, apart=False)
        if common:
            return self._fetch(common, apart=True)
        chain = min(upto)
        lowest = min(head.seq for head in lacking if head.chain == chain)
        tallest = self._compared.tallest.get(chain, 0)
        # When all they name lies above what is held here, our own highest number is the first that can differ.
        self._halving = _Halving(chain, 0, min(lowest, tallest + 1))
        return self._halve()

    # ------------------------------------------------------------------ mending

    def _mend(self) -> Move:
        self.state, self._keep_apart = State.MENDING, False
        return self._ask()

    def _on_mended(self, event: Came) -> Move:
        self._count(event.items)
        asked, later = self._ranges[:RANGES], self._ranges[RANGES:]
        came = [(item.chain, item.seq) for item in event.items]
        reached = [_reached(one, came) for one in asked]
        last = max((place for place, seq in enumerate(reached) if seq), default=None)
        self._ranges = later
        if event.more and last is not None:
            one = asked[last]
            rest = [] if reached[last] == one.to else [Range(one.chain, reached[last], one.to)]
            self._ranges = [*rest, *asked[last + 1 :], *later]
        return self._mend() if self._ranges and self._patience > 0 else self._compare()

    # ------------------------------------------------------------------ receiving

    def _fetch(self, ranges: list[Range], *, apart: bool) -> Move:
        self.state, self._ranges, self._keep_apart = State.FETCHING, ranges, apart
        self.tally.to_receive = self.tally.received + sum(
            min((one.to or one.after) - one.after, 1 << 24) for one in ranges
        )
        return self._ask()

    def _fetch_first(self, ranges: list[Range]) -> Move:
        self.state, self._ranges = State.FIRST, ranges
        self.tally.to_first = sum((one.to or one.after + 1) - one.after for one in ranges)
        return self._ask_first()

    def _ask_first(self) -> Move:
        return Fetch(tuple(self._ranges[:RANGES]), min(self._piece, FIRST_PIECE), early=True)

    def _on_first(self, event: Came) -> Move:
        """What came, of whatever chain, in the order asked; on from there."""
        before = self.tally.received
        came = set[tuple[ChainId, int]]()
        for item in event.items:
            if item.chain is None:
                continue
            came.add((item.chain, item.seq))
            if item.fate in (Fate.WAITS, Fate.NEW, Fate.FORK):
                self.tally.received += 1
                self.tally.first += 1
                self.tally.forks += item.fate is Fate.FORK
            elif item.fate is Fate.REFUSED:
                self.tally.refused[item.check] += 1
        if self.tally.received == before:
            self._patience -= 1
        asked, later = self._ranges[:RANGES], self._ranges[RANGES:]
        left = [rest for one in asked if (rest := _beyond(one, came)) is not None] if event.more else []
        # One that says it has more and goes nowhere is asked for no more of this.
        self._ranges = [] if left == asked else [*left, *later]
        return self._ask_first() if self._ranges and self._patience > 0 else self._compare()

    def _ask(self) -> Move:
        return Fetch(tuple(self._ranges[:RANGES]), self._piece, self._keep_apart)

    def _on_came(self, event: Came) -> Move:
        self._count(event.items)
        # In the order asked: a chain followed by another is done; the last goes on after what came of it.
        reached = {item.chain: item.seq for item in event.items if item.chain is not None}
        asked, later = self._ranges[:RANGES], self._ranges[RANGES:]
        last = max((place for place, one in enumerate(asked) if one.chain in reached), default=None)
        if not event.more:
            self._tried.update(one.chain for one in asked)
            self._ranges = later
        elif last is None or reached[asked[last].chain] <= asked[last].after:
            # It says there is more and goes nowhere.
            self._tried.add(asked[0].chain if last is None else asked[last].chain)
            self._ranges = []
        else:
            one = asked[last]
            self._tried.update(other.chain for other in asked[: last + 1])
            self._ranges = [Range(one.chain, reached[one.chain], one.to), *asked[last + 1 :], *later]
        return self._ask() if self._ranges and self._patience > 0 else self._compare()

    def _count(self, items: tuple[Item, ...]) -> None:
        """What came, and what it costs of our patience when nothing of it is new."""
        new = 0
        for item in items:
            if item.fate in (Fate.NEW, Fate.FORK):
                new += 1
                self.tally.received += 1
                self.tally.forks += item.fate is Fate.FORK
                if item.chain is not None:
                    self._brought.add(item.chain)
            elif item.fate is Fate.HEALED:
                new += 1
                self.tally.healed += 1
            elif item.fate is Fate.HELD:
                self.tally.held += 1
                if self.state is State.FETCHING:
                    self.tally.to_receive -= 1
            elif item.fate is Fate.WAITS:
                self.tally.waiting += self._keep_apart
            else:
                self.tally.refused[item.check] += 1
        if not new:
            refused = any(item.fate is Fate.REFUSED for item in items)
            self._patience -= COST_OF_REFUSED if refused else 1

    # ------------------------------------------------------------------ halving

    def _halve(self) -> Move:
        halving = self._halving
        if halving is None or halving.high - halving.low <= 1 or self._patience <= 0:
            if halving is not None:
                self._pursuit[halving.chain] = Pursuit.FROM_COMMON
                self._common[halving.chain] = halving.low
                self._halving = None
            return self._compare()
        self.state, self._keep_apart = State.HALVING, False
        middle = (halving.low + halving.high) // 2
        return Fetch((Range(halving.chain, middle - 1, middle),), self._piece)

    def _on_probe(self, event: Came) -> Move:
        halving = self._halving
        if halving is None:
            raise ValueError("no chain is being halved")
        self._count(event.items)
        middle = (halving.low + halving.high) // 2
        there = [item for item in event.items if item.chain == halving.chain and item.seq == middle]
        # A peer that lacks this number (a folder may) says nothing about it: look above.
        if all(item.fate is Fate.HELD for item in there):
            halving.low = middle
        else:
            halving.high = middle
        return self._halve()

    # ------------------------------------------------------------------ giving

    def _turn(self) -> Move:
        """We have all that can be had: what do they lack?"""
        self.tally.unfulfilled = self._compared.lacking
        lacking = set(self._compared.lacking)
        shared: dict[ChainId, int] = {}
        for head in (*self._theirs, *self._covered):
            if head not in lacking:
                shared[head.chain] = max(shared.get(head.chain, 0), head.seq)
        named = {*self._theirs, *self._covered}
        ranges: dict[ChainId, Range] = {}
        for tip in self._compared.tips:
            fork = self._compared.forked.get(tip.chain)
            after = shared.get(tip.chain, 0)
            if tip in named or (fork is None and tip.seq <= after):
                continue
            if fork is not None:
                after = min(after, fork - 1)
            ranges[tip.chain] = Range(tip.chain, after)
            self.tally.to_give += max(tip.seq - after, 1)
        ordered = sorted(ranges.values(), key=_order)
        return self._give(tuple(ordered))

    def _give(self, ranges: tuple[Range, ...]) -> Move:
        if not ranges:
            return self._list_blobs()
        self.state = State.GIVING
        return Give(ranges, self._piece)

    def _on_gave(self, event: Gave) -> Move:
        self.tally.given += event.kept
        self.tally.given_held += event.held
        self.tally.given_apart += event.apart
        self.tally.given_refused.update(event.refused)
        return self._give(event.left)

    # ------------------------------------------------------------------ documents

    def _list_blobs(self) -> Move:
        if not self._blobs:
            return self._say()
        self.state = State.LISTING
        return ListBlobs()

    def _on_listed(self, event: BlobsListed) -> Move:
        self._to_fetch = list(reversed(event.lacking_here))
        self._to_give = list(reversed(event.lacking_there))
        self.tally.blobs_to_receive, self.tally.blobs_to_give = len(self._to_fetch), len(self._to_give)
        return self._next_blob()

    def _next_blob(self) -> Move:
        self.state = State.BLOBS
        if self._patience > 0:
            if self._to_fetch:
                return FetchBlob(self._to_fetch[-1])
            if self._to_give:
                return GiveBlob(self._to_give[-1])
        return self._say()

    def _on_moved(self, event: BlobMoved) -> Move:
        if self._to_fetch:
            self._to_fetch.pop()
            self.tally.blobs_received += event.whole
        else:
            self._to_give.pop()
            self.tally.blobs_given += event.whole
        if not event.whole:
            self.tally.blobs_failed += 1
            self._patience -= 1
        return self._next_blob()

    # ------------------------------------------------------------------ the end

    def _say(self) -> Move:
        self.state = State.SAYING
        return Say()

    def _on_said(self, _: Said) -> Move:
        return self._over()

    def _over(self) -> Move:
        self.state = State.OVER
        return Finish()


def _beyond(one: Range, came: set[tuple[ChainId, int]]) -> Range | None:
    """What is left of a range asked for; None when nothing is."""
    after, to = one.after, one.to or one.after + 1
    while after < to and (one.chain, after + 1) in came:
        after += 1
    return Range(one.chain, after, to) if after < to else None


def _order(one: Range) -> tuple[bool, int, ChainId]:
    """Members first, who signs the rest; then care, then traces."""
    return one.chain.stream is not Stream.MEMBERS, one.chain.stream, one.chain


def _reached(one: Range, came: list[tuple[ChainId | None, int]]) -> int:
    """The highest number of a range that came; 0 when none did."""
    last = one.to if one.to is not None else MAX_NUMBER
    return max((seq for chain, seq in came if chain == one.chain and one.after < seq <= last), default=0)


TABLE: dict[tuple[State, type], str] = {
    # state            event          answered by    leads to
    (State.HEADS, HeadsCame): "_heads_came",  # COMPARING
    # COMPARING leads to MENDING and FIRST, once each; FETCHING, HALVING; else GIVING, LISTING or SAYING
    (State.COMPARING, Compared): "_on_compared",
    (State.MENDING, Came): "_on_mended",  # MENDING while more comes, then COMPARING
    (State.FIRST, Came): "_on_first",  # FIRST while more is wanted first, then COMPARING
    (State.FETCHING, Came): "_on_came",  # FETCHING while more comes, then COMPARING
    (State.HALVING, Came): "_on_probe",  # HALVING until two numbers meet, then COMPARING
    (State.GIVING, Gave): "_on_gave",  # GIVING while there is more, then LISTING or SAYING
    (State.LISTING, BlobsListed): "_on_listed",  # BLOBS or SAYING
    (State.BLOBS, BlobMoved): "_on_moved",  # BLOBS, one by one, then SAYING
    (State.SAYING, Said): "_on_said",  # OVER
}
"""Every state but BEGIN and OVER is also left by Broke, to OVER: what came is kept."""
