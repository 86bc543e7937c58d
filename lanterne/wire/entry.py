"""The bytes of an entry, layout 1: reading (E1–E11) and building.

Law: checks run in the order of docs/format/entry.md and the first that fails refuses the entry; the signature
(E8) is checked before anything else of the header is parsed or anything is allocated. Raw bytes are kept,
hashed and compared; nothing is re-encoded. Wire knows no key: the check of a signature is given by the
caller.

Reading 300,000 entries is what bounds a first copy; hence `struct.unpack_from`, one object an entry, no enum
calls.
"""

import hashlib
import struct
from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

import msgspec

from lanterne.wire.errors import EntryRefused, UnknownLayout, UnknownSuite
from lanterne.wire.names import (
    NO_ENTRY,
    NO_KEY,
    ChainId,
    Compartment,
    EntryHash,
    Head,
    KeyId,
    PartMode,
    PracticeId,
    SeatId,
    Stream,
)

MAGIC = b"LNTE"
SUITE = 1
LAYOUT = 1
ENTRY_CONTEXT = b"lanterne/entry/1\0"
PART_CONTEXT = b"lanterne/part/1\0"
PREAMBLE_SIZE = 80
SIGNATURE_SIZE = 64
MAX_HEADS = 256
MAX_PART = 2 * 1024 * 1024
MAX_BODY = 4 * 1024 * 1024
_FIXED = 44
_HEAD_SIZE = 64
_PART_SIZE = 56
MAX_HEAD_BYTES = PREAMBLE_SIZE + _FIXED + _HEAD_SIZE * MAX_HEADS + _PART_SIZE * 2 + SIGNATURE_SIZE
"""No head is longer, in bytes."""
MAX_ENTRY_BYTES = MAX_HEAD_BYTES + MAX_BODY

_preamble = struct.Struct(">4sBBBB32s16sIQIQ")
_fixed = struct.Struct(">32sQHH")
_head = struct.Struct(">16sIB3sQ32s")
_part = struct.Struct(">BB2s16sI32s")

_STREAMS = {int(stream): stream for stream in Stream}
_PART_COUNTS = {int(Stream.CARE): (1, 2), int(Stream.TRACE): (1,), int(Stream.MEMBERS): (1,)}
_SEALED = (int(PartMode.EPOCH), int(PartMode.DEPOSIT))
_ALLOWED = {
    int(Stream.CARE): {
        (int(place), mode) for place in (Compartment.OFFICE, Compartment.MEDICAL) for mode in _SEALED
    },
    int(Stream.TRACE): {(int(Compartment.TRACE), mode) for mode in _SEALED},
    int(Stream.MEMBERS): {(int(Compartment.CLEAR), int(PartMode.CLEAR))},
}
_COMPARTMENTS = {int(place): place for place in Compartment}
_MODES = {int(mode): mode for mode in PartMode}
_ZERO_16 = bytes(16)
_ZERO_32 = bytes(32)

KeyOf = Callable[[SeatId], bytes | None]
"""The public signing key of a seat (or of the sheet), None when unknown."""
CheckSignature = Callable[[SeatId, bytes, bytes], None]
"""`check(seat, signed, signature)` raises EntryRefused("E8", …) when the signature does not verify."""


class Preamble(NamedTuple):
    """The first 80 bytes, checked by E1–E6. Sizes in bytes."""

    stream: Stream
    parts: int
    practice: PracticeId
    seat: SeatId
    incarnation: int
    seq: int
    header_size: int
    body_size: int

    @property
    def head_size(self) -> int:
        """Preamble, header and signature."""
        return PREAMBLE_SIZE + self.header_size + SIGNATURE_SIZE

    @property
    def entry_size(self) -> int:
        """The whole entry."""
        return self.head_size + self.body_size


class PartDescriptor(NamedTuple):
    """What the header says of a part; `size` in bytes, `digest` is the SHA-256 of the sealed part."""

    compartment: Compartment
    mode: PartMode
    key_id: KeyId
    size: int
    digest: bytes


