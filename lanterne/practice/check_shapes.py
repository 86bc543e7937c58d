"""What can be said of the read tables without any key: their keys' checksums, which file is in use, its shape.

Law: no page is opened here. SQLCipher seals every page under a key that a passphrase opens, so a flipped bit
inside a `.db` file is for `practice.check` to find; what is said here is true of every set on the machine,
those nobody present may read included. Source: docs/format/store.md, `read/`.
"""

from __future__ import annotations

from pathlib import Path

from lanterne.journal.report import Fault
from lanterne.practice.tablekeys import key_path
from lanterne.practice.tables import Tables
from lanterne.seal.errors import FileDamaged, FileNewer
from lanterne.seal.table import SETS, check_table_file

PAGE = 4096
"""Bytes of a page of SQLCipher 4, its nonce and HMAC included."""
_IN_CLEAR = b"SQLite format 3\0"
# How often to look again when a rebuild swaps a generation in between two looks.
_TRIES = 5


def check_shapes(root: Path) -> list[Fault]:
    """Every fault of `read/` that shows without a key.

    Raises:
        OSError: a file cannot be read at all.
    """
    return [fault for name in SETS for fault in (*_key(root, name), *_tables(root, name))]


def _key(root: Path, name: str) -> list[Fault]:
    path = key_path(root, SETS[name])
    try:
        check_table_file(name, path.read_bytes())
    except FileNotFoundError:
        return []  # not built yet
    except (FileDamaged, FileNewer) as error:
        return [Fault(_shown(root, path), "", "table_key_damaged", str(error))]
    return []


def _tables(root: Path, name: str) -> list[Fault]:
    folder = root / "read"
    pointer = folder / f"{name}.current"
    for _ in range(_TRIES):
        try:
            told = pointer.read_bytes().strip()
        except FileNotFoundError:
            return []  # not built yet, or being built for the first time
        if not (told.isdigit() and len(told) <= 6):
            return [Fault(_shown(root, pointer), "", "tables_missing", "it is no number of a generation")]
        path = Tables.file_of(folder, name, int(told))
        try:
            with path.open("rb") as stream:
                start = stream.read(len(_IN_CLEAR))
            size = path.stat().st_size
        except FileNotFoundError:
            continue
        return _shape(_shown(root, path), start, size)
    return [Fault(_shown(root, pointer), "", "tables_missing", "names read tables that are not there")]


def _shape(name: str, start: bytes, size: int) -> list[Fault]:
    if start == _IN_CLEAR:
        return [Fault(name, "offset 0", "tables_in_clear", "a database that is not encrypted")]
    if size == 0 or size % PAGE:
        meaning = f"{size} bytes are no whole number of pages of {PAGE}"
        return [Fault(name, "", "tables_damaged", meaning)]
    return []


def _shown(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
