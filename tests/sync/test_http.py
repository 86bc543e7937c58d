"""Over real HTTP: the relay as it serves, a device at its address; signed both ways, whoever stands between."""

from __future__ import annotations

import http.client
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.journal import Journal
from lanterne.sync.driver import Exchanged
from lanterne.sync.errors import PeerAway, PeerImpostor, PeerRefuses, PeerUnknown, PeerUnreadable
from lanterne.sync.peers.http import Connection
from lanterne.sync.peers.lan import find_device
from lanterne.sync.peers.relay import ask_who
from lanterne.sync.relay_file import read_relay_file
from lanterne.wire.names import Stream
from tests.journal.stage import found
from tests.sync.places import asker, device_at, device_peer, relay_at, relay_peer
from tests.sync.stage import Machine, another_machine, content, first_machine


def same(*machines: Machine) -> bool:
    return len({frozenset(content(machine.journal)) for machine in machines}) == 1


def test_three_machines_by_the_relay(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    awa = another_machine(garance, tmp_path / "awa", seed=40, empty=True)
    machines = (garance, theo, awa)
    with relay_at(tmp_path / "relay") as relay:
        for number in range(6):
            garance.jot(f"garance {number}")
            theo.jot(f"theo {number}")
            awa.practice.keyring = awa.practice.keyring.with_membership(awa.journal.membership)
        letter = garance.journal.blobs.put(b"a letter " * 100_000)
        for machine in (*machines, *machines):
            done = machine.exchange(relay_peer(machine, relay))
            assert done.error is None
            assert done.sent > 0 < done.came
        assert same(*machines)
        assert awa.journal.blobs.get(letter.name, letter.key) == b"a letter " * 100_000
        quiet = theo.exchange(relay_peer(theo, relay))
        assert (quiet.tally.received, quiet.tally.given) == (0, 0)
        assert quiet.moves == 4
    assert [alarm for machine in machines for alarm in machine.known.alarms()] == []
    gone = theo.exchange(relay_peer(theo, relay))
    assert isinstance(gone.error, PeerAway)
    memory = theo.known.relay(relay.relay)
    assert memory.silent_since == theo.now()
    assert memory.why == "peer.away"


def test_a_fork_by_the_relay(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    for number in range(30):
        garance.jot(f"common {number}")
    shutil.copytree(garance.root, tmp_path / "clone")
    twin = Machine(replace(garance.practice, root=tmp_path / "clone"), garance.device, seed=99)
    twin.clock = [garance.now() + 60_000]
    garance.jot("here")
    for number in range(3):
        twin.jot(f"there {number}")
    with relay_at(tmp_path / "relay") as relay:
        for machine in (garance, twin, theo) * 3:
            assert machine.exchange(relay_peer(machine, relay), piece=5_000).error is None
    assert same(garance, twin, theo)
    for machine in (garance, twin, theo):
        assert "L1" in {alarm.lie.value for alarm in machine.known.alarms()}


def test_two_machines_by_address(garance: Machine, theo: Machine) -> None:
    for number in range(6):
        garance.jot(f"garance {number}")
        theo.jot(f"theo {number}", Stream.TRACE)
    scan = garance.journal.blobs.put(b"a scan " * 100_000)
    with device_at(garance) as address:
        done = theo.exchange(device_peer(theo, address))
        assert done.error is None
        assert (done.tally.received, done.tally.given) == (6, 6)
        assert theo.exchange(device_peer(theo, address)).moves == 4
    assert same(garance, theo)
    assert theo.journal.blobs.has(scan.name)
    assert (
        set(garance.known.statements()) == set(theo.known.statements()) == {garance.device.id, theo.device.id}
    )
    assert garance.known.alarms() == theo.known.alarms() == []


def test_a_clock_days_away_keeps_nobody_out(garance: Machine, theo: Machine) -> None:
    garance.jot("one")
    with device_at(garance) as address:
        for ahead in (10 * 365 * 86_400_000, 0, -400 * 86_400_000):
            done = theo.exchange(device_peer(theo, address, ahead_ms=ahead))
            assert done.error is None
    assert same(garance, theo)


def test_a_holder_whose_clock_is_set_back_keeps_nobody_out(garance: Machine, theo: Machine) -> None:
    garance.jot("one")
    with device_at(garance) as address:
        assert theo.exchange(device_peer(theo, address)).error is None
        garance.clock[0] -= 10 * 365 * 86_400_000
        theo.jot("two")
        assert theo.exchange(device_peer(theo, address)).error is None
    assert same(garance, theo)


def test_a_stranger_learns_nothing(garance: Machine, tmp_path: Path) -> None:
    stranger = first_machine(found(tmp_path / "stranger", seed=55))
    garance.jot("one")
    with device_at(garance) as address:
        with pytest.raises(PeerUnknown):
            find_device(address, asker(stranger), stranger.journal.membership)
        pretending = asker(stranger)._replace(practice=garance.journal.practice)
        peer = find_device(address, pretending, garance.journal.membership)
        for ask in (
            peer.heads,
            peer.sums,
            lambda: peer.entries((), 100),
            lambda: peer.give([]),
            lambda: peer.blob("ab" * 32, 0),
        ):
            with pytest.raises(PeerRefuses) as refused:
                ask()  # type: ignore[operator]
            assert refused.value.params["status"] == 401


def test_a_device_of_nobody_is_not_spoken_to(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(garance.root, copy)
    impostor = Machine(
        replace(garance.practice, root=copy), first_machine(found(tmp_path / "x", seed=5)).device, seed=3
    )
    with device_at(impostor) as address, pytest.raises(PeerImpostor):
        device_peer(theo, address)


def test_an_answer_altered_on_its_way_is_not_used(
    garance: Machine, theo: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance.jot("one")
    ask = Connection.ask

    def altered(self: Connection, *args: object) -> tuple[int, http.client.HTTPMessage, bytes]:
        status, headers, data = ask(self, *args)  # type: ignore[arg-type]
        return status, headers, data[:-1] + bytes([data[-1] ^ 1])

    with device_at(garance) as address:
        peer = device_peer(theo, address)
        monkeypatch.setattr(Connection, "ask", altered)
        done: Exchanged = theo.exchange(peer)
    assert isinstance(done.error, PeerImpostor)
    assert done.tally.received == 0
    assert theo.known.alarms() == []


def test_what_is_no_relay_is_said(garance: Machine, tmp_path: Path) -> None:
    with device_at(garance) as address, pytest.raises(PeerUnreadable):
        ask_who(f"http://{address}")
    for url in ("ftp://x", "http://", "http://127.0.0.1:99999", "nothing"):
        with pytest.raises(PeerAway):
            ask_who(url)


def test_a_request_used_once_is_not_good_again(garance: Machine, theo: Machine) -> None:
    from lanterne.proof.exchange import sign_request
    from lanterne.wire.request import DEVICE_HEADER, Request

    with device_at(garance) as address:
        target = f"/1/{garance.journal.practice}/heads"
        request = Request("POST", target, b"", garance.journal.practice, garance.device.id)  # type: ignore[arg-type]
        header = sign_request(
            request, device=theo.device.id, signer=theo.device, time=theo.now(), nonce=bytes(16)
        )
        seen = []
        for _ in range(2):
            line = http.client.HTTPConnection(address)
            line.request("POST", target, headers={DEVICE_HEADER: header.to_text()})
            seen.append(line.getresponse().status)
            line.close()
    assert seen == [200, 401]


def test_a_relay_file_is_read_back(tmp_path: Path) -> None:
    with relay_at(tmp_path / "relay") as relay:
        assert read_relay_file(relay.pack()) == relay


def test_the_server_goes_on_after_the_journal_moved_in_another_process(
    garance: Machine, theo: Machine
) -> None:
    with device_at(garance) as address:
        other = Journal.open(garance.root)
        machine = Machine(garance.practice, garance.device, seed=44, clock=garance.clock)
        machine.journal = other
        machine.jot("written by another process")
        assert theo.exchange(device_peer(theo, address)).tally.received == 1
