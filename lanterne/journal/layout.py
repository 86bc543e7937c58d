"""Where everything lies in a data directory. The only page that joins paths.

Source: docs/format/store.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lanterne.wire.names import SeatId, Stream

DAMAGED = ".damaged"
ASIDE = ".emptied"
SECOND = "2"
"""What the name of a second copy ends in (S9)."""


def second(path: Path) -> Path:
    """The second copy of a small file."""
    return path.with_name(path.name + SECOND)


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths under one data directory."""

    root: Path

    @property
    def format(self) -> Path:
        return self.root / "format"

    @property
    def genesis(self) -> Path:
        return self.root / "genesis"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def torn(self) -> Path:
        return self.journal / "torn"

    @property
    def reserve(self) -> Path:
        return self.journal / "reserve"

    @property
    def apart(self) -> Path:
        """Entries whose predecessor has not come yet (E12)."""
        return self.journal / "apart"

    @property
    def early(self) -> Path:
        """Entries of a first copy that came ahead of those they stand on."""
        return self.journal / "early"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def seats(self) -> Path:
        return self.root / "seats"

    @property
    def device(self) -> Path:
        return self.root / "device" / "key"

    @property
    def local(self) -> Path:
        return self.root / "local"

    @property
    def unlock(self) -> Path:
        return self.local / "unlock"

    @property
    def clock(self) -> Path:
        """The latest time this device saw (S13)."""
        return self.local / "clock"

    @property
    def pairing(self) -> Path:
        """On a device being added: what it asked, until it holds what it was promised."""
        return self.local / "pairing"

    @property
    def joining(self) -> Path:
        """On a device being added from its own screen: how its messages travel, until it is admitted."""
        return self.local / "joining"

    @property
    def boxes(self) -> Path:
        """Messages of pairings under way, for other devices of the network (boxes.py)."""
        return self.local / "boxes"

    @property
    def first(self) -> Path:
        """On a device being added: what to fetch first, until all is here."""
        return self.local / "first"

    @property
    def watched(self) -> Path:
        """The folder relieved on this device, and what was filed last."""
        return self.local / "watched"

    @property
    def watching(self) -> Path:
        """Held by the one process that relieves it now."""
        return self.local / "watching"

    @property
    def ways(self) -> Path:
        """By which ways this device exchanges, but for its relay (`known`)."""
        return self.local / "ways"

    @property
    def carrying(self) -> Path:
        """Held by the one process that exchanges in the background."""
        return self.local / "carrying"

    @property
    def going(self) -> Path:
        """How the exchange in the background goes: disposable."""
        return self.local / "going"

    @property
    def nudge(self) -> Path:
        """Written to ask that process for an exchange now: disposable."""
        return self.local / "nudge"

    @property
    def medicines(self) -> Path:
        """Published tables, unsealed: nothing about a patient (lanterne/reference/medicines/editions.py)."""
        return self.root / "medicines"

    def stream(self, stream: Stream) -> Path:
        return self.journal / stream.name.lower()

    def segment(self, stream: Stream, number: int) -> Path:
        return self.stream(stream) / f"{number:08d}.seg"

    def index(self, stream: Stream) -> Path:
        return self.stream(stream) / "index"

    def set_aside(self, stream: Stream, number: int, offset: int) -> Path:
        """Copy of an unfinished write (S4)."""
        return self.torn / f"{stream.name.lower()}-{number:08d}-{offset}"

    def blob(self, name: str) -> Path:
        return self.blobs / name[:2] / name

    def coming_blob(self, name: str) -> Path:
        """A blob of which only the beginning has come."""
        return self.blobs / f"{name}.new"

    def damaged_blob(self, name: str) -> Path:
        """Stands while the blob lies here and its bytes are not those of its name."""
        return self.blobs / (name + DAMAGED)

    def blob_aside(self, name: str) -> Path:
        """A blob that an act emptied, until somebody who reads charts saw that nothing names it."""
        return self.blobs / (name + ASIDE)

    @property
    def known(self) -> Path:
        """What holders said and signed: never shrinks (docs/format/exchange.md)."""
        return self.root / "known"

    def seat(self, seat: SeatId) -> Path:
        return self.seats / f"{seat}.seat"

    def local_of(self, seat: SeatId) -> Path:
        return self.local / seat
