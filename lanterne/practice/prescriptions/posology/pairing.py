"""Which quantity is taken when: "1 cp matin 2 cp soir", "1-0-1", "matin 1 cp soir 2 cp".

Law: each quantity has its moments, on one side of it throughout; a quantity left over is a question.
"""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.amounts import Amount
from lanterne.practice.prescriptions.posology.draft import Draft, Taken, most_of
from lanterne.practice.prescriptions.posology.forms import Counted
from lanterne.practice.prescriptions.posology.frequency import shown
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.moments import Meal
from lanterne.practice.prescriptions.posology.numbers import decimal, plain
from lanterne.practice.prescriptions.posology.strength import SMALL
from lanterne.practice.prescriptions.posology.structure import MOMENTS

_MOST_SOLID = 20
_SOLID = frozenset({
    "comprimé", "comprimé effervescent", "comprimé orodispersible", "gélule", "capsule", "sachet", "ampoule",
    "suppositoire", "ovule", "patch", "emplâtre", "injection", "lyophilisat", "pastille", "gomme",
})  # fmt: skip
"""What is never taken by more than `_MOST_SOLID`: "keppra 500 cp" says a strength, and no number."""
_MOST_UNCOUNTED = 6
"""A greater number that says not what it counts is no number of tablets."""


def pair(items: list[Item], draft: Draft) -> None:
    """Which quantity is taken when."""
    tokens: list[Taken | tuple[str, ...]] = []
    grids = [item for item in items if item.kind is Kind.GRID]
    said = {moment for item in items if item.kind is Kind.MOMENTS for moment in item.value}
    for place, item in enumerate(items):
        if item.kind is Kind.MOMENTS:
            _add_moments(tokens, item.value)
        elif item.kind is Kind.FOOD:
            meal: Meal = item.value
            if meal.moments and not set(meal.moments) <= said:
                _add_moments(tokens, meal.moments)
        elif (taken := _taken(item, draft)) is not None:
            summed = _add_taken(tokens, taken, items[place - 1] if place else None, draft)
            if summed and place + 1 < len(items) and items[place + 1].kind is Kind.PER:
                draft.ask("shared_or_at_once")
    if grids:
        _grid(grids, tokens, draft)
        return
    quantities = [token for token in tokens if isinstance(token, Taken)]
    named = [token for token in tokens if not isinstance(token, Taken)]
    every = [moment for group in named for moment in group]
    if len(set(every)) != len(every):
        draft.ask("two_rhythms")
    if quantities:
        _same_unit(quantities, draft)
    draft.moments_given = bool(named and quantities)
    if (
        len(tokens) == 2
        and quantities
        and not isinstance(tokens[0], Taken)
        and not (quantities[0].form or quantities[0].unit)
    ):
        draft.ask("number_of_what", number=shown(quantities[0].number))  # "matin et soir 3"
    if not named:
        _only(quantities, draft)
    elif not quantities:
        draft.moments = dict.fromkeys(every, 1)
    else:
        _both(tokens, quantities, draft)


def _add_moments(tokens: list[Taken | tuple[str, ...]], moments: tuple[str, ...]) -> None:
    if tokens and not isinstance(tokens[-1], Taken):
        tokens[-1] = tuple(dict.fromkeys((*tokens[-1], *moments)))
    else:
        tokens.append(moments)


def _add_taken(
    tokens: list[Taken | tuple[str, ...]], taken: Taken, before: Item | None, draft: Draft
) -> bool:
    """Add a quantity. Returns whether it made one with the number before it: "1 1/2 cp"."""
    last = tokens[-1] if tokens else None
    if (
        isinstance(last, Taken) and before is not None and before.kind is Kind.NUMBER and taken.form
        and not isinstance(last.number, tuple) and not isinstance(taken.number, tuple)
        and last.number <= SMALL and float(last.number).is_integer() and taken.number < 1 and draft.strength is not None
    ):  # fmt: skip
        tokens[-1] = Taken(plain(last.number + taken.number), taken.form, taken.unit, taken.per)
        return True
    tokens.append(taken)
    return False


