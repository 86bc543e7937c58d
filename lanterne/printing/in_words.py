"""Numbers in French words, as narcotics want them (R. 5132-29 CSP: "en toutes lettres").

Spelling of before 1990, the one on the forms: "vingt et un", "quatre-vingts", "deux cents", "deux cent un", "mille".
An own function of a few lines: `num2words` is LGPL, and knows neither the gender of a gélule nor "et demi".
"""

from __future__ import annotations

import re
from decimal import Decimal

_UP_TO_NINETEEN = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
)
_SMALL = _UP_TO_NINETEEN.split()
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_NUMBER_WORDS = frozenset(
    {"une", "cent", "cents", "mille", "demi", "demie", *" ".join(_SMALL).split(), *_TENS.values()}
)
MOST = 999_999_999

# What is counted, where it is feminine; the rest is masculine.
_FEMININE_NOUNS = (
    "ampoule application boîte bouffée bouteille capsule cartouche compresse cuillère cuillère-mesure dose dosette "
    "gélule goutte heure inhalation injection journée mesure minute nuit pastille perfusion pilule pipette plaquette "
    "poche prise pulvérisation seconde semaine seringue séance tablette unidose unité année"
)
_FEMININE = {
    "fois",
    "cuillères-mesures",
    *_FEMININE_NOUNS.split(),
    *(f"{one}s" for one in _FEMININE_NOUNS.split()),
}
# Abbreviations: singular, plural, feminine.
_UNITS: dict[str, tuple[str, str, bool]] = {
    "mg": ("milligramme", "milligrammes", False),
    "g": ("gramme", "grammes", False),
    "kg": ("kilogramme", "kilogrammes", False),
    **dict.fromkeys(("µg", "μg", "ug", "mcg"), ("microgramme", "microgrammes", False)),
    **dict.fromkeys(("ml", "mL"), ("millilitre", "millilitres", False)),
    **dict.fromkeys(("l", "L"), ("litre", "litres", False)),
    "cm": ("centimètre", "centimètres", False),
    "mm": ("millimètre", "millimètres", False),
    **dict.fromkeys(("UI", "U.I."), ("unité internationale", "unités internationales", True)),
    "mmol": ("millimole", "millimoles", True),
    "h": ("heure", "heures", True),
    "min": ("minute", "minutes", True),
    **dict.fromkeys(("j", "jrs"), ("jour", "jours", False)),
    "sem": ("semaine", "semaines", True),
    **dict.fromkeys(("cp", "cps"), ("comprimé", "comprimés", False)),
    "gél": ("gélule", "gélules", True),
    "%": ("pour cent", "pour cent", False),
}
_YEAR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_MONTHS = _YEAR.split()


def number(value: int, *, feminine: bool = False) -> str:
    """A whole number, 0 to 999,999,999: 21 is "vingt et un", or "vingt et une" before what is feminine.

    Raises:
        ValueError: negative, or larger.
    """
    if not 0 <= value <= MOST:
        raise ValueError("only whole numbers from 0 to 999,999,999 are written in words")
    if value == 0:
        return "zéro"
    parts: list[str] = []
    millions, rest = divmod(value, 1_000_000)
    thousands, units = divmod(rest, 1000)
    if millions:
        parts.append(f"{_hundreds(millions)} million{'s' if millions > 1 else ''}")
    if thousands:
        # "mille" agrees with nothing, and "cents", "vingts" lose their s before it.
        parts.append("mille" if thousands == 1 else f"{_hundreds(thousands, last=False)} mille")
    if units:
        parts.append(_hundreds(units))
    said = " ".join(parts)
    return f"{said}e" if feminine and re.search(r"\bun$", said) else said


def _hundreds(value: int, *, last: bool = True) -> str:
    hundreds, rest = divmod(value, 100)
    parts: list[str] = []
    if hundreds:
        head = "cent" if hundreds == 1 else f"{_SMALL[hundreds]} cent"
        parts.append(head + ("s" if hundreds > 1 and not rest and last else ""))
    if rest:
        parts.append(_below_hundred(rest, last=last))
    return " ".join(parts)


