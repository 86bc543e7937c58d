"""One stream on one device: frames in segments, and the index that lists them.

Law: an append is one write of whole frames and one fsync; only then is it listed, and only what is listed was
made sure of (S1, S7). What lies beyond is settled under the lock before the next append (S2–S4). Nothing is
ever truncated. Source: docs/format/store.md. The caller holds the directory's lock wherever this page says
so.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.errors import DiskFailed, DiskFull, FrameDamaged, IndexUnusable
from lanterne.journal.files import Files, append_durably, disk_errors, replace_small_file
from lanterne.journal.index import RECORD, Line, index_header, pack_lines, read_generation, read_lines
from lanterne.journal.layout import Layout
from lanterne.journal.segment import (
    ENTRY,
    FRAME_HEADER,
    SEGMENT_HEADER,
    SEGMENT_LIMIT,
    Bad,
    Frame,
    frame,
    frame_length,
    read_frame,
    said_more,
    scan,
    segment_header,
    unfinished,
)
from lanterne.wire.names import PracticeId, Stream

READ_AHEAD = 4 * 1024 * 1024
WRITE_LIMIT = 8 * 1024 * 1024


class Held(NamedTuple):
    """A frame read at its position; `payload` is None when its bytes no longer verify (S5)."""

    position: int
    kind: int
    payload: bytes | None


class Loose(NamedTuple):
    """A whole frame the index does not list."""

    position: int
    frame: Frame


def at(number: int, offset: int) -> int:
    """The position of a frame."""
    return number << 32 | offset


class StreamStore:
    """Reads and appends frames. Knows nothing of entries, seats or keys."""

    def __init__(self, layout: Layout, stream: Stream, practice: PracticeId, files: Files) -> None:
        self.layout, self.stream, self.practice, self.files = layout, stream, practice, files
        self._index_path = layout.index(stream)
        self._segments: dict[int, Path] = {}
        self.generation: bytes | None = None
        self.damages: list[tuple[int, int, int]] = []
        """Stretches found bad beyond what is listed: segment number, offset, end."""
        self._index_size = 0
        self._end = (0, 0)  # segment and offset after the last listed frame
        self._closed = True  # the next append begins a new segment (S3)
        self._end_damaged = False  # the last listed frame does not say how long it is
        self._refused: tuple[int, int] | None = None  # a failed write still to be set aside
        self._quiet: tuple[int, int] = (0, 0)  # last segment and its size when all beyond was settled

    def _segment(self, number: int) -> Path:
        path = self._segments.get(number)
        if path is None:
            path = self._segments[number] = self.layout.segment(self.stream, number)
        return path

    # ------------------------------------------------------------------ index

    def new_lines(self) -> Iterator[Line]:
        """Lines appended to the index since the last call, by anybody. Exhaust it.

        Raises:
            IndexUnusable: missing, wrong, or made anew by another process; read everything again, or rebuild.
        """
        path = self._index_path
        size = self.files.size(path)
        if size is None:
            raise IndexUnusable("there is no index")
        if self.generation is not None:
            if (
                read_generation(self.files.read(path, 0, RECORD), self.stream, self.practice)
                != self.generation
            ):
                raise IndexUnusable("the index was made anew")
            if size < self._index_size:
                raise IndexUnusable("the index became shorter")
            if size == self._index_size:
                return
        data = memoryview(self.files.read(path, self._index_size))
        if self.generation is None:
            self.generation = read_generation(bytes(data[:RECORD]), self.stream, self.practice)
            self._index_size, data = RECORD, data[RECORD:]
        furthest = -1
        for line in read_lines(data):
            furthest = max(furthest, line.position)
            yield line
        if furthest >= 0:
            self._index_size += len(data) - len(data) % RECORD
            self._note_end(furthest)

    def forget(self) -> None:
        """Start again from nothing: the next `new_lines` reads the whole index."""
        self.generation, self._index_size, self._end, self._closed = None, 0, (0, 0), True
        self._quiet = (0, 0)
        self.damages.clear()

    def _note_end(self, position: int) -> None:
        number, offset = position >> 32, position & 0xFFFFFFFF
        if (number, offset) < self._end:
            return
        found = self._read(number, offset, FRAME_HEADER)
        header = frame_length(found)
        if header is None:
            # The last listed frame is damaged: look for what follows it, and append elsewhere.
            self._end, self._closed, self._end_damaged = (number, offset + 1), True, True
        else:
            self._end, self._closed = (number, offset + FRAME_HEADER + header[0]), False
            self._end_damaged = False

    def list_lines(self, lines: Sequence[Line], *, durable: bool = False) -> None:
        """Append lines to the index; fsynced only when `durable`, since it can be rebuilt. Lock held.

        Raises:
            DiskFull, DiskFailed, IndexUnusable: make the index anew; what the lines list is safe all the same.
        """
        if not lines:
            return
        path = self._index_path
        with disk_errors("writing the index"):
            if (self.files.size(path) or 0) != self._index_size:
                raise IndexUnusable("the index ends in a cut record")
            handle = self.files.open_append(path)
            try:
                data = pack_lines(lines)
                if self.files.write(handle, data) != len(data):
                    raise IndexUnusable("the index could not be written whole")
                if durable:
                    self.files.fsync(handle)
            finally:
                self.files.close(handle)
        self._index_size += len(data)

    def replace_index(self, lines: Sequence[Line]) -> None:
        """Write the index anew (S7). Lock held. Raises DiskFull or DiskFailed."""
        generation = secrets.token_bytes(16)
        data = index_header(self.stream, self.practice, generation) + pack_lines(lines)
        replace_small_file(self.files, self._index_path, data)
        self.generation, self._index_size = generation, len(data)
        if lines:
            self._note_end(max(line.position for line in lines))

    # ------------------------------------------------------------------ reading

    def _read(self, number: int, offset: int, length: int | None = None) -> bytes:
        try:
            return self.files.read(self._segment(number), offset, length)
        except FileNotFoundError:
            return b""

    def read(self, position: int) -> tuple[int, bytes]:
        """(kind, payload) of the frame at `position`. Raises FrameDamaged."""
        number, offset = position >> 32, position & 0xFFFFFFFF
        data = self._read(number, offset, FRAME_HEADER)
        header = frame_length(data)
        if header is not None:
            found = read_frame(data + self._read(number, offset + FRAME_HEADER, header[0]), 0)
            if found is not None:
                return found.kind, found.payload
        raise FrameDamaged(
            "a frame no longer verifies", stream=self.stream.name, segment=number, offset=offset
        )

    def read_many(self, positions: Sequence[int]) -> Iterator[Held]:
        """The frames at these positions, which rise, read in large blocks."""
        number, start, data = -1, 0, b""
        for position in positions:
            segment, offset = position >> 32, position & 0xFFFFFFFF
            if segment != number or offset < start or offset + FRAME_HEADER > start + len(data):
                number, start = segment, offset
                data = self._read(number, start, READ_AHEAD)
            found = read_frame(data, offset - start)
            if found is None:
                header = frame_length(data, offset - start)
                if header is not None and offset - start + FRAME_HEADER + header[0] > len(data):
                    start = offset
                    data = self._read(number, start, max(READ_AHEAD, FRAME_HEADER + header[0]))
                    found = read_frame(data, 0)
            yield Held(position, found.kind if found else 0, found.payload if found else None)

    def segments(self) -> list[int]:
        """Numbers of the segments there are, rising."""
        names = self.files.listing(self.layout.stream(self.stream))
        return sorted(
            int(name[:8])
            for name in names
            if len(name) == 12 and name.endswith(".seg") and name[:8].isdigit()
        )

    def set_aside_offsets(self) -> dict[int, int]:
        """Where each segment was given up: nothing from there on counts (S4)."""
        prefix = self.stream.name.lower() + "-"
        offsets = {}
        for name in self.files.listing(self.layout.torn):
            pieces = name.removeprefix(prefix).split("-")
            if name.startswith(prefix) and len(pieces) == 2 and all(piece.isdigit() for piece in pieces):
                offsets[int(pieces[0])] = int(pieces[1])
        return offsets

    def scan(self, since: tuple[int, int] = (0, 0)) -> Iterator[tuple[int, list[Frame | Bad]]]:
        """Per segment, every frame and every bad stretch from `since` on; what was set aside is left out."""
        given_up = self.set_aside_offsets()
        for number in self.segments():
            if number < since[0]:
                continue
            data = self._read(number, 0)
            limit = given_up.get(number, len(data))
            start = since[1] if number == since[0] else SEGMENT_HEADER
            if limit < SEGMENT_HEADER or not data:
                continue
            items: list[Frame | Bad] = []
            if start <= SEGMENT_HEADER and data[:SEGMENT_HEADER] != segment_header(
                self.stream, self.practice, number
            ):
                items.append(Bad(0, min(SEGMENT_HEADER, len(data)), True))
            items.extend(scan(data[:limit], max(start, SEGMENT_HEADER)))
            yield number, items

    # ------------------------------------------------------------------ what lies beyond the index

    def _last(self) -> tuple[int, int]:
        """The last segment and its size, looking no further than one beyond the end."""
        number = self._end[0]
        size = self.files.size(self._segment(number)) or 0
        while (after := self.files.size(self._segment(number + 1))) is not None:
            number, size = number + 1, after
        return number, size

    def beyond(self) -> bool:
        """Whether there are bytes after what the index lists that were not settled yet. Cheap."""
        last = self._last()
        return last not in (self._end, self._quiet)

    def loose(self) -> Iterator[Loose]:
        """The whole frames that are not listed; sets an unfinished write aside (S4). Lock held. Exhaust it.

        The next append begins a new segment. The caller appends these frames again: whether they ever reached
        the disk is not known, since whoever wrote them died before listing them.
        """
        self.retire_refused()
        last = self._last()[0]
        for number, items in self.scan(self._end):
            if self._end_damaged and items and items[0].offset == self._end[1] and isinstance(items[0], Bad):
                # What is left of the last listed frame: damage (S5), whatever else lies in it, and no unfinished write.
                del items[0]
            # Only the last write of the last segment can be unfinished: an append after one begins a new
            # segment.
            torn = unfinished(items) if number == last else None
            for item in items:
                if torn is not None and item.offset >= torn:
                    try:
                        self.set_aside(number, torn)
                    except DiskFull:
                        # Reading needs no space: done before anything is appended, in this process or another.
                        self._refused = (number, torn)
                    break
                if isinstance(item, Bad):
                    self.damages.append((number, item.offset, item.end))
                else:
                    yield Loose(at(number, item.offset), item)
        self._quiet, self._closed = self._last(), True

    def set_aside(self, number: int, offset: int) -> None:
        """Copy a segment's bytes from `offset` on to `journal/torn/`: they count no more (S4)."""
        data = self._read(number, offset)
        if data:
            replace_small_file(self.files, self.layout.set_aside(self.stream, number, offset), data)

    def accept(self, position: int) -> None:
        """A loose frame counts where it lies (when the disk is too full to append it again)."""
        self._note_end(position)
        self._closed = True

    # ------------------------------------------------------------------ appending

    def append(self, payloads: Sequence[bytes], kinds: Sequence[int] | None = None) -> list[int]:
        """Positions of the payloads, once they are on the disk (S1). Lock held, everything settled before.

        `kinds`: of each frame; whole entries when left out.

        Raises:
            DiskFull, DiskFailed: nothing of the group that failed counts; the segment is closed (S3). What
                was written in earlier groups of the same call is whole on the disk but not listed.
        """
        self.retire_refused()
        positions: list[int] = []
        rest = list(zip(payloads, kinds or [ENTRY] * len(payloads), strict=True))
        while rest:
            number, offset = self._end
            path = self._segment(number)
            if self._closed or offset >= SEGMENT_LIMIT or self.files.size(path) != offset:
                number, offset = self._last()[0] + 1, 0
            count, size = 0, max(offset, SEGMENT_HEADER)
            begun = size
            while count < len(rest) and (count == 0 or (size < SEGMENT_LIMIT and size - begun < WRITE_LIMIT)):
                size += FRAME_HEADER + len(rest[count][0])
                count += 1
            frames = [segment_header(self.stream, self.practice, number)] if offset == 0 else []
            place = begun
            for index, (payload, kind) in enumerate(rest[:count]):
                frames.append(frame(payload, kind, more=index < count - 1))
                positions.append(at(number, place))
                place += FRAME_HEADER + len(payload)
            self._append(number, offset, b"".join(frames))
            self._end, self._closed = (number, place), False
            rest = rest[count:]
        return positions

    def _append(self, number: int, offset: int, data: bytes) -> None:
        path = self._segment(number)
        with disk_errors("appending to the journal"):
            try:
                if offset == 0:
                    self.files.make_directories(path.parent)
                append_durably(self.files, path, data, new=offset == 0)
            except OSError:
                # The person is told it failed, so it must stay failed: set aside now if the disk lets us, at
                # the next append otherwise; the error itself goes on.
                self._closed, self._refused = True, (number, offset)
                self._quiet = self._last()
                with suppress(DiskFull, DiskFailed):
                    self.retire_refused()
                raise

    def retire_refused(self) -> None:
        """Set a failed write aside, if there is one. Lock held. Raises DiskFull or DiskFailed."""
        if self._refused is not None:
            self.set_aside(*self._refused)
            self._refused = None

    def rewrite(self, number: int, frames: Mapping[int, tuple[int, bytes]]) -> None:
        """Write a segment anew with these frames, (kind, payload) by offset, where they belong (S8). Lock held,
        everything settled before.

        A payload is as long as the one that stood there, so nothing else moves. The segment may have been cut short,
        or be gone: what is not known of it is zeros, damage as before.

        Raises:
            DiskFull, DiskFailed: the old segment stands.
        """
        self.retire_refused()
        data = bytearray(self._read(number, 0))
        data[:SEGMENT_HEADER] = segment_header(self.stream, self.practice, number)
        for offset, (kind, payload) in sorted(frames.items()):
            end = offset + FRAME_HEADER + len(payload)
            if len(data) < end:
                data += bytes(end - len(data))
            more = said_more(data, offset, payload, kind)
            data[offset:end] = frame(payload, kind, more=more)
        replace_small_file(self.files, self._segment(number), bytes(data))
        self._quiet = (0, 0)

    def header_stands(self, number: int) -> bool:
        """Whether the 64 bytes a segment begins with are what they must be; also when nothing of it counts."""
        data = self._read(number, 0, SEGMENT_HEADER)
        given_up = self.set_aside_offsets().get(number, SEGMENT_HEADER)
        return given_up < SEGMENT_HEADER or data == segment_header(self.stream, self.practice, number)

    def stretch(self, number: int, offset: int, length: int) -> bytes:
        """Bytes of a segment as they lie, fewer when it ends before."""
        return self._read(number, offset, length)

    def end(self) -> tuple[int, int]:
        """Segment and offset after the last frame that counts."""
        return self._end
