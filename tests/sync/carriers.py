"""Real carriers: one process for each machine, as the front starts it, and a relay in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lanterne.sync.going import Going, read_going
from lanterne.sync.relay_file import RelayFile, read_relay_file
from tests.relay.process import RelayProcess
from tests.sync.stage import Machine, content

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 60.0
LOOK_S = 0.05


def until(true: Callable[[], bool], otherwise: str) -> None:
    """Wait for it. No test says how long it takes; one that waits in vain fails with `otherwise`."""
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(LOOK_S)


class CarrierProcess:
    """`python -m lanterne.sync.carrier` on one machine's directory."""

    def __init__(self, root: Path, **told: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lanterne.sync.carrier"], cwd=ROOT, stdin=subprocess.PIPE, bufsize=0
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"data": str(root), **told}).encode() + b"\n")

    def end(self) -> int:
        """Close its input, as a front that ends does; its exit code."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        return self.process.wait(WAIT_S)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def carrying(*machines: Machine) -> Iterator[list[CarrierProcess]]:
    """A carrier on each, ended whatever happens."""
    running = [CarrierProcess(machine.root) for machine in machines]
    try:
        yield running
    finally:
        fallen = [one.process.poll() for one in running if one.process.poll() not in (None, 0, -9)]
        for one in running:
            one.end()
        assert not fallen, f"a carrier fell: {fallen}; its words are on the standard error"


@contextmanager
def relay_process(root: Path) -> Iterator[RelayProcess]:
    """`lanterne relay`, killed whatever happens."""
    relay = RelayProcess.start(root, "--open", "10")
    try:
        yield relay
    finally:
        relay.kill()


def file_of(relay: RelayProcess) -> RelayFile:
    """The file that names it."""
    host, port = relay.address
    return read_relay_file(RelayFile(f"http://{host}:{port}", relay.relay, relay.key).pack())


def free_port() -> int:
    """A port nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def same(*machines: Machine) -> bool:
    """Whether they hold the same entries."""
    return len({frozenset(content(machine.journal)) for machine in machines}) == 1


def going(machine: Machine) -> Going:
    return read_going(machine.journal)
