"""Tables of prescription lines with what they mean, and what the reader makes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lanterne.practice.prescriptions.posology.names import BaseNames
from lanterne.practice.prescriptions.posology.reading import read
from lanterne.practice.prescriptions.posology.structure import to_plain
from lanterne.reference.medicines import opened
from tests.practice.prescriptions.posology.comparing import differences

HERE = Path(__file__).resolve().parent
SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "posologies" / "posologies.tsv"


@dataclass(frozen=True)
class Line:
    """One line of a table. `expected` is None where it must be asked about."""

    text: str
    expected: dict[str, Any] | None
    why: str


@dataclass
class Score:
    """How many lines were read right, asked about, or wrong."""

    right: int = 0
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unwarned: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    must_ask: int = 0

    @property
    def structured(self) -> int:
        """Lines that have one structure."""
        return self.right + len(self.asked) + sum(not one.startswith("must ask") for one in self.wrong)

    def __str__(self) -> str:
        return (
            f"{self.right} of {self.structured} understood right, {len(self.asked)} asked about, {len(self.wrong)} wrong; "
            f"{self.must_ask} that must be asked about were; warned in vain: {len(self.warned)}"
        )


@cache
def names() -> BaseNames:
    """The names of the starter list."""
    return BaseNames(opened(None))


def lines(path: Path) -> list[Line]:
    """The lines of a table."""
    found = []
    for row in path.read_text(encoding="utf-8").splitlines()[1:]:
        _, text, expected, why = row.split("\t")
        found.append(Line(text, None if expected == "ASK" else json.loads(expected), why))
    return found


def score(path: Path) -> Score:
    """Read every line of a table."""
    score = Score()
    for line in lines(path):
        reading = read(line.text, names())
        assert reading.understood is (reading.structure is not None) is (not reading.ask), line.text
        if line.expected is None:
            if reading.understood:
                score.wrong.append(f"must ask: {line.text}")
            else:
                score.must_ask += 1
            continue
        if reading.structure is None:
            score.asked.append(f"{line.text}: {[point.code for point in reading.ask]}")
            continue
        if found := differences(to_plain(reading.structure), line.expected):
            score.wrong.append(f"{line.text}: {found}")
        else:
            score.right += 1
        danger = line.why.startswith("DANGER")
        if danger and not reading.warnings:
            score.unwarned.append(line.text)
        if reading.warnings and not danger:
            score.warned.append(f"{line.text}: {[point.code for point in reading.warnings]}")
    return score
