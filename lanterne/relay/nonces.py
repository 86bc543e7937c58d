"""A request is good once: the nonces of each device, and the time below which nothing is taken.

Law: what is remembered is bounded, and what was forgotten is refused: a nonce older than the span beside the
newest time of its device is not looked up but refused. Before a device is answered, the time up to which its
requests are refused after a restart is durable, some minutes ahead, so that this costs a write every few
minutes and no replay ever passes. Source: docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from enum import Enum

from lanterne.wire.names import DeviceId, PracticeId
from lanterne.wire.request import NONCE_SPAN_MS

AHEAD_MS = 300_000
"""How far ahead of a device's newest time its floor is made durable."""


class Answer(Enum):
    """Whether a request is new."""

    NEW = "new"
    REPLAYED = "replayed"
    TOO_OLD = "too_old"
    TOO_MANY = "too_many"


class Caller:
    """One device's newest time and nonces. Times in milliseconds."""

    __slots__ = ("_nonces", "_order", "durable", "floor", "newest", "rising")

    def __init__(self, floor: int) -> None:
        self.floor = floor
        """Nothing up to this time is taken."""
        self.durable = floor
        """What a restart would take as floor."""
        self.newest = floor
        self.rising: asyncio.Future[None] | None = None
        """Until `durable` is."""
        self._nonces: set[bytes] = set()
        self._order: deque[tuple[int, bytes]] = deque()

    def take(self, time: int, nonce: bytes, most: int) -> Answer:
        """Whether the request is new; it is not any more."""
        if time <= max(self.floor, self.newest - NONCE_SPAN_MS):
            return Answer.TOO_OLD
        if nonce in self._nonces:
            return Answer.REPLAYED
        if len(self._nonces) >= most:
            self._forget()
            if len(self._nonces) >= most:
                return Answer.TOO_MANY
        self._nonces.add(nonce)
        self._order.append((time, nonce))
        if time > self.newest:
            self.newest = time
            if len(self._order) > 64:
                self._forget()
        return Answer.NEW

    def _forget(self) -> None:
        """Drop the nonces of times that are refused anyway."""
        limit = max(self.floor, self.newest - NONCE_SPAN_MS)
        # Times come nearly in order; one that came late is dropped with those around it, a little later.
        while self._order and self._order[0][0] <= limit:
            self._nonces.discard(self._order.popleft()[1])


class Callers:
    """Callers by device, the least recently seen forgotten first: its floor is durable, so nothing is lost."""

    def __init__(self, *, devices: int, nonces_each: int) -> None:
        self._devices, self._each = devices, nonces_each
        self._found: OrderedDict[tuple[PracticeId, DeviceId], Caller] = OrderedDict()

    def known(self, practice: PracticeId, device: DeviceId) -> Caller | None:
        """Who is remembered."""
        found = self._found.get((practice, device))
        if found is not None:
            self._found.move_to_end((practice, device))
        return found

    def remember(self, practice: PracticeId, device: DeviceId, floor: int) -> Caller:
        """Whoever was read from the store, unless somebody was quicker."""
        found = self._found.setdefault((practice, device), Caller(floor))
        while len(self._found) > self._devices:
            self._found.popitem(last=False)
        return found

    def take(self, caller: Caller, time: int, nonce: bytes) -> Answer:
        return caller.take(time, nonce, self._each)
