"""The first fold of 300,000 facts, and its floor: the same journal decrypted, inflated and inserted with
nothing else.

`python bench/fold.py [facts] [patients]`. A synthetic practice: visits with their measures, laboratory panels
of twelve lines, treatments, problems, corrections. Figures are wall clock on this machine; the collector is
off while writing, as in every bulk work. The floor does what no fold can avoid: read the journal, open each
part, inflate it, insert one row a fact in an encrypted table with its unique id. It does not check shapes,
order, liveness or conflicts.
"""

from __future__ import annotations

import cProfile
import gc
import os
import platform
import pstats
import random
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
from sqlcipher3 import dbapi2 as sqlite

from lanterne.journal import founding
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal, Writing
from lanterne.practice.content import content
from lanterne.practice.folding import Folder
from lanterne.practice.record import Record
from lanterne.practice.tables import Tables
from lanterne.seal.secrets import open_sealed
from lanterne.wire.entry import associated_data
from lanterne.wire.names import Compartment, FactId, PatientId, Stream
from lanterne.wire.part import Fact, Part, inflate

SEED = 20_261_122
PASSPHRASE = "lampe tempete au bout du quai"
TEN_YEARS_MS = 10 * 365 * 86_400_000
NOW_MS = 1_795_000_000_000
WORDS = [
    "toux",
    "fièvre",
    "douleur",
    "lombaire",
    "droite",
    "gauche",
    "depuis",
    "trois",
    "jours",
    "sans",
    "irradiation",
    "auscultation",
    "claire",
    "abdomen",
    "souple",
    "tension",
    "correcte",
    "poursuite",
    "du",
    "traitement",
    "surveillance",
    "à",
    "revoir",
    "si",
    "besoin",
    "arrêt",
    "repos",
    "bilan",
    "demandé",
    "contrôle",
    "normal",
]
TESTS = (
    ("718-7", "Hémoglobine", "g/dL", 13.5, 1.6), ("6690-2", "Leucocytes", "10*9/L", 7.1, 2.0),
    ("777-3", "Plaquettes", "10*9/L", 250, 60), ("14682-9", "Créatinine", "umol/L", 80, 20),
    ("2823-3", "Potassium", "mmol/L", 4.2, 0.4), ("2951-2", "Sodium", "mmol/L", 140, 3),
    ("4548-4", "HbA1c", "%", 6.2, 1.0), ("2093-3", "Cholestérol total", "g/L", 2.0, 0.4),
    ("13457-7", "LDL calculé", "g/L", 1.2, 0.3), ("2085-9", "HDL", "g/L", 0.5, 0.1),
    ("2571-8", "Triglycérides", "g/L", 1.3, 0.5), ("3016-3", "TSH", "mUI/L", 2.1, 0.9),
)  # fmt: skip


class Hurried(OsFiles):
    """A journal for measuring only: made durable by nobody."""

    def fsync(self, handle: int) -> None:
        """Not here."""

    def fsync_directory(self, path: Path) -> None:
        """Not here."""


@dataclass
class Practice:
    """Where the journal lies, and who opens it."""

    root: Path
    record: Record
    entries: int
    facts: int


def visit(dice: random.Random, patient: PatientId, past: list[FactId]) -> list[Fact]:
    """What one entry says: a visit with its measures, a panel, or one statement, sometimes a correction."""

    def fact(kind: str, body: dict[str, object], replaces: tuple[FactId, ...] = ()) -> Fact:
        return Fact(FactId(dice.randbytes(16).hex()), kind, 1, replaces, None, body)

    def words(count: int) -> str:
        return " ".join(dice.choices(WORDS, k=count))

    what = dice.random()
    if what < 0.45:
        visited = fact(
            "consultation.recorded",
            {"reason": words(3), "findings": words(30), "conclusion": words(8), "text": words(10)},
        )
        measured = [
            {"code": "29463-7", "label": "Poids", "value": f"{dice.gauss(72, 12):.1f}", "unit": "kg"},
            {"code": "8480-6", "label": "PAS", "value": f"{dice.gauss(130, 12):.0f}", "unit": "mm[Hg]"},
            {"code": "8462-4", "label": "PAD", "value": f"{dice.gauss(80, 8):.0f}", "unit": "mm[Hg]"},
        ]
        return [visited, fact("measure.recorded", {"components": measured})]
    if what < 0.65:
        return [
            fact(
                "result.recorded",
                {
                    "label": label, "code": code, "unit": unit, "value": f"{dice.gauss(mean, spread):.2f}",
                    "low": f"{mean - 2 * spread:.2f}", "high": f"{mean + 2 * spread:.2f}", "panel": "Bilan",
                    "laboratory": "Laboratoire du quai",
                },
            )
            for code, label, unit, mean, spread in TESTS
        ]  # fmt: skip
    corrected = (past[-1],) if past and dice.random() < 0.15 else ()
    treatment = fact(
        "treatment.recorded",
        {"substance": words(1), "posology": "1 matin et soir", "since": "2019-04", "reason": words(2)},
        corrected,
    )
    past.append(treatment.id)
    return [treatment]


