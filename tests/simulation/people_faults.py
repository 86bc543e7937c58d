"""What persons and their machines do wrong: clocks, thefts, revocations that cross, a newer program on some devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lanterne.journal import leaving
from lanterne.journal.errors import JournalError
from lanterne.practice.kinds import Body, medical, to_raw
from lanterne.practice.rights import Right
from lanterne.seal.errors import SealError
from lanterne.wire.names import Compartment, FactId, SeatId, Stream
from lanterne.wire.part import Fact, Part
from tests.simulation.disk_faults import somebody
from tests.simulation.practice import MARK, PATIENTS

if TYPE_CHECKING:
    from tests.simulation.device import Device
    from tests.simulation.world import World

YEAR = 365 * 86_400_000


class WrongClock:
    """A clock is off by up to ten years, one way or the other."""

    name, rate = "wrong_clock", 0.08

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        # Some clocks stay right: they must not follow the wrong ones.
        device = chance.choice([one for one in world.devices if world.template.posts.index(one.post) % 2])
        device.skew_ms = chance.choice((0, -YEAR, 3_600_000, -86_400_000, 10 * YEAR, 10 * YEAR, -10 * YEAR))
        world.skewed.add(device.post.seat.id)
        world.trace.fault(self.name, device.name, device.skew_ms)
        if not device.gone:
            world.work(device)
            # Who asks it now is told the wrong time, and must be let in when it is right again.
            askers = [one for one in world.devices if one is not device and not one.gone]
            if askers:
                world.by_lan(chance.choice(askers), device)

    def heal(self, world: World) -> None:
        """It stays wrong: it must hide and block nothing."""


class Revocations:
    """Administrators withdraw seats, sometimes two at once on two devices that do not speak, sometimes each other."""

    name, rate = "revocation", 0.03

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        if len(world.template.posts) < 3 or world.revocations >= 2:
            return
        admins = [
            one
            for one in world.devices
            if one.post.admin and one.up and one.record is not None and not one.gone
        ]
        for device in chance.sample(admins, min(len(admins), chance.choice((1, 1, 2)))):
            others = [post for post in world.template.posts if post is not device.post]
            self._revoke(world, device, chance.choice(others).seat.id)

    def _revoke(self, world: World, device: Device, seat: SeatId) -> None:
        def revoke() -> None:
            try:
                leaving.revoke(
                    device.journal,
                    device.record.keyring,  # type: ignore[union-attr]
                    seat,
                    reason="lost",
                    now_ms=device.now(),
                    random=device.random,
                )
            except (JournalError, SealError) as error:
                world.trace.tell(device.name, "cannot revoke", type(error).__name__)
                return
            world.revocations += 1
            world.trace.fault(self.name, device.name, seat[:8])

        world.powered(device, revoke)

    def heal(self, world: World) -> None:
        pass


class Seen(Body):
    """What a newer Lanterne writes."""

    KIND: ClassVar[str] = "simulated.seen"
    text: str


SEEN = medical(Seen)


class Upgrade:
    """Some devices run a newer program, which writes a kind of fact the others do not know yet."""

    name, rate = "upgrade", 0.08

    def strike(self, world: World) -> None:
        device, chance = somebody(world, self.name), world.draws_of(self.name)
        if not device.up or device.record is None:
            return
        if not device.kinds:
            world.powered(device, lambda: device.upgrade(SEEN))
            world.trace.fault(self.name, device.name)
            return
        body = to_raw(Seen(text=f"{MARK} {chance.randrange(10**6)}"))
        fact = Fact(FactId(device.random(16).hex()), Seen.KIND, chance.choice((1, 1, 2)), (), None, body)

        def write() -> None:
            record = device.record
            if record is None or Right.WRITE_CHART not in record.writer().rights:
                return
            try:
                written = record.journal.write(
                    record.seat,
                    record.keyring.with_membership(record.journal.membership),
                    stream=Stream.CARE,
                    parts=[(Compartment.MEDICAL, Part(chance.choice(PATIENTS), (fact,)))],
                    now_ms=device.now(),
                )
            except JournalError as error:
                world.trace.tell(device.name, "refused", error.code)
                return
            world.trace.tell(device.name, "newer", written.hash)
            world.ledger.acknowledge(written.hash, device.name)

        world.powered(device, write)

    def heal(self, world: World) -> None:
        """In the end everybody runs it."""
        for device in world.devices:
            if device.up and not device.gone and SEEN.name not in device.kinds:
                world.powered(device, lambda device=device: device.upgrade(SEEN))  # type: ignore[misc]
