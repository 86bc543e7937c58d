"""The four messages by which a device joins, and the code two persons' eyes compare.

Law: pure bytes in and out; what is read here came from a stranger, and is refused whole (P1). The code binds all
that either side said before. Source: docs/format/exchange.md, "A new device".
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from lanterne.journal.errors import JournalError
from lanterne.journal.first_copy import First, read_first
from lanterne.proof.records import (
    DeviceRecord,
    MembershipRefused,
    Reader,
    SeatRecord,
    cut_to_wire,
    read_cut,
    read_device,
    read_seat,
)
from lanterne.wire import packing
from lanterne.wire.errors import PackingError
from lanterne.wire.exchange import MessageRefused
from lanterne.wire.framing import frame, read_framed
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, Head, PersonId, PracticeId

FORMAT = 1
CONTEXT = b"lanterne/pairing/1\0"
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs nobody takes for another: no 0, O, 1, I."""
CODE_SIGNS = 9
MAX_LARGE = 64 * 1024 * 1024
MAX_SMALL = 64 * 1024
MAX_HEADS = 65_536
OFFER, REQUEST, REVEAL, ADMISSION = "offer", "request", "reveal", "admission"


class PairingUnreadable(JournalError):
    """P1, P2: not a message of this kind, of a newer Lanterne, or damaged on the way."""

    word = "pairing_unreadable"


class Grant(NamedTuple):
    """What the administrator gives: to whom, what it reads, until when (milliseconds since 1970 UTC)."""

    person: PersonId
    compartments: tuple[Compartment, ...]
    admin: bool
    not_after: int | None

    def to_wire(self) -> dict[str, Any]:
        """The map of an offer."""
        return {
            "person": bytes.fromhex(self.person),
            "compartments": [int(place) for place in self.compartments],
            "admin": self.admin,
            "not_after": self.not_after,
        }

    def agrees(self, seat: SeatRecord) -> bool:
        """P5: whether that seat says just this."""
        return (seat.person, seat.compartments, seat.admin, seat.not_after) == self


class Offer(NamedTuple):
    """A trusted device's offer. `ends` in milliseconds; `members` are raw entries, predecessors first."""

    practice: PracticeId
    genesis: bytes
    members: tuple[bytes, ...]
    heads: tuple[Head, ...]
    grant: Grant
    relay: bytes | None
    ends: int
    commit: bytes

    def to_bytes(self) -> bytes:
        """The message."""
        return _pack(
            OFFER,
            self.practice,
            {
                "genesis": self.genesis,
                "members": frame(self.members),
                "heads": [cut_to_wire(head) for head in self.heads],
                "grant": self.grant.to_wire(),
                "relay": self.relay,
                "ends": self.ends,
                "commit": self.commit,
            },
        )


class Request(NamedTuple):
    """A new device's request; `offer` is the SHA-256 of the offer it answers."""

    practice: PracticeId
    offer: bytes
    seat: SeatRecord
    device: DeviceRecord
    nonce: bytes

    def to_bytes(self) -> bytes:
        """The message."""
        return _pack(
            REQUEST,
            self.practice,
            {
                "offer": self.offer,
                "seat": self.seat.to_wire(),
                "device": self.device.to_wire(),
                "nonce": self.nonce,
            },
        )


class Answer(NamedTuple):
    """The trusted device's answer: a reveal when `members` is None, else the admission; `first` what to fetch first."""

    practice: PracticeId
    request: bytes
    nonce: bytes
    members: tuple[bytes, ...] | None = None
    first: First | None = None

    def to_bytes(self) -> bytes:
        """The message."""
        fields: dict[str, Any] = {"request": self.request, "nonce": self.nonce}
        if self.members is None:
            return _pack(REVEAL, self.practice, fields)
        if self.first is not None:
            fields["first"] = self.first.to_wire()
        return _pack(ADMISSION, self.practice, {**fields, "members": frame(self.members)})


def short_code(practice: PracticeId, nonce: bytes, offer: bytes, request: bytes) -> str:
    """What both screens show: "K7Q-2MX-9RD". `offer` and `request` are the SHA-256 of those messages."""
    bound = CONTEXT + bytes.fromhex(practice) + nonce + offer + request
    bits = int.from_bytes(sha256(bound).digest()[:6]) >> 3
    signs = "".join(SIGNS[bits >> (5 * place) & 31] for place in reversed(range(CODE_SIGNS)))
    return "-".join(signs[at : at + 3] for at in range(0, CODE_SIGNS, 3))


