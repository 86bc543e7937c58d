"""Who watches every exchange from outside and knows, without the code under test, what must have been seen.

Law: it keeps its own memory of what each device was told, and asks after each exchange whether what had to be
alarmed was, and whether what is known only grew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanterne.sync.alarms import Alarm, Lie
from lanterne.sync.driver import Exchanged
from lanterne.sync.peers.port import Peer, PeerHeads, Way
from lanterne.sync.skim import skim
from lanterne.wire.asking import read_give
from lanterne.wire.exchange import MessageRefused
from lanterne.wire.framing import read_framed
from lanterne.wire.names import ChainId, DeviceId, Head
from lanterne.wire.statements import read_receipt, read_statement
from tests.simulation import tables
from tests.simulation.trace import Violation

if TYPE_CHECKING:
    from tests.simulation.device import Device
    from tests.simulation.world import World

PROVEN = {
    "forged": {Lie.NO_ENTRY},
    "redated": {Lie.NO_ENTRY},
    "signed_anew": {Lie.NO_ENTRY},
    "mixed": {Lie.NO_ENTRY},
    "reordered": {Lie.RECEIPT, Lie.WITHHELD},
}
"""Lies that show by themselves, and what they are alarmed as. Others show beside what was said before."""
Reached = dict[ChainId, int]


class Witness:
    """Of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reached: dict[tuple[str, str], tuple[int, Reached]] = {}
        """(device, statement's device): the greatest number known there, and how far each chain went."""
        self.relay_said: dict[str, tuple[int, Reached]] = {}
        """What the relay told each device in exchanges that came to their end."""

    def forget(self, device: Device) -> None:
        """Its disk was set back: what it knew is gone."""
        self.relay_said.pop(device.name, None)
        for key in [one for one in self.reached if one[0] == device.name]:
            del self.reached[key]

    def started(self, device: Device) -> None:
        """It came up again: what it knew before must be known still."""
        self._only_grew(device)
        if device.name not in self.world.flipped:
            # A frame and the index line that vouches for it, fallen at once, are missed by nobody (threat model).
            tables.tell_what_is_held(device)

    def watch(self, device: Device, holder: str, peer: Peer) -> Watched:
        """Stand beside one exchange."""
        return Watched(self, device, holder, peer)

    def tips_of(self, holder: str) -> list[Head]:
        """The last entries of every branch another device holds, from its own disk; nothing of a relay or folder."""
        for one in self.world.devices:
            if one.name == holder and one.up:
                one.front.refresh()
                return list(one.front.tips)
        return []

    def _only_grew(self, device: Device) -> None:
        known = device.known
        if known.damaged:
            return
        for about, signed in known.statements().items():
            number, _ = self.reached.get((device.name, about), (0, {}))
            now = reach(signed.value.heads)
            if signed.value.number < number:
                raise Violation(f"{device.name} knows an older statement of {about[:8]} than before")
            self.reached[device.name, about] = (signed.value.number, now)
        missing = {about for name, about in self.reached if name == device.name} - set(known.statements())
        if missing and not known.damaged:
            raise Violation(f"{device.name} forgot the statements of {sorted(missing)}")


class Watched:
    """One exchange."""

    def __init__(self, witness: Witness, device: Device, holder: str, peer: Peer) -> None:
        self.witness, self.device, self.holder, self.peer = witness, device, holder, peer
        self.told: PeerHeads | None = None
        witness.world.network.lies.clear()
        witness.world.network.promised.clear()
        own = device.known.statements().get(device.post.device.id)
        self.own_number = own.value.number if own is not None else 0
        self.told_tips = witness.tips_of(holder)
        ask = peer.heads

        def heads() -> PeerHeads:
            self.told = ask()
            return self.told

        peer.heads = heads  # type: ignore[method-assign]

    def over(self, done: Exchanged) -> None:
        """It ended: was what had to be seen alarmed?"""
        device, witness = self.device, self.witness
        witness._only_grew(device)
        if self.told is None:
            return
        alarms = device.known.alarms()
        own = DeviceId(device.post.device.id)
        if self._newest_of(own) > self.own_number and not any(
            one.lie is Lie.STATEMENT and one.about == own for one in alarms
        ):
            raise Violation(f"{device.name} was shown a statement of its own it does not remember: no alarm")
        if done.whole and not witness.world.flipped:
            lacking = [tip for tip in self.told_tips if not device.front.holds(tip)]
            if lacking:
                raise Violation(f"{device.name} met {self.holder} and lacks {len(lacking)} of what it holds")
        if self.peer.way is not Way.RELAY:
            return
        relay = str(self.peer.id)
        last, reached = witness.relay_said.get(device.name, (0, {}))
        now, now_last = reach(self.told.answer.heads), self.told.answer.last
        shrunk = now_last < last or any(now.get(chain, 0) < seq for chain, seq in reached.items())
        if shrunk:
            witness.world.trace.fault("seen_to_shrink", device.name)
            if not any(one.about == relay and one.lie in (Lie.SHRANK, Lie.RECEIPT) for one in alarms):
                raise Violation(f"{device.name} was told less by the relay than before: no alarm")
        self._lies_seen(relay, alarms)
        if done.whole:
            top = self._promised(now)
            for chain, seq in reached.items():
                now[chain] = max(now.get(chain, 0), seq)
            witness.relay_said[device.name] = (max(last, now_last, top), now)

    def _lies_seen(self, relay: str, alarms: list[Alarm]) -> None:
        """Each lie that proves itself was alarmed in this very exchange."""
        for device, lie in self.witness.world.network.lies:
            if device != self.device.name or lie not in PROVEN:
                continue
            if not any(one.about == relay and one.lie in PROVEN[lie] for one in alarms):
                raise Violation(f"the relay told {device} a lie ({lie}) that shows: no alarm")

    def _promised(self, now: Reached) -> int:
        """Add what the relay gave a receipt for; the greatest position it named."""
        top = 0
        for device, given, answered in self.witness.world.network.promised:
            if device != self.device.name:
                continue
            answer = read_give(answered)
            if answer.receipt is None:
                continue
            receipt = read_receipt(answer.receipt).value
            top = max([top, *(one.position for one in receipt.entries)])
            named = {one.hash for one in receipt.entries}
            for raw in read_framed(given):
                found = skim(raw, self.witness.world.template.practice)
                if found is not None and found.head.hash in named:
                    now[found.head.chain] = max(now.get(found.head.chain, 0), found.head.seq)
        return top

    def _newest_of(self, own: DeviceId) -> int:
        numbers = [0]
        for raw in self.told.answer.statements if self.told is not None else ():
            try:
                said = read_statement(raw)
            except MessageRefused:
                continue
            if said.value.device == own:
                numbers.append(said.value.number)
        return max(numbers)


def reach(heads: object) -> Reached:
    """How far each chain goes."""
    found: Reached = {}
    for head in heads:  # type: ignore[attr-defined]
        found[head.chain] = max(found.get(head.chain, 0), head.seq)
    return found
