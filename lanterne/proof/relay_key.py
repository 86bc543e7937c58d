"""A relay's own key: what it signs receipts, answers and notices with.

Law: the one secret below `seal`, and it opens nothing: who steals it can lie in the relay's name, and reads
no more than before. Source: docs/format/exchange.md, Relay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NoReturn

import nacl.bindings

from lanterne.wire import packing
from lanterne.wire.exchange import FORMAT, Fields, HolderId, MessageRefused

_MAX_BYTES = 1024
_SEED = 32


class RelayKey:
    """Id and Ed25519 key of one relay. Shows nothing of its secret."""

    __slots__ = ("_seed", "_sign", "id", "public")

    def __init__(self, relay: HolderId, seed: bytes) -> None:
        if len(seed) != _SEED:
            raise ValueError("a seed has 32 bytes")
        self.id = relay
        self._seed = seed
        self.public, self._sign = nacl.bindings.crypto_sign_seed_keypair(seed)

    @classmethod
    def new(cls, random: Callable[[int], bytes]) -> RelayKey:
        """A new relay. `random(n)` gives n unpredictable bytes."""
        return cls(HolderId(random(16).hex()), random(_SEED))

    def sign(self, context: bytes, message: bytes) -> bytes:
        """Ed25519 over `context`, which ends in a zero byte, and `message`."""
        return nacl.bindings.crypto_sign(context + message, self._sign)[:64]

    def to_file(self) -> bytes:
        """The bytes of `relay.key`: MessagePack followed by its SHA-256."""
        packed = packing.encode({"format": FORMAT, "relay": bytes.fromhex(self.id), "seed": self._seed})
        return packed + hashlib.sha256(packed).digest()

    def __repr__(self) -> str:
        return f"<RelayKey {self.id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a relay's key is not pickled")


def read_relay_key(data: bytes) -> RelayKey:
    """The key in `relay.key`; MessageRefused (X1) when it is damaged."""
    packed, check = data[:-32], data[-32:]
    if hashlib.sha256(packed).digest() != check:
        raise MessageRefused("X1", "relay key: damaged")
    fields = Fields.unpack(packed, "relay key", at_most=_MAX_BYTES)
    fields.format()
    return RelayKey(HolderId(fields.id("relay")), fields.octets("seed", _SEED))
