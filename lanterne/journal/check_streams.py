"""Checking the three streams: every frame, every signature, every chain, and the index that lists them.

Law: nothing is believed; everything is read again from the segments, E1–E15. The index is compared, never
used. Source: docs/format/entry.md, store.md S4–S7.
"""

from __future__ import annotations

from contextlib import suppress

from lanterne.journal.errors import IndexUnusable
from lanterne.journal.files import Files
from lanterne.journal.holdings import ORDER, kept_head
from lanterne.journal.index import EMPTIED as EMPTIED_FLAG
from lanterne.journal.index import RECEIVED, RECORD, WAITS, Line, read_generation, read_lines
from lanterne.journal.layout import Layout
from lanterne.journal.ranks import Ranks
from lanterne.journal.register import Place, Register
from lanterne.journal.report import Report
from lanterne.journal.segment import EMPTIED, FRAME_HEADER, Bad, Frame, unfinished
from lanterne.journal.store import StreamStore, at
from lanterne.proof.membership import Membership, Standing
from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.wire.entry import PREAMBLE_SIZE, Entry, EntryHead, emptied, read_entry, read_head, read_preamble
from lanterne.wire.errors import CheckFailed, EntryRefused
from lanterne.wire.names import NO_ENTRY, Head, Stream


class StreamCheck:
    """Reads all streams of one data directory into a register of its own."""

    def __init__(
        self, layout: Layout, membership: Membership, files: Files, keyring: Keyring | None, report: Report
    ) -> None:
        self.membership = membership
        self._layout, self._files, self._report = layout, files, report
        self._keyring = keyring
        self._register = Register()
        self._ranks = Ranks(self._register, self._head_at)
        self._stores = {stream: StreamStore(layout, stream, membership.practice, files) for stream in Stream}
        self._lines: dict[Stream, dict[int, Line]] = {}
        self._reported: set[int] = set()

    def run(self) -> None:
        """Check members first, since they say whose signatures count."""
        for stream in ORDER:
            self._lines[stream] = self._read_index(stream)
            self._check_stream(stream)
        self._ranks.settle()
        for stream in ORDER:
            self._check_index(stream)
            self._report.entries += len(self._register.tables[stream])
        for notice in self.membership.notices:
            self._report.note("journal/members", notice.entry, notice.rule, notice.why)

    def _head_at(self, place: Place) -> EntryHead | None:
        position = self._register.tables[place.stream].positions[place.row]
        kind, payload = self._stores[place.stream].read(position)
        return self._read(payload, kind, verify=False).head

    def _read(self, payload: bytes, kind: int, *, verify: bool) -> Entry:
        practice, key_of = self.membership.practice, self.membership.sign_key
        check = self.membership.check_signature
        if kind == EMPTIED:
            kept = kept_head(payload, practice)
            head = read_head(kept, practice=practice, key_of=key_of, check_signature=check, verify=verify)
            return emptied(head)
        return read_entry(payload, practice=practice, key_of=key_of, check_signature=check, verify=verify)

    def _name(self, stream: Stream, number: int) -> str:
        return f"journal/{stream.name.lower()}/{number:08d}.seg"

    # ------------------------------------------------------------------ frames

    def _check_stream(self, stream: Stream) -> None:
        store = self._stores[stream]
        aside = store.set_aside_offsets()
        segments = store.segments()
        for number, offset in sorted(aside.items()):
            self._check_aside(stream, number, offset)
        for number in range(1, segments[-1] if segments else 0):
            if number not in segments:
                self._report.fault(self._name(stream, number), "", "segment_missing", "a segment is missing")
        entries = []
        for number, items in store.scan():
            given_up = number in aside
            torn = self._torn(stream, number, items) if number == segments[-1] and not given_up else None
            for item in items:
                if torn is not None and item.offset >= torn:
                    place = f"offset {torn}"
                    self._report.note(
                        self._name(stream, number), place, "unfinished_write", "the end of a write"
                    )
                    break
                if isinstance(item, Bad):
                    self._report_bad(stream, number, item)
                elif stream is Stream.MEMBERS:
                    # Later ones may say whose signatures the earlier ones carry: taken together, below.
                    entries.append((number, item))
                else:
                    self._check_frame(stream, number, item)
        if entries:
            self._check_members(entries)

    def _torn(self, stream: Stream, number: int, items: list[Frame | Bad]) -> int | None:
        listed = max((position for position in self._lines[stream]), default=-1)
        beyond = [item for item in items if at(number, item.offset) > listed]
        return unfinished(beyond)

    def _check_aside(self, stream: Stream, number: int, offset: int) -> None:
        path = self._layout.set_aside(stream, number, offset)
        name = path.relative_to(self._layout.root).as_posix()
        try:
            tail = self._files.read(self._layout.segment(stream, number), offset)
        except FileNotFoundError:
            tail = b""
        if self._files.read(path) == tail:
            meaning = "an unfinished write was set aside; it was never acknowledged"
            self._report.note(name, "", "unfinished_write", meaning)
        else:
            meaning = (
                f"differs from the end of {self._name(stream, number)}; nothing acknowledged lies in either"
            )
            self._report.fault(name, "", "set_aside_differs", meaning)

    def _report_bad(self, stream: Stream, number: int, bad: Bad) -> None:
        meaning = f"{bad.end - bad.offset} bytes no longer verify"
        start = bad.offset + FRAME_HEADER
        line = self._lines[stream].get(at(number, bad.offset))
        if line is not None:
            self._reported.add(at(number, bad.offset))
            meaning += (
                f"; they held entry {line.seq} of seat {line.seat.hex()}, incarnation {line.incarnation}"
            )
        else:
            data = self._files.read(self._layout.segment(stream, number), start, PREAMBLE_SIZE)
            with suppress(CheckFailed):  # when not even that can be read, the offset says where
                seen = read_preamble(data, practice=self.membership.practice)
                meaning += f"; they look like entry {seen.seq} of seat {seen.seat}"
        self._report.fault(self._name(stream, number), f"offset {bad.offset}", "frame_damaged", meaning)

    # ------------------------------------------------------------------ entries

    def _check_members(self, frames: list[tuple[int, Frame]]) -> None:
        for number, frame in frames:
            try:
                entry = read_entry(
                    frame.payload, practice=self.membership.practice, key_of=lambda _: b"", verify=False
                )
                self.membership = self.membership.with_entries([entry])
            except EntryRefused as refused:
                self._refused(Stream.MEMBERS, number, frame, refused)
        if self._keyring is not None:
            self._keyring = self._keyring.with_membership(self.membership)
        for number, frame in frames:
            self._check_frame(Stream.MEMBERS, number, frame)

    def _refused(self, stream: Stream, number: int, frame: Frame, refused: EntryRefused) -> None:
        place = f"offset {frame.offset}"
        self._report.fault(self._name(stream, number), place, "entry_refused", str(refused))

    def _check_frame(self, stream: Stream, number: int, frame: Frame) -> None:
        try:
            entry = self._read(frame.payload, frame.kind, verify=True)
            if entry.head.stream is not stream:
                raise EntryRefused("E4", "it lies in the wrong stream")
        except EntryRefused as refused:
            self._refused(stream, number, frame, refused)
            return
        head = entry.head
        if self._register.find(head.as_head) is not None:
            return
        name, place = self._name(stream, number), f"offset {frame.offset}"
        self._check_chain(head, name, place)
        self._enter(head, at(number, frame.offset), frame.kind)
        said = head.hash in self.membership.emptied
        if frame.kind == EMPTIED and not said:
            self._report.note(
                name, place, "emptied_alone", "its parts were dropped, and no act that stands says so"
            )
        elif frame.kind != EMPTIED and said:
            self._report.note(
                name, place, "emptied_later", "emptied; its parts are dropped at the next start"
            )
        standing = self.membership.entitled(head)
        if standing is not Standing.COUNTS and stream is not Stream.MEMBERS:
            self._report.note(name, place, standing.value, "kept apart until a person reviews it (E15)")
        if self._keyring is not None:
            self._check_parts(self._keyring, entry, name, place)

    def _check_chain(self, head: EntryHead, name: str, place: str) -> None:
        if any(True for _ in self._register.rows_of(head.chain, head.seq)):
            meaning = f"E13: two entries stand under number {head.seq} of seat {head.seat}; both are kept"
            self._report.fault(name, place, "fork", meaning)
        if head.prev == NO_ENTRY:
            return
        before = Head(head.chain, head.seq - 1, head.prev)
        chain = self._register.known(head.chain)
        if chain is not None and chain.seq == before.seq and chain.tip_hash == before.hash:
            time = chain.tip_time
        else:
            row = self._register.find(before)
            found = None if row is None else self._head_at(Place(head.stream, row))
            if found is None:
                meaning = f"E12: entry {before.seq} of seat {head.seat} is missing before this one"
                self._report.fault(name, place, "predecessor_missing", meaning)
                return
            time = found.time
        if head.time <= time:
            self._report.fault(
                name, place, "entry_refused", "E14: its time is not after the previous entry's"
            )

    def _enter(self, head: EntryHead, position: int, kind: int) -> None:
        rank, lacking = self._ranks.of(head)
        flags = (WAITS if lacking else 0) | (EMPTIED_FLAG if kind == EMPTIED else 0)
        short, seat = bytes.fromhex(head.hash[:32]), bytes.fromhex(head.seat)
        row = self._register.add(
            head.stream, Line(short, seat, head.incarnation, head.seq, position, flags, rank)
        )
        if row is None:
            return
        chain = self._register.chain_of(head.stream, row)
        if chain.rows[-1] == row:
            chain.tip_hash, chain.tip_time, chain.tip_rank = head.hash, head.time, rank
        if lacking:
            self._ranks.wait(Place(head.stream, row), lacking)
        self._ranks.came(head.as_head, rank)

    def _check_parts(self, keyring: Keyring, entry: Entry, name: str, place: str) -> None:
        for index, body in enumerate(entry.bodies):
            if body is None or not keyring.can_read(entry.head.parts[index].compartment):
                continue
            try:
                keyring.open_part(entry.head, index, body)
            except NotEntitled:
                continue  # an epoch this seat was never given: not a fault of the store
            except EntryRefused as refused:
                self._report.fault(name, place, "part_does_not_open", str(refused))

    # ------------------------------------------------------------------ index

    def _read_index(self, stream: Stream) -> dict[int, Line]:
        path = self._layout.index(stream)
        name = path.relative_to(self._layout.root).as_posix()
        if self._files.size(path) is None:
            self._report.note(name, "", "index_missing", "it is made anew at the next start")
            return {}
        data = self._files.read(path)
        lines: dict[int, Line] = {}
        try:
            read_generation(data, stream, self.membership.practice)
            for line in read_lines(data[RECORD:]):
                lines[line.position] = line
        except IndexUnusable as error:
            self._report.fault(name, "", "index_damaged", f"{error}; it is made anew at the next start")
        if len(data) % RECORD:
            self._report.note(
                name, "", "index_cut", "its last record is cut; it is made anew at the next start"
            )
        return lines

    def _check_index(self, stream: Stream) -> None:
        name = self._layout.index(stream).relative_to(self._layout.root).as_posix()
        table, listed = self._register.tables[stream], self._lines[stream]
        held = {position: row for row, position in enumerate(table.positions)}
        end = max(listed, default=-1)
        elsewhere = {line.short for position, line in listed.items() if position not in held}
        for number, position in enumerate(table.positions):
            if position < end and position not in listed and table.short(number) not in elsewhere:
                place = f"entry at offset {position & 0xFFFFFFFF} of segment {position >> 32}"
                self._report.fault(name, place, "index_hole", "an entry between others is not listed")
        for position, line in listed.items():
            row = held.get(position)
            if row is None:
                self._check_listed(stream, position, line, name)
                continue
            expected = self._register.line(stream, row)
            if expected._replace(flags=expected.flags | line.flags & RECEIVED) != line:
                place = f"entry at offset {position & 0xFFFFFFFF} of segment {position >> 32}"
                meaning = "its line is wrong; the index is made anew at the next start"
                self._report.fault(name, place, "index_damaged", meaning)

    def _check_listed(self, stream: Stream, position: int, line: Line, name: str) -> None:
        """A line without its entry: it lies elsewhere too, was reported as damaged, or is lost."""
        if position in self._reported or self._register.find_short_of(stream, line) is not None:
            return
        place = f"segment {position >> 32}, offset {position & 0xFFFFFFFF}"
        meaning = f"entry {line.seq} of seat {line.seat.hex()} was acknowledged and cannot be read"
        self._report.fault(name, place, "entry_lost", meaning)
