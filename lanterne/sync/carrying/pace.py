"""When a way is tried again: soon after something was written, at least every ten minutes, ever later while it fails.

Law: no I/O and no clock of its own. What a holder asked for (Retry-After) is never shortened; moments are drawn a
little apart, so that the devices of many practices never come all at once. Seconds of a clock that only rises.
"""

from __future__ import annotations

from collections.abc import Callable

EVERY_S = 540.0
"""Between two exchanges when nothing happens: less than the ten minutes of docs/format/exchange.md."""
SOON_S = 0.1
"""After something was written here: what is written together goes together."""
REST_S = 1.0
"""Between two exchanges by one way, however much is written."""
FIRST_RETRY_S = 1.0
MOST_RETRY_S = 300.0
NEAR_RETRY_S = 15.0
"""The same for a device of one's own network: a cable put back is felt within seconds, and nobody else is burdened."""
RETRY_WHEN_WRITTEN_S = 15.0
"""A way that fails is tried so soon after its last attempt when something new waits to be sent."""
MOST_ASKED_S = 3600.0
"""The longest a holder can put this device off."""
FOLLOW_S = (5.0, 30.0, 120.0)
"""After something went or came: to learn who received it, and since the documents of what came may follow it. And when
a way goes again: what others found there (a relay that lost something) they say at the end of their own exchange."""


class Pace:
    """One way's. `chance()` draws from 0 to 1; `most_retry_s`: the longest between two tries while it fails."""

    def __init__(
        self, now: float, chance: Callable[[], float], *, most_retry_s: float = MOST_RETRY_S
    ) -> None:
        self._chance, self._most_retry_s = chance, most_retry_s
        self.failures = 0
        self.due = now
        self._last = now
        self._not_before = now
        self._follow: tuple[float, ...] = ()

    def went(self, now: float, *, moved: bool) -> None:
        """An exchange reached its end."""
        if moved or self.failures:
            self._follow = FOLLOW_S
        wait = EVERY_S * (0.8 + 0.2 * self._chance())
        if self._follow:
            wait, self._follow = self._follow[0], self._follow[1:]
        self.failures = 0
        self._over(now, now + REST_S, now + wait)

    def failed(self, now: float, *, asked_s: int | None = None) -> None:
        """It did not; `asked_s` when the holder said to come back after so many seconds."""
        self.failures += 1
        wait = min(self._most_retry_s, FIRST_RETRY_S * 2.0 ** min(self.failures - 1, 20))
        wait *= 0.75 + 0.5 * self._chance()
        asked = 0.0 if asked_s is None else min(max(0.0, float(asked_s)), MOST_ASKED_S)
        if asked:
            asked *= 1.0 + 0.25 * self._chance()
        self._over(now, now + asked, now + max(wait, asked))

    def absent(self, now: float) -> None:
        """It is not there to be tried (a stick): not a failure."""
        self.failures = 0
        self._over(now, now, now + EVERY_S)

    def wrote(self, now: float) -> None:
        """Something new is here."""
        wanted = self._last + RETRY_WHEN_WRITTEN_S if self.failures else now + SOON_S
        self.due = min(self.due, max(wanted, now, self._not_before))

    def wake(self, now: float) -> None:
        """Somebody asks for it, or something is there: now, but for what the holder asked."""
        self.due = min(self.due, max(now, self._not_before))

    def _over(self, now: float, not_before: float, due: float) -> None:
        self._last, self._not_before, self.due = now, not_before, due
