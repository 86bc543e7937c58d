"""`lanterne demo` and `lanterne serve`: the first thing anybody does with Lanterne."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from lanterne.cli.main import main
from lanterne.seal import unlock
from tests.cli.conftest import GARANCE, Ended

Run = Callable[..., Ended]
WORDS = ("demo", "--no-serve", "--patients", "4", "--today", "2026-11-22", "--json")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        patch.setenv("LANTERNE_PASSPHRASE", GARANCE)
        assert main([*WORDS, "--data", str(root)]) == 0
    return root


def test_the_doctor_has_the_passphrase_of_the_environment(lanterne: Run, demo: Path) -> None:
    told = lanterne(*WORDS, data=demo).json
    assert told["created"] is False
    assert {"name": "Dr Garance Morel", "passphrase": GARANCE} in told["persons"]
    assert len(told["persons"]) == 3


def test_another_passphrase_for_a_practice_that_stands_is_said_to_change_nothing(
    lanterne: Run, demo: Path
) -> None:
    ended = lanterne(*WORDS, data=demo, secret="une phrase toute neuve")
    assert "LANTERNE_PASSPHRASE n’a rien changé" in ended.err
    assert {"name": "Dr Garance Morel", "passphrase": GARANCE} in ended.json["persons"]
    assert "une phrase toute neuve" not in ended.out + ended.err
    assert "LANTERNE_PASSPHRASE" not in lanterne(*WORDS, data=demo, secret=GARANCE).err
    assert "LANTERNE_PASSPHRASE" not in lanterne(*WORDS, data=demo).err


def test_every_passphrase_printed_opens(lanterne: Run, demo: Path) -> None:
    for one in lanterne(*WORDS, data=demo).json["persons"]:
        ended = lanterne("check", "--json", "--as", one["name"], data=demo, secret=one["passphrase"])
        assert ended.code == 0, ended
        assert ended.json["faults"] == []
        assert ended.json["facts"] > 5


def test_the_data_hold_no_passphrase(demo: Path) -> None:
    for path in demo.rglob("*"):
        assert not path.is_file() or GARANCE.encode() not in path.read_bytes()


def test_facts_written_are_the_facts_generated_and_those_of_the_mail(
    lanterne: Run, demo: Path, tmp_path: Path
) -> None:
    from datetime import date

    from lanterne.demo import generate
    from lanterne.demo.mail import week

    today = date(2026, 11, 22)
    generated = {event.fact_id for event in generate(seed=1, patients=4, today=today)}
    facts = lanterne("check", "--json", "--as", "garance", data=demo, secret=GARANCE).json["facts"]
    assert facts > len(generated)
    # What is beyond came through the door: importing the same files anew changes nothing.
    for piece in week(seed=1, patients=4, today=today):
        (tmp_path / piece.name).write_bytes(piece.content)
    again = lanterne("import", "--json", "--as", "garance", str(tmp_path), data=demo, secret=GARANCE)
    outcomes = [orjson.loads(line)["outcome"] for line in again.out.splitlines()]
    assert set(outcomes) == {"duplicate", "quarantined"}
    assert lanterne("check", "--json", "--as", "garance", data=demo, secret=GARANCE).json["facts"] == facts


def test_it_says_how_many_files_arrived(
    lanterne: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
    said = lanterne(*WORDS[:-1], data=tmp_path / "data", secret=GARANCE).out
    assert "10 fichiers sont arrivés cette semaine" in said
    told = lanterne(*WORDS, data=tmp_path / "other", secret=GARANCE).json
    assert told["arrived"] == sum(told["mail"].values()) == 10


def test_one_interrupted_is_begun_again(lanterne: Run, demo: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(demo, root)
    (root / "genesis").unlink()
    (root / "genesis2").unlink()
    (tmp_path / "data-en-construction").touch()
    ended = lanterne(*WORDS, data=root, secret=GARANCE)
    assert (ended.code, ended.json["created"]) == (0, True)


def test_a_real_practice_is_not_taken_for_a_demonstration(lanterne: Run, practice: Path) -> None:
    assert lanterne(*WORDS, data=practice, secret=GARANCE).code == 2


def test_a_weak_passphrase_of_the_environment_is_refused_first(lanterne: Run, tmp_path: Path) -> None:
    assert lanterne(*WORDS, data=tmp_path / "data", secret="court").code == 1
    assert not list(tmp_path.iterdir())


@contextmanager
def running(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server, and the address it says it answers at."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lanterne", *words, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        url = next((line for line in process.stdout if "http://" in line), "")
        assert url, "it ended before it answered"
        yield process, url[url.index("http://") :].strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_it_answers_on_loopback_with_the_names_of_those_who_may_unlock(demo: Path, verb: str) -> None:
    with running(verb, "--data", str(demo)) as (process, url):
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url + "ouvrir") as answer:  # noqa: S310
            assert "Dr Garance Morel" in answer.read().decode()
    assert process.returncode == 0


def test_commands_and_the_server_share_a_directory(lanterne: Run, demo: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(demo, root)
    table = tmp_path / "patients.csv"
    table.write_text("Nom;Prénom;Né le\nRoche;Paul;1/2/1980\n", "utf-8")
    with running("serve", "--data", str(root)):
        words = ("import", "--apply", "--json", "--as", "garance", str(table))
        assert lanterne(*words, data=root, secret=GARANCE).json["rows"]["registered"] == 1
        assert lanterne("check", "--json", "--as", "garance", data=root, secret=GARANCE).json["faults"] == []


def test_a_port_already_taken_is_said(demo: Path, lanterne: Run) -> None:
    with running("serve", "--data", str(demo)) as (_, url):
        port = url.rsplit(":", 1)[1].strip("/")
        ended = lanterne("serve", "--no-browser", "--port", port, data=demo)
    assert ended.code == 1
    assert port in ended.err


def test_serving_a_folder_of_something_else_is_refused(lanterne: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    ended = lanterne("serve", "--no-browser", "--port", "0", data=tmp_path)
    assert ended.code == 1
    assert "pas de cabinet" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_serving_nothing_offers_to_join_and_writes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "portable"
    with running("serve", "--data", str(root)) as (process, url):
        asked = urllib.request.Request(url, headers={"Accept": "text/html"})  # noqa: S310
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            assert answer.url == url + "rejoindre"
            assert "Rejoindre un cabinet" in answer.read().decode()
        assert not root.exists()
    assert process.returncode == 0
