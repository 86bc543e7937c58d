"""`lanterne relay` as its operator types it: what is refused, in a sentence; what is said, signed and kept."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.relay.place import DATABASE, KEY, lock, open_house, open_key
from lanterne.relay.registration import Registration
from lanterne.wire.statements import State, read_notice
from tests import cast
from tests.cli.conftest import Ended
from tests.relay.process import RelayProcess

Run = Callable[..., Ended]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of a relay that does not run."""
    root = tmp_path / "relay"
    open_house(root, Registration()).close()
    return root


def test_notices_are_signed_and_kept_newest_last(lanterne: Run, place: Path) -> None:
    practice = "ab" * 32
    closed = lanterne(
        "relay", "suspend", "--practice", practice, "--text", "Sur ordre.", "--json", data=place
    )
    assert closed.code == 0
    assert closed.json["state"] == "suspended"
    assert (closed.json["scope"], closed.json["id"], closed.json["text"]) == (
        "practice",
        practice,
        "Sur ordre.",
    )
    said = lanterne("relay", "resume", "--practice", practice, data=place)
    assert (said.code, said.out) == (0, "Rouvert.\n")
    assert lanterne("relay", "notice", "--all", "--text", "Travaux", data=place).code == 0
    house = open_house(place, Registration())
    notices = [read_notice(raw).value for raw in house.store.notices()]
    house.close()
    assert {(one.scope.value, one.state) for one in notices} == {
        ("all", State.NOTICE),
        ("practice", State.RESUMED),
    }
    assert {one.relay for one in notices} == {open_key(place).id}


@pytest.mark.parametrize(
    "words",
    [
        ("relay", "suspend", "--all"),
        ("relay", "suspend", "--text", "x"),
        ("relay", "suspend", "--practice", "ab", "--text", "x"),
        ("relay", "suspend", "--seat", "zz" * 16, "--text", "x"),
        ("relay", "suspend", "--all", "--seat", "ab" * 16, "--text", "x"),
        ("relay", "close"),
        ("relay", "--open", "--practices", "x"),
        ("relay", "--open", "0"),
        ("relay", "--port", "65536"),
    ],
)
def test_what_is_not_understood(lanterne: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = lanterne(*words, data=tmp_path / "relay")
    assert (ended.code, ended.out) == (2, "")
    assert not (tmp_path / "relay").exists()


def test_the_folder_is_needed(lanterne: Run) -> None:
    ended = lanterne("relay", "--json")
    assert (ended.code, ended.json["code"]) == (2, "relay.data_missing")
    assert "--data" in ended.json["why"]


def test_a_notice_needs_a_relay(lanterne: Run, tmp_path: Path) -> None:
    ended = lanterne("relay", "notice", "--all", "--text", "x", "--json", data=tmp_path)
    assert (ended.code, ended.json["code"]) == (1, "relay.none")
    assert list(tmp_path.iterdir()) == []


def test_a_lost_key_is_never_replaced(lanterne: Run, place: Path) -> None:
    key = (place / KEY).read_bytes()
    (place / KEY).unlink()
    ended = lanterne("relay", "--port", "0", "--json", data=place)
    assert (ended.code, ended.json["code"]) == (1, "relay.key_missing")
    assert not (place / KEY).exists()
    (place / KEY).write_bytes(key[:-1])
    ended = lanterne("relay", "--port", "0", "--json", data=place)
    assert (ended.code, ended.json["code"]) == (1, "exchange.refused")


def test_a_folder_with_something_else_is_left_alone(lanterne: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")
    ended = lanterne("relay", "--port", "0", "--json", data=tmp_path)
    assert (ended.code, ended.json["code"]) == (1, "relay.folder_taken")
    assert not (tmp_path / DATABASE).exists()


def test_a_list_that_cannot_be_read_is_said_at_the_start(lanterne: Run, place: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{'ab' * 32}\nrue des Lilas\n", encoding="utf-8")
    ended = lanterne("relay", "--practices", str(listed), "--port", "0", "--json", data=place)
    assert (ended.code, ended.json["code"]) == (1, "relay.list_line")
    assert "ligne 2" in ended.json["why"]
    assert lanterne("relay", "--practices", str(tmp_path / "none"), "--port", "0", data=place).code == 4


def test_one_relay_a_folder_and_one_program_a_port(lanterne: Run, place: Path, tmp_path: Path) -> None:
    held = lock(place)
    ended = lanterne("relay", "--port", "0", "--json", data=place)
    assert (ended.code, ended.json["code"]) == (1, "relay.running")
    held.release()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = lanterne("relay", "--port", port, "--json", data=tmp_path / "new")
    assert (ended.code, ended.json["code"]) == (1, "relay.port_taken")


def test_a_relay_that_runs_says_who_it_is_and_follows_its_operator(lanterne: Run, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    founding = cast.founding()
    listed.write_text(founding.practice + "\n", encoding="utf-8")
    relay = RelayProcess.start(tmp_path / "relay", "--practices", str(listed))
    try:
        device = relay.device(founding.device, founding.practice)
        assert device.found(cast.genesis()) == 0
        note = cast.garance().note("x").raw
        assert device.give([note])[0] == (0,)
        assert lanterne("relay", "suspend", "--all", "--text", "Fermé.", data=tmp_path / "relay").code == 0
        answer = device.news(1)  # held open until the relay sees the notice
        assert answer.status == 403
        assert answer.complaint.notice is not None
        assert read_notice(answer.complaint.notice).value.text == "Fermé."
        assert lanterne("relay", "resume", "--all", data=tmp_path / "relay").code == 0
        relay.process.terminate()
        assert relay.process.wait(60) == 0
    finally:
        relay.kill()
    assert json.loads(json.dumps(relay.relay)) == open_key(tmp_path / "relay").id
