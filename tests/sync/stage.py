"""The stage of the exchanges: Dr Garance Morel's practice on several machines, each with a seat of its own.

Garance writes on the practice's first PC; Théo, her locum, on a laptop; Awa, the secretary, at the desk. Each
machine has its own device, journal and disk. A relay and its lies are played in `relay_play.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lanterne.journal.files import OsFiles
from lanterne.journal.identity import write_identity
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.small_files import write_twice
from lanterne.seal.changing import admit_device, admit_seat
from lanterne.seal.device import DeviceKeys, read_device_file
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.known import Known
from lanterne.sync.peers.folder import FolderPeer
from lanterne.sync.peers.port import Peer
from lanterne.wire.names import SEALED_COMPARTMENTS, PersonId, Stream
from tests.journal.stage import NOON, Practice, dice, jot


@dataclass
class Machine:
    """One device: its disk, its keys, the seat of who works there."""

    practice: Practice
    device: DeviceKeys
    seed: int
    clock: list[int] = field(default_factory=lambda: [NOON])

    def __post_init__(self) -> None:
        self.journal = self.practice.open(seed=self.seed)
        self.random: Callable[[int], bytes] = dice(self.seed + 1000)

    @property
    def root(self) -> Path:
        return self.practice.root

    @property
    def known(self) -> Known:
        return Known(self.journal)

    def now(self) -> int:
        return self.clock[0]

    def restart(self) -> None:
        """The process ended; another begins."""
        self.journal = self.practice.open(seed=self.seed + 1)
        self.random = dice(self.seed + 5000 + self.clock[0])

    def jot(self, text: str, stream: Stream = Stream.CARE) -> None:
        self.clock[0] += 1000
        who = self.practice
        who.keyring = who.keyring.with_membership(self.journal.membership)
        jot(self.journal, who, text, self.clock[0], stream)

    def exchange(self, peer: Peer, *, blobs: bool = True, piece: int = 64 * 1024) -> Exchanged:
        self.clock[0] += 1000
        driver = Driver(
            self.journal, self.device, peer, now_ms=self.now, random=self.random, piece=piece, blobs=blobs
        )
        return driver.run()

    def by_folder(self, folder: Path, *, blobs: bool = True) -> Exchanged:
        return self.exchange(self.folder(folder), blobs=blobs)

    def folder(self, folder: Path) -> FolderPeer:
        return FolderPeer(
            folder,
            self.journal.membership,
            self.device.id,
            statements=self.known.statements().values(),
            now_ms=self.now(),
        )


def first_machine(practice: Practice) -> Machine:
    """Garance's PC, where the practice was founded."""
    data = Layout(practice.root).device.read_bytes()
    device = read_device_file(data, practice.keyring.membership.practice)
    return Machine(practice, device, seed=11)


def another_machine(first: Machine, root: Path, *, seed: int, empty: bool = False) -> Machine:
    """Somebody joins on a machine of their own; its disk holds the genesis and what was admitted so far.

    `empty`: the genesis only.
    """
    made = dice(seed)
    device, seat = DeviceKeys.new(made), SeatKeys.new(made)
    record = seat.record(
        person=PersonId(made(16).hex()), device=device.id, compartments=SEALED_COMPARTMENTS, admin=True
    )
    ring = first.practice.keyring.with_membership(first.journal.membership)
    facts = [admit_device(device.record(), made), admit_seat(ring, record, made)]
    first.clock[0] += 1000
    first.journal.write_members(ring, facts, first.clock[0])
    journal = bare(first.journal, device, root)
    if not empty:
        journal.receive_many(entry.entry.raw for entry in first.journal.since(Stream.MEMBERS))
    keyring = Keyring(seat, journal.membership)
    practice = Practice(root, seat, keyring, first.practice.sheet, seat.id)
    return Machine(practice, device, seed=seed, clock=[first.clock[0]])


def bare(journal: Journal, device: DeviceKeys, root: Path) -> Journal:
    """A data directory that holds the genesis and a device file."""
    files, layout = OsFiles(), Layout(root)
    files.make_directories(root)
    write_twice(files, layout.device, device.to_file(journal.practice))
    write_identity(layout, files, journal.membership.genesis.raw)
    return Journal.open(root)


def content(journal: Journal) -> set[str]:
    """The hashes of everything held."""
    journal.refresh()
    return {one.entry.head.hash for stream in Stream for one in journal.since(stream)}
