"""Checking signatures: Ed25519 (RFC 8032) over a context ending in a zero byte, then the object.

Law: one library checks all signatures, so that two devices never disagree on one. libsodium refuses
non-canonical and small-order values.
"""

import nacl.bindings
import nacl.exceptions

from lanterne.wire.entry import ENTRY_CONTEXT
from lanterne.wire.errors import EntryRefused

GENESIS_CONTEXT = b"lanterne/genesis/1\0"


def verifies(key: bytes, context: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `context` and `message` verifies under `key` (32 bytes)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        nacl.bindings.crypto_sign_open(signature + context + message, key)
    except (nacl.exceptions.BadSignatureError, nacl.exceptions.CryptoError):
        return False
    return True


def check_entry(key: bytes | None, signed: bytes, signature: bytes) -> None:
    """E8. `signed` is preamble and header.

    Raises:
        EntryRefused: E8.
    """
    if key is None or not verifies(key, ENTRY_CONTEXT, signed, signature):
        raise EntryRefused("E8", "the signature does not verify under the key of its seat")
