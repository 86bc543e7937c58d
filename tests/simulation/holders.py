"""Who holds what, seen from outside: by reading disks, the relay's database and the folder, not by asking."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from lanterne.journal.journal import Journal
from lanterne.relay.place import DATABASE
from lanterne.sync.peers.folder_files import MAX_FILE, read_whole
from lanterne.sync.skim import skim
from lanterne.wire.entry import Entry
from lanterne.wire.exchange import MessageRefused
from lanterne.wire.framing import read_framed
from lanterne.wire.names import EntryHash, Stream
from tests.journal.simulated_disk import SimulatedDisk
from tests.simulation.device import Device
from tests.simulation.practice import ROOT

if TYPE_CHECKING:
    from tests.simulation.world import World


def entries_on(disk: SimulatedDisk) -> dict[EntryHash, Entry]:
    """What a disk holds and can be read."""
    journal = Journal.open(ROOT, files=disk.clone(0))
    return {one.entry.head.hash: one.entry for stream in Stream for one in journal.since(stream)}


def waiting_on(disk: SimulatedDisk) -> set[EntryHash]:
    """What a disk keeps until the entry before it comes (`journal/apart/`)."""
    return {
        EntryHash(path.name) for path in disk.names if path.parent.name == "apart" and len(path.name) == 64
    }


def held_on(disk: SimulatedDisk) -> set[EntryHash]:
    """The same, by hash alone."""
    return set(entries_on(disk))


def held_elsewhere(world: World, device: Device) -> set[EntryHash]:
    """What other devices, the relay and the folder hold, as far as they can be trusted to keep it."""
    found: set[EntryHash] = set()
    for other in world.devices:
        if other is not device and not other.gone:
            found |= held_on(other.disk)
    if world.relay_keeps:
        found |= held_by_relay(world)
    if world.folder_keeps:
        for path in sorted(world.folder.rglob("*.entries")):
            data = read_whole(path, MAX_FILE)
            try:
                raws = read_framed(data or b"", at_most=MAX_FILE)
            except MessageRefused:
                continue
            skimmed = (skim(raw, world.template.practice) for raw in raws)
            found |= {one.head.hash for one in skimmed if one is not None}
    return found


def held_by_relay(world: World) -> set[EntryHash]:
    """What the relay's database holds and hands over."""
    connection = sqlite3.connect(world.relay.root / DATABASE)
    try:
        return {EntryHash(bytes(row[0]).hex()) for row in connection.execute("SELECT hash FROM entry")}
    finally:
        connection.close()
