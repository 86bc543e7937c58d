"""How long to wait before the next attempt at a passphrase; kept across restarts.

Law: an attempt counts before it is made, so killing the program gives nobody a free one. A damaged file is
taken for the worst until a success. This slows down who sits at the screen; a thief of the disk is slowed by
Argon2id alone. Source: docs/format/store.md, `local/unlock`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.errors import JournalError
from lanterne.journal.files import Files, replace_small_file
from lanterne.journal.vouched import closed, opened
from lanterne.wire import packing
from lanterne.wire.errors import PackingError
from lanterne.wire.names import SeatId

FREE = 5
FIRST_DELAY_MS = 5_000
LONGEST_DELAY_MS = 15 * 60 * 1000
WORST = 20
"""Attempts assumed when the file cannot be read."""
MAX_BYTES = 64 * 1024
ANYBODY = ""
"""Key under which a damaged file counts against every seat."""


class TooManyAttempts(JournalError):
    """Too many wrong passphrases: wait before the next attempt. `params["wait_ms"]` says how long."""

    word = "too_many_attempts"


class Attempts(NamedTuple):
    """Attempts since the last success, and when the last was made (milliseconds since 1970 UTC)."""

    made: int
    last_ms: int


class CounterDamaged(ValueError):
    """The counter file does not verify."""


def wait_ms(attempts: Attempts, now_ms: int) -> int:
    """Milliseconds still to wait. A clock set back waits the whole delay again, never longer."""
    if attempts.made < FREE:
        return 0
    delay = min(FIRST_DELAY_MS << min(attempts.made - FREE, 16), LONGEST_DELAY_MS)
    return max(0, min(delay, attempts.last_ms + delay - now_ms))


def encode(attempts: Mapping[SeatId, Attempts]) -> bytes:
    """The bytes of `local/unlock`."""
    tree = {"format": 1, "seats": {seat: [one.made, one.last_ms] for seat, one in attempts.items()}}
    return closed(packing.encode(tree))


def decode(data: bytes) -> dict[SeatId, Attempts]:
    """Attempts by seat. Raises CounterDamaged."""
    packed = opened(data)
    if packed is None:
        raise CounterDamaged("the digest does not agree")
    try:
        tree = packing.decode(packed, max_bytes=MAX_BYTES)
        seats = tree["seats"]
        found = {SeatId(str(seat)): Attempts(int(pair[0]), int(pair[1])) for seat, pair in seats.items()}
    except (PackingError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise CounterDamaged("not a counter file") from error
    return found


class UnlockLimit:
    """The counter file of one device. `path` is `local/unlock`."""

    def __init__(self, path: Path, files: Files) -> None:
        self._path, self._files = path, files

    def _alone(self) -> AbstractContextManager[object]:
        """The data directory's lock: one file counts for all seats, and two may be tried at the same moment, from the
        server and from a command. Without it one attempt overwrote the other, or failed."""
        return self._files.lock(self._path.parent.parent / "lock")

    def _load(self, now_ms: int) -> dict[SeatId, Attempts]:
        size = self._files.size(self._path)
        if size is None:
            return {}
        try:
            return decode(self._files.read(self._path, 0, min(size, MAX_BYTES + 32)))
        except CounterDamaged:
            worst = {SeatId(ANYBODY): Attempts(WORST, now_ms)}
            self._save(worst)
            return worst

    def _save(self, attempts: Mapping[SeatId, Attempts]) -> None:
        replace_small_file(self._files, self._path, encode(attempts))

    @staticmethod
    def _of(attempts: Mapping[SeatId, Attempts], seat: SeatId) -> Attempts:
        nobody = Attempts(0, 0)
        return max(attempts.get(seat, nobody), attempts.get(SeatId(ANYBODY), nobody))

    def wait_ms(self, seat: SeatId, now_ms: int) -> int:
        """Milliseconds to wait before this seat may be tried; 0 when it may be now."""
        return wait_ms(self._of(self._load(now_ms), seat), now_ms)

    def attempt(self, seat: SeatId, now_ms: int) -> None:
        """Count an attempt, durably, before it is made.

        Raises:
            TooManyAttempts: wait first; nothing was counted.
            DiskFull, DiskFailed, JournalBusy: the attempt could not be counted, so it must not be made.
        """
        with self._alone():
            attempts = self._load(now_ms)
            mine = self._of(attempts, seat)
            wait = wait_ms(mine, now_ms)
            if wait:
                raise TooManyAttempts("too many attempts", wait_ms=wait)
            attempts[seat] = Attempts(min(mine.made + 1, 1000), now_ms)
            self._save(attempts)

    def succeeded(self, seat: SeatId) -> None:
        """Forget this seat's attempts, and what a damaged file counted against everybody."""
        with self._alone():
            attempts = self._load(0)
            if attempts.pop(seat, None) is not None or SeatId(ANYBODY) in attempts:
                attempts.pop(SeatId(ANYBODY), None)
                self._save(attempts)
