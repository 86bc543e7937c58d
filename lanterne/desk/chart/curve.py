"""A curve of results as SVG attributes, drawn by the server: no script, no inline style, prints as it shows.

Law: what is drawn is what was measured. No smoothing, no extrapolation; the axis says where it starts, and
a point's value is written beside it in the table below the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

# Beyond as many points their dots touch: they are drawn smaller, none is left out.
CROWD = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A measured value: `day` when it was taken, `value` in the curve's unit, `text` as it is shown."""

    day: date
    value: float
    text: str
    out: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a sample lies, in pixels as text (a template must not localise them)."""

    x: str
    y: str
    label: str
    day: str
    out: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, at `at` pixels."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Everything the SVG needs. `range_y` and `range_height` draw the reference range; empty when there is
    none.
    """

    label: str
    unit: str
    width: int
    height: int
    line: str
    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    range_y: str = ""
    range_height: str = ""
    range_text: str = ""
    left: int = 0
    right: int = 0
    bottom: int = 0
    crowded: bool = False

    @property
    def across(self) -> str:
        """Width between the axes, in pixels as text."""
        return str(self.right - self.left)

    @property
    def last(self) -> Dot:
        """The newest sample."""
        return self.dots[-1]


def _step(span: float, wanted: int) -> float:
    """A round step (1, 2 or 5 times a power of ten) giving about `wanted` ticks over `span` (> 0)."""
    power: float = 10.0 ** floor(log10(span / wanted))
    for factor in (1, 2, 5):
        if span / (factor * power) <= wanted:
            return factor * power
    return 10 * power


def _number(value: float) -> str:
    """A French number for an axis: comma, no useless zeros."""
    return f"{value:.6g}".replace(".", ",")


def curve(
    samples: Sequence[Sample],
    *,
    label: str,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    range_text: str = "",
    width: int = 640,
    height: int = 260,
    plain: bool = False,
) -> Curve:
    """Lay out samples as a curve, oldest on the left; `plain` leaves out axes and margins (a sparkline).

    `low` and `high` bound the reference range in the same unit; either may be missing. Raises `ValueError`
    when there is no sample, for an empty drawing would look like a flat result.
    """
    if not samples:
        raise ValueError("a curve needs at least one sample")
    taken = sorted(samples, key=lambda sample: sample.day)
    left, right, top, bottom = (3, 4, 4, 4) if plain else (48, 18, 14, 30)
    values = [sample.value for sample in taken]
    bounds = values if plain else values + [bound for bound in (low, high) if bound is not None]
    floor_value, ceiling = min(bounds), max(bounds)
    if floor_value == ceiling:
        margin = abs(floor_value) * 0.1 or 1.0
        floor_value, ceiling = floor_value - margin, ceiling + margin
    step = _step(ceiling - floor_value, 5)
    if not plain:
        floor_value, ceiling = floor(floor_value / step) * step, ceil(ceiling / step) * step
    first, last = taken[0].day.toordinal(), taken[-1].day.toordinal()
    across, down = width - left - right, height - top - bottom

    def x(ordinal: int) -> float:
        return left + across * ((ordinal - first) / (last - first) if last > first else 0.5)

    def y(value: float) -> float:
        clipped = min(max(value, floor_value), ceiling)
        return top + down * (1 - (clipped - floor_value) / (ceiling - floor_value))

    dots = tuple(
        Dot(f"{x(s.day.toordinal()):.1f}", f"{y(s.value):.1f}", s.text, s.day.strftime("%d/%m/%Y"), s.out)
        for s in taken
    )
    range_y = range_height = ""
    if low is not None or high is not None:
        upper = y(high if high is not None else ceiling)
        range_y, range_height = (
            f"{upper:.1f}",
            f"{max(0.0, y(low if low is not None else floor_value) - upper):.1f}",
        )
    return Curve(
        label=label,
        unit=unit,
        width=width,
        height=height,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots=dots,
        x_ticks=() if plain else _days(first, last, x),
        y_ticks=()
        if plain
        else tuple(
            Tick(f"{y(floor_value + n * step):.1f}", _number(floor_value + n * step))
            for n in range(round((ceiling - floor_value) / step) + 1)
        ),
        range_y=range_y,
        range_height=range_height,
        range_text=range_text,
        left=left,
        right=width - right,
        bottom=height - bottom,
        crowded=len(dots) > CROWD,
    )


def _days(first: int, last: int, x: Callable[[int], float]) -> tuple[Tick, ...]:
    """Up to five dates along the axis: days when they fit in two months, months in two years, else years."""
    form = "%d/%m" if last - first < 62 else "%m/%Y" if last - first < 1500 else "%Y"
    marks = 1 if first == last else 5
    ticks: dict[str, Tick] = {}
    for mark in range(marks):
        ordinal = first + (last - first) * mark // max(1, marks - 1)
        text = date.fromordinal(ordinal).strftime(form)
        ticks.setdefault(text, Tick(f"{x(ordinal):.1f}", text))
    return tuple(ticks.values())
