"""Alerts when the treatments of the demo practice are renewed: how many fire per 100 renewals, and how long it takes.

Every patient with a long-term treatment is renewed once, for three months, as it stands, by the same door as the screen
(nothing is written). What bounds the time: reading the words of treatments nobody prescribed here yet, and asking the
base for each pair of substances.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from lanterne.demo.founding import found_demo
from lanterne.journal import founding
from lanterne.journal.journal import Journal
from lanterne.practice.commands import Look
from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.checks.running import run
from lanterne.practice.prescriptions.renewing import Renew
from lanterne.practice.record import Record
from lanterne.seal import unlock
from lanterne.wire.names import PatientId

PATIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_500
WORDS = {"doctor": "lilas blanc du matin", "locum": "lilas blanc du soir", "secretary": "lilas blanc de midi"}
SEVERITIES = ("contraindicated", "discouraged", "precaution", "noted")


def main() -> None:
    """Print the figures."""
    unlock.ARGON2_MEMORY_KIB = 64
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "practice"
        found_demo(root, patients=PATIENTS, seed=20, today=datetime.now(UTC).date(), passphrases=WORDS)  # type: ignore[arg-type]
        journal = Journal.open(root)
        seat = next(one for one in journal.membership.seats if one.admin)
        record = Record(root, journal, *founding.open_seat(journal, seat.id, WORDS["doctor"]))
        report(record)
        record.close()


def report(record: Record) -> None:
    """Renew everybody once, in thought."""
    connection = record.connection()
    look = Look(connection, record.writer().person, record.clock_ms(), record.draw_id, record.root)
    patients = [
        PatientId(bytes(row[0]).hex())
        for row in connection.execute(
            "SELECT DISTINCT p.id FROM statement s JOIN subject p ON p.no = s.subject JOIN kind k ON k.no = s.kind"
            " JOIN patient r ON r.subject = p.no WHERE k.name = 'treatment.recorded' AND s.live = 1"
            " AND r.merged_into = 0 ORDER BY p.id"
        )
    ]
    fired: Counter[tuple[str, str, str]] = Counter()
    unchecked: Counter[tuple[str, str]] = Counter()
    by_patient: list[Counter[str]] = []
    lines = unread = 0
    times, refused = [], Counter[str]()
    for patient in patients:
        began = time.perf_counter()
        try:
            asked, known, _stopped = Renew(patient, duration_d=90).load(look)
        except Refusal as error:
            refused[error.code] += 1
            continue
        outcome = run(known.gathered.context)
        times.append((time.perf_counter() - began) * 1000)
        lines += len(asked.lines)
        unread += sum(not line.posology for line in asked.lines)
        fired.update((one.severity, one.check, one.code) for one in outcome.fired)
        unchecked.update((one.check, one.code) for one in outcome.unchecked)
        by_patient.append(Counter(one.severity for one in outcome.fired))
    renewals = len(by_patient)
    print(
        f"{PATIENTS} patients; {renewals} renewals of {lines} lines ({unread} in words alone); refused: {dict(refused)}"
    )
    times.sort()
    print(f"ms a renewal: median {statistics.median(times):.1f}, p99 {times[int(len(times) * 0.99)]:.1f}")
    for severity in SEVERITIES:
        total = sum(one[severity] for one in by_patient)
        touched = sum(bool(one[severity]) for one in by_patient)
        print(
            f"{severity}: {100 * total / renewals:.1f} per 100 renewals, in {100 * touched / renewals:.1f} % of them"
        )
    print("not checked:", f"{100 * sum(unchecked.values()) / renewals:.0f} per 100 renewals")
    for what, count in fired.most_common():
        print(f"  {count:5} {' '.join(what)}")
    for kind, count in unchecked.most_common():
        print(f"  {count:5} not checked: {' '.join(kind)}")


main()
