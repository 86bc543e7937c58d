"""An answer over HTTP that must keep a pace.

Law: a timeout counts from one byte to the next, so whoever sends one now and then would hold us for ever: an answer
as a whole has its time too, heads and body alike, however it is cut into pieces.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

FLOOR = 2 * 1024
"""Bytes a second an answer comes at, at the least, once it had the time of one timeout: a third of what a modem of 56
kbit/s carries. So slowly may a request go, too."""


def carrying_s(size: int) -> float:
    """Seconds that so many bytes of a request may take on their way: what is handed to the system is not there yet."""
    return size / FLOOR


class Deadline:
    """Of one answer at a time. `grace_s` before it must keep the pace; `whole_s`: no longer, where one waits."""

    def __init__(self, grace_s: float, whole_s: float | None = None) -> None:
        self._grace_s, self._whole_s = grace_s, whole_s
        self._began, self._came = time.monotonic(), 0
        self._going_s = 0.0

    def carries(self, size: int) -> None:
        """A request of so many bytes goes now: no answer begins before it came."""
        self._going_s = carrying_s(size)

    def begin(self) -> None:
        """The request was handed to the system."""
        self._began, self._came = time.monotonic(), 0

    def check(self) -> None:
        """Raises TimeoutError."""
        gone = time.monotonic() - self._began
        late = gone > self._grace_s + self._going_s + self._came / FLOOR
        if late or (self._whole_s is not None and gone > self._whole_s):
            raise TimeoutError("the answer comes too slowly")

    def came(self, size: int) -> None:
        """So many bytes more."""
        self._came += size


class _Watched(io.RawIOBase):
    """What a socket receives. Each reading waits at most the socket's own timeout."""

    def __init__(self, raw: io.RawIOBase, deadline: Deadline) -> None:
        self._raw, self._deadline = raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._deadline.check()
        size = self._raw.readinto(buffer)
        self._deadline.came(size or 0)
        return int(size or 0)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def answers(deadline: Deadline) -> type[http.client.HTTPResponse]:
    """The class of answers of one connection (`HTTPConnection.response_class`)."""

    class Paced(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            deadline.begin()
            self.fp = io.BufferedReader(_Watched(self.fp.detach(), deadline))

    return Paced
