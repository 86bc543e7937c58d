"""A zip from outside, opened in memory without trust.

Law: nothing is ever written to a disk, and what could only be an attack refuses the whole file: a name that
leaves the folder, a link, a file over another, an encrypted or nested archive opened, more than the limits
allow. What the directory of the zip declares is checked before a byte is inflated, and again while inflating.
Sources: PKWARE APPNOTE 6.3; D. Fifield, "A better zip bomb" (overlapping files); CVE-2024-0450.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass

from lanterne.intake.reading import Limits, Unreadable

# Deflate cannot do better than 1,032 to 1; text and XML do 5 to 60. Small files may compress well by chance.
HIGHEST_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024
_LOCAL_HEADER_BYTES = 30
_PIECE = 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1 | 0x40
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError,
    IndexError, OverflowError, RuntimeError,  # RuntimeError: what zipfile cannot do, or has no password for
)  # fmt: skip
ZIP_MARKS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
)


@dataclass(slots=True)
class Archive:
    """The files of a zip by their path, "/" between folders; nothing is inflated before it is asked for."""

    _zip: zipfile.ZipFile
    _members: dict[str, zipfile.ZipInfo]
    _left: int

    @property
    def names(self) -> tuple[str, ...]:
        """Paths of the files, in the order of the zip."""
        return tuple(self._members)

    def find(self, path: str) -> str:
        """The path as the zip spells it, whatever the case; empty when there is no such file."""
        if path in self._members:
            return path
        folded = path.lower()
        return next((name for name in self._members if name.lower() == folded), "")

    def read(self, name: str) -> bytes:
        """One file's bytes.

        Raises:
            Unreadable: "zip_broken", "zip_bomb".
        """
        info = self._members[name]
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as member:
                while piece := member.read(_PIECE):
                    size += len(piece)
                    if size > info.file_size or size > self._left:
                        raise Unreadable("zip_bomb")
                    pieces.append(piece)
        except _BROKEN as error:
            raise Unreadable("zip_broken") from error
        self._left -= size
        return b"".join(pieces)


def open_archive(content: bytes, limits: Limits) -> Archive:
    """Look at the directory of a zip and refuse what may not be opened.

    Raises:
        Unreadable: "zip_broken", "zip_encrypted", "zip_bomb", "zip_too_many", "zip_path", "zip_link",
        "zip_overlap",
            "zip_names_twice", "zip_method".
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        infos = archive.infolist()
    except _BROKEN as error:
        raise Unreadable("zip_broken") from error
    if len(infos) > limits.entries:
        raise Unreadable("zip_too_many", limit=str(limits.entries))
    members: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    total = 0
    for info in infos:
        name = _checked(info)
        total += info.file_size
        if total > limits.inflated_bytes:
            raise Unreadable("zip_bomb")
        if info.file_size > _RATIO_FROM_BYTES and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            raise Unreadable("zip_bomb")
        if name.endswith("/"):
            continue
        if name.lower() in folded:
            raise Unreadable("zip_names_twice")
        folded.add(name.lower())
        members[name] = info
    _check_places(infos, len(content))
    return Archive(archive, members, limits.inflated_bytes)


def _checked(info: zipfile.ZipInfo) -> str:
    """The path of an entry, "/" between folders. Raises Unreadable."""
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("zip_encrypted")
    if info.compress_type not in _METHODS:
        raise Unreadable("zip_method")
    # Some Windows writers use "\"; the standard says "/".
    name = info.filename.replace("\\", "/")
    parts = name.rstrip("/").split("/")
    outside = name.startswith("/") or ":" in parts[0] or any(part in ("", ".", "..") for part in parts)
    if outside or any(ord(letter) < 32 for letter in name) or "\x00" in info.orig_filename:
        raise Unreadable("zip_path")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable("zip_link")
    return name


def _check_places(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse files that share bytes: a bomb reuses one kernel a thousand times."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise Unreadable("zip_overlap")
        end = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size
        if end > size:
            raise Unreadable("zip_broken")