def _below_hundred(value: int, *, last: bool) -> str:
    if value < 20:
        return _SMALL[value]
    tens, unit = divmod(value, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    if tens == 8:
        if not unit:
            return "quatre-vingts" if last else "quatre-vingt"
        return f"quatre-vingt-{_SMALL[unit]}"
    if not unit:
        return _TENS[tens]
    return f"{_TENS[tens]} et {_SMALL[unit]}" if unit in (1, 11) else f"{_TENS[tens]}-{_SMALL[unit]}"


def counted(value: Decimal, noun: str) -> str:
    """So many of something: (2.5, "comprimés") is "deux comprimés et demi", (0.5, "gélule") "une demi-gélule".

    Args:
        value: not negative, four decimals at most.
        noun: a word as typed, singular or plural, or an abbreviation of a unit ("mg"); empty for the number alone.
    """
    unit = _UNITS.get(noun)
    feminine = unit[2] if unit else noun.lower() in _FEMININE
    one = unit[0] if unit else noun.removesuffix("s") if noun not in ("fois", "mois") else noun
    many = (unit[1] if value >= 2 else unit[0]) if unit else noun
    whole, part = int(value), value - int(value)
    if not part or not noun or noun == "%":
        said = number(whole, feminine=feminine) if not part else _with_comma(value)
        return f"{said} {many}".rstrip()
    if part == Decimal("0.5"):
        if not whole:
            return f"{'une' if feminine else 'un'} demi-{one}"
        return f"{number(whole, feminine=feminine)} {many} et {'demie' if feminine else 'demi'}"
    if not whole and part in (Decimal("0.25"), Decimal("0.75")):
        link = "d’" if one[0].lower() in "aeiouyéèêhâî" else "de "
        return f"{'un quart' if part == Decimal('0.25') else 'trois quarts'} {link}{one}"
    return f"{_with_comma(value)} {many}"


def _with_comma(value: Decimal) -> str:
    whole, _, digits = f"{value.normalize():f}".partition(".")
    zeros = len(digits) - len(digits.lstrip("0"))
    return " ".join([number(int(whole)), "virgule", *["zéro"] * zeros, number(int(digits[:9]))])


_THIN = "[ \u00a0\u202f]"
# Thousands apart by a no-break space, or by an ordinary one before zeros only: "2 100 mg" may be two of 100 mg.
_NUMBER = r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?!\d)|\d{1,3}(?: 000)+(?!\d)|\d+"
_UNIT_WORDS = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_DATE = re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\w/])")
_HOUR = re.compile(r"(?<![\w,.])(\d{1,2})[  ]?[hH:][  ]?(\d{2})(?!\d)")
_ORDINAL = re.compile(r"(?<![\w,.])(\d+)(er|re|ère|e|è|ème|eme)(?!\w)")
_FRACTION = re.compile(rf"(?<![\w/,.])(\d)/(\d)(?:{_THIN}([^\W\d]+))?(?![\w/])")
_PER = re.compile(rf"(?<=\w)/{_THIN}?(jour|prise|dose|{_UNIT_WORDS})(?!\w)")
# "10 mg/5 mL" is a concentration; "500 mg/30 mg" are two substances, and stay apart by their stroke.
_PER_AMOUNT = re.compile(rf"/{_THIN}?(?=\d+(?:[.,]\d+)?{_THIN}?(?:mL|ml|L|l|h)(?!\w))")
_AMOUNT = re.compile(
    rf"(?<![\w,.])(?P<whole>{_NUMBER})(?:(?P<sign>[.,])(?P<part>\d{{1,4}}))?(?!\d)"
    rf"(?P<gap>{_THIN}?)(?P<noun>(?:{_UNIT_WORDS})(?!\w)|[^\W\d]+(?:-[^\W\d]+)*|%)?"
)
_LINKS = frozenset({"à", "ou", "et", "puis"})


