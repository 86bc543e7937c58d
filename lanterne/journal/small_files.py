"""Small files kept in two copies: genesis, format, seats, device.

Law: the first copy that verifies speaks; the other is healed from it. Both are replaced whole, never edited.
Source: docs/format/store.md S9.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.errors import DiskFailed, DiskFull, SmallFileDamaged
from lanterne.journal.files import Files, replace_small_file
from lanterne.journal.layout import second
from lanterne.wire.errors import LanterneError

MAX_SMALL = 1024 * 1024
"""No small file is longer, in bytes."""


class Read(NamedTuple):
    """What a small file holds, and the copies that did not agree with it."""

    data: bytes
    wrong: tuple[Path, ...]


def write_twice(files: Files, path: Path, data: bytes) -> None:
    """Write both copies, the first one first: once it stands, it is the one that counts."""
    replace_small_file(files, path, data)
    replace_small_file(files, second(path), data)


def read_twice(files: Files, path: Path, check: Callable[[bytes], object]) -> Read | None:
    """The small file, None when neither copy is there.

    `check` raises ValueError or a LanterneError on bytes it refuses.

    Raises:
        SmallFileDamaged: a copy is there and none verifies.
    """
    found: list[tuple[Path, bytes | None]] = [(copy, _read(files, copy)) for copy in (path, second(path))]
    if all(data is None for _, data in found):
        return None
    for _, data in found:
        if data is not None and _holds(check, data):
            return Read(data, tuple(copy for copy, other in found if other != data))
    raise SmallFileDamaged("a small file is damaged in both copies", file=path.name)


def _read(files: Files, path: Path) -> bytes | None:
    size = files.size(path)
    return None if size is None else files.read(path, 0, min(size, MAX_SMALL))


def _holds(check: Callable[[bytes], object], data: bytes) -> bool:
    try:
        check(data)
    except (LanterneError, ValueError):
        return False
    return True


def heal(files: Files, path: Path, check: Callable[[bytes], object]) -> Read | None:
    """As `read_twice`, and rewrites the copies that did not agree.

    A disk that cannot write now does not keep anybody from reading: the copy stays wrong, `check` reports it,
    and the next reading tries again.
    """
    found = read_twice(files, path, check)
    if found is not None:
        for copy in found.wrong:
            with suppress(DiskFull, DiskFailed):
                replace_small_file(files, copy, found.data)
    return found
