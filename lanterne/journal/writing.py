"""Writing: entries built in their places, sealed, signed, appended with one fsync, and only then
acknowledged.

Law: the directory's lock is held from reading what others appended to listing what was written (S2). A failed
write acknowledges nothing and leaves nothing behind that counts (S3).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from lanterne.journal.errors import DiskFailed, DiskFull, JournalError, LocalFileDamaged, SeatMayNotWrite
from lanterne.journal.holdings import Holdings, Taken
from lanterne.journal.local import LocalFiles
from lanterne.journal.pen import Pen
from lanterne.journal.reserve import Reserve
from lanterne.proof.membership import Membership, Standing
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.seal.writing import seal_entry
from lanterne.wire.entry import Entry
from lanterne.wire.names import ChainId, Compartment, EntryHash, SeatId, Stream
from lanterne.wire.part import Part

GROUP_BYTES = 4 * 1024 * 1024
GROUP_ENTRIES = 2_000
FLOOR = "floor"
FLOOR_EVERY = 64


class Writing(NamedTuple):
    """One entry to be written. `now_ms`: the machine's clock, or in an import the moment it speaks of."""

    seat: SeatKeys
    keyring: Keyring
    stream: Stream
    parts: Sequence[tuple[Compartment, Part]]
    now_ms: int


class Written(NamedTuple):
    """An entry that is on the disk. `time` is hybrid, `position` in its stream."""

    hash: EntryHash
    chain: ChainId
    seq: int
    time: int
    position: int


class Floors:
    """The newest entry of its own each seat remembers having acknowledged, kept in `local/` (lazily).

    When the journal holds less, it is an old image: the seat goes on in a new incarnation.
    """

    def __init__(self, local_of: Callable[[SeatKeys], LocalFiles]) -> None:
        self._local_of = local_of
        self._read: dict[SeatId, dict[Stream, tuple[int, int]]] = {}
        self._since: dict[SeatId, int] = {}

    def of(self, seat: SeatKeys, stream: Stream) -> tuple[int, int]:
        """(incarnation, number); (0, 0) when nothing is remembered, or the file is damaged (`check` reports
        it).
        """
        if seat.id not in self._read:
            try:
                data = self._local_of(seat).get(FLOOR)
            except LocalFileDamaged:
                data = None
            kept = {} if data is None else json.loads(data)
            self._read[seat.id] = {Stream[name]: (pair[0], pair[1]) for name, pair in kept.items()}
        return self._read[seat.id].get(stream, (0, 0))

    def save_when_due(self, seat: SeatKeys, *, now: bool = False) -> None:
        """Write what was acknowledged before, every so many entries. Raises DiskFull, DiskFailed."""
        if self._since.get(seat.id, 0) < (1 if now else FLOOR_EVERY):
            return
        kept = {stream.name: pair for stream, pair in self._read.get(seat.id, {}).items()}
        self._local_of(seat).put(FLOOR, json.dumps(kept).encode())
        self._since[seat.id] = 0

    def acknowledged(self, seat: SeatId, written: Written) -> None:
        """Remember that this entry was acknowledged."""
        self._read.setdefault(seat, {})[written.chain.stream] = (written.chain.incarnation, written.seq)
        self._since[seat] = self._since.get(seat, 0) + 1


