"""Somebody stole a disk with its keys: he writes under them, forks their chains, and makes statements that shrink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanterne.journal.errors import JournalError
from lanterne.proof.exchange import sign_statement
from lanterne.sync.errors import PeerError
from lanterne.sync.peers.http import HttpPeer
from lanterne.sync.peers.relay import RelayPeer
from lanterne.wire.exchange import HolderId
from lanterne.wire.names import Stream
from lanterne.wire.statements import Statement
from tests.simulation.device import Device
from tests.simulation.disk_faults import somebody
from tests.simulation.network import serve

if TYPE_CHECKING:
    from tests.simulation.world import World

AHEAD = 1_000_000


class StolenKey:
    """Two machines of a thief run from one image: each writes another history, each tells it to somebody."""

    name, rate = "stolen_key", 0.03

    def strike(self, world: World) -> None:
        victim, chance = somebody(world, self.name), world.draws_of(self.name)
        if not victim.up or any(one.gone for one in world.devices):
            return
        world.suspects.add(victim.post.device.id)
        world.trace.fault(self.name, victim.name)
        post = world.template.posts.index(victim.post)
        thieves = [world.add_device(victim.disk.clone(chance.randrange(1 << 30)), post) for _ in range(2)]
        for thief in thieves:
            thief.thief = True
            thief.kinds = dict(victim.kinds)
            for _ in range(chance.randrange(1, 4)):
                world.work(thief)
            if chance.random() < 0.4:
                honest = [one for one in world.devices if one not in thieves and one.up]
                if honest:
                    self._skip(world, thief, chance.choice(honest))
            elif chance.random() < 0.6:
                world.by_relay(thief)
            else:
                world.by_lan(thief, chance.choice([one for one in world.devices if one not in thieves]))
        if chance.random() < 0.7:
            self._shrink(world, thieves[0])
        for thief in thieves:
            if thief.up:
                thief.stop()
            thief.gone = True

    def _shrink(self, world: World, thief: Device) -> None:
        """A statement far ahead that names hardly anything, signed as it should be."""
        if not thief.up:
            return

        def tell() -> None:
            keys = thief.post.device
            heads = tuple(sorted(thief.front.tips))[:1]
            said = Statement(thief.front.practice, keys.id, AHEAD, thief.now(), heads)
            wire = world.network.wire(thief.name, "relay", world.relay.answer)
            peer = RelayPeer(world.template.relay_file, thief.asker(), connection=wire)
            try:
                verdict = peer.state(sign_statement(said, keys).raw)
            except (PeerError, JournalError) as error:
                world.trace.tell(thief.name, "is not heard", error.code)
                return
            world.trace.fault("statement_shrinks", thief.name, verdict.name)
            world.shrunk.add(keys.id)

        world.powered(thief, tell)

    def _skip(self, world: World, thief: Device, other: Device) -> None:
        """The newest entry alone, without those before it, which nobody will ever see."""
        if not thief.up:
            return

        def give() -> None:
            for _ in range(2):
                world.work(thief)
            thief.front.refresh()
            mine = [
                one for one in thief.front.since(Stream.CARE) if one.entry.head.seat == thief.post.seat.id
            ]
            keys = other.post.device
            wire = world.network.wire(thief.name, other.name, serve(other))
            peer = HttpPeer(wire, thief.asker(), HolderId(keys.id), keys.transport)
            try:
                gave = peer.give([mine[-1].entry.raw])
            except (PeerError, JournalError, IndexError) as error:
                world.trace.tell(thief.name, "is not heard", type(error).__name__)
                return
            world.trace.fault("gap_given", thief.name, other.name, *gave.answers)

        world.powered(thief, give)

    def heal(self, world: World) -> None:
        """He is gone; what he said stays said."""
