"""A few seeds of the simulation, and that it is one: the same seed plays the same, and what is broken is seen."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.simulation.device import Device
from tests.simulation.invariants import no_marker
from tests.simulation.play import play
from tests.simulation.practice import MARK, ROOT
from tests.simulation.stand_in import standing_in
from tests.simulation.trace import Trace, Violation
from tests.simulation.world import World, in_a_world

SIMULATED = int(os.environ.get("LANTERNE_SIMULATED", "4"))
FIRST = int(os.environ.get("LANTERNE_FIRST", "1"))
Evidence = Callable[..., None]


@pytest.mark.torture
def test_every_invariant_holds_for_every_seed(evidence: Evidence) -> None:
    faults: Counter[str] = Counter()
    events, broken, begun = 0, [], time.monotonic()
    for seed in range(FIRST, FIRST + SIMULATED):
        done = play(seed)
        events += done.trace.events
        faults += done.trace.faults
        if done.violation:
            broken.append(f"seed {seed}: {done.violation} (make sim SEEDS=1 FIRST={seed} VERBOSE=1)")
    evidence(
        "simulation",
        seeds=f"{FIRST}–{FIRST + SIMULATED - 1}",
        played=SIMULATED,
        violations=len(broken),
        events=events,
        faults=sum(faults.values()),
        seeds_per_hour=round(SIMULATED * 3600 / (time.monotonic() - begun)),
    )
    assert broken == []


def test_the_same_seed_plays_the_same() -> None:
    first, again, other = play(3), play(3), play(4)
    assert first.trace.lines == again.trace.lines
    assert first.trace.hash == again.trace.hash != other.trace.hash


def _in_a_world(play_there: Callable[[World], None]) -> None:
    with standing_in():
        in_a_world(1, Trace(), play_there)


def test_a_marker_in_clear_is_seen() -> None:
    def spill(world: World) -> None:
        no_marker(world)
        disk = world.devices[0].disk
        handle = disk.open_append(ROOT / "spilled")
        disk.write(handle, f"patient {MARK}".encode())
        with pytest.raises(Violation, match="spilled"):
            no_marker(world)
        with pytest.raises(Violation, match="network"):
            world.network.look(MARK.encode())

    _in_a_world(spill)


def test_what_a_device_forgets_of_others_is_seen() -> None:
    def forget(world: World) -> None:
        one, other = world.devices[:2]
        for device in (one, other, one):
            world.by_relay(device)
        for path in [path for path in one.disk.names if "statement-" in path.name]:
            del one.disk.names[path], one.disk.durable_names[path]
        one.stop()
        with pytest.raises(Violation, match="forgot"):
            world.wake(one)

    _in_a_world(forget)


def test_an_acknowledged_entry_that_is_gone_is_seen() -> None:
    """A disk that says it is done and is not."""

    def lose(world: World) -> None:
        device: Device = world.devices[0]
        device.disk.fsync = lambda _handle: None  # type: ignore[method-assign]
        for _ in range(8):
            world.work(device)
        owed = world.ledger.of(device.name)
        assert owed
        device.crash()
        device.disk.crash()
        assert owed - set(device_holds(world, device))

    _in_a_world(lose)


def device_holds(world: World, device: Device) -> list[str]:
    """What is left after it starts again."""
    world.wake(device)
    return list(device.held())