def entries(dice: random.Random, record: Record, patients: int, facts: int) -> Iterator[Writing]:
    """Writings of a practice: everybody registered, then visits at random until there are enough facts."""
    people = [PatientId(dice.randbytes(16).hex()) for _ in range(patients)]
    pasts: dict[PatientId, list[FactId]] = {one: [] for one in people}
    start, written = NOW_MS - TEN_YEARS_MS, 0
    for number, one in enumerate(people):
        body: dict[str, object] = {
            "birth_name": f"Nom{dice.randrange(9_000)}", "first_given": dice.choice(WORDS).title(),
            "birth_date": f"19{dice.randrange(30, 99)}-0{dice.randrange(1, 9)}-1{dice.randrange(9)}",
            "sex": dice.choice(("male", "female")),
        }  # fmt: skip
        identity = Fact(FactId(dice.randbytes(16).hex()), "patient.identified", 1, (), None, body)
        part = [(Compartment.OFFICE, Part(one, (identity,)))]
        yield Writing(record.seat, record.keyring, Stream.CARE, part, start + number)
        written += 1
    step = TEN_YEARS_MS * 3 // facts
    moment = start + patients
    while written < facts:
        one = dice.choice(people)
        said = tuple(visit(dice, one, pasts[one])[: facts - written])
        moment += step
        yield Writing(
            record.seat, record.keyring, Stream.CARE, [(Compartment.MEDICAL, Part(one, said))], moment
        )
        written += len(said)


def found(root: Path, patients: int, facts: int) -> Practice:
    """Write the journal."""
    files = Hurried()
    made = founding.found_practice(
        root,
        label="Mesure",
        passphrase=PASSPHRASE,
        now_ms=NOW_MS - TEN_YEARS_MS - 1,
        random=secrets.token_bytes,
        files=files,
    )
    journal = Journal.open(root, files=files)
    keys, keyring = founding.open_seat(journal, made.seat, PASSPHRASE)
    record = Record(root, journal, keys, keyring)
    gc.disable()
    done = journal.write_many(entries(random.Random(SEED), record, patients, facts))
    gc.enable()
    return Practice(root, record, len(done), facts)


