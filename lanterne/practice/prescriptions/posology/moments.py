"""When in the day, and with which meal: "m/mi/s", "1-0-1", "le soir au coucher", "30 min avant le dîner".

Law: bedtime is not the evening. A meal that is named is a moment too; "aux repas" names none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule
from lanterne.practice.prescriptions.posology.numbers import RANGE, decimal, one, quantity
from lanterne.practice.prescriptions.posology.structure import MOMENTS

_LONG = r"(?:matins?|matinee|mat|midis?|soirs?|soiree|coucher)"
_THE = (
    r"(?:(?:(?:avant|au moment|a l'heure) (?:le|du|de) |chaque |tous les |ts les |les |le |la |au |du |a )?)"
)
_ONE = rf"{_THE}{_LONG}(?![a-z])"
_JOIN = r" ?(?:,|et|/|-|\+|&)? ?"
_SHORT = r"(?:m|mi|s|c)(?![a-z0-9'])"
_WAKING = r"(?:(?:le )?matin,? )?(?:au )?(?:reveil|lever)"

_MEAL = r"(?:(?:petit|ptit|p'tit|pt)s?[- ]?dej(?:euner)?s?|pdj|dejeuner|dej|diner|souper)(?![a-z])"
_ARTICLE = r"(?:(?: de| du| des| d'| d'un| le| la| les| l'| un| son| chaque| chacun des)*)"
_WHICH = (
    rf"(?P<three>(?:3|trois)(?: principaux)? repas)|(?P<plain>(?:principaux )?repas(?! du| de)|manger)"
    rf"|repas (?:du |de )(?P<of>matin|midi|soir)(?: et (?:du |de )(?P<of2>midi|soir))?"
    rf"|(?P<meals>{_MEAL}(?: ?(?:,|et|/) ?(?:le |au |du )?{_MEAL})*)"
)
_PLACES = {
    r"(?:au |en )?debut": "au début du repas",
    r"avant|av": "avant le repas",
    r"apres|ap": "après le repas",
    r"pendant|pdt|au (?:cours|milieu)|lors|avec|aux?|a|durant|les": "pendant le repas",
}
_PLACE = "|".join(_PLACES)


@dataclass(frozen=True, slots=True)
class Meal:
    """How an intake stands to a meal, and the moments the meal names."""

    text: str
    moments: tuple[str, ...] = ()


def _moment(word: str) -> str:
    for begins, moment in (("mat", "matin"), ("mi", "midi"), ("so", "soir"), ("cou", "coucher")):
        if word.startswith(begins):
            return moment
    return {"m": "matin", "s": "soir", "c": "coucher"}[word]


def _list(match: re.Match[str]) -> object:
    words = [_moment(word) for word in re.findall(rf"{_LONG}(?![a-z])", match[0])]
    return tuple(words) if len(set(words)) == len(words) else NOTHING


def _shorts(match: re.Match[str]) -> object:
    words = [_moment(word) for word in re.findall(r"[a-z]+", match[0]) if word != "et"]
    ordered = sorted(words, key=MOMENTS.index)
    return tuple(words) if words == ordered and len(set(words)) == len(words) else NOTHING


def _grid(match: re.Match[str]) -> object:
    parts = [quantity(part) for part in re.split(r" ?[-–] ?| ", match[0].strip())]
    if len(parts) not in (3, 4) or any(part is None for part in parts):
        return NOTHING
    return tuple(parts)


def _meal_moment(word: str) -> str:
    if re.match(r"p", word):
        return "matin"
    return "midi" if word.startswith("dej") else "soir"


def _meal(match: re.Match[str]) -> Meal:
    place = next(text for pattern, text in _PLACES.items() if re.fullmatch(pattern, match["place"] or "a"))
    moments: tuple[str, ...] = ()
    if match["three"]:
        moments = ("matin", "midi", "soir")
    elif match["of"]:
        moments = tuple(one for one in (match["of"], match["of2"]) if one)
    elif match["meals"]:
        moments = tuple(_meal_moment(word) for word in re.findall(_MEAL, match["meals"]))
    if match["delay"]:
        unit = "h" if match["unit"].startswith("h") else "min"
        number = match["delay"]
        shown = (
            number
            if "/" in number
            else "-".join(decimal(one(end)) for end in re.split(r" ?(?:a|-|ou) ?", number))
        )
        place = f"{shown} {unit} {place}"
    return Meal(place, moments)


_Q = r"(?:\d ?[+] ?1/2|1/2|1/4|3/4|[0-9](?:[.,]\d{1,2})?|\d{2})"
RULES = (
    rule(
        Kind.MOMENTS,
        r"(?:le )?soir (?:au moment du |au |avant le |avant d'aller (?:se )?au |a l'heure du )?coucher"
        r"|(?:au )?coucher,? le soir",
        lambda _: ("coucher",),
    ),
    rule(
        Kind.MOMENTS,
        rf"{_THE}matin(?:{_JOIN}{_THE}midi)?{_JOIN}(?:le )?soir (?:au|avant le) coucher",
        lambda m: ("matin", "midi", "coucher") if "midi" in m[0] else ("matin", "coucher"),
    ),
    rule(Kind.MOMENTS, rf"{_ONE}(?:{_JOIN}{_ONE})*", _list),
    rule(Kind.MOMENTS, _WAKING, lambda _: ("matin",)),
    rule(Kind.MOMENTS, rf"{_SHORT}(?: ?(?:,|et|/|-|\+|&) ?{_SHORT}| {_SHORT})*", _shorts),
    rule(Kind.GRID, rf"{_Q}(?: ?- ?{_Q}){{2,3}}", _grid),
    rule(
        Kind.SPACED,
        rf"{_Q}(?: {_Q}){{2,3}}(?! ?(?:[/%]|(?:cp|comp|gel|sach|amp|mg|g|ml|ui|u|x|fois|j)(?![a-z])))",
        _grid,
    ),
    rule(
        Kind.FOOD,
        rf"(?:(?P<delay>{RANGE}) ?(?P<unit>minutes?|min|mn|heures?|h) )?(?P<place>{_PLACE}){_ARTICLE} ?(?:{_WHICH})",
        _meal,
    ),
    rule(
        Kind.FOOD,
        rf"(?P<delay>)(?P<unit>)(?P<place>)(?:le |au |les )?(?:{_WHICH.replace('(?P<plain>', '(?P<plain>(?!)')})",
        _meal,
    ),
    rule(
        Kind.FOOD,
        r"entre (?:les|2|deux) repas|en dehors des? repas|hors des? repas|hors repas|a distance des? repas",
        lambda _: Meal("en dehors des repas"),
    ),
    rule(Kind.FOOD, r"a jeun|estomac vide", lambda _: Meal("à jeun")),
    rule(
        Kind.OPEN,
        r"(?:dans )?(?:l'|en |d')?apres[- ]?midi|(?:la |chaque |toutes les )?nuits?|(?:le |au |a )?gouter"
        r"|(?:en )?fin (?:de|du|des) (?:repas|matinee|journee)",
        lambda _: "moment_unknown",
    ),
)
