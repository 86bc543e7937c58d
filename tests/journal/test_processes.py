"""Real processes on one directory: killed at any moment, or writing all at once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.wire.names import Stream
from tests.journal.stage import Practice, jot, texts

KILLS = int(os.environ.get("LANTERNE_KILLS", "20"))
SEED = int(os.environ.get("LANTERNE_SEED", "1"))
HERE = Path(__file__).resolve().parents[2]


def start(practice: Practice, name: str, count: int) -> subprocess.Popen[str]:
    """Spawn a writer, as on a doctor's PC: a fresh interpreter, no fork of this one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journal.writer_process", str(practice.root), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE,
    )
    assert process.stdin is not None
    process.stdin.write(practice.seat.secret_to_store().hex() + "\n")
    process.stdin.flush()
    return process


def read_until(process: subprocess.Popen[str], lines: int) -> int:
    """Read that many acknowledgements, or to the end; the last number."""
    assert process.stdout is not None
    last = -1
    for _ in range(lines):
        line = process.stdout.readline()
        if not line:
            break
        last = int(line)
    return last


@pytest.mark.torture
def test_a_killed_writer_loses_nothing_it_acknowledged(
    practice: Practice, evidence: Callable[..., None]
) -> None:
    chance = random.Random(SEED)
    acknowledged: list[str] = []
    for kill in range(KILLS):
        process = start(practice, f"life{kill}", 1_000_000)
        last = read_until(process, chance.randint(1, 40))
        # From here the writer goes on while we wait a random while on something real: reading some more
        # bytes.
        timer = threading.Timer(chance.random() * 0.02, process.kill)
        timer.start()
        rest = process.stdout
        assert rest is not None
        for line in rest:
            if line.endswith("\n"):
                last = int(line)
        timer.join()
        process.wait()
        acknowledged += [f"life{kill}/{number}" for number in range(last + 1)]
    journal = practice.open()
    found = {*texts(journal, practice), *texts(journal, practice, Stream.TRACE)}
    lost = [text for text in acknowledged if text not in found]
    assert lost == []
    assert len(found) <= len(acknowledged) + KILLS  # at most one a life was written and not yet acknowledged
    assert journal.forks == []
    report = check_store(practice.root, practice.keyring)
    assert report.faults == []
    assert report.entries == len(found)
    assert jot(journal, practice, "after all").chain.incarnation == 0
    evidence("kills of the journal", seed=SEED, kills=KILLS, acknowledged=len(acknowledged), lost=len(lost))


def test_three_processes_at_once_fork_nothing(practice: Practice) -> None:
    processes = [start(practice, name, 40) for name in ("screen", "import", "command")]
    try:
        assert [read_until(process, 40) for process in processes] == [39, 39, 39]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    journal = practice.open()
    found = [*texts(journal, practice), *texts(journal, practice, Stream.TRACE)]
    assert sorted(found) == sorted(
        f"{name}/{n}" for name in ("screen", "import", "command") for n in range(40)
    )
    assert journal.forks == []
    assert {head.chain.incarnation for head in journal.heads} == {0}
    report = check_store(practice.root, practice.keyring)
    assert report.faults == []
    assert report.entries == 120
