"""A device's answer to `news`: held open until it holds another number of entries.

Law: what is held open is bounded; who comes beyond that is answered at once, and asks again later. Source:
docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import threading
import time

from lanterne.journal.journal import Journal
from lanterne.wire.names import Stream

HELD_S = 25.0
MOST_HELD = 5
LOOK_S = 0.25


class NewsHeld:
    """Used by the threads of one server. `hold_s`: how long at most, in seconds."""

    def __init__(self, journal: Journal, *, hold_s: float = HELD_S, most: int = MOST_HELD) -> None:
        self._journal, self._hold_s = journal, hold_s
        self._room = threading.BoundedSemaphore(most)

    def wait(self, after: int) -> int:
        """How many entries are held, once that is another number than `after`, or after a while.

        Raises DiskFull, DiskFailed, JournalBusy.
        """
        held = self._held()
        if held != after or not self._room.acquire(blocking=False):
            return held
        try:
            until = time.monotonic() + self._hold_s
            while held == after and time.monotonic() < until:
                time.sleep(LOOK_S)
                held = self._held()
            return held
        finally:
            self._room.release()

    def _held(self) -> int:
        self._journal.refresh()
        return sum(self._journal.count(stream) for stream in Stream)
