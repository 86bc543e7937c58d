"""Names of things on the wire: ids as lowercase hex text, streams, compartments, chains.

Law: an id is text in lowercase hex everywhere but in bytes that are hashed or signed; its type says of what.
Source: docs/format/entry.md.
"""

from enum import IntEnum
from typing import NamedTuple, NewType

PracticeId = NewType("PracticeId", str)
"""64 hex digits: SHA-256 of the genesis."""
EntryHash = NewType("EntryHash", str)
"""64 hex digits: SHA-256 of context, preamble and header."""
SeatId = NewType("SeatId", str)
"""32 hex digits: a seat, or the recovery sheet when it signs."""
PersonId = NewType("PersonId", str)
DeviceId = NewType("DeviceId", str)
FactId = NewType("FactId", str)
KeyId = NewType("KeyId", str)
"""32 hex digits: an epoch of a compartment."""
PatientId = NewType("PatientId", str)

_HEX = frozenset("0123456789abcdef")

NO_ENTRY = EntryHash("0" * 64)
"""`prev` of the first entry of a chain."""
NO_KEY = KeyId("0" * 32)
"""Key id of a clear part."""


class Stream(IntEnum):
    """Which of the three journals a chain belongs to."""

    CARE = 1
    TRACE = 2
    MEMBERS = 3


class Compartment(IntEnum):
    """Who may read a part."""

    CLEAR = 0
    OFFICE = 1
    MEDICAL = 2
    TRACE = 3


SEALED_COMPARTMENTS = (Compartment.OFFICE, Compartment.MEDICAL, Compartment.TRACE)


class PartMode(IntEnum):
    """How the bytes of a part are made."""

    CLEAR = 0
    EPOCH = 1
    DEPOSIT = 2


class ChainId(NamedTuple):
    """The entries of one seat and incarnation in one stream."""

    seat: SeatId
    incarnation: int
    stream: Stream


class Head(NamedTuple):
    """The newest entry known of a chain."""

    chain: ChainId
    seq: int
    hash: EntryHash


def is_id(value: object) -> bool:
    """Whether a value has the shape of an id of 16 bytes: 32 lowercase hex digits. What came from elsewhere names
    anything.
    """
    return isinstance(value, str) and len(value) == 32 and set(value) <= _HEX
