"""An honest relay, or a stick, or a device met by its address: everybody ends with one set, and nobody is accused."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanterne.sync.errors import PeerAway
from lanterne.sync.peers.port import PeerHeads
from lanterne.wire.names import Stream
from tests.journal.stage import Practice
from tests.sync.relay_play import RelayPeer, RelayPlay, play_relay
from tests.sync.stage import Machine, another_machine, content, first_machine


@pytest.fixture
def relay(garance: Machine, tmp_path: Path) -> RelayPlay:
    return play_relay(garance, tmp_path / "relay")


def test_two_machines_are_made_whole_by_the_relay(garance: Machine, theo: Machine, relay: RelayPlay) -> None:
    for number in range(5):
        garance.jot(f"garance {number}")
        theo.jot(f"theo {number}")
        theo.jot(f"theo looked {number}", Stream.TRACE)
    first = garance.exchange(RelayPeer(relay, garance))
    assert first.whole
    assert first.tally.given == len(content(garance.journal))
    second = theo.exchange(RelayPeer(relay, theo))
    assert (second.tally.received, second.tally.given) == (5, 10)
    assert garance.exchange(RelayPeer(relay, garance)).tally.received == 10
    assert content(garance.journal) == content(theo.journal) == content(relay.journal)
    assert garance.known.alarms() == theo.known.alarms() == []
    memory = garance.known.relay(relay.key.id)
    assert set(memory.holds) == set(garance.journal.tips)
    assert memory.heard == garance.now()


def test_a_machine_with_the_genesis_alone_receives_everything(
    garance: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    awa = another_machine(garance, tmp_path / "awa", seed=40, empty=True)
    late = another_machine(garance, tmp_path / "late", seed=50)
    for number in range(30):
        garance.jot(f"garance {number}")
        late.jot(f"late {number}")
    late.journal.receive_many(entry.entry.raw for entry in garance.journal.since(Stream.MEMBERS))
    for machine in (garance, late):
        assert machine.exchange(RelayPeer(relay, machine)).whole
    done = awa.exchange(RelayPeer(relay, awa), piece=4_000)
    assert done.whole
    assert done.tally.refused == {}
    assert content(awa.journal) == content(relay.journal) > content(garance.journal)


def test_members_signed_by_somebody_admitted_in_the_same_piece_are_received(
    garance: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    """Théo, admitted by Garance, admits Awa: the chains come in the order of their seats, not of their causes."""
    chain = [garance]
    for seed in range(60, 66):
        chain.append(another_machine(chain[-1], tmp_path / f"m{seed}", seed=seed))
    last = chain[-1]
    last.jot("the newest of all writes")
    last.exchange(RelayPeer(relay, last))
    awa = another_machine(garance, tmp_path / "awa", seed=90, empty=True)
    garance.exchange(RelayPeer(relay, garance))
    done = awa.exchange(RelayPeer(relay, awa))
    assert done.whole
    assert content(awa.journal) == content(relay.journal) == content(garance.journal)
    assert done.alarms == ()


class CutPeer(RelayPeer):
    """The line goes at the n-th request: before it arrives, or before its answer does."""

    cut, after = 0, False

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name not in {"heads", "entries", "give", "state", "since", "sums", "blobs", "blob", "keep"}:
            return found

        def carried(*args: object) -> object:
            self.cut -= 1
            if self.cut < 0 and not self.after:
                raise PeerAway("cut")
            answer = found(*args)
            if self.cut < 0:
                raise PeerAway("cut")
            return answer

        return carried


@pytest.mark.parametrize("after", [False, True])
def test_cut_at_every_request_then_resumed(
    garance: Machine, theo: Machine, relay: RelayPlay, after: bool
) -> None:
    number, cuts = 0, 0
    while True:
        for machine in (garance, theo):
            for _ in range(3):
                number += 1
                machine.jot(f"{number}")
            machine.journal.blobs.put(f"letter {number}".encode() * 40_000)
        cut = False
        for machine in (garance, theo):
            peer = CutPeer(relay, machine)
            peer.cut, peer.after = cuts, after
            cut |= not machine.exchange(peer, piece=3_000).whole
        for machine in (garance, theo, garance):
            assert machine.exchange(RelayPeer(relay, machine), piece=3_000).whole
        assert content(garance.journal) == content(theo.journal) == content(relay.journal)
        assert set(garance.journal.blobs.names()) == set(theo.journal.blobs.names())
        if not cut:
            break
        cuts += 1
    assert cuts > 9
    assert garance.known.alarms() == theo.known.alarms() == []


def test_a_disk_that_fails_or_a_process_that_dies_keeps_what_came(
    garance: Machine, theo: Machine, relay: RelayPlay
) -> None:
    for number in range(40):
        garance.jot(f"{number}")
    garance.exchange(RelayPeer(relay, garance))
    for cuts in range(3, 12):
        peer = CutPeer(relay, theo)
        peer.cut = cuts
        before = len(content(theo.journal))
        theo.exchange(peer, piece=2_000)
        theo.restart()
        assert len(content(theo.journal)) >= before
    theo.exchange(RelayPeer(relay, theo), piece=2_000)
    assert content(theo.journal) == content(garance.journal)
    assert theo.known.alarms() == []


def test_two_processes_of_one_machine_exchange_at_once(garance: Machine, relay: RelayPlay) -> None:
    """The second gives entries between the first one's question and its answer's coming: nobody lied."""
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    other = Machine(garance.practice, garance.device, seed=77, clock=garance.clock)

    class Crossing(RelayPeer):
        def heads(self) -> PeerHeads:
            said = super().heads()
            garance.jot("two")
            other.journal.refresh()
            assert other.exchange(RelayPeer(relay, other)).tally.given == 1
            return said

    done = garance.exchange(Crossing(relay, garance))
    assert done.whole
    for machine in (garance, other):
        assert machine.exchange(RelayPeer(relay, machine)).whole
        assert machine.known.alarms() == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["jot", "look", "relay", "stick", "cut", "restart"]),
        st.integers(0, 2),
        st.integers(0, 12),
    ),
    max_size=30,
)


@settings(
    max_examples=int(os.environ.get("LANTERNE_SEEDS", "8")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(acts=ACTS)
def test_whatever_is_written_and_cut_all_end_with_one_set(
    acts: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory, founded: Practice
) -> None:
    folder = tmp_path_factory.mktemp("acts")
    shutil.copytree(founded.root, folder / "data")
    garance = first_machine(replace(founded, root=folder / "data"))
    machines = [garance, *(another_machine(garance, folder / f"m{seed}", seed=seed) for seed in (20, 30))]
    relay = play_relay(garance, folder / "relay")
    stick = folder / "stick"
    stick.mkdir()
    for place, (act, who, number) in enumerate(acts):
        machine = machines[who]
        match act:
            case "jot" | "look":
                machine.jot(f"{place}", Stream.CARE if act == "jot" else Stream.TRACE)
            case "relay":
                assert machine.exchange(RelayPeer(relay, machine), piece=2_000).whole
            case "stick":
                assert machine.by_folder(stick).whole
            case "cut":
                peer = CutPeer(relay, machine)
                peer.cut, peer.after = number, bool(place % 2)
                machine.exchange(peer, piece=1_000)
            case _:
                machine.restart()
    for machine in (*machines, *machines):
        assert machine.exchange(RelayPeer(relay, machine)).whole
    assert all(content(machine.journal) == content(relay.journal) for machine in machines)
    assert [alarm for machine in machines for alarm in machine.known.alarms()] == []
