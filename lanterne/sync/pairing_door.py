"""What a stranger may ask of a device that adds another: the messages of a pairing, by the name of their box.

Law: nothing is signed and nobody is believed; a box is answered for only while an offer stands, to who knows its
name (60 bits); the first request is kept and no other (P4); every size and rate has its bound, so that a stranger
can cost little and learn nothing. Source: docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from lanterne.journal.boxes import Boxes, BoxTaken
from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy
from lanterne.journal.journal import Journal
from lanterne.journal.pairing_messages import MAX_SMALL
from lanterne.wire.pairing_box import EMPTY, PATH, BoxName

WINDOW_MS = 60_000
MOST_ASKED = 240
"""Requests a minute for boxes that are here, of everybody together: a new device asks every other second."""
MOST_UNKNOWN = 30
"""Requests a minute for boxes that are not here: whoever guesses waits, and nobody waits for who guesses."""


class BoxReply(NamedTuple):
    """What is answered: a status, a body for 200, else the code word of a complaint."""

    status: int
    body: bytes = b""
    why: str = ""


class Rate:
    """At most `most` in a minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: deque[int] = deque()
        self._mutex = threading.Lock()

    def full(self, now_ms: int) -> bool:
        """Whether the minute is full; a clock put back empties it."""
        with self._mutex:
            while self._seen and not 0 <= now_ms - self._seen[0] < WINDOW_MS:
                self._seen.popleft()
            return len(self._seen) >= self._most

    def count(self, now_ms: int) -> None:
        """One more."""
        with self._mutex:
            self._seen.append(now_ms)


class PairingDoor:
    """Answers below /1/pairing/ from the boxes of this device."""

    def __init__(self, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._boxes, self._now_ms = Boxes.of(journal.layout, journal.files), now_ms
        self._asked, self._unknown = Rate(MOST_ASKED), Rate(MOST_UNKNOWN)

    def longest(self, method: str, path: str) -> int | None:
        """The longest body this asks for, in bytes; None when it is nothing of a pairing."""
        found = PATH.fullmatch(path)
        if found is None:
            return None
        return MAX_SMALL if (method, found[2]) == ("POST", "request") else 0

    def answer(self, method: str, path: str, body: bytes) -> BoxReply:
        """The answer. Whoever asks too often gets 429."""
        found = PATH.fullmatch(path)
        now = self._now_ms()
        if found is None:
            return BoxReply(404, why="request")
        try:
            return self._of(BoxName(found[1]), method, found[2], body, now)
        except BoxTaken:
            return BoxReply(409, why="P4")
        except (DiskFull, DiskFailed, JournalBusy) as error:
            return BoxReply(503, why=error.code)

    def _of(self, box: BoxName, method: str, what: str, body: bytes, now: int) -> BoxReply:
        here = self._boxes.stands(box, now)
        rate = self._asked if here else self._unknown
        if rate.full(now):
            return BoxReply(429, why="busy")
        rate.count(now)
        if not here:
            return BoxReply(404, why="box")
        if (method, what) == ("POST", "request"):
            if not 0 < len(body) <= MAX_SMALL:
                return BoxReply(413, why="length")
            self._boxes.ask(box, body)
            return BoxReply(200)
        if method != "GET" or what == "request":
            return BoxReply(404, why="request")
        lies = self._boxes.offer(box, now) if what == "offer" else self._boxes.answer(box)
        return BoxReply(404, why=EMPTY) if lies is None else BoxReply(200, lies)
