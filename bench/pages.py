"""What a doctor waits for: the chart page and its queries, search, a write until durable, start-up and
unlock.

Charts of 200 and 2,000 facts among 1,500, 22,500 and 100,000 patients (the others hold 10, 2 and no clinical
facts, so that the run stays short; what matters is the size of the tables). `python bench/pages.py 1500` for
one size.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from _figures import machine, timed
from _population import PASSPHRASE, chart, fill, found

from lanterne.practice.chart import commands, queries
from lanterne.practice.chart.statements import page
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients.search import search
from lanterne.practice.reading import Traces, open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.wire.names import PatientId

SIZES = tuple(int(argument) for argument in sys.argv[1:]) or (1_500, 22_500, 100_000)
OTHERS = {1_500: 10, 22_500: 2, 100_000: 0}
TODAY = date(2026, 11, 22)


def main() -> None:
    """Measure and print."""
    print(machine())
    os.environ["DJANGO_SETTINGS_MODULE"] = "lanterne.site.settings"
    import django

    django.setup()
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder) / "data", size)


def measure(root: Path, size: int) -> None:
    """One practice."""
    opened = found(root)
    fill(opened, size, OTHERS.get(size, 2))
    patients = {facts: chart(opened, facts) for facts in (200, 2_000)}
    before = time.perf_counter()
    opened.folder.rebuild()
    print(f"\n{size:,} patients (tables folded in {time.perf_counter() - before:.1f} s)")
    for facts, patient in patients.items():
        measure_chart(opened, facts, patient)
    line("search « bari »", *timed(lambda: search(opened.connection(), "bari", today=TODAY), 200))
    line("search « zoe 1972 »", *timed(lambda: search(opened.connection(), "zoe 1972", today=TODAY), 200))
    body = NoteRecorded(text="Patient rappelé, va mieux. " * 8)
    line(
        "a note until durable and folded",
        *timed(lambda: record(opened, commands.Record(patients[200], body)), 200),
    )
    line("its fsync alone, same bytes", *timed(lambda: fsync_alone(root), 200))
    opened.close()
    measure_opening(root)


def measure_chart(opened: Record, facts: int, patient: PatientId) -> None:
    """The queries of the summary, of the first fifty lines, and the whole page through Django."""
    from django.test import Client

    from lanterne.desk import presence

    traces = Traces()
    line(f"chart of {facts:,}: open (traced)", *timed(lambda: open_chart(opened, traces, patient), 100))
    seen = open_chart(opened, traces, patient)
    line(f"chart of {facts:,}: summary queries", *timed(lambda: queries.summary(seen, today=TODAY), 100))
    line(f"chart of {facts:,}: fifty lines", *timed(lambda: page(seen, [], limit=50), 100))
    presence.begin(opened, front_secret="bench")
    client = Client(headers={"X-Lanterne-Front": "bench", "host": "127.0.0.1"})
    answer = client.get(f"/dossier/{patient}")
    assert answer.status_code == 200, answer.status_code
    url = f"/dossier/{patient}"
    line(
        f"chart of {facts:,}: page, {len(answer.content) / 1000:.0f} kB", *timed(lambda: client.get(url), 60)
    )


def measure_opening(root: Path) -> None:
    """From the passphrase to the port that answers, in a worker process as the front starts it."""
    from lanterne.journal.founding import list_seats

    seat = list_seats(root)[0].seat
    order = {"data": str(root), "seat": seat, "passphrase": PASSPHRASE, "front_secret": "bench"}
    taken = []
    for _ in range(3):
        before = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "lanterne.site.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps(order).encode() + b"\n")
            worker.stdin.flush()
            assert json.loads(worker.stdout.readline())["ok"]
            taken.append((time.perf_counter() - before) * 1000)
            with contextlib.suppress(BrokenPipeError):
                worker.stdin.close()
    line("unlock: passphrase to a worker that answers", sorted(taken)[1], max(taken))


def fsync_alone(root: Path) -> None:
    """The floor of a write: the same bytes appended and fsynced."""
    with (root / "floor").open("ab") as stream:
        stream.write(b"x" * 900)
        stream.flush()
        os.fsync(stream.fileno())


def line(what: str, p50: float, p99: float) -> None:
    """One figure."""
    print(f"  {what:<48} p50 {p50:8.2f} ms   p99 {p99:8.2f} ms")


if __name__ == "__main__":
    main()
