"""kill -9 of the relay and of the devices, under load: nothing acknowledged is lost, and nobody is accused.

Three machines, each with a process that writes and the process that exchanges in the background; a relay, a folder, and
an address on the network between them. At random instants one of the seven processes, or both of a machine, is killed
and started again. LANTERNE_KILLS says how many kills altogether: a fifth of them are this test’s (5 unless said).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.sync import ways
from lanterne.sync.going import nudge
from tests.journal.stage import Practice
from tests.relay.process import RelayProcess
from tests.relay.test_kills import entry_hash
from tests.sync.carriers import ROOT, WAIT_S, CarrierProcess, file_of, free_port, same
from tests.sync.stage import Machine, another_machine, content, first_machine

KILLS = max(5, int(os.environ.get("LANTERNE_KILLS", "20")) // 5)
SEED = int(os.environ.get("LANTERNE_KILLS_SEED", "20261122"))
LIFE = 40
"""Kills after which the play begins anew: a practice that grew for long makes each look at it long."""


SETTLED_S = 300.0
"""Patience with what many kills left to be handed over; no test says how long it takes."""


def until(true: Callable[[], bool], otherwise: str) -> None:
    """Wait for it; in vain, fail with `otherwise`."""
    end = time.monotonic() + SETTLED_S
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)


class Writer:
    """A machine's writing process; what it acknowledged, over all its lives."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine, self.name = machine, name
        self.entries: set[str] = set()
        self.blobs: set[str] = set()
        self.lives = 0
        self.process: subprocess.Popen[str] | None = None
        self.reading: threading.Thread | None = None

    def start(self) -> None:
        self.lives += 1
        self.first = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.writer", str(self.machine.root), f"{self.name}{self.lives}"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdin is not None
        self.process.stdin.write(self.machine.practice.seat.secret_to_store().hex() + "\n")
        self.process.stdin.flush()
        self.reading = threading.Thread(target=self._read, args=(self.process, self.first))
        self.reading.start()

    def _read(self, process: subprocess.Popen[str], first: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("\n"):  # a line cut by the kill acknowledges nothing
                kind, name = line.split()
                (self.entries if kind == "entry" else self.blobs).add(name)
                first.set()
        process.stdout.close()

    def kill(self) -> None:
        assert self.process is not None
        assert self.reading is not None
        alive = self.process.poll() is None
        self.process.kill()
        self.process.wait()
        self.reading.join()
        assert alive, f"{self.name} fell by itself"


class Play:
    """The seven processes."""

    def __init__(self, machines: dict[str, Machine], folder: Path) -> None:
        self.machines, self.folder = machines, folder
        self.relay = RelayProcess.start(folder / "relay", "--open", "10")
        self.port = self.relay.address[1]
        self._ways(folder)
        self.writers = {name: Writer(machine, name) for name, machine in machines.items()}
        self.carriers = {name: CarrierProcess(machine.root) for name, machine in machines.items()}
        self.killed: Counter[str] = Counter()

    def _ways(self, folder: Path) -> None:
        """The relay for all; Garance's PC answers on the network; she and Awa share a folder."""
        garance, theo, awa = self.machines.values()
        shared, port = folder / "shared", free_port()
        shared.mkdir()
        for machine in self.machines.values():
            ways.keep_relay(machine.journal, file_of(self.relay))
        ways.keep_listening(garance.journal, port)
        ways.keep_device(theo.journal, f"127.0.0.1:{port}")
        for machine in (garance, awa):
            ways.keep_folder(machine.journal, shared)

    def victim(self, dice: random.Random) -> None:
        """Somebody is killed, and started again at once or after a while."""
        what = dice.choice(("relay", "writer", "carrier", "carrier", "machine"))
        name = dice.choice(list(self.machines))
        self.killed[what] += 1
        pause = threading.Event()
        if what == "relay":
            self.relay.kill()
            pause.wait(dice.choice((0, 0, 0.5)))
            self.relay = RelayProcess.start(self.folder / "relay", "--open", "10", "--port", str(self.port))
        if what in ("carrier", "machine"):
            assert self.carriers[name].process.poll() is None, f"the carrier of {name} fell by itself"
            self.carriers[name].kill()
        if what in ("writer", "machine"):
            writer = self.writers[name]
            if dice.random() < 0.8:
                assert writer.first.wait(WAIT_S), f"{name} never came to write"
            writer.kill()
            writer.start()
        if what in ("carrier", "machine"):
            pause.wait(dice.choice((0, 0, 0.3)))
            self.carriers[name] = CarrierProcess(self.machines[name].root)

    def settle(self) -> None:
        """Nobody writes any more; everybody ends with everything."""
        for writer in self.writers.values():
            assert writer.first.wait(WAIT_S)
            writer.kill()
        self._ask()
        until(lambda: same(*self.machines.values()), "they do not end with one record")
        # Nothing tells a machine of documents that came to the relay after their entries: a person asks again.
        until(self._documents_are_alike, "documents differ")
        until(lambda: self._after_a_while(not self.withheld()), "the relay does not end with everything")

    def _ask(self) -> None:
        for machine in self.machines.values():
            nudge(machine.journal)

    def _documents_are_alike(self) -> bool:
        return self._after_a_while(
            len({frozenset(machine.journal.blobs.names()) for machine in self.machines.values()}) == 1
        )

    def _after_a_while(self, so: bool) -> bool:
        """Whether it is so; when not, everybody is asked once more."""
        if not so:
            self._ask()
            threading.Event().wait(1.0)
        return so

    def stop(self) -> None:
        for carrier in self.carriers.values():
            carrier.kill()
        for writer in self.writers.values():
            if writer.process is not None and writer.process.poll() is None:
                writer.kill()
        self.relay.kill()

    @property
    def acknowledged(self) -> set[str]:
        return {one for writer in self.writers.values() for one in writer.entries}

    @property
    def documents(self) -> set[str]:
        return {one for writer in self.writers.values() for one in writer.blobs}

    def lost(self) -> list[str]:
        """Acknowledged, and not on every disk, or not whole there."""
        found = []
        for name, machine in self.machines.items():
            gone = self.acknowledged - content(machine.journal)
            found += [f"{name}: entry {one}" for one in sorted(gone)]
            held = set(machine.journal.blobs.names())
            found += [f"{name}: document {one}" for one in sorted(self.documents - held)]
            for one in sorted(self.documents & held):
                machine.journal.blobs.verify(one)
        return found

    def withheld(self) -> list[str]:
        """What every machine holds and the relay does not hand over."""
        garance = next(iter(self.machines.values()))
        device = self.relay.device(garance.device, garance.journal.practice)
        handed = {entry_hash(raw) for raw in device.everything().values()}
        return sorted(self.acknowledged - handed)

    def wrong(self) -> list[str]:
        """Damages on the disks, and accusations: there was no lie."""
        found = []
        for name, machine in self.machines.items():
            found += [f"{name}: {one.file} {one.meaning}" for one in check_store(machine.root).faults]
            found += [f"{name} accuses: {one.lie.value} {one.why}" for one in machine.known.alarms()]
        return found


@contextmanager
def playing(founded: Practice, folder: Path) -> Iterator[Play]:
    """Three machines of a practice that begins, everybody at work."""
    shutil.copytree(founded.root, folder / "garance")
    garance = first_machine(replace(founded, root=folder / "garance"))
    machines = {"garance": garance}
    for seed, name in ((20, "theo"), (40, "awa")):
        machines[name] = another_machine(garance, folder / name, seed=seed)
    play = Play(machines, folder)
    try:
        for writer in play.writers.values():
            writer.start()
        yield play
    finally:
        play.stop()


@pytest.mark.torture
def test_nothing_acknowledged_is_lost(
    founded: Practice, tmp_path: Path, evidence: Callable[..., None]
) -> None:
    dice = random.Random(SEED)
    killed: Counter[str] = Counter()
    lost: list[str] = []
    wrong: list[str] = []
    acknowledged = documents = done = 0
    while done < KILLS:
        with playing(founded, tmp_path / f"play {done}") as play:
            for writer in play.writers.values():
                assert writer.first.wait(WAIT_S), "nobody came to write"
            for _ in range(min(LIFE, KILLS - done)):
                threading.Event().wait(
                    dice.uniform(0, 1.0)
                )  # the instant of the kill, not a wait for something
                play.victim(dice)
                done += 1
            play.settle()
            lost += play.lost()
            killed += play.killed
            acknowledged += len(play.acknowledged)
            documents += len(play.documents)
        wrong += play.wrong()
    evidence(
        "exchange-kills",
        seed=SEED,
        kills=KILLS,
        acknowledged=acknowledged,
        documents=documents,
        lost=len(lost),
        wrong=len(wrong),
        **{f"of_{what}": count for what, count in sorted(killed.items())},
    )
    assert lost == []
    assert wrong == []
    assert acknowledged > KILLS, "hardly anything was acknowledged: the kills try nothing"
