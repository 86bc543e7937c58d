"""Entries that no honest program makes: every field can be set, and the signature still holds.

The writer in `lanterne.wire` refuses to make what a reader refuses, so wrong entries are packed here by
hand, from docs/format/entry.md alone.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import zstandard

from lanterne.seal.secrets import seal
from lanterne.wire import packing

PART_CONTEXT = b"lanterne/part/1\0"


@dataclass(frozen=True)
class ForgedPart:
    """A part; `size` and `digest` are true unless given."""

    compartment: int
    mode: int
    key_id: bytes
    body: bytes = b""
    plaintext: bytes | None = None
    part_key: bytes = bytes(32)
    reserved: bytes = b"\0\0"
    size: int | None = None
    digest: bytes | None = None


@dataclass(frozen=True)
class Forged:
    """An entry, field by field. Lengths and counts are true unless given."""

    practice: bytes
    seat: bytes
    stream: int
    seq: int
    time: int
    parts: tuple[ForgedPart, ...]
    sign: Callable[[bytes], bytes]
    magic: bytes = b"LNTE"
    suite: int = 1
    layout: int = 1
    incarnation: int = 0
    prev: bytes = bytes(32)
    heads: tuple[bytes, ...] = ()
    heads_count: int | None = None
    reserved: int = 0
    header_size: int | None = None
    body_size: int | None = None
    parts_count: int | None = None
    nonce: bytes = field(default=b"frozen nonce of 24 bytes")
    bound_to: Any = None
    """Another Forged to whose associated data the parts are sealed."""

    def but(self, **changes: Any) -> Forged:
        return replace(self, **changes)

    def signed(self, digests: list[bytes], sizes: list[int]) -> bytes:
        parts = b"".join(
            struct.pack(
                ">BB2s16sI32s",
                part.compartment,
                part.mode,
                part.reserved,
                part.key_id,
                size if part.size is None else part.size,
                digest,
            )
            for part, digest, size in zip(self.parts, digests, sizes, strict=True)
        )
        header = struct.pack(
            ">32sQHH",
            self.prev,
            self.time,
            len(self.heads) if self.heads_count is None else self.heads_count,
            self.reserved,
        )
        header += b"".join(self.heads) + parts
        preamble = struct.pack(
            ">4sBBBB32s16sIQIQ",
            self.magic,
            self.suite,
            self.layout,
            self.stream,
            len(self.parts) if self.parts_count is None else self.parts_count,
            self.practice,
            self.seat,
            self.incarnation,
            self.seq,
            len(header) if self.header_size is None else self.header_size,
            sum(sizes) if self.body_size is None else self.body_size,
        )
        return preamble + header

    def raw(self) -> bytes:
        sizes = [
            len(part.body) if part.plaintext is None else len(part.plaintext) + 40 for part in self.parts
        ]
        blank = (self.bound_to or self).signed([bytes(32)] * len(self.parts), sizes)
        bodies = []
        for part in self.parts:
            bound = PART_CONTEXT + blank + bytes([part.compartment])
            if part.plaintext is None:
                bodies.append(part.body)
            else:
                bodies.append(seal(part.part_key, part.plaintext, bound, lambda _size: self.nonce))
        digests = [
            hashlib.sha256(body).digest() if part.digest is None else part.digest
            for part, body in zip(self.parts, bodies, strict=True)
        ]
        signed = self.signed(digests, sizes)
        return signed + self.sign(signed) + b"".join(bodies)


def head(
    seat: bytes, stream: int, seq: int, digest: bytes, incarnation: int = 0, zero: bytes = b"\0\0\0"
) -> bytes:
    """A head, 64 bytes."""
    return struct.pack(">16sIB3sQ32s", seat, incarnation, stream, zero, seq, digest)


def flip(data: bytes, byte: int, bit: int = 0) -> bytes:
    """One bit turned."""
    changed = bytearray(data)
    changed[byte] ^= 1 << bit
    return bytes(changed)


def fact(number: int, kind: str = "note.recorded", **changes: Any) -> dict[str, Any]:
    """A fact as it stands in MessagePack."""
    row: dict[str, Any] = {
        "id": hashlib.sha256(f"fact {number}".encode()).digest()[:16],
        "kind": kind,
        "v": 1,
        "replaces": [],
        "at": "2026-01-02",
        "body": {"text": f"Note {number}"},
    }
    return {name: value for name, value in (row | changes).items() if value is not ...}


def frame(*facts: Any, subject: bytes | None = None, **changes: Any) -> bytes:
    """The plaintext of a part."""
    return zstd(packing._encode({"subject": subject, "facts": list(facts)} | changes))


def zstd(packed: bytes, **options: Any) -> bytes:
    return zstandard.ZstdCompressor(level=3, **options).compress(packed)


def deep(levels: int) -> Any:
    """Lists in lists."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value
