"""What the journal says when it cannot do what was asked.

Law: one class per thing a person can act on; the code word is stable and is what the screens translate.
"""

from typing import ClassVar

from lanterne.wire.errors import LanterneError


class JournalError(LanterneError):
    """The journal could not do what was asked. `word` becomes the error's code."""

    word: ClassVar[str] = "journal"

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__(self.word, sentence, **params)


class DiskFull(JournalError):
    """The disk is full: nothing was recorded. Free some space and do it again."""

    word = "disk_full"


class DiskFailed(JournalError):
    """The disk refused to write or to make sure it had written: nothing was recorded."""

    word = "disk_failed"


class JournalBusy(JournalError):
    """Another Lanterne has held the directory's lock for too long."""

    word = "journal_busy"


class NoPractice(JournalError):
    """There is no practice in this directory."""

    word = "no_practice"


class PracticeExists(JournalError):
    """There is already a practice in this directory."""

    word = "practice_exists"


class SmallFileDamaged(JournalError):
    """A small file (genesis, seat, device, format) is damaged in both copies."""

    word = "small_file_damaged"


class FrameDamaged(JournalError):
    """The bytes at this place of the journal no longer verify (S5)."""

    word = "frame_damaged"


class IndexUnusable(JournalError):
    """The index is missing, short or wrong; it is rebuilt from the segments (S7)."""

    word = "index_unusable"


class CursorLost(JournalError):
    """The cursor does not belong to this journal: the read tables must be rebuilt."""

    word = "cursor_lost"


class SeatMayNotWrite(JournalError):
    """This seat is not admitted, was revoked, has left or has expired: nothing was recorded."""

    word = "seat_may_not_write"


class BlobMissing(JournalError):
    """The document is not on this device."""

    word = "blob_missing"


class BlobDamaged(JournalError):
    """The document's bytes no longer match their name."""

    word = "blob_damaged"


class LocalFileDamaged(JournalError):
    """A draft or counter of this seat no longer opens."""

    word = "local_file_damaged"


class SheetRefused(JournalError):
    """This recovery sheet is not the one of this practice."""

    word = "sheet_refused"
