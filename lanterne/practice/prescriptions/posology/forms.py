"""Forms: what is counted ("1 cp"), and galenic words ("crème").

Law: a form is named as the structure names it, whatever was typed; "gel" after a number is a capsule, alone a gel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule
from lanterne.practice.prescriptions.posology.numbers import ONE, RANGE, one, plain, quantity
from lanterne.practice.prescriptions.posology.structure import Quantity

_EFF = r"eff(?:erv(?:escente?s?)?)?\.?"
_ORO = r"oro(?:[- ]?disp(?:ersibles?)?)?\.?"
_TABLET = r"(?:comprimes?|comprs?|comp|cps?|cpr?s?|tablettes?)\.?"
_SPOON = r"(?:cuilleres?|cuillerees?|cuil|c)\.?"

COUNTED: dict[str, str] = {
    rf"{_TABLET} {_EFF}": "comprimé effervescent",
    rf"{_TABLET} {_ORO}": "comprimé orodispersible",
    _TABLET: "comprimé",
    r"gelules?|gels?|gelu?\.?": "gélule",
    r"capsules?|caps\.?": "capsule",
    r"sachets?(?:[- ]doses?)?|sach?s?\.?": "sachet",
    r"ampoules?|amp\.?": "ampoule",
    r"gouttes?|gttes?|gtts?|gtes?|gts?\.?": "gouttes",
    r"bouffees?|bouff\.?|bff\.?|puffs?": "bouffée",
    r"inhalations?|inhal?s?\.?|inh\.?": "inhalation",
    r"pulverisations?|pulve?r?s?\.?": "pulvérisation",
    rf"{_SPOON}[- ]?(?:mesures?|mes)\.?": "cuillère-mesure",
    rf"{_SPOON}? ?a ?(?:cafe|c)\.?|cac|c\.a\.c": "cuillère à café",
    rf"{_SPOON}? ?a ?(?:soupe|s)\.?|cas|c\.a\.s|cs": "cuillère à soupe",
    r"suppositoires?|suppos?\.?|supp\.?": "suppositoire",
    r"ovules?|ov\.?": "ovule",
    r"patch(?:e?s)?|timbres?|dispositifs? transdermiques?": "patch",
    r"emplatres?": "emplâtre",
    r"injections?|inj(?:ect?)?s?\.?": "injection",
    r"unidoses?|ud": "unidose",
    r"dosettes?": "dosette",
    r"pansements?|pst": "pansement",
    r"capteurs?": "capteur",
    r"bouteilles?": "bouteille",
    r"pastilles?": "pastille",
    r"gommes?": "gomme",
    r"lyophilisats?|lyophs?|lyocs?": "lyophilisat",
    r"granules?": "granule",
    r"pipettes?": "pipette",
    r"pressions?": "pression",
    r"lavements?": "lavement",
    r"seringues?": "seringue",
    r"nebulisations?|nebul": "nébulisation",
    r"bains? de bouche": "bain de bouche",
    r"applications?|applic?\.?|applis?|app\.?": "application",
}

_GALENIC: dict[str, str] = {
    r"creme": "crème",
    r"pommade|pde|pom\.?": "pommade",
    r"(?:pommade|pde|pom\.?) (?:ophtalmique|opht?a?l?m?o?\.?)": "pommade ophtalmique",
    r"gel": "gel",
    r"gel (?:ophtalmique|opht?\.?)": "gel ophtalmique",
    r"gel buccal": "gel buccal",
    r"sirop|sir\.?": "sirop",
    r"vernis": "vernis",
    r"bains? de bouche|bdb": "bain de bouche",
    r"collyre|coll\.": "collyre",
    r"lotion": "lotion",
    r"shampo+ings?": "shampooing",
    r"mousse": "mousse",
    r"spray": "spray",
    r"emulsion": "émulsion",
    r"lait": "lait",
    r"pate": "pâte",
    r"poudre": "poudre",
    r"collutoire": "collutoire",
    r"solution|sol\.?": "solution",
    r"suspension|susp\.?": "suspension",
    r"gouttes|gttes": "gouttes",
    r"gouttes? (?:auriculaires?|nasales?|buvables?|ophtalmiques?)": "gouttes",
    r"patchs?": "patch",
    r"emplatres?": "emplâtre",
    r"suppositoires?|suppos?\.?": "suppositoire",
    r"ovules?": "ovule",
    r"gelules?|gel\.|gelu\.?": "gélule",
    r"sachets?|sach\.?": "sachet",
    r"unidoses?": "unidose",
    r"dosettes?": "dosette",
    r"ampoules?|amp\.?": "ampoule",
    r"capsules?": "capsule",
    r"pastilles?": "pastille",
    r"gommes?": "gomme",
    r"granules": "granule",
    r"lavements?": "lavement",
    rf"{_TABLET}": "comprimé",
    rf"(?:{_TABLET} )?{_EFF}": "comprimé effervescent",
    rf"(?:{_TABLET} )?{_ORO}": "comprimé orodispersible",
}

ROUTE_OF_FORM: dict[str, str] = {
    "collyre": "ophtalmique",
    "pommade ophtalmique": "ophtalmique",
    "gel ophtalmique": "ophtalmique",
}
"""The route that the galenic word itself says."""

UNITS_TAKEN = frozenset(COUNTED.values()) - {"application"}
"""Forms that are counted one by one."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of a form."""

    number: Quantity
    form: str


