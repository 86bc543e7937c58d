"""What must hold once the world is well again. Each raises a Violation that says what was seen."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lanterne.proof.acts import SeatRevoked, read_deed
from lanterne.sync.alarms import Lie
from lanterne.wire.entry import Entry
from lanterne.wire.names import ChainId, EntryHash, Stream
from tests.simulation import tables
from tests.simulation.device import Device
from tests.simulation.genuine import genuine
from tests.simulation.holders import entries_on, held_by_relay, waiting_on
from tests.simulation.network import MARKS
from tests.simulation.trace import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

AHEAD_MS = 3_600_000
Held = dict[str, dict[EntryHash, Entry]]


def check(world: World, active: list[Device]) -> None:
    """Everything that must hold in the end."""
    held: Held = {one.name: entries_on(one.disk) for one in world.devices if not one.gone}
    # What fell and lay nowhere else stays damaged and is said to be; all else was healed by whoever holds it.
    whole = [one for one in active if not is_damaged(one)]
    genuine(world, held)
    acknowledged(world, active, held)
    for device in whole:
        tables.tell_what_is_held(device)
        tables.stand_as_in_the_journal(device)
        tables.tell_the_same_opened_anew(device)
    same_content(world, whole)
    forks = forked_numbers(held)
    nothing_dropped(world, active, held, forks)
    alarms(world, active, forks)
    relay_holds(world, whole, held)
    honest_times(world, held)
    histories(world, active)
    statements(world, active)
    folded_from_seats(world, whole, held)
    no_marker(world)


def is_damaged(device: Device) -> bool:
    """Whether it says itself that something is missing from what it shows."""
    device.held()  # what is damaged is known once it was read
    return bool(device.front.damages)


def acknowledged(world: World, devices: list[Device], held: Held) -> None:
    """What a person was told is recorded is on every device."""
    for device in devices:
        missing = set(world.ledger.owed) - set(held[device.name])
        missing -= held_back(world, device, held, missing)
        if missing:
            entry = min(missing)
            raise Violation(
                f"{len(missing)} acknowledged entries are not on {device.name}: {entry} of {world.ledger.owed[entry]}"
            )


def held_back(world: World, device: Device, held: Held, missing: set[EntryHash]) -> set[EntryHash]:
    """Those of them that this device keeps apart: one bit took the only copy of an entry before them."""
    waiting = waiting_on(device.disk) & missing
    union = {name: entry for entries in held.values() for name, entry in entries.items() if name in waiting}
    return {name for name, entry in union.items() if world.ledger.held_back(entry.head)}


def same_content(world: World, whole: list[Device]) -> None:
    """The same facts have become the same record everywhere."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for device in whole:
        device.unlock()
        for name, hashed in device.contents().items():
            found[name][hashed].append(device.name)
    for name, hashes in sorted(found.items()):
        world.trace.tell("content", name, *sorted(hashes))
        if len(hashes) > 1:
            raise Violation(f"the {name} tables differ: {sorted(hashes.values())}")


def relay_holds(world: World, whole: list[Device], held: Held) -> None:
    """What is on every device is at the relay too."""
    union = {entry for device in whole for entry in held[device.name]}
    missing = union - held_by_relay(world)
    if missing:
        raise Violation(f"the relay lacks {len(missing)} entries all devices hold, such as {min(missing)}")


def honest_times(world: World, held: Held) -> None:
    """A lying clock does not spread: who never had one wrote nothing far ahead."""
    for entries in held.values():
        for entry in entries.values():
            if entry.head.seat not in world.skewed and entry.head.time_ms > world.now_ms + AHEAD_MS:
                raise Violation(f"{entry.head.hash} is dated far ahead by a device whose clock is right")


def forked_numbers(held: Held) -> dict[tuple[ChainId, int], set[EntryHash]]:
    """The numbers under which several entries stand, anywhere."""
    at: dict[tuple[ChainId, int], set[EntryHash]] = defaultdict(set)
    for entries in held.values():
        for entry in entries.values():
            at[entry.head.chain, entry.head.seq].add(entry.head.hash)
    return {place: hashes for place, hashes in at.items() if len(hashes) > 1}


def nothing_dropped(
    world: World, devices: list[Device], held: Held, forks: dict[tuple[ChainId, int], set[EntryHash]]
) -> None:
    """Both sides of every fork are everywhere, and everything else that anybody holds."""
    every = {entry for device in devices for entry in held[device.name]}
    for device in devices:
        union = every - held_back(world, device, held, every - set(held[device.name]))
        for (chain, seq), hashes in sorted(forks.items()):
            if hashes & union - set(held[device.name]):
                raise Violation(f"{device.name} lacks a side of the fork of {chain.seat[:8]} at {seq}")
        if union - set(held[device.name]):
            raise Violation(f"{device.name} lacks {len(union - set(held[device.name]))} entries others hold")


