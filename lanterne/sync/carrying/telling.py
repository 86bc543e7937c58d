"""What the process tells of itself: kept in memory, written now and then.

Law: one writer; never in the way of an exchange. A disk too full for a new file still takes what fits in the old
one. Source: lanterne.sync.going.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.journal import Journal
from lanterne.sync.going import (
    MOST_TROUBLES,
    TOLD_EVERY_MS,
    Going,
    Trouble,
    WayGoing,
    overwrite_going,
    read_going,
    write_going,
)
from lanterne.sync.peers.port import Way
from lanterne.sync.ways_open import Destination

Key = tuple[Way, str]


class Telling:
    """Used by every thread of the process. `now_ms`: the machine's clock in milliseconds."""

    def __init__(self, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._journal, self._now_ms = journal, now_ms
        self._mutex, self._writing = threading.Lock(), threading.Lock()
        self.before = read_going(journal)
        """What the process before this one told last."""
        self._ways: dict[Key, WayGoing] = {}
        self._troubles: dict[str, Trouble] = {}
        self._started, self._listening = now_ms(), 0
        self._unreadable, self._unreadable_since = 0, 0
        self._changed, self._written = True, 0
        self._ended = False

    def begin(self, places: Iterable[Destination]) -> None:
        """These are the ways from now on; what was told of them goes on."""
        with self._mutex:
            ways: dict[Key, WayGoing] = {}
            for place in places:
                key = (place.way, place.name)
                told = self.before.of(*key)
                former = None if told is None else replace(told, running=False, phase="", next_at=0)
                ways[key] = self._ways.get(key) or former or WayGoing(*key)
            self._ways, self._changed = ways, True

    def way(self, place: Destination) -> WayGoing:
        """What is told of one way."""
        with self._mutex:
            return self._ways.get((place.way, place.name)) or WayGoing(place.way, place.name)

    def change(self, place: Destination, **changed: Any) -> None:
        """Something of a way is otherwise; nothing when that way was taken away meanwhile."""
        with self._mutex:
            held = self._ways.get((place.way, place.name))
            if held is not None:
                self._ways[place.way, place.name] = replace(held, **changed)
                self._changed = True

    def listens(self, port: int) -> None:
        """Other devices reach this one at that port; 0: no more."""
        with self._mutex:
            self._listening, self._changed = port, True

    def unreadable(self, count: int) -> None:
        """So many entries lie damaged here; since when goes on through a new process."""
        with self._mutex:
            if count != self._unreadable:
                since = self._unreadable_since or self.before.unreadable_since or self._now_ms()
                self._unreadable, self._unreadable_since = count, since if count else 0
                self._changed = True
            if not count:
                self.before = replace(self.before, unreadable=0, unreadable_since=0)

    def trouble(self, code: str, since: int | None = None) -> None:
        """Something hinders; said until `clear`. `since` in milliseconds, now when left out."""
        with self._mutex:
            if code not in self._troubles and len(self._troubles) < MOST_TROUBLES:
                self._troubles[code] = Trouble(code, self._now_ms() if since is None else since)
                self._changed = True

    def clear(self, *codes: str) -> None:
        """It hinders no more."""
        with self._mutex:
            for code in codes:
                self._changed |= self._troubles.pop(code, None) is not None

    def write(self) -> None:
        """Write it when it changed, or was not written for a while. A disk that refuses is a trouble of its own."""
        with self._writing:
            self._write(self._now_ms())

    def _write(self, now: int) -> None:
        with self._mutex:
            due = self._changed or not 0 <= now - self._written < TOLD_EVERY_MS
            if self._ended or not due:
                return
            self._changed, self._written = False, now
            going = self._going(now)
        try:
            write_going(self._journal, going)
            self.clear("carrier.not_told")
        except (DiskFull, DiskFailed):
            self.trouble("carrier.not_told")
            overwrite_going(self._journal, replace(going, troubles=tuple(self._troubles.values())))

    def end(self) -> None:
        """The process ends in order: said at once, instead of by its silence."""
        with self._mutex:
            self._ended = True
            ways = tuple(replace(one, running=False, phase="") for one in self._ways.values())
            going = replace(self._going(0), ways=ways, listening=0)
        overwrite_going(self._journal, going)

    def _going(self, now: int) -> Going:
        troubles = tuple(self._troubles.values())
        return Going(
            now,
            self._started,
            self._listening,
            tuple(self._ways.values()),
            troubles,
            self._unreadable,
            self._unreadable_since,
        )
