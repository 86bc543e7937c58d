"""What others put in a folder of exchange: seen without reading it.

Law: looks at names, sizes and moments only, and not at what this device wrote there itself. A folder that does not
let itself be looked at is not there.
"""

from __future__ import annotations

import os
from pathlib import Path

from lanterne.sync.peers.folder_files import DEVICE, MAX_DEVICES
from lanterne.wire.names import DeviceId, PracticeId


def practice_folder(folder: Path, practice: PracticeId) -> Path:
    """Where a practice exchanges within a folder."""
    return folder / f"lanterne-{practice[:16]}"


def there(folder: Path) -> bool:
    """Whether it is a folder now. One that answers with an error (a dying stick, a share that is off) is not there."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def looked(folder: Path, practice: PracticeId, own: DeviceId) -> object:
    """Something that differs once another device wrote there; None when the folder is not there."""
    try:
        if not folder.is_dir():
            return None
        base = practice_folder(folder, practice)
        if not base.is_dir():
            return ()
        names = [name for name in sorted(os.listdir(base)) if DEVICE.fullmatch(name) and name != own]  # noqa: PTH208
        return tuple((name, *_looks(base / name)) for name in names[:MAX_DEVICES])
    except OSError:
        return None


def _looks(place: Path) -> tuple[int, ...]:
    """A device's folder, whose moment changes with each new file, and its statement, which is written over."""
    found = []
    for path in (place, place / "heads"):
        try:
            stat = path.lstat()
        except FileNotFoundError:
            found += [0, 0]
            continue
        found += [stat.st_mtime_ns, stat.st_size]
    return tuple(found)
