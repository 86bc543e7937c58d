"""`make torture`: run the tests marked torture with large counts, then add their figures to docs/evidence/.

Each such test calls the `evidence` fixture (tests/conftest.py) once it has measured. A run that failed is
recorded too: a series of green rows from which the red ones were left out proves nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ROOT / "docs" / "evidence"
COUNTS = {
    "LANTERNE_KILLS": "1000",
    "LANTERNE_FLIPS": "500",
    "LANTERNE_SEEDS": "200",
    "LANTERNE_MUTATIONS": "10000",
    "LANTERNE_IMPORTS": "40",
    "LANTERNE_SIMULATED": "2000",
    "LANTERNE_PAPERS": "1000",
}
NOTHING_COLLECTED = 5

Figures = dict[str, int | float | str]


def commit() -> str:
    """The short hash of what was run, with "+changes" when the tree differs from it (evidence aside)."""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    name = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    command = ["git", "status", "--porcelain", "--", ".", ":!docs/evidence"]
    changes = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    return f"{name}+changes" if changes else name


def row(when: datetime, revision: str, outcome: str, figures: Figures) -> str:
    """One line of the table: date in UTC, commit, outcome of the whole run, seed, figures as given."""
    seed = figures.get("seed", figures.get("seeds", "–"))
    rest = ", ".join(f"{name} {value}" for name, value in figures.items() if name not in ("seed", "seeds"))
    return f"| {when:%Y-%m-%d %H:%M} | {revision} | {outcome} | {seed} | {rest} |\n"


def append(subject: str, line: str) -> Path:
    """Add a line to docs/evidence/SUBJECT.md, made with its heading when it is the first."""
    target = EVIDENCE / f"{subject}.md"
    if not target.exists():
        columns = "| date (UTC) | commit | run | seed | figures |\n|---|---|---|---|---|\n"
        target.write_text(f"# Evidence: {subject}\n\n{columns}", encoding="utf-8")
    with target.open("a", encoding="utf-8") as stream:
        stream.write(line)
    return target


def main() -> int:
    """Run, then record. The exit code is pytest's."""
    revision, when = commit(), datetime.now(UTC)
    with tempfile.TemporaryDirectory() as place:
        figures_file = Path(place) / "figures.jsonl"
        environment = {**COUNTS, **os.environ, "LANTERNE_EVIDENCE": str(figures_file)}
        for name in COUNTS:
            print(f"{name}={environment[name]}", flush=True)
        command = [sys.executable, "-m", "pytest", "-m", "torture", *sys.argv[1:]]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        lines = figures_file.read_text(encoding="utf-8").splitlines() if figures_file.exists() else []
    if code == NOTHING_COLLECTED:
        print("No test is marked torture: nothing was run, nothing is recorded.", file=sys.stderr)
        return code
    outcome = "passed" if code == 0 else f"FAILED ({code})"
    records = [json.loads(line) for line in lines]
    if code != 0 and not records:
        records = [{"subject": "failures", "figures": {"note": "stopped before any figure"}}]
    for record in records:
        print(append(record["subject"], row(when, revision, outcome, record["figures"])).relative_to(ROOT))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
