"""The thread of an unlocked seat that folds what a first copy brings, so that no page waits for it; and that looks at
what acts emptied and was set aside.

Law: it works in small pieces and gives way to whoever reads between two of them, or in bulk beside the tables in use;
pages fold only what came ahead and what was written here. It ends with its process. What fails is tried again at the
next turn, and met by every page.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from sqlcipher3 import dbapi2 as sqlite

from lanterne.desk.presence import Presence
from lanterne.practice.erasing.rescuing import Rescuer
from lanterne.practice.record import Record
from lanterne.wire.errors import LanterneError

PACE_FACTS = 1_000
"""Facts in one piece: what a page waits for at most, less than a tenth of a second."""
LARGE = 10_000
"""So many entries left, and more than are folded: all are folded in bulk beside, some ten times quicker. Each time
doubles what is folded, so all of them together cost no more than twice the last."""
TURN_S = 2.0
"""Between two looks while nothing waits."""
GIVES_WAY = 0.5
"""Rest after a piece, as a share of what it took."""


class Following:
    """Follows one record. `begin` starts its thread; a test calls `turn` itself."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._aside = Rescuer(record)

    def turn(self) -> float:
        """One piece. Seconds to rest afterwards."""
        record, began = self._record, time.monotonic()
        if not (record.lagging or record.first_copy.going_on()):
            self._look_aside()
            return TURN_S
        try:
            left, folded = record.backlog()
            if left >= max(LARGE, folded):
                record.fold_anew()
            record.follow(PACE_FACTS)
        except (LanterneError, sqlite.Error):
            return TURN_S
        return GIVES_WAY * (time.monotonic() - began) if record.lagging else TURN_S

    def _look_aside(self) -> None:
        with suppress(LanterneError, sqlite.Error):  # tried again at the next turn; pages meet what fails
            self._aside.turn()

    def run(self) -> None:
        """Turn after turn, until the process ends."""
        while True:
            time.sleep(self.turn())


def begin(presence: Presence) -> Following:
    """Follow from now on."""
    following = Following(presence.record)

    def run() -> None:
        presence.preparation.ready.wait()
        following.run()

    threading.Thread(target=run, name="following", daemon=True).start()
    return following
