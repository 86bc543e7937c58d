"""`read`: one line, as typed, becomes a structure, or the questions to settle before it can be one.

Law: a line is understood when nothing is open; then and only then it has a structure. Reading is pure:
the same text and
the same names always give the same answer, and no text, however long or strange, makes it fail.
"""

from __future__ import annotations

import re

import msgspec

from lanterne.practice.prescriptions.posology import asking, warnings
from lanterne.practice.prescriptions.posology.draft import Draft
from lanterne.practice.prescriptions.posology.gathering import Gathered, final_form, gather
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.lengths import Length
from lanterne.practice.prescriptions.posology.names import Names
from lanterne.practice.prescriptions.posology.naming import Named, name_of
from lanterne.practice.prescriptions.posology.scanner import scan
from lanterne.practice.prescriptions.posology.stepping import read_steps
from lanterne.practice.prescriptions.posology.strength_needed import without_strength
from lanterne.practice.prescriptions.posology.structure import (
    Duration,
    Moments,
    Point,
    Reading,
    Step,
    Structure,
)
from lanterne.practice.prescriptions.posology.typed import MOST_CHARACTERS, fold, typed

_INSULIN = re.compile(
    r"insulin|lantus|toujeo|abasaglar|semglee|levemir|tresiba|novorapid|humalog|apidra|fiasp|lyumjev|novomix|humulin|"
    r"insulatard|actrapid|umuline|suliqua|xultophy|insuman|mixtard|admelog"
)

_LONG_NAME = 5


def read(text: str, names: Names) -> Reading:
    """Read one line. Never raises for what it holds."""
    if len(text) > MOST_CHARACTERS:
        return Reading(False, None, ask=(Point("line_too_long", {"limit": str(MOST_CHARACTERS)}),))
    if "\n" in text.strip("\r\n") or "\t" in text.strip():
        return Reading(False, None, ask=(Point("more_than_one_line"),))
    line = typed(text.strip())
    if not line.plain.strip(" .,;:-"):
        return Reading(False, None, ask=(Point("nothing_typed"),))
    named = name_of(line, names)
    items = [*named.items, *scan(line, named.end)]
    whole = gather(items, line)
    insulin = bool(_INSULIN.search(fold(named.text)))
    steps = read_steps(items, insulin=insulin, sold=_sold(named, names))
    drafts = steps.drafts
    counted = next((draft.form for draft in drafts if draft.form), None)
    form = final_form(whole, counted)
    open_points = [*named.questions, *_association(named, drafts[0]), *whole.asks, *steps.asks]
    if any(item.kind is Kind.ENDED for item in items[:-1]) and items[-1].kind is not Kind.ENDED:
        open_points.append(Point("order_to_stop", {"words": ""}))
    open_points += _products_in_reasons(items, names)
    open_points += asking.whole_line(named, whole, drafts, form, names, insulin=insulin)
    missing, unchecked = without_strength(named, drafts[0], form, names)
    open_points += missing
    if whole.again_h is not None and drafts[0].every_h not in (None, whole.again_h):
        open_points.append(Point("two_rhythms"))
    if open_points:
        return Reading(False, None, ask=tuple(_each_once(open_points)))
    structure = _structure(named, whole, drafts, form)
    said, not_looked_at = warnings.warn(structure, named.looked_up, names, known=bool(named.known))
    if not named.known and not named.device:
        not_looked_at.append(Point("name_not_known", {"name": named.text}))
    return Reading(
        True, structure, warnings=tuple(said), unchecked=tuple(_each_once([*unchecked, *not_looked_at]))
    )


def _each_once(points: list[Point]) -> list[Point]:
    once: list[Point] = []
    for point in points:
        if point not in once:
            once.append(point)
    return once


def _products_in_reasons(items: list[Item], names: Names) -> list[Point]:
    """A name of a medicine among the words of a reason: "si fièvre doliprane"."""
    found = [
        word for item in items if item.kind is Kind.REASON for word in fold(item.value).split()
        if len(word) >= _LONG_NAME and names.exact(word) is not None
    ]  # fmt: skip
    return [Point("two_products", {"a": "…", "b": word}) for word in found]


def _sold(named: Named, names: Names) -> frozenset[str]:
    """The numbers of the strengths sold under this name: "4" for "4 mg"."""
    strengths = names.strengths(named.looked_up[0], "") if named.known else None
    return frozenset(one.split(" ")[0] for one in strengths or ())


def _association(named: Named, draft: Draft) -> list[Point]:
    """Two substances side by side are one product when they are typed so, or when the strength has two parts."""
    if len(named.known) < 2 or named.explicit or "/" in (draft.strength or ""):
        return []
    return (
        []
        if named.sold_together
        else [Point("two_products", {"a": named.known[0].text, "b": named.known[1].text})]
    )


def _structure(named: Named, whole: Gathered, drafts: list[Draft], form: str | None) -> Structure:
    suffixes = [one for one in whole.suffixes if one not in named.suffixes]
    every_h = whole.again_h if whole.again_h is not None else drafts[0].every_h
    maximum = whole.maximum
    # "max 6 cp": the unit; intakes have none, nor has a bare number.
    shared = drafts[0]
    strengths = {draft.strength for draft in drafts}
    units = [draft.unit for draft in drafts if draft.unit]
    structure = Structure(
        drug=" ".join([named.text, *suffixes]),
        strength=shared.strength if len(strengths) == 1 else None,
        form=form,
        dose_unit=units[0] if units else None,
        as_needed=whole.as_needed,
        as_needed_for=whole.reason,
        max_per_day=maximum.number if maximum else None,
        max_unit=maximum.unit if maximum else None,
        renewals=whole.renewals,
        site=whole.site,
        route=whole.route,
        with_food=whole.with_food,
        non_substitutable=whole.not_substituted,
        nsr=whole.nsr,  # type: ignore[arg-type]
        ald=bool(whole.ald),
        remarks=tuple(whole.remarks),
    )
    if len(drafts) == 1:
        step = _step(shared, with_strength=False)
        fields = {
            name: getattr(step, name)
            for name in ("dose", "times_per_day", "moments", "days", "every_weeks", "duration_d", "duration")
        }
        return _with(structure, every_h=every_h, **fields)
    return _with(structure, steps=tuple(_step(draft, with_strength=len(strengths) > 1) for draft in drafts))


def _with(structure: Structure, **changes: object) -> Structure:
    return msgspec.structs.replace(structure, **changes)


def _step(draft: Draft, *, with_strength: bool) -> Step:
    length = draft.length
    return Step(
        strength=draft.strength if with_strength else None,
        dose=draft.dose,
        times_per_day=draft.times,
        every_h=draft.every_h,
        moments=Moments(**draft.moments) if draft.moments else None,
        days=draft.days,
        every_weeks=draft.weeks,
        duration_d=length.value if length and length.unit == "jour" else None,
        duration=_duration(length),
    )


def _duration(length: Length | None) -> Duration | None:
    return None if length is None or length.unit == "jour" else Duration(length.value, length.unit)  # type: ignore[arg-type]
