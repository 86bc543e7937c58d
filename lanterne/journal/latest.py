"""The latest time this device ever saw: a clock put back reopens no access.

Law: it only rises; it is on the disk at most a minute late, and at once when asked. Only the end of an access is
judged by it; entries are dated by the machine's clock. Needs no key. Source: docs/format/store.md S13.
"""

from __future__ import annotations

import threading
from pathlib import Path

from lanterne.journal.files import Files, replace_small_file
from lanterne.journal.vouched import closed, opened
from lanterne.wire import packing
from lanterne.wire.errors import PackingError

SAVED_EVERY_MS = 60_000
MAX_BYTES = 1024


class ClockDamaged(ValueError):
    """The file does not verify."""


def encode(time_ms: int) -> bytes:
    """The bytes of `local/clock`."""
    return closed(packing.encode({"format": 1, "time": time_ms}))


def decode(data: bytes) -> int:
    """Milliseconds since 1970-01-01 UTC. Raises ClockDamaged."""
    packed = opened(data)
    if packed is None:
        raise ClockDamaged("the digest does not agree")
    try:
        tree = packing.decode(packed, max_bytes=MAX_BYTES)
    except PackingError as error:
        raise ClockDamaged("not a clock file") from error
    time_ms = tree.get("time") if type(tree) is dict else None
    if type(time_ms) is not int or time_ms < 0:
        raise ClockDamaged("not a clock file")
    return time_ms


class LatestTime:
    """The file of one device. `path` is `local/clock`."""

    def __init__(self, path: Path, files: Files) -> None:
        self._path, self._files = path, files
        self._guard = threading.Lock()

    def saved(self) -> int:
        """What the file says; 0 when there is none, or it is damaged (`check` reports it)."""
        size = self._files.size(self._path)
        if size is None:
            return 0
        try:
            return decode(self._files.read(self._path, 0, min(size, MAX_BYTES + 32)))
        except ClockDamaged:
            return 0

    def see(self, now_ms: int) -> int:
        """The latest time ever seen, the present included; kept when it rose by a minute.

        Raises:
            DiskFull, DiskFailed, JournalBusy: the time could not be kept; what the file said stands.
        """
        with self._guard:
            saved = self.saved()
            if now_ms >= saved + SAVED_EVERY_MS:
                with self._files.lock(self._path.parent.parent / "lock"):
                    # Another process may have seen more meanwhile.
                    if now_ms > self.saved():
                        replace_small_file(self._files, self._path, encode(now_ms))
            return max(saved, now_ms)
