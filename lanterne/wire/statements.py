"""What a holder says and signs: a device of its heads, a relay of what it keeps, an operator of a suspension.

Law: each is a map followed by 64 bytes of signature; the bytes are kept and handed on as they came. Reading
checks the form only (H1 for statements): who signed is checked in `proof.exchange`. Source:
docs/format/exchange.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from lanterne.wire import packing
from lanterne.wire.exchange import (
    FORMAT,
    MOMENT_LIMIT,
    NUMBER_LIMIT,
    Fields,
    HolderId,
    MessageRefused,
    Signed,
    heads_to_wire,
    split_signed,
)
from lanterne.wire.framing import MAX_ENTRIES
from lanterne.wire.names import ChainId, DeviceId, EntryHash, Head, PracticeId

MAX_NAMES = 1024
MAX_SEEN = 8
MAX_RECEIPTS = 4
MAX_RECEIPT_BYTES = 64 * 1024
"""A receipt of `MAX_ENTRIES` entries is smaller."""
MAX_STATEMENT_BYTES = 1024 * 1024
MAX_NOTICE_BYTES = 16 * 1024


class Named(NamedTuple):
    """The newest statement of another device that a device knows; `hash` is of its signed map, 64 hex."""

    device: DeviceId
    number: int
    hash: str


class SeenLie(NamedTuple):
    """That a device holds the proof of a lie: its number in docs/format/exchange.md, the holder it accuses, when it saw
    that (milliseconds by its clock).
    """

    lie: str
    about: HolderId
    time: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a device holds.

    Attributes:
        number: rises by one with every statement of the device, from 1.
        time: milliseconds since 1970-01-01 UTC by its clock.
        heads: every tip it holds, both branches of a fork.
        names: the newest statement it knows of every other device.
        receipts: the newest receipt of each relay it knows, raw and signed by that relay.
        seen: lies it has proof of, that others cannot see from here (L3–L6).
    """

    practice: PracticeId
    device: DeviceId
    number: int
    time: int
    heads: tuple[Head, ...]
    names: tuple[Named, ...] = ()
    receipts: tuple[bytes, ...] = ()
    seen: tuple[SeenLie, ...] = ()


class Kept(NamedTuple):
    """An entry a relay keeps, and its place in the order of arrival there, from 1."""

    hash: EntryHash
    position: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a relay says it keeps; `time` in milliseconds by its clock. Positions rise strictly."""

    practice: PracticeId
    relay: HolderId
    time: int
    entries: tuple[Kept, ...]


class Scope(Enum):
    """Whom a notice concerns."""

    ALL = "all"
    PRACTICE = "practice"
    DEVICE = "device"
    SEAT = "seat"


class State(Enum):
    """What a notice says of it."""

    SUSPENDED = "suspended"
    RESUMED = "resumed"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class OperatorNotice:
    """What the operator of a relay says: of all, or of the practice, device or seat `id` (hex).

    `text` is what a person reads; `time` in milliseconds by the operator's clock.
    """

    relay: HolderId
    scope: Scope
    id: str | None
    state: State
    text: str
    time: int


_ID_SIZES = {Scope.PRACTICE: 32, Scope.DEVICE: 16, Scope.SEAT: 16}


# ---------------------------------------------------------------- statements of heads


def pack_statement(statement: Statement) -> bytes:
    """The map a device signs. Raises MessageRefused when it could not be read back."""
    tree: dict[str, object] = {
        "format": FORMAT,
        "practice": bytes.fromhex(statement.practice),
        "device": bytes.fromhex(statement.device),
        "number": statement.number,
        "time": statement.time,
        "heads": heads_to_wire(statement.heads),
        "names": [
            {"device": bytes.fromhex(one.device), "number": one.number, "hash": bytes.fromhex(one.hash)}
            for one in sorted(statement.names)
        ],
        "receipts": list(statement.receipts),
    }
    if statement.seen:
        tree["seen"] = [
            {"lie": one.lie, "about": bytes.fromhex(one.about), "time": one.time}
            for one in sorted(statement.seen)
        ]
    packed = packing.encode(tree)
    _statement(packed)
    return packed


def read_statement(data: bytes) -> Signed[Statement]:
    """H1 but the practice, which the caller compares. Raises MessageRefused."""
    packed, signature = split_signed(data, "statement", "H1", at_most=MAX_STATEMENT_BYTES)
    return Signed(_statement(packed), packed, signature)


def _statement(packed: bytes) -> Statement:
    fields = Fields.unpack(packed, "statement", "H1", at_most=MAX_STATEMENT_BYTES)
    fields.format()
    names = tuple(_named(Fields(item, "name", "H1")) for item in fields.items("names", MAX_NAMES))
    if any(one.device >= other.device for one, other in pairwise(names)):
        raise fields.refuse("names are not strictly sorted")
    receipts = fields.signed("receipts", MAX_RECEIPTS, MAX_RECEIPT_BYTES)
    return Statement(
        PracticeId(fields.id("practice", 32)),
        DeviceId(fields.id("device")),
        fields.integer("number", NUMBER_LIMIT, at_least=1),
        fields.integer("time", MOMENT_LIMIT),
        fields.heads("heads"),
        names,
        receipts,
        _seen(fields),
    )


def _seen(fields: Fields) -> tuple[SeenLie, ...]:
    items = fields.items("seen", MAX_SEEN) if fields.has("seen") else ()
    each = [Fields(item, "seen", "H1") for item in items]
    found = tuple(
        SeenLie(one.text("lie", 8), HolderId(one.id("about")), one.integer("time", MOMENT_LIMIT))
        for one in each
    )
    if any(one >= other for one, other in pairwise(found)):
        raise fields.refuse("lies seen are not strictly sorted")
    return found


def _named(fields: Fields) -> Named:
    return Named(
        DeviceId(fields.id("device")),
        fields.integer("number", NUMBER_LIMIT, at_least=1),
        fields.id("hash", 32),
    )


class Comparison(Enum):
    """A statement beside the one held of the same device (H3, H4)."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"
    """It came late, by a slower path: no lie."""
    TWICE = "twice"
    """H3: two statements under one number."""
    SHRANK = "shrank"
    """H4: the later of the two holds less than the earlier."""

    @property
    def alarming(self) -> bool:
        """Both statements are evidence (L2)."""
        return self in (Comparison.TWICE, Comparison.SHRANK)


