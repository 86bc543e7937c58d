"""What one step of a line says so far, while it is read.

Law: a draft only gathers; whether it holds together is decided where it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lanterne.practice.prescriptions.posology.lengths import Length
from lanterne.practice.prescriptions.posology.structure import Point, Quantity


@dataclass
class Taken:
    """A quantity at an intake: so many of a form, or of a unit, or of what is not said."""

    number: Quantity
    form: str | None = None
    unit: str | None = None
    per: str = ""


@dataclass
class Draft:
    """What a step says so far.

    `in_units`: an earlier step is dosed in mg, mL…: amounts are doses, no strengths. `bare_before`: an earlier strength
    was a bare number: so may this step's be. `sold`: the numbers of the strengths the base has for the name.
    """

    first: bool = True
    in_units: bool = False
    bare_before: bool = False
    sold: frozenset[str] = frozenset()
    insulin: bool = False
    strength: str | None = None
    simple_strength: bool = False
    form: str | None = None
    unit: str | None = None
    dose: Quantity | None = None
    per: str = ""
    times: Quantity | None = None
    every_h: Quantity | None = None
    moments: dict[str, Quantity] = field(default_factory=dict)
    days: str | tuple[str, ...] | None = None
    weeks: Quantity | None = None
    length: Length | None = None
    day: tuple[int, int] | None = None
    applications: bool = False
    moments_given: bool = False
    asks: list[Point] = field(default_factory=list)

    def ask(self, code: str, **words: str) -> None:
        """One more open point."""
        point = Point(code, words)
        if point not in self.asks:
            self.asks.append(point)

    @property
    def rhythm(self) -> bool:
        """Whether something says how often."""
        return bool(
            self.times is not None or self.every_h is not None or self.moments or self.days or self.weeks
            or self.per in ("j", "kg/j")
        )  # fmt: skip


def most_of(number: Quantity) -> int | float:
    """The greatest of a quantity."""
    return number[1] if isinstance(number, tuple) else number
