"""One exchange by one way: opened, carried out, told while it goes on, closed; what came of it as plain figures.

Law: whatever a peer, a disk or a folder does ends as a code with a sentence; an error nobody foresaw is not caught.
"""

from __future__ import annotations

import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy, JournalError
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.errors import KnownDamaged, PeerBusy, PeerError
from lanterne.sync.peers.folder import ReadBefore
from lanterne.sync.peers.port import Way
from lanterne.sync.session import Tally
from lanterne.sync.ways_open import Destination, Opener
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Stream

HINDRANCES = {
    DiskFull: "carrier.disk_full",
    DiskFailed: "carrier.disk_failed",
    JournalBusy: "carrier.busy",
}
"""What hinders every way, by its code: told until an exchange reaches its end."""
FAILED = "carrier.failed"
KNOWN_DAMAGED = "carrier.known_damaged"


class Result(NamedTuple):
    """What came of it.

    Attributes:
        why: the code of what ended it early; "" when it reached its end.
        asked_s: the seconds a busy holder asked for.
        moved: whether anything went or came; `documents`: whether documents came.
        settled: entries held here, of which the other has all; `held`: entries held at its end. -1 when unknown.
        reached: the relay's position up to which nothing is there that was not seen; -1 for other holders.
    """

    why: str
    asked_s: int | None = None
    moved: bool = False
    documents: bool = False
    settled: int = -1
    held: int = -1
    reached: int = -1


class Turns:
    """Takes the turns of one way. `at_once`: shared by all ways but the relay, which never waits for them."""

    def __init__(
        self, place: Destination, opener: Opener, telling: Telling, at_once: threading.BoundedSemaphore
    ) -> None:
        self._place, self._opener, self._telling, self._at_once = place, opener, telling, at_once
        self._before: dict[Path, ReadBefore] = {}
        self._began_at = -1

    def take(self) -> Result:
        """Exchange once; never raises what a peer, a disk or a folder can cause."""
        try:
            return self._take()
        except PeerError as error:
            return Result(_code(error), _asked(error))
        except (DiskFull, DiskFailed, JournalBusy) as error:
            why = HINDRANCES[type(error)]
        except (LanterneError, OSError) as error:
            why = HINDRANCES[DiskFailed] if isinstance(error, OSError | JournalError) else FAILED
            # For whoever repairs: neither names nor words of a patient come this far.
            traceback.print_exception(error)
        self._telling.trouble(why)
        return Result(why)

    def _take(self) -> Result:
        peer = self._opener.open(self._place, self._before)
        waits = self._place.way is not Way.RELAY
        if waits:
            self._at_once.acquire()
        try:
            self._telling.change(self._place, device=(peer.id or "") if self._place.way is Way.DEVICE else "")
            before = held(self._opener)
            driver = Driver(
                self._opener.journal,
                self._opener.device,
                peer,
                now_ms=self._opener.now_ms,
                random=self._opener.random,
                progress=lambda tally: self._progressed(driver, tally),
            )
            self._began_at = -1
            done = driver.run()
        finally:
            if waits:
                self._at_once.release()
            peer.close()
        self._tell("", done.tally)
        if driver.known.damaged:
            self._telling.trouble(KNOWN_DAMAGED)
        else:
            self._telling.clear(KNOWN_DAMAGED)
        return self._result(done, before)

    def _result(self, done: Exchanged, before: int) -> Result:
        tally, after = done.tally, held(self._opener)
        return Result(
            "" if done.error is None else _code(done.error),
            _asked(done.error),
            moved(tally),
            tally.blobs_received > 0,
            # What others wrote here meanwhile may not have gone with it.
            after if after - before == tally.received else before,
            after,
            # What others gave the relay meanwhile stands among what this device gave: it is news still.
            self._began_at + tally.given if self._began_at >= 0 and done.whole else -1,
        )

    def _progressed(self, driver: Driver, tally: Tally) -> None:
        if self._began_at < 0 and self._place.relay is not None:
            self._began_at = driver.known.relay(self._place.relay.relay).last
        self._tell(driver.phase, tally)

    def _tell(self, phase: str, tally: Tally) -> None:
        self._telling.change(
            self._place,
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
    return KNOWN_DAMAGED if isinstance(error, KnownDamaged) else error.code


def _asked(error: PeerError | None) -> int | None:
    """The seconds a busy holder asked for."""
    if isinstance(error, PeerBusy):
        with suppress(TypeError, ValueError):
            return int(str(error.params.get("retry_s")))
    return None
