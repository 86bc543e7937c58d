"""How many documents are on this disk, whole: counted folder by folder, and a folder again only when it changed.

Law: nothing is opened or read. A folder's moment of change tells whether names came or went; a change so fresh that
another could bear the same moment is not relied on. Source: docs/format/store.md, `blobs/`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lanterne.journal.layout import DAMAGED, Layout

SETTLED_NS = 3_000_000_000
"""Some disks tell moments in steps of two seconds."""
_FOLDER, _NAME = 2, 64


class Documents:
    """Those of one data directory. Threads may share it."""

    def __init__(self, layout: Layout, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._layout, self._clock_ns = layout, clock_ns
        self._guard = threading.Lock()
        self._counts: dict[str, tuple[int, int]] = {}
        self.listed = 0
        """How many folders were listed so far."""

    def count(self) -> int:
        """Whole documents, but those found damaged. Raises OSError."""
        with self._guard:
            found: dict[str, tuple[int, int]] = {}
            damaged = 0
            for name in _names(self._layout.blobs):
                if len(name) == _FOLDER:
                    found[name] = self._folder(name)
                elif name.endswith(DAMAGED):
                    damaged += self._layout.blob(name.removesuffix(DAMAGED)).exists()
            self._counts = found
            return sum(count for _, count in found.values()) - damaged

    def _folder(self, name: str) -> tuple[int, int]:
        """When it changed last, 0 when that is too fresh to rely on; how many documents lie in it."""
        path = self._layout.blobs / name
        changed = 0
        with suppress(FileNotFoundError):  # gone since it was listed
            changed = path.stat().st_mtime_ns
        held = self._counts.get(name)
        if held is not None and changed and held[0] == changed:
            return held
        self.listed += 1
        settled = abs(self._clock_ns() - changed) > SETTLED_NS
        return changed if settled else 0, sum(len(one) == _NAME for one in _names(path))


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
