"""Records of the membership: seat, sheet, epoch, wrap, device, cut.

Law: a record proves its own id; what is malformed is refused with the number of the rule it breaks; fields
unknown here are let pass, since the bytes they came in are kept. Source: docs/format/membership.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lanterne.proof import agreement, hashing
from lanterne.wire.errors import CheckFailed
from lanterne.wire.names import (
    SEALED_COMPARTMENTS,
    ChainId,
    Compartment,
    DeviceId,
    EntryHash,
    Head,
    KeyId,
    PersonId,
    SeatId,
    Stream,
)

SIGN_SIZE = 32
AGREE_SIZE = agreement.PUBLIC_SIZE
MAX_LIST = 1024
"""No list in a membership record is longer."""
_CODES = {int(place): place for place in SEALED_COMPARTMENTS}


class MembershipRefused(CheckFailed):
    """A membership record or the genesis broke a rule M1–M9."""

    word = "membership.refused"


class SeatRecord(NamedTuple):
    """One person on one device. `compartments` may be read; `not_after` in milliseconds since 1970 UTC."""

    id: SeatId
    sign: bytes
    agree: bytes
    person: PersonId
    device: DeviceId
    compartments: tuple[Compartment, ...]
    admin: bool
    not_after: int | None

    def to_wire(self) -> dict[str, Any]:
        """The map `read_seat` reads; the id is not in it, since the keys prove it."""
        return {
            "sign": self.sign,
            "agree": self.agree,
            "person": bytes.fromhex(self.person),
            "device": bytes.fromhex(self.device),
            "compartments": [int(place) for place in self.compartments],
            "admin": self.admin,
            "not_after": self.not_after,
        }


class SheetRecord(NamedTuple):
    """The public half of a recovery sheet."""

    id: SeatId
    sign: bytes
    agree: bytes

    def to_wire(self) -> dict[str, Any]:
        return {"sign": self.sign, "agree": self.agree}


class Wrap(NamedTuple):
    """An epoch's secret sealed to a seat or sheet.

    `scope` is the practice id, or in the genesis its nonce.
    """

    key_id: KeyId
    to: SeatId
    sealed: bytes
    scope: bytes


class EpochRecord(NamedTuple):
    """The public half of an epoch.

    `previous` holds the earlier secrets of its compartment, sealed under it.
    """

    key_id: KeyId
    compartment: Compartment
    public: bytes
    previous: bytes | None
    wraps: tuple[Wrap, ...]

    def to_wire(self) -> dict[str, Any]:
        return {
            "compartment": int(self.compartment),
            "public": self.public,
            "previous": self.previous,
            "wraps": [{"to": bytes.fromhex(wrap.to), "sealed": wrap.sealed} for wrap in self.wraps],
        }


class DeviceRecord(NamedTuple):
    """A device and its Ed25519 transport key, which opens nothing."""

    id: DeviceId
    transport: bytes

    def to_wire(self) -> dict[str, Any]:
        return {"id": bytes.fromhex(self.id), "transport": self.transport}


class Reader:
    """Takes typed fields out of a decoded map; a missing or misshapen one breaks `rule`."""

    def __init__(self, tree: object, rule: str, name: str) -> None:
        if type(tree) is not dict:
            raise MembershipRefused(rule, f"{name} is not a map")
        self._tree: Mapping[str, Any] = tree
        self._rule = rule
        self._name = name

    def refuse(self, why: str) -> MembershipRefused:
        return MembershipRefused(self._rule, f"{self._name}: {why}")

    def has(self, field: str) -> bool:
        return self._tree.get(field) is not None

    def value(self, field: str) -> object:
        if field not in self._tree:
            raise self.refuse(f"no {field}")
        return self._tree[field]

    def octets(self, field: str, size: int | None = None, at_most: int = 1 << 20) -> bytes:
        value = self.value(field)
        if type(value) is not bytes or len(value) > at_most or (size is not None and len(value) != size):
            raise self.refuse(f"{field} is not the bytes expected")
        return value

    def integer(self, field: str, at_most: int = (1 << 64) - 1) -> int:
        value = self.value(field)
        if type(value) is not int or not 0 <= value <= at_most:
            raise self.refuse(f"{field} is not an integer in range")
        return value

    def flag(self, field: str) -> bool:
        value = self.value(field)
        if type(value) is not bool:
            raise self.refuse(f"{field} is not true or false")
        return value

    def text(self, field: str, at_most: int = 200) -> str:
        value = self.value(field)
        if type(value) is not str or len(value) > at_most:
            raise self.refuse(f"{field} is not a short text")
        return value

    def items(self, field: str) -> Sequence[object]:
        value = self.value(field)
        if type(value) is not list or len(value) > MAX_LIST:
            raise self.refuse(f"{field} is not a list of at most {MAX_LIST}")
        return value

    def compartment(self, field: str) -> Compartment:
        place = _CODES.get(self.integer(field))
        if place is None:
            raise self.refuse("unknown compartment")
        return place


def _agree(reader: Reader, field: str) -> bytes:
    key = reader.octets(field, AGREE_SIZE)
    if not agreement.is_public_key(key):
        raise reader.refuse(f"{field} is not a public key")
    return key


def read_seat(tree: object, rule: str) -> SeatRecord:
    """A seat record; MembershipRefused with `rule` when misshapen."""
    reader = Reader(tree, rule, "seat record")
    sign = reader.octets("sign", SIGN_SIZE)
    agree = _agree(reader, "agree")
    codes = reader.items("compartments")
    places = tuple(_CODES[code] for code in codes if type(code) is int and code in _CODES)
    if len(places) != len(codes) or list(places) != sorted(set(places)):
        raise reader.refuse("compartments are unknown, unsorted or twice")
    return SeatRecord(
        hashing.seat_id(sign, agree),
        sign,
        agree,
        PersonId(reader.octets("person", 16).hex()),
        DeviceId(reader.octets("device", 16).hex()),
        places,
        reader.flag("admin"),
        reader.integer("not_after", (1 << 48) - 1) if reader.has("not_after") else None,
    )


def read_sheet(tree: object, rule: str) -> SheetRecord:
    """A sheet record."""
    reader = Reader(tree, rule, "sheet record")
    sign = reader.octets("sign", SIGN_SIZE)
    agree = _agree(reader, "agree")
    return SheetRecord(hashing.sheet_id(sign, agree), sign, agree)


def read_epoch(tree: object, rule: str, scope: bytes) -> EpochRecord:
    """An epoch record, its wraps bound to `scope`."""
    reader = Reader(tree, rule, "epoch record")
    place = reader.compartment("compartment")
    public = _agree(reader, "public")
    key = hashing.key_id(place, public)
    wraps = []
    for item in reader.items("wraps"):
        wrap = Reader(item, rule, "wrap")
        wraps.append(Wrap(key, SeatId(wrap.octets("to", 16).hex()), wrap.octets("sealed"), scope))
    if len({wrap.to for wrap in wraps}) != len(wraps):
        raise reader.refuse("two wraps to one seat")
    previous = reader.octets("previous") if reader.has("previous") else None
    return EpochRecord(key, place, public, previous, tuple(wraps))


def read_device(tree: object, rule: str) -> DeviceRecord:
    """A device record."""
    reader = Reader(tree, rule, "device record")
    return DeviceRecord(DeviceId(reader.octets("id", 16).hex()), reader.octets("transport", SIGN_SIZE))


def read_wraps(items: Sequence[object], to: SeatId, rule: str, scope: bytes) -> tuple[Wrap, ...]:
    """Wraps that name their epoch rather than their recipient: of an admission, or of a new sheet."""
    wraps = []
    for item in items:
        reader = Reader(item, rule, "wrap")
        wraps.append(Wrap(KeyId(reader.octets("key", 16).hex()), to, reader.octets("sealed"), scope))
    if len({wrap.key_id for wrap in wraps}) != len(wraps):
        raise MembershipRefused(rule, "two wraps of one epoch")
    return tuple(wraps)


def wraps_to_wire(wraps: Sequence[Wrap]) -> list[dict[str, Any]]:
    """The list `read_wraps` reads."""
    return [{"key": bytes.fromhex(wrap.key_id), "sealed": wrap.sealed} for wrap in wraps]


def read_cut(tree: object, rule: str) -> Head:
    """A head as it stands in `cuts`."""
    reader = Reader(tree, rule, "cut")
    stream = reader.integer("stream")
    if stream not in (Stream.CARE, Stream.TRACE, Stream.MEMBERS):
        raise reader.refuse("unknown stream")
    seat = SeatId(reader.octets("seat", 16).hex())
    chain = ChainId(seat, reader.integer("incarnation", (1 << 32) - 1), Stream(stream))
    return Head(chain, reader.integer("seq"), EntryHash(reader.octets("hash", 32).hex()))


def cut_to_wire(head: Head) -> dict[str, Any]:
    """The map `read_cut` reads."""
    return {
        "seat": bytes.fromhex(head.chain.seat),
        "incarnation": head.chain.incarnation,
        "stream": int(head.chain.stream),
        "seq": head.seq,
        "hash": bytes.fromhex(head.hash),
    }
