"""One way, in a thread of its own: waits until it is due, exchanges, tells how it went.

Law: never two exchanges at once by one way; nothing that was written or told while one went on is forgotten after it.
An error nobody foresaw is not caught here: the process falls, is seen to fall, and is started again by the front.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lanterne.sync.carrying.folders import looked, practice_folder, there
from lanterne.sync.carrying.pace import MOST_RETRY_S, NEAR_RETRY_S, REST_S, Pace
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.carrying.turn import FAILED, HINDRANCES, Result, Turns
from lanterne.sync.peers.port import Way
from lanterne.sync.ways_open import Destination, Opener

LOOK_S = 1.0
"""Between two looks at a folder, for what others put there."""
AT_ONCE = 6
"""Exchanges with devices and folders at one time."""


class Runner(threading.Thread):
    """Made and stopped by `Carrier`.

    Args:
        at_once: how many exchanges go on at one time, shared by all.
        handed_on: called after an exchange that brought documents, which change no count of entries.
        fell: how often the process fell, when it did so last while this way exchanged; else 0. What may have felled
            it waits ever longer, and the other ways go on.
    """

    def __init__(
        self,
        place: Destination,
        opener: Opener,
        telling: Telling,
        at_once: threading.BoundedSemaphore,
        handed_on: Callable[[Runner], None],
        fell: int = 0,
    ) -> None:
        super().__init__(name=f"way-{place.way.value}", daemon=True)
        self.place, self._opener, self._telling, self._handed_on = place, opener, telling, handed_on
        self._turns = Turns(place, opener, telling, at_once)
        most_retry_s = NEAR_RETRY_S if place.way is Way.DEVICE else MOST_RETRY_S
        self._pace = Pace(time.monotonic(), secrets.SystemRandom().random, most_retry_s=most_retry_s)
        if fell:
            self._pace.failed(time.monotonic(), asked_s=min(2 ** min(fell, 20), int(MOST_RETRY_S)))
        self._woken = threading.Condition()
        self._stopped = False
        self._result = Result("")
        self._seen: object = None
        # Since the last exchange began: entries held, news of the holder, whether somebody asked.
        self._latest, self._news, self._asked = -1, -1, False
        self.goes = threading.Event()
        """Set while the last exchange reached its end."""

    # ------------------------------------------------------------------ from other threads

    def wake(self) -> None:
        """Exchange now; when one goes on, once more after it."""
        with self._woken:
            self._asked = True
            self._pace.wake(time.monotonic())
            self._woken.notify()

    def heard(self, answered: int) -> None:
        """The holder has news: a relay up to that position."""
        with self._woken:
            self._news = max(self._news, answered)
            if answered > self._result.reached:
                self._pace.wake(time.monotonic())
                self._woken.notify()

    def wrote(self, held: int) -> None:
        """So many entries are held here now."""
        with self._woken:
            self._latest = max(self._latest, held)
            if held != self._result.settled:
                self._pace.wrote(time.monotonic())
                self._woken.notify()

    def documents(self) -> None:
        """Documents came by another way."""
        with self._woken:
            self._asked = True
            self._pace.wrote(time.monotonic())
            self._woken.notify()

    def stop(self) -> None:
        """End after the exchange that goes on, if one does."""
        with self._woken:
            self._stopped = True
            self._woken.notify()

    # ------------------------------------------------------------------ in its own

    def run(self) -> None:
        """Until stopped."""
        while self._wait():
            with self._woken:
                self._news, self._asked = -1, False
            if self._is_there():
                self._attempt()

    def _wait(self) -> bool:
        """Until due (True) or stopped (False)."""
        while True:
            if self.place.way is Way.FOLDER and self._changed():
                self.wake()
            with self._woken:
                left = self._pace.due - time.monotonic()
                if self._stopped:
                    return False
                if left <= 0:
                    return True
                self._woken.wait(min(left, LOOK_S) if self.place.way is Way.FOLDER else left)

    def _changed(self) -> bool:
        """Whether others put something in the folder since the last look, or it was plugged in."""
        seen = looked(Path(self.place.name), self._opener.journal.practice, self._opener.device.id)
        changed, self._seen = seen != self._seen, seen
        return changed and seen is not None

    def _is_there(self) -> bool:
        """A stick that is not plugged in is no failure; another one in its place is not written to."""
        if self.place.way is not Way.FOLDER:
            return True
        folder = Path(self.place.name)
        why = "" if there(folder) else "carrier.unplugged"
        carried = self._telling.way(self.place).last_whole > 0
        if not why and carried and not there(practice_folder(folder, self._opener.journal.practice)):
            why = "carrier.other_folder"
        if why:
            self.goes.clear()
            self._telling.change(self.place, why=why, failing_since=0, phase="")
            self._over(self._pace.absent)
        return not why

    def _attempt(self) -> None:
        began = self._opener.now_ms()
        self._telling.change(self.place, running=True, phase="begin", last_attempt=began)
        self._telling.write()  # if the process falls now, the next one knows by which way
        result = self._turns.take()
        now = self._opener.now_ms()
        if result.why:
            self.goes.clear()
            since = self._telling.way(self.place).failing_since or now
            self._telling.change(self.place, running=False, phase="", why=result.why, failing_since=since)
            self._over(lambda moment: self._pace.failed(moment, asked_s=result.asked_s), result)
        else:
            self._telling.change(self.place, running=False, phase="", why="", failing_since=0, last_whole=now)
            self._telling.clear(*HINDRANCES.values(), FAILED)
            self._over(lambda moment: self._pace.went(moment, moved=result.moved), result)
            self.goes.set()
        if result.documents:
            self._handed_on(self)

    def _over(self, decide: Callable[[float], None], result: Result | None = None) -> None:
        """When next. What was asked for, told or written while an exchange went on may not have gone with it."""
        with self._woken:
            now = time.monotonic()
            decide(now)
            if result is not None:
                self._result = result
                self._latest = max(self._latest, result.held)
                if self._asked:
                    self._pace.wake(now + REST_S)
                elif not result.why and (
                    self._news > result.reached or self._latest not in (-1, result.settled)
                ):
                    self._pace.wrote(now)
            left_ms = int(1000 * max(0.0, self._pace.due - now))
        self._telling.change(self.place, next_at=self._opener.now_ms() + left_ms)
