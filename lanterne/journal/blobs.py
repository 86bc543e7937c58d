"""Attachments: sealed files named by the hash of their sealed bytes.

Law: written beside while it is sealed, fsynced, renamed, the directory fsynced; the fact that names a blob is
written after. Neither way holds more than a chunk in memory. One that an act emptied is set aside: it is no document
any more, for nobody, and its bytes go once somebody who reads charts saw that nothing names it (S14).
Source: docs/format/keys.md "Blob", store.md.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lanterne.journal.errors import BlobDamaged, BlobMissing, DiskFailed, DiskFull
from lanterne.journal.files import BESIDE, Files, disk_errors, replace_small_file, write_all
from lanterne.journal.layout import ASIDE, DAMAGED, Layout
from lanterne.seal.blob import SealedBlob, check_blob, open_blob, seal_blob
from lanterne.seal.errors import DoesNotOpen

HEX = frozenset("0123456789abcdef")


class _Sink(io.RawIOBase):
    """What `seal_blob` writes into."""

    def __init__(self, files: Files, handle: int) -> None:
        super().__init__()
        self._files, self._handle = files, handle

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        write_all(self._files, self._handle, bytes(data))
        return len(data)


class _Source(io.RawIOBase):
    """A blob's sealed bytes, read piece by piece."""

    def __init__(self, files: Files, path: Path) -> None:
        super().__init__()
        self._files, self._path, self._at = files, path, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._files.read(self._path, self._at, None if size < 0 else size)
        self._at += len(piece)
        return piece


