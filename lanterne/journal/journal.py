"""The journal of one practice on one device: the one place where entries are written, received and read.

Law: opening needs no key; writing needs the writer's. What this returns as written is on the disk. Memory
stays near fifty bytes an entry. One object may be shared by the threads of a process; processes share the
directory. Source: docs/format/entry.md, store.md, membership.md.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.ahead import Ahead
from lanterne.journal.blobs import Blobs
from lanterne.journal.branches import Branches
from lanterne.journal.clock import milliseconds
from lanterne.journal.early import Early
from lanterne.journal.emptying import Emptier
from lanterne.journal.errors import NoPractice, SeatMayNotWrite
from lanterne.journal.files import Files, OsFiles
from lanterne.journal.holdings import Damage, Holdings, Taken, parse
from lanterne.journal.identity import read_genesis_file
from lanterne.journal.index import RECEIVED
from lanterne.journal.layout import Layout
from lanterne.journal.local import LocalFiles
from lanterne.journal.mending import Mender, in_its_place
from lanterne.journal.receiving import Outcome, Received, Sorter, Waiting, check_apart
from lanterne.journal.register import Place
from lanterne.journal.reserve import Reserve
from lanterne.journal.writing import Floors, Writer, Writing, Written
from lanterne.proof.membership import Membership, Standing
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.wire.entry import Entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import ChainId, Compartment, EntryHash, Head, PracticeId, SeatId, Stream
from lanterne.wire.part import Fact, Part

READ_ROWS = 4096

__all__ = ["Arrived", "Damage", "Journal", "Outcome", "Received", "Writing", "Written"]


class Arrived(NamedTuple):
    """An entry in order of arrival. `next` is the cursor after it.

    `standing` says whether it counts (E15): only `Standing.COUNTS` belongs in the chart, the rest waits for
    review.
    """

    position: int
    next: int
    entry: Entry
    rank: int
    standing: Standing


class Journal:
    """Made by `Journal.open`."""

    def __init__(
        self, root: Path, membership: Membership, files: Files, random: Callable[[int], bytes]
    ) -> None:
        self.root, self.layout, self.files, self.random = root, Layout(root), files, random
        self.membership = membership
        """Whose signature counts, as of the last refresh. Immutable; replaced when members entries arrive."""
        self._mutex = threading.RLock()
        self._holdings = Holdings(
            self.layout,
            membership.practice,
            files,
            on_members=self._members_arrived,
            check_signature=self._check_signature,
        )
        self.reserve = Reserve(self.layout, files)
        self._floors = Floors(self.local)
        self._writer = Writer(self._holdings, self.reserve, self._floors, random)
        self._waiting = Waiting(self.layout, files)
        self.ahead = Ahead(self._holdings, Early(self.layout, files), self._mutex, lambda: self.membership)
        self._branches = Branches(self._holdings)
        self.mender = Mender(self._holdings, self._mutex, lambda: self.membership.emptied)
        """Finds what is damaged here, and what is to be asked of others for it (S5)."""
        self.blobs = Blobs(self.layout, files, random)
        self.emptier = Emptier(self._holdings, self.blobs, lambda: self.membership)
        """What an `entry.emptied` made due to be dropped here."""

    @classmethod
    def open(
        cls, root: Path, *, files: Files | None = None, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> Journal:
        """Open the journal in a data directory; needs no key.

        Raises:
            NoPractice: there is no genesis here.
            SmallFileDamaged: the genesis is damaged in both copies (M1).
            DiskFailed: what another process left unfinished could not be looked after.
        """
        files = files or OsFiles()
        genesis = read_genesis_file(Layout(root), files)
        if genesis is None:
            raise NoPractice("there is no practice in this directory")
        journal = cls(root, Membership.found(genesis), files, random)
        journal.refresh()
        journal.empty()
        journal.reserve.make()
        return journal

    # ------------------------------------------------------------------ what is held

    @property
    def practice(self) -> PracticeId:
        """The practice's id."""
        return self.membership.practice

    @property
    def reranks(self) -> int:
        """Rises whenever a rank already given rose, in this process or another; then compare with `ranks`."""
        return self._holdings.reranks

    @property
    def damages(self) -> list[Damage]:
        """Places found damaged so far; `check` looks everywhere. What they held is missing from `since`."""
        with self._mutex:
            return self._holdings.damages

    @property
    def forks(self) -> list[tuple[ChainId, int]]:
        """Chains and numbers under which two entries stand (E13): both are kept, and a person must hear of
        it.
        """
        with self._mutex:
            return sorted(self._holdings.register.forks)

    @property
    def waiting(self) -> int:
        """How many entries received wait for their predecessor (E12)."""
        return len(self._waiting)

    @property
    def heads(self) -> list[Head]:
        """The newest entry of every chain held that reads, by chain."""
        with self._mutex:
            return self._branches.heads()

    @property
    def tips(self) -> list[Head]:
        """The newest entry of every branch of every chain: `heads`, and both sides of a fork."""
        with self._mutex:
            return self._branches.tips()

    def holds(self, head: Head) -> bool:
        """Whether this very entry is held here (by the first 16 bytes of its hash)."""
        with self._mutex:
            return self._holdings.register.find(head) is not None

    def tallest(self, chain: ChainId) -> int:
        """The highest number held of a chain; 0 when nothing is."""
        with self._mutex:
            return self._branches.tallest(chain)

    def first_fork(self, chain: ChainId) -> int | None:
        """The lowest number of a chain under which two entries stand; None when there is none."""
        with self._mutex:
            return self._branches.first_fork(chain)

    def heads_of(self, seat: SeatId) -> list[Head]:
        """The newest entries of one seat's chains: the cuts of its revocation (M6)."""
        return [head for head in self.heads if head.chain.seat == seat]

    def last_written(self, seat: SeatId) -> int | None:
        """When the newest entry held of a seat was written, by its own clock: milliseconds since 1970-01-01 UTC."""
        with self._mutex:
            chains = self._holdings.register.chains
            times = [held.tip_time for chain, held in chains.items() if chain.seat == seat and held.tip_time]
        return milliseconds(max(times)) if times else None

    def count(self, stream: Stream) -> int:
        """Number of entries held in a stream."""
        return len(self._holdings.register.tables[stream])

    def local(self, seat: SeatKeys) -> LocalFiles:
        """Drafts and counters of an unlocked seat on this device."""
        return LocalFiles(self.layout, seat, self.files, self.random)

    def refresh(self) -> None:
        """Take in what other processes appended. Cheap when there is nothing.

        Raises:
            JournalBusy, DiskFailed, DiskFull: something another process left unfinished could not be settled.
        """
        with self._mutex:
            self._holdings.refresh()
            self.ahead.load()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The directory's lock, for who asks this journal anything while holding it.

        Threads of a process take the journal's own mutex first, then the directory's lock: never the other way, or two
        of them wait for each other. Raises JournalBusy.
        """
        with self._mutex, self.files.lock(self.layout.lock):
            yield

    def empty(self) -> None:
        """Drop what acts that stand emptied, if anything of it is here still. Raises JournalBusy."""
        with self._mutex:
            self.blobs.emptied = self.membership.emptied_blobs
            emptier = self.emptier
            if emptier.due() or emptier.due_blobs() or emptier.due_back() or self.ahead.due():
                with self.files.lock(self.layout.lock):
                    self._holdings.catch_up()
                    emptier.settle()
                    self.ahead.empty()

    def _members_arrived(self, entries: list[Entry]) -> None:
        try:
            self.membership = self.membership.with_entries(entries)
        except EntryRefused:
            # One of our own store does not read (a hostile disk): take the others, `check` names it.
            for entry in entries:
                self._member_arrived(entry)

    def _member_arrived(self, entry: Entry) -> None:
        try:
            self.membership = self.membership.with_entries([entry])
        except EntryRefused:
            row = self._holdings.register.find(entry.head.as_head)
            if row is not None:
                self._holdings.note_damage(Place(Stream.MEMBERS, row))

    def _check_signature(self, seat: SeatId, signed: bytes, signature: bytes) -> None:
        self.membership.check_signature(seat, signed, signature)

    # ------------------------------------------------------------------ writing

    def write(
        self,
        seat: SeatKeys,
        keyring: Keyring,
        *,
        stream: Stream,
        parts: Sequence[tuple[Compartment, Part]],
        now_ms: int,
    ) -> Written:
        """Write one entry; it is on the disk when this returns.

        Args:
            parts: one per compartment, the compartments those of the stream.
            now_ms: the machine's clock, milliseconds since 1970-01-01 UTC.

        Raises:
            DiskFull, DiskFailed: nothing was recorded.
            SeatMayNotWrite: the seat was revoked, has left or has expired.
            JournalBusy: another process held the lock for too long.
            EntryRefused, PackingError: the parts could not be read back (E4, E10, E18, E19).
        """
        return self.write_many([Writing(seat, keyring, stream, parts, now_ms)])[0]

    def write_many(self, items: Iterable[Writing]) -> list[Written]:
        """Write many entries in their order, with one fsync for some thousands. Raises as `write`.

        After DiskFull or DiskFailed `params["written"]` says how many entries, from the first, were recorded.
        """
        with self._mutex, self.files.lock(self.layout.lock):
            self._holdings.catch_up()
            return self._writer.write(items, self.membership)

    def write_members(self, keyring: Keyring, facts: Iterable[Fact], now_ms: int) -> Written:
        """Write a members entry, signed by the keyring's owner: an administrator's seat, or the sheet.

        Raises:
            SeatMayNotWrite: the signer may not change the membership (M3).
            DiskFull, DiskFailed, JournalBusy, EntryRefused: as `write`.
        """
        with self._mutex, self.files.lock(self.layout.lock):
            self._holdings.catch_up()
            if not self.membership.is_admin(keyring.keys.id, now_ms):
                raise SeatMayNotWrite("this seat may not change the membership", seat=keyring.keys.id)
            written = self._writer.write_members(keyring, Part(None, tuple(facts)), now_ms)
            self.emptier.settle()
            return written

    def close(self, *seats: SeatKeys) -> None:
        """Write down what was acknowledged to these seats. Nothing is lost without it.

        Raises DiskFull, DiskFailed.
        """
        with self._mutex:
            for seat in seats:
                self._floors.save_when_due(seat, now=True)

    # ------------------------------------------------------------------ receiving

    def receive(self, raw: bytes) -> Received:
        """Take in one entry that comes from elsewhere, after E1–E15; durable when this returns.

        Raises:
            EntryRefused: with the number of the check; nothing was kept. E7: try again once its admission
                came.
            DiskFull, DiskFailed, JournalBusy: nothing was kept.
        """
        answer = self.receive_many([raw])[0]
        if isinstance(answer, EntryRefused):
            raise answer
        return answer

    def receive_many(self, raws: Iterable[bytes]) -> list[Received | EntryRefused]:
        """Take in entries in their order with one fsync a stream; a refusal stands in the place of its
        answer.

        Raises:
            DiskFull, DiskFailed, JournalBusy: what was appended counts when it is found at the next refresh.
        """
        with self._mutex, self.files.lock(self.layout.lock):
            self._holdings.catch_up()
            answers: list[Received | EntryRefused] = []
            batch: list[bytes] = []
            for raw in raws:
                # Members first: who comes next in the list may have been admitted by it.
                if len(batch) >= 2_000 or (batch and _is_member(batch[-1]) and not _is_member(raw)):
                    answers += self._receive_round(batch)
                    batch = []
                batch.append(raw)
            answers += self._receive_round(batch)
            self.emptier.settle()
            return answers

    def receive_early(self, raws: Iterable[bytes]) -> list[Received | EntryRefused]:
        """Take in entries of care and trace chains whose predecessors are still to come, in a first copy.

        Those that can take their place do; the others are durable, `WAITS`, when this returns, and `ahead` reads them.

        Raises:
            DiskFull, DiskFailed, JournalBusy: none that waits was kept.
        """
        with self._mutex, self.files.lock(self.layout.lock):
            self._holdings.catch_up()
            self.ahead.load()
            known = set(self.ahead.heads())
            found = self.ahead.keep(raws)
            before = {
                one.head.as_head
                for one in found
                if isinstance(one, Entry) and (one.head.as_head in known or self.holds(one.head.as_head))
            }
            self._receive([])
            return [
                one if isinstance(one, EntryRefused) else self.ahead.answer(one, one.head.as_head in before)
                for one in found
            ]

    def _receive_round(self, raws: Sequence[bytes]) -> list[Received | EntryRefused]:
        """Members entries taken in together may admit who signed others among them (E7): those are looked at again."""
        answers = self._receive(raws)
        while True:
            unknown = [
                place
                for place, one in enumerate(answers)
                if isinstance(one, EntryRefused) and one.check == "E7" and _is_member(raws[place])
            ]
            again = self._receive([raws[place] for place in unknown]) if 0 < len(unknown) < len(raws) else []
            for place, answer in zip(unknown, again, strict=False):
                answers[place] = answer
            if not any(isinstance(one, Received) for one in again):
                return answers

    def _receive(self, raws: Sequence[bytes]) -> list[Received | EntryRefused]:
        self._waiting.load(lambda data: check_apart(data, self.membership))
        sorter = Sorter(self._holdings, self._waiting, self.ahead.after)
        self.ahead.feed(sorter)
        answers: list[tuple[Entry, Outcome] | EntryRefused] = []
        for raw in raws:
            try:
                entry = check_apart(bytes(raw), self.membership)
                outcome = sorter.sort(entry)
                if outcome is Outcome.WAITS:
                    self._waiting.keep(entry)
                answers.append((entry, outcome))
            except EntryRefused as refused:
                answers.append(refused)
        taken: list[Taken] = []
        for stream in Stream:
            mine = [one.entry for one in sorter.accepted if one.entry.head.stream is stream]
            if mine:
                self._holdings.stale = True
                kinds, payloads = zip(*(in_its_place(entry) for entry in mine), strict=True)
                positions = self._holdings.stores[stream].append(payloads, kinds)
                taken += [
                    Taken(entry, place, kind, received=True)
                    for entry, place, kind in zip(mine, positions, kinds, strict=True)
                ]
        reranked = self._holdings.take(taken) if taken else False
        self.mender.put(sorter.healed)
        self.mender.put_loose(one.entry for one in sorter.accepted)
        self._waiting.release(sorter.released)
        self.ahead.taken([*sorter.misdated, *(one.entry.head.as_head for one in sorter.accepted)])
        at = {one.entry.head.hash: one.position for one in taken}
        return [
            answer
            if isinstance(answer, EntryRefused)
            else Received(
                answer[1], answer[0].head.hash, answer[0].head.seat, at.get(answer[0].head.hash), reranked
            )
            for answer in answers
        ]

    # ------------------------------------------------------------------ reading

    def since(self, stream: Stream, cursor: int = 0) -> Iterator[Arrived]:
        """The entries of a stream in order of arrival, from `cursor` on (0: from the first), read in large
        blocks.

        Frame digests and E11 are checked, signatures are not: they were when the entry came in. A damaged
        entry is left out and stands in `damages`.
        """
        while True:
            with self._mutex:
                table = self._holdings.register.tables[stream]
                row = table.from_position(cursor)
                positions = table.positions[row : row + READ_ROWS].tolist()
                ranks = table.ranks[row : row + READ_ROWS].tolist()
                membership = self.membership
            if not positions:
                return
            read = self._holdings.stores[stream].read_many(positions)
            for held, rank in zip(read, ranks, strict=True):
                cursor = held.position + 1
                entry = self._entry(stream, held.position, held.kind, held.payload)
                if entry is not None:
                    standing = membership.entitled(entry.head)
                    yield Arrived(held.position, cursor, entry, rank, standing)

    def entries_after(self, chain: ChainId, seq: int, to: int | None = None) -> Iterator[Entry]:
        """The entries of a chain with a number above `seq`, up to `to`, in chain order, those of all branches.

        Damaged ones are left out and stand in `damages`, exactly as in `since`.
        """
        while True:
            with self._mutex:
                before = seq
                positions, seq = self._branches.positions(chain, seq, to, READ_ROWS)
            if seq == before:
                return
            for held in self._holdings.stores[chain.stream].read_many(positions):
                entry = self._entry(chain.stream, held.position, held.kind, held.payload)
                if entry is not None:
                    yield entry

    def _entry(self, stream: Stream, position: int, kind: int, payload: bytes | None) -> Entry | None:
        if payload is not None:
            try:
                return parse(payload, kind, self.practice)
            except EntryRefused:
                pass  # noted below, exactly like a frame that does not verify
        with self._mutex:
            row = self._holdings.register.tables[stream].row_at(position)
            if row is not None:
                self._holdings.note_damage(Place(stream, row))
        return None

    def end(self, stream: Stream) -> int:
        """The cursor after the last entry that can be read; `since(stream, end)` is empty."""
        with self._mutex:
            table = self._holdings.register.tables[stream]
            row = len(table) - 1
            while row >= 0 and Place(stream, row) in self._holdings.damaged:
                row -= 1
            return table.positions[row] + 1 if row >= 0 else 0

    def written_here(self, stream: Stream, cursor: int) -> list[int]:
        """Positions from `cursor` on of the entries this device wrote itself, as far as its index remembers."""
        with self._mutex:
            table = self._holdings.register.tables[stream]
            rows = range(table.from_position(cursor), len(table))
            return [table.positions[row] for row in rows if not table.flags[row] & RECEIVED]

    def ranks(self, stream: Stream) -> Iterator[tuple[int, int]]:
        """(position, rank) of every entry of a stream, from memory: what a reader compares its own ranks
        with.
        """
        table = self._holdings.register.tables[stream]
        return zip(table.positions, table.ranks, strict=True)

    def find(self, entry: EntryHash, chain: ChainId, seq: int) -> Entry | None:
        """One entry by its name; None when it is not held or damaged."""
        with self._mutex:
            row = self._holdings.register.find(Head(chain, seq, entry))
            return None if row is None else self._holdings.entry_at(Place(chain.stream, row))


def _is_member(raw: bytes) -> bool:
    """By its seventh byte: nothing is believed yet."""
    return raw[6:7] == b"\x03"
