"""Ids made of hashes.

Law: an id commits to the public keys it names, under a context of its own, so that a record proves its own
id. Source: docs/format/membership.md.
"""

import hashlib

from lanterne.wire.names import Compartment, KeyId, PracticeId, SeatId

SEAT_CONTEXT = b"lanterne/seat/1\0"
SHEET_CONTEXT = b"lanterne/sheet/1\0"
EPOCH_CONTEXT = b"lanterne/epoch/1\0"
_ID_SIZE = 16


def digest(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


def seat_id(sign: bytes, agree: bytes) -> SeatId:
    """The id of a seat: 16 bytes of SHA-256 over its public keys."""
    return SeatId(digest(SEAT_CONTEXT + sign + agree)[:_ID_SIZE].hex())


def sheet_id(sign: bytes, agree: bytes) -> SeatId:
    """The id of a recovery sheet, as it stands in the seat field of what the sheet signs."""
    return SeatId(digest(SHEET_CONTEXT + sign + agree)[:_ID_SIZE].hex())


def key_id(compartment: Compartment, public: bytes) -> KeyId:
    """The id of an epoch: 16 bytes of SHA-256 over its compartment and its HPKE public key."""
    return KeyId(digest(EPOCH_CONTEXT + bytes([compartment]) + public)[:_ID_SIZE].hex())


def practice_id(genesis_map: bytes) -> PracticeId:
    """SHA-256 of the encoded genesis map, without its signature."""
    return PracticeId(digest(genesis_map).hex())
