"""How often: "3/j", "/8h", "1 j/2", "3 fois par semaine", "tous les 3 jours", "sauf le dimanche", "dose unique".

Law: a rhythm is never a length: "5j/7" and "3 j/sem" say which days, "5 j" how long.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule
from lanterne.practice.prescriptions.posology.numbers import ONE, RANGE, one, quantity
from lanterne.practice.prescriptions.posology.structure import WEEKDAYS

DAY = r"(?:jours?|jrs?|j)"
WEEK = r"(?:semaines?|sems?|sem\.|hebdo)"
MONTH = r"mois"
HOUR = r"(?:heures?|hrs?|h)"
_END = r"(?![a-z0-9])"
ALL = r"(?:toutes|tous|ttes|tts|tte|tt|ts|chaque|chq|/|q)(?: ?les)?"
PER_DAY = rf"(?:(?:/ ?|par |chaque |p ?|le )(?:{DAY}|24 ?{HOUR}){_END}|quotidien(?:nement|nes?|s)?)"
_PER = r"(?:/ ?|par |chaque |p )"
_TIMES = r"(?:x|fois|f|prises?|administrations?|applications?|applic|applis?|app)\.?"

_WEEKDAY = {
    r"lun(?:di)?s?\.?": "lundi",
    r"mar(?:di)?s?\.?": "mardi",
    r"mer(?:credi)?s?\.?": "mercredi",
    r"jeu(?:di)?s?\.?": "jeudi",
    r"ven(?:dredi)?s?\.?": "vendredi",
    r"sam(?:edi)?s?\.?": "samedi",
    r"dim(?:anche)?s?\.?": "dimanche",
    r"week[- ]?ends?|we": "week-end",
}
_ONE_DAY = "(?:" + "|".join(_WEEKDAY) + ")" + r"(?![a-z])"
_THE = r"(?:(?:chaque|tous les|les|le|la) )?"
_LIST = rf"{_THE}{_ONE_DAY}(?: ?(?:,|et|/|-|\+|&)? ?(?:puis )?{_THE}{_ONE_DAY})*"


def _weekdays(text: str) -> tuple[str, ...]:
    found = []
    for word in re.findall(r"week[- ]?ends?|[a-z]+", text):
        for pattern, day in _WEEKDAY.items():
            if re.fullmatch(pattern, word):
                found += ["samedi", "dimanche"] if day == "week-end" else [day]
    return tuple(day for day in WEEKDAYS if day in found)


def _except(match: re.Match[str]) -> tuple[str, ...]:
    out = _weekdays(match[1])
    return tuple(day for day in WEEKDAYS if day not in out)


def _from_to(match: re.Match[str]) -> object:
    first, last = _weekdays(match[1]), _weekdays(match[2])
    if len(first) != 1 or len(last) != 1 or WEEKDAYS.index(first[0]) >= WEEKDAYS.index(last[0]):
        return NOTHING
    return WEEKDAYS[WEEKDAYS.index(first[0]) : WEEKDAYS.index(last[0]) + 1]


def _whole(text: str) -> int | None:
    number = one(text)
    return int(number) if float(number).is_integer() and number >= 1 else None


def _out_of(match: re.Match[str]) -> object:
    low, high = _whole(match[1]), _whole(match[2])
    return f"{low}/{high}" if low and high and low < high else NOTHING


def _times_a(unit: str) -> Callable[[re.Match[str]], object]:
    def make(match: re.Match[str]) -> object:
        times = _whole(match[1])
        return f"{times}/{unit}" if times else NOTHING

    return make


def _each_days(match: re.Match[str]) -> object:
    number = _whole(match[1])
    return f"1/{number}" if number and number > 1 else NOTHING


def _each_months(match: re.Match[str]) -> object:
    number = _whole(match[1])
    return NOTHING if not number else f"1/{number} mois" if number > 1 else "1/mois"


def _each_weeks(match: re.Match[str]) -> object:
    return _whole(match[1]) or NOTHING


def _per(match: re.Match[str]) -> str:
    text = match[0]
    if re.search(rf"{WEEK}$", text.strip(" .")) or "hebdo" in text:
        return "semaine"
    return "mois" if "mois" in text or "mensuel" in text else "jour"


def _rate(match: re.Match[str]) -> object:
    number = quantity(match[1])
    if number == 1 and "app" in match[0]:
        return NOTHING  # one application each time, once a day: the count says it
    low = number[0] if isinstance(number, tuple) else number
    if low is None or low < 1 or not float(low).is_integer() or (isinstance(number, tuple) and number[1] % 1):
        return NOTHING
    return number


def _hours(match: re.Match[str]) -> object:
    number = quantity(match[1])
    return (
        NOTHING if number is None or (number if not isinstance(number, tuple) else number[0]) < 1 else number
    )


def _clock(match: re.Match[str]) -> object:
    hours = [int(hour) for hour in re.findall(r"(\d{1,2}) ?(?:h|:)", match[0])]
    return len(hours) if hours == sorted(set(hours)) and hours[-1] <= 24 else NOTHING


def _two_hours(match: re.Match[str]) -> object:
    ends = [int(hour) for hour in re.findall(r"\d{1,2}", match[0])]
    return tuple(ends) if len(ends) == 2 and ends[0] < ends[1] else NOTHING


_AT = r"(?:(?:a|vers) )?\d{1,2} ?(?:heures?|h(?:[0-5]\d)?)"
RULES = (
    rule(Kind.RATE, rf"(?:x ?)?({RANGE}) ?(?:{_TIMES})? ?{PER_DAY}", _rate),
    rule(Kind.RATE, rf"(?:x ?)?({RANGE}) ?{_TIMES} ?{DAY}(?! ?(?:/|sur))", _rate),
    rule(Kind.PER, PER_DAY, _per),
    rule(Kind.PER, rf"tous les {DAY}|ts les {DAY}", _per),
    rule(Kind.PER, rf"(?:{_PER}|tou(?:te)?s les ){WEEK}|hebdomadaires?", _per),
    rule(Kind.PER, rf"(?:{_PER}|tou(?:te)?s les ){MONTH}|mensuel(?:lement|le)?", _per),
    rule(Kind.EVERY_H, rf"{ALL} ?({RANGE}) ?{HOUR}", _hours),
    rule(Kind.EVERY_H, rf"1 ?/ ?({ONE}) ?{HOUR}", _hours),
    rule(Kind.EVERY_H, rf"{ALL} ?(\d{{1,2}}) ?{HOUR}? ?(?:a|-) ?\d{{1,2}} ?{HOUR}", _two_hours),
    rule(Kind.DAYS, rf"{ALL} ?({ONE}) ?{DAY}", _each_days),
    rule(Kind.DAYS, rf"1 ?/ ?(\d{{1,2}}) ?{DAY}", _each_days),
    rule(Kind.DAYS, rf"{ALL} ?({ONE}) ?{MONTH}", _each_months),
    rule(Kind.DAYS, rf"1 ?/ ?(\d{{1,2}}) ?{MONTH}", _each_months),
    rule(Kind.WEEKS, rf"{ALL} ?({ONE}) ?{WEEK}", _each_weeks),
    rule(Kind.WEEKS, rf"1 ?/ ?(\d{{1,2}}) ?{WEEK}", _each_weeks),
    rule(
        Kind.DAYS,
        rf"(?:pendant )?({ONE}) ?{DAY} ?(?:/|sur) ?({ONE})(?: ?{DAY})?(?! ?(?:sem|mois|/))",
        _out_of,
    ),
    rule(Kind.DAYS, rf"({ONE}) ?(?:{_TIMES})? ?{_PER}{WEEK}", _times_a("semaine")),
    rule(Kind.DAYS, rf"({ONE}) ?{DAY} ?{_PER}{WEEK}", _times_a("semaine")),
    rule(Kind.DAYS, rf"({ONE}) ?(?:{_TIMES})? ?{_PER}{MONTH}", _times_a("mois")),
    rule(Kind.DAYS, rf"({ONE}) ?{DAY} ?{_PER}{MONTH}", _times_a("mois")),
    rule(Kind.OPEN, rf"(?:{ONE}) ?{WEEK} ?(?:/|sur) ?{ONE}(?: ?{WEEK})?", lambda _: "weeks_out_of"),
    rule(Kind.OPEN, r"(?:les )?jours? (?:im)?pairs?", lambda _: "by_turns"),
    rule(Kind.WEEKDAYS, _LIST, lambda m: _weekdays(m[0])),
    rule(Kind.WEEKDAYS, rf"(?:sauf|excepte|hors)(?: le| les)? ({_LIST})", _except),
    rule(Kind.WEEKDAYS, rf"(?:du |de )?({_ONE_DAY}) ?(?:au|a) ?({_ONE_DAY})", _from_to),
    rule(Kind.CLOCK, rf"(?:a|vers) {_AT}(?: ?(?:,|et|puis|/|-)? ?{_AT})*", _clock),
    rule(Kind.CLOCK, rf"{_AT}(?: ?(?:,|et|/|-) ?{_AT})+", _clock),
    rule(Kind.INTAKES, rf"en ({RANGE}) ?(?:prises?|fois|administrations?|injections?)", _rate),
    rule(Kind.INTAKES, r"en une seule (?:prise|fois|injection)", lambda _: 1),
    rule(Kind.ONCE, r"(?:en )?(?:une? )?(?:seule )?(?:doses?|prises?|injections?) uniques?", lambda _: None),
    rule(Kind.TIMES, rf"({RANGE}) ?(?:x|fois|f|prises?)", _rate),
    rule(Kind.TIMES, rf"x ?({RANGE})", _rate),
    rule(Kind.OPEN, rf"{RANGE} ?x ?{RANGE}", lambda _: "product_of_two"),
    rule(Kind.DROPPED, r"par (?:prise|intake)|(?:a )?chaque prise|/ ?prise", lambda _: None),
)
