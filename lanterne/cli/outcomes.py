"""Exit codes and what a verb may end with. Relied on by scripts: docs/user/commandes.md."""

from __future__ import annotations

from lanterne.wire.errors import LanterneError

DONE = 0
REFUSED = 1
"""Faults were found, or something was refused."""
USAGE = 2
"""The command was not understood."""
NO_ACCESS = 3
"""Wrong passphrase, wrong sheet, or no right."""
DISK = 4
"""The disk is full or failed."""
INTERRUPTED = 130

_NO_ACCESS = frozenset(
    {
        "seal.wrong_passphrase",
        "seal.not_entitled",
        "seal.sheet_misread",
        "sheet_refused",
        "seat_may_not_write",
        "access_ended",
        "access_pending",
        "seat_missing",
        "device_missing",
        "right.missing",
        "too_many_attempts",
    }
)
_DISK = frozenset({"disk_full", "disk_failed"})


class UsageError(LanterneError):
    """The command lacks something only the person can give; `code` says what."""


def exit_code(error: LanterneError) -> int:
    """What the command ends with."""
    if isinstance(error, UsageError):
        return USAGE
    code = error.code
    if code in _NO_ACCESS:
        return NO_ACCESS
    return DISK if code in _DISK else REFUSED