class EntryHead(msgspec.Struct, frozen=True, gc=False):
    """Preamble, header and signature of an entry.

    `time` is hybrid: milliseconds since 1970-01-01 UTC in the upper 48 of 64 bits, a counter in the lower 16.
    `signed` is preamble and header; `hash` is the entry hash.
    """

    practice: PracticeId
    seat: SeatId
    incarnation: int
    stream: Stream
    seq: int
    prev: EntryHash
    time: int
    heads: tuple[Head, ...]
    parts: tuple[PartDescriptor, ...]
    signature: bytes
    signed: bytes
    hash: EntryHash

    @property
    def chain(self) -> ChainId:
        return ChainId(self.seat, self.incarnation, self.stream)

    @property
    def raw(self) -> bytes:
        """The bytes of the head: what is kept of an emptied entry."""
        return self.signed + self.signature

    @property
    def time_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return self.time >> 16

    @property
    def as_head(self) -> Head:
        """This entry as others name it in their heads."""
        return Head(self.chain, self.seq, self.hash)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A head and its sealed parts; a part is None once emptied."""

    head: EntryHead
    bodies: tuple[bytes | None, ...]
    raw: bytes


def read_preamble(data: bytes, *, practice: PracticeId | None) -> Preamble:
    """E1–E6. With `practice` None, E6 is left to the caller (a relay that carries many).

    Raises:
        EntryRefused: with the number of the check; UnknownSuite and UnknownLayout for E2 and E3.
    """
    if len(data) < PREAMBLE_SIZE or data[:4] != MAGIC:
        raise EntryRefused("E1", "not an entry")
    (_, suite, layout, stream, parts, place, seat, incarnation, seq, header_size, body_size) = (
        _preamble.unpack_from(data)
    )
    if suite != SUITE:
        raise UnknownSuite("E2", f"suite {suite}: written by a newer Lanterne", suite=suite)
    if layout != LAYOUT:
        raise UnknownLayout("E3", f"layout {layout}: written by a newer Lanterne", layout=layout)
    if parts not in _PART_COUNTS.get(stream, ()):
        raise EntryRefused("E4", f"{parts} parts in stream {stream}")
    room = header_size - _FIXED - _PART_SIZE * parts
    if room < 0 or room % _HEAD_SIZE or room > _HEAD_SIZE * MAX_HEADS:
        raise EntryRefused("E5", "impossible header length")
    if body_size > MAX_BODY:
        raise EntryRefused("E5", f"body of {body_size} bytes, {MAX_BODY} allowed")
    if seq < 1:
        raise EntryRefused("E5", "numbers begin at 1")
    if practice is None:
        practice = PracticeId(place.hex())
    elif place.hex() != practice:
        raise EntryRefused("E6", "the entry belongs to another practice")
    return Preamble(
        _STREAMS[stream], parts, practice, SeatId(seat.hex()), incarnation, seq, header_size, body_size
    )


def read_entry(
    data: bytes,
    *,
    practice: PracticeId,
    key_of: KeyOf,
    check_signature: CheckSignature | None = None,
    verify: bool = True,
) -> Entry:
    """E1–E11 on a whole entry.

    With `verify` False, E8 is left out: only where the chain's last signature vouches for the rest
    (entry.md).

    Raises:
        EntryRefused: with the number of the first check that failed.
    """
    head, at = _read_head(data, practice, key_of, check_signature, verify)
    body_size = len(data) - at
    parts = head.parts
    # E10, second half: the sizes were added up against the preamble; here against the bytes.
    if body_size != (parts[0].size if len(parts) == 1 else parts[0].size + parts[1].size):
        raise EntryRefused("E10", "bytes are missing or left over")
    bodies = []
    sha256 = hashlib.sha256
    for part in parts:
        body = data[at : at + part.size]
        at += part.size
        if sha256(body).digest() != part.digest:
            raise EntryRefused("E11", "a part does not have the hash its header names")
        bodies.append(body)
    return Entry(head, tuple(bodies), data)


def read_head(
    data: bytes,
    *,
    practice: PracticeId,
    key_of: KeyOf,
    check_signature: CheckSignature | None = None,
    verify: bool = True,
) -> EntryHead:
    """E1–E10 on the head of an emptied entry, which must be all there is in `data`."""
    head, at = _read_head(data, practice, key_of, check_signature, verify)
    if len(data) != at:
        raise EntryRefused("E10", "bytes are left over after the head")
    return head


def read_either(
    data: bytes,
    *,
    practice: PracticeId,
    key_of: KeyOf,
    check_signature: CheckSignature | None = None,
    verify: bool = True,
    emptied_ones: Container[EntryHash] | None = None,
    once_emptied: Container[EntryHash] = (),
) -> Entry:
    """An entry, whole or emptied, as it travels: E1–E11, and E21: it is emptied only when it is among `emptied_ones`,
    and then whatever came of its parts is let go; or among `once_emptied`, of which the parts may come or not. With
    None, it is taken as it comes: from one's own store.

    Raises:
        EntryRefused: with the number of the first check that failed.
    """
    if len(data) == read_preamble(data, practice=practice).head_size:
        head = read_head(
            data, practice=practice, key_of=key_of, check_signature=check_signature, verify=verify
        )
        if emptied_ones is not None and head.hash not in emptied_ones and head.hash not in once_emptied:
            raise EntryRefused("E21", "its parts are missing, and nothing known here says they were emptied")
        return emptied(head)
    entry = read_entry(data, practice=practice, key_of=key_of, check_signature=check_signature, verify=verify)
    if emptied_ones is not None and entry.head.hash in emptied_ones:
        return emptied(entry.head)
    return entry


def emptied(head: EntryHead) -> Entry:
    """The entry of which only the head is kept."""
    return Entry(head, (None,) * len(head.parts), head.raw)


def _read_head(
    data: bytes, practice: PracticeId, key_of: KeyOf, check_signature: CheckSignature | None, verify: bool
) -> tuple[EntryHead, int]:
    preamble = read_preamble(data, practice=practice)
    seat = preamble.seat
    if key_of(seat) is None:
        raise EntryRefused("E7", "the seat is not known here", seat=seat)
    signed_size = PREAMBLE_SIZE + preamble.header_size
    end = signed_size + SIGNATURE_SIZE
    if len(data) < end:
        raise EntryRefused("E8", "the head is cut short")
    signed = data[:signed_size]
    signature = data[signed_size:end]
    if verify:
        if check_signature is None:
            raise TypeError("verify needs check_signature")
        check_signature(seat, signed, signature)
    prev, time, heads_count, zero = _fixed.unpack_from(data, PREAMBLE_SIZE)
    first_part = signed_size - _PART_SIZE * preamble.parts
    if zero or PREAMBLE_SIZE + _FIXED + _HEAD_SIZE * heads_count != first_part:
        raise EntryRefused("E9", "the number of heads does not agree with the length")
    if (prev == _ZERO_32) != (preamble.seq == 1):
        raise EntryRefused("E9", "prev is zero exactly when seq is 1")
    heads = _heads(data, heads_count, data[40:60] + data[6:7]) if heads_count else ()
    parts = _parts(data, first_part, preamble)
    digest = hashlib.sha256(ENTRY_CONTEXT + signed).hexdigest()
    head = EntryHead(
        preamble.practice,
        seat,
        preamble.incarnation,
        preamble.stream,
        preamble.seq,
        EntryHash(prev.hex()),
        time,
        heads,
        parts,
        signature,
        signed,
        EntryHash(digest),
    )
    return head, end


def _heads(data: bytes, count: int, own: bytes) -> tuple[Head, ...]:
    """E9, the heads. `own` is the chain of the entry: seat, incarnation, stream (21 bytes)."""
    heads = []
    before = b""
    at = PREAMBLE_SIZE + _FIXED
    for _ in range(count):
        seat, incarnation, stream, zero, seq, digest = _head.unpack_from(data, at)
        key = data[at : at + 24]
        at += _HEAD_SIZE
        if key <= before:
            raise EntryRefused("E9", "heads are not strictly sorted")
        before = key
        if zero != b"\0\0\0" or seq < 1 or stream not in _STREAMS:
            raise EntryRefused("E9", "a head is malformed")
        if key[:21] == own:
            raise EntryRefused("E9", "a head names its own chain")
        chain = ChainId(SeatId(seat.hex()), incarnation, _STREAMS[stream])
        heads.append(Head(chain, seq, EntryHash(digest.hex())))
    return tuple(heads)


def _parts(data: bytes, at: int, preamble: Preamble) -> tuple[PartDescriptor, ...]:
    """E9 and the first half of E10, the descriptors of the parts."""
    parts = []
    before = -1
    total = 0
    allowed = _ALLOWED[preamble.stream]
    for _ in range(preamble.parts):
        place, mode, zero, key, size, digest = _part.unpack_from(data, at)
        at += _PART_SIZE
        if zero != b"\0\0" or place <= before:
            raise EntryRefused("E9", "parts are not strictly sorted, or reserved bytes are not zero")
        before = place
        if (place, mode) not in allowed or (key == _ZERO_16) != (mode == 0):
            raise EntryRefused("E10", f"a part of compartment {place} and mode {mode} has no place here")
        if not 1 <= size <= MAX_PART:
            raise EntryRefused("E10", f"a part of {size} bytes, {MAX_PART} allowed")
        total += size
        parts.append(PartDescriptor(_COMPARTMENTS[place], _MODES[mode], KeyId(key.hex()), size, digest))
    if total != preamble.body_size:
        raise EntryRefused("E10", "the sizes of the parts do not add up")
    return tuple(parts)


def associated_data(signed: bytes, parts: int, index: int) -> bytes:
    """What a part is bound to: preamble and header with the parts' hashes zeroed, and its compartment.

    `signed` is preamble and header, `parts` how many the entry has, `index` which one.
    """
    first = len(signed) - _PART_SIZE * parts
    pieces = [PART_CONTEXT, signed[:first]]
    for number in range(parts):
        at = first + _PART_SIZE * number
        pieces.append(signed[at : at + _PART_SIZE - 32])
        pieces.append(_ZERO_32)
    at = first + _PART_SIZE * index
    pieces.append(signed[at : at + 1])
    return b"".join(pieces)


class PartPlan(NamedTuple):
    """A part to be sealed: where, how, under which key, and how many bytes it will be once sealed."""

    compartment: Compartment
    mode: PartMode
    key_id: KeyId
    size: int


def build_entry(
    *,
    chain: ChainId,
    practice: PracticeId,
    seq: int,
    prev: EntryHash,
    time: int,
    heads: Sequence[Head],
    parts: Sequence[PartPlan],
    seal: Callable[[int, bytes], bytes],
    sign: Callable[[bytes], bytes],
) -> Entry:
    """Make an entry. `heads` in any order; `parts` sorted by compartment.

    `seal(index, associated_data)` returns the sealed bytes of a part, of exactly the planned size;
    `sign(signed)` returns the 64-byte Ed25519 signature over context and `signed`.

    Raises:
        EntryRefused: what was asked for could not be read back (E4, E5, E9, E10).
    """
    keys = sorted((_head_bytes(head), head) for head in heads)
    plain = b"".join(raw for raw, _ in keys)
    header_size = _FIXED + len(plain) + _PART_SIZE * len(parts)
    preamble = _preamble.pack(
        MAGIC,
        SUITE,
        LAYOUT,
        chain.stream,
        len(parts) if len(parts) < 256 else 255,
        bytes.fromhex(practice),
        bytes.fromhex(chain.seat),
        chain.incarnation,
        seq,
        header_size,
        sum(plan.size for plan in parts),
    )
    opening = preamble + _fixed.pack(bytes.fromhex(prev), time, len(heads), 0) + plain
    blank = opening + b"".join(_part_bytes(plan, _ZERO_32) for plan in parts)
    bodies = []
    for index, plan in enumerate(parts):
        body = seal(index, associated_data(blank, len(parts), index))
        if len(body) != plan.size:
            raise EntryRefused("E10", "a part was sealed to another size than planned")
        bodies.append(body)
    signed = opening + b"".join(
        _part_bytes(plan, hashlib.sha256(body).digest()) for plan, body in zip(parts, bodies, strict=True)
    )
    data = b"".join((signed, sign(signed), *bodies))
    # Read back what was made: a writer that could write what a reader refuses would lose data.
    return read_entry(data, practice=practice, key_of=lambda _seat: b"", verify=False)


def _head_bytes(head: Head) -> bytes:
    chain = head.chain
    return _head.pack(
        bytes.fromhex(chain.seat), chain.incarnation, chain.stream, b"", head.seq, bytes.fromhex(head.hash)
    )


def _part_bytes(plan: PartPlan, digest: bytes) -> bytes:
    key = bytes.fromhex(plan.key_id)
    return _part.pack(plan.compartment, plan.mode, b"", key, plan.size, digest)


__all__ = [
    "ENTRY_CONTEXT",
    "MAX_BODY",
    "MAX_ENTRY_BYTES",
    "MAX_HEADS",
    "MAX_HEAD_BYTES",
    "MAX_PART",
    "NO_ENTRY",
    "NO_KEY",
    "PART_CONTEXT",
    "PREAMBLE_SIZE",
    "SIGNATURE_SIZE",
    "Entry",
    "EntryHead",
    "PartDescriptor",
    "PartPlan",
    "Preamble",
    "associated_data",
    "build_entry",
    "emptied",
    "read_either",
    "read_entry",
    "read_head",
    "read_preamble",
]
