"""Whether a seat may still be opened on this device: revoked, left, past its term, or not admitted yet.

Law: judged on what this device holds and the latest time it ever saw, so it holds offline and whatever the clock
is set to. A disk that cannot keep the time does not keep anybody out whose term is not over.
Source: docs/format/membership.md M10–M12, store.md S13.
"""

from __future__ import annotations

from contextlib import suppress

from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy, JournalError
from lanterne.journal.journal import Journal
from lanterne.journal.latest import LatestTime
from lanterne.wire.names import SeatId


class AccessEnded(JournalError):
    """This access was revoked, its person has left, or its term is over."""

    word = "access_ended"


class AccessPending(JournalError):
    """This access has not been admitted yet: the admission must be brought to this device."""

    word = "access_pending"


def latest_time(journal: Journal, now_ms: int) -> int:
    """The latest time this device ever saw, milliseconds since 1970-01-01 UTC."""
    latest = LatestTime(journal.layout.clock, journal.files)
    with suppress(DiskFull, DiskFailed, JournalBusy):
        return latest.see(now_ms)
    return max(latest.saved(), now_ms)


def check_access(journal: Journal, seat: SeatId, now_ms: int) -> None:
    """Refuse a seat that may not be opened now.

    Raises:
        AccessEnded: its access is over, whatever the clock says.
        AccessPending: nobody has admitted it yet.
    """
    membership = journal.membership
    if membership.is_active(seat, latest_time(journal, now_ms)):
        return
    if membership.seat(seat) is None:
        raise AccessPending("this access was not admitted yet", seat=seat)
    raise AccessEnded("this access has ended", seat=seat)
