"""Amounts with a unit: strengths ("100 mg/12,5 mg par mL"), doses by weight ("80 mg/kg/j"), sizes ("10x10 cm").

Law: written one way whatever was typed; never converted. "/j" and "/prise" are never dropped: they are the difference
between a day's dose and an intake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule
from lanterne.practice.prescriptions.posology.numbers import DIGITS, FRACTIONS, RANGE, decimal, one, quantity
from lanterne.practice.prescriptions.posology.structure import Quantity

_UNITS: dict[str, str] = {
    r"microgrammes?|microg|mcg|µg|ug|gammas?": "µg",
    r"milligrammes?|mg": "mg",
    r"nanogrammes?|ng": "ng",
    r"grammes?|gr|g": "g",
    r"m\.?u\.?i\.?|millions? d'?ui|millions? d'unites?|m ui": "MUI",
    r"u\.?i\.?": "UI",
    r"unites?|u": "u",
    r"millilitres?|ml|cc": "mL",
    r"mmol": "mmol",
    r"meq": "mEq",
    r"%|pour ?cent|p\.?100": "%",
    r"ch": "CH",
    r"dh": "DH",
    r"mm": "mm",
    r"cm": "cm",
}
UNIT = "(?:" + "|".join(sorted(_UNITS, key=len, reverse=True)) + ")"
_N = rf"{DIGITS}(?!\d)"
_DAY = r"(?:jours?|jr|j)"
_KG = r"(?:/ ?kg|par kg|par kilo|/ ?kilo)"
_LASTS_H = (16, 24, 72)
"""Hours a patch lasts: in "21 mg/24 h" they belong to the strength."""
_PER_DAY = rf"(?:/ ?{_DAY}|(?:et )?par jour|par {_DAY}|quotidiens?)"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount. `number` is None for what is only a strength (a concentration, a percentage, two parts).

    `per`: "" for a plain amount, "kg" by weight, "j" in all per day, "kg/j" both, "prise" said to be per intake.
    `every_h`: typed with it ("12 mg/kg/8h").
    """

    text: str
    number: Quantity | None
    unit: str
    per: Literal["", "kg", "j", "kg/j", "prise", "kg/prise"] = ""
    every_h: Quantity | None = None


def unit_of(text: str) -> str:
    """The unit as the structure writes it."""
    return next(unit for pattern, unit in _UNITS.items() if re.fullmatch(pattern, text))


def number_text(text: str) -> str:
    """A number as the structure writes it: decimal comma, no gap, no useless zero."""
    return decimal(one(text))


def _simple(match: re.Match[str]) -> object:
    unit = unit_of(match[2])
    if match[1] in FRACTIONS:
        return NOTHING
    number = quantity(match[1])
    if number is None or number == 0 or (isinstance(number, tuple) and unit in ("%", "cm", "mm")):
        return NOTHING
    if unit == "%":
        return Amount(f"{number_text(match[1])} %", None, "%")
    text = "" if isinstance(number, tuple) else f"{decimal(number)} {unit}"
    return Amount(text, number, unit)


def _dose(match: re.Match[str]) -> object:
    """By weight, per day or per intake."""
    number = quantity(match["number"])
    if number is None:
        return NOTHING
    unit = unit_of(match["unit"]) if match["unit"] else "gouttes"
    kg, day, intake, hours = bool(match["kg"]), bool(match["day"]), bool(match["intake"]), match["hours"]
    if not (kg or day or intake):
        return NOTHING
    unit = "UI" if unit == "u" else unit
    shown = unit + ("/kg" if kg else "") + ("/j" if day else "")
    every = quantity(hours) if hours else None
    if (hours or not match["unit"] or (intake and "prise" not in match[0])) and not kg:
        return NOTHING
    per: Literal["kg", "j", "kg/j", "prise", "kg/prise"]
    weighed: Literal["kg", "kg/j", "kg/prise"] = "kg/j" if day else "kg/prise" if intake or hours else "kg"
    per = weighed if kg else "j" if day else "prise"
    return Amount("", number, shown, per, every)


def _parts(match: re.Match[str]) -> object:
    """A strength of several parts, or a concentration: "100 mg/12,5 mg/mL", "21 mg/24 h", "1 g/125"."""
    text = match[0]
    per = ""
    if tail := re.search(
        rf"(?:/ ?|par )(?:({_N}) ?)?(ml|cl|h(?:eures?)?|doses?|pulv(?:erisation)?s?|bouffees?|gouttes?|l|g)$",
        text,
    ):
        if not tail[1] and not re.search(r"[a-zµ%]", text[: tail.start()]):
            return NOTHING  # "8/ml" says nothing
        lasting = not tail[1] or not tail[2].startswith("h") or one(tail[1]) in _LASTS_H
        if not lasting or (
            tail[1] and tail[2].startswith("h") and not re.search(r"[a-zµ]", text[: tail.start()])
        ):
            return NOTHING  # "500 mg/6h" is a strength, then a rhythm
        unit = {"ml": "mL", "cl": "cL", "l": "L", "g": "g"}.get(tail[2]) or _per_word(tail[2])
        per = f"/{number_text(tail[1])} {unit}" if tail[1] else f"/{unit}"
        text = text[: tail.start()]
    pieces = []
    for piece in re.split(r" ?/ ?", text.strip()):
        found = re.fullmatch(rf"({_N}) ?({UNIT})?", piece.strip())
        if found is None:
            return NOTHING
        unit = unit_of(found[2]) if found[2] else ""
        pieces.append(f"{number_text(found[1])} {'UI' if unit == 'u' else unit}".strip())
    if not per and len(pieces) == 2 and text.replace(" ", "") in FRACTIONS:
        return NOTHING
    if len(pieces) == 1 and not per:
        return NOTHING
    return Amount("/".join(pieces) + per, None, "")


def _per_word(word: str) -> str:
    if word.startswith("h"):
        return "h"
    return {"d": "dose", "p": "pulvérisation", "b": "bouffée", "g": "goutte"}[word[0]]


def _size(match: re.Match[str]) -> Amount:
    sides = [number_text(side) for side in re.findall(_N, match[0])]
    return Amount(f"{'x'.join(sides)} {match[1]}", None, match[1])


_HOURS = rf"/ ?(?P<hours>{RANGE}) ?h(?:eures?)?"
RULES = (
    rule(Kind.AMOUNT, rf"({RANGE}) ?({UNIT})", _simple),
    rule(
        Kind.AMOUNT,
        rf"(?P<number>{RANGE}) ?(?:(?P<unit>{UNIT})|gouttes?|gttes?|gtts?) ?(?P<kg>{_KG})? ?(?:(?P<day>{_PER_DAY})"
        rf"|(?P<intake>(?:/ ?|par )(?:prise|dose|injection|inj))|{_HOURS})?",
        _dose,
    ),
    rule(
        Kind.AMOUNT,
        rf"{_N} ?{UNIT}?(?: ?/ ?{_N} ?{UNIT}?){{0,3}}(?: ?(?:/ ?|par )(?:{_N} ?)?"
        rf"(?:ml|cl|h(?:eures?)?|doses?|pulv(?:erisation)?s?|bouffees?|goutte))?",
        _parts,
    ),
    rule(Kind.AMOUNT, rf"{_N} ?x ?{_N}(?: ?x ?{_N})? ?(cm|mm)", _size),
)