def spelled(text: str) -> str:
    """A sentence with its numbers in words: "2 gélules 3 fois/j" is "deux gélules trois fois par jour".

    Digits it cannot read stay as they are; `figures_left` finds them.
    """
    said = _DATE.sub(_date, text)
    said = _HOUR.sub(
        lambda found: f"{found[1]} heures {found[2]}" if int(found[2]) else f"{found[1]} heures", said
    )
    said = _ORDINAL.sub(_ordinal, said)
    said = _PER.sub(lambda found: " par " + _UNITS.get(found[1], (found[1],))[0], said)
    said = _PER_AMOUNT.sub(" par ", _FRACTION.sub(_fraction, said))
    return _AMOUNT.sub(lambda found: _amount(found, said), said)


def figures_left(text: str) -> str:
    """The first word of a spelled text that still holds a figure, or an empty text."""
    found = re.search(r"\S*\d\S*", text)
    return found[0] if found else ""


def says_a_number(text: str) -> bool:
    """Whether a sentence holds a number, in words or in figures."""
    words = set(re.findall(r"\w+", text.casefold().replace("-", " ")))
    return bool(words & _NUMBER_WORDS) or any(word.isdigit() for word in words)


def _amount(found: re.Match[str], whole_text: str) -> str:
    whole, part = re.sub(r"\D", "", found["whole"]), found["part"] or ""
    if len(whole) > 9 or (found["sign"] == "." and len(part) == 3):
        return found[0]  # "1.000" may be one, or a thousand
    noun = found["noun"] or ""
    before, after = whole_text[: found.start()].rstrip(" \u00a0\u202f")[-1:], whole_text[found.end() :][:1]
    if before.isdigit() or (not noun and after.isdigit()):
        return found[0]  # "2 100 mg": in words it would read as two hundred
    value = Decimal(f"{whole}.{part or 0}")
    if noun.lower() in _LINKS:
        # "1 à 2 gélules": the noun that decides the gender comes after the second number.
        following = re.match(
            rf"{_THIN}(?:{_NUMBER})(?:[.,]\d+)?{_THIN}?([^\W\d]+)", whole_text[found.end() :]
        )
        feminine = following is not None and _is_feminine(following[1])
        said = number(int(value), feminine=feminine) if value == int(value) else _with_comma(value)
        return f"{said} {noun}"
    return counted(value, noun) + ("" if noun else found["gap"])


def _is_feminine(noun: str) -> bool:
    unit = _UNITS.get(noun)
    return unit[2] if unit else noun.lower() in _FEMININE


def _date(found: re.Match[str]) -> str:
    day, month, year = int(found[1]), int(found[2]), int(found[3])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return found[0]
    return f"{'premier' if day == 1 else number(day)} {_MONTHS[month - 1]} {number(year)}"


def _ordinal(found: re.Match[str]) -> str:
    value = int(found[1])
    if not 0 < value < 1000:
        return found[0]
    if value == 1:
        return "premier" if found[2] == "er" else "première"
    said = number(value).removesuffix("s") if value % 100 in (0, 80) else number(value)
    if said.endswith("cinq"):
        return f"{said}uième"
    if said.endswith("neuf"):
        return f"{said[:-1]}vième"
    return f"{said.removesuffix('e')}ième"


def _fraction(found: re.Match[str]) -> str:
    over, under, noun = int(found[1]), int(found[2]), found[3] or ""
    if under not in (2, 4) or over >= under:
        named = {(1, 3): "un tiers", (2, 3): "deux tiers"}.get((over, under))
        tail = f" de {noun}" if noun else ""
        return (
            f"{named}{tail}" if named else f"{number(over)} sur {number(under)}{f' {noun}' if noun else ''}"
        )
    if not noun:
        return {1: "un demi" if under == 2 else "un quart", 2: "un demi", 3: "trois quarts"}[over]
    return counted(Decimal(over) / under, noun)
