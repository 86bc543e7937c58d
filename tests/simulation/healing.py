"""The end of the faults: everything is switched on, everybody meets everybody, until nothing moves any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanterne.proof.membership import Membership
from lanterne.wire.names import Stream
from tests.simulation.device import Device
from tests.simulation.trace import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

ROUNDS = 8
HOUR = 3_600_000


def everything_known(world: World) -> Membership:
    """The membership that follows from all members entries anywhere."""
    membership = Membership.found(world.template.genesis)
    for device in world.devices:
        if not device.gone:
            device.front.refresh()
            membership = membership.with_entries([one.entry for one in device.front.since(Stream.MEMBERS)])
    return membership


def in_force(world: World) -> list[Device]:
    """The devices whose seat is in force, whoever knows it."""
    membership = everything_known(world)
    return [
        one for one in world.devices if not one.gone and membership.is_active(one.post.seat.id, world.now_ms)
    ]


def heal(world: World) -> list[Device]:
    """Bring everything together; the devices whose seats are in force in the end."""
    _start(world)
    if world.draws_of("healing").random() < 0.5:
        _on_the_network_alone(world)
    before: object = None
    for _ in range(ROUNDS):
        active = in_force(world)
        for device in active:
            world.now_ms += HOUR
            device.held()  # what is damaged is known once it was read
            _whole(world, device, "relay")
            world.by_folder(device)
        for device, other in zip(active, [*active[1:], *active[:1]], strict=True):
            if device is not other:
                world.now_ms += HOUR
                _whole(world, device, other)
        for device in world.devices:
            if device not in active and not device.gone and active:
                # What a withdrawn seat wrote is fetched: kept apart, never dropped.
                _whole(world, active[0], device)
        now = [sorted(device.front.tips) for device in world.devices if not device.gone]
        if now == before or (before is not None and all(tips == now[0] for tips in now)):
            for device in world.devices:
                # Should all have withdrawn each other, nobody is left to tell the relay.
                if active and device not in active and not device.gone:
                    _kept_out(world, device)
            return active
        before = now
    raise Violation("the devices go on exchanging and never hold the same")


def _start(world: World) -> None:
    for device in world.devices:
        if not device.gone:
            for _ in range(3):
                world.wake(device)
            if not device.up:
                raise Violation(f"{device.name} does not start on a healthy disk")


def _on_the_network_alone(world: World) -> None:
    """Devices that meet each other need nobody else to hold the same."""
    active, whole = in_force(world), True
    for _ in range(2 * len(active)):
        whole = True
        for device, other in zip(active, [*active[1:], *active[:1]], strict=True):
            if device is not other:
                world.now_ms += HOUR
                device.held()
                done = world.by_lan(device, other)
                # Who does not know yet that a withdrawal fell lets nobody in: somebody else must tell him.
                whole &= done is not None and done.whole
    if whole and not world.flipped and len({tuple(sorted(one.front.tips)) for one in active}) > 1:
        raise Violation("devices that met on the network alone do not hold the same")


def _whole(world: World, device: Device, holder: Device | str) -> None:
    done = world.by_relay(device) if isinstance(holder, str) else world.by_lan(device, holder)
    name = holder if isinstance(holder, str) else holder.name
    if done is None:
        raise Violation(f"{device.name} cannot exchange with {name}: its disk")
    if not done.whole:
        raise Violation(
            f"{device.name} cannot exchange with {name}: {done.error} {done.error.params if done.error else ''}"
        )


def _kept_out(world: World, device: Device) -> None:
    """A seat that was withdrawn is handed nothing by the relay, which knows."""
    done = world.by_relay(device)
    if done is not None and done.whole:
        raise Violation(f"the relay serves {device.name}, whose seat is withdrawn")
