"""Segments and frames: bytes in, frames out, whatever happened to the bytes.

Law: reading never stops at a bad frame and never believes one. Pure: no file is touched here.
Source: docs/format/store.md, "Segment", S4, S5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from lanterne.wire.names import PracticeId, Stream

SEGMENT_HEADER = 64
SEGMENT_LIMIT = 64 * 1024 * 1024
FRAME_HEADER = 32
FRAME_MAGIC = b"\xf5LNF"
ENTRY, EMPTIED = 1, 2
MAX_PAYLOAD = 80 + 16_640 + 64 + 4 * 1024 * 1024
"""The longest entry: preamble, header, signature, body (E5)."""

_SEGMENT = struct.Struct(">4sBBH32sII")
_FRAME = struct.Struct(">4sBBHI")
_CRC = struct.Struct(">I")


class Frame(NamedTuple):
    """A frame that verifies. `more`: the next frame belongs to the same write.

    `found`: after a search for the magic.
    """

    offset: int
    end: int
    kind: int
    more: bool
    found: bool
    payload: bytes


class Bad(NamedTuple):
    """Bytes from `offset` to `end` that are no frame. `more` is None when even the header does not verify."""

    offset: int
    end: int
    more: bool | None


def segment_header(stream: Stream, practice: PracticeId, number: int) -> bytes:
    """The 64 bytes a segment begins with."""
    head = _SEGMENT.pack(b"LNTS", 1, stream, 0, bytes.fromhex(practice), number, 0)
    return head + sha256(head).digest()[:16]


def frame(payload: bytes, kind: int = ENTRY, *, more: bool = False) -> bytes:
    """A frame around `payload`."""
    head = _FRAME.pack(FRAME_MAGIC, kind, more, 0, len(payload))
    return b"".join((head, _CRC.pack(crc32(head)), _digest(head, payload), payload))


def _digest(head: bytes, payload: bytes | memoryview) -> bytes:
    digest = sha256(head)
    digest.update(payload)
    return digest.digest()[:16]


def frame_length(data: bytes | memoryview, offset: int = 0) -> tuple[int, bool] | None:
    """(length of the payload, more) of the frame header at `offset`; None when there is no valid header."""
    head = bytes(data[offset : offset + 16])
    if len(head) < 16 or head[:4] != FRAME_MAGIC or _CRC.unpack_from(head, 12)[0] != crc32(head[:12]):
        return None
    _, kind, more, zero, length = _FRAME.unpack_from(head)
    if kind not in (ENTRY, EMPTIED) or more > 1 or zero or length > MAX_PAYLOAD:
        return None
    return length, bool(more)


def read_frame(data: bytes, offset: int, *, found: bool = False) -> Frame | None:
    """The frame at `offset`, or None when it is not whole and right."""
    if offset + FRAME_HEADER > len(data) or (header := frame_length(data, offset)) is None:
        return None
    length, more = header
    start = offset + FRAME_HEADER
    payload = data[start : start + length]
    if len(payload) < length or _digest(data[offset : offset + 12], payload) != data[offset + 16 : start]:
        return None
    return Frame(offset, start + length, data[offset + 4], more, found, payload)


def said_more(data: bytes | bytearray, offset: int, payload: bytes, kind: int) -> bool:
    """What the damaged frame at `offset`, which held `payload`, said of the one after it: from its header when that
    verifies, else from its digest, which covers the header; False when neither tells.
    """
    header = frame_length(memoryview(data), offset)
    if header is not None:
        return header[1]
    return frame(payload, kind, more=True)[16:FRAME_HEADER] == data[offset + 16 : offset + FRAME_HEADER]


def scan(data: bytes, start: int = SEGMENT_HEADER) -> Iterator[Frame | Bad]:
    """Every frame of a segment's bytes, and every stretch that is none, in order.

    After a frame whose header verifies, reading goes on where it says it ends. Otherwise at the next header
    that verifies; what is found that way is marked, since a hostile entry may carry a frame of its own
    inside.
    """
    offset, size, found = start, len(data), False
    while offset < size:
        good = read_frame(data, offset, found=found)
        if good is not None:
            yield good
            offset = good.end
            continue
        header = frame_length(data, offset)
        after = offset + FRAME_HEADER + header[0] if header else 0
        if header is None or (after != size and (after > size or frame_length(data, after) is None)):
            after, found = _next_header(data, offset + 1), True
        yield Bad(offset, after, None if header is None else header[1])
        offset = after


def _next_header(data: bytes, offset: int) -> int:
    while (offset := data.find(FRAME_MAGIC, offset)) >= 0:
        if frame_length(data, offset) is not None:
            return offset
        offset += 1
    return len(data)


def unfinished(items: list[Frame | Bad]) -> int | None:
    """Where the unfinished write begins, if what is at the end of a segment can be one; None otherwise (S4).

    `items` are what `scan` found after the last frame the index lists. Only the last write of a segment can be
    unfinished, since the next append begins a new segment. A write counts whole or not at all: a bad stretch, or a
    missing end, gives up its write from the first frame on, unless another write was begun after it; then the bad
    stretch is damage.
    """
    begin = 0
    for place, item in enumerate(items):
        if isinstance(item, Bad) and not _another_write_follows(item, items[place + 1 :]):
            return items[begin].offset
        if item.more is False:
            begin = place + 1
    return items[begin].offset if begin < len(items) and isinstance(items[-1], Frame) else None


def _another_write_follows(bad: Bad, later: list[Frame | Bad]) -> bool:
    ended = bad.more is False
    for following in later:
        if ended:
            return True
        ended = following.more is False
    return False
