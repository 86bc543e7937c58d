"""HPKE without its own randomness, so that one seed gives one trace.

Law: the library draws what HPKE needs by itself, and no seed reaches it. In the simulation what is sealed to a
public key is sealed under a key drawn from that public key: the same sizes, the same who-opens-what between honest
programs, no secrecy against somebody who knows this page. The real thing is tested in tests/seal and tests/vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from lanterne.seal import epoch, keyring, secrets
from lanterne.seal.errors import DoesNotOpen

SHARE = secrets.HPKE_OVERHEAD - secrets.AEAD_OVERHEAD


def _key(public: bytes, info: bytes) -> bytes:
    return hashlib.sha256(b"stand-in\0" + public + info).digest()


def seal_to(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """As `lanterne.seal.secrets.seal_to`."""
    drawn = hashlib.shake_256(public + info + plaintext).digest(SHARE + secrets.NONCE_SIZE)
    share, nonce = drawn[:SHARE], drawn[SHARE:]
    return share + secrets.seal(_key(public, info), plaintext, share, lambda _size: nonce)


def open_sealed(self: secrets.AgreeKey, sealed: bytes, info: bytes, what: str) -> bytes:
    """As `lanterne.seal.secrets.AgreeKey.open_sealed`."""
    if len(sealed) < secrets.HPKE_OVERHEAD:
        raise DoesNotOpen(what)
    share = sealed[:SHARE]
    return secrets.open_sealed(_key(self.public, info), sealed[SHARE:], share, what)


@contextmanager
def standing_in() -> Iterator[None]:
    """Inside, nothing is sealed or opened by the library's HPKE."""
    holders = [module for module in (epoch, keyring, secrets) if hasattr(module, "seal_to")]
    with mock.patch.object(secrets.AgreeKey, "open_sealed", open_sealed):
        patches = [mock.patch.object(module, "seal_to", seal_to) for module in holders]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in patches:
                one.stop()
