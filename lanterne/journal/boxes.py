"""Boxes in which the messages of one pairing lie: on this disk for the local network, or in a folder that travels.

Law: what lies here is believed by nobody; the code covers it (pairing.py). A box holds an offer and the moment it
lapses, the first request that came, and the newest answer; each is whole (its last 32 bytes are the SHA-256 of the
rest) or is taken for absent. Nothing is kept beyond the offer's end. Source: docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path

from lanterne.journal.errors import JournalError
from lanterne.journal.files import Files, disk_errors, replace_small_file
from lanterne.journal.layout import Layout
from lanterne.journal.pairing_messages import MAX_LARGE, MAX_SMALL, SIGNS
from lanterne.journal.vouched import DIGEST, closed, opened
from lanterne.wire.pairing_box import BOX, BOX_SIGNS, BoxName

CONTEXT = b"lanterne/box/1\0"
FOLDER = "lanterne-ajout"
"""Where the boxes lie in a folder that travels."""
MOST_BOXES = 8
"""On this disk at once: one a seat that offers."""
_ENDS = 8
MAX_BOXED = MAX_LARGE + _ENDS + DIGEST
"""No file of a box is longer, in bytes."""
_OFFER, _REQUEST, _ANSWER = ".offer", ".request", ".answer"


class BoxTaken(JournalError):
    """P4: another request lies in this box already."""

    word = "box_taken"


class BoxesFull(JournalError):
    """Too many devices are being added on this one at once."""

    word = "boxes_full"


def box_of(offer_digest: bytes) -> BoxName:
    """The name of the box of an offer, by the SHA-256 of that message: 60 bits nobody guesses, and no other
    offer has.
    """
    bits = int.from_bytes(sha256(CONTEXT + offer_digest).digest()[:8]) >> 4
    return BoxName("".join(SIGNS[bits >> (5 * place) & 31] for place in reversed(range(BOX_SIGNS))))


class Boxes:
    """The boxes of one folder. Every method raises DiskFull or DiskFailed when the disk refuses.

    Args:
        lock: held while a request is taken in, where two may come at once; None in a folder that travels.
    """

    def __init__(self, folder: Path, files: Files, *, lock: Path | None = None) -> None:
        self._folder, self._files, self._lock = folder, files, lock

    @classmethod
    def of(cls, layout: Layout, files: Files) -> Boxes:
        """Those of this device, which its server on the network hands out."""
        return cls(layout.boxes, files, lock=layout.lock)

    @classmethod
    def carried(cls, folder: Path, files: Files) -> Boxes:
        """Those of a folder that travels, or of a share."""
        return cls(folder / FOLDER, files)

    def open(self, offer: bytes, ends: int, now_ms: int) -> BoxName:
        """Lay an offer down until `ends` (milliseconds). Raises BoxesFull."""
        name = box_of(sha256(offer).digest())
        self.sweep(now_ms)
        if len(self.standing(now_ms)) >= MOST_BOXES:
            raise BoxesFull("too many devices are being added at once", most=MOST_BOXES)
        self._put(name + _OFFER, ends.to_bytes(_ENDS) + offer)
        return name

    def offer(self, name: BoxName, now_ms: int) -> bytes | None:
        """The offer, until it lapses."""
        data = self._get(name + _OFFER, MAX_LARGE + _ENDS)
        if data is None or len(data) < _ENDS or now_ms > int.from_bytes(data[:_ENDS]):
            return None
        return data[_ENDS:]

    def stands(self, name: BoxName, now_ms: int) -> bool:
        """Whether there is such a box now: looks at its first bytes only."""
        ends = self._ends(name)
        return ends is not None and now_ms <= ends

    def standing(self, now_ms: int) -> list[BoxName]:
        """The boxes that have not lapsed, sorted."""
        return [name for name in self._names() if self.stands(name, now_ms)]

    def ask(self, name: BoxName, request: bytes) -> None:
        """Lay the request down; the same again changes nothing. Raises BoxTaken (P4)."""
        with disk_errors("keeping a request"), self._held():
            lies = self.request(name)
            if lies is not None and lies != request:
                raise BoxTaken("another request came first")
            if lies is None:
                self._put(name + _REQUEST, request)

    def request(self, name: BoxName) -> bytes | None:
        """The request that came, None when none has."""
        return self._get(name + _REQUEST, MAX_SMALL)

    def refuse(self, name: BoxName) -> None:
        """Let go of a request that is none, so that the right one can still come."""
        with disk_errors("removing a request"):
            if self._files.size(self._folder / (name + _REQUEST)) is not None:
                self._files.remove(self._folder / (name + _REQUEST))

    def put_answer(self, name: BoxName, answer: bytes) -> None:
        """Lay the newest answer down, in the place of the one before."""
        self._put(name + _ANSWER, answer)

    def answer(self, name: BoxName) -> bytes | None:
        """The newest answer."""
        return self._get(name + _ANSWER, MAX_LARGE)

    def close(self, name: BoxName) -> None:
        """Let the box go; nothing when there is none."""
        with disk_errors("removing a box"):
            for ending in (_OFFER, _REQUEST, _ANSWER):
                if self._files.size(self._folder / (name + ending)) is not None:
                    self._files.remove(self._folder / (name + ending))

    def sweep(self, now_ms: int) -> None:
        """Let go of every box that has lapsed."""
        for name in self._names():
            if not self.stands(name, now_ms):
                self.close(name)

    # ------------------------------------------------------------------ files

    def _names(self) -> list[BoxName]:
        with disk_errors("looking for boxes"):
            listed = self._files.listing(self._folder)
        named = (entry.removesuffix(_OFFER) for entry in listed if entry.endswith(_OFFER))
        return [BoxName(name) for name in named if BOX.fullmatch(name)]

    def _ends(self, name: BoxName) -> int | None:
        path = self._folder / (name + _OFFER)
        with disk_errors("reading a box"):
            if (self._files.size(path) or 0) < _ENDS + DIGEST:
                return None
            return int.from_bytes(self._files.read(path, 0, _ENDS))

    def _put(self, name: str, data: bytes) -> None:
        replace_small_file(self._files, self._folder / name, closed(data))

    def _get(self, name: str, most: int) -> bytes | None:
        path = self._folder / name
        with disk_errors("reading a box"):
            size = self._files.size(path)
            if size is None or not DIGEST < size <= most + DIGEST:
                return None
            data = self._files.read(path, 0, size)
        return opened(data)

    def _held(self) -> AbstractContextManager[object]:
        return nullcontext() if self._lock is None else self._files.lock(self._lock)
