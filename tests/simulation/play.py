"""One run: what is drawn for a seed, played, healed, and checked."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import NamedTuple

from tests.simulation.disk_faults import (
    BitFlip,
    Clone,
    Crash,
    DiskError,
    Fault,
    FullDisk,
    Kill,
    OldImage,
    Snapshot,
)
from tests.simulation.healing import heal
from tests.simulation.invariants import check
from tests.simulation.network_faults import BadWeather, BentStick, Month, OneWay, RelayStops, Wall
from tests.simulation.people_faults import Revocations, Upgrade, WrongClock
from tests.simulation.relay_faults import Lies, Overtaken, RelayPowerCut, RelaySetBack, TwoHistories
from tests.simulation.stand_in import standing_in
from tests.simulation.thefts import StolenKey
from tests.simulation.trace import Trace, Violation
from tests.simulation.world import World, in_a_world

FAULTS: tuple[type[Fault], ...] = (
    Crash, Kill, FullDisk, DiskError, BitFlip, OldImage, Clone, BadWeather, Wall, OneWay, Month, BentStick,
    RelayStops, Lies, TwoHistories, RelaySetBack, RelayPowerCut, StolenKey, WrongClock, Revocations, Upgrade,
    Overtaken, Snapshot,
)  # fmt: skip
MINUTE = 60_000


class Played(NamedTuple):
    """One seed, to its end or to its first violation."""

    seed: int
    trace: Trace
    violation: str


def play(seed: int, *, verbose: bool = False) -> Played:
    """Play a seed."""
    trace = Trace(verbose=verbose)
    with standing_in():
        try:
            in_a_world(seed, trace, _play)
        except Violation as found:
            trace.tell("VIOLATION", found)
            return Played(seed, trace, str(found))
        except Exception as error:  # noqa: BLE001  whatever falls is a violation, and the seed that fells it is named
            where = traceback.extract_tb(error.__traceback__)[-1]
            found_at = f"{Path(where.filename).name}:{where.lineno}"
            trace.tell("VIOLATION", type(error).__name__, found_at)
            if verbose:
                traceback.print_exc()
            return Played(seed, trace, f"it fell: {type(error).__name__}: {error} ({found_at})")
    return Played(seed, trace, "")


def _play(world: World) -> None:
    chance = world.draws.of("faults")
    share = chance.choice((0.05, 0.2, 0.35, 0.5))
    faults = [fault() for fault in FAULTS if chance.random() < share]
    world.trace.tell("devices", len(world.devices), *(one.name for one in faults))
    world.by_relay(world.devices[0])
    for _ in range(chance.randrange(30, 70)):
        world.now_ms += world.chance.choice((1_000, MINUTE, 10 * MINUTE, 60 * MINUTE, 8 * 60 * MINUTE))
        for fault in faults:
            if chance.random() < fault.rate:
                fault.strike(world)
        step(world)
    for fault in faults:
        fault.heal(world)
    active = heal(world)
    for fault in faults:
        fault.heal(world)
    check(world, active)


def step(world: World) -> None:
    """Somebody does something."""
    devices = [one for one in world.devices if not one.gone]
    device = world.chance.choice(devices)
    what = world.chance.random()
    if what < 0.5:
        world.work(device)
    elif what < 0.78:
        world.by_relay(device)
    elif what < 0.9:
        world.by_lan(device, world.chance.choice([one for one in devices if one is not device]))
    else:
        world.by_folder(device)
