"""When a seat must be locked because nobody is there. Pure: the clock is an argument.

Law: what a page left open asks by itself does not keep a seat unlocked.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class WakingClock:
    """Seconds that also pass while the PC sleeps.

    `time.monotonic` stands still during sleep on Linux and macOS: a portable closed at noon would still be
    unlocked in the evening. The wall clock sees the sleep but may be set back. Each reading advances by the
    larger of the two.
    """

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._last = (monotonic(), wall())
        self._now = 0.0

    def __call__(self) -> float:
        """Seconds since this clock was made; never goes back.

        A wall clock set forward locks early, never late.
        """
        seen = (self._monotonic(), self._wall())
        self._now += max(seen[0] - self._last[0], seen[1] - self._last[1], 0.0)
        self._last = seen
        return self._now


class IdleWatch:
    """The last act in each unlocked seat. Times in seconds of one clock."""

    def __init__(self, idle_s: float) -> None:
        self.idle_s = idle_s
        self._last_act: dict[str, float] = {}

    def act(self, seat: str, now: float) -> None:
        """Somebody did something in that seat."""
        self._last_act[seat] = max(now, self._last_act.get(seat, now))

    def forget(self, seat: str) -> None:
        """The seat is locked."""
        self._last_act.pop(seat, None)

    def remaining_s(self, seat: str, now: float) -> float:
        """Seconds before that seat locks; 0 when it is not watched."""
        if seat not in self._last_act:
            return 0.0
        return max(0.0, self._last_act[seat] + self.idle_s - now)

    def expired(self, now: float) -> list[str]:
        """The seats to lock now."""
        return [seat for seat in self._last_act if self.remaining_s(seat, now) <= 0.0]
