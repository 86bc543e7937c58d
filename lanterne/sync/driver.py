"""Carries out one exchange with one peer: the session's moves, with a real journal.

Law: what is received is in the journal, checked and fsynced, before the next thing is asked; so cutting it
anywhere loses nothing. What the peer says is held against all that was known before anything is taken from it.
No key that opens anything is here. Source: docs/format/exchange.md, "The exchange".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from lanterne.journal.errors import BlobDamaged
from lanterne.journal.first_copy import FirstCopy
from lanterne.journal.journal import Journal, Outcome
from lanterne.journal.mending import Lack
from lanterne.journal.pairing import lacking
from lanterne.seal.device import DeviceKeys
from lanterne.sync.alarms import Alarm
from lanterne.sync.errors import PeerError, PeerRefuses, PeerSuspended, PeerUnknown, PeerUnreadable
from lanterne.sync.known import Known
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
)
from lanterne.sync.peers.port import BLOB_PIECE, MAX_BLOB, Peer, Way
from lanterne.sync.relay_memory import BRIEF, RelayMemory
from lanterne.sync.room import check_room
from lanterne.sync.session import PIECE, Session, Tally
from lanterne.sync.skim import skim
from lanterne.sync.watch import Watch
from lanterne.wire.asking import REFUSED, Range, Verdict, kept
from lanterne.wire.blob_lists import differing, sum_names
from lanterne.wire.entry import Entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.exchange import MAX_BATCH, MessageRefused
from lanterne.wire.framing import MAX_ENTRIES, framed_size
from lanterne.wire.names import DeviceId, Head, Stream
from lanterne.wire.statements import read_statement

_FATES = {
    Outcome.NEW: Fate.NEW,
    Outcome.DUPLICATE: Fate.HELD,
    Outcome.WAITS: Fate.WAITS,
    Outcome.FORK: Fate.FORK,
    Outcome.HEALED: Fate.HEALED,
}
_NOT_KEPT = {Verdict.NO_ROOM: "no_room", Verdict.SUSPENDED: "suspended"}

BEYOND = 416
"""The status of who is asked for bytes beyond the end of a document."""

Progress = Callable[[Tally], None]


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange did. `error` is why it ended early; `alarms` those that were not known before."""

    way: Way
    tally: Tally
    alarms: tuple[Alarm, ...]
    error: PeerError | None
    sent: int
    came: int
    moves: int

    @property
    def whole(self) -> bool:
        """Whether it reached its end."""
        return self.error is None


def _ranges(lacks: Sequence[Lack]) -> tuple[Range, ...]:
    """What cannot be read here, as ranges, members chains first."""
    found: list[Range] = []
    for chain, seq in lacks:
        if found and found[-1].chain == chain and found[-1].to == seq - 1:
            found[-1] = replace(found[-1], to=seq)
        else:
            found.append(Range(chain, seq - 1, seq))
    return tuple(sorted(found, key=lambda one: one.chain.stream is not Stream.MEMBERS))


