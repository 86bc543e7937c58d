"""Small files of what is known, in two copies, each followed by its SHA-256.

Law: as S9 of docs/format/store.md, without its limit of size, since an answer kept as evidence may be long. One
whole copy is enough; a wrong one is written again; with none left it is said, never taken for nothing known.
"""

from __future__ import annotations

from pathlib import Path

from lanterne.journal.files import Files, replace_small_file
from lanterne.journal.layout import second
from lanterne.journal.vouched import closed, opened
from lanterne.sync.errors import KnownDamaged

MAX_BYTES = 64 * 1024 * 1024


def keep_file(files: Files, path: Path, data: bytes) -> None:
    """Both copies, the first one first. Raises DiskFull, DiskFailed: the old ones stand."""
    whole = closed(data)
    replace_small_file(files, path, whole)
    replace_small_file(files, second(path), whole)


def read_file(files: Files, path: Path) -> bytes | None:
    """What the file holds; None when neither copy is there. Raises KnownDamaged."""
    there = False
    for copy in (path, second(path)):
        if files.size(copy) is None:
            continue
        there = True
        body = opened(files.read(copy, 0, MAX_BYTES))
        if body is not None:
            return body
    if there:
        raise KnownDamaged("what was known is damaged in both copies", file=path.name)
    return None
