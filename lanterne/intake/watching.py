"""A folder where laboratories' software drops files: what is whole in it is filed, then put away beside.

    look → whole (unchanged at two looks, or its end mark) → filed, durable → moved to lanterne-classes/AAAA-MM/

Law: a file leaves its place only after what it says is on the disk, and is then moved, never removed, never
written over another. A crash between the two files it again as what it is: a duplicate. What cannot be moved
stays, and is remembered as filed. A file that changed after it was read is not moved. Names of files may be
those of patients: they are never logged, and what is remembered of them is sealed to the seat.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from lanterne.intake.filing.filer import File
from lanterne.intake.filing.outcomes import Outcome
from lanterne.intake.reading import Limits
from lanterne.journal.files import OsFiles

PUT_AWAY = "lanterne-classes"
SETTLED_S = 3.0
"""Seconds between the two looks that find a file unchanged."""
EMPTY_S = 600.0
"""The same for an empty file: software creates a file before it writes in it."""
CHUNK_FILES = 16
CHUNK_BYTES = 64 * 1024 * 1024
SEEN = "watched-seen"

# Being written by their very name, or left by a system.
_UNFINISHED = (
    ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".writing", ".lck", ".lock",
    ".new", ".bak",
)  # fmt: skip
_LEFTOVERS = frozenset({"thumbs.db", "desktop.ini"})
# What a laboratory's software puts beside its file to say that it is whole, or received: HPRIM santé writes NAME.OK.
_WITNESSES = (".ok", ".ack", ".acq", ".flag")
_END_LOOKED_AT = 256
_END = re.compile(rb"\*{4}FINFICHIER\*{4}\s*\Z")
_SANTE_END = re.compile(rb"[\r\n]L\|[^\r\n]*\s*\Z")
_SANTE_HEAD = re.compile(rb"\s*H[|!#;]")
_MOST_SAME_NAME = 10_000

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sight:
    """A file as a look found it. `size` in bytes, `changed` in nanoseconds as the system gives it."""

    name: str
    size: int
    changed: int

    @property
    def id(self) -> bytes:
        """What stands for this file in this state."""
        told = f"{self.name}\0{self.size}\0{self.changed}".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(told, digest_size=_ID_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found.

    Attributes:
        ready: whole files to file, the oldest first: a correction follows what it corrects.
        settling: how many are being written, or were seen once.
        left: how many are no files of a laboratory (temporary, hidden), or witnesses alone.
        too_large: names of files larger than is ever read; shown, never logged.
        stuck: how many are filed and could not be moved.
    """

    ready: tuple[Sight, ...] = ()
    settling: int = 0
    left: int = 0
    too_large: tuple[str, ...] = ()
    stuck: int = 0


