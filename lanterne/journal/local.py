"""Drafts and counters of one seat on one device: small files sealed to the seat.

Law: what was put is on the disk when `put` returns; a name says nothing about anybody (letters, digits,
hyphens). The SHA-256 at the end lets `check` find a damaged file without any key. Source:
docs/format/store.md, `local/<seat id>/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lanterne.journal.errors import JournalError, LocalFileDamaged
from lanterne.journal.files import BESIDE, Files, disk_errors, replace_small_file
from lanterne.journal.layout import Layout
from lanterne.journal.vouched import closed, opened
from lanterne.seal.errors import DoesNotOpen
from lanterne.seal.local import open_local, seal_local
from lanterne.seal.seat import SeatKeys

MAX_LOCAL = 4 * 1024 * 1024
"""Bytes of one draft or counter."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


class LocalTooLong(JournalError):
    """A draft longer than 4 MiB."""

    word = "local_too_long"


def sealed_part(data: bytes) -> bytes | None:
    """The sealed bytes of a local file, None when its digest does not agree."""
    return opened(data) or None


class LocalFiles:
    """The local files of one unlocked seat."""

    def __init__(self, layout: Layout, seat: SeatKeys, files: Files, random: Callable[[int], bytes]) -> None:
        self._folder, self._lock = layout.local_of(seat.id), layout.lock
        self._seat, self._files, self._random = seat, files, random

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`, durably.

        Raises:
            DiskFull, DiskFailed: what was kept before stands.
            JournalBusy: another process has held the directory for too long.
            LocalTooLong: longer than 4 MiB.
        """
        if len(data) > MAX_LOCAL:
            raise LocalTooLong("a draft is too long", size=len(data))
        sealed = seal_local(self._seat, self._purpose(name), data, self._random)
        # A tab and a command of one seat may put the same draft: both write beside under one name.
        with self._files.lock(self._lock):
            replace_small_file(self._files, self._folder / name, closed(sealed))

    def get(self, name: str) -> bytes | None:
        """What was kept under `name`; None when there is nothing. Raises LocalFileDamaged."""
        purpose = self._purpose(name)
        path = self._folder / name
        if self._files.size(path) is None:
            return None
        sealed = sealed_part(self._files.read(path, 0, MAX_LOCAL + 1024))
        try:
            if sealed is not None:
                return open_local(self._seat, purpose, sealed)
        except DoesNotOpen as error:
            raise LocalFileDamaged("a draft or counter no longer opens", name=name) from error
        raise LocalFileDamaged("a draft or counter is damaged", name=name)

    def remove(self, name: str) -> None:
        """Forget `name`. Raises DiskFailed."""
        self._purpose(name)
        with self._files.lock(self._lock), disk_errors("removing a draft"):
            if self._files.size(self._folder / name) is not None:
                self._files.remove(self._folder / name)
                self._files.fsync_directory(self._folder)

    def names(self) -> list[str]:
        """What is kept, sorted."""
        return [name for name in self._files.listing(self._folder) if not name.endswith(BESIDE)]

    @staticmethod
    def _purpose(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("a local name is made of small letters, digits and hyphens")
        return f"local/{name}"
