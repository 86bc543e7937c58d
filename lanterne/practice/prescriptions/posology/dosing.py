"""One step of a line: which number is the strength, which the dose, and when it is taken.

Law: each number is used once. A number, a unit or a rhythm that fits two readings becomes a question; nothing is
guessed from what is usual.
"""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.draft import Draft
from lanterne.practice.prescriptions.posology.frequency import read_length, read_rhythm
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.pairing import pair
from lanterne.practice.prescriptions.posology.strength import take_strength
from lanterne.practice.prescriptions.posology.structure import Quantity

_DOSING = frozenset({
    Kind.NUMBER, Kind.COUNT, Kind.AMOUNT, Kind.GRADUATION, Kind.RATE, Kind.PER, Kind.EVERY_H, Kind.DAYS, Kind.WEEKDAYS,
    Kind.WEEKS, Kind.MOMENTS, Kind.GRID, Kind.SPACED, Kind.CLOCK, Kind.TIMES, Kind.INTAKES, Kind.ONCE, Kind.FOOD,
    Kind.LENGTH, Kind.DAY,
})  # fmt: skip


def dosing(item: Item) -> bool:
    """Whether this item is the business of a step."""
    return item.kind in _DOSING


def quantity_in(items: list[Item]) -> bool:
    """Whether a stretch of a line says how much or how often by itself."""
    said = (
        Kind.NUMBER,
        Kind.COUNT,
        Kind.AMOUNT,
        Kind.GRADUATION,
        Kind.RATE,
        Kind.GRID,
        Kind.SPACED,
        Kind.DAYS,
        Kind.EVERY_H,
        Kind.WEEKS,
    )
    return any(item.kind in said for item in items)


def read_step(items: list[Item], draft: Draft, *, later_counts: bool) -> Draft:
    """Read the items of one step into the draft. `later_counts`: a form is counted somewhere in the line."""
    left = [item for item in items if dosing(item)]
    left = take_strength(left, draft, later_counts=later_counts)
    read_length(left, draft)
    read_rhythm(left, draft)
    pair(left, draft)
    _agree(draft)
    return draft


def _agree(draft: Draft) -> None:
    """Two rhythms said of the same day must be the same rhythm."""
    taken = [moment for moment, number in draft.moments.items() if number]
    if draft.times is not None and taken and not _within(len(taken), draft.times):
        draft.ask("two_rhythms")
    if draft.every_h is not None and (taken or draft.times is not None):
        count = len(taken) or draft.times
        if isinstance(draft.every_h, tuple) or isinstance(count, tuple) or (count or 0) * draft.every_h != 24:
            draft.ask("two_rhythms")
    if draft.every_h is not None and (draft.days or draft.weeks):
        draft.ask("two_rhythms")
    if draft.weeks is not None and draft.times not in (None, 1):
        draft.ask("two_rhythms")
    if draft.weeks == 1 and isinstance(draft.days, tuple) and len(draft.days) > 1:
        draft.ask("two_rhythms")
    if draft.per == "kg" and _many_intakes(draft, len(taken)):
        draft.ask("by_weight_per_day")
    if draft.per in ("j", "kg/j") and draft.every_h is not None:
        draft.ask("two_rhythms")
    if (
        draft.per in ("j", "kg/j")
        and (draft.days or draft.weeks)
        and isinstance(draft.days, str)
        and "sem" in draft.days
    ):
        draft.ask("two_rhythms")


def _many_intakes(draft: Draft, moments: int) -> bool:
    return draft.times not in (None, 1) or moments > 1


def _within(count: int, times: Quantity) -> bool:
    return times[0] <= count <= times[1] if isinstance(times, tuple) else count == times
