"""Room on this disk that documents of others never take: it is for what a person writes here.

Law: nobody can know without a key whether an entry names a document, so whoever writes in a folder of exchange, or a
relay, can offer any number of them; they are taken as long as this much stays free. Source: docs/threat-model.md.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from lanterne.journal.errors import DiskFull
from lanterne.journal.files import disk_errors

KEPT_FREE = 512 * 1024 * 1024
"""Bytes: entries of years, and what the system itself needs."""


def check_room(root: Path, size: int) -> None:
    """Whether `size` bytes more of a document leave that much free. Raises DiskFull, DiskFailed."""
    with disk_errors("looking how much room is left"):
        free = shutil.disk_usage(root).free
    if size > free - KEPT_FREE:
        raise DiskFull("a document would take the last room of the disk", size=size, free=free)
