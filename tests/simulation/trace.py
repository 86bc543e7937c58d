"""What happened in a run, line by line, and its hash: the same seed gives the same lines.

Law: a line is written where something happens, in the order it happens, and names nothing that differs from one
run of a seed to another: no address, no path, no time of this machine.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter


class Violation(AssertionError):
    """An invariant does not hold. The first one ends the run."""


class Trace:
    """The events of one run."""

    def __init__(self, *, verbose: bool = False) -> None:
        self.events = 0
        self.faults: Counter[str] = Counter()
        self._digest = hashlib.sha256()
        self._verbose = verbose
        self.lines: list[str] = []

    def tell(self, *words: object) -> None:
        """Something happened."""
        line = " ".join(str(word) for word in words)
        self.events += 1
        self._digest.update(line.encode() + b"\n")
        self.lines.append(line)
        if self._verbose:
            print(f"{self.events:5d}  {line}", flush=True)

    def fault(self, kind: str, *words: object) -> None:
        """A fault struck."""
        self.faults[kind] += 1
        self.tell("!", kind, *words)

    @property
    def hash(self) -> str:
        """Of every line so far: 16 hex digits."""
        return self._digest.hexdigest()[:16]


class Draws:
    """One source of chance for each purpose, all from one seed: drawing more for one changes no other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, purpose: str) -> random.Random:
        """The chance of one purpose, from its beginning."""
        return random.Random(f"{self.seed}/{purpose}")