class Peak:
    """The most memory this process held while it ran, in MiB above what it began with."""

    def __enter__(self) -> Peak:
        """Begin."""
        gc.collect()
        self._process = psutil.Process()
        self._begin = self._most = self._process.memory_info().rss
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self._most = max(self._most, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stop.set()
        self._thread.join()
        self._most = max(self._most, self._process.memory_info().rss)

    @property
    def mib(self) -> float:
        """MiB above the beginning."""
        return (self._most - self._begin) / 1024**2


class Taken(NamedTuple):
    """Seconds by the clock on the wall and by the processor, and MiB at the most."""

    wall: float
    cpu: float
    mib: float


def timed(work: Callable[[], object]) -> Taken:
    """What some work takes."""
    with Peak() as peak:
        begun, spent = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    return Taken(wall, cpu, peak.mib)


def floor(practice: Practice, path: Path, key: str) -> tuple[float, float, float]:
    """Processor seconds to read the journal, to decrypt and inflate, and to insert: what no fold can avoid."""
    keyring, journal = practice.record.keyring, practice.record.journal
    opened = {
        epoch.key_id: keyring.epoch_keys(epoch.key_id)
        for epoch in journal.membership.all_epochs(Compartment.MEDICAL)
    }
    opened |= {
        epoch.key_id: keyring.epoch_keys(epoch.key_id)
        for epoch in journal.membership.all_epochs(Compartment.OFFICE)
    }
    gc.disable()
    begun = time.process_time()
    held = list(journal.since(Stream.CARE))
    read = time.process_time() - begun
    begun = time.process_time()
    plain: list[bytes] = []
    for arrived in held:
        head = arrived.entry.head
        for index, body in enumerate(arrived.entry.bodies):
            keys = opened[head.parts[index].key_id]
            assert keys is not None
            assert body is not None
            plain.append(
                inflate(
                    open_sealed(
                        keys.part_key, body, associated_data(head.signed, len(head.parts), index), "part"
                    )
                )
            )
    decrypt = time.process_time() - begun
    del held
    decode, encode = msgspec.msgpack.Decoder().decode, msgspec.msgpack.Encoder().encode
    rows = [
        (number, row["id"], row["kind"], encode(row["body"]))
        for number, row in enumerate(row for part in plain for row in decode(part)["facts"])
    ]
    del plain
    begun = time.process_time()
    connection = sqlite.connect(str(path), isolation_level=None)
    if key:
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.execute(
        "CREATE TABLE fact(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT, body BLOB)"
    )
    connection.executemany("INSERT INTO fact VALUES (?,?,?,?)", rows)
    connection.execute("COMMIT")
    connection.close()
    insert = time.process_time() - begun
    gc.enable()
    return read, decrypt, insert


def main() -> None:
    """Measure and print."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--profile"]
    facts = int(arguments[0]) if arguments else 300_000
    patients = int(arguments[1]) if len(arguments) > 1 else max(1, facts // 200)
    print(
        f"machine   {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite.sqlite_version}, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory(prefix="lanterne-bench-") as folder:
        root = Path(folder)
        begun = time.perf_counter()
        practice = found(root / "practice", patients, facts)
        size = sum(one.stat().st_size for one in (root / "practice" / "journal" / "care").glob("*.seg"))
        print(
            f"journal   {facts:,} facts, {patients:,} patients, {practice.entries:,} entries, {size / 1024**2:.0f} MiB, "
            f"written in {time.perf_counter() - begun:.1f} s"
        )
        record = practice.record
        if "--profile" in sys.argv:
            profile = cProfile.Profile()
            profile.runcall(record.folder.rebuild)
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)
            return
        first = timed(record.catch_up)
        print(_line("fold", first, facts))
        again = timed(record.folder.rebuild)
        print(_line("rebuild", again, facts))
        weight = record.tables.path.stat().st_size
        expected = content(record.tables.read(), "medical")
        idle = min(timed(record.catch_up).cpu for _ in range(5))
        print(f"nothing new: {idle * 1e3:.2f} ms a request; tables {weight / 1024**2:.0f} MiB")
        read, decrypt, insert = floor(practice, root / "floor.db", secrets.token_hex(32))
        whole = read + decrypt + insert
        print(
            f"floor     {whole:6.2f} s cpu: read and hash {read:.2f}, decrypt and inflate {decrypt:.2f}, insert {insert:.2f}"
            f"; fold is {first.cpu / whole:.1f} times that, rebuild {again.cpu / whole:.1f} times"
        )
        plain = Plain(root / "plain", "medical", b"")
        (root / "plain").mkdir()
        bare = timed(Folder(plain, record.journal, record.keyring, (Stream.CARE,)).rebuild)
        assert content(plain.read(), "medical") == expected
        share = 100 * (again.cpu / bare.cpu - 1)
        print(f"plain     {bare.cpu:6.2f} s cpu: encrypting the tables costs {share:.0f} % of a rebuild")
        print(
            "bound by  Python object work: shapes of bodies checked, facts and rows made; then SQLite's insertions"
        )
        plain.close()
        record.close()


def _line(name: str, taken: Taken, facts: int) -> str:
    return (
        f"{name:9} {taken.wall:6.2f} s wall, {taken.cpu:6.2f} s cpu  {facts / taken.wall:9,.0f} facts/s"
        f"  peak {taken.mib:.0f} MiB more"
    )


class Plain(Tables):
    """The same tables in a file that is not encrypted: to know what encryption costs, never for anything
    else.
    """

    def _unlock(self, connection: sqlite.Connection) -> None:
        """No key."""


if __name__ == "__main__":
    main()
