"""What holds for the whole line, whatever its steps: need, greatest amount, place, way, meal, renewals, mentions.

Law: said twice the same is said once; said twice otherwise is a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lanterne.practice.prescriptions.posology.beside import Maximum
from lanterne.practice.prescriptions.posology.forms import UNITS_TAKEN
from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.moments import Meal
from lanterne.practice.prescriptions.posology.places import Place
from lanterne.practice.prescriptions.posology.structure import Point, Quantity
from lanterne.practice.prescriptions.posology.typed import Typed, accented, fold

_SHORT = (
    (r"\bdlrs?\b", "douleur"),
    (r"^t\s?°?(?=\s?(?:>|<|sup|≥|\d|$))", "température "),
    (r"^temp\b\.?", "température"),
    (r"\brespi\b\.?", "respiratoire"),
    (r"^(?:la |les |le |l['’])(?=crise|douleur|fi[eè]vre)", ""),
    (r"(\d)\.(\d)", r"\1,\2"),
    (r"\s*([<>≥≤]=?)\s*", r" \1 "),
    (r"\s+", " "),
)
_DISPERSED = ("comprimé effervescent", "comprimé orodispersible")


@dataclass
class Gathered:
    """The whole line, but its doses and rhythms."""

    form: str | None = None
    route: str | None = None
    site: str | None = None
    site_short: bool = False
    eye_said: bool = False
    as_needed: bool = False
    reason: str | None = None
    maximum: Maximum | None = None
    again_h: Quantity | None = None
    renewals: int | None = None
    with_food: str | None = None
    not_substituted: bool = False
    nsr: str | None = None
    ald: bool | None = None
    suffixes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    asks: list[Point] = field(default_factory=list)

    def ask(self, code: str, **words: str) -> None:
        """One more open point."""
        point = Point(code, words)
        if point not in self.asks:
            self.asks.append(point)


def gather(items: list[Item], typed: Typed) -> Gathered:
    """Gather what holds for the whole line."""
    whole = Gathered()
    for place, item in enumerate(items):
        shown = typed.between(item.start, item.end)
        if item.kind is Kind.UNKNOWN:
            whole.ask("words_unknown", words=shown)
        elif item.kind is Kind.OPEN:
            whole.ask(item.value, words=shown)
        elif item.kind is Kind.AND and not _joins(items, place):
            whole.ask("more_than_one_line")
        elif item.kind in (Kind.REMARK, Kind.CLOCK):
            if item.value == "boxes" and _taken_next(items, place):
                whole.ask("dose_of_what", words=shown)
            whole.remarks.append(shown)
        elif item.kind is Kind.SUFFIX:
            whole.suffixes.append(item.value)
        else:
            _one(whole, item, shown)
    return whole


def _taken_next(items: list[Item], place: int) -> bool:
    """ "1 flacon 3/j": boxes to deliver, or what is taken?"""
    rhythms = (Kind.RATE, Kind.EVERY_H, Kind.PER, Kind.MOMENTS, Kind.DAYS, Kind.WEEKS, Kind.TIMES)
    said = any(item.kind in (Kind.COUNT, Kind.AMOUNT, *rhythms) for item in items[:place])
    return not said and place + 1 < len(items) and items[place + 1].kind in rhythms


def _joins(items: list[Item], place: int) -> bool:
    """Whether "et" stands between two things of one line."""
    after = next((item for item in items[place + 1 :] if item.kind is not Kind.DROPPED), None)
    before = items[place - 1] if place else None
    if after is None or before is None:
        return False
    beside = (
        Kind.REMARK,
        Kind.ALD,
        Kind.NOT_SUBSTITUTED,
        Kind.RENEWALS,
        Kind.MAX,
        Kind.THEN,
        Kind.MOMENTS,
        Kind.FOOD,
    )
    if after.kind in beside:
        return True
    return after.kind in (Kind.COUNT, Kind.NUMBER, Kind.AMOUNT) and before.kind in (Kind.MOMENTS, Kind.FOOD)


def _one(whole: Gathered, item: Item, shown: str) -> None:
    if item.kind in (Kind.FORM, Kind.ROUTE, Kind.SITE):
        _where(whole, item, shown)
    elif item.kind in (Kind.AS_NEEDED, Kind.REASON, Kind.MAX, Kind.AGAIN):
        _need(whole, item)
    elif item.kind is Kind.RENEWALS:
        if whole.renewals not in (None, item.value):
            whole.ask("renewals_how_many", words=shown)
        whole.renewals = item.value
    elif item.kind is Kind.FOOD:
        _food(whole, item.value)
    elif item.kind is Kind.NOT_SUBSTITUTED:
        whole.not_substituted = True
        whole.nsr = item.value or whole.nsr
    elif item.kind is Kind.ALD:
        if whole.ald not in (None, item.value):
            whole.ask("ald_or_not")
        whole.ald = item.value


def _where(whole: Gathered, item: Item, shown: str) -> None:
    if item.kind is Kind.SITE:
        place: Place = item.value
        typed = shown[-len(place.text) :].lower()
        own = place.route is None and fold(typed) == fold(place.text)
        _site(whole, Place(accented(typed)) if own else place)
        return
    route = item.value
    if item.kind is Kind.FORM:
        form, route = item.value
        _form(whole, form)
    if route:
        whole.eye_said |= route == "ophtalmique"
        _route(whole, route)


def _need(whole: Gathered, item: Item) -> None:
    if item.kind is Kind.MAX:
        if whole.maximum not in (None, item.value):
            whole.ask("two_maxima")
        whole.maximum = item.value
    elif item.kind is Kind.AGAIN:
        if whole.again_h not in (None, item.value):
            whole.ask("two_rhythms")
        whole.again_h = item.value
    else:
        whole.as_needed = True
        if item.kind is Kind.REASON:
            reason = _reason(item.value)
            if whole.reason not in (None, reason):
                whole.ask("two_reasons")
            whole.reason = reason


def _form(whole: Gathered, form: str) -> None:
    if whole.form in (None, form) or (whole.form == "comprimé" and form in _DISPERSED):
        whole.form = form
    elif not (form == "comprimé" and whole.form in _DISPERSED):
        galenic = [one for one in (whole.form, form) if one not in UNITS_TAKEN]
        if len(galenic) == 2:
            whole.ask("two_forms", a=str(whole.form), b=form)
        whole.form = form if form in UNITS_TAKEN else whole.form


def _route(whole: Gathered, route: str) -> None:
    if whole.route not in (None, route):
        whole.ask("two_routes")
    whole.route = route


def _site(whole: Gathered, place: Place) -> None:
    if whole.site is not None and whole.site != place.text:
        whole.ask("two_sites", a=whole.site, b=place.text)
    whole.site = place.text
    whole.site_short |= place.short
    if place.route:
        _route(whole, place.route)


def _food(whole: Gathered, meal: Meal) -> None:
    if whole.with_food is None or whole.with_food == meal.text:
        whole.with_food = meal.text
    elif meal.text == "pendant le repas" and meal.moments:
        return
    elif whole.with_food != "pendant le repas":
        whole.ask("two_meals")
    else:
        whole.with_food = meal.text


def _reason(text: str) -> str:
    for pattern, written in _SHORT:
        text = re.sub(pattern, written, text, flags=re.IGNORECASE).strip()
    return accented(text.lower() if text.isupper() else text)


def final_form(whole: Gathered, counted: str | None) -> str | None:
    """What is counted, if the line says it, else the galenic word."""
    if counted is None:
        return whole.form
    if counted == "comprimé" and whole.form in _DISPERSED:
        return whole.form
    if (
        whole.form in UNITS_TAKEN
        and counted != whole.form
        and not (whole.form == "comprimé" and counted in _DISPERSED)
    ):
        whole.ask("two_forms", a=str(whole.form), b=counted)
    return counted
