"""Papers: milliseconds and kilobytes each, from plain values to PDF bytes; the first one, the usual one, the worst.

What bounds it: laying out (typst), then packing fonts into each file. A compiler is made anew for each paper so that it
keeps nobody's data; `memory` says by how much the process grew after a thousand.
"""

from __future__ import annotations

import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lanterne.printing.day_lists import print_day_list
from lanterne.printing.letters import print_letter
from lanterne.printing.papers import Appointment, Column, DayList, Letter, Section
from lanterne.printing.prescriptions import print_prescription
from tests.printing.made import (
    AMOXICILLIN,
    BAPTISTE,
    DAY,
    LEVOTHYROXINE,
    MOREL,
    MORPHINE,
    drawn,
    prescribed,
    reader,
)

TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 200
MANY = 1_000


def prescription(*items: object) -> Callable[[int], bytes]:
    """One of each number, so that nothing is answered from what was laid out before."""

    def make(number: int) -> bytes:
        patient = replace(BAPTISTE, given_names=f"Jean {number}")
        return print_prescription(prescribed(*items, patient=patient))[0].pdf  # type: ignore[arg-type]

    return make


def letter(number: int) -> bytes:
    sections = tuple(Section(title=f"Partie {at}", lines=(f"ligne {number}",) * 6) for at in range(5))
    body = (f"Cher confrère, {number}", *sections, "Le reste du texte. " * 40)
    return print_letter(
        Letter(sender=MOREL, recipient=("Dr Petit", "37000 Tours"), made_on=DAY, subject="avis", body=body)
    ).pdf


def day_list(number: int) -> bytes:
    rows = tuple(
        Appointment(
            at=f"{8 + at // 4:02d}:{at % 4 * 15:02d}",
            minutes=15,
            name=f"Patient {number}-{at}",
            phones=("0639981234",),
        )
        for at in range(40)
    )
    columns = tuple(Column(practitioner=f"Dr {who}", appointments=rows) for who in range(5))
    return print_day_list(DayList(practice="Cabinet", day=DAY, columns=columns)).pdf


CASES: dict[str, Callable[[int], bytes]] = {
    "plain, 3 lines": prescription(*[AMOXICILLIN] * 3),
    "bizone, 8 lines": prescription(*[LEVOTHYROXINE] * 5, *[AMOXICILLIN] * 3),
    "secured, 2 lines": prescription(MORPHINE, MORPHINE),
    "plain, 40 lines": prescription(*[AMOXICILLIN] * 40),
    "letter, one page": letter,
    "day list, 5 doctors, 200 rows": day_list,
    "10,000 letters without a space": prescription(replace(AMOXICILLIN, posology="x" * 10_000)),
}


def memory_mb() -> float:
    return psutil.Process().memory_info().rss / 1e6


def main() -> None:
    print(
        f"{platform.processor() or platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}"
    )
    started = time.perf_counter()
    CASES["plain, 3 lines"](-1)
    print(f"first paper of a process (fonts read): {(time.perf_counter() - started) * 1000:.0f} ms")
    print(f"{'paper':32} {'p50 ms':>8} {'p99 ms':>8} {'kB':>6} {'pages':>6}")
    for name, make in CASES.items():
        taken = []
        pdf = b""
        for number in range(TIMES):
            started = time.perf_counter()
            pdf = make(number)
            taken.append((time.perf_counter() - started) * 1000)
        taken.sort()
        p99 = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
        print(
            f"{name:32} {statistics.median(taken):8.1f} {p99:8.1f} {len(pdf) / 1000:6.0f} {len(reader(pdf).pages):6}"
        )
    rng = random.Random(20261122)
    whole = [drawn(rng) for _ in range(MANY)]
    before, started = memory_mb(), time.perf_counter()
    papers = sum(len(print_prescription(one)) for one in whole)
    alone = time.perf_counter() - started
    print(
        f"{MANY} prescriptions at random: {papers} papers, {alone / papers * 1000:.1f} ms each; memory {memory_mb() - before:+.0f} MB"
    )
    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(print_prescription, whole))
    print(
        f"the same from four threads: {(time.perf_counter() - started) / papers * 1000:.1f} ms each; memory {memory_mb() - before:+.0f} MB"
    )


if __name__ == "__main__":
    main()
