"""Eight mebibytes kept for the traces of a full disk (S10).

Law: when the disk is so full that a trace cannot be written, the reserve is given up and the trace written in
its place. It holds zeros; a file system that compresses them keeps less than it seems to.
"""

from __future__ import annotations

from contextlib import suppress

from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import Files, disk_errors, replace_small_file
from lanterne.journal.layout import Layout

RESERVE_BYTES = 8 * 1024 * 1024


class Reserve:
    """The file `journal/reserve`."""

    def __init__(self, layout: Layout, files: Files, size: int = RESERVE_BYTES) -> None:
        self._path, self._files, self._size = layout.reserve, files, size

    @property
    def there(self) -> bool:
        """Whether the reserve is still whole."""
        return self._files.size(self._path) == self._size

    def make(self) -> bool:
        """Make it when it is not there. False when the disk has no room for it."""
        if self.there:
            return True
        try:
            replace_small_file(self._files, self._path, bytes(self._size))
        except (DiskFull, DiskFailed):
            # A piece of it left on a full disk would take room without being of use.
            beside = self._path.with_name(self._path.name + ".new")
            with suppress(OSError):
                self._files.remove(beside)
            return False
        return True

    def release(self) -> bool:
        """Give it up; False when there was none. Raises DiskFailed."""
        if self._files.size(self._path) is None:
            return False
        with disk_errors("releasing the reserve"):
            self._files.remove(self._path)
            self._files.fsync_directory(self._path.parent)
        return True
