"""`make mutants`: each fault of mutants.py put into a copy of the tree, and seeds played there until one is violated.

    python -m tests.simulation.mutate
    python -m tests.simulation.mutate --only no-fsync --seeds 20

Law: the tree as it is must pass the same seeds first. A mutant counts as caught when an invariant of the simulation
is violated, or when the run falls or never ends; what only other tests see is said and not counted. The score goes to
docs/evidence/mutants.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.simulation.mutants import MUTANTS, Mutant
from tools import evidence

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("lanterne", "tests", "tools", "stubs", "pyproject.toml")
WANTED = 0.95
NEVER_ENDS_S = 1800


def copy_tree(place: Path) -> None:
    """The tree, without what was built."""
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=left_out)
        else:
            shutil.copy2(source, place / name)


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of the copy. Raises subprocess.TimeoutExpired."""
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=NEVER_ENDS_S,
        check=False,
    )


def simulate(place: Path, seeds: int, first: int) -> str:
    """What was violated first; empty when nothing was."""
    asked = ("-m", "tests.simulation.run", "--fail-fast", "--seeds", str(seeds), "--first", str(first))
    try:
        done = run(place, *asked)
    except subprocess.TimeoutExpired:
        return "it never ends"
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("seed ")]
    return lines[0] if lines else f"it does not start: {done.stderr.strip().splitlines()[-1:]}"


def caught_elsewhere(place: Path, mutant: Mutant) -> bool:
    """Whether the tests the mutant names see it."""
    return (
        bool(mutant.unit) and run(place, "-m", "pytest", "-q", "-p", "no:xdist", mutant.unit).returncode == 1
    )


def put_in(mutant: Mutant, folder: Path, seeds: int, first: int) -> str:
    """How a mutant was caught, in a tree of its own; empty when it was not."""
    place = folder / mutant.id
    shutil.copytree(folder / "whole", place)
    path = place / mutant.file
    path.write_text(
        path.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8", newline=""
    )
    seen = simulate(place, seeds, first)
    found = re.match(r"seed (\d+):", seen)
    if found is not None:
        # The tree as it is must pass that very seed, or the mutant was not what was seen.
        healthy = simulate(folder / "whole", 1, int(found[1]))
        if healthy:
            raise SystemExit(f"the tree as it is does not pass: {healthy}")
    also = "" if seen or not caught_elsewhere(place, mutant) else " – seen by unit tests only"
    print(f"{'caught' if seen else 'NOT CAUGHT'}  {mutant.id}: {seen or mutant.breaks}{also}", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    return seen


def main() -> int:
    """0 when the tree passes and enough mutants are caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="at most so many for each mutant")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2, help="how many at once")
    parser.add_argument("--only", nargs="*", help="ids of mutants")
    asked = parser.parse_args()
    chosen = [one for one in MUTANTS if not asked.only or one.id in asked.only]
    when, revision, begun = datetime.now(UTC), evidence.commit(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lanterne-mutants-") as folder:
        whole = Path(folder) / "whole"
        copy_tree(whole)
        healthy = simulate(whole, min(asked.seeds, 10), asked.first)
        if healthy:
            print(f"the tree as it is does not pass: {healthy}", file=sys.stderr)
            return 1
        with ThreadPoolExecutor(asked.processes) as pool:
            seen = list(pool.map(lambda one: put_in(one, Path(folder), asked.seeds, asked.first), chosen))
    caught = [one.id for one, how in zip(chosen, seen, strict=True) if how]
    missed = [one.id for one, how in zip(chosen, seen, strict=True) if not how]
    score = len(caught) / len(chosen)
    print(
        f"mutants: {len(chosen)}, caught by the simulation {len(caught)} ({score:.1%}), not: {missed or 'none'}"
    )
    figures = {
        "seeds": f"{asked.first}–{asked.first + asked.seeds - 1}",
        "mutants": len(chosen),
        "caught": len(caught),
        "score": f"{score:.1%}",
        "not_caught": " ".join(missed) or "none",
        "minutes": round((time.monotonic() - begun) / 60),
    }
    if not asked.only:
        outcome = "passed" if score >= WANTED else "FAILED"
        print(evidence.append("mutants", evidence.row(when, revision, outcome, figures)).relative_to(ROOT))
    return 0 if score >= WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
