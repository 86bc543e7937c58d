"""News of one holder: a request it holds open until it has something new, in a thread of its own.

Law: it only says that an exchange is worth its while; nothing is believed or kept. Asked while the way goes; when
it breaks off, the exchange itself finds out why. Source: docs/format/exchange.md, `news`.
"""

from __future__ import annotations

import secrets
import threading
import time

from lanterne.sync.carrying.runner import Runner
from lanterne.sync.errors import PeerAway, PeerBusy, PeerError
from lanterne.sync.peers.http import HttpPeer
from lanterne.sync.ways_open import Destination, Opener
from lanterne.wire.errors import LanterneError

HELD_S = 90.0
"""A relay holds the request up to 60 s."""
QUICK_S = 3.0
"""An answer that came sooner without anything new was not held: the next is asked for only later."""
REST_S = 5.0
BREATH_S = 0.5
"""After news: the exchange takes as long, and a holder that says another number each time is not asked without end."""
CHANCE = secrets.SystemRandom()
MOST_APART_S = 2.0
"""Devices that lose a relay together come back apart."""


class News(threading.Thread):
    """Made and stopped by `Carrier`."""

    def __init__(self, place: Destination, opener: Opener, runner: Runner) -> None:
        super().__init__(name=f"news-{place.way.value}", daemon=True)
        self._place, self._opener, self._runner = place, opener, runner
        self._stopped = threading.Event()
        self._peer: HttpPeer | None = None

    def stop(self) -> None:
        """Ask no more; a request held open ends by itself."""
        self._stopped.set()

    def run(self) -> None:
        """Until stopped."""
        last = 0
        while not self._stopped.is_set():
            if not self._runner.goes.wait(REST_S):
                continue
            began = time.monotonic()
            try:
                answered = self._ask(last)
            except PeerBusy as error:
                self._stopped.wait(_seconds(error))
                continue
            except PeerAway:
                self._close()
                if time.monotonic() - began < QUICK_S and not self._stopped.wait(
                    MOST_APART_S * CHANCE.random()
                ):
                    self._look()
                continue
            except (LanterneError, OSError) as error:
                self._close()
                if isinstance(error, PeerError):
                    self._look()
                self._stopped.wait(60.0)
                continue
            if answered != last:
                self._runner.heard(answered)
                last = answered
                self._stopped.wait(BREATH_S)
            elif time.monotonic() - began < QUICK_S:
                self._stopped.wait(REST_S)

    def _ask(self, last: int) -> int:
        if self._peer is None:
            self._peer = self._opener.open_news(self._place, HELD_S)
        return self._peer.news(last)

    def _look(self) -> None:
        """The exchange finds out whether anybody is there; then this waits until it goes again."""
        self._runner.goes.clear()
        self._runner.wake()

    def _close(self) -> None:
        if self._peer is not None:
            self._peer.close()
            self._peer = None


def _seconds(error: PeerBusy) -> float:
    asked = error.params.get("retry_s")
    wait = float(asked) if isinstance(asked, int) else REST_S
    return min(max(wait, 1.0), 3600.0) * (1.0 + 0.25 * CHANCE.random())