class Blobs:
    """The folder `blobs/` of one device."""

    def __init__(self, layout: Layout, files: Files, random: Callable[[int], bytes]) -> None:
        self._layout, self._files, self._random = layout, files, random
        self.emptied: Container[str] = ()
        """Names of documents that were emptied: dropped, and never taken again."""

    def put(self, source: bytes | BinaryIO, random: Callable[[int], bytes] | None = None) -> SealedBlob:
        """Seal and keep a document; its name, key, sizes.

        Args:
            random: what its key and nonces are drawn from; given for what is named after its content.

        Raises:
            DiskFull, DiskFailed: nothing was kept.
        """
        stream = io.BytesIO(source) if isinstance(source, bytes) else source
        beside = self._layout.blobs / (self._random(16).hex() + BESIDE)
        with disk_errors("keeping a document"):
            self._files.make_directories(self._layout.blobs)
            try:
                handle = self._files.open_append(beside, new=True)
                try:
                    blob = seal_blob(stream, _Sink(self._files, handle), random or self._random)  # type: ignore[arg-type]
                    self._files.fsync(handle)
                finally:
                    self._files.close(handle)
                path = self._layout.blob(blob.name)
                known = self._files.is_directory(path.parent)
                self._files.make_directories(path.parent)
                if not known:
                    self._files.fsync_directory(self._layout.blobs)
                self._files.rename(beside, path)
                self._files.fsync_directory(path.parent)
                self._is_whole(blob.name)
            except OSError:
                # The error goes on; what was written beside has no name and would only take room.
                with suppress(OSError):
                    self._files.remove(beside)
                raise
        return blob

    def has(self, name: str) -> bool:
        """Whether this device holds the blob, and did not find it damaged."""
        return self._lies(name) and self._files.size(self._layout.damaged_blob(name)) is None

    def _lies(self, name: str) -> bool:
        return _is_name(name) and self._files.size(self._layout.blob(name)) is not None

    def get(self, name: str, key: bytes) -> bytes:
        """The whole document.

        Raises:
            BlobMissing: not on this device. BlobDamaged: its bytes are not those of its name.
            DoesNotOpen: the key is not its key.
        """
        self.verify(name)
        return b"".join(self.chunks(name, key))

    def chunks(self, name: str, key: bytes) -> Iterator[bytes]:
        """The document piece by piece, each authenticated. Reach the end before showing it as whole.

        Raises:
            BlobMissing, DoesNotOpen.
        """
        return open_blob(self._open(name), key)

    def verify(self, name: str) -> None:
        """Whether the sealed bytes are those of the name; needs no key. What is not is held no longer, for every
        process, until it comes again from elsewhere.

        Raises:
            BlobMissing, BlobDamaged.
        """
        try:
            check_blob(self._open(name), name)
        except DoesNotOpen as error:
            self._mark(name)
            raise BlobDamaged("a document's bytes no longer match its name", blob=name) from error
        self._is_whole(name)

    def _mark(self, name: str) -> None:
        """Leave word beside it that it is damaged. Should the disk refuse, it is found again another time."""
        with suppress(DiskFull, DiskFailed):
            replace_small_file(self._files, self._layout.damaged_blob(name), b"damaged")

    def _is_whole(self, name: str) -> None:
        mark = self._layout.damaged_blob(name)
        if self._files.size(mark) is not None:
            self._files.remove(mark)

    def names(self) -> Iterator[str]:
        """The names of all blobs here, but those found damaged."""
        listing = self._files.listing(self._layout.blobs)
        damaged = {name.removesuffix(DAMAGED) for name in listing if name.endswith(DAMAGED)}
        return (name for name in self.every_name() if name not in damaged)

    def every_name(self) -> Iterator[str]:
        """The names of all blobs here, damaged ones too."""
        for folder in self._files.listing(self._layout.blobs):
            if len(folder) == 2:
                yield from (
                    name for name in self._files.listing(self._layout.blobs / folder) if _is_name(name)
                )

    # ------------------------------------------------------------------ carrying, without any key

    def size(self, name: str) -> int | None:
        """Size in bytes of the sealed blob; None when this device does not hold it."""
        return self._files.size(self._layout.blob(name)) if self.has(name) else None

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Sealed bytes from `offset` on, fewer than `length` at the end. Raises BlobMissing."""
        if not self.has(name):
            raise BlobMissing("the document is not on this device", blob=name)
        return self._files.read(self._layout.blob(name), offset, length)

    def begun(self, name: str) -> int:
        """How many bytes of a blob that is being received are here: where to go on."""
        if not _is_name(name):
            return 0
        return self._files.size(self._layout.coming_blob(name)) or 0

    def take(self, name: str, offset: int, data: bytes, *, last: bool) -> int:
        """Take a piece of a sealed blob from elsewhere; the size held now. The last one makes it a document.

        A piece that does not go on where `begun` says is not taken. A whole that does not have the hash its name
        says is thrown away.

        Raises:
            BlobDamaged: the whole does not have the hash its name says, or the name is none.
            DiskFull, DiskFailed: what came before stands.
        """
        if not _is_name(name):
            raise BlobDamaged("not the name of a document", blob=name)
        if name in self.emptied:
            raise BlobDamaged("this document was emptied", blob=name)
        if self.has(name):
            return self.size(name) or 0
        coming, held = self._layout.coming_blob(name), self.begun(name)
        if offset != held:
            return held
        with disk_errors("receiving a document"):
            self._files.make_directories(self._layout.blobs)
            handle = self._files.open_append(coming)
            try:
                write_all(self._files, handle, data)
                if last:
                    self._files.fsync(handle)
            finally:
                self._files.close(handle)
            if last:
                self._settle(name, coming)
        return held + len(data)

    def any_of(self, name: str) -> bool:
        """Whether this device holds the blob, damaged or not, or the beginning of it."""
        paths = (self._layout.blob(name), self._layout.coming_blob(name), self._layout.damaged_blob(name))
        return any(self._files.size(path) is not None for path in paths)

    def drop(self, name: str) -> None:
        """Let a blob go for good; durable when this returns. Only for one that was emptied. Raises DiskFailed."""
        path = self._layout.blob(name)
        with disk_errors("dropping a document"):
            for one in (path, self._layout.coming_blob(name), self._layout.damaged_blob(name)):
                if self._files.size(one) is not None:
                    self._files.remove(one)
                    self._files.fsync_directory(one.parent)

    # ------------------------------------------------------------------ set aside, because an act emptied it

    def set_aside(self, name: str) -> None:
        """Keep a blob that was emptied apart from every document; durable when this returns. What is damaged, or only
        began to come, is let go. Raises DiskFull, DiskFailed: it lies where it lay, or aside already.
        """
        if self.has(name):
            path = self._layout.blob(name)
            with disk_errors("setting a document aside"):
                self._files.rename(path, self._layout.blob_aside(name))
                self._files.fsync_directory(self._layout.blobs)
                self._files.fsync_directory(path.parent)
        self.drop(name)

    def aside(self) -> list[str]:
        """The names of all blobs set aside here."""
        listing = self._files.listing(self._layout.blobs)
        names = (one.removesuffix(ASIDE) for one in listing if one.endswith(ASIDE))
        return [name for name in names if _is_name(name)]

    def get_aside(self, name: str, key: bytes) -> bytes:
        """The whole of a document set aside.

        Raises:
            BlobMissing: it is not, here. BlobDamaged: its bytes are not those of its name. DoesNotOpen.
        """
        path = self._layout.blob_aside(name)
        if not _is_name(name) or self._files.size(path) is None:
            raise BlobMissing("the document is not set aside on this device", blob=name)
        try:
            check_blob(_Source(self._files, path), name)  # type: ignore[arg-type]
        except DoesNotOpen as error:
            raise BlobDamaged("a document's bytes no longer match its name", blob=name) from error
        return b"".join(open_blob(_Source(self._files, path), key))  # type: ignore[arg-type]

    def take_back(self, name: str) -> None:
        """A blob set aside is a document again, since the act fell (M7). Raises DiskFull, DiskFailed."""
        path = self._layout.blob(name)
        with disk_errors("taking a document back"):
            self._files.make_directories(path.parent)
            self._files.fsync_directory(self._layout.blobs)
            self._files.rename(self._layout.blob_aside(name), path)
            self._files.fsync_directory(path.parent)
            self._files.fsync_directory(self._layout.blobs)

    def forget_aside(self, name: str) -> None:
        """Let a blob set aside go for good; durable when this returns. Raises DiskFailed."""
        path = self._layout.blob_aside(name)
        with disk_errors("dropping a document"):
            if self._files.size(path) is not None:
                self._files.remove(path)
                self._files.fsync_directory(path.parent)

    def _settle(self, name: str, coming: Path) -> None:
        try:
            check_blob(_Source(self._files, coming), name)  # type: ignore[arg-type]
        except DoesNotOpen as error:
            self._files.remove(coming)
            raise BlobDamaged(
                "a document received does not have the hash its name says", blob=name
            ) from error
        path = self._layout.blob(name)
        known = self._files.is_directory(path.parent)
        self._files.make_directories(path.parent)
        if not known:
            self._files.fsync_directory(self._layout.blobs)
        self._files.rename(coming, path)
        self._files.fsync_directory(path.parent)
        self._is_whole(name)

    def _open(self, name: str) -> BinaryIO:
        if not self._lies(name):
            raise BlobMissing("the document is not on this device", blob=name)
        return _Source(self._files, self._layout.blob(name))  # type: ignore[return-value]


def _is_name(name: str) -> bool:
    return len(name) == 64 and set(name) <= HEX
