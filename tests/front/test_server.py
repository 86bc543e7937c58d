"""The front as a process: it starts, and when it ends, however it ends, nothing stays unlocked behind it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lanterne.front.errors import FrontError
from tests.front.stage import GARANCE, INES, WAIT_S, Browser, Stage, practice

PROGRAM = Path(__file__).with_name("front_program.py")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(PROGRAM), str(practice(tmp_path / "practice"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def browser_of(process: subprocess.Popen[str]) -> Browser:
    assert process.stdout is not None
    return Browser(int(process.stdout.readline().strip().rstrip("/").rpartition(":")[2]))


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(signal.SIGINT, id="ctrl-c"),
        pytest.param(signal.SIGTERM, id="sigterm"),
        pytest.param(getattr(signal, "SIGKILL", None), id="kill -9"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals; Ctrl-Break there is not tested")
def test_no_worker_outlives_its_front(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """An orphan would hold the keys of a seat nobody can lock any more."""
    garance, ines = (browser := browser_of(process)), Browser(browser.port)
    garance.unlock(GARANCE)
    ines.unlock(INES)
    workers = workers_of(process)
    assert len(workers) == 2
    process.send_signal(how)
    code = process.wait(WAIT_S)
    left = psutil.wait_procs(workers, timeout=WAIT_S)[1]
    assert left == []
    if how != signal.SIGKILL:
        assert code == 0
        assert process.stdout is not None
        assert process.stdout.read() == "ended\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps descriptors apart by itself")
def test_a_worker_does_not_hold_the_other_s_input(process: subprocess.Popen[str]) -> None:
    """If it did, the first would not see its input close, and would not end at lock."""
    garance, ines = (browser := browser_of(process)), Browser(browser.port)
    garance.unlock(GARANCE)
    ines.unlock(INES)
    first, second = workers_of(process)
    garance.post("/verrouiller")
    ines.post("/verrouiller")
    assert psutil.wait_procs([first, second], timeout=WAIT_S)[1] == []


def test_it_listens_on_loopback_only(stage: Stage) -> None:
    """A waiting room's Wi-Fi must not see the unlock page."""
    listening = [
        one.laddr for one in psutil.Process().net_connections("inet") if one.status == psutil.CONN_LISTEN
    ]
    assert [address.ip for address in listening if address.port == stage.port] == ["127.0.0.1"]


def test_a_taken_port_is_said(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        busy = Stage(stage.root)
        busy.front._port = other.getsockname()[1]
        with pytest.raises(FrontError) as caught:
            stage.do(busy.front.start())
    assert caught.value.code == "front.port_taken"
    assert caught.value.params["port"] == busy.front.port


def test_stopping_cuts_connections_and_closes_the_port(tmp_path: Path) -> None:
    with Stage(practice(tmp_path / "practice")) as stage:
        held = socket.create_connection(("127.0.0.1", stage.port), timeout=WAIT_S)
        Browser(stage.port).get("/etat")  # by now the held connection is served as well
        port = stage.port
    assert held.recv(10) == b""
    held.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