class Writer:
    """Writes into one journal's holdings. The caller holds the directory's lock, everything caught up."""

    def __init__(
        self, holdings: Holdings, reserve: Reserve, floors: Floors, random: Callable[[int], bytes]
    ) -> None:
        self._holdings, self._reserve, self._floors, self._random = holdings, reserve, floors, random
        self._pen = Pen(holdings, random)

    def write(self, items: Iterable[Writing], membership: Membership) -> list[Written]:
        """Write entries in their order, one fsync a group.

        Raises:
            SeatMayNotWrite: E15 would keep the entry apart; nothing of its group was written.
            DiskFull, DiskFailed: `params["written"]` says how many were acknowledged before.
            EntryRefused, PackingError: a part holds what cannot be written; nothing of its group was.
        """
        written: list[Written] = []
        group: list[tuple[SeatId, Entry]] = []
        keyrings: dict[int, Keyring] = {}
        size = 0
        self._pen.lift()
        for item in items:
            keyring = keyrings.get(id(item.keyring))
            if keyring is None:
                known = item.keyring
                keyring = known if known.membership is membership else known.with_membership(membership)
                keyrings[id(item.keyring)] = keyring
                # What it remembers is older but still true when it cannot be written: no reason to refuse a write.
                with suppress(DiskFull, DiskFailed):
                    self._floors.save_when_due(item.seat)
            if not membership.is_active(item.seat.id, item.now_ms):
                raise SeatMayNotWrite("this seat may not write", seat=item.seat.id)
            chain = self._pen.chain_of(item.seat.id, item.stream, self._floors.of(item.seat, item.stream))
            entry = self._build(keyring, chain, item.parts, item.now_ms)
            if membership.entitled(entry.head) is not Standing.COUNTS:
                raise SeatMayNotWrite("what this seat writes now would be kept apart", seat=item.seat.id)
            group.append((item.seat.id, entry))
            size += len(entry.raw)
            if size >= GROUP_BYTES or len(group) >= GROUP_ENTRIES:
                written += self._put(group, len(written))
                group, size = [], 0
                self._pen.lift()
        if group:
            written += self._put(group, len(written))
        return written

    def write_members(self, keyring: Keyring, part: Part, now_ms: int) -> Written:
        """Write one members entry, signed by the keyring's owner: an administrator's seat, or the sheet."""
        self._pen.lift()
        chain = self._pen.chain_of(keyring.keys.id, Stream.MEMBERS)
        entry = self._build(keyring, chain, [(Compartment.CLEAR, part)], now_ms)
        return self._put([(keyring.keys.id, entry)], 0)[0]

    def _build(
        self, keyring: Keyring, chain: ChainId, parts: Sequence[tuple[Compartment, Part]], now_ms: int
    ) -> Entry:
        if len(dict(parts)) != len(parts):
            raise ValueError("an entry has one part for each compartment")
        place = self._pen.place(chain, now_ms)
        entry = seal_entry(
            keyring,
            chain=chain,
            seq=place.seq,
            prev=place.prev,
            time=place.time,
            heads=place.heads,
            parts=dict(parts),
            random=self._random,
        )
        self._pen.wrote(entry.head)
        return entry

    def _put(self, group: Sequence[tuple[SeatId, Entry]], before: int) -> list[Written]:
        positions: list[int] = [0] * len(group)
        try:
            for stream in {entry.head.stream for _, entry in group}:
                places = [place for place, (_, entry) in enumerate(group) if entry.head.stream is stream]
                raws = [group[place][1].raw for place in places]
                for place, position in zip(places, self._append(stream, raws), strict=True):
                    positions[place] = position
        except BaseException as error:
            # Some of it may lie on the disk: everything is read anew before the next write.
            self._holdings.stale = True
            if isinstance(error, JournalError):
                error.params["written"] = before
            raise
        self._holdings.take(
            [Taken(entry, position) for (_, entry), position in zip(group, positions, strict=True)]
        )
        written = []
        for (seat, entry), position in zip(group, positions, strict=True):
            head = entry.head
            done = Written(head.hash, head.chain, head.seq, head.time, position)
            self._floors.acknowledged(seat, done)
            written.append(done)
        return written

    def _append(self, stream: Stream, raws: Sequence[bytes]) -> list[int]:
        store = self._holdings.stores[stream]
        try:
            return store.append(raws)
        except DiskFull:
            # S10: a trace must be written before the chart is opened, so it may use the reserve.
            if stream is not Stream.TRACE or not self._reserve.release():
                raise
            store.retire_refused()
            return store.append(raws)
