"""The bytes of a file on the disk, whatever it is."""

from __future__ import annotations

import errno
import stat
from pathlib import Path


def _(text: str) -> str:
    """Mark a French msgid for gettext; said inside the sentence of `file_not_opened`."""
    return text


NO_FILE = _("ce n’est pas un fichier")


def read_whole(path: Path, most_bytes: int) -> bytes:
    """The bytes of a regular file; one more than `most_bytes` when it holds more.

    Raises:
        OSError: it is no file (a pipe would never end), or it does not open.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, NO_FILE)
    with path.open("rb") as stream:
        return stream.read(most_bytes + 1)
