"""The exchange in the background, in real processes: what one machine writes is at the other, whatever was cut."""

from __future__ import annotations

import random
import shutil
import socket
from pathlib import Path

import pytest

from lanterne.sync import ways
from lanterne.sync.going import nudge
from lanterne.sync.peers.port import Way
from lanterne.sync.sentences import SENTENCES
from lanterne.wire.names import Stream
from tests.relay.process import RelayProcess
from tests.sync.carriers import (
    CarrierProcess,
    carrying,
    file_of,
    free_port,
    going,
    relay_process,
    same,
    until,
)
from tests.sync.stage import Machine, another_machine
from tests.sync.test_healing import hurt

STORY = "a letter about Jean Baptiste, who sails"


@pytest.fixture
def machines(garance: Machine, theo: Machine) -> tuple[Machine, Machine]:
    """Both hold something the other lacks."""
    garance.jot("garance before")
    theo.jot("theo before")
    return garance, theo


def test_by_the_relay_killed_and_started_again(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    garance, theo = machines
    with relay_process(tmp_path / "relay") as relay:
        file = file_of(relay)
        for machine in machines:
            ways.keep_relay(machine.journal, file)
        with carrying(garance, theo):
            until(lambda: same(garance, theo), "what each had is not at the other")
            letter = garance.journal.blobs.put(STORY.encode())
            garance.jot("garance writes")
            until(lambda: same(garance, theo), "what was written did not arrive")
            until(lambda: theo.journal.blobs.has(letter.name), "the document did not arrive")
            way = (Way.RELAY, file.url)
            until(lambda: bool((told := going(theo).of(*way)) and told.last_whole), "it is not told")
            relay.kill()
            until(lambda: bool((told := going(theo).of(*way)) and told.failing_since), "silence is not told")
            told = going(theo).of(*way)
            assert told is not None
            assert told.why == "peer.away"
            assert told.why in SENTENCES
            garance.jot("written while the relay is away")
            port = relay.address[1]
            again = relay_process_at(tmp_path / "relay", port)
            try:
                for machine in machines:
                    nudge(machine.journal)
                until(lambda: same(garance, theo), "it did not go on when the relay came back")
                until(
                    lambda: bool((told := going(theo).of(*way)) and not told.why and not told.failing_since),
                    "that it goes again is not told",
                )
            finally:
                again.kill()


def relay_process_at(root: Path, port: int) -> RelayProcess:
    """The same relay at the same port: the last --port given counts."""
    return RelayProcess.start(root, "--open", "10", "--port", str(port))


def test_what_lies_damaged_is_told_until_another_device_gave_it_back(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    garance, theo = machines
    garance.jot("a look", Stream.TRACE)
    another_machine(garance, tmp_path / "awa", seed=30)  # never heard: a stick carries all for her
    stick = tmp_path / "stick"
    stick.mkdir()
    for machine in (garance, theo, garance):
        assert machine.by_folder(stick).whole
    before = hurt(garance.root, random.Random(3), [Stream.CARE])
    shutil.rmtree(stick)
    with carrying(garance):
        until(lambda: going(garance).unreadable == before, "what lay damaged at the start is not told")
        since = going(garance).unreadable_since
        assert since
        more = hurt(garance.root, random.Random(4), [Stream.TRACE], every=1)
        nudge(garance.journal, damaged=True)
        until(lambda: going(garance).unreadable == before + more, "what somebody else met is not told")
    assert going(garance).unreadable_since == since
    with carrying(garance):
        until(lambda: bool(going(garance).told and going(garance).unreadable), "it is forgotten")
        assert going(garance).unreadable_since == since, "since when goes on through a new process"
        stick.mkdir()
        assert theo.by_folder(stick).whole
        ways.keep_folder(garance.journal, stick)
        theo.jot("and it is heard")
        assert theo.by_folder(stick).whole
        until(lambda: going(garance).unreadable == 0, "healed, and told all the same")
        assert going(garance).unreadable_since == 0


def test_by_the_network_who_knows_the_address_asks(machines: tuple[Machine, Machine]) -> None:
    """Théo's laptop knows the PC; the PC knows of no laptop. Both ways go all the same."""
    garance, theo = machines
    port = free_port()
    ways.keep_listening(garance.journal, port)
    ways.keep_device(theo.journal, f"127.0.0.1:{port}")
    with carrying(garance, theo):
        until(lambda: same(garance, theo), "what each had is not at the other")
        assert going(garance).listening == port
        theo.jot("from the laptop")
        until(lambda: same(garance, theo), "what the laptop wrote did not arrive")
        garance.jot("from the PC, which has to wait to be asked")
        until(lambda: same(garance, theo), "what the PC wrote was not fetched")
        told = going(theo).of(Way.DEVICE, f"127.0.0.1:{port}")
        assert told is not None
        assert told.device == garance.device.id
        ways.keep_listening(garance.journal, 0)
        until(lambda: going(garance).listening == 0, "it listens on")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)


def test_by_a_folder_that_is_unplugged_and_another_in_its_place(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    garance, theo = machines
    stick = tmp_path / "cle"
    for machine in machines:
        ways.keep_folder(machine.journal, stick)
    way = (Way.FOLDER, str(stick))

    def why(machine: Machine) -> str:
        told = going(machine).of(*way)
        return "?" if told is None else told.why

    with carrying(garance, theo):
        until(lambda: why(garance) == "carrier.unplugged", "that the stick is not there is not told")
        told = going(garance).of(*way)
        assert told is not None
        assert told.failing_since == 0, "a stick in a pocket is no failure"
        assert not stick.exists()
        stick.mkdir()
        until(lambda: same(garance, theo), "the stick that was plugged in was not seen")
        garance.jot("through the folder")
        until(lambda: same(garance, theo), "what was written did not go through the folder")
        until(lambda: why(garance) == why(theo) == "", "it is not told that it goes")
        # Another stick under the same letter: empty.
        shutil.move(stick, tmp_path / "pocket")

        def missed() -> bool:
            nudge(garance.journal)
            return why(garance) == "carrier.unplugged"

        until(missed, "absence is not told")
        stick.mkdir()
        until(lambda: why(garance) == "carrier.other_folder", "another stick is not told")
        garance.jot("not for any stick")
        nudge(garance.journal)
        before = going(garance).told
        until(lambda: going(garance).told > before, "it tells nothing any more")
        assert list(stick.iterdir()) == [], "it wrote to a stick that is not ours"
        assert {"carrier.unplugged", "carrier.other_folder"} <= set(SENTENCES)


def test_all_ways_at_once_and_what_comes_by_one_goes_on_by_another(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    """Garance has the relay and the folder; Théo the folder only: what comes by the relay reaches him."""
    garance, theo = machines
    theo.journal.refresh()
    awa = another_machine(garance, tmp_path / "awa", seed=40)
    (tmp_path / "share").mkdir()
    with relay_process(tmp_path / "relay") as relay:
        for machine in (garance, awa):
            ways.keep_relay(machine.journal, file_of(relay))
        for machine in (garance, theo):
            ways.keep_folder(machine.journal, tmp_path / "share")
        with carrying(garance, theo, awa):
            awa.jot("from the secretary's desk")
            until(lambda: same(garance, theo, awa), "what came by the relay did not go on by the folder")
            theo.jot("and back")
            until(lambda: same(garance, theo, awa), "what came by the folder did not go on by the relay")


def test_killed_and_started_again_it_goes_on(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    garance, theo = machines
    (tmp_path / "share").mkdir()
    for machine in machines:
        ways.keep_folder(machine.journal, tmp_path / "share")
    with carrying(theo):
        first = CarrierProcess(garance.root)
        until(lambda: same(garance, theo), "they do not exchange")
        garance.jot("just before")
        first.kill()
        garance.jot("while it is dead")
        second = CarrierProcess(garance.root, fell=1, fell_at=garance.now())
        until(lambda: same(garance, theo), "it did not go on")
        until(lambda: "carrier.fell" in troubles(garance), "that it fell is not told")
        assert second.end() == 0
        assert not going(garance).alive(going(garance).started), "it is gone, and says so at once"


def test_one_a_data_directory(garance: Machine, tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    ways.keep_folder(garance.journal, tmp_path / "share")
    with carrying(garance) as (first,):
        until(lambda: going(garance).told > 0, "the first tells nothing")
        began = going(garance).started
        second = CarrierProcess(garance.root)
        nudge(garance.journal)
        until(lambda: bool(going(garance).ways and going(garance).ways[0].last_whole), "it does not exchange")
        assert going(garance).started == began, "two of them exchange"
        assert second.process.poll() is None, "the second waits"
        first.end()
        until(lambda: going(garance).started > began, "the second did not take over")
        second.end()


def test_what_hinders_is_told(garance: Machine) -> None:
    """A port that is taken, a list of ways that is damaged, a key that is gone: said, and it goes on."""
    layout = garance.journal.layout
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104  the port must be taken everywhere
        port = taken.getsockname()[1]
        ways.keep_listening(garance.journal, port)
        key = layout.device.read_bytes()
        copies = [layout.device, layout.device.with_name("key2")]
        for copy in copies:
            copy.unlink()
        with carrying(garance):
            until(lambda: "carrier.key_missing" in troubles(garance), "the missing key is not told")
            for copy in copies:
                copy.write_bytes(key)
            until(lambda: "carrier.port_taken" in troubles(garance), "the taken port is not told")
            assert "carrier.key_missing" not in troubles(garance)
            for name in ("ways", "ways2"):
                (layout.local / name).write_bytes(b"nothing of the kind")
            until(lambda: "ways.damaged" in troubles(garance), "the damage is not told")
            ways.keep_listening(garance.journal, 0)
            until(lambda: not troubles(garance), "what is mended is still told")


def troubles(machine: Machine) -> set[str]:
    found = {one.code for one in going(machine).troubles}
    assert found <= set(SENTENCES)
    return found
