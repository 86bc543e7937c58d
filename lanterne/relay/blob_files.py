"""Sealed documents as files: `blobs/<practice>/<2 hex>/<64 hex>`, unfinished ones beside with `.part`.

Law: a blob becomes whole by a rename, after its hash was found to be its name and its bytes were fsynced; so
a file without `.part` is what it says. Names are hex, checked before they come here.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from lanterne.wire.exchange import BlobName
from lanterne.wire.names import PracticeId

_CHUNK = 1024 * 1024


class BlobFiles:
    """Stands behind `relay.store.BlobShelf`. Raises OSError when the disk refuses."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, practice: PracticeId, name: BlobName, offset: int, data: bytes) -> None:
        """See BlobShelf."""
        part = self._part(practice, name)
        new = not part.exists()
        if new:
            self._make(part.parent)
        with part.open("r+b" if not new else "xb") as stream:
            stream.truncate(offset)
            stream.seek(offset)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if new:
            _fsync_folder(part.parent)

    def finish(self, practice: PracticeId, name: BlobName, size: int) -> bool:
        """See BlobShelf."""
        part, whole = self._part(practice, name), self._whole(practice, name)
        if whole.exists():
            # It was finished before, by a process that ended before it could note that.
            part.unlink(missing_ok=True)
            return whole.stat().st_size == size
        if not part.exists() or part.stat().st_size != size or not _has_hash(part, name):
            return False
        part.rename(whole)
        _fsync_folder(whole.parent)
        return True

    def read(self, practice: PracticeId, name: BlobName, offset: int, size: int) -> bytes:
        """See BlobShelf."""
        with self._whole(practice, name).open("rb") as stream:
            stream.seek(offset)
            return stream.read(size)

    def drop(self, practice: PracticeId, name: BlobName) -> None:
        """See BlobShelf."""
        folder = self._whole(practice, name).parent
        for path in (self._part(practice, name), self._whole(practice, name)):
            path.unlink(missing_ok=True)
        if folder.is_dir():
            _fsync_folder(folder)

    def _whole(self, practice: PracticeId, name: BlobName) -> Path:
        return self._root / practice / name[:2] / name

    def _part(self, practice: PracticeId, name: BlobName) -> Path:
        return self._whole(practice, name).with_suffix(".part")

    def _make(self, folder: Path) -> None:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for place in reversed(missing):
            _fsync_folder(place.parent)


def _has_hash(path: Path, name: BlobName) -> bool:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == name


def _fsync_folder(folder: Path) -> None:
    """A rename is durable once its folder is; Windows has no such call, and keeps its own order."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
