"""Editions on the disk: one file each, written whole or not at all, kept beside the former ones.

Law: an edition is built under another name, flushed to the disk, then renamed: a load that is cut leaves
the former one as it was. Its SHA-256 lies beside it; a file that is not what was written is not used, and
that is said. This finds damage and clumsy hands; somebody who can write here can write the digest too
(docs/threat-model.md).
Source: docs/format/medicines.md.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

FOLDER = "medicines"
"""In the data directory: public tables only, unsealed, never anything about a patient (journal/layout.py)."""
_NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.sqlite$")
_DIGEST = ".sha256"
_NEW = ".new"
_REFUSED_BY_DISK = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM,
}  # fmt: skip
LOCK_S = 30.0


class Busy(RuntimeError):
    """Another load is writing in this folder."""


@dataclass(frozen=True, slots=True)
class Found:
    """One edition on the disk. `sound`: its bytes are those that were written."""

    dated: date
    path: Path
    digest: str
    sound: bool


def folder(data: Path) -> Path:
    """Where editions lie in a data directory."""
    return data / FOLDER


def path_of(data: Path, dated: date) -> Path:
    """The file of the edition of this day."""
    return folder(data) / f"{dated.isoformat()}.sqlite"


def present(data: Path) -> list[Found]:
    """The editions of a data directory, newest first."""
    found = []
    where = folder(data)
    if not where.is_dir():
        return []
    for path in where.iterdir():
        dated = _dated(path)
        if dated is not None and path.is_file():
            digest = _digest(path)
            found.append(Found(dated, path, digest, digest in _accepted(path)))
    return sorted(found, key=lambda one: one.dated, reverse=True)


def _dated(path: Path) -> date | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        return None


_seen: dict[Path, tuple[tuple[int, int, int], str]] = {}


def _digest(path: Path) -> str:
    """SHA-256 of the file, computed once for as long as its size and times do not change."""
    told = path.stat()
    stamp = (told.st_size, told.st_mtime_ns, told.st_ino)
    known = _seen.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _seen[path] = (stamp, digest)
    return digest


def _accepted(path: Path) -> set[str]:
    """The digests its companion accepts: one, or two while an edition of the same day is being replaced."""
    companion = path.with_name(path.name + _DIGEST)
    try:
        text = companion.read_text(encoding="ascii", errors="replace")[:1000]
    except FileNotFoundError:
        return set()
    return set(re.findall(r"\b[0-9a-f]{64}\b", text))


def opened_read_only(path: Path) -> sqlite3.Connection:
    """The file of an edition, for reading alone."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def write(data: Path, dated: date, build: Callable[[sqlite3.Connection], None]) -> Found:
    """Write the edition of this day with `build`, which fills an empty database.

    Raises:
        Busy: another load goes on here.
        OSError: the disk refused; nothing was replaced.
    """
    where = folder(data)
    where.mkdir(parents=True, exist_ok=True)
    lock = FileLock(where / "lock")
    try:
        with lock.acquire(timeout=LOCK_S):
            return _write(where, path_of(data, dated), dated, build)
    except Timeout:
        raise Busy(str(where)) from None


def _write(where: Path, path: Path, dated: date, build: Callable[[sqlite3.Connection], None]) -> Found:
    for left in where.glob(f"*{_NEW}*"):
        left.unlink(missing_ok=True)  # of a load that was cut
    new = path.with_name(path.name + _NEW)
    try:
        try:
            with closing(sqlite3.connect(new.absolute().as_uri(), uri=True)) as connection:
                connection.execute(
                    "PRAGMA journal_mode = OFF"
                )  # the file is thrown away when it is not finished
                connection.execute("PRAGMA synchronous = OFF")  # flushed whole below
                build(connection)
                connection.commit()
                connection.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _REFUSED_BY_DISK:
                raise
            raise OSError(f"{new.name}: {error}") from error
        digest = _digest(new)
        _seen.pop(new, None)
        _flush(new)
        before = _accepted(path) if path.exists() else set()
        _put(path.with_name(path.name + _DIGEST), "".join(f"{one}\n" for one in sorted({digest, *before})))
        new.replace(path)
        _flush_folder(where)
        _put(path.with_name(path.name + _DIGEST), f"{digest}\n")
    finally:
        for left in (new, new.with_name(new.name + "-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return Found(dated, path, digest, True)


def _put(path: Path, text: str) -> None:
    new = path.with_name(path.name + _NEW)
    new.write_text(text, encoding="ascii", newline="\n")
    _flush(new)
    new.replace(path)
    _flush_folder(path.parent)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(path: Path) -> None:
    if sys.platform == "win32":
        return  # directories cannot be opened there; the rename itself is journalled by NTFS
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
