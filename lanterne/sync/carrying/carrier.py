"""All ways of a device kept going: what was written here, what others have, what a person asked, is looked for here.

Law: each look is cheap and never waits for a network; what hinders it is told, and it goes on. At least every ten
minutes a statement is made, though nobody answers. Source: docs/format/exchange.md.
"""

from __future__ import annotations

import threading
import time

from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy
from lanterne.sync.carrying.listening import Listening
from lanterne.sync.carrying.news import News
from lanterne.sync.carrying.runner import AT_ONCE, Runner
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.carrying.turn import HINDRANCES, held
from lanterne.sync.going import LOOK_FIRST, read_nudge
from lanterne.sync.known import Known
from lanterne.sync.peers.port import Way
from lanterne.sync.ways import Ways, read_ways
from lanterne.sync.ways_open import Destination, Opener, destinations
from lanterne.wire.names import Stream

LOOK_S = 0.25
"""Between two looks at what was written here."""
STATEMENT_S = 60.0
"""Between two looks whether a statement is due."""
DAMAGE_S = 5.0
"""Between two counts of what is known to lie damaged here."""
SLEPT_S = 30.0
"""A look so late means that the machine slept: everything may have changed."""
CLOCK_BACK_MS = 60_000
CLOCK_SAID_S = 3600.0
CLOCK_BACK = "carrier.clock_back"
DAMAGED = {"ways": "ways.damaged", "relay": "ways.relay_damaged"}


class Carrier:
    """`look` is called again and again by one thread. `fell`: how often the processes before this one fell."""

    def __init__(self, opener: Opener, telling: Telling, *, fell: int = 0) -> None:
        self._opener, self._telling, self._fell = opener, telling, fell
        self._listening = Listening(opener, telling)
        self._runners: dict[Destination, Runner] = {}
        self._news: dict[Destination, News] = {}
        self._at_once = threading.BoundedSemaphore(AT_ONCE)
        self._ways: Ways | None = None
        self._sizes: tuple[int | None, ...] = ()
        self._nudge = read_nudge(opener.journal)
        self._statement_due = time.monotonic()
        self._damage_due = time.monotonic()
        self._clock_clear_at = 0.0
        self._seen = (time.monotonic(), telling.before.told)

    def look(self) -> None:
        """Once."""
        try:
            self._clocks()
            self._look_at_ways()
            self._look_at_journal()
            self._look_at_nudge()
            self._look_at_damage()
            self._speak()
        except (DiskFull, DiskFailed, JournalBusy) as error:
            self._telling.trouble(HINDRANCES[type(error)])
        except OSError:
            self._telling.trouble(HINDRANCES[DiskFailed])
        self._telling.write()

    def close(self) -> None:
        """Ask and answer nobody any more; an exchange that goes on is cut, which loses nothing."""
        for runner in self._runners.values():
            runner.stop()
        for news in self._news.values():
            news.stop()
        self._listening.close()

    def _clocks(self) -> None:
        """A clock put back is said for an hour; after a sleep every way is tried."""
        now, wall = time.monotonic(), self._opener.now_ms()
        before, wall_before = self._seen
        self._seen = (now, wall)
        if wall_before - wall > CLOCK_BACK_MS:
            self._telling.trouble(CLOCK_BACK)
            self._clock_clear_at = now + CLOCK_SAID_S
        elif now > self._clock_clear_at:
            self._telling.clear(CLOCK_BACK)
        # `monotonic` stands still during sleep on some systems, the wall clock on none.
        if max(now - before, (wall - wall_before) / 1000 if wall_before else 0.0) > SLEPT_S:
            self._wake_all()

    def _look_at_ways(self) -> None:
        ways = read_ways(self._opener.journal)
        for name, code in DAMAGED.items():
            if name in ways.damaged:
                self._telling.trouble(code)
            else:
                self._telling.clear(code)
        self._listening.at(ways.listen)
        if ways == self._ways:
            return
        self._ways = ways
        places = destinations(ways)
        self._telling.begin(places)
        for place in set(self._runners) - set(places):
            self._runners.pop(place).stop()
            if place in self._news:
                self._news.pop(place).stop()
        for place in places:
            if place not in self._runners:
                self._begin(place)

    def _begin(self, place: Destination) -> None:
        before = self._telling.before.of(place.way, place.name)
        fell = self._fell if before is not None and before.running else 0
        runner = Runner(place, self._opener, self._telling, self._at_once, self._documents, fell)
        self._runners[place] = runner
        runner.start()
        if place.way is not Way.FOLDER:
            news = News(place, self._opener, runner)
            self._news[place] = news
            news.start()

    def _look_at_journal(self) -> None:
        journal = self._opener.journal
        sizes = tuple(journal.files.size(journal.layout.index(stream)) for stream in Stream)
        if sizes == self._sizes:
            return
        entries = held(self._opener)
        self._sizes = sizes  # only now: what hindered is looked at again
        for runner in self._runners.values():
            runner.wrote(entries)

    def _look_at_nudge(self) -> None:
        nudge = read_nudge(self._opener.journal)
        if nudge != self._nudge:
            self._nudge = nudge
            if nudge.endswith(LOOK_FIRST):
                self._opener.journal.mender.inspect()
                self._damage_due = time.monotonic()
            self._wake_all()

    def _look_at_damage(self) -> None:
        """How much is known to lie damaged here; what was healed meanwhile is no longer told."""
        now = time.monotonic()
        if now >= self._damage_due:
            self._damage_due = now + DAMAGE_S
            self._telling.unreadable(len(self._opener.journal.mender.lacks()))

    def _speak(self) -> None:
        """A statement is made though nobody answers: it says what was held when (exchange.md)."""
        now = time.monotonic()
        if now < self._statement_due or self._ways is None or not self._ways.any:
            return
        self._statement_due = now + STATEMENT_S
        opener = self._opener
        Known(opener.journal).make_statement(opener.device, opener.now_ms(), opener.random)

    def _wake_all(self) -> None:
        for runner in self._runners.values():
            runner.wake()

    def _documents(self, by: Runner) -> None:
        """Documents came by one way: the others may lack them."""
        for runner in tuple(self._runners.values()):
            if runner is not by:
                runner.documents()
