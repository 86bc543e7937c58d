"""/static/: style sheets, scripts, icons, fonts: the same for everybody, holding nothing of a practice.

Law: only files below the folders given, only the types listed, no listing, no way up.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

import lanterne

PREFIX = b"/static/"
#: each segment begins with a letter, a digit or an underscore: no "..", no hidden file
_PATH = re.compile(r"/static/((?:[A-Za-z0-9_][A-Za-z0-9._-]{0,99}/){0,6}[A-Za-z0-9_][A-Za-z0-9._-]{0,99})")
_MOST_BYTES = 8 * 1024 * 1024

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to serve."""

    content: bytes
    content_type: str
    etag: str


def default_folders() -> tuple[Path, ...]:
    """The folders whose content appears below /static/: ours, then django_htmx's.

    Found without importing either.
    """
    package = Path(lanterne.__file__).parent
    folders = [package / "front" / "static", package / "desk" / "static"]
    htmx = importlib.util.find_spec("django_htmx")
    if htmx is not None and htmx.submodule_search_locations:
        folders.append(Path(htmx.submodule_search_locations[0]) / "static")
    return tuple(folder for folder in folders if folder.is_dir())


class Assets:
    """Looks files up below several folders, the first that has it."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)

    def find(self, path: bytes) -> Asset | None:
        """The file of that address, or None: unknown, of another type, or outside the folders."""
        found = _PATH.fullmatch(path.decode("ascii", errors="replace"))
        content_type = CONTENT_TYPES.get(Path(found.group(1)).suffix.lower()) if found else None
        if found is None or content_type is None:
            return None
        for folder in self._folders:
            place = (folder / found.group(1)).resolve()
            if place.is_relative_to(folder) and place.is_file():
                about = place.stat()
                if about.st_size > _MOST_BYTES:
                    return None
                return Asset(place.read_bytes(), content_type, f'"{about.st_mtime_ns:x}-{about.st_size:x}"')
        return None

    @staticmethod
    def cache_control(versioned: bool) -> str:
        """A year for an address with `?v=…`; otherwise kept, but asked again (cheap on loopback).

        Without a version in the address a long life would show yesterday's screens after an upgrade.
        """
        return "public, max-age=31536000, immutable" if versioned else "public, no-cache"