def _counted(text: str) -> str:
    return next(form for pattern, form in COUNTED.items() if re.fullmatch(pattern, text))


def _galenic(text: str) -> str:
    return next(form for pattern, form in _GALENIC.items() if re.fullmatch(pattern, text))


def _route_said(text: str) -> str | None:
    for word, route in (
        ("auricul", "auriculaire"),
        ("nasal", "nasale"),
        ("buvable", "orale"),
        ("opht", "ophtalmique"),
    ):
        if word in text:
            return route
    return None


COUNTED_WORD = "(?:" + "|".join(sorted(COUNTED, key=len, reverse=True)) + ")"
_COUNT = rf"({RANGE})[ -]?(?:d'|de )?({COUNTED_WORD})( et demie?| et 1/2)?"


def _make(match: re.Match[str]) -> object:
    number = quantity(match[1])
    if number is None:
        return NOTHING
    if match[3]:
        if isinstance(number, tuple) or not float(number).is_integer():
            return NOTHING
        number = plain(number + 0.5)
    form = _counted(match[2])
    if form == "gélule" and match[2].startswith("gel") and not isinstance(number, tuple) and number % 0.5:
        return NOTHING  # "2,75 gel": a strength before a gel
    return Counted(number, form)


def _graduation(match: re.Match[str]) -> object:
    return one(match[1])


def galenic(match: re.Match[str]) -> tuple[str, str | None]:
    """The form, and the route the same words say."""
    form = _galenic(match[0].strip())
    return form, ROUTE_OF_FORM.get(form) or _route_said(match[0])


RULES = (
    rule(Kind.COUNT, _COUNT, _make),
    rule(
        Kind.GRADUATION,
        rf"(?:(?:1|une) ?)?doses?[- ]?(?:/ ?)?(?:poids|kg|pour|de|d'un poids de|graduation|graduee)?"
        rf"(?: de| pour|:)? ?(?:un poids de )?({ONE}) ?kg",
        _graduation,
    ),
    rule(Kind.GRADUATION, rf"(?:(?:1|une) ?)?doses?[- /]?kg ({ONE}) ?kg", _graduation),
    rule(Kind.OPEN, rf"(?:{RANGE} ?)?doses?[- /]?(?:kg|poids)", lambda _: "weight_missing"),
    rule(Kind.OPEN, rf"{RANGE} ?doses?", lambda _: "dose_of_what"),
    rule(Kind.FORM, "|".join(sorted(_GALENIC, key=len, reverse=True)), galenic),
)
