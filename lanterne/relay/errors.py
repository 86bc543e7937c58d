"""What a relay refuses or fails at, as errors with a word.

Law: an operator's error becomes a French sentence at the command line; a device's becomes a status and a
complaint. None names a practice's content: the relay knows none.
"""

from __future__ import annotations

from lanterne.wire.asking import Complaint
from lanterne.wire.errors import LanterneError


class RelayError(LanterneError):
    """The relay cannot start, or its operator's order cannot be carried out."""


class StoreFailed(LanterneError):
    """The disk or the database refused: nothing of what was asked for is kept."""


class StoreBusy(LanterneError):
    """Too much waits for the disk already."""


class Conflict(LanterneError):
    """Somebody else appended to this practice meanwhile: look again."""


class Refusal(LanterneError):
    """A request is not carried out: `status` of HTTP, and what the asker is told."""

    def __init__(self, status: int, complaint: Complaint) -> None:
        super().__init__(complaint.check, complaint.why)
        self.status = status
        self.complaint = complaint


class Busy(LanterneError):
    """More is asked than can be done now; `retry_s` says when to ask again.

    `everybody`: whether the whole relay is busy (503), or this practice alone asks too much (429).
    """

    def __init__(self, why: str, *, retry_s: int, everybody: bool) -> None:
        super().__init__("busy", why, retry_s=retry_s)
        self.retry_s = retry_s
        self.everybody = everybody
