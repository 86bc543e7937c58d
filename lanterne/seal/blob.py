"""Blobs: attachments sealed in chunks, named by the hash of their sealed bytes.

Law: neither sealing nor opening holds more than one chunk; a blob cut short, lengthened, reordered or
altered does not open to its end, and whoever reads must reach the end before showing it as whole. Source:
docs/format/keys.md, Blob.
"""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from lanterne.seal.errors import DoesNotOpen
from lanterne.seal.secrets import AEAD_OVERHEAD, SECRET_SIZE, Random, open_sealed, seal

BLOB_CONTEXT = b"lanterne/blob/1\0"
CHUNK = 1024 * 1024
"""Bytes of plaintext in every chunk but the last."""
_SEALED_CHUNK = CHUNK + AEAD_OVERHEAD
_WHAT = "an attachment"


class SealedBlob(NamedTuple):
    """What the fact that names a blob carries. `name` is 64 hex digits, sizes in bytes."""

    name: str
    key: bytes
    size: int
    sealed_size: int


def seal_blob(source: BinaryIO, sink: BinaryIO, random: Random) -> SealedBlob:
    """Seal all of `source` into `sink` under a new random key."""
    key = random(SECRET_SIZE)
    hashed = hashlib.sha256()
    size = sealed_size = number = 0
    chunk = _read_fully(source, CHUNK)
    while True:
        following = _read_fully(source, CHUNK) if len(chunk) == CHUNK else b""
        sealed = seal(key, chunk, _bound(number, last=not following), random)
        hashed.update(sealed)
        sink.write(sealed)
        size += len(chunk)
        sealed_size += len(sealed)
        number += 1
        if not following:
            return SealedBlob(hashed.hexdigest(), key, size, sealed_size)
        chunk = following


def open_blob(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The plaintext of a sealed blob, chunk by chunk.

    Raises:
        DoesNotOpen: at the first chunk that does not, or when the end is missing.
    """
    number = 0
    sealed = _read_fully(source, _SEALED_CHUNK)
    while True:
        following = _read_fully(source, _SEALED_CHUNK) if len(sealed) == _SEALED_CHUNK else b""
        yield open_sealed(key, sealed, _bound(number, last=not following), _WHAT)
        if not following:
            return
        sealed = following
        number += 1


def check_blob(source: BinaryIO, name: str) -> None:
    """Whether sealed bytes are those of `name`; needs no key.

    Raises:
        DoesNotOpen: they are not.
    """
    hashed = hashlib.sha256()
    while chunk := source.read(CHUNK):
        hashed.update(chunk)
    if hashed.hexdigest() != name:
        raise DoesNotOpen(_WHAT)


def _bound(number: int, *, last: bool) -> bytes:
    return BLOB_CONTEXT + number.to_bytes(8) + (b"\1" if last else b"\0")


def _read_fully(source: BinaryIO, size: int) -> bytes:
    pieces = []
    while size:
        piece = source.read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
