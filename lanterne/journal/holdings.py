"""What this device holds: the three streams, the register over them, the ranks; loaded, refreshed, settled,
extended.

Law: nobody else appends to the stores. Everything another process appended is taken in the same way as our
own. No key is needed here. Source: docs/format/store.md S2, S4, S6, S7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lanterne.journal.errors import DiskFailed, DiskFull, FrameDamaged, IndexUnusable
from lanterne.journal.files import Files, disk_errors, replace_small_file
from lanterne.journal.index import EMPTIED as EMPTIED_FLAG
from lanterne.journal.index import RECEIVED, WAITS, Line
from lanterne.journal.layout import Layout
from lanterne.journal.ranks import Ranks
from lanterne.journal.register import Chain, Place, Register
from lanterne.journal.segment import EMPTIED, ENTRY
from lanterne.journal.store import Loose, StreamStore
from lanterne.wire.entry import Entry, EntryHead, emptied, read_either, read_head, read_preamble
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import ChainId, PracticeId, SeatId, Stream

ORDER = (Stream.MEMBERS, Stream.CARE, Stream.TRACE)
RERANKING = "reranking"
"""Name of the mark that stands while index lines of several streams change together."""


class Damage(NamedTuple):
    """A place of the journal that no longer verifies (S5). `offset` and `end` in bytes of the segment."""

    stream: Stream
    segment: int
    offset: int
    end: int


def any_seat(seat: SeatId) -> bytes:
    """Whoever is in our own store was checked when it came in (E7)."""
    return seat.encode()


def parse(payload: bytes, kind: int, practice: PracticeId) -> Entry:
    """An entry of our own store: E1–E6 and E9–E11, not its signature, which was checked when it came in."""
    if kind == EMPTIED:
        head = kept_head(payload, practice)
        return emptied(read_head(head, practice=practice, key_of=any_seat, verify=False))
    return read_either(payload, practice=practice, key_of=any_seat, verify=False)


def kept_head(payload: bytes, practice: PracticeId) -> bytes:
    """The head in the frame of an emptied entry: zeros stand where its parts were. Raises EntryRefused."""
    size = read_preamble(payload, practice=practice).head_size
    if payload[size:].strip(b"\0"):
        raise EntryRefused("E10", "bytes are left over after the head")
    return payload[:size]


class Taken(NamedTuple):
    """An entry that lies in its stream at `position`. `received`: it came from elsewhere."""

    entry: Entry
    position: int
    kind: int = ENTRY
    received: bool = False


class Holdings:
    """Everything held on this device.

    Args:
        on_members: called with the members entries taken in.
        check_signature: E8 for frames whose place the index does not vouch for; raises EntryRefused.
    """

    def __init__(
        self,
        layout: Layout,
        practice: PracticeId,
        files: Files,
        *,
        on_members: Callable[[list[Entry]], None],
        check_signature: Callable[[SeatId, bytes, bytes], None],
    ) -> None:
        self.layout, self.practice, self.files = layout, practice, files
        self._on_members, self._check_signature = on_members, check_signature
        self.foreseen: Callable[[], list[int]] = list
        """Hybrid times of the newest entries that came ahead of their predecessors (`journal.ahead`)."""
        self.stores = {stream: StreamStore(layout, stream, practice, files) for stream in Stream}
        self.generation = 0
        """Rises whenever everything was read anew: what was remembered of the register is void."""
        self.reranks = 0
        """Rises whenever a rank already given rose, or may have."""
        self.stale = True
        """Something failed half-way: read everything anew first."""
        self._unlisted: set[Stream] = set()  # streams whose index could not be written
        self._suspects: set[tuple[Stream, int]] = (
            set()
        )  # positions found damaged, whatever was read anew since
        self._loading = False
        self._begin()

    def _begin(self) -> None:
        self.register = Register()
        self.ranks = Ranks(self.register, self.head_at)
        self.generation += 1
        # What was put right or rose meanwhile is read anew without a word: whoever folded looks again.
        self.reranks += 1
        self.damaged: dict[Place, Damage] = {}
        self._members: list[Entry] = []

    @property
    def damages(self) -> list[Damage]:
        """Every place found damaged so far (S5); `check` looks everywhere."""
        loose = [Damage(stream, *one) for stream, store in self.stores.items() for one in store.damages]
        return sorted({*loose, *self.damaged.values()})

    # ------------------------------------------------------------------ reading what is there

    def refresh(self) -> None:
        """Take in what other processes appended. Takes the lock only when something must be settled."""
        if not self._pull() or any(store.beyond() for store in self.stores.values()):
            with self.files.lock(self.layout.lock):
                self.catch_up()

    def catch_up(self) -> None:
        """Refresh, then settle whatever lies beyond the indexes (S2, S4). Lock held."""
        if not self._pull():
            self._rebuild()
        for stream in sorted(self._unlisted):
            self._rewrite_index(stream)
        for stream in ORDER:
            if self.stores[stream].beyond():
                self._settle(stream)

    def _pull(self) -> bool:
        """Read the new lines of the indexes; False when the indexes cannot be used and the lock is needed."""
        reranking = self.layout.journal / RERANKING
        for attempt in range(2):
            if self.stale or attempt:
                if self.files.size(reranking) is not None:
                    return False
                for store in self.stores.values():
                    store.forget()
                self._unlisted.clear()
                self._begin()
                self._loading = True
            self.stale = True
            fresh: list[Place] = []
            touched: set[Chain] = set()
            try:
                for stream in ORDER:
                    if stream not in self._unlisted:
                        self._pull_lines(stream, fresh, touched)
            except IndexUnusable:
                continue
            self._follow(fresh, touched)
            self._look_again()
            self.stale = self._loading = False
            return True
        return False

    def _look_again(self) -> None:
        """After everything was read anew: what was damaged may still be."""
        if self._loading:
            suspects, self._suspects = self._suspects, set()
            for stream, position in sorted(suspects):
                row = self.register.tables[stream].row_at(position)
                if row is not None:
                    self.entry_at(Place(stream, row))

    def _pull_lines(self, stream: Stream, fresh: list[Place], touched: set[Chain]) -> None:
        register, table = self.register, self.register.tables[stream]
        last = table.positions[-1] if len(table) else -1
        for line in self.stores[stream].new_lines():
            if line.position <= last:
                self._correct(stream, line)
                continue
            row = register.add(stream, line)
            if row is None:
                continue
            last = line.position
            touched.add(register.chain_of(stream, row))
            if stream is Stream.MEMBERS or line.flags & WAITS:
                fresh.append(Place(stream, row))

    def _correct(self, stream: Stream, line: Line) -> None:
        table = self.register.tables[stream]
        row = table.row_at(line.position)
        if row is None or table.short(row) != line.short:
            raise IndexUnusable("the index is out of order")
        if table.ranks[row] == line.rank and table.flags[row] == line.flags:
            if not self._loading:
                raise IndexUnusable("a damaged entry was put in its place again")
            return
        if table.ranks[row] != line.rank:
            self.reranks += 1
        self.register.change(stream, row, rank=line.rank, flags=line.flags)

    def _follow(self, fresh: list[Place], touched: set[Chain]) -> None:
        """Read the entries that matter beyond their line: newest of a chain, members, those that wait."""
        for chain in touched:
            place = Place(chain.id.stream, chain.rows[-1])
            head = self.head_at(place)
            chain.tip_rank = self.register.tables[place.stream].ranks[place.row]
            chain.tip_hash = None if head is None else head.hash
            chain.tip_time = 0 if head is None else head.time
        for place in fresh:
            entry = self.entry_at(place)
            if entry is None:
                continue
            if place.stream is Stream.MEMBERS:
                self._members.append(entry)
            if self.register.tables[place.stream].flags[place.row] & WAITS:
                self.ranks.wait(place, self.ranks.of(entry.head)[1])
        self._tell_members()

    def entry_at(self, place: Place) -> Entry | None:
        """The entry at a place; None when its bytes no longer verify, which is noted in `damages`."""
        position = self.register.tables[place.stream].positions[place.row]
        try:
            kind, payload = self.stores[place.stream].read(position)
            return parse(payload, kind, self.practice)
        except (FrameDamaged, EntryRefused):
            self.note_damage(place)
            return None

    def head_at(self, place: Place) -> EntryHead | None:
        """The head of the entry at a place; None when damaged."""
        entry = self.entry_at(place)
        return None if entry is None else entry.head

    def number_at(self, place: Place) -> tuple[ChainId, int]:
        """The chain and number of the entry at a place."""
        chain = self.register.chain_of(place.stream, place.row)
        return chain.id, self.register.tables[place.stream].seqs[place.row]

    def note_damage(self, place: Place) -> None:
        """Remember that the frame at a place no longer verifies."""
        position = self.register.tables[place.stream].positions[place.row]
        number, offset = position >> 32, position & 0xFFFFFFFF
        self.damaged[place] = Damage(place.stream, number, offset, offset)
        self._suspects.add((place.stream, position))

    def emptied(self, places: Iterable[Place]) -> None:
        """The parts at these places were dropped: their lines say so from now on. Lock held."""
        lines: dict[Stream, list[Line]] = {stream: [] for stream in Stream}
        for place in places:
            table = self.register.tables[place.stream]
            flags = table.flags[place.row] | EMPTIED_FLAG
            self.register.change(place.stream, place.row, rank=table.ranks[place.row], flags=flags)
            lines[place.stream].append(self.register.line(place.stream, place.row))
        for stream in ORDER:
            if lines[stream]:
                self._list(stream, lines[stream], durable=True)

    def rewritten(self, places: Iterable[tuple[Place, int]]) -> None:
        """These frames were damaged, and stand whole at their positions again. Lock held.

        The line of each is listed once more, as it was: so other processes learn of it. Everything is read anew.
        """
        lines: dict[Stream, list[Line]] = {stream: [] for stream in Stream}
        for place, position in places:
            lines[place.stream].append(self.register.line(place.stream, place.row))
            self._suspects.discard((place.stream, position))
        for stream in ORDER:
            if lines[stream]:
                self._list(stream, lines[stream], durable=True)
        self.stale = True
        self.catch_up()

    # ------------------------------------------------------------------ what the indexes do not list

    def _parse_loose(self, loose: Loose) -> Entry | None:
        """The entry in a frame the index does not vouch for; None, and a damage noted, when it is none."""
        frame = loose.frame
        try:
            entry = parse(frame.payload, frame.kind, self.practice)
            if frame.found:
                # Found by searching: a hostile entry may carry a frame inside one of its parts.
                self._check_signature(entry.head.seat, entry.head.signed, entry.head.signature)
        except EntryRefused:
            return None
        return entry

    def _settle(self, stream: Stream) -> None:
        store = self.stores[stream]
        found: list[tuple[Loose, Entry]] = []
        for loose in store.loose():
            entry = self._parse_loose(loose)
            if entry is None:
                store.damages.append((loose.position >> 32, loose.frame.offset, loose.frame.end))
            elif self.register.find(entry.head.as_head) is None:
                found.append((loose, entry))
        if not found:
            return
        kinds = [loose.frame.kind for loose, _ in found]
        try:
            positions = store.append([loose.frame.payload for loose, _ in found], kinds)
        except (DiskFull, DiskFailed):
            # They are whole where they lie: read them there, and append elsewhere once the disk lets us.
            positions = [loose.position for loose, _ in found]
            store.accept(positions[-1])
        taken = [
            Taken(entry, place, kind) for (_, entry), place, kind in zip(found, positions, kinds, strict=True)
        ]
        self.take(taken)

    def _rebuild(self) -> None:
        """Read every segment and write the indexes anew (S7). Lock held."""
        self.stale = True
        self._begin()
        for stream in ORDER:
            store = self.stores[stream]
            store.forget()
            for loose in store.loose():
                entry = self._parse_loose(loose)
                if entry is None:
                    store.damages.append((loose.position >> 32, loose.frame.offset, loose.frame.end))
                else:
                    self._enter(Taken(entry, loose.position, loose.frame.kind))
            self._tell_members()
        self.ranks.settle()
        for stream in ORDER:
            self._rewrite_index(stream)
        self._loading = True
        self._look_again()
        self._loading = False
        mark = self.layout.journal / RERANKING
        if not self._unlisted and self.files.size(mark) is not None:
            with disk_errors("removing the mark of a change of ranks"):
                self.files.remove(mark)
        self.stale = False

    def _rewrite_index(self, stream: Stream) -> None:
        store, table = self.stores[stream], self.register.tables[stream]
        try:
            self.files.make_directories(self.layout.stream(stream))
            store.replace_index(list(self.register.lines(stream)))
            self._unlisted.discard(stream)
        except (DiskFull, DiskFailed, OSError):
            # The entries are safe and read; only the next start is slow. Tried again at every append.
            self._unlisted.add(stream)
            if len(table):
                store.accept(table.positions[-1])

    # ------------------------------------------------------------------ taking in

    def take(self, taken: Iterable[Taken]) -> bool:
        """Take in, in this order, entries that lie in their streams already, and list them. Lock held.

        True when a rank already given rose.
        """
        self.stale = True
        lines: dict[Stream, list[Line]] = {stream: [] for stream in Stream}
        places = [place for one in taken if (place := self._enter(one)) is not None]
        self._tell_members()
        reranking, mark = self.ranks.would_raise(), self.layout.journal / RERANKING
        if reranking:
            # Lines of several indexes change together: should power fail in between, they are all made anew.
            replace_small_file(self.files, mark, b"reranking")
            self.reranks += 1
        changed, _ = self.ranks.settle()
        new = set(places) if changed else set()
        for place in changed:
            if place not in new:
                lines[place.stream].append(self.register.line(place.stream, place.row))
        for place in places:
            lines[place.stream].append(self.register.line(place.stream, place.row))
        listed = [
            # The lines of many entries are made durable too: without them, a damaged end of a large write could not
            # be told from an unfinished one.
            self._list(stream, lines[stream], durable=reranking or len(lines[stream]) > 1)
            for stream in ORDER
        ]
        if reranking and all(listed):
            with disk_errors("removing the mark of a change of ranks"):
                self.files.remove(mark)
        self.stale = False
        return reranking

    def _enter(self, taken: Taken) -> Place | None:
        """Into the register and the ranks; None when it is held already (S6)."""
        head = taken.entry.head
        rank, lacking = self.ranks.of(head)
        flags = (WAITS if lacking else 0) | (EMPTIED_FLAG if taken.kind == EMPTIED else 0)
        flags |= RECEIVED if taken.received else 0
        line = Line(
            bytes.fromhex(head.hash[:32]),
            bytes.fromhex(head.seat),
            head.incarnation,
            head.seq,
            taken.position,
            flags,
            rank,
        )
        stream = head.stream
        row = self.register.add(stream, line)
        if row is None:
            return None
        chain = self.register.chain_of(stream, row)
        if chain.rows[-1] == row:
            chain.tip_hash, chain.tip_time, chain.tip_rank = head.hash, head.time, rank
        place = Place(stream, row)
        if lacking:
            self.ranks.wait(place, lacking)
        self.ranks.came(head.as_head, rank)
        if stream is Stream.MEMBERS:
            self._members.append(taken.entry)
        return place

    def _tell_members(self) -> None:
        if self._members:
            members, self._members = self._members, []
            self._on_members(members)

    def _list(self, stream: Stream, lines: Sequence[Line], *, durable: bool) -> bool:
        """Write index lines; False when they could not be written: the entries are safe all the same."""
        if stream in self._unlisted:
            return False
        try:
            self.stores[stream].list_lines(lines, durable=durable)
        except (IndexUnusable, DiskFull, DiskFailed):
            # The entries are durable all the same. Some of the lines may have been written: none are added after
            # them, since a hole in the index would hide entries; it is made anew.
            self._rewrite_index(stream)
        return stream not in self._unlisted