def typed_code(text: str) -> str:
    """A code as somebody typed it: case, spaces and hyphens do not count."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return "-".join(signs[at : at + 3] for at in range(0, len(signs), 3))


# ---------------------------------------------------------------------- reading


def read_offer(data: bytes) -> Offer:
    """P1. Raises PairingUnreadable."""
    reader, practice = _unpack(data, OFFER, MAX_LARGE)
    try:
        heads = reader.value("heads")
        if type(heads) is not list or len(heads) > MAX_HEADS:
            raise reader.refuse("heads are not a list")
        return Offer(
            practice,
            reader.octets("genesis"),
            _entries(reader),
            tuple(read_cut(head, "P1") for head in heads),
            read_grant(reader.value("grant")),
            reader.octets("relay") if reader.has("relay") else None,
            reader.integer("ends"),
            reader.octets("commit", 32),
        )
    except MembershipRefused as refused:
        raise PairingUnreadable("the offer does not read") from refused


def read_request(data: bytes) -> Request:
    """P1. Raises PairingUnreadable."""
    reader, practice = _unpack(data, REQUEST, MAX_SMALL)
    try:
        return Request(
            practice,
            reader.octets("offer", 32),
            read_seat(reader.value("seat"), "P1"),
            read_device(reader.value("device"), "P1"),
            reader.octets("nonce", 32),
        )
    except MembershipRefused as refused:
        raise PairingUnreadable("the request does not read") from refused


def read_answer(data: bytes) -> Answer:
    """P1, of a reveal or an admission. Raises PairingUnreadable."""
    reader, practice = _unpack(data, "", MAX_LARGE)
    try:
        kind = reader.text("kind")
        if kind not in (REVEAL, ADMISSION):
            raise PairingUnreadable("neither a reveal nor an admission")
        members = _entries(reader) if kind == ADMISSION else None
        first = read_first(reader.value("first")) if kind == ADMISSION and reader.has("first") else None
        return Answer(practice, reader.octets("request", 32), reader.octets("nonce", 32), members, first)
    except MembershipRefused as refused:
        raise PairingUnreadable("the answer does not read") from refused


def _entries(reader: Reader) -> tuple[bytes, ...]:
    try:
        return read_framed(reader.octets("members", at_most=MAX_LARGE), at_most=MAX_LARGE)
    except MessageRefused as refused:
        raise PairingUnreadable("the entries do not read") from refused


def read_grant(tree: object) -> Grant:
    """The map of an offer. Raises MembershipRefused."""
    reader = Reader(tree, "P1", "grant")
    codes = reader.items("compartments")
    known = {int(place): place for place in SEALED_COMPARTMENTS}
    places = tuple(known[code] for code in codes if type(code) is int and code in known)
    if len(places) != len(codes) or list(places) != sorted(set(places)):
        raise reader.refuse("compartments are unknown, unsorted or twice")
    return Grant(
        PersonId(reader.octets("person", 16).hex()),
        places,
        reader.flag("admin"),
        reader.integer("not_after", (1 << 48) - 1) if reader.has("not_after") else None,
    )


def _pack(kind: str, practice: PracticeId, fields: dict[str, Any]) -> bytes:
    return packing.encode({"format": FORMAT, "kind": kind, "practice": bytes.fromhex(practice), **fields})


def _unpack(data: bytes, kind: str, most: int) -> tuple[Reader, PracticeId]:
    try:
        reader = Reader(packing.decode(data, max_bytes=most), "P1", kind or "answer")
        if reader.integer("format") != FORMAT:
            raise PairingUnreadable("the message was written by a newer Lanterne")
        if kind and reader.text("kind") != kind:
            raise PairingUnreadable(f"not a message of kind {kind}")
        return reader, PracticeId(reader.octets("practice", 32).hex())
    except (PackingError, MembershipRefused) as refused:
        raise PairingUnreadable("the message does not read") from refused


def is_message(data: bytes) -> bool:
    """Whether these bytes look like any message of a pairing: what may be written over."""
    try:
        tree = packing.decode(data, max_bytes=MAX_LARGE)
    except PackingError:
        return False
    return type(tree) is dict and tree.get("kind") in (OFFER, REQUEST, REVEAL, ADMISSION)
