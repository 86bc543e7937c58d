"""What befalls the relay, or what it does to others: lies, two histories, an old image of it."""

from __future__ import annotations

import shutil
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lanterne.relay.place import DATABASE
from lanterne.wire.statements import read_receipt
from tests.simulation.lies import FORGED, LIES, Liar, without
from tests.simulation.relay import Answered, Relay

if TYPE_CHECKING:
    from tests.simulation.world import World

HOUR = 3_600_000


class Lies:
    """The relay tells one kind of lie for a while, then another."""

    name, rate = "relay_lies", 0.15

    def __init__(self) -> None:
        self._liar: Liar | None = None

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        if self._liar is None:
            self._liar = Liar(world, chance)
            world.relay_target = self._liar.target
        if self._liar.bends and chance.random() < 0.4:
            self._liar.bends = {}
            return
        name = chance.choice(sorted(LIES))
        self._liar.bends = {name: LIES[name]}
        world.relay_lied = True
        world.relay_forged |= name in FORGED
        world.trace.fault(self.name, name)
        devices = [one for one in world.devices if not one.gone]
        writer, reader = chance.choice(devices), chance.choice(devices)
        world.work(writer)
        world.by_relay(writer)
        world.by_relay(reader)

    def heal(self, world: World) -> None:
        if self._liar is not None:
            self._liar.bends = {}


class TwoHistories:
    """Some devices are shown another relay than the others, under the same key, each with an order of its own."""

    name, rate = "two_histories", 0.1

    def __init__(self) -> None:
        self._other: Relay | None = None
        self._deceived: set[str] = set()

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        if self._other is not None:
            return
        self._other = world.relay.copy(world.place / "relay of others")
        names = [device.name for device in world.devices]
        self._deceived = set(chance.sample(names, chance.randrange(1, len(names))))
        inner, other, deceived = world.relay_target, self._other, self._deceived
        world.relay_target = lambda device: other.answer if device.name in deceived else inner(device)
        world.relay_lied = True
        world.trace.fault(self.name, *sorted(deceived))

    def heal(self, world: World) -> None:
        """Everybody is shown the first one again."""
        if self._other is None:
            return
        self._other.end()
        order = _order_of(world.relay.root)
        relay = world.template.relay.id
        for device in (one for one in world.devices if one.up):
            memory = device.known.relay(relay)
            for raw in (*memory.pending, memory.receipt):
                last = read_receipt(raw).value.entries[-1] if raw else None
                if (
                    last is not None
                    and not memory.was_audited(last)
                    and order.get(last.position) != last.hash
                ):
                    world.trace.fault("histories_parted", device.name)
                    world.must_see.add(device.name)
        self._other = None
        self._deceived.clear()


class Overtaken:
    """What stands on an entry comes before it: a seat whose clock runs ahead is answered by another, and the relay hands
    a third device the answer alone, for a while. Once it has both, what it folded stands in another place.
    """

    name, rate = "overtaken", 0.06

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        # Some clocks stay right, as under WrongClock.
        ahead = [one for one in world.devices if world.template.posts.index(one.post) % 2 and not one.gone]
        if not ahead:
            return
        author = chance.choice(ahead)
        others = [one for one in world.devices if one is not author and not one.gone]
        if len(others) < 2:
            return
        answering, last = chance.sample(others, 2)
        world.trace.fault(self.name, author.name, answering.name, last.name)
        right = author.skew_ms
        author.skew_ms = 5 * HOUR
        world.skewed.add(author.post.seat.id)
        world.work(author)
        world.by_relay(author)
        author.skew_ms = right
        world.by_relay(answering)
        world.work(answering)
        world.by_relay(answering)
        liar, before = Liar(world, chance), world.relay_target
        liar.bends = {"withheld": partial(without, author.post.seat.id)}
        world.relay_lied, world.relay_target = True, liar.target
        world.by_relay(last)
        world.relay_target = before
        world.work(last)

    def heal(self, world: World) -> None:
        pass


def _order_of(root: Path) -> dict[int, str]:
    """Which entry the relay has at each position."""
    connection = sqlite3.connect(root / DATABASE)
    try:
        rows = connection.execute("SELECT position, hash FROM entry").fetchall()
    finally:
        connection.close()
    return {position: bytes(digest).hex() for position, digest in rows}


class RelaySetBack:
    """The relay is set back to a copy: whoever runs it restored a backup, or wishes something forgotten."""

    name, rate = "relay_set_back", 0.05

    def __init__(self) -> None:
        self._image: Path | None = None

    def strike(self, world: World) -> None:
        relay = world.relay
        relay.end()
        if self._image is None:
            world.relay_keeps = False
            self._image = world.place / "image of the relay"
            shutil.copytree(relay.root, self._image)
        else:
            shutil.rmtree(relay.root)
            shutil.copytree(self._image, relay.root)
            shutil.rmtree(self._image)
            self._image = None
            world.relay_lied = True
            world.trace.fault(self.name)
        relay.begin()

    def heal(self, world: World) -> None:
        pass


class RelayPowerCut:
    """The relay's power goes right after it answered: what lies in its folder at that moment is all there is."""

    name, rate = "relay_power_cut", 0.06

    def __init__(self) -> None:
        self._cuts = 0

    def strike(self, world: World) -> None:
        relay, folder = world.relay, world.place / f"relay after cut {self._cuts}"
        self._cuts += 1

        def cut(method: str, target: str, body: bytes, headers: dict[str, str]) -> Answered:
            answered = type(relay).answer(relay, method, target, body, headers)
            if target.endswith("/give") and answered.status == 200:
                shutil.copytree(relay.root, folder)
                relay.end()
                relay.root = folder
                relay.begin()
                del relay.answer
                world.trace.fault(self.name)
            return answered

        if "answer" not in vars(relay):
            relay.answer = cut  # type: ignore[method-assign]

    def heal(self, world: World) -> None:
        vars(world.relay).pop("answer", None)
