"""How long, and how many times again: "QSP 3 mois", "J1", "AR 2x", "à renouveler 2 h après".

Law: a length, a rhythm and a renewal are never taken for one another; what could be two of them is asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule
from lanterne.practice.prescriptions.posology.numbers import ONE, RANGE, one, plain
from lanterne.practice.prescriptions.posology.rhythm import DAY, HOUR, MONTH, PER_DAY, WEEK

_YEAR = r"(?:ans?|annees?)"
_FOR = (
    r"(?:(?:x ?|qsp(?: ?: ?| )?|q\.s\.p\.? ?|quantite suffisante pour |pdt |pd |pendant "
    r"|pour (?:une duree de )?|durant |sur |duree(?: de)?(?: ?: ?| )?|traitement(?: de| pour| pendant)? "
    r"|encore |soit |les |delivrer |delivrance |au total ){0,3})"
)
_ORDINAL = {
    r"1er|1ere|premiere?": 1, r"2e|2eme|2nd|deuxieme|second": 2, r"3e|3eme|troisieme": 3, r"4e|4eme|quatrieme": 4,
    r"5e|5eme|cinquieme": 5,
}  # fmt: skip
_TIMES = r"(?:x|fois|f)"
_RENEW = r"(?:ar|a renouv(?:eler)?|renouvelables?|renouveler|renouv\.?|a renouveller|renouvellements?)"
_UNIT_AFTER = rf"(?! ?(?:{DAY}|{WEEK}|{MONTH}|{_YEAR}|{HOUR}|m)(?![a-z0-9]))"


@dataclass(frozen=True, slots=True)
class Length:
    """So many of a unit: "jour", "semaine", "mois", "an". `supply`: said as what to deliver (QSP)."""

    value: int | float
    unit: str
    supply: bool = False


def _unit(text: str) -> str:
    if re.fullmatch(DAY, text):
        return "jour"
    if re.fullmatch(WEEK, text):
        return "semaine"
    return "an" if re.fullmatch(_YEAR, text) else "mois"


def _length(match: re.Match[str]) -> object:
    value = one(match[1])
    unit = _unit(match[2])
    if value <= 0 or "/" in match[1] or (unit == "jour" and not float(value).is_integer()):
        return NOTHING
    return Length(value, unit, "qsp" in match[0] or "q.s.p" in match[0])


def _days(match: re.Match[str]) -> object:
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    return (first, last) if 1 <= first <= last else NOTHING


def _ordinal(match: re.Match[str]) -> tuple[int, int]:
    number = next(value for pattern, value in _ORDINAL.items() if re.fullmatch(pattern, match[1]))
    return number, number


def _renewals(match: re.Match[str]) -> object:
    number = one(match[1])
    return int(number) if float(number).is_integer() and 0 <= number <= 24 else NOTHING


def _again(match: re.Match[str]) -> object:
    return plain(one(match[1]))


_ORDINALS = "|".join(_ORDINAL)
RULES = (
    rule(
        Kind.LENGTH,
        rf"{_FOR}({ONE}) ?({DAY}|{WEEK}|{MONTH}|{_YEAR})(?: suivants?| suivantes?)?(?! ?/)",
        _length,
    ),
    rule(Kind.LENGTH, rf"(?:qsp|pdt|pendant|pour) ?({ONE}) ?(m)", _length),
    rule(Kind.LENGTH, r"([1-9]|12)(m)(?= ?(?:ar|ald|ns|non|$|,))", _length),
    rule(
        Kind.OPEN,
        rf"{_FOR}{ONE} ?(?:{DAY}|{WEEK}|{MONTH})? ?(?:a|-|ou) ?{ONE} ?(?:{DAY}|{WEEK}|{MONTH}|{_YEAR})",
        lambda _: "length_range",
    ),
    rule(Kind.OPEN, rf"(?:pdt|pendant|qsp|pour|durant) ?{RANGE} ?{HOUR}", lambda _: "length_in_hours"),
    rule(
        Kind.OPEN,
        rf"(?:max(?:imum)?|au plus) {ONE} ?(?:{DAY}|{WEEK})|{ONE} ?{DAY} (?:max(?:imum)?|au plus)",
        lambda _: "length_at_most",
    ),
    rule(Kind.DAY, r"(?:de |a |le )?j ?(\d{1,2})(?: ?(?:a|-|au) ?j? ?(\d{1,2}))?(?! ?(?:/|sur|j))", _days),
    rule(Kind.DAY, rf"(?:le )?({_ORDINALS}) jour", _ordinal),
    rule(Kind.RENEWALS, rf"{_RENEW} ?:? ?(?:x ?)?({ONE})(?: ?{_TIMES})?{_UNIT_AFTER}", _renewals),
    rule(
        Kind.RENEWALS, r"non renouvelables?|ne pas renouveler|sans renouvellement|non renouv\.?", lambda _: 0
    ),
    rule(
        Kind.OPEN,
        rf"{_RENEW} ?:? ?(?:pendant |pdt |x )?{ONE} ?(?:{WEEK}|{MONTH}|{_YEAR}|m|{DAY})",
        lambda _: "renewals_or_length",
    ),
    rule(Kind.OPEN, rf"{_RENEW}(?: si besoin| si necessaire)?", lambda _: "renewals_how_many"),
    rule(
        Kind.AGAIN,
        rf"(?:{_RENEW}|a repeter|repeter|a reprendre|peut etre (?:renouvele|repete)e?)(?: (?:1|une) (?:fois|x))?"
        rf"(?: au bout de| apres| dans| toutes les| ttes les)? ?({RANGE}) ?{HOUR}"
        r"(?: apres| plus tard| minimum| min)?",
        lambda m: _again(m) if re.fullmatch(ONE, m[1]) else NOTHING,
    ),
    rule(
        Kind.AGAIN,
        rf"(?:(?:avec )?(?:un )?(?:intervalle|delai)(?: de| min(?:imum|imal)?(?: de)?)?|(?:a )?espac(?:er"
        rf"|ees?|es)(?: les prises)?(?: d'au moins| de)?"
        rf"|(?:au )?(?:min(?:imum)?|moins)|attendre)(?: de)? ?({ONE}) ?{HOUR}"
        r"(?: (?:min(?:imum)? )?entre (?:les|2|deux|chaque)? ?prises?)?",
        _again,
    ),
    rule(
        Kind.AGAIN,
        rf"({ONE}) ?{HOUR} (?:min(?:imum)? |au moins )?entre (?:les|2|deux|chaque) prises?",
        _again,
    ),
)

__all__ = ["PER_DAY", "RULES", "Length"]
