"""The genesis: what a practice is from its first second.

Law: the practice's id is the hash of its genesis, so nothing in it can change. M1 and M2 of
docs/format/membership.md.
"""

import struct
from typing import NamedTuple

from lanterne.proof import hashing, signature
from lanterne.proof.records import (
    DeviceRecord,
    EpochRecord,
    MembershipRefused,
    Reader,
    SeatRecord,
    SheetRecord,
    read_device,
    read_epoch,
    read_seat,
    read_sheet,
)
from lanterne.wire import packing
from lanterne.wire.errors import PackingError
from lanterne.wire.names import SEALED_COMPARTMENTS, PracticeId

FORMAT = 1
MAX_BYTES = 64 * 1024
_length = struct.Struct(">I")


class Genesis(NamedTuple):
    """A genesis that passed M1 and M2. `created` in milliseconds since 1970 UTC."""

    practice: PracticeId
    nonce: bytes
    created: int
    sheet: SheetRecord
    device: DeviceRecord
    seat: SeatRecord
    epochs: tuple[EpochRecord, ...]
    raw: bytes


def frame(packed: bytes, signed: bytes) -> bytes:
    """The file `genesis`: length of the map, the map, its signature."""
    return _length.pack(len(packed)) + packed + signed


def read_genesis(data: bytes) -> Genesis:
    """M1 and M2.

    Raises:
        MembershipRefused: with the rule that failed.
    """
    if not _length.size <= len(data) <= MAX_BYTES:
        raise MembershipRefused("M1", "the genesis is cut short or too long")
    (size,) = _length.unpack_from(data)
    if len(data) != _length.size + size + 64:
        raise MembershipRefused("M1", "the genesis is cut short or too long")
    packed = data[_length.size : _length.size + size]
    try:
        tree = packing.decode(packed, max_bytes=MAX_BYTES)
    except PackingError as error:
        raise MembershipRefused("M1", f"the genesis does not decode: {error}") from error
    reader = Reader(tree, "M1", "genesis")
    if reader.integer("format") != FORMAT:
        raise MembershipRefused("M1", "the genesis was written by a newer Lanterne")
    nonce = reader.octets("nonce", 32)
    seat = read_seat(reader.value("seat"), "M1")
    if not signature.verifies(seat.sign, signature.GENESIS_CONTEXT, packed, data[-64:]):
        raise MembershipRefused("M1", "the signature of the genesis does not verify")
    genesis = Genesis(
        hashing.practice_id(packed),
        nonce,
        reader.integer("created", (1 << 48) - 1),
        read_sheet(reader.value("sheet"), "M1"),
        read_device(reader.value("device"), "M1"),
        seat,
        tuple(read_epoch(item, "M1", nonce) for item in reader.items("epochs")),
        data,
    )
    _check_m2(genesis)
    return genesis


def _check_m2(genesis: Genesis) -> None:
    seat = genesis.seat
    if not seat.admin or seat.not_after is not None or seat.compartments != SEALED_COMPARTMENTS:
        raise MembershipRefused("M2", "the first seat is not administrator of all")
    if tuple(epoch.compartment for epoch in genesis.epochs) != SEALED_COMPARTMENTS:
        raise MembershipRefused("M2", "not one epoch for each of office, medical, trace")
    for epoch in genesis.epochs:
        if {wrap.to for wrap in epoch.wraps} != {seat.id, genesis.sheet.id} or epoch.previous is not None:
            raise MembershipRefused("M2", "an epoch is not wrapped to the first seat and the sheet")
