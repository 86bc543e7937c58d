"""Files carried by hand between two devices: written whole, never over something else.

Law: a list of entries is framed, followed by its SHA-256, as in a folder of exchange (docs/format/exchange.md); it is
read piece by piece, whatever its size, and taken only when it is whole.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from lanterne.cli.outcomes import UsageError

_length = struct.Struct(">I")
_DIGEST = 32
_PIECE = 1 << 20


def read_message(path: Path) -> bytes:
    """A message of a pairing. Raises UsageError "file_unreadable"."""
    from lanterne.journal.pairing_messages import MAX_LARGE

    try:
        with path.open("rb") as stream:
            return stream.read(MAX_LARGE + 1)
    except OSError as error:
        raise UsageError("file_unreadable", path=str(path), why=error.strerror) from error


def write_message(path: Path, data: bytes) -> None:
    """Write a message, in the place of an older one of a pairing, of nothing else. Raises UsageError "out_exists"."""
    from lanterne.journal.pairing_messages import is_message

    if path.exists() and not (path.is_file() and is_message(read_message(path))):
        raise UsageError("out_exists", path=str(path))
    _replace(path, [data])


def write_entries(path: Path, raws: Iterable[bytes]) -> int:
    """Write entries to be carried; how many. Raises UsageError "out_exists": a list replaces nothing."""
    if path.exists():
        raise UsageError("out_exists", path=str(path))
    count = 0

    def pieces() -> Iterator[bytes]:
        nonlocal count
        digest = hashlib.sha256()
        for raw in raws:
            count += 1
            for piece in (_length.pack(len(raw)), raw):
                digest.update(piece)
                yield piece
        yield digest.digest()

    _replace(path, pieces())
    return count


def read_entries(path: Path) -> Iterator[bytes]:
    """The entries of a file, once the whole of it has its digest. Raises UsageError "entries_damaged"."""
    from lanterne.wire.entry import MAX_ENTRY_BYTES

    left = _whole(path)
    with path.open("rb") as stream:
        while left:
            lead = stream.read(min(_length.size, left))
            size = _length.unpack(lead)[0] if len(lead) == _length.size else 0
            left -= len(lead) + size
            if not 0 < size <= MAX_ENTRY_BYTES or left < 0:
                raise UsageError("entries_damaged", path=str(path))
            yield stream.read(size)


def _whole(path: Path) -> int:
    """The size of a list of entries without its digest, which agrees."""
    try:
        left = path.stat().st_size - _DIGEST
        size, digest = left, hashlib.sha256()
        with path.open("rb") as stream:
            while left > 0:
                piece = stream.read(min(_PIECE, left))
                if not piece:
                    break
                digest.update(piece)
                left -= len(piece)
            if left != 0 or stream.read() != digest.digest():
                raise UsageError("entries_damaged", path=str(path))
    except OSError as error:
        raise UsageError("file_unreadable", path=str(path), why=error.strerror) from error
    return size


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    """Beside, fsync, rename: a stick pulled out too soon holds the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as stream:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
