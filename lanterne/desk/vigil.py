"""The thread of an unlocked seat that sees its access end, and renews keys that are due.

Law: an access that ends, ends within seconds, here and offline: by its term, or because a revocation arrived. Keys
due are renewed by the first administrator's seat that can. What fails is tried again at the next turn; meanwhile
the team page says that keys are due, and each page what the disk refuses.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from lanterne.desk.presence import Presence
from lanterne.journal import pairing
from lanterne.journal.access import AccessEnded, AccessPending, check_access
from lanterne.journal.leaving import renew_due
from lanterne.wire.errors import LanterneError

TURN_S = 5.0


class Vigil:
    """Watches one presence. `begin` starts its thread; a test calls `turn` itself."""

    def __init__(self, presence: Presence, end: Callable[[], object]) -> None:
        self._presence, self._end = presence, end

    def turn(self) -> None:
        """One look."""
        record = self._presence.record
        try:
            record.journal.refresh()
            check_access(record.journal, record.seat.id, record.clock_ms())
            self._presence.lacking = len(pairing.lacking(record.journal))
            renew_due(record.journal, record.keyring, now_ms=record.clock_ms(), random=secrets.token_bytes)
        except (AccessEnded, AccessPending):
            self._end()
        except LanterneError:
            return  # the disk refused, or another process is at it: the next turn, and every page, meets it too

    def run(self) -> None:
        """Turn after turn, until the process ends."""
        while True:
            self.turn()
            time.sleep(TURN_S)


def begin(presence: Presence, end: Callable[[], object]) -> Vigil:
    """Watch from now on; `end` closes the session and does not return."""
    vigil = Vigil(presence, end)
    threading.Thread(target=vigil.run, name="vigil", daemon=True).start()
    return vigil