def compare_statements(held: Signed[Statement], come: Signed[Statement]) -> Comparison:
    """H3 and H4, whichever of the two is the later. Both are of one device, and their signatures checked."""
    if held.packed == come.packed:
        return Comparison.SAME
    if held.value.number == come.value.number:
        return Comparison.TWICE
    newer = come.value.number > held.value.number
    first, second = (held, come) if newer else (come, held)
    reached = _reached(second.value)
    if any(reached.get(chain, 0) < number for chain, number in _reached(first.value).items()):
        return Comparison.SHRANK
    return Comparison.NEWER if newer else Comparison.OLDER


def _reached(statement: Statement) -> dict[ChainId, int]:
    found: dict[ChainId, int] = {}
    for head in statement.heads:
        found[head.chain] = max(head.seq, found.get(head.chain, 0))
    return found


# ---------------------------------------------------------------- receipts


def pack_receipt(receipt: Receipt) -> bytes:
    """The map a relay signs. Raises MessageRefused when it could not be read back."""
    entries = [{"hash": bytes.fromhex(kept.hash), "position": kept.position} for kept in receipt.entries]
    packed = packing.encode(
        {
            "format": FORMAT,
            "practice": bytes.fromhex(receipt.practice),
            "relay": bytes.fromhex(receipt.relay),
            "time": receipt.time,
            "entries": entries,
        }
    )
    _receipt(packed)
    return packed


def read_receipt(data: bytes) -> Signed[Receipt]:
    """The form of a receipt. Raises MessageRefused."""
    packed, signature = split_signed(data, "receipt", at_most=MAX_RECEIPT_BYTES)
    return Signed(_receipt(packed), packed, signature)


def _receipt(packed: bytes) -> Receipt:
    fields = Fields.unpack(packed, "receipt", at_most=MAX_RECEIPT_BYTES)
    fields.format()
    entries = []
    for item in fields.items("entries", MAX_ENTRIES):
        one = Fields(item, "receipt")
        entries.append(Kept(EntryHash(one.id("hash", 32)), one.integer("position", NUMBER_LIMIT, at_least=1)))
    if any(one.position >= other.position for one, other in pairwise(entries)):
        raise MessageRefused("X1", "receipt: positions do not rise")
    return Receipt(
        PracticeId(fields.id("practice", 32)),
        HolderId(fields.id("relay")),
        fields.integer("time", MOMENT_LIMIT),
        tuple(entries),
    )


# ---------------------------------------------------------------- notices of an operator


def pack_notice(notice: OperatorNotice) -> bytes:
    """The map a relay's key signs. Raises MessageRefused when it could not be read back."""
    packed = packing.encode(
        {
            "format": FORMAT,
            "relay": bytes.fromhex(notice.relay),
            "scope": notice.scope.value,
            "id": None if notice.id is None else bytes.fromhex(notice.id),
            "state": notice.state.value,
            "text": notice.text,
            "time": notice.time,
        }
    )
    _notice(packed)
    return packed


def read_notice(data: bytes) -> Signed[OperatorNotice]:
    """The form of a notice. Raises MessageRefused."""
    packed, signature = split_signed(data, "notice", at_most=MAX_NOTICE_BYTES)
    return Signed(_notice(packed), packed, signature)


def _notice(packed: bytes) -> OperatorNotice:
    fields = Fields.unpack(packed, "notice", at_most=MAX_NOTICE_BYTES)
    fields.format()
    try:
        scope, state = Scope(fields.text("scope")), State(fields.text("state"))
    except ValueError as error:
        raise fields.refuse("unknown scope or state") from error
    size = _ID_SIZES.get(scope)
    if size is None and fields.value("id") is not None:
        raise fields.refuse("a notice for all names nobody")
    return OperatorNotice(
        HolderId(fields.id("relay")),
        scope,
        None if size is None else fields.id("id", size),
        state,
        fields.text("text"),
        fields.integer("time", MOMENT_LIMIT),
    )