def _taken(item: Item, draft: Draft) -> Taken | None:
    if item.kind is Kind.COUNT:
        counted: Counted = item.value
        if counted.form == "application":
            return None if draft.applications else Taken(counted.number, None, "application")
        return Taken(counted.number, counted.form)
    if item.kind is Kind.NUMBER:
        return Taken(item.value)
    if item.kind is Kind.GRADUATION:
        return Taken(item.value, "dose-kg")
    if item.kind is Kind.AMOUNT:
        amount: Amount = item.value
        if amount.number is None:
            return None
        if amount.every_h is not None:
            if draft.every_h not in (None, amount.every_h):
                draft.ask("two_rhythms")
            draft.every_h = amount.every_h
        return Taken(amount.number, None, "UI" if amount.unit == "u" else amount.unit, amount.per)
    return None


def _same_unit(quantities: list[Taken], draft: Draft) -> None:
    forms = {one.form for one in quantities if one.form}
    units = {one.unit for one in quantities if one.unit}
    bare = any(one.form is None and one.unit is None for one in quantities)
    if len(forms) > 1 or len(units) > 1 or (forms and units):
        draft.ask("two_doses")
    most_solid = max((most_of(one.number) for one in quantities if one.form in _SOLID), default=0)
    unnamed = (
        draft.first
        and draft.strength is None
        and (most_solid > _MOST_UNCOUNTED or decimal(most_solid) in draft.sold - {"1"})
    )
    if most_solid > _MOST_SOLID or unnamed:
        draft.ask("number_of_what", number=decimal(max(most_of(one.number) for one in quantities)))
    uncounted = [most_of(one.number) for one in quantities if one.form is None and one.unit is None]
    if uncounted and (draft.insulin or max(uncounted) > _MOST_UNCOUNTED):
        draft.ask("number_of_what", number=decimal(max(uncounted)))
    if units and bare:
        draft.ask(
            "number_of_what",
            number=next(shown(one.number) for one in quantities if not (one.form or one.unit)),
        )
    pers = {one.per for one in quantities}
    if len(pers) > 1:
        draft.ask("two_doses")
    draft.form = next(iter(forms), None)
    draft.unit = next(iter(units), None)
    draft.per = next(iter(pers))


def _only(quantities: list[Taken], draft: Draft) -> None:
    if not quantities:
        return
    first = quantities[0]
    if len(quantities) > 1:
        draft.ask("two_doses")
    if first.form is None and first.unit is None:
        draft.ask("number_of_what", number=shown(first.number))
    draft.dose = first.number


def _both(tokens: list[Taken | tuple[str, ...]], quantities: list[Taken], draft: Draft) -> None:
    groups = _groups(tokens)
    if groups is None:
        draft.ask("two_doses")
        return
    for taken, moments in groups:
        draft.moments.update(dict.fromkeys(moments, taken.number))
    if len({str(taken.number) for taken, _ in groups}) == 1:
        bare = quantities[0].form is None and quantities[0].unit is None
        if not (bare and len(groups) == 1 and len(draft.moments) > 1):
            draft.dose = quantities[0].number
    if draft.per in ("j", "kg/j") and len(draft.moments) > 1:
        draft.ask("shared_or_at_once")


def _groups(tokens: list[Taken | tuple[str, ...]]) -> list[tuple[Taken, tuple[str, ...]]] | None:
    """Each quantity with its moments; None when they do not alternate, as in "le matin 1 cp et le soir"."""
    if len(tokens) % 2:
        return None
    groups: list[tuple[Taken, tuple[str, ...]]] = []
    quantity_first = isinstance(tokens[0], Taken)
    for one, other in zip(tokens[::2], tokens[1::2], strict=True):
        taken, moments = (one, other) if quantity_first else (other, one)
        if not isinstance(taken, Taken) or isinstance(moments, Taken):
            return None
        groups.append((taken, moments))
    return groups


def _grid(grids: list[Item], tokens: list[Taken | tuple[str, ...]], draft: Draft) -> None:
    values = grids[0].value
    if len(grids) > 1:
        draft.ask("two_rhythms")
    named = [token for token in tokens if not isinstance(token, Taken)]
    quantities = [token for token in tokens if isinstance(token, Taken)]
    draft.moments = dict(zip(MOMENTS, values, strict=False))
    draft.moments_given = True
    if named:
        draft.ask("two_rhythms")
    if quantities:
        one = quantities[0]
        if len(quantities) == 1 and one.number == 1 and one.form and set(values) <= {0, 1}:
            draft.form, draft.dose = one.form, 1
        else:
            draft.ask("two_doses")
    if draft.insulin or any(most_of(value) > _MOST_UNCOUNTED for value in values):
        draft.ask("number_of_what", number=shown(values[0]))
    if not any(value for value in values):
        draft.ask("two_rhythms")
