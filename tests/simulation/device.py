"""One device of the simulation: a disk that may fail, a clock that may lie, and the programs that run on it.

Law: everything that runs here is Lanterne's own: the worker's journal and record, and the journal, the server and
the exchanges of the front, which are another process on the same disk. When the plug is pulled all of it is gone
but the disk.
"""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from lanterne.journal.journal import Journal
from lanterne.practice.catalogue import KINDS
from lanterne.practice.content import content
from lanterne.practice.kinds import Kind
from lanterne.practice.reading import Traces
from lanterne.practice.record import Record
from lanterne.seal.errors import SealError
from lanterne.seal.keyring import Keyring
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker
from lanterne.sync.server import DeviceServer
from lanterne.wire.names import EntryHash, Stream
from tests.journal.simulated_disk import FaultyFiles, PlugPulled, SimulatedDisk
from tests.simulation.practice import ROOT, Post

T = TypeVar("T")


class Device:
    """One machine.

    Args:
        place: a real folder, for the read tables, which are SQLCipher's own files.
        clock: the true time of the world, milliseconds.
    """

    def __init__(
        self,
        number: int,
        post: Post,
        place: Path,
        disk: SimulatedDisk,
        clock: Callable[[], int],
        chance: random.Random,
    ) -> None:
        self.number, self.post, self.place, self.disk = number, post, place, disk
        self.name = f"d{number}"
        self._clock, self.chance = clock, chance
        self.random: Callable[[int], bytes] = chance.randbytes
        self.skew_ms = 0
        self.files = FaultyFiles(disk)
        self.up = False
        self.thief = self.gone = False
        """Somebody else's, under stolen keys; switched off for good."""
        self.kinds: dict[str, Kind] = {}
        """Kinds of facts its program knows beyond everybody's: it was upgraded."""
        self.journal: Journal
        self.front: Journal
        self.server: DeviceServer
        self.record: Record | None = None
        self.traces = Traces()

    def now(self) -> int:
        """Milliseconds by its own clock, which passes a little at every look."""
        return max(self._clock() + self.skew_ms, 0)

    # ------------------------------------------------------------------ power

    def start(self, *, unlocked: bool = True) -> None:
        """Switch on: the front, and the worker of whoever works here, unless nobody has come yet. PlugPulled, as
        anywhere."""
        self.place.mkdir(parents=True, exist_ok=True)
        self.front = Journal.open(ROOT, files=self.files, random=self.random)
        self.server = DeviceServer(self.front, self.post.device, now_ms=self.now, random=self.random)
        self.journal = Journal.open(ROOT, files=self.files, random=self.random)
        self.up = True
        if unlocked:
            self.unlock()

    def unlock(self) -> None:
        """Open the record, unless this seat opens it no more."""
        self.lock()
        keyring = Keyring(self.post.seat, self.journal.membership)
        try:
            self.record = Record(
                self.place,
                self.journal,
                self.post.seat,
                keyring,
                clock_ms=self.now,
                draw_id=lambda: self.random(16).hex(),
            )
        except SealError:
            self.record = None  # revoked: the newest epoch is not for this seat

    def lock(self) -> None:
        """The worker ends."""
        if self.record is not None:
            self.record.close()
            self.record = None
        self.traces = Traces()

    def stop(self) -> None:
        """Switch off, whatever was going on; what was not made durable is still there (no power cut)."""
        self.lock()
        self.up = False
        self.disk.handles.clear()
        self.disk.stop_after = None

    def crash(self) -> None:
        """The power is gone."""
        self.lock()
        self.up = False
        self.disk.crash()

    def forget_tables(self) -> None:
        """The read tables are lost: they are folded again."""
        self.lock()
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)

    # ------------------------------------------------------------------ the program

    @contextmanager
    def program(self) -> Iterator[None]:
        """Inside, the program knows the kinds of this device's version."""
        before = {name: KINDS.get(name) for name in self.kinds}
        KINDS.update(self.kinds)
        try:
            yield
        finally:
            for name, kind in before.items():
                if kind is None:
                    del KINDS[name]
                else:
                    KINDS[name] = kind

    def upgrade(self, kind: Kind) -> None:
        """A newer Lanterne is installed: its tables are another schema's, hence folded again."""
        self.kinds[kind.name] = kind
        self.forget_tables()
        self.unlock()

    # ------------------------------------------------------------------ exchange

    @property
    def known(self) -> Known:
        """What it knows of other holders."""
        return Known(self.front)

    def asker(self) -> Asker:
        """Who asks, when it asks."""
        return Asker(self.front.practice, self.post.device.id, self.post.device, self.now, self.random)

    # ------------------------------------------------------------------ looking

    @property
    def active(self) -> bool:
        """Whether this device holds a seat in force, as far as it knows."""
        return self.front.membership.is_active(self.post.seat.id, self._clock())

    def held(self) -> dict[EntryHash, bytes]:
        """Everything that can be read of its journal."""
        self.front.refresh()
        return {one.entry.head.hash: one.entry.raw for stream in Stream for one in self.front.since(stream)}

    def contents(self) -> dict[str, str]:
        """The content hash of each set of its read tables."""
        record = self.record
        if record is None:
            return {}
        with self.program():
            record.catch_up()
            found = {record.tables.name: content(record.tables.read(), record.tables.name)}
            if record.trace_tables is not None:
                traces = record.catch_up_traces()
                found["trace"] = content(traces.read(), "trace")
        return found


def is_full(error: OSError) -> bool:
    """Whether a disk said it was full."""
    return error.errno == errno.ENOSPC


__all__ = ["Device", "PlugPulled", "is_full"]
