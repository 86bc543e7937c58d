"""Ids and blob keys drawn from what they name, for what is imported.

Law: the same file read twice, on this device or on another of the practice, gets the same fact ids and the
same sealed blob, so that an import taken up again, or made by two people at once, ends as one. The secret is
the practice's own (its first office epoch): outside it nobody can tell from an id or a blob's name what was
imported. Source: docs/format/keys.md, Names drawn from content.
"""

from __future__ import annotations

import hashlib
import hmac

from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.secrets import Hidden, Random, derive
from lanterne.wire.names import Compartment

ID_BYTES = 16


class Naming(Hidden):
    """Draws names under one secret."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def identifier(self, *pieces: str | bytes) -> str:
        """32 hex digits, the same for the same pieces; each piece is delimited, so no two lists run together."""
        told = b"".join(
            len(piece).to_bytes(8) + piece
            for piece in (one.encode() if isinstance(one, str) else one for one in pieces)
        )
        return hmac.digest(self._secret, told, "sha256")[:ID_BYTES].hex()

    def blob_random(self, content: bytes, after: bytes = b"") -> Random:
        """What `seal_blob` draws its key and nonces from, for this content and no other: the same content
        seals to the same bytes, under a key that serves it alone.

        `after`: hash of the entry that emptied the document this content sealed to before, since that name is
        never taken again.
        """
        digest = hashlib.sha256(content).digest() + after
        secret = hmac.digest(self._secret, b"lanterne/blob/named/1\0" + digest, "sha256")
        drawn = 0

        def random(size: int) -> bytes:
            nonlocal drawn
            drawn += 1
            return derive(secret, f"lanterne/blob/named/1/{drawn}", size)

        return random


def naming_of(keyring: Keyring) -> Naming:
    """The practice's names, for a seat that opens the office.

    Raises:
        NotEntitled: the first office epoch does not open here.
    """
    first = keyring.membership.all_epochs(Compartment.OFFICE)[0]
    keys = keyring.epoch_keys(first.key_id)
    if keys is None:
        raise NotEntitled("office")
    return Naming(keys.naming_key)
