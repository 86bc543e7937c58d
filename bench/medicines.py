"""Medicines: how long a load takes, and milliseconds a keystroke on the whole public base and on the starter list.

The published files are those of ../shared/samples, or of the folder given; without them, only the starter list is
measured, and that is said. Queries are names of the base itself, drawn with a seed: every beginning of a DCI or brand as it
is typed, letter by letter, then with a spelling mistake, a strength, a form. What bounds it: the rows that a beginning of
one or two letters finds, and the distance to every word of the base when nothing begins as typed.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from _figures import machine, timed

from lanterne.reference.medicines import editions, opened
from lanterne.reference.medicines.base import Answers
from lanterne.reference.medicines.load import load
from lanterne.reference.medicines.opening import the_starter

SAMPLES = (
    Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "samples"
)
DRAWN = 300
SEED = 20_260_518


def misspelled(word: str, draw: random.Random) -> str:
    """One letter left out, doubled, changed or swapped with the next, as fingers do."""
    place = draw.randrange(1, len(word) - 1)
    how = draw.randrange(4)
    if how == 0:
        return word[:place] + word[place + 1 :]
    if how == 1:
        return word[:place] + word[place] + word[place:]
    if how == 2:
        return word[:place] + draw.choice("aeinrst") + word[place + 1 :]
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def queries(base: Answers) -> dict[str, list[tuple[str, str]]]:
    """(typed, name meant) by kind."""
    draw = random.Random(SEED)
    names = [one.text for one in base.names() if len(one.text) > 6 and "homéopathiques" not in one.text]
    chosen = draw.sample(names, min(DRAWN, len(names)))
    hits = [(name, base.search(name, limit=1)) for name in chosen]
    strong = [
        (f"{name[:4]} {found[0].strength}", name) for name, found in hits if found and found[0].strength
    ]
    letters = [(name[:length], name) for name in chosen[:60] for length in range(1, len(name))]
    return {
        "as typed, letter by letter": letters,
        "one letter": [(letter, "") for letter in "abcdefghilmnoprstvz"],
        "first four letters and a strength": strong,
        "with a spelling mistake": [(misspelled(name, draw), name) for name in chosen],
        "nothing like it": [(name[::-1], "") for name in chosen[:100]],
    }


def spread(taken: list[float]) -> str:
    """Median, 99th centile and worst, in milliseconds."""
    taken = sorted(taken)
    p99 = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    return f"p50 {statistics.median(taken):5.2f} p99 {p99:6.2f} worst {taken[-1]:6.2f} ms"


def measure(base: Answers, what: str) -> None:
    """Print the figures of one base."""
    print(f"-- {what}")
    for kind, asked in queries(base).items():
        taken, worked, right = [], [], 0
        for typed, meant in asked:
            begun, worked_before = time.perf_counter(), time.thread_time()
            found = base.search(typed, limit=12)
            worked.append((time.thread_time() - worked_before) * 1000)
            taken.append((time.perf_counter() - begun) * 1000)
            right += any(
                meant.casefold() in (hit.brand.casefold(), hit.substance.casefold()) for hit in found
            )
        among = f"  meant is among the first 12: {right / len(asked):.0%}" if asked[0][1] else ""
        print(
            f"{kind:34} {len(asked):5} queries  {spread(taken)}  of which processor {spread(worked)}{among}"
        )
    pairs = [("ibuprofène", "warfarine"), ("amiodarone", "hydroxyzine"), ("augmentin", "méthotrexate")]
    p50, p99 = timed(lambda: [base.interactions(*pair) for pair in pairs], 200)
    print(f"{'interactions of three pairs':34}   200 times    p50 {p50:6.2f} ms  p99 {p99:6.2f} ms")
    p50, p99 = timed(lambda: base.diagnoses("diabete type 2"), 100)
    print(f"{'diagnoses by words':34}   100 times    p50 {p50:6.2f} ms  p99 {p99:6.2f} ms")


def main() -> None:
    """Run."""
    print(machine())
    begun = time.perf_counter()
    starter = the_starter()
    first = starter.search("amox 1g")
    print(
        f"starter list: first answer {(time.perf_counter() - begun) * 1000:.0f} ms after the start ({first[0].title})"
    )
    measure(starter, f"starter list, {starter.edition.parts[0].lines} substances")
    if not (SAMPLES / "bdpm").is_dir():
        print(f"the public base is not at {SAMPLES.name}: nothing else to measure")
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        begun = time.perf_counter()
        told = load(SAMPLES, data, today=datetime.now(UTC).date())
        took = time.perf_counter() - begun
        lines = sum(file.lines for file in told.files)
        size = editions.present(data)[0].path.stat().st_size / 1e6
        print(f"load: {lines} lines in {took:.1f} s, one file of {size:.0f} MB")
        editions._seen.clear()
        begun = time.perf_counter()
        base = opened(data)
        opening = (time.perf_counter() - begun) * 1000
        base.search("amox 1g")
        first_ms = (time.perf_counter() - begun) * 1000
        print(f"opening: {opening:.0f} ms, its digest checked; first answer {first_ms:.0f} ms after")
        measure(base, f"public base of {told.dated}")
        base.close()


main()
