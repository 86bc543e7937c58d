"""A file that ends with the SHA-256 of what stands before: half a write and a fallen bit are seen.

Law: it tells damage, never forgery; whoever can write the file can write its digest.
Source: docs/format/store.md, `local/` and `known/`.
"""

from __future__ import annotations

from hashlib import sha256

DIGEST = 32
"""Bytes of the digest at the end."""


def closed(body: bytes) -> bytes:
    """The body and its digest."""
    return body + sha256(body).digest()


def opened(data: bytes) -> bytes | None:
    """The body; None when it does not agree with its digest."""
    body, digest = data[:-DIGEST], data[-DIGEST:]
    return body if len(data) >= DIGEST and sha256(body).digest() == digest else None
