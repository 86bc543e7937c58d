"""Small files of what is known, in two copies, each followed by its SHA-256.

Law: as S9 of docs/format/store.md, without its limit of size, since an answer kept as evidence may be long. One
whole copy is enough; a wrong one is written again; with none left it is said, never taken for nothing known.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from lanterne.journal.files import Files, replace_small_file
from lanterne.journal.layout import second
from lanterne.sync.errors import KnownDamaged

MAX_BYTES = 64 * 1024 * 1024


def keep_file(files: Files, path: Path, data: bytes) -> None:
    """Both copies, the first one first. Raises DiskFull, DiskFailed: the old ones stand."""
    closed = data + hashlib.sha256(data).digest()
    replace_small_file(files, path, closed)
    replace_small_file(files, second(path), closed)


def read_file(files: Files, path: Path) -> bytes | None:
    """What the file holds; None when neither copy is there. Raises KnownDamaged."""
    there = False
    for copy in (path, second(path)):
        if files.size(copy) is None:
            continue
        there = True
        closed = files.read(copy, 0, MAX_BYTES)
        if hashlib.sha256(closed[:-32]).digest() == closed[-32:]:
            return closed[:-32]
    if there:
        raise KnownDamaged("what was known is damaged in both copies", file=path.name)
    return None
