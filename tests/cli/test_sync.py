"""`lanterne sync`: by a folder, by a relay, said in French and in JSON; no passphrase is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.cli.exchange_words import ALARMS, alarm_said
from lanterne.cli.sentences import SENTENCES
from lanterne.journal.journal import Journal
from lanterne.sync import errors, ways
from lanterne.sync.alarms import Alarm, Lie
from lanterne.sync.going import Going, Trouble, WayGoing, write_going
from lanterne.sync.peers.port import Way
from tests.cli.conftest import Ended
from tests.sync.places import relay_at

Run = Callable[..., Ended]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "cle"
    folder.mkdir()
    return folder


def test_a_folder_then_the_state(lanterne: Run, practice: Path, stick: Path) -> None:
    ended = lanterne("sync", "--folder", str(stick), "--json", data=practice)
    assert ended.code == 0
    told = ended.json
    assert told["exchange"]["with"] == "folder"
    assert told["exchange"]["whole"]
    assert told["exchange"]["given"] == told["stored"] > 0
    assert told["alarms"] == []
    again = lanterne("sync", "--folder", str(stick), "--json", data=practice)
    assert again.json["exchange"]["given"] == 0
    state = lanterne("sync", "--state", data=practice)
    assert state.code == 0
    assert f"Ici : {told['stored']} écritures." in state.out.replace("\u00a0", " ")


def test_a_relay_is_kept_and_another_in_its_place_is_refused(
    lanterne: Run, practice: Path, tmp_path: Path
) -> None:
    assert lanterne("sync", "--json", data=practice).json["code"] == "sync.no_way"
    with relay_at(tmp_path / "relay") as relay:
        wrong = lanterne("sync", "--relay", relay.url, "--relay-key", "00" * 32, "--json", data=practice)
        assert (wrong.code, wrong.json["code"]) == (2, "sync.relay_changed")
        first = lanterne(
            "sync", "--relay", relay.url, "--relay-key", relay.key.hex(), "--json", data=practice
        )
        assert first.code == 0
        assert first.json["exchange"]["given"] > 0
        assert relay.key.hex() in first.err
        again = lanterne("sync", "--json", data=practice)
        assert (again.code, again.json["exchange"]["given"]) == (0, 0)
        assert again.json["relay"]["to_send"] == 0
    gone = lanterne("sync", "--json", data=practice)
    assert gone.code == 1
    assert gone.json["exchange"]["code"] == "peer.away"
    assert gone.json["relay"]["silent_since"] > 0
    said = lanterne("sync", data=practice)
    assert "Le relais ne répond plus depuis le" in said.out.replace("\u00a0", " ")


def test_no_folder_is_said(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    ended = lanterne("sync", "--folder", str(tmp_path / "nowhere"), data=practice)
    assert ended.code == 1
    assert "Interrompu" in ended.out


def test_nobody_at_the_address_is_said(lanterne: Run, practice: Path) -> None:
    ended = lanterne("sync", "--device", "127.0.0.1:9", "--json", data=practice)
    assert (ended.code, ended.json["code"]) == (1, "peer.away")


def test_help_is_french(lanterne: Run) -> None:
    ended = lanterne("sync", "--help")
    assert ended.code == 0
    assert "clé USB" in ended.out


def test_every_lie_and_every_error_has_its_sentence() -> None:
    assert {lie.value for lie in Lie} == set(ALARMS)
    for lie in Lie:
        assert "{" not in alarm_said(Alarm(lie, "ab" * 16, "1", "E8", 0, ()))
    words = {item.word for item in vars(errors).values() if isinstance(getattr(item, "word", None), str)}
    assert words - {"peer.error"} <= set(SENTENCES)


def test_what_is_kept_for_the_background_and_forgotten(lanterne: Run, practice: Path, stick: Path) -> None:
    kept = lanterne("sync", "--folder", str(stick), "--keep", "--json", data=practice).json
    assert kept["exchange"]["whole"]
    assert kept["ways"] == {
        "relay": None, "folders": [str(stick)], "devices": [], "listen": 0, "damaged": [],
    }  # fmt: skip
    assert kept["background"]["alive"] is False
    away = lanterne("sync", "--device", "127.0.0.1:9", "--keep", "--json", data=practice)
    assert (away.code, away.json["code"]) == (1, "peer.away")
    listening = lanterne("sync", "--listen", "8766", "--json", data=practice).json
    assert listening["exchange"] is None
    assert listening["ways"]["devices"] == ["127.0.0.1:9"], "it need not answer to be kept"
    assert listening["ways"]["listen"] == 8766
    said = lanterne("sync", "--state", data=practice).out.replace("\u00a0", " ")
    assert "tant que « lanterne serve » tourne, par :" in said
    assert f"dossier {stick} : pas encore d’échange entier" in said
    assert "au port 8766" in said
    assert lanterne("sync", "--folder", str(stick), "--forget", data=practice).code == 0
    assert lanterne("sync", "--device", "127.0.0.1:9", "--forget", data=practice).code == 0
    gone = lanterne("sync", "--listen", "0", "--json", data=practice).json
    assert (gone["ways"]["folders"], gone["ways"]["devices"], gone["ways"]["listen"]) == ([], [], 0)
    again = lanterne("sync", "--folder", str(stick), "--forget", "--json", data=practice)
    assert (again.code, again.json["code"]) == (2, "sync.not_kept")
    assert lanterne("sync", "--keep", "--json", data=practice).json["code"] == "sync.no_way"
    wrong = lanterne("sync", "--device", "pas une adresse", "--keep", "--json", data=practice)
    assert wrong.json["code"] == "ways.address"
    assert "192.168.1.20:8766" in wrong.err
    assert lanterne("sync", "--listen", "70000", data=practice).code == 2


def test_every_kept_way_in_turn(lanterne: Run, practice: Path, stick: Path, tmp_path: Path) -> None:
    journal = Journal.open(practice)
    with relay_at(tmp_path / "relay") as relay:
        ways.keep_relay(journal, relay)
        ways.keep_folder(journal, stick)
        both = lanterne("sync", "--json", data=practice)
        assert both.code == 0
        assert [(one["with"], one["name"], one["whole"]) for one in both.json["exchanges"]] == [
            ("relay", relay.url, True), ("folder", str(stick), True),
        ]  # fmt: skip
        assert both.json["exchange"] == both.json["exchanges"][0]
        assert all(one["given"] == both.json["stored"] for one in both.json["exchanges"])
        ways.keep_folder(journal, tmp_path / "unplugged")
        ways.keep_device(journal, "127.0.0.1:9")
        told = lanterne("sync", "--json", data=practice)
        assert told.code == 1, "one failed"
        assert [(one["with"], one["code"]) for one in told.json["exchanges"]] == [
            ("relay", None), ("folder", None), ("folder", "carrier.unplugged"), ("device", "peer.away"),
        ]  # fmt: skip
    said = lanterne("sync", data=practice)
    out = said.out.replace("\u00a0", " ")
    assert said.code == 1
    assert f"Par relais {relay.url} :" in out
    assert f"Par dossier {stick} :" in out, "the relay is away, and the next way is gone all the same"
    assert (
        out.index("Par relais") < out.index("Par dossier") < out.index("Par poste à l’adresse 127.0.0.1:9 :")
    )
    assert out.count("Interrompu") == 3
    only = lanterne("sync", "--folder", str(stick), "--json", data=practice)
    assert (only.code, len(only.json["exchanges"])) == (0, 1)
    assert lanterne("sync", "--state", "--json", data=practice).json["exchanges"] == []


def test_another_folder_in_the_place_of_a_kept_one_is_not_written_to(
    lanterne: Run, practice: Path, stick: Path
) -> None:
    journal = Journal.open(practice)
    ways.keep_folder(journal, stick)
    now = time.time_ns() // 1_000_000
    write_going(journal, Going(now, now, 0, (WayGoing(Way.FOLDER, str(stick), last_whole=now),)))
    told = lanterne("sync", "--json", data=practice)
    assert (told.code, told.json["exchange"]["code"]) == (1, "carrier.other_folder")
    assert list(stick.iterdir()) == []


def test_what_the_background_told_is_said(lanterne: Run, practice: Path, stick: Path) -> None:
    """Its way fails, its port is taken: in words."""
    journal = Journal.open(practice)
    ways.keep_folder(journal, stick)
    now = time.time_ns() // 1_000_000
    way = WayGoing(Way.FOLDER, str(stick), why="carrier.unplugged")
    write_going(journal, Going(now, now, 0, (way,), (Trouble("carrier.port_taken", now),)))
    said = lanterne("sync", "--state", data=practice).out
    assert "clé débranchée" in said
    assert "Un autre programme occupe le port" in said
    told = lanterne("sync", "--state", "--json", data=practice).json["background"]
    assert told["alive"]
    assert told["ways"][0]["why"] == "carrier.unplugged"
    assert told["troubles"] == [{"code": "carrier.port_taken", "since": now}]


def test_a_relay_is_forgotten(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    with relay_at(tmp_path / "relay") as relay:
        assert lanterne("sync", "--relay", relay.url, data=practice).code == 0
    assert lanterne("sync", "--relay", "http://ailleurs", "--forget", "--json", data=practice).code == 2
    gone = lanterne("sync", "--relay", relay.url + "/", "--forget", "--json", data=practice)
    assert (gone.code, gone.json["ways"]["relay"]) == (0, None)
    assert lanterne("sync", "--json", data=practice).json["code"] == "sync.no_way"
