"""How long a word takes from one machine to the other by the background, and what the background costs at rest.

    python -m bench.carrier [WORDS]

Two carriers in processes of their own on loopback; the relay is a process too. From the return of the write (fsynced)
to the entry being held by the other machine, looked at every 5 ms. At rest: processor time over 30 s, memory.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from lanterne.sync import ways
from tests.journal.stage import found
from tests.sync.carriers import carrying, file_of, free_port, relay_process, same
from tests.sync.stage import Machine, another_machine, first_machine

REST_S = 30.0


def main() -> None:
    """Measure each way alone."""
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        garance = first_machine(found(place / "garance"))
        theo = another_machine(garance, place / "theo", seed=20)
        with relay_process(place / "relay") as relay:
            for machine in (garance, theo):
                ways.keep_relay(machine.journal, file_of(relay))
            _measure("relay", garance, theo, words)
            for machine in (garance, theo):
                ways.forget_relay(machine.journal)
        port = free_port()
        ways.keep_listening(garance.journal, port)
        ways.keep_device(theo.journal, f"127.0.0.1:{port}")
        _measure("network, by who knows the address", theo, garance, words)
        _measure("network, by who is asked", garance, theo, words)
        ways.forget_device(theo.journal, f"127.0.0.1:{port}")
        (place / "share").mkdir()
        for machine in (garance, theo):
            ways.keep_folder(machine.journal, place / "share")
        _measure("folder", garance, theo, words)


def _measure(name: str, writer: Machine, reader: Machine, words: int) -> None:
    with carrying(writer, reader) as running:
        writer.jot(f"{name}: to begin with")
        _wait(lambda: same(writer, reader))
        took = []
        for number in range(words):
            writer.jot(f"{name} {number}")
            began = time.perf_counter()
            held = writer.journal.heads
            _wait(lambda held=held: _holds(reader, held))  # type: ignore[misc]
            took.append(time.perf_counter() - began)
            time.sleep(2 * (number % 5) / 5)  # not in step with what is looked at every so often
        processes = [psutil.Process(one.process.pid) for one in running]
        time.sleep(10)
        before = [sum(one.cpu_times()[:2]) for one in processes]
        time.sleep(REST_S)
        cost = [sum(one.cpu_times()[:2]) - spent for one, spent in zip(processes, before, strict=True)]
        memory = max(one.memory_info().rss for one in processes) / 1e6
    print(
        f"{name}: median {statistics.median(took):.2f} s, worst {max(took):.2f} s of {words}; at rest "
        f"{100 * max(cost) / REST_S:.1f} % of a processor, {memory:.0f} MB; {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _holds(machine: Machine, heads: list[object]) -> bool:
    machine.journal.refresh()
    return all(machine.journal.holds(head) for head in heads)  # type: ignore[arg-type]


def _wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        if time.monotonic() > end:
            raise SystemExit("it never arrives")
        time.sleep(0.005)


if __name__ == "__main__":
    main()
