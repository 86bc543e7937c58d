"""The world of one seed: devices, a relay, a network, persons, and what befalls them, in virtual time.

Law: everything that happens is drawn from the seed and told to the trace. The production code is called as the
programs call it; the world only decides when, and what breaks.
"""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.journal import Journal
from lanterne.practice.patients.search import forget
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.peers.folder import FolderPeer
from lanterne.sync.peers.http import HttpPeer
from lanterne.sync.peers.port import Peer
from lanterne.sync.peers.relay import RelayPeer
from lanterne.wire.exchange import HolderId
from lanterne.wire.names import Stream
from tests.simulation.device import Device, PlugPulled
from tests.simulation.ledger import Ledger
from tests.simulation.network import Network, Target, serve
from tests.simulation.persons import REFUSED, Person
from tests.simulation.practice import FOUNDED, ROOT, template
from tests.simulation.relay import Answered, Relay
from tests.simulation.trace import Draws, Trace, Violation
from tests.simulation.witness import Witness

T = TypeVar("T")
HOUR = 3_600_000
DAY = 24 * HOUR
PIECE = 6_000
"""Bytes asked for at once: small, so that exchanges are cut in their middle."""


class World:
    """Everything there is."""

    def __init__(self, seed: int, place: Path, loop: asyncio.AbstractEventLoop, trace: Trace) -> None:
        self.draws, self.trace, self.place = Draws(seed), trace, place
        self.chance = self.draws.of("world")
        self.now_ms = FOUNDED + DAY
        self.template = template(self.chance.choice((2, 2, 3, 3, 4, 5, 6)))
        self.ledger = Ledger()
        self.network = Network(self.draws.of("network"), trace)
        self.relay = Relay(place / "relay", self.template.relay, lambda: self.now_ms, loop)
        self.folder = place / "stick"
        self.folder.mkdir()
        self.devices: list[Device] = []
        for post in self.template.posts:
            self.add_device(post.disk.clone(self.chance.randrange(1 << 30)), len(self.devices))
        self.witness = Witness(self)
        self.suspects: set[str] = set()
        """Devices of which a contradiction may be seen: set back, doubled, stolen."""
        self.shrunk: set[str] = set()
        """Devices of which a statement that shrinks reached the relay."""
        self.skewed: set[str] = set()
        """Seats that ever wrote under a wrong clock."""
        self.flipped: set[str] = set()
        """Devices on whose disk a bit fell."""
        self.relay_lied = self.relay_forged = False
        self.must_see: set[str] = set()
        """Devices that hold a receipt still to be verified, which the relay does not honour."""
        self.revocations = 0
        self.relay_keeps = self.folder_keeps = True
        """Whether what is there can be counted on."""
        self._draws: dict[str, random.Random] = {}
        self.relay_target: Callable[[Device], Target] = lambda _device: self.ask_relay
        """What answers to a device that asks the relay: a liar stands there in some runs."""
        for device in self.devices:
            self.powered(device, device.start)

    def add_device(self, disk: object, post: int) -> Device:
        """One more machine: of the practice, or a twin."""
        number = len(self.devices)
        device = Device(
            number,
            self.template.posts[post],
            self.place / f"read{number}",
            disk,  # type: ignore[arg-type]
            lambda: self.now_ms,
            self.draws.of(f"device {number}"),
        )
        self.devices.append(device)
        return device

    def draws_of(self, fault: str) -> random.Random:
        """The chance of one kind of fault, which goes on."""
        if fault not in self._draws:
            self._draws[fault] = self.draws.of(fault)
        return self._draws[fault]

    def ask_relay(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answered:
        """What the relay answers now."""
        return self.relay.answer(method, target, body, headers)

    def close(self) -> None:
        """The end of the run."""
        for device in self.devices:
            device.lock()
        self.relay.end()

    # ------------------------------------------------------------------ doing

    def powered(self, device: Device, work: Callable[[], T]) -> T | None:
        """Do it on a device; None when its plug was pulled meanwhile, or its disk refused."""
        try:
            with device.program():
                return work()
        except PlugPulled:
            device.crash()
            self.trace.fault("crash", device.name)
        except (DiskFull, DiskFailed) as error:
            self.trace.tell(device.name, "disk refused", error.code)
        return None

    def wake(self, device: Device) -> bool:
        """Switch it on if it was off. False when it does not come up now."""
        if device.gone:
            return False
        if not device.up:
            self.powered(device, device.start)
            if device.up:
                self.trace.tell(device.name, "starts")
                self.witness.started(device)
        return device.up

    def work(self, device: Device) -> None:
        """A person does something there."""
        if not self.wake(device) or device.record is None:
            return
        person = Person(device, device.record, device.chance)

        def act() -> None:
            before = written(device.journal)
            try:
                name, entry = person.work()
            except REFUSED as refused:
                self.trace.tell(device.name, "refused", refused.code)
                if device.files.failed and device.disk.capacity is None and written(reread(device)) > before:
                    raise Violation(
                        f"{device.name} refused a write ({refused.code}) that counts all the same"
                    ) from refused
                return
            self.trace.tell(device.name, name, entry)
            if entry is not None and not device.thief:
                self.ledger.acknowledge(entry, device.name)

        self.powered(device, act)

    # ------------------------------------------------------------------ exchanging

    def by_relay(self, device: Device) -> Exchanged | None:
        """One exchange with the relay."""
        wire = self.network.wire(device.name, "relay", self.relay_target(device))
        return self.exchange(
            device,
            "relay",
            lambda: RelayPeer(
                self.template.relay_file, device.asker(), genesis=self.template.genesis, connection=wire
            ),
        )

    def by_lan(self, device: Device, other: Device) -> Exchanged | None:
        """One exchange with another device, which answers."""
        keys = other.post.device
        wire = self.network.wire(device.name, other.name, serve(other))
        return self.exchange(
            device,
            other.name,
            lambda: HttpPeer(wire, device.asker(), HolderId(keys.id), keys.transport),
        )

    def by_folder(self, device: Device) -> Exchanged | None:
        """One exchange with the folder."""
        return self.exchange(
            device,
            "folder",
            lambda: FolderPeer(
                self.folder,
                device.front.membership,
                device.post.device.id,
                statements=device.known.statements().values(),
                now_ms=device.now(),
            ),
        )

    def exchange(self, device: Device, holder: str, reach: Callable[[], Peer]) -> Exchanged | None:
        """One exchange, watched."""
        if not self.wake(device):
            return None

        def run() -> Exchanged:
            device.front.refresh()
            peer = reach()
            watched = self.witness.watch(device, holder, peer)
            driver = Driver(
                device.front, device.post.device, peer, now_ms=device.now, random=device.random, piece=PIECE
            )
            done = driver.run()
            watched.over(done)
            return done

        done = self.powered(device, run)
        if done is not None:
            why = "whole" if done.error is None else done.error.code
            tally = done.tally
            self.trace.tell(device.name, "<>", holder, why, tally.received, tally.given)
            for alarm in done.alarms:
                self.trace.tell(device.name, "alarm", alarm.lie.value, alarm.about[:8], alarm.why)
        return done


def written(journal: Journal) -> int:
    """How many entries persons wrote."""
    journal.refresh()
    return journal.count(Stream.CARE) + journal.count(Stream.TRACE)


def reread(device: Device) -> Journal:
    """Its journal as another process would find it."""
    return Journal.open(ROOT, files=device.disk.clone(0))


def in_a_world(seed: int, trace: Trace, play: Callable[[World], T]) -> T:
    """Make a world, play in it, and clear it away."""
    forget()
    loop = asyncio.new_event_loop()
    memory = Path("/dev/shm")  # a disk that only has to forget quickly
    parent = memory if memory.is_dir() else None
    try:
        with tempfile.TemporaryDirectory(
            prefix="lanterne-sim-", dir=parent, ignore_cleanup_errors=True
        ) as place:
            world = World(seed, Path(place), loop, trace)
            try:
                return play(world)
            finally:
                world.close()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        gc.collect()  # a world is one large circle; hundreds of them would fill the memory
