"""Requests that wait for something new, held open.

Law: a poll that waits costs one future; who waits is woken by the entry that became durable, never before.
"""

from __future__ import annotations

import asyncio

from lanterne.relay.errors import Busy
from lanterne.wire.names import PracticeId


class News:
    """Wakes the polls of a practice. Used from the event loop only."""

    def __init__(self, *, most: int, each: int, retry_s: int) -> None:
        self._most, self._each, self._retry_s = most, each, retry_s
        self._waiting: dict[PracticeId, set[asyncio.Future[None]]] = {}
        self.held = 0
        """Polls held open now."""

    def listen(self, practice: PracticeId) -> asyncio.Future[None]:
        """A future that resolves at the next news. Raises Busy. To be given back with `leave`."""
        mine = self._waiting.setdefault(practice, set())
        if len(mine) >= self._each:
            raise Busy("too many polls of this practice", retry_s=self._retry_s, everybody=False)
        if self.held >= self._most:
            if not mine:
                del self._waiting[practice]
            raise Busy("too many polls", retry_s=self._retry_s, everybody=True)
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mine.add(woken)
        self.held += 1
        return woken

    def leave(self, practice: PracticeId, woken: asyncio.Future[None]) -> None:
        """The poll is over, woken or not."""
        mine = self._waiting.get(practice)
        if mine is not None and woken in mine:
            mine.remove(woken)
            self.held -= 1
            if not mine:
                del self._waiting[practice]

    def tell(self, practice: PracticeId) -> None:
        """Something of this practice became durable."""
        for woken in self._waiting.get(practice, ()):
            if not woken.done():
                woken.set_result(None)

    def tell_all(self) -> None:
        """Something that concerns everybody: a notice, or the end."""
        for practice in self._waiting:
            self.tell(practice)
