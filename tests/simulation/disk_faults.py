"""What befalls a disk: the plug, no room, errors, a bit, an old image, a twin.

Law: whatever was only there when a disk is set back or a bit falls is let go of the ledger before; nothing else is.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Protocol

from lanterne.journal.segment import FRAME_HEADER, FRAME_MAGIC
from tests.journal.simulated_disk import FaultyFiles, Inode, SimulatedDisk
from tests.simulation import tables
from tests.simulation.device import Device
from tests.simulation.holders import entries_on, held_elsewhere, held_on
from tests.simulation.trace import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World


class Fault(Protocol):
    """One kind of fault in one run."""

    name: str
    rate: float
    """Chance that it strikes at a step."""

    def strike(self, world: World) -> None:
        """It strikes now, somewhere."""

    def heal(self, world: World) -> None:
        """The world becomes well again."""


def somebody(world: World, fault: str) -> Device:
    """Whom it strikes."""
    devices = [one for one in world.devices if not one.gone]
    return world.draws_of(fault).choice(devices)


class Crash:
    """The plug is pulled after some more writes, in the middle of whatever is done then."""

    name, rate = "crash", 0.25

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        if device.up:
            device.disk.stop_after = device.disk.steps + chance.choice((1, 2, 3, 5, 8, 13, 21, 34, 60))

    def heal(self, world: World) -> None:
        for device in world.devices:
            device.disk.stop_after = None


class Kill:
    """The processes end; the disk keeps what was written."""

    name, rate = "kill", 0.05

    def strike(self, world: World) -> None:
        device = somebody(world, self.name)
        if device.up:
            world.trace.fault(self.name, device.name)
            device.stop()

    def heal(self, world: World) -> None:
        pass


class FullDisk:
    """No room is left, for a while."""

    name, rate = "full_disk", 0.06

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        if device.disk.capacity is not None:
            device.disk.capacity = None
            world.trace.tell(device.name, "has room again")
            return
        device.disk.capacity = device.disk.used() + chance.choice((0, 500, 4_000, 20_000))
        world.trace.fault(self.name, device.name)

    def heal(self, world: World) -> None:
        for device in world.devices:
            device.disk.capacity = None


class DiskError:
    """One write, fsync or rename fails."""

    name, rate = "disk_error", 0.08

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        call = chance.choice(("write", "fsync", "rename"))
        how = chance.choice(("error", "full", "short")) if call == "write" else "error"
        device.files.fail(call, chance.choice((1, 1, 2, 3, 5, 8)), how)  # type: ignore[arg-type]
        world.trace.fault(self.name, device.name, call, how)
        if chance.random() < 0.5:
            world.work(device)

    def heal(self, world: World) -> None:
        for device in world.devices:
            device.files.fail("write", 1 << 40, "error")


class BitFlip:
    """One bit on a disk is not what was written."""

    name, rate = "bit_flip", 0.05

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        files = sorted(path for path, inode in device.disk.names.items() if inode.data)
        segments = [path for path in files if path.suffix == ".seg"]
        struck = [chance.choice(segments if segments and chance.random() < 0.5 else files)]
        if struck[0].suffix == ".seg" and chance.random() < 0.4:
            struck.append(struck[0].with_name("index"))  # and everything there is to be read anew
            # Nothing vouches any more for what the frame held: the device may say less than it said, which is a loss.
            world.suspects.add(device.post.device.id)
        device.stop()
        before = entries_on(device.disk)
        for path in struck:
            # With no index left to tell where a frame ends, its own header is what has to be done without.
            at = _flip(device.disk.names[path], chance, headers=0.8 if len(struck) > 1 else 0.4)
            world.trace.fault(self.name, device.name, path.name, at)
            if path.name.startswith("statement-" + device.post.device.id):
                world.suspects.add(
                    device.post.device.id
                )  # with both copies gone it does not know its own any more
        lost = set(before) - held_on(device.disk)
        alone = lost - held_elsewhere(world, device)
        mine = lost & world.ledger.of(device.name)
        if len(mine) > 1:
            raise Violation(f"{device.name} lost {len(mine)} entries for one bit in {struck[0].name}")
        world.ledger.release(alone)
        for name in alone:
            world.ledger.gone(before[name].head)
        world.flipped.add(device.name)

    def heal(self, world: World) -> None:
        pass


def _flip(inode: Inode, chance: random.Random, *, headers: float) -> int:
    """One bit of a file, of the header of a frame with this chance; where."""
    at, bit = chance.randrange(len(inode.data)), 1 << chance.randrange(8)
    frames = [place for place in range(len(inode.data)) if inode.data.startswith(FRAME_MAGIC, place)]
    if frames and chance.random() < headers:
        at = chance.choice(frames) + chance.randrange(FRAME_HEADER)  # where it says how long it is
    inode.data[at] ^= bit
    if at < len(inode.durable):
        durable = bytearray(inode.durable)
        durable[at] ^= bit
        inode.durable = bytes(durable)
    return at


def set_back(world: World, fault: str, device: Device, image: SimulatedDisk) -> None:
    """Its disk is the image now; what was only there is let go of."""
    lost = held_on(device.disk) - held_on(image) - held_elsewhere(world, device)
    world.ledger.release(lost)
    device.stop()
    device.disk, device.files = image, FaultyFiles(image)
    world.suspects.add(device.post.device.id)
    world.witness.forget(device)
    world.trace.fault(fault, device.name, len(lost))


class OldImage:
    """A disk is set back to a copy made some time ago."""

    name, rate = "old_image", 0.06

    def __init__(self) -> None:
        self._images: dict[str, SimulatedDisk] = {}

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        image = self._images.pop(device.name, None)
        if image is None:
            self._images[device.name] = device.disk.clone(chance.randrange(1 << 30))
            world.trace.tell(device.name, "is copied")
            return
        set_back(world, self.name, device, image)
        if chance.random() < 0.5:
            device.forget_tables()

    def heal(self, world: World) -> None:
        pass


class Snapshot:
    """A machine is set back by a moment, its read tables kept, and exchanges before anybody unlocks it: other entries
    stand then where the tables remember their last.
    """

    name, rate = "snapshot", 0.05

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        others = [one for one in world.devices if one is not device and not one.gone]
        if not others or not world.wake(device):
            return
        other = chance.choice(others)
        world.by_relay(device)
        world.work(other)
        world.by_relay(other)
        image = device.disk.clone(chance.randrange(1 << 30))
        world.work(device)
        if not device.up:
            return  # its plug was pulled meanwhile: nothing to set back
        set_back(world, self.name, device, image)
        world.powered(device, lambda: device.start(unlocked=False))
        if device.up:
            world.by_relay(device)
            world.powered(device, device.unlock)
            tables.tell_what_is_held(device)

    def heal(self, world: World) -> None:
        pass


class Clone:
    """A second machine runs from a copy of a disk."""

    name, rate = "clone", 0.03

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        if any(one.post is device.post for one in world.devices if one is not device and not one.gone):
            return
        post = world.template.posts.index(device.post)
        twin = world.add_device(device.disk.clone(chance.randrange(1 << 30)), post)
        twin.kinds = dict(device.kinds)
        world.suspects.add(device.post.device.id)
        world.trace.fault(self.name, device.name, twin.name)

    def heal(self, world: World) -> None:
        pass
