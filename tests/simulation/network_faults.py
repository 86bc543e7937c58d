"""What befalls the ways between devices: bad weather, walls for a month, one-way walls, a bent stick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.network import Weather

if TYPE_CHECKING:
    from tests.simulation.world import World

DAY = 86_400_000


class BadWeather:
    """Messages are lost, doubled, late and out of order, cut in the middle, altered; then it clears."""

    name, rate = "bad_weather", 0.12

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        if chance.random() < 0.35:
            world.network.weather = Weather()
            world.network.deliver_late()
            return
        world.network.weather = Weather(*(chance.choice((0.0, 0.0, 0.05, 0.15, 0.3)) for _ in range(6)))
        world.network.deliver_late()

    def heal(self, world: World) -> None:
        world.network.weather = Weather()
        world.network.deliver_late()


class Wall:
    """Two places do not reach each other for a while, or one of them does not reach the other."""

    name, rate = "wall", 0.08
    both = True

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        if world.network.walls and chance.random() < 0.5:
            world.network.walls.clear()
            return
        places = [*(device.name for device in world.devices if not device.gone), "relay", "relay"]
        one, other = chance.choice(places), chance.choice(places)
        world.network.walls.add((one, other))
        if self.both:
            world.network.walls.add((other, one))
        world.trace.fault(self.name, one, other)

    def heal(self, world: World) -> None:
        world.network.walls.clear()


class OneWay(Wall):
    """What goes one way does not come back."""

    name, rate = "one_way", 0.06
    both = False


class Month:
    """A device is away for a month: nothing reaches it, and its person works on."""

    name, rate = "month_away", 0.04

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        device = chance.choice([one for one in world.devices if not one.gone])
        places = [*(one.name for one in world.devices if one is not device), "relay"]
        walls = {(device.name, place) for place in places} | {(place, device.name) for place in places}
        world.network.walls |= walls
        world.trace.fault(self.name, device.name)
        for _ in range(chance.randrange(2, 7)):
            world.now_ms += 30 * DAY // 6
            world.work(device)
            world.work(chance.choice(world.devices))
            world.by_relay(chance.choice(world.devices))
        world.network.walls -= walls

    def heal(self, world: World) -> None:
        pass


class BentStick:
    """A file of the folder is cut, altered or removed, by whoever held the stick."""

    name, rate = "bent_stick", 0.05

    def strike(self, world: World) -> None:
        chance = world.draws_of(self.name)
        world.folder_keeps = False
        files = sorted(path for path in world.folder.rglob("*") if path.is_file() and path.name != "genesis")
        if not files:
            return
        path = chance.choice(files)
        data = bytearray(path.read_bytes())
        how = chance.choice(("altered", "cut", "removed"))
        if how == "removed":
            path.unlink()
        elif how == "cut":
            path.write_bytes(bytes(data[: chance.randrange(len(data) + 1)]))
        elif data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(data))
        world.trace.fault(self.name, how)

    def heal(self, world: World) -> None:
        pass


class RelayStops:
    """The relay is stopped and started again."""

    name, rate = "relay_restart", 0.06

    def strike(self, world: World) -> None:
        world.relay.end()
        world.relay.begin()
        world.trace.fault(self.name)

    def heal(self, world: World) -> None:
        pass
