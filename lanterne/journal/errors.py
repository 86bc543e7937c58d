"""What the journal says when it cannot do what was asked.

Law: one class per thing a person can act on; the code word is stable and is what the screens translate.
"""

from lanterne.wire.errors import LanterneError


class DiskFull(LanterneError):
    """The disk is full: nothing was recorded. Free some space and do it again."""

    code = "disk_full"


class DiskFailed(LanterneError):
    """The disk refused to write or to make sure it had written: nothing was recorded."""

    code = "disk_failed"


class JournalBusy(LanterneError):
    """Another Lanterne has held the directory's lock for too long."""

    code = "journal_busy"


class NoPractice(LanterneError):
    """There is no practice in this directory."""

    code = "no_practice"


class PracticeExists(LanterneError):
    """There is already a practice in this directory."""

    code = "practice_exists"


class SmallFileDamaged(LanterneError):
    """A small file (genesis, seat, device, format) is damaged in both copies."""

    code = "small_file_damaged"


class FrameDamaged(LanterneError):
    """The bytes at this place of the journal no longer verify (S5)."""

    code = "frame_damaged"


class IndexUnusable(LanterneError):
    """The index is missing, short or wrong; it is rebuilt from the segments (S7)."""

    code = "index_unusable"


class CursorLost(LanterneError):
    """The cursor does not belong to this journal: the read tables must be rebuilt."""

    code = "cursor_lost"


class SeatMayNotWrite(LanterneError):
    """This seat is not admitted, was revoked, has left or has expired: nothing was recorded."""

    code = "seat_may_not_write"


class BlobMissing(LanterneError):
    """The document is not on this device."""

    code = "blob_missing"


class BlobDamaged(LanterneError):
    """The document's bytes no longer match their name."""

    code = "blob_damaged"


class LocalFileDamaged(LanterneError):
    """A draft or counter of this seat no longer opens."""

    code = "local_file_damaged"


class SheetRefused(LanterneError):
    """This recovery sheet is not the one of this practice."""

    code = "sheet_refused"
