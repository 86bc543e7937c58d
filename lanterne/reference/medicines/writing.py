"""How names, strengths and forms are written, and when two writings are the same.

Law: pure functions on text; what is shown stays as published but for useless zeros and spelled-out units.
Two strengths are compared by value and kind of unit (mass, volume, international units…), never by their
letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

MOST_NAMED = 400
"""Characters of a name, a strength or a form that are looked at: the longest published in 2026 has 255, and what is
longer would only cost time.
"""
_OPENED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


_MARKS = re.compile("[\u0300-\u036f]+")
_PUNCTUATION = re.compile(r"[\W_]+")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, without accents, ligatures opened, punctuation as single spaces: what names are compared by."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", text.casefold().translate(_OPENED)))
    return _PUNCTUATION.sub(" ", plain).strip()


# ---------------------------------------------------------------- amounts

_UNITS: dict[str, tuple[str, str, str]] = {
    # as folded when typed: (kind, factor to the smallest unit of the kind, as written)
    "g": ("mass", "1000000", "g"),
    "gr": ("mass", "1000000", "g"),
    "gramme": ("mass", "1000000", "g"),
    "grammes": ("mass", "1000000", "g"),
    "kg": ("mass", "1000000000", "kg"),
    "mg": ("mass", "1000", "mg"),
    "milligramme": ("mass", "1000", "mg"),
    "milligrammes": ("mass", "1000", "mg"),
    "ug": ("mass", "1", "µg"),
    "mcg": ("mass", "1", "µg"),
    "µg": ("mass", "1", "µg"),
    "μg": ("mass", "1", "µg"),
    "microg": ("mass", "1", "µg"),
    "microgramme": ("mass", "1", "µg"),
    "microgrammes": ("mass", "1", "µg"),
    "nanogrammes": ("mass", "0.001", "ng"),
    "ng": ("mass", "0.001", "ng"),
    "ml": ("volume", "1000", "mL"),
    "l": ("volume", "1000000", "L"),
    "litre": ("volume", "1000000", "L"),
    "ui": ("ui", "1", "UI"),
    "u": ("ui", "1", "UI"),
    "u.i.": ("ui", "1", "UI"),
    "iu": ("ui", "1", "UI"),
    "unite": ("ui", "1", "UI"),
    "unites": ("ui", "1", "UI"),
    "unité": ("ui", "1", "UI"),
    "unités": ("ui", "1", "UI"),
    "m.u.i.": ("ui", "1000000", "MUI"),
    "mui": ("ui", "1000000", "MUI"),
    "millions ui": ("ui", "1000000", "MUI"),
    "million ui": ("ui", "1000000", "MUI"),
    "%": ("percent", "1", "%"),
    "pour cent": ("percent", "1", "%"),
    "mmol": ("mole", "1", "mmol"),
    "meq": ("equivalent", "1", "mEq"),
    "mbq": ("activity", "1", "MBq"),
    "gbq": ("activity", "1000", "GBq"),
}
_NUMBER = r"(?<![^\W_])(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
"""Never the end of a word: in "MIX25 100 UI" the number is 100, not 25 100."""
_UNIT = "|".join(re.escape(one) for one in sorted(_UNITS, key=len, reverse=True))
_AMOUNT = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?(?![^\W\d_])", re.IGNORECASE)
_LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit as written ("" for none); `kind` and `value` compare: 1 g and 1000 mg are
    equal.
    """

    number: str
    unit: str
    kind: str
    value: Decimal

    @property
    def text(self) -> str:
        """ "12,5 mg"; a percentage too has its space."""
        return f"{self.number} {self.unit}".strip()

    def same(self, other: Amount) -> bool:
        """Equal in value; a bare number equals the same number in any unit, or that many milligrams."""
        if self.kind and other.kind:
            return self.kind == other.kind and self.value == other.value
        if number_of(self.number) == number_of(other.number):
            return True
        bare, full = (other, self) if self.kind else (self, other)
        return full.kind == "mass" and number_of(bare.number) * 1000 == full.value


def number_of(text: str) -> Decimal:
    """The number of "1 000,50". Raises `InvalidOperation` for what is none."""
    return Decimal(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))


