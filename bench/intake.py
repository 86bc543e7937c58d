"""Files into charts: files and facts a second for each format, then whole records in FHIR, and the floor.

`python bench/intake.py [patients] [files] [--rounds N] [--profile]`, 0 for none: 600 bundles of FHIR R4 (some 142,000 resources,
300 kB each) and 200 files of every other format, drawn by seed. Every import is that of `lanterne import
--create-patients --archive` into a new practice, in a process of its own; it is measured from the first file to the
last outcome told, so with the start of the readers. Memory is the most each process held, new practice included.

The floor does what no import of the same can avoid, in one thread: parse the same JSON, seal and append the same
facts in as many entries and fsyncs, fold them. It reads no meaning, checks nothing, keeps no original, matches nobody.
CPU seconds say more than the clock on a machine that others use.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import os
import pstats
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
from _bundles import bundle, resources
from _figures import machine
from _mail import KINDS
from _population import found

from lanterne.intake import detect
from lanterne.intake.filing.filer import BATCH_FILES, Filer
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.sandbox import Sandbox, shared
from lanterne.journal.journal import Writing
from lanterne.practice.record import Record
from lanterne.seal.secrets import open_sealed
from lanterne.wire.entry import associated_data
from lanterne.wire.names import Compartment, Stream
from lanterne.wire.part import Part, decode_part

# On a machine of this size, one client: ../shared/bench/PEERS.md is where they were measured.
PEERS = "Medplum 5.0.10: 180 to 220 resources/s; GNU Health 5.0.6: 249 to 325 rows/s (2 cores, PostgreSQL 15)"
SEED = 20_261_122
MIB = 1024 * 1024


class Watched:
    """Seconds by the clock and by the processor, and the most memory, of this process and of its readers."""

    def __enter__(self) -> Watched:
        gc.collect()
        self._process = psutil.Process()
        self._readers: dict[int, float] = {}
        self._used_before = self._read_cpu()
        self.session_bytes = self.reader_bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        self._begun, self._spent = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._begun, time.process_time() - self._spent
        self._stop.set()
        self._thread.join()
        self._look()
        self.reader_cpu = sum(self._readers.values()) - self._used_before

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self._look()

    def _look(self) -> None:
        self.session_bytes = max(self.session_bytes, self._process.memory_info().rss)
        self._read_cpu()

    def _read_cpu(self) -> float:
        """Seconds of the readers so far: of one replaced, what it had at the last look."""
        for child in self._process.children():
            try:
                times, memory = child.cpu_times(), child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            self._readers[child.pid] = times.user + times.system
            self.reader_bytes = max(getattr(self, "reader_bytes", 0), memory)
        return sum(self._readers.values())

    def told(self) -> dict[str, float]:
        """For another process."""
        return {"wall": self.wall, "cpu": self.cpu, "reader_cpu": self.reader_cpu,
                "session_mib": self.session_bytes / MIB, "reader_mib": self.reader_bytes / MIB}  # fmt: skip


# ---------------------------------------------------------------------- reading


def facts_of(document: Document | Unreadable) -> int:
    """What a document states, its parts too."""
    if isinstance(document, Unreadable):
        raise document
    return len(document.statements) + sum(facts_of(part) for part in document.parts)


def read_alone(files: list[tuple[str, bytes]]) -> tuple[float, int]:
    """CPU seconds to read files in this process, the collector off as in the reading process; facts found."""
    limits, facts = Limits(), 0
    detect.read(files[0][1], limits, files[0][0])  # its reader is imported
    gc.collect()
    gc.disable()
    begun = time.process_time()
    for name, content in files:
        facts += facts_of(detect.read(content, limits, name))
    taken = time.process_time() - begun
    gc.enable()
    return taken, facts


def read_apart(files: list[tuple[str, bytes]], size: int) -> float:
    """Seconds by the clock through warm reading processes."""
    with Sandbox(size) as sandbox:
        for _ in sandbox.read_many(files[: 2 * size]):
            pass
        begun = time.perf_counter()
        for _, document in sandbox.read_many(files):
            facts_of(document)
        return time.perf_counter() - begun


# ---------------------------------------------------------------------- importing, in a process of its own


def import_here(folder: Path, root: Path, *, floor: bool) -> dict[str, Any]:
    """Import a folder into a new practice, then once more, then do the floor of the same."""
    record = found(root / "practice")
    files = [(path.name, path) for path in sorted(folder.iterdir())]
    shared()
    told: dict[str, Any] = {}
    for turn in ("first", "again"):
        with Watched() as watched:
            filer = Filer(record, create_patients=True, arrived=False)
            outcomes = list(filer.take_many(files))
        told[turn] = {
            **watched.told(),
            "facts": sum(one.facts for one in outcomes),
            "created": sum(one.created for one in outcomes),
            "outcomes": dict(Counter(one.outcome for one in outcomes)),
        }
    shared().close()
    if floor:
        told["floor"] = floor_of(record, folder, root)
    record.close()
    return told


def floor_of(record: Record, folder: Path, root: Path) -> dict[str, float]:
    """CPU seconds for what cannot be avoided, and beside it those of keeping the originals sealed."""
    entries = list(_entries(record))
    bare = found(root / "floor")
    contents = [path.read_bytes() for path in sorted(folder.iterdir())]
    spent: dict[str, float] = {}
    begun, clock = time.process_time(), time.perf_counter()

    def lap(name: str) -> None:
        nonlocal begun
        spent[name] = time.process_time() - begun
        begun = time.process_time()

    for content in contents:
        msgspec.json.decode(content)
    lap("parse")
    for first in range(0, len(entries), BATCH_FILES):
        moment = bare.clock_ms()
        bare.journal.write_many(
            Writing(bare.seat, bare.keyring, Stream.CARE, parts, moment)
            for parts in entries[first : first + BATCH_FILES]
        )
    lap("seal and append")
    bare.catch_up()
    lap("fold")
    spent["wall"] = time.perf_counter() - clock
    begun = time.process_time()
    for content in contents:
        bare.journal.blobs.put(content)
    lap("originals")
    bare.close()
    return spent


def _entries(record: Record) -> Iterator[list[tuple[Compartment, Part]]]:
    """The parts of every entry of a practice, opened."""
    keys = {
        epoch.key_id: (compartment, record.keyring.epoch_keys(epoch.key_id))
        for compartment in (Compartment.OFFICE, Compartment.MEDICAL)
        for epoch in record.journal.membership.all_epochs(compartment)
    }
    for arrived in record.journal.since(Stream.CARE):
        head, parts = arrived.entry.head, []
        for index, body in enumerate(arrived.entry.bodies):
            compartment, opened = keys[head.parts[index].key_id]
            assert opened is not None
            assert body is not None
            bound = associated_data(head.signed, len(head.parts), index)
            parts.append((compartment, decode_part(open_sealed(opened.part_key, body, bound, "part"))))
        yield parts


def import_apart(folder: Path, root: Path, *, floor: bool = False) -> dict[str, Any]:
    """The same in a new process, whose memory is its own."""
    command = [sys.executable, __file__, "--import", str(folder), str(root), *(["--floor"] if floor else [])]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    told: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return told


# ---------------------------------------------------------------------- what is printed


def measure_mail(count: int, root: Path, rounds: int) -> None:
    """A table: the formats of every day."""
    print(f"{count} files a format, best of {rounds}; a second:")
    print(
        f"{'':18} {'a file':>9} {'facts':>5} {'read':>8} {'facts':>9} {'apart':>8} {'by two':>8} "
        f"{'import':>8} {'facts':>8} {'cpu each':>8} {'again':>8}  outcomes"
    )
    for number, (name, (ending, make)) in enumerate(KINDS.items()):
        files = [(f"{rank:04}.{ending}", make(rank, SEED)) for rank in range(count)]
        measure_format(name, files, root / f"format{number}", rounds)
    print(
        "bound by  the disk: two fsyncs for each original and each text shown beside it, one after the other"
    )


def measure_format(name: str, files: list[tuple[str, bytes]], root: Path, rounds: int) -> None:
    """A line: the best of the rounds of each."""
    folder = _written(root / "files", files)
    alone, facts = min(read_alone(files) for _ in range(rounds))
    one = min(read_apart(files, 1) for _ in range(rounds))
    two = min(read_apart(files, 2) for _ in range(rounds))
    turns = [import_apart(folder, root / f"round{turn}") for turn in range(rounds)]
    whole = min(turns, key=lambda told: told["first"]["wall"])
    wall, count = whole["first"]["wall"], len(files)
    spent = min(told["first"]["cpu"] + told["first"]["reader_cpu"] for told in turns)
    again = min(told["again"]["wall"] for told in turns)
    outcomes = ", ".join(f"{number} {word}" for word, number in sorted(whole["first"]["outcomes"].items()))
    assert whole["again"]["outcomes"] == {"duplicate": count}, whole["again"]["outcomes"]
    print(
        f"{name:18} {sum(len(content) for _, content in files) / count / 1000:6.1f} kB {facts / count:5.1f} "
        f"{count / alone:8,.0f} {facts / alone:9,.0f} {count / one:8,.0f} {count / two:8,.0f} "
        f"{count / wall:8,.0f} {whole['first']['facts'] / wall:8,.0f} {spent / count * 1000:5.1f} ms {count / again:8,.0f}  {outcomes}"
    )


def measure_records(patients: int, root: Path, rounds: int) -> None:
    """Whole records: each round prints its lines, so that a disturbed one shows."""
    files = [(f"{number:04}.json", bundle(number, seed=SEED)) for number in range(patients)]
    count, size = sum(resources(content) for _, content in files), sum(len(content) for _, content in files)
    folder = _written(root / "files", files)
    print(f"\nFHIR R4     {patients} patients, {count:,} resources, {size / MIB:.0f} MiB; {PEERS}")
    best = 0.0
    for turn in range(rounds):
        print(
            f"round {turn + 1}     load {os.getloadavg()[0]:.1f}"
            if hasattr(os, "getloadavg")
            else f"round {turn + 1}"
        )
        alone, facts = read_alone(files)
        print(
            f"  read alone           {alone:6.2f} s cpu   {count / alone:9,.0f} resources/s  {facts:,} facts"
        )
        for processes in (1, 2):
            taken = read_apart(files, processes)
            print(f"  read apart, {processes} process {taken:6.2f} s wall  {count / taken:9,.0f} resources/s")
        told = import_apart(folder, root / f"round{turn}", floor=True)
        first, again, floor = told["first"], told["again"], told["floor"]
        bare = floor["parse"] + floor["seal and append"] + floor["fold"]
        spent = first["cpu"] + first["reader_cpu"]
        print(
            f"  import               {first['wall']:6.2f} s wall  {count / first['wall']:9,.0f} resources/s  "
            f"{first['facts']:,} facts, {first['created']} patients, {first['outcomes']}\n"
            f"    cpu: session {first['cpu']:.2f} s, readers {first['reader_cpu']:.2f} s; most memory: session "
            f"{first['session_mib']:.0f} MiB, a reader {first['reader_mib']:.0f} MiB\n"
            f"  floor                {bare:6.2f} s cpu   {count / bare:9,.0f} resources/s  (parse {floor['parse']:.2f}, seal and append "
            f"{floor['seal and append']:.2f}, fold {floor['fold']:.2f}; originals would add {floor['originals']:.2f})\n"
            f"    the import takes {spent / bare:.1f} times the processor of the floor, {first['wall'] / floor['wall']:.1f} times its time\n"
            f"  the same again       {again['wall']:6.2f} s wall  {patients / again['wall']:9,.0f} files/s  {again['outcomes']}"
        )  # fmt: skip
        assert again["outcomes"] == {"duplicate": patients}, again["outcomes"]
        best = max(best, count / first["wall"])
    print(
        f"best        {best:,.0f} resources/s: {best / 220:.0f} times Medplum's most, {best / 325:.0f} times GNU Health's\n"
        "bound by    the session: facts decided, sealed, appended and folded in Python, and between them the disk, two fsyncs for\n"
        "            each original and each text shown beside it; the reader has read the next ones long before"
    )


def profile_import(patients: int, root: Path) -> None:
    """Where the session's time goes, then the reader's."""
    folder = _written(
        root / "files", [(f"{number:04}.json", bundle(number, seed=SEED)) for number in range(patients)]
    )
    record = found(root / "practice")
    filer = Filer(record, create_patients=True, arrived=False)
    profile = cProfile.Profile()
    profile.runcall(lambda: list(filer.take_many((path.name, path) for path in sorted(folder.iterdir()))))
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
    record.close()
    profile = cProfile.Profile()
    profile.runcall(read_alone, [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())])
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def _written(folder: Path, files: list[tuple[str, bytes]]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files:
        (folder / name).write_bytes(content)
    return folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="?", type=int, default=600)
    parser.add_argument("files", nargs="?", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--import", dest="importing", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.importing:
        print(json.dumps(import_here(*options.importing, floor=options.floor)))
        return
    with tempfile.TemporaryDirectory(prefix="lanterne-bench-") as folder:
        root = Path(folder)
        if options.profile:
            profile_import(options.patients, root)
            return
        print(machine())
        if options.files:
            measure_mail(options.files, root, options.rounds)
        if options.patients:
            measure_records(options.patients, root / "fhir", options.rounds)


if __name__ == "__main__":
    main()
