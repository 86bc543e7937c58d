"""Messages between holders of one practice's entries: what all of them share.

Law: a message is MessagePack in its one form, with a limit in bytes and a limit on every list, and a field of
another shape refuses the whole message; unknown fields are let pass, since signed bytes are kept and handed
on as they came. Nothing here holds a key: what is signed is checked in `proof.exchange`. Source:
docs/format/exchange.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, NewType, TypeVar

from lanterne.wire import packing
from lanterne.wire.errors import CheckFailed, PackingError
from lanterne.wire.names import ChainId, EntryHash, Head, SeatId, Stream

FORMAT = 1
"""Of every message that says its format."""
MEDIA_TYPE = "application/x-lanterne"
MAX_MESSAGE = 4 * 1024 * 1024
"""Bytes of one MessagePack message."""
MAX_BATCH = 8 * 1024 * 1024
"""Bytes of framed entries in one request or answer, and of one piece of a blob."""
MAX_HEADS = 4096
MAX_TEXT = 2000
"""Characters of a sentence."""
SIGNATURE_SIZE = 64
MOMENT_LIMIT = 1 << 48
SAYABLE_MS = 253_370_764_800_000
"""1 January 9999: a moment beyond, which somebody else may well have signed, is shown as this one. No calendar of
ours goes further than that year, and MOMENT_LIMIT does.
"""
NUMBER_LIMIT = 1 << 63

HolderId = NewType("HolderId", str)
"""32 hex digits: a device or a relay, as the one who is asked and answers."""
BlobName = NewType("BlobName", str)
"""64 hex digits: SHA-256 of the sealed bytes."""

STATEMENT_CONTEXT = b"lanterne/heads/1\0"
RECEIPT_CONTEXT = b"lanterne/receipt/1\0"
NOTICE_CONTEXT = b"lanterne/notice/1\0"
REQUEST_CONTEXT = b"lanterne/request/1\0"
ANSWER_CONTEXT = b"lanterne/answer/1\0"

T = TypeVar("T")
_STREAMS = {int(stream): stream for stream in Stream}


class MessageRefused(CheckFailed):
    """A message between holders broke its form (X1), or one of the checks H1–H4."""

    word = "exchange.refused"


@dataclass(frozen=True, slots=True)
class Signed(Generic[T]):
    """What was read, the exact bytes that were signed, and a signature that nobody has checked yet."""

    value: T
    packed: bytes
    signature: bytes

    @property
    def raw(self) -> bytes:
        """As it is handed on: the map, then its signature."""
        return self.packed + self.signature

    @property
    def hash(self) -> str:
        """64 hex digits: SHA-256 of the signed map."""
        return hashlib.sha256(self.packed).hexdigest()


def split_signed(
    data: bytes, what: str, check: str = "X1", *, at_most: int = MAX_MESSAGE
) -> tuple[bytes, bytes]:
    """Map and signature of a signed message; MessageRefused when too long or too short for both."""
    if not SIGNATURE_SIZE < len(data) <= at_most:
        raise MessageRefused(check, f"{what}: {len(data)} bytes")
    return data[:-SIGNATURE_SIZE], data[-SIGNATURE_SIZE:]


class Fields:
    """Takes typed fields out of a decoded map; a missing or misshapen one refuses the message."""

    __slots__ = ("_check", "_tree", "_what")

    def __init__(self, tree: object, what: str, check: str = "X1") -> None:
        if type(tree) is not dict:
            raise MessageRefused(check, f"{what}: not a map")
        self._tree: Mapping[str, Any] = tree
        self._what = what
        self._check = check

    @classmethod
    def unpack(cls, data: bytes, what: str, check: str = "X1", *, at_most: int = MAX_MESSAGE) -> Fields:
        """The fields of the map in `data`, which is nothing but that map in its one form."""
        try:
            tree = packing.decode(data, max_bytes=at_most, max_depth=8)
        except PackingError as error:
            raise MessageRefused(check, f"{what}: {error}") from error
        return cls(tree, what, check)

    def refuse(self, why: str) -> MessageRefused:
        return MessageRefused(self._check, f"{self._what}: {why}")

    def has(self, field: str) -> bool:
        """Whether an optional field is there, and not nil."""
        return self._tree.get(field) is not None

    def given(self, field: str) -> bool:
        """Whether a field, which must be there, is not nil."""
        return self.value(field) is not None

    def value(self, field: str) -> object:
        if field not in self._tree:
            raise self.refuse(f"{field} is missing")
        return self._tree[field]

    def format(self) -> None:
        """Raise MessageRefused unless the message is of the format we know."""
        found = self.integer("format", 1 << 32)
        if found != FORMAT:
            raise self.refuse(f"format {found}: written by a newer Lanterne")

    def octets(self, field: str, size: int | None = None, *, at_most: int = MAX_BATCH) -> bytes:
        """Bytes of exactly `size`, or of at most `at_most`."""
        value = self.value(field)
        if type(value) is not bytes or len(value) > at_most or (size is not None and len(value) != size):
            raise self.refuse(f"{field} is not {size if size is not None else 'a few'} bytes")
        return value

    def id(self, field: str, size: int = 16) -> str:
        """An id of `size` bytes, as hex."""
        return self.octets(field, size).hex()

    def integer(self, field: str, below: int, *, at_least: int = 0) -> int:
        value = self.value(field)
        if type(value) is not int or not at_least <= value < below:
            raise self.refuse(f"{field} is not an integer from {at_least} to {below - 1}")
        return value

    def text(self, field: str, at_most: int = MAX_TEXT) -> str:
        value = self.value(field)
        if type(value) is not str or len(value) > at_most:
            raise self.refuse(f"{field} is not a text of at most {at_most} characters")
        return value

    def items(self, field: str, at_most: int) -> Sequence[object]:
        value = self.value(field)
        if type(value) is not list or len(value) > at_most:
            raise self.refuse(f"{field} is not a list of at most {at_most}")
        return value

    def blobs(self, field: str, at_most: int) -> tuple[BlobName, ...]:
        """Names of blobs."""
        found = self.items(field, at_most)
        return tuple(BlobName(name.hex()) for name in (self._octets_of(field, item, 32) for item in found))

    def signed(self, field: str, at_most: int, most_bytes: int = MAX_MESSAGE) -> tuple[bytes, ...]:
        """Signed messages, each as raw bytes."""
        return tuple(self._octets_of(field, item, None, most_bytes) for item in self.items(field, at_most))

    def integers(self, field: str, at_most: int, below: int) -> tuple[int, ...]:
        found = []
        for item in self.items(field, at_most):
            if type(item) is not int or not 0 <= item < below:
                raise self.refuse(f"{field} holds something else than small integers")
            found.append(item)
        return tuple(found)

    def heads(self, field: str, at_most: int = MAX_HEADS) -> tuple[Head, ...]:
        """Heads, strictly sorted (`head_key`)."""
        found = tuple(_head(Fields(item, self._what, self._check)) for item in self.items(field, at_most))
        if any(head_key(one) >= head_key(other) for one, other in pairwise(found)):
            raise self.refuse(f"{field} are not strictly sorted")
        return found

    def _octets_of(self, field: str, item: object, size: int | None, at_most: int = MAX_BATCH) -> bytes:
        if type(item) is not bytes or len(item) > at_most or (size is not None and len(item) != size):
            raise self.refuse(f"{field} holds something else than bytes of the right length")
        return item


def head_key(head: Head) -> tuple[SeatId, int, int, int, EntryHash]:
    """The order of heads in a message: seat, incarnation, stream, number, hash (both branches of a fork)."""
    chain = head.chain
    return chain.seat, chain.incarnation, int(chain.stream), head.seq, head.hash


def _head(fields: Fields) -> Head:
    chain = read_chain(fields)
    number = fields.integer("seq", NUMBER_LIMIT, at_least=1)
    return Head(chain, number, EntryHash(fields.id("hash", 32)))


def chain_to_wire(chain: ChainId) -> dict[str, Any]:
    """The three fields that name a chain."""
    return {
        "seat": bytes.fromhex(chain.seat),
        "incarnation": chain.incarnation,
        "stream": int(chain.stream),
    }


def read_chain(fields: Fields) -> ChainId:
    """The chain named by three fields."""
    stream = _STREAMS.get(fields.integer("stream", 256))
    if stream is None:
        raise fields.refuse("unknown stream")
    return ChainId(SeatId(fields.id("seat")), fields.integer("incarnation", 1 << 32), stream)


def heads_to_wire(heads: Sequence[Head]) -> list[dict[str, Any]]:
    """The list `Fields.heads` reads, sorted."""
    return [
        {**chain_to_wire(head.chain), "seq": head.seq, "hash": bytes.fromhex(head.hash)}
        for head in sorted(heads, key=head_key)
    ]
