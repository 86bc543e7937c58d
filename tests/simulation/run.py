"""`make sim SEEDS=N FIRST=S`: play seeds, say in one line what was played, and fail at a violation.

python -m tests.simulation.run --seeds 200 --first 1
python -m tests.simulation.run --seeds 1 --first 4711 --verbose     one seed, line by line
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter

from tests.simulation.play import play


def main() -> int:
    """0 when every invariant held for every seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.run", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first one")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first violation")
    parser.add_argument("--verbose", action="store_true", help="print what happens, line by line")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    asked = parser.parse_args()
    faults: Counter[str] = Counter()
    events, broken, played = 0, [], 0
    begun = time.monotonic()
    for seed in range(asked.first, asked.first + asked.seeds):
        done = play(seed, verbose=asked.verbose)
        played += 1
        events += done.trace.events
        faults += done.trace.faults
        if asked.verbose:
            print(f"seed {seed}: trace {done.trace.hash}")
        if done.violation:
            broken.append(seed)
            print(f"seed {seed}: {done.violation}", file=sys.stderr)
            print(f"  again: make sim SEEDS=1 FIRST={seed} VERBOSE=1", file=sys.stderr, flush=True)
            if asked.fail_fast:
                break
    took = max(time.monotonic() - begun, 0.001)
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(faults.items()))
    verdict = "no violation" if not broken else f"{len(broken)} VIOLATED: {' '.join(map(str, broken[:10]))}"
    print(
        f"simulation: {played} seeds from {asked.first}, {events} events, faults: {kinds or 'none'};"
        f" {played * 3600 / took:.0f} seeds/hour; {verdict}"
    )
    if asked.json:
        figures = {"seeds": played, "first": asked.first, "events": events, "seconds": round(took, 1)}
        print(json.dumps({**figures, "violations": len(broken), "faults": dict(sorted(faults.items()))}))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
