"""Two real `lanterne serve`: each keeps a carrier, which opens nothing, ends with its front and is started again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lanterne.sync import ways
from tests.front.test_memory import occurrences
from tests.journal.stage import Practice, found
from tests.sync.carriers import carrying, file_of, free_port, going, relay_process, same, until
from tests.sync.stage import Machine, another_machine, first_machine
from tests.sync.test_carrier import troubles

ROOT = Path(__file__).resolve().parents[2]
SECRET_WORDS = "xylophobie découverte un mardi"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return found(tmp_path_factory.mktemp("garance") / "data")


@pytest.fixture
def machines(founded: Practice, tmp_path: Path) -> tuple[Machine, Machine]:
    """Garance's PC and Théo's laptop."""
    shutil.copytree(founded.root, tmp_path / "garance")
    garance = first_machine(replace(founded, root=tmp_path / "garance"))
    return garance, another_machine(garance, tmp_path / "theo", seed=20)


@contextmanager
def serving(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "lanterne", "serve", "--data", str(root), "--port", "0", "--no-browser"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as front:
        try:
            yield front
        finally:
            if front.poll() is None:
                front.send_signal(signal.SIGTERM)


def carrier_of(front: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The one process of this front that exchanges."""
    for child in psutil.Process(front.pid).children(recursive=True):
        try:
            if "lanterne.sync.carrier" in child.cmdline():
                return child
        except psutil.NoSuchProcess:  # it ended while it was looked at
            continue
    return None


def runs(process: psutil.Process) -> bool:
    """A zombie has ended: whoever inherits it may take a while to bury it."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_two_fronts_exchange_by_the_relay_and_the_carrier_is_started_again(
    machines: tuple[Machine, Machine], tmp_path: Path
) -> None:
    garance, theo = machines
    with relay_process(tmp_path / "relay") as relay, ExitStack() as stack:
        for machine in machines:
            ways.keep_relay(machine.journal, file_of(relay))
        fronts = [stack.enter_context(serving(machine.root)) for machine in machines]
        garance.jot("garance writes")
        theo.jot("theo writes")
        until(lambda: same(garance, theo), "they do not exchange")
        until(lambda: carrier_of(fronts[0]) is not None, "there is no carrier")
        first = carrier_of(fronts[0])
        assert first is not None
        first.kill()
        garance.jot("while it is dead")
        until(lambda: same(garance, theo), "it was not started again")
        again = carrier_of(fronts[0])
        assert again is not None
        assert again.pid != first.pid
        until(lambda: "carrier.fell" in troubles(garance), "that it fell is not told")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(signal.SIGTERM, id="sigterm"),
        pytest.param(
            getattr(signal, "SIGKILL", None),
            id="kill -9",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
        ),
    ],
)
def test_the_carrier_ends_with_its_front(machines: tuple[Machine, Machine], how: signal.Signals) -> None:
    garance, _ = machines
    with serving(garance.root) as front:
        until(lambda: carrier_of(front) is not None, "there is no carrier")
        carrier = carrier_of(front)
        assert carrier is not None
        front.send_signal(how)
        front.wait()
        until(lambda: not runs(carrier), "it outlives its front")


@pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="reading the memory of another process needs Linux's /proc"
)
def test_its_memory_holds_nothing_that_opens(machines: tuple[Machine, Machine]) -> None:
    """While it gives and takes what was written: not a seat's secret, not an epoch's key, not a word of a note."""
    garance, theo = machines
    port = free_port()
    ways.keep_listening(garance.journal, port)
    ways.keep_device(theo.journal, f"127.0.0.1:{port}")
    with carrying(garance, theo) as running:
        for number in range(30):
            garance.jot(f"{SECRET_WORDS} {number}")
            theo.jot(f"{SECRET_WORDS} again {number}")
        until(lambda: same(garance, theo), "they do not exchange")
        keys = [one.practice.seat.secret_to_store() for one in machines]
        keys += [epoch.part_key for epoch in garance.practice.keyring._epochs.values()]
        assert len(keys) > 3
        for machine, one in zip(machines, running, strict=True):
            pid = one.process.pid
            public = machine.practice.seat.sign_key
            assert occurrences(pid, public) > 0, "the search finds nothing: it looks in the wrong place"
            assert [occurrences(pid, key) for key in keys] == [0] * len(keys)
            assert occurrences(pid, SECRET_WORDS.encode()) == 0
        assert going(garance).listening == port