def _written(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text.replace(".", ",")


@lru_cache(maxsize=16384)
def amounts(text: str) -> tuple[Amount, ...]:
    """The amounts in a text, in their order: "1 g/125 mg" has two, "doliprane 500" one, without a unit."""
    found = []
    for match in _AMOUNT.finditer(text[:MOST_NAMED]):
        digits = match["number"]
        if len(digits) > _LONGEST_NUMBER or _within_word(text, match.start()):
            continue
        try:
            number = number_of(digits)
        except InvalidOperation:
            continue
        typed = (match["unit"] or "").casefold()
        kind, factor, unit = _UNITS.get(typed, ("", "1", ""))
        found.append(Amount(_written(number), unit, kind, number * Decimal(factor)))
    return tuple(found)


def _within_word(text: str, start: int) -> bool:
    """Whether the number is the end of one: the 25 of "B1,25"."""
    return start > 0 and text[start - 1] in ".,"


def shown(amount: Amount) -> str:
    """As the project writes it: 1000 mg is 1 g, 0,05 g stays; no useless zero."""
    if amount.unit == "mg" and amount.value >= 1_000_000 and amount.value % 500_000 == 0:
        return f"{_written(amount.value / 1_000_000)} g"
    if amount.unit == "g" and amount.value < 1_000_000:
        return f"{_written(amount.value / 1000)} mg"
    return amount.text


# ---------------------------------------------------------------- names of medicines

_STRENGTH = re.compile(
    rf"(?:{_NUMBER}\s*/\s*)*(?:{_NUMBER})\s*(?:{_UNIT})(?![^\W\d_])"
    rf"(?:\s*(?:/|\bpar\b|\bpour\b)\s*(?:(?:(?:{_NUMBER})\s*)?(?:{_UNIT})(?![^\W\d_])|dose|h\b|heures?|24\s*h(?:eures)?))*",
    re.IGNORECASE,
)
_PER = re.compile(r"\s*\b(?:par|pour)\b\s*", re.IGNORECASE)
_PERCENT = re.compile(r"\s*\bpour\s+cent\b", re.IGNORECASE)


def named(name: str) -> tuple[str, str]:
    """(brand, strength) of a published name: ("AUGMENTIN", "1 g/125 mg") for "AUGMENTIN 1 g/125 mg, poudre…".

    The brand is what comes before the first strength or the first comma; either may be empty.
    """
    name = name[:MOST_NAMED]
    match = _STRENGTH.search(name)
    comma = re.search(r",(?!\d)|(?<!\d),", name)
    if match is None or (comma is not None and comma.start() < match.start()):
        return name[: comma.start() if comma else len(name)].strip(" ,"), ""
    brand = name[: match.start()].strip(" ,(")
    # "A 313 200 000 UI POUR CENT" is not 313 millions: what has no name before its number says no strength.
    return (
        (brand, strength(match.group()))
        if len(fold(brand)) > 1
        else (name[: comma.start() if comma else None], "")
    )


def strength(text: str) -> str:
    """One writing of a strength: "12,50 microgrammes/dose" is "12,5 µg/dose", "100 mg par ml" "100 mg/mL",
    "200/6 microgrammes/dose" "200 µg/6 µg/dose".
    """
    parts: list[str] = []
    text = text[:MOST_NAMED].strip()
    for part in _PER.sub("/", _PERCENT.sub(" %", text)).split("/"):
        found = amounts(part)
        if len(found) == 1 and found[0].unit:
            unit_of_all = found[0].unit
            parts = [f"{one} {unit_of_all}" if re.fullmatch(_NUMBER, one) else one for one in parts]
            parts.append(shown(found[0]))
        else:
            unit = _UNITS.get(part.strip().casefold())
            parts.append(unit[2] if unit else re.sub(r"(?<=\d) ?[hH]$", " h", part.strip()))
    return "/".join(part for part in parts if part)


# ---------------------------------------------------------------- forms

_DROPPED = re.compile(
    r"\b(?:pellicul[ée]e?s?|s[ée]cables?|quadris[ée]cables?|enrob[ée]e?s?|drag[ée]ifi[ée]e?s?|molles?|dures?)\b"
    r"|\(e\)|\(se\)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def plain_form(form: str) -> str:
    """The form one prescribes: "comprimé pelliculé sécable" is a "comprimé", but one that is effervescent,
    dispersible, gastro-resistant or slow stays so.
    """
    plain = re.sub(r"\s+", " ", _DROPPED.sub(" ", form[:MOST_NAMED])).strip(" ,")
    plain = re.sub(r"\bgastro ?r[ée]sistant\b", "gastro-résistant", plain)
    halves = plain.split(" et ")
    if len(halves) == 2 and halves[0].strip() == halves[1].strip():
        plain = halves[0].strip()
    return plain[:80]


def same_form(asked: str, form: str) -> bool:
    """Whether `asked` ("cp", "comprimé", "gélule") is this form or its beginning."""
    wanted = fold(ABBREVIATED_FORMS.get(fold(asked), asked))
    folded = fold(form)
    return folded.startswith(wanted) or fold(plain_form(form)).startswith(wanted)


ABBREVIATED_FORMS: dict[str, str] = {
    "cp": "comprimé",
    "cpr": "comprimé",
    "comp": "comprimé",
    "cps": "comprimé",
    "gel": "gélule",
    "gelu": "gélule",
    "sach": "poudre",
    "sachet": "poudre",
    "sol": "solution",
    "susp": "suspension",
    "buv": "buvable",
    "inj": "injectable",
    "suppo": "suppositoire",
    "pom": "pommade",
    "amp": "ampoule",
    "eff": "effervescent",
    "lp": "libération prolongée",
    "patch": "dispositif transdermique",
    "spray": "pulvérisation",
    "aerosol": "inhalation",
    "inh": "inhalation",
    "gouttes": "gouttes",
}
"""Forms as typed, folded. "gel" is also a form of its own: a search tries both."""
