"""What a laboratory found in one sample, before it is written in any format."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lanterne.demo.letters import LABORATORIES
from lanterne.demo.mail.addressees import Addressee
from lanterne.reference import laboratory, units
from lanterne.reference.laboratory import Test

PRESCRIBER = "MOREL Garance"
BIOLOGIST = ("PRAT", "Odile")


@dataclass(frozen=True, slots=True)
class Line:
    """One result; `flag` of HL7 table 0078, empty when within range."""

    test: Test
    value: str
    low: str
    high: str
    flag: str
    comment: str = ""

    @property
    def shown(self) -> str:
        """The value as written in French."""
        return self.value.replace(".", ",")

    @property
    def unit(self) -> str:
        """The unit as shown in France."""
        return units.shown(self.test.unit)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: of whom, by which laboratory, of a sample taken when."""

    addressee: Addressee
    number: str
    laboratory: str
    taken: datetime
    lines: tuple[Line, ...]
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> datetime:
        """When it was validated."""
        return self.taken + timedelta(hours=7, minutes=25)


def report(
    rng: random.Random,
    addressee: Addressee,
    taken: datetime,
    keys: Iterable[str],
    *,
    given: Mapping[str, str] | None = None,
    comments: Mapping[str, str] | None = None,
    target: Mapping[str, tuple[str, str]] | None = None,
) -> Report:
    """A report of these tests: values near the last known ones, or those given.

    Args:
        target: a range of the laboratory in place of the usual one (an INR under treatment).
    """
    given, comments, target = given or {}, comments or {}, target or {}
    lines = []
    for key in keys:
        test = laboratory.named(key)
        low, high = target.get(key, test.usual(addressee.identity.sex))
        value = given.get(key) or _near(rng, addressee, test, low, high)
        lines.append(Line(test, value, low, high, _flag(key, value, low, high), comments.get(key, "")))
    where = LABORATORIES[rng.randrange(len(LABORATORIES))]
    number = f"{taken:%y%m%d}{rng.randrange(1000, 9999)}"
    return Report(addressee, number, where, taken, tuple(lines))


def _near(rng: random.Random, addressee: Addressee, test: Test, low: str, high: str) -> str:
    last = addressee.results.get(test.code, "")
    try:
        base = float(last)
    except ValueError:
        top = float(high) if high else 2 * float(low or 1)
        base = (float(low or 0) + top) / 2
    return f"{max(0.0, base * rng.uniform(0.93, 1.07)):.{test.decimals}f}"


def _flag(key: str, value: str, low: str, high: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return ""
    if (key == "inr" and number >= 5) or (key == "potassium" and number >= 6):
        return "HH"
    if low and number < float(low):
        return "L"
    return "H" if high and number > float(high) else ""
