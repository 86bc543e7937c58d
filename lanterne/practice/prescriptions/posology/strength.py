"""Which amount is the strength: the first after the name, unless its unit says it is a dose.

Law: a strength is typed once in a step; what could be a strength or a number of tablets is left to be asked about.
"""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.amounts import Amount
from lanterne.practice.prescriptions.posology.draft import Draft, most_of
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.numbers import decimal

SMALL = 4


def take_strength(items: list[Item], draft: Draft, *, later_counts: bool) -> list[Item]:
    """Take the strength out; what is left in amounts is doses."""
    left: list[Item] = []
    counted = later_counts or any(item.kind in (Kind.COUNT, Kind.GRADUATION) for item in items)
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        if item.kind is Kind.AMOUNT and _is_strength(item.value, draft, counted=counted):
            if draft.strength is not None and draft.strength != item.value.text:
                draft.ask("two_strengths", a=draft.strength, b=item.value.text)
            draft.strength = item.value.text
            draft.simple_strength = item.value.number is not None
            if item.value.number is not None and _doses_follow(items[place + 1 :]):
                draft.ask("two_strengths", a=item.value.text, b="")
        elif (
            item.kind is Kind.NUMBER
            and draft.first
            and draft.strength is None
            and not left
            and not draft.insulin
        ):
            if _bare_strength(item, following, draft.sold):
                draft.strength = decimal(item.value)
            else:
                left.append(item)
        elif (
            item.kind is Kind.NUMBER and draft.bare_before and not left and _another_strength(item, following)
        ):
            draft.strength = decimal(item.value)
        elif item.kind is Kind.SPACED:
            left.append(_spaced(item, draft, first=not left))
        else:
            left.append(item)
    return left


def _is_strength(amount: Amount, draft: Draft, *, counted: bool) -> bool:
    if amount.number is None:
        return True
    if amount.per or amount.unit == "u" or isinstance(amount.number, tuple):
        return False
    if amount.unit == "UI" and draft.insulin:
        return False
    if draft.strength is not None:
        return False
    if not draft.first:
        return not draft.in_units
    return counted if amount.unit == "mL" else True


def _doses_follow(rest: list[Item]) -> bool:
    """ "10 mg matin 5 mg soir": two doses, and no strength."""
    kinds = [item.kind for item in rest]
    return (
        bool(rest) and kinds[0] is Kind.MOMENTS and any(
            item.kind is Kind.AMOUNT and item.value.number is not None and not item.value.per for item in rest[1:]
        )
    )  # fmt: skip


def _bare_strength(item: Item, following: Item | None, sold: frozenset[str]) -> bool:
    if isinstance(item.value, tuple):
        return False
    if following is None:
        return bool(item.value > SMALL)
    if following.kind is Kind.RATE and item.value <= SMALL:
        return (
            bool(item.value != 1) and decimal(item.value) in sold
        )  # "coversyl 4 1/j", but not "smecta 1 3/j"
    if following.kind is Kind.COUNT and item.value < SMALL and most_of(following.value.number) < 1:
        return False  # "1 1/2 cp": 1 mg and a half, or one and a half
    if following.kind in (Kind.COUNT, Kind.RATE, Kind.GRADUATION, Kind.GRID, Kind.NUMBER):
        return True
    if following.kind is Kind.AMOUNT:
        return False
    return bool(item.value > SMALL)


def _another_strength(item: Item, following: Item | None) -> bool:
    """ "50 1 cp/j 15 j puis 75 1 cp/j": the 75 too is a strength."""
    counted = following is not None and following.kind in (Kind.COUNT, Kind.RATE)
    return counted and not isinstance(item.value, tuple) and bool(item.value > SMALL)


def _spaced(item: Item, draft: Draft, *, first: bool) -> Item:
    """ "5 1 0 1": a strength, then morning, noon, evening; with the strength known, moments only."""
    values = item.value
    if draft.strength is None and first:
        number = values[0]
        whole = (
            isinstance(number, int) or float(most_of(number)).is_integer() or most_of(number) in (0.5, 1.5)
        )
        if len(values) == 4 and not draft.insulin and (most_of(number) > SMALL or not whole):
            draft.strength = decimal(most_of(number))
            values = values[1:]
        elif len(values) == 4 or most_of(number) > 1:
            draft.ask("number_of_what", number=decimal(most_of(number)))
    return Item(Kind.GRID, values, item.start, item.end)
