"""Secrets, and what is derived from them.

Law: randomness is an argument; a secret is 32 bytes, lives in an object that shows nothing, and everything
else comes from it by HKDF-SHA256 (RFC 5869) with an empty salt and the info of docs/format/keys.md.

Python cannot promise to wipe memory: what ends a session's secrets is the end of its process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lanterne.proof.agreement import read_public_key
from lanterne.seal.errors import DoesNotOpen

Random = Callable[[int], bytes]
"""`random(n)` gives n unpredictable bytes: `secrets.token_bytes` outside tests."""

SECRET_SIZE = 32
NONCE_SIZE = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
AEAD_OVERHEAD = NONCE_SIZE + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
"""Bytes a sealed text has more than its plaintext: nonce 24, tag 16."""
HPKE_OVERHEAD = 1088 + 32 + 16
"""Bytes a deposit has more than its plaintext: ML-KEM ciphertext, X25519 share, tag."""

_suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class Hidden:
    """Base of what holds a secret: shows nothing, and is not copied to another process by accident."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds secrets and is not pickled")


def derive(secret: bytes, info: str, size: int = 32) -> bytes:
    """HKDF-SHA256 of `secret` with an empty salt."""
    return HKDF(hashes.SHA256(), size, None, info.encode("ascii")).derive(secret)


def seal(key: bytes, plaintext: bytes, associated_data: bytes, random: Random) -> bytes:
    """Nonce 24 ‖ XChaCha20-Poly1305."""
    nonce = random(NONCE_SIZE)
    return nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plaintext, associated_data, nonce, key
    )


def open_sealed(key: bytes, sealed: bytes, associated_data: bytes, what: str) -> bytes:
    """The plaintext of `seal`; DoesNotOpen, naming `what`, otherwise."""
    if len(sealed) < AEAD_OVERHEAD:
        raise DoesNotOpen(what)
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[NONCE_SIZE:], associated_data, sealed[:NONCE_SIZE], key
        )
    except nacl.exceptions.CryptoError as error:
        raise DoesNotOpen(what) from error


class AgreeKey(Hidden):
    """An HPKE key pair, MLKEM768-X25519. `public` is 1,216 bytes."""

    __slots__ = ("_private", "public")

    def __init__(self, mlkem_seed: bytes, x25519_seed: bytes) -> None:
        mlkem = MLKEM768PrivateKey.from_seed_bytes(mlkem_seed)
        x25519 = X25519PrivateKey.from_private_bytes(x25519_seed)
        self._private = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    @classmethod
    def derived(cls, secret: bytes, name: str) -> AgreeKey:
        """The pair of `lanterne/<name>/mlkem/1` and `lanterne/<name>/x25519/1`."""
        return cls(
            derive(secret, f"lanterne/{name}/mlkem/1", 64), derive(secret, f"lanterne/{name}/x25519/1")
        )

    def open_sealed(self, sealed: bytes, info: bytes, what: str) -> bytes:
        """The plaintext of `seal_to`; DoesNotOpen, naming `what`, otherwise."""
        try:
            return _suite.decrypt(sealed, self._private, info)
        except (InvalidTag, ValueError) as error:
            raise DoesNotOpen(what) from error


def seal_to(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """HPKE (RFC 9180, base mode) to a public key; its randomness is the library's own.

    Raises:
        DoesNotOpen: `public` is not a key.
    """
    try:
        return _suite.encrypt(plaintext, read_public_key(public), info)
    except ValueError as error:
        raise DoesNotOpen("a public key") from error


class SignKey(Hidden):
    """An Ed25519 key pair (RFC 8032). `public` is 32 bytes."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        self.public, self._private = nacl.bindings.crypto_sign_seed_keypair(seed)

    def sign(self, context: bytes, message: bytes) -> bytes:
        """64 bytes over `context` (ending in a zero byte) and `message`."""
        signed: bytes = nacl.bindings.crypto_sign(context + message, self._private)
        return signed[: nacl.bindings.crypto_sign_BYTES]