class Driver:
    """One exchange. `now_ms` is the machine's clock in milliseconds, `random(n)` n unpredictable bytes."""

    def __init__(
        self,
        journal: Journal,
        device: DeviceKeys,
        peer: Peer,
        *,
        now_ms: Callable[[], int],
        random: Callable[[int], bytes],
        progress: Progress | None = None,
        piece: int = PIECE,
        blobs: bool = True,
    ) -> None:
        self._journal, self._device, self._peer = journal, device, peer
        self._now_ms, self._random, self._progress = now_ms, random, progress
        self.known = Known(journal)
        self._relay = self.known.relay_file()
        self._watch = Watch(journal, self.known, now_ms())
        self._session = Session(piece=piece, blobs=blobs)
        self._first = FirstCopy(journal)
        self._told: set[bytes] = set()
        self._newest: dict[DeviceId, int] = {}
        self._unread: list[bytes] = []
        self._error: PeerError | None = None

    @property
    def phase(self) -> str:
        """Where the exchange stands: the word of its session's state."""
        return self._session.state.value

    def run(self) -> Exchanged:
        """Exchange until both have all that can be had, or the peer fails.

        Raises:
            DiskFull, DiskFailed, JournalBusy: what came before stands.
        """
        moves = 0
        move = self._session.begin()
        while not isinstance(move, Finish):
            moves += 1
            try:
                event = self._carry_out(move)
            except PeerError as error:
                self._error = error
                event = Broke(error.code)
            move = self._session.on(event)
            if self._progress is not None:
                self._progress(self._session.tally)
        self._watch.forks()
        if self._first.going_on():
            lacking(self._journal)  # which ends the first copy once nothing is
        self._remember()
        return Exchanged(
            self._peer.way,
            self._session.tally,
            tuple(self.known.raised),
            self._error,
            self._peer.sent,
            self._peer.came,
            moves,
        )

    def _carry_out(self, move: Move) -> Event:
        match move:
            case AskHeads():
                return self._ask_heads()
            case Compare():
                return self._compare(move)
            case Fetch():
                return self._fetch(move)
            case Give():
                return self._give(move)
            case ListBlobs():
                return self._list_blobs()
            case FetchBlob():
                return self._fetch_blob(move.name)
            case GiveBlob():
                return self._give_blob(move.name)
            case _:
                return self._say()

    # ------------------------------------------------------------------ heads

    def _ask_heads(self) -> Event:
        self._journal.refresh()
        before = self._watch.remembered(self._peer)
        came = self._peer.heads()
        self._watch.relay_heads(self._peer, before, came)
        for raw in came.answer.statements:
            self._hear(raw)
        self.known.compare_statements(came.answer.statements, self._now_ms())
        self._watch.audit(self._peer, self._relay)
        return HeadsCame(came.answer.heads, came.covered)

    def _hear(self, raw: bytes) -> None:
        try:
            self.known.take_statement(raw, self._device.id, self._now_ms())
        except MessageRefused:
            self._unread.append(raw)  # H2: its device may be admitted by an entry that comes now
            return
        value = read_statement(raw).value
        self._told.add(raw)
        self._newest[value.device] = max(value.number, self._newest.get(value.device, 0))

    def _compare(self, move: Compare) -> Event:
        journal = self._journal
        wanted = tuple(head for head in move.theirs if not journal.holds(head))
        tips = tuple(journal.tips)
        tallest = {head.chain: journal.tallest(head.chain) for head in wanted}
        chains = {head.chain for head in tips}
        forked = {chain: first for chain in chains if (first := journal.first_fork(chain)) is not None}
        damaged = _ranges(journal.mender.lacks())
        return Compared(tips, wanted, tallest, forked, self._first.lacking(), damaged)

    # ------------------------------------------------------------------ entries

    def _fetch(self, move: Fetch) -> Event:
        came = self._peer.entries(move.ranges, move.limit)
        items = self._take_early(came.entries) if move.early else self._take(came.entries, apart=move.apart)
        self._watch.refused(self._peer, came, items)
        return Came(tuple(items), came.more)

    def _take(self, raws: Sequence[bytes], *, apart: bool) -> list[Item]:
        """Into the journal, but for those whose predecessor is missing, unless `apart`."""
        items: list[Item | None] = []
        taken: list[bytes] = []
        coming: set[Head] = set()
        names = []
        for raw in raws:
            found = skim(raw, self._journal.practice)
            names.append(found)
            waits = (
                found is not None
                and found.before is not None
                and found.before not in coming
                and not self._journal.holds(found.before)
            )
            if found is not None and waits and not apart:
                items.append(Item(found.head.chain, found.head.seq, Fate.WAITS))
                continue
            items.append(None)
            taken.append(raw)
            if found is not None:
                coming.add(found.head)
        answers = iter(self._journal.receive_many(taken))
        done: list[Item] = []
        for item, found in zip(items, names, strict=True):
            if item is not None:
                done.append(item)
                continue
            answer = next(answers)
            chain, seq = (found.head.chain, found.head.seq) if found is not None else (None, 0)
            if isinstance(answer, EntryRefused):
                done.append(Item(chain, seq, Fate.REFUSED, answer.check))
            else:
                done.append(Item(chain, seq, _FATES[answer.outcome]))
        return done

    def _take_early(self, raws: Sequence[bytes]) -> list[Item]:
        """Beside the journal's chains, until what they stand on comes."""
        items = []
        for raw, answer in zip(raws, self._journal.receive_early(raws), strict=True):
            found = skim(raw, self._journal.practice)
            chain, seq = (found.head.chain, found.head.seq) if found is not None else (None, 0)
            if isinstance(answer, EntryRefused):
                items.append(Item(chain, seq, Fate.REFUSED, answer.check))
            else:
                items.append(Item(chain, seq, _FATES[answer.outcome]))
        return items

    def _give(self, move: Give) -> Event:
        entries, left = self._read(move.ranges, move.limit)
        if not entries:
            return Gave(0, 0, 0, (), ())
        answer = self._peer.give([entry.raw for entry in entries])
        if len(answer.answers) != len(entries):
            raise PeerUnreadable("it does not answer for every entry")
        heads = [entry.head.as_head for entry in entries]
        self._watch.gave(self._peer, self._relay, heads, answer.answers, answer.receipt)
        codes = answer.answers
        if not left and len(entries) > BRIEF and self._peer.way is Way.RELAY:
            self._ask_brief(entries, codes)
        refused = tuple(
            f"E{code - REFUSED}" if code > REFUSED else _NOT_KEPT[Verdict(code)]
            for code in codes
            if code > REFUSED or code in _NOT_KEPT
        )
        waiting = sum(code in (Verdict.APART, Verdict.WAITS) for code in codes)
        return Gave(codes.count(Verdict.KEPT), codes.count(Verdict.HELD), waiting, refused, left)

    def _ask_brief(self, entries: Sequence[Entry], codes: Sequence[int]) -> None:
        """A receipt for the last entry alone, since a long one would travel with every statement."""
        last = next(
            (entry for entry, code in zip(reversed(entries), reversed(codes), strict=True) if kept(code)),
            None,
        )
        if last is not None:
            answer = self._peer.give([last.raw])
            self._watch.gave(self._peer, self._relay, [last.head.as_head], answer.answers, answer.receipt)

    def _read(self, ranges: Sequence[Range], limit: int) -> tuple[list[Entry], tuple[Range, ...]]:
        """The first entries of these ranges, and what is left of them. All of one number, or none."""
        members = [one for one in ranges if one.chain.stream is Stream.MEMBERS]
        rest = [one for one in ranges if one.chain.stream is not Stream.MEMBERS]
        found: list[Entry] = []
        size, reached = 0, dict.fromkeys(ranges, -1)
        limit = min(limit, MAX_BATCH)
        full = False
        for one, entry in self._in_order(members, rest):
            head = entry.head
            grown = size + framed_size(entry.raw)
            if found and (grown > limit or len(found) >= MAX_ENTRIES):
                # Both entries of a number travel together, as long as a message can carry them.
                twin = reached[one] == head.seq and grown <= MAX_BATCH and len(found) < MAX_ENTRIES
                if not twin:
                    full = True
                    break
            found.append(entry)
            size, reached[one] = grown, max(reached[one], head.seq)
        if not full:
            return found, ()
        left = [replace(one, after=max(one.after, reached[one])) for one in members]
        # Chains come one after another: those before the last one begun are done.
        begun = [place for place, one in enumerate(rest) if reached[one] >= 0]
        from_place = begun[-1] if begun else 0
        left = [] if begun else left
        left += [replace(one, after=max(one.after, reached[one])) for one in rest[from_place:]]
        return found, tuple(left)

    def _in_order(self, members: Sequence[Range], rest: Sequence[Range]) -> Iterator[tuple[Range, Entry]]:
        """Members in the order they came here, which is one their predecessors and signers allow; then by chain."""
        if members:
            wanted = {one.chain: one for one in members}
            for arrived in self._journal.since(Stream.MEMBERS):
                head = arrived.entry.head
                one = wanted.get(head.chain)
                if one is not None and head.seq > one.after:
                    yield one, arrived.entry
        for one in rest:
            for entry in self._journal.entries_after(one.chain, one.after, one.to):
                yield one, entry

    # ------------------------------------------------------------------ documents

    def _list_blobs(self) -> Event:
        mine: dict[int, set[str]] = {}
        for name in self._journal.blobs.names():
            mine.setdefault(int(name[:2], 16), set()).add(name)
        try:
            firsts = differing(
                sum_names(name for names in mine.values() for name in names), self._peer.sums()
            )
            here, there = set[str](), set[str]()
            while firsts:
                listed = self._peer.blobs(firsts)
                for first in listed.firsts:
                    here |= mine.get(first, set())
                there |= set(listed.names)
                firsts = bytes(first for first in firsts if first not in listed.firsts)
        except PeerUnknown:
            return BlobsListed((), ())  # a holder that keeps no documents
        # Emptied documents go nowhere, and whoever holds one still is told to drop it.
        emptied = self._journal.membership.emptied_blobs.keys()
        for name in sorted(there & emptied):
            with suppress(PeerRefuses, PeerUnknown):  # it does not know the act yet, or drops by itself
                self._peer.drop(name)
        there -= emptied
        here -= emptied
        kept = self._first.kept()
        early = set(kept.first.blobs) if kept is not None else set[str]()
        wanted = sorted(there - here, key=lambda name: (name not in early, name))
        return BlobsListed(tuple(wanted), tuple(sorted(here - there)))

    def _fetch_blob(self, name: str) -> Event:
        blobs, offset = self._journal.blobs, self._journal.blobs.begun(name)
        while True:
            try:
                data, total = self._peer.blob(name, offset)
            except PeerUnknown:
                return BlobMoved(False)
            except PeerRefuses as error:
                if error.params.get("status") != BEYOND or not offset:
                    raise
                data, total = b"", offset
            if offset and not data and offset >= total:
                return BlobMoved(self._named(name, offset))
            last = offset + len(data) >= total
            if (
                not data
                or total > MAX_BLOB
                or offset + len(data) > total
                or (len(data) < BLOB_PIECE and not last)
            ):
                return BlobMoved(False)
            check_room(self._journal.root, total - offset)
            try:
                held = blobs.take(name, offset, data, last=last)
            except BlobDamaged:
                return BlobMoved(False)
            if last or held <= offset:
                return BlobMoved(blobs.has(name))
            offset = held

    def _named(self, name: str, held: int) -> bool:
        """All of it came before, and the process ended before it had its name; or what came was not it."""
        try:
            self._journal.blobs.take(name, held, b"", last=True)
        except BlobDamaged:
            return False  # let go: it comes anew
        return self._journal.blobs.has(name)

    def _give_blob(self, name: str) -> Event:
        blobs = self._journal.blobs
        total = blobs.size(name) or 0
        offset, whole = 0, False
        while offset < total:
            held, whole = self._peer.keep(name, offset, blobs.read(name, offset, BLOB_PIECE), total)
            if whole or held <= offset:
                break
            offset = held
        return BlobMoved(whole)

    # ------------------------------------------------------------------ the end

    def _say(self) -> Event:
        unread, self._unread = self._unread, []
        for raw in unread:
            self._hear(raw)
        self.known.make_statement(self._device, self._now_ms(), self._random)
        statements = self.known.statements()
        telling = [
            statements[device].raw
            for device in sorted(statements, key=lambda one: (one != self._device.id, one))
            if statements[device].value.number > self._newest.get(device, 0)
        ]
        # Both sides of a contradiction are handed on, so that everybody sees them (L2).
        telling += [
            raw for raw in self.known.contradictions() if raw not in self._told and raw not in telling
        ]
        for raw in telling:
            # Whoever does not know the device yet refuses its statement; the exchange is done all the same.
            with suppress(PeerRefuses):
                self._peer.state(raw)
        return Said()

    def _remember(self) -> None:
        """Since when the relay is silent, or that it was heard."""
        if self._peer.way is not Way.RELAY or self._peer.id is None:
            return
        now, error = self._now_ms(), self._error

        def change(memory: RelayMemory) -> RelayMemory:
            if error is None:
                return replace(memory, heard=now, silent_since=0, why="")
            notices = memory.notices
            if isinstance(error, PeerSuspended) and type(error.params.get("notice")) is bytes:
                notices = (error.params["notice"],)  # type: ignore[assignment]
            silent = memory.silent_since or now
            return replace(memory, silent_since=silent, why=error.code, notices=notices)

        self.known.change_relay(self._peer.id, change)
