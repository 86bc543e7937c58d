"""One way, in a thread of its own: waits until it is due, exchanges, tells how it went.

Law: never two exchanges at once by one way. Whatever a peer, a disk or a folder does is a code that is told, and the
way is tried again; an error nobody foresaw is not caught here: the process falls, is seen to fall, and is started
again by the front.
"""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy, JournalError
from lanterne.sync.carrying.folders import looked, practice_folder
from lanterne.sync.carrying.pace import REST_S, Pace
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.errors import KnownDamaged, PeerBusy, PeerError
from lanterne.sync.peers.folder import ReadBefore
from lanterne.sync.peers.port import Way
from lanterne.sync.session import Tally
from lanterne.sync.ways_open import Destination, Opener
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Stream

LOOK_S = 1.0
"""Between two looks at a folder, for what others put there."""
AT_ONCE = 6
"""Exchanges with devices and folders at one time; the relay never waits for them."""
HINDRANCES = {
    DiskFull: "carrier.disk_full",
    DiskFailed: "carrier.disk_failed",
    JournalBusy: "carrier.busy",
}
"""What hinders every way, by its code: told until an exchange reaches its end."""


class Runner(threading.Thread):
    """Made and stopped by `Carrier`.

    Args:
        turns: how many exchanges go on at once, shared by all.
        handed_on: called after an exchange that brought documents, which change no count of entries.
    """

    def __init__(
        self,
        place: Destination,
        opener: Opener,
        telling: Telling,
        turns: threading.BoundedSemaphore,
        handed_on: Callable[[Runner], None],
    ) -> None:
        super().__init__(name=f"way-{place.way.value}", daemon=True)
        self.place, self._opener, self._telling = place, opener, telling
        self._turns, self._handed_on = turns, handed_on
        self._pace = Pace(time.monotonic(), secrets.SystemRandom().random)
        self._woken = threading.Condition()
        self._stopped = False
        self._settled = self._latest = -1
        self._asked = False
        self._seen: object = None
        self._before: dict[Path, ReadBefore] = {}
        self.goes = threading.Event()
        """Set while the last exchange reached its end."""

    # ------------------------------------------------------------------ from other threads

    def wake(self) -> None:
        """Exchange now; when one goes on, once more after it."""
        with self._woken:
            self._asked = True
            self._pace.wake(time.monotonic())
            self._woken.notify()

    def wrote(self, held: int) -> None:
        """So many entries are held here now."""
        with self._woken:
            self._latest = max(self._latest, held)
            if held != self._settled:
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
                self._asked = False
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
        why = "" if folder.is_dir() else "carrier.unplugged"
        carried = self._telling.way(self.place).last_whole > 0
        if not why and carried and not practice_folder(folder, self._opener.journal.practice).is_dir():
            why = "carrier.other_folder"
        if why:
            self.goes.clear()
            self._telling.change(self.place, why=why, failing_since=0, phase="")
            self._over(self._pace.absent, again=False)
        return not why

    def _attempt(self) -> None:
        began = self._opener.now_ms()
        self._telling.change(self.place, running=True, phase="begin", last_attempt=began)
        why, asked_s, going_on = "", None, False
        try:
            done = self._exchange()
            why, going_on = self._outcome(done), moved(done.tally)
            asked_s = _asked(done.error)
        except PeerError as error:
            why, asked_s = _code(error), _asked(error)
        except (DiskFull, DiskFailed, JournalBusy) as error:
            why = HINDRANCES[type(error)]
            self._telling.trouble(why)
        except (LanterneError, OSError) as error:
            why = "carrier.disk_failed" if isinstance(error, OSError | JournalError) else "carrier.failed"
            self._telling.trouble(why)
            # For whoever repairs: neither names nor words of a patient come this far.
            traceback.print_exception(error)
        now = self._opener.now_ms()
        if why:
            self.goes.clear()
            since = self._telling.way(self.place).failing_since or now
            self._telling.change(self.place, running=False, phase="", why=why, failing_since=since)
            self._over(lambda moment: self._pace.failed(moment, asked_s=asked_s))
            return
        self._telling.change(self.place, running=False, phase="", why="", failing_since=0, last_whole=now)
        self._telling.clear(*HINDRANCES.values(), "carrier.failed")
        self._over(lambda moment: self._pace.went(moment, moved=going_on))
        self.goes.set()

    def _over(self, decide: Callable[[float], None], *, again: bool = True) -> None:
        with self._woken:
            now = time.monotonic()
            decide(now)
            # What was asked for or written while it went on may not have gone with it.
            if again and self._asked:
                self._pace.wake(now + REST_S)
            elif again and self._latest != self._settled and not self._pace.failures:
                self._pace.wrote(now)
            left_ms = int(1000 * max(0.0, self._pace.due - now))
        self._telling.change(self.place, next_at=self._opener.now_ms() + left_ms)

    def _exchange(self) -> Exchanged:
        opener, journal = self._opener, self._opener.journal
        peer = opener.open(self.place, self._before)
        waits = self.place.way is not Way.RELAY
        if waits:
            self._turns.acquire()
        try:
            self._telling.change(self.place, device=peer.id or "" if self.place.way is Way.DEVICE else "")
            before = held(opener)
            driver = Driver(
                journal,
                opener.device,
                peer,
                now_ms=opener.now_ms,
                random=opener.random,
                progress=lambda tally: self._progress(driver.phase, tally),
            )
            done = driver.run()
        finally:
            if waits:
                self._turns.release()
            peer.close()
        after = held(opener)
        # What others wrote meanwhile may not have gone: only then once more.
        with self._woken:
            self._settled = after if after - before == done.tally.received else before
            self._latest = max(self._latest, after)
        if driver.known.damaged:
            self._telling.trouble("carrier.known_damaged")
        else:
            self._telling.clear("carrier.known_damaged")
        if done.tally.blobs_received:
            self._handed_on(self)
        return done

    def _outcome(self, done: Exchanged) -> str:
        self._progress("", done.tally)
        return "" if done.error is None else _code(done.error)

    def _progress(self, phase: str, tally: Tally) -> None:
        self._telling.change(
            self.place,
            phase=phase,
            received=tally.received,
            to_receive=tally.to_receive,
            given=tally.given,
            to_give=tally.to_give,
            blobs_received=tally.blobs_received,
            blobs_given=tally.blobs_given,
            blobs_to_receive=tally.blobs_to_receive,
            blobs_to_give=tally.blobs_to_give,
            first=tally.first,
            to_first=tally.to_first,
        )


def moved(tally: Tally) -> bool:
    """Whether anything went or came."""
    return any((tally.given, tally.received, tally.blobs_given, tally.blobs_received))


def held(opener: Opener) -> int:
    """How many entries are held here now. Raises JournalBusy, DiskFull, DiskFailed."""
    opener.journal.refresh()
    return sum(opener.journal.count(stream) for stream in Stream)


def _code(error: PeerError) -> str:
    return "carrier.known_damaged" if isinstance(error, KnownDamaged) else error.code


def _asked(error: PeerError | None) -> int | None:
    """The seconds a busy holder asked for."""
    if isinstance(error, PeerBusy):
        with suppress(TypeError, ValueError):
            return int(str(error.params.get("retry_s")))
    return None
