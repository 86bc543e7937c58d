"""The index of a stream: 64 bytes an entry, so that opening reads no entry.

Law: disposable. A record is appended after the fsync of its segment, so it also says "this was made sure of";
it is never trusted for content. A later record for the same place replaces the earlier one (a rank that a
late head raised). Source: docs/format/store.md S7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

from lanterne.journal.errors import IndexUnusable
from lanterne.wire.names import PracticeId, Stream

RECORD = 64
WAITS = 1
"""Flag: names a head that is not held, so its rank may still rise."""
EMPTIED = 2
"""Flag: the parts were dropped."""
RECEIVED = 4
"""Flag: it came from elsewhere. A seat whose own newest entry did goes on in a new incarnation."""

_HEADER = struct.Struct(">4sBBH32s16sI")
_LINE = struct.Struct(">16s16sIQIIQ")
_CRC = struct.Struct(">I")
_OFFSET_BITS = 28


class Line(NamedTuple):
    """One record. `short` is the first 16 bytes of the entry hash, `position` segment << 32 | offset."""

    short: bytes
    seat: bytes
    incarnation: int
    seq: int
    position: int
    flags: int
    rank: int


def index_header(stream: Stream, practice: PracticeId, generation: bytes) -> bytes:
    """First record; `generation` (16 bytes) tells other processes that the file was made anew."""
    head = _HEADER.pack(b"LNTI", 1, stream, 0, bytes.fromhex(practice), generation, 0)
    return head + _CRC.pack(crc32(head))


def read_generation(data: bytes, stream: Stream, practice: PracticeId) -> bytes:
    """The generation in a header; IndexUnusable when it is not one of this stream and practice."""
    if len(data) < RECORD:
        raise IndexUnusable("the index has no header")
    generation = data[40:56]
    if data[:RECORD] != index_header(stream, practice, generation):
        raise IndexUnusable("the header of the index is wrong")
    return generation


def pack_lines(lines: Iterable[Line]) -> bytes:
    """The records of these lines."""
    packed = []
    for short, seat, incarnation, seq, position, flags, rank in lines:
        place = (flags << _OFFSET_BITS) | (position & 0xFFFFFFFF)
        record = _LINE.pack(short, seat, incarnation, seq, position >> 32, place, rank)
        packed.append(record)
        packed.append(_CRC.pack(crc32(record)))
    return b"".join(packed)


def read_lines(data: bytes | memoryview) -> Iterator[Line]:
    """The lines of whole records.

    A cut record at the end is left for later; a wrong one raises IndexUnusable.
    """
    whole = len(data) - len(data) % RECORD
    unpack, check, mask = _LINE.unpack_from, _CRC.unpack_from, (1 << _OFFSET_BITS) - 1
    for at in range(0, whole, RECORD):
        if check(data, at + 60)[0] != crc32(data[at : at + 60]):
            raise IndexUnusable("a record of the index is wrong", record=at // RECORD)
        short, seat, incarnation, seq, segment, place, rank = unpack(data, at)
        yield Line(short, seat, incarnation, seq, segment << 32 | (place & mask), place >> _OFFSET_BITS, rank)