class Kept(Protocol):
    """Where what was filed and could not be moved is remembered: a seat's own sealed files."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, data: bytes) -> None: ...


TakeMany = Callable[[Iterable[File]], Iterable[Outcome]]


class WatchedFolder:
    """One folder, for the life of a process.

    Args:
        path: the folder; what lies in its own folders is not looked at.
        kept: remembers what could not be moved.
        today: names the month a file is put away under.
    """

    def __init__(
        self, path: Path, kept: Kept, *, today: Callable[[], date], limits: Limits | None = None
    ) -> None:
        self.path = path
        self._kept, self._today = kept, today
        self._most_bytes = (limits or Limits()).file_bytes
        self._files = OsFiles()
        self._first: dict[str, tuple[Sight, float]] = {}
        held = kept.get(SEEN) or b""
        self._filed = {held[at : at + _ID_BYTES] for at in range(0, len(held), _ID_BYTES)}
        self._witnesses: dict[str, list[str]] = {}

    # ------------------------------------------------------------------ looking

    def look(self, now_s: float) -> Looked:
        """What is there now.

        Args:
            now_s: seconds of a clock that never goes back.

        Raises:
            OSError: the folder is gone, or cannot be read.
        """
        sights, left = self._sights()
        present = {sight.name: sight for sight in sights}
        self._first = {
            name: held for name, held in self._first.items() if name in present and present[name] == held[0]
        }
        self._filed &= {sight.id for sight in sights}
        ready: list[Sight] = []
        too_large: list[str] = []
        settling = 0
        for sight in sights:
            if sight.id in self._filed:
                continue
            if sight.size > self._most_bytes:
                too_large.append(sight.name)
            elif self._is_whole(sight, now_s):
                ready.append(sight)
            else:
                settling += 1
        ready.sort(key=lambda sight: (sight.changed, sight.name))
        return Looked(tuple(ready), settling, left, tuple(sorted(too_large)), len(self._filed))

    def _sights(self) -> tuple[list[Sight], int]:
        sights, left = [], 0
        self._witnesses = {}
        with os.scandir(self.path) as entries:
            for entry in entries:
                lowered = entry.name.lower()
                if entry.name.startswith((".", "~$")) or lowered in _LEFTOVERS:
                    continue
                with suppress(FileNotFoundError):  # taken away while we look
                    seen = entry.stat(follow_symlinks=False)
                    if not stat.S_ISREG(seen.st_mode):
                        continue
                    if lowered.endswith(_UNFINISHED):
                        left += 1
                    elif lowered.endswith(_WITNESSES):
                        self._witnesses.setdefault(_stem(lowered), []).append(entry.name)
                        left += 1
                    else:
                        # Windows: what a listing says of a file being written may be old; the file itself knows.
                        exact = (self.path / entry.name).lstat() if os.name == "nt" else seen
                        sights.append(Sight(entry.name, exact.st_size, exact.st_mtime_ns))
        return sights, left

    def _is_whole(self, sight: Sight, now_s: float) -> bool:
        first = self._first.setdefault(sight.name, (sight, now_s))[1]
        if now_s - first >= (SETTLED_S if sight.size else EMPTY_S):
            return True
        return bool(sight.size) and self._is_ended(sight)

    def _is_ended(self, sight: Sight) -> bool:
        """Whether it ends with the mark of its format: whole, however lately it was written."""
        try:
            with (self.path / sight.name).open("rb") as stream:
                head = stream.read(16)
                stream.seek(max(0, sight.size - _END_LOOKED_AT))
                end = stream.read(_END_LOOKED_AT + 1)
        except OSError:
            return False  # held by whoever writes it: the next look sees
        if _END.search(end) is not None:
            return True
        return _SANTE_HEAD.match(head) is not None and _SANTE_END.search(end) is not None

    # ------------------------------------------------------------------ filing

    def relieve(
        self,
        ready: Sequence[Sight],
        take_many: TakeMany,
        *,
        stop: Callable[[], bool],
        told: Callable[[Outcome], None],
    ) -> Counter[str]:
        """File what is ready and put it away; how many ended as which word.

        Args:
            take_many: files some, in order, telling each once it is on the disk.
            stop: asked between a few files: what is not filed yet waits, whole.
            told: hears of each file once it is filed.

        Raises:
            NotAllowed, DiskFull, DiskFailed: what is not filed is where it was.
        """
        counts: Counter[str] = Counter()
        for chunk in self._chunks(ready, stop):
            outcomes = take_many([(written_name(sight.name), content) for sight, content in chunk])
            for (sight, _), outcome in zip(chunk, outcomes, strict=True):
                self._put_away(sight)
                counts[outcome.outcome] += 1
                told(outcome)
            if self._filed:
                self._remember()
        return counts

    def _chunks(
        self, ready: Sequence[Sight], stop: Callable[[], bool]
    ) -> Iterator[list[tuple[Sight, bytes]]]:
        chunk: list[tuple[Sight, bytes]] = []
        held = 0
        for sight in ready:
            if stop():
                break
            content = self._content(sight)
            if content is None:
                continue
            chunk.append((sight, content))
            held += len(content)
            if len(chunk) == CHUNK_FILES or held > CHUNK_BYTES:
                yield chunk
                chunk, held = [], 0
        if chunk and not stop():
            yield chunk

    def _content(self, sight: Sight) -> bytes | None:
        """The bytes; None when it changed, or somebody holds it: it waits for another look."""
        try:
            with (self.path / sight.name).open("rb") as stream:
                content = stream.read(sight.size + 1)
        except OSError:
            content = b""
        if len(content) != sight.size or self._now(sight.name) != sight:
            self._first.pop(sight.name, None)
            return None
        return content

    def _now(self, name: str) -> Sight | None:
        try:
            seen = (self.path / name).lstat()
        except OSError:
            return None
        return Sight(name, seen.st_size, seen.st_mtime_ns) if stat.S_ISREG(seen.st_mode) else None

    # ------------------------------------------------------------------ putting away

    def move_stuck(self) -> None:
        """Try again to put away what was filed and stayed: whoever held it may have let go."""
        if not self._filed:
            return
        for sight in self._sights()[0]:
            if sight.id in self._filed and not self._put_away(sight):
                break
        self._remember()

    def _remember(self) -> None:
        data = b"".join(sorted(self._filed))
        if data != (self._kept.get(SEEN) or b""):
            self._kept.put(SEEN, data)

    def _put_away(self, sight: Sight) -> bool:
        """Move a filed file; what cannot be moved is remembered. Whether the folder lets files be moved."""
        if self._now(sight.name) != sight:
            return True  # it changed, or is gone: what is there now was not read
        self._filed.add(sight.id)
        try:
            folder = self._month()
            target = self._move(sight.name, folder)
            moved = target.lstat()
            if (moved.st_size, moved.st_mtime_ns) != (sight.size, sight.changed):
                # Written in between the look and the move: it goes back, to be read.
                self._files.rename(target, _free(self.path, sight.name))
        except OSError:
            return False
        self._filed.discard(sight.id)
        self._first.pop(sight.name, None)
        for witness in self._witnesses.pop(_stem(sight.name.lower()), []):
            with suppress(OSError):  # it says nothing: it may stay
                self._move(witness, folder)
        return True

    def _month(self) -> Path:
        """The folder of this month, made; a link there is refused: it leads elsewhere."""
        folder = self.path / PUT_AWAY
        for place in (folder, folder / f"{self._today():%Y-%m}"):
            with suppress(FileExistsError):
                place.mkdir()
                _sync(self._files, place.parent)
            if not stat.S_ISDIR(place.lstat().st_mode):
                raise NotADirectoryError(errno.ENOTDIR, "not a folder")
        return place

    def _move(self, name: str, folder: Path) -> Path:
        """Rename into the folder, under a name nobody has there: its place is taken first, empty."""
        target = _free(folder, name)
        try:
            self._files.rename(self.path / name, target)
        except OSError:
            with suppress(OSError):
                target.unlink()  # the empty place; nothing was moved onto it
            raise
        _sync(self._files, folder)
        _sync(self._files, self.path)
        return target


def written_name(name: str) -> str:
    """A file's name as text: one written by a system of another charset is read as Windows wrote it."""
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeDecodeError:
        return os.fsencode(name).decode("cp1252", "replace")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace").decode("utf-8")


def _free(folder: Path, name: str) -> Path:
    stem, dot, ending = name.rpartition(".")
    for number in range(1, _MOST_SAME_NAME):
        numbered = f"{stem}-{number}{dot}{ending}" if dot and stem else f"{name}-{number}"
        target = folder / (name if number == 1 else numbered)
        try:
            handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
        os.close(handle)
        return target
    raise FileExistsError(errno.EEXIST, "too many files of one name")


def _stem(lowered: str) -> str:
    """What a file and its witness share: "a12" of a12.hpr and a12.ok, or of a12.hpr.ok."""
    bare = lowered
    for witness in _WITNESSES:
        bare = bare.removesuffix(witness)
    return bare.rpartition(".")[0] or bare


def _sync(files: OsFiles, folder: Path) -> None:
    # The record holds the bytes already: where a share cannot be asked, the file is found again and is a duplicate.
    with suppress(OSError):
        files.fsync_directory(folder)