def alarms(world: World, active: list[Device], forks: dict[tuple[ChainId, int], set[EntryHash]]) -> None:
    """Every fork is alarmed on every device, and nothing is alarmed that did not happen."""
    forked = {chain.seat for chain, _ in forks}
    relay = world.template.relay.id
    for device in active:
        raised = device.known.alarms()
        told = {one.about for one in raised if one.lie is Lie.FORK}
        if forked - told and not is_damaged(device):
            raise Violation(f"{device.name} did not alarm the fork of {min(forked - told)[:8]}")
        for one in raised:
            guilty = {
                Lie.FORK: one.about in forked,
                Lie.STATEMENT: one.about in world.suspects,
                Lie.RECEIPT: one.about == relay and world.relay_lied,
                Lie.SHRANK: one.about == relay and world.relay_lied,
                Lie.WITHHELD: one.about == relay and world.relay_lied,
                Lie.NO_ENTRY: one.about == relay and world.relay_forged,
            }[one.lie]
            if not guilty:
                raise Violation(
                    f"{device.name} accuses {one.about[:8]} without cause: {one.lie.name} {one.why} {one.matter}"
                )


def histories(world: World, active: list[Device]) -> None:
    """A relay that showed two orders is caught by who holds a receipt of the other one."""
    relay = world.template.relay.id
    for device in active:
        if device.name in world.must_see and not any(one.about == relay for one in device.known.alarms()):
            raise Violation(f"{device.name} holds a receipt of another history and does not know")


def statements(world: World, active: list[Device]) -> None:
    """A statement that shrinks is alarmed on every device, wherever it was told."""
    for about in sorted(world.shrunk) if world.relay_keeps else ():
        for device in active:
            if not any(one.about == about and one.lie is Lie.STATEMENT for one in device.known.alarms()):
                raise Violation(f"{device.name} did not alarm that the statements of {about[:8]} shrink")


def folded_from_seats(world: World, whole: list[Device], held: Held) -> None:
    """Nothing counts that a seat wrote beyond what its revoker knew; everything before does. One revocation only:
    what two do to each other is judged in tests/proof.
    """
    union = {name: entry for entries in held.values() for name, entry in entries.items()}
    revoked = [
        act
        for entry in union.values()
        if entry.head.stream is Stream.MEMBERS
        for _, act in read_deed(entry).acts
        if isinstance(act, SeatRevoked)
    ]
    seats = {post.seat.id for post in world.template.posts}
    cuts = {act.seat: {head.chain: head.seq for head in act.cuts} for act in revoked}
    for device in whole:
        if device.record is None:
            continue
        connection = device.record.tables.read()
        for (why,) in connection.execute("SELECT why FROM unread"):
            if not (str(why).startswith("key: ") and revoked):
                raise Violation(f"{device.name} cannot read a part: {why}")
        apart = {bytes(row[0]).hex() for row in connection.execute("SELECT hash FROM apart")}
        entered = {bytes(row[0]).hex() for row in connection.execute("SELECT hash FROM entry")}
        for name, entry in union.items():
            head = entry.head
            if head.stream is not Stream.CARE or name not in held[device.name]:
                continue
            if name not in entered:
                raise Violation(f"{device.name} does not fold {name}")
            if head.seat not in seats:
                raise Violation(f"{device.name} holds an entry of nobody: {head.seat}")
            if len(revoked) > 1:
                continue
            beyond = head.seat in cuts and head.seq > cuts[head.seat].get(head.chain, 0)
            if beyond and name not in apart:
                raise Violation(f"{device.name} counts {name}, which lies beyond the cut of its seat")
            forked = head.seat in cuts and world.suspects
            if not beyond and name in apart and not forked:
                raise Violation(f"{device.name} keeps {name} apart without cause")


def no_marker(world: World) -> None:
    """Nothing a person wrote lies anywhere in clear."""
    for device in world.devices:
        for path, inode in device.disk.names.items():
            _look(bytes(inode.data), f"{device.name}:{path.name}")
        for path in sorted(device.place.rglob("*")):
            if path.is_file():
                _look(path.read_bytes(), f"{device.name}:{path.name}")
    for root in (world.relay.root, world.folder):
        for path in sorted(root.rglob("*")):
            if path.is_file():
                _look(path.read_bytes(), path.name)


def _look(data: bytes, where: str) -> None:
    if any(mark in data for mark in MARKS):
        raise Violation(f"a marker lies in clear in {where}")
