"""What is said to a person: stored, sent, received by how many, since when silent, what waits."""

from __future__ import annotations

from pathlib import Path

from lanterne.sync.errors import PeerAway
from lanterne.sync.peers.port import PeerHeads
from lanterne.sync.state import SyncState, _beyond, read_state
from lanterne.wire.names import ChainId, EntryHash, Head, SeatId, Stream
from tests.sync.relay_play import RelayPeer, play_relay
from tests.sync.stage import Machine, another_machine, content


def state(machine: Machine) -> SyncState:
    return read_state(machine.journal, machine.device.id, machine.now())


def test_from_nothing_sent_to_received_by_all(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    awa = another_machine(garance, tmp_path / "awa", seed=40, empty=True)
    relay = play_relay(garance, tmp_path / "relay")
    garance.jot("one")
    alone = state(garance)
    assert (alone.relay, alone.received_by, len(alone.devices)) == (None, 0, 2)
    assert all(
        one.said == 0 and one.lacks == alone.stored == len(content(garance.journal)) for one in alone.devices
    )
    garance.exchange(RelayPeer(relay, garance))
    sent = state(garance)
    assert sent.relay is not None
    assert (sent.relay.to_send, sent.relay.heard, sent.relay.silent_since) == (0, garance.now(), 0)
    assert sent.received_by == 0
    garance.jot("two")
    waiting = state(garance).relay
    assert waiting is not None
    assert waiting.to_send == 1
    for machine in (garance, theo, garance):
        machine.exchange(RelayPeer(relay, machine))
    assert state(garance).received_by == 1
    awa.exchange(RelayPeer(relay, awa))
    garance.exchange(RelayPeer(relay, garance))
    assert state(garance).received_by == 2
    garance.jot("three")
    assert state(garance).received_by == 0
    assert {one.lacks for one in state(garance).devices} == {1}


def test_what_somebody_has_and_is_not_here_is_said(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    relay = play_relay(garance, tmp_path / "relay")
    for machine in (garance, theo):
        machine.exchange(RelayPeer(relay, machine))
    for number in range(3):
        theo.jot(f"{number}")
    theo.known.make_statement(theo.device, theo.now(), theo.random)
    raw = theo.known.statements()[theo.device.id].raw
    garance.known.take_statement(raw, garance.device.id, garance.now())
    (one,) = state(garance).devices
    assert one.ahead == 3


def test_since_when_the_relay_is_silent(garance: Machine, tmp_path: Path) -> None:
    class Away(RelayPeer):
        def heads(self) -> PeerHeads:
            raise PeerAway("nobody")

    relay = play_relay(garance, tmp_path / "relay")
    garance.exchange(RelayPeer(relay, garance))
    garance.exchange(Away(relay, garance))
    since = garance.now()
    garance.jot("offline is normal")
    garance.exchange(Away(relay, garance))
    silent = state(garance).relay
    assert silent is not None
    assert (silent.silent_since, silent.why, silent.to_send) == (since, "peer.away", 1)
    garance.exchange(RelayPeer(relay, garance))
    heard = state(garance).relay
    assert heard is not None
    assert (heard.silent_since, heard.why, heard.to_send) == (0, "", 0)


def test_the_shorter_branch_of_a_fork_is_not_taken_for_received() -> None:
    chain = ChainId(SeatId("aa" * 16), 0, Stream.CARE)
    short, long = (Head(chain, seq, EntryHash(sign * 64)) for seq, sign in ((5, "1"), (7, "2")))
    assert _beyond([short, long], [long]) == 1
    assert _beyond([short, long], [short, long]) == 0
    assert _beyond([short], [long]) == 0, "one branch alone is a chain that went on"
    assert _beyond([long], [short]) == 2
