"""A relay set back to an old copy of its disk, in a process of its own: whoever was told more by it is alarmed at the
next exchange, and so is whoever comes after the relay was filled again; by the carriers, without anybody asking.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from lanterne.sync import ways
from lanterne.sync.alarms import TOLD_WHY, Alarm, Lie
from lanterne.sync.peers.port import Way
from tests.relay.process import RelayProcess
from tests.sync.carriers import carrying, file_of, going, relay_process, same, until
from tests.sync.places import relay_peer
from tests.sync.stage import Machine, content

LOST = {Lie.SHRANK, Lie.RECEIPT}


def lost(machine: Machine) -> list[Alarm]:
    """What this device was alarmed of, about the relay."""
    return [alarm for alarm in machine.known.alarms() if alarm.lie in LOST]


def proven(machine: Machine) -> bool:
    return any(alarm.why != TOLD_WHY for alarm in lost(machine))


class Restored:
    """A relay that kept one entry of each when its disk was copied, and more since; then set back."""

    def __init__(self, garance: Machine, theo: Machine, root: Path) -> None:
        self.machines, self.root = (garance, theo), root
        old = root.with_name("old copy")
        with relay_process(root) as relay:
            self.lives(relay)
            relay.kill()
        shutil.copytree(root, old)
        with relay_process(root) as relay:
            self.lives(relay)
        shutil.rmtree(root)
        old.rename(root)

    def lives(self, relay: RelayProcess) -> None:
        for machine in self.machines:
            machine.jot("one more")
            assert self.exchange(machine, relay) == ()
        for machine in self.machines:
            assert self.exchange(machine, relay) == ()

    @staticmethod
    def exchange(machine: Machine, relay: RelayProcess) -> tuple[Alarm, ...]:
        peer = relay_peer(machine, file_of(relay))
        try:
            done = machine.exchange(peer)
        finally:
            peer.close()
        assert done.whole, done.error
        return done.alarms


def test_each_device_is_alarmed_at_its_next_exchange(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    play = Restored(garance, theo, tmp_path / "relay")
    first, second = play.machines
    with relay_process(tmp_path / "relay") as relay:
        assert {alarm.lie for alarm in play.exchange(first, relay)} & LOST
        assert proven(first)
        # The first one filled it again: the second sees nothing missing, and is told.
        assert {alarm.lie for alarm in play.exchange(second, relay)} & LOST
        assert first.device.id in {alarm.told_by for alarm in lost(second)}
        said = second.known.statements()[first.device.id].value.seen
        assert {one.about for one in said} == {relay.relay}
        assert content(first.journal) == content(second.journal)
        for machine in play.machines:
            assert play.exchange(machine, relay) == (), "once for one matter"


def test_both_see_for_themselves_when_neither_fills_it_first(
    garance: Machine, theo: Machine, tmp_path: Path
) -> None:
    """Two exchanges that begin at once: each reads what the relay says before the other gives anything."""
    play = Restored(garance, theo, tmp_path / "relay")
    with relay_process(tmp_path / "relay") as relay:
        peers = [relay_peer(machine, file_of(relay)) for machine in play.machines]
        held = [peer.heads() for peer in peers]
        for machine, peer, said in zip(play.machines, peers, held, strict=True):
            peer.heads = lambda said=said: said  # type: ignore[method-assign,misc]
            machine.exchange(peer)
            peer.close()
        for one, other in (play.machines, play.machines[::-1]):
            assert proven(one)
            play.exchange(other, relay)
            assert {said.about for said in other.known.statements()[one.device.id].value.seen} == {
                relay.relay
            }


def test_the_carriers_of_both_are_alarmed_without_being_asked(
    garance: Machine, theo: Machine, tmp_path: Path
) -> None:
    root, old = tmp_path / "relay", tmp_path / "old copy"
    with relay_process(root) as relay:
        file, port = file_of(relay), str(relay.address[1])
        for machine in (garance, theo):
            ways.keep_relay(machine.journal, file)

        def settled(machine: Machine) -> bool:
            told = going(machine).of(Way.RELAY, file.url)
            return told is not None and told.last_whole > 0 and not told.running and not told.why

        with carrying(garance, theo):
            garance.jot("before the copy")
            until(lambda: same(garance, theo) and settled(garance) and settled(theo), "it did not arrive")
            relay.kill()
            shutil.copytree(root, old)
            again = RelayProcess.start(root, "--open", "10", "--port", port)
            try:
                theo.jot("after the copy")
                until(lambda: same(garance, theo) and settled(garance), "it did not arrive after")
            finally:
                again.kill()
            shutil.rmtree(root)
            old.rename(root)
            assert not lost(garance) + lost(theo)
            again = RelayProcess.start(root, "--open", "10", "--port", port)
            try:
                until(lambda: bool(lost(garance) and lost(theo)), "one of them was not alarmed")
                assert proven(garance) or proven(theo)
            finally:
                again.kill()
