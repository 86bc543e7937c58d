"""Steps: "1 cp/j 4 j puis 1/2 cp/j 4 j", "3/j J1, 2/j J2 puis 1/j".

Law: every step but the last has its length. What is typed once and not retyped is repeated in each step; a rhythm typed
again replaces the one before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from lanterne.practice.prescriptions.posology.dosing import dosing, quantity_in, read_step
from lanterne.practice.prescriptions.posology.draft import Draft
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.lengths import Length
from lanterne.practice.prescriptions.posology.structure import Point

_SOLID = frozenset({"comprimé", "gélule", "sachet", "gouttes", "ampoule", "capsule", "patch"})
_LENGTHS = (Kind.LENGTH, Kind.DAY)


@dataclass
class Steps:
    """The drafts of a line, one for each step, and what is open about their order."""

    drafts: list[Draft]
    asks: list[Point]


def segments(items: list[Item]) -> tuple[list[list[Item]], list[Point]]:
    """The items of each step."""
    asks: list[Point] = []
    parts: list[list[Item]] = [[]]
    starts = [False]  # whether "puis" begins the part
    after_then = False
    for place, item in enumerate(items):
        if item.kind is Kind.THEN:
            parts.append([])
            starts.append(True)
            after_then = True
        elif item.kind is Kind.COMMA:
            upto = _upto(items[place + 1 :])
            if _half_a_step(parts[-1], upto):
                asks.append(Point("step_without_length"))
            if _begins_step(parts[-1], upto):
                parts.append([])
                starts.append(False)
        else:
            after_then = False
            parts[-1].append(item)
    if after_then:
        asks.append(Point("announced_missing", {"words": "puis"}))
    kept: list[list[Item]] = []
    for place, part in enumerate(parts):
        if kept and not quantity_in(part) and not any(item.kind is Kind.MOMENTS for item in part):
            beside = (
                Kind.REMARK,
                Kind.RENEWALS,
                Kind.ALD,
                Kind.NOT_SUBSTITUTED,
                Kind.MAX,
                Kind.ENDED,
                Kind.OPEN,
                Kind.UNKNOWN,
            )
            new = starts[place] and any(item.kind not in beside for item in part)
            if new or (starts[place] and not quantity_in(kept[-1])):
                asks.append(Point("announced_missing", {"words": "puis"}))
            kept[-1].extend(part)
        else:
            kept.append(part)
    return kept, asks


def _upto(items: list[Item]) -> list[Item]:
    """The items before the next comma or "puis"."""
    ends = (place for place, item in enumerate(items) if item.kind in (Kind.COMMA, Kind.THEN))
    return items[: next(ends, len(items))]


def _counted(part: list[Item]) -> bool:
    return any(item.kind is Kind.COUNT for item in part)


def _counted_once(part: list[Item]) -> bool:
    """ "1 cp matin cp soir": the same form again, without its number."""
    forms: set[str] = set()
    for item in part:
        if item.kind is Kind.COUNT:
            forms.add(item.value.form)
        elif item.kind is Kind.FORM and item.value[0] in forms & _SOLID:
            return True
    return False


def _uncounted(part: list[Item]) -> bool:
    """ "puis cp le matin": a form, and not how many."""
    return not _counted(part) and any(item.kind is Kind.FORM and item.value[0] in _SOLID for item in part)


def _half_a_step(before: list[Item], part: list[Item]) -> bool:
    """ "2 cp matin 4 j, cp matin 4 j": a length and a moment again, and no quantity."""
    again = any(item.kind in _LENGTHS for item in part) and any(item.kind in _LENGTHS for item in before)
    said = any(item.kind in (Kind.MOMENTS, Kind.FORM) for item in part)
    return again and said and not quantity_in(part)


def _begins_step(before: list[Item], after: list[Item]) -> bool:
    """Whether a comma parts two steps: the first has its length, the next its own quantity."""
    lengths = any(item.kind in _LENGTHS for item in before)
    return lengths and quantity_in(before) and quantity_in(after)


def read_steps(items: list[Item], *, insulin: bool, sold: frozenset[str] = frozenset()) -> Steps:
    """Read each step in turn."""
    parts, asks = segments(items)
    counted = any(item.kind in (Kind.COUNT, Kind.GRADUATION) for item in items)
    drafts: list[Draft] = []
    day = 1
    for part in parts:
        first = not drafts
        draft = Draft(first=first, insulin=insulin, in_units=any(one.unit for one in drafts), sold=sold)
        draft.bare_before = any(re.fullmatch(r"[\d,]+", one.strength or "") for one in drafts)
        read_step([item for item in part if dosing(item)], draft, later_counts=counted and first)
        if draft.day is not None:
            if draft.day[0] != day or draft.length is not None:
                draft.ask("days_of_treatment")
            draft.length = Length(draft.day[1] - draft.day[0] + 1, "jour")
        if draft.length is not None and draft.length.unit == "jour":
            day += int(draft.length.value)
        drafts.append(draft)
    if any(map(_counted_once, parts)):
        asks.append(Point("number_missing"))
    for draft in drafts:
        asks.extend(point for point in draft.asks if point not in asks)
    if len(drafts) == 1 and drafts[0].day is not None:
        asks.append(Point("days_of_treatment"))
    if len(drafts) > 1:
        _order(drafts, parts, asks)
        _repeat(drafts, asks)
    return Steps(drafts, asks)


def _order(drafts: list[Draft], parts: list[list[Item]], asks: list[Point]) -> None:
    if any(draft.length is None for draft in drafts[:-1]):
        asks.append(Point("step_without_length"))
    supply = [item for part in parts for item in part if item.kind is Kind.LENGTH and item.value.supply]
    if supply:
        asks.append(Point("length_of_step_or_all"))
    if any(_uncounted(part) for part in parts[1:]) or (
        _uncounted(parts[0]) and any(map(_counted, parts[1:]))
    ):
        asks.append(Point("number_missing"))
    if any(item.kind in (Kind.AS_NEEDED, Kind.REASON, Kind.SITE) for part in parts[1:] for item in part):
        asks.append(Point("by_condition", {"words": ""}))
    if any(item.kind is Kind.FOOD and item.value.moments for part in parts for item in part):
        asks.append(Point("moment_unknown", {"words": ""}))


def _repeat(drafts: list[Draft], asks: list[Point]) -> None:
    """What is typed once holds for each step."""
    last = drafts[-1]
    if last.moments and last.per in ("j", "kg/j") and not any(draft.moments for draft in drafts[:-1]):
        asks.append(Point("two_rhythms"))  # "60 mg/j 5 j puis 40 mg/j 5 j le matin": for all, or the last?
    for before, draft in pairwise(drafts):
        if draft.dose is None and not draft.moments_given and before.dose is not None:
            draft.dose, draft.per = before.dose, before.per
            draft.unit = draft.unit or before.unit
        if draft.strength is None:
            draft.strength = before.strength
        if not draft.rhythm or _same_per(before, draft):
            if (before.days or before.weeks) and draft.rhythm:
                asks.append(Point("two_rhythms"))
            _take_rhythm(draft, before)
        elif (draft.days or draft.weeks) and not draft.moments and before.moments and draft.times is None:
            draft.moments = dict.fromkeys(before.moments, draft.dose if draft.dose is not None else 1)
        elif (before.days or before.weeks) and not (draft.days or draft.weeks) and draft.times is None:
            asks.append(Point("two_rhythms"))
        elif draft.moments and draft.moments_given is False and draft.dose is not None:
            draft.moments = dict.fromkeys(draft.moments, draft.dose)
    units = {(draft.unit, draft.per) for draft in drafts if draft.dose is not None}
    if len(units) > 1 or len({draft.form for draft in drafts if draft.form}) > 1:
        asks.append(Point("two_doses"))
    if any(draft.strength is None for draft in drafts) and any(draft.strength for draft in drafts):
        asks.append(Point("two_strengths", {"a": "", "b": ""}))


def _same_per(before: Draft, draft: Draft) -> bool:
    """ "40 mg/j le matin 5 j, 20 mg/j 5 j": the unit alone says how often; the moment is repeated."""
    own = draft.times is not None or draft.every_h is not None or draft.moments or draft.days or draft.weeks
    return not own and draft.per in ("j", "kg/j") and before.per == draft.per


def _take_rhythm(draft: Draft, other: Draft) -> None:
    draft.times, draft.every_h, draft.days, draft.weeks = other.times, other.every_h, other.days, other.weeks
    if other.moments:
        if len({str(number) for number in other.moments.values()}) > 1:
            draft.ask("two_doses")
        quantity = draft.dose if draft.dose is not None else next(iter(other.moments.values()))
        draft.moments = dict.fromkeys(
            (moment for moment, number in other.moments.items() if number), quantity
        )


__all__ = ["Steps", "read_steps", "segments"]
