"""Entries one after another, as they travel: each led by its length, at a relay also by its position.

Law: a list is read whole or refused whole; no length is believed beyond what was received; an entry is not
looked into here. Source: docs/format/exchange.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lanterne.wire.entry import MAX_ENTRY_BYTES, PREAMBLE_SIZE
from lanterne.wire.exchange import MAX_BATCH, NUMBER_LIMIT, MessageRefused

MAX_ENTRIES = 1024
"""Entries in one `give`: so a receipt stays small enough to be handed on in a statement."""
LENGTH_SIZE = 4
_length = struct.Struct(">I")
_position = struct.Struct(">Q")


class Placed(NamedTuple):
    """An entry as a relay hands it over; `position` from 1, in its order of arrival there."""

    position: int
    raw: bytes


class Piece(NamedTuple):
    """Part of a longer list of entries, and whether more is left."""

    entries: tuple[bytes, ...]
    more: bool


class PlacedPiece(NamedTuple):
    """Part of what a relay holds in order of arrival, and whether more is left."""

    entries: tuple[Placed, ...]
    more: bool


def frame(entries: Iterable[bytes]) -> bytes:
    """Framed entries: length (4) then raw bytes, for each."""
    return b"".join(piece for raw in entries for piece in (_length.pack(len(raw)), raw))


def read_framed(
    data: bytes, *, at_most: int = MAX_BATCH, most_entries: int | None = None
) -> tuple[bytes, ...]:
    """The raw entries in `data`; MessageRefused (X2) when too long, too many, or cut short."""
    if len(data) > at_most:
        raise MessageRefused("X2", f"{len(data)} bytes of entries, {at_most} allowed")
    found = []
    at = 0
    while at < len(data):
        raw, at = _take(data, at)
        found.append(raw)
        if most_entries is not None and len(found) > most_entries:
            raise MessageRefused("X2", f"more than {most_entries} entries")
    return tuple(found)


def frame_piece(entries: Sequence[bytes], *, more: bool) -> bytes:
    """The answer of `entries` and `members`: 1 or 0 (whether more is left), then framed entries."""
    return bytes([more]) + frame(entries)


def read_piece(data: bytes) -> Piece:
    """What `frame_piece` made; MessageRefused (X2)."""
    more = _more(data)
    return Piece(read_framed(data[1:]), more)


def frame_placed(entries: Sequence[Placed], *, more: bool) -> bytes:
    """The answer of `since`: 1 or 0, then for each entry its position (8), its length (4), its bytes."""
    pieces = [bytes([more])]
    for position, raw in entries:
        pieces += (_position.pack(position), _length.pack(len(raw)), raw)
    return b"".join(pieces)


def read_placed(data: bytes) -> PlacedPiece:
    """What `frame_placed` made; positions rise without a gap. MessageRefused (X2)."""
    more = _more(data)
    # Positions cost 8 bytes each beyond what framed entries do.
    if len(data) > 2 * MAX_BATCH:
        raise MessageRefused("X2", f"{len(data)} bytes of entries")
    found: list[Placed] = []
    at = 1
    while at < len(data):
        if len(data) - at < _position.size:
            raise MessageRefused("X2", "a position is cut short")
        (position,) = _position.unpack_from(data, at)
        raw, at = _take(data, at + _position.size)
        if not 0 < position < NUMBER_LIMIT or (found and position != found[-1].position + 1):
            raise MessageRefused("X2", "positions do not follow each other")
        found.append(Placed(position, raw))
    return PlacedPiece(tuple(found), more)


def framed_size(raw: bytes) -> int:
    """Bytes an entry takes in a list."""
    return LENGTH_SIZE + len(raw)


def _more(data: bytes) -> bool:
    if not data or data[0] > 1:
        raise MessageRefused("X2", "does not say whether more is left")
    return data[0] == 1


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    if len(data) - at < LENGTH_SIZE:
        raise MessageRefused("X2", "a length is cut short")
    (size,) = _length.unpack_from(data, at)
    at += LENGTH_SIZE
    if not PREAMBLE_SIZE <= size <= MAX_ENTRY_BYTES:
        raise MessageRefused("X2", f"an entry of {size} bytes")
    if len(data) - at < size:
        raise MessageRefused("X2", "an entry is cut short")
    return data[at : at + size], at + size
