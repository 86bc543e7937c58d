"""Who is served next: each practice in its turn, and a bound on how many wait.

Law: a practice that asks much makes itself wait, not the others: places are given in a round over the
practices that wait, each runs at most `each` at once, and who finds the queue full is told when to come
again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Iterator

from lanterne.relay.errors import Busy
from lanterne.wire.names import PracticeId


class Turns:
    """`async with turns.of(practice):` runs at most `running` at once, `each` of one practice."""

    def __init__(self, *, running: int, each: int, waiting: int, waiting_each: int, retry_s: int) -> None:
        self._running, self._each = running, each
        self._waiting, self._waiting_each = waiting, waiting_each
        self._retry_s = retry_s
        self._busy: Counter[PracticeId] = Counter()
        self._queue: OrderedDict[PracticeId, deque[asyncio.Future[None]]] = OrderedDict()
        self._queued = 0
        self._now = 0

    @property
    def load(self) -> tuple[int, int]:
        """How many run and how many wait, now."""
        return self._now, self._queued

    @contextlib.asynccontextmanager
    async def of(self, practice: PracticeId) -> AsyncIterator[None]:
        """A turn. Raises Busy when too many wait already."""
        await self._enter(practice)
        try:
            yield
        finally:
            self._now -= 1
            self._busy[practice] -= 1
            if not self._busy[practice]:
                del self._busy[practice]
            self._wake()

    async def _enter(self, practice: PracticeId) -> None:
        if self._now < self._running and self._busy[practice] < self._each and practice not in self._queue:
            self._take(practice)
            return
        queue = self._queue.get(practice)
        if queue is not None and len(queue) >= self._waiting_each:
            raise Busy("too many requests of this practice wait", retry_s=self._retry_s, everybody=False)
        if self._queued >= self._waiting:
            raise Busy("too many requests wait", retry_s=self._retry_s, everybody=True)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.setdefault(practice, deque()).append(turn)
        self._queued += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # The turn was given at the moment its request went away: somebody else gets it.
                self._give_back(practice)
            else:
                self._leave(practice, turn)
            raise

    def _take(self, practice: PracticeId) -> None:
        self._now += 1
        self._busy[practice] += 1

    def _give_back(self, practice: PracticeId) -> None:
        self._now -= 1
        self._busy[practice] -= 1
        self._wake()

    def _leave(self, practice: PracticeId, turn: asyncio.Future[None]) -> None:
        queue = self._queue.get(practice)
        if queue is not None and turn in queue:
            queue.remove(turn)
            self._queued -= 1
            if not queue:
                del self._queue[practice]

    def _wake(self) -> None:
        """Give free places, one practice after the other; who has its share running is passed over."""
        for practice in list(self._queue):
            if self._now >= self._running:
                return
            if self._busy[practice] >= self._each:
                continue
            queue = self._queue.pop(practice)
            turn = queue.popleft()
            self._queued -= 1
            if queue:
                self._queue[practice] = queue
            if not turn.done():
                self._take(practice)
                turn.set_result(None)


class Budget:
    """Bytes of requests being received: together, and of each practice."""

    def __init__(self, *, most: int, each: int, retry_s: int) -> None:
        self._most, self._each, self._retry_s = most, each, retry_s
        self._used = 0
        self._by: Counter[PracticeId] = Counter()

    @property
    def load(self) -> int:
        """Bytes counted now."""
        return self._used

    @contextlib.contextmanager
    def of(self, practice: PracticeId, size: int) -> Iterator[None]:
        """Room for `size` bytes. Raises Busy."""
        if self._by[practice] + size > self._each:
            raise Busy("too much of this practice is on its way", retry_s=self._retry_s, everybody=False)
        if self._used + size > self._most:
            raise Busy("too much is on its way", retry_s=self._retry_s, everybody=True)
        self._used += size
        self._by[practice] += size
        try:
            yield
        finally:
            self._used -= size
            self._by[practice] -= size
            if not self._by[practice]:
                del self._by[practice]
