"""Which product a line is about: what stands before the first amount, number or rhythm.

Law: an exact name first, then the only near one; two that fit are asked about, and so is a name that is only begun. A
name nobody knows is read as typed, if nothing else stands beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.names import Known, Names, texts
from lanterne.practice.prescriptions.posology.naming_words import (
    ACCENTS,
    ALIASES,
    CLASS,
    DENIED,
    DEVICE,
    ENDING,
    POINTER,
    SALTS,
    VARIANTS,
)
from lanterne.practice.prescriptions.posology.scanner import match_at
from lanterne.practice.prescriptions.posology.structure import Point
from lanterne.practice.prescriptions.posology.typed import Typed, fold

_WORD = re.compile(r"[a-z0-9µ][a-z0-9µ'.]*(?<![.'])")
_JOIN = re.compile(r" ?[/+-] ?| et | ")
_SIDED = re.compile(r"\b(?:droite?s?|gauches?)$")
"""A side ends the name of a device: "attelle genou gauche". After "de" it may belong to either, and is asked about."""
_MOST_WORDS = 9


@dataclass
class Named:
    """What was read of the name, and where it ends."""

    words: list[str] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    suffixes: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    questions: list[Point] = field(default_factory=list)
    device: bool = False
    explicit: bool = False
    sold_together: bool = False
    end: int = 0

    @property
    def text(self) -> str:
        """As the structure writes it."""
        parts = [one.text.replace(" et ", "/").replace(" + ", "/") for one in self.known]
        name = "/".join(parts) if parts else " ".join(self.words)
        return " ".join([name, *self.suffixes]).strip()

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The names to ask the base about: the whole, then each part."""
        if not self.known:
            return (" ".join(self.words),)
        if len(self.known) == 1:
            return (self.known[0].text,)
        return (" et ".join(one.text for one in self.known), *(one.text for one in self.known))


def name_of(typed: Typed, names: Names) -> Named:
    """Read the name at the beginning of a line."""
    named, plain, place = Named(), typed.plain, 0
    while place < len(plain) and plain[place] in " -*.:;\"'()":
        place += 1
    if device := DEVICE.match(plain, place):
        return _device(typed, place, device.end())
    while place < len(plain) and len(named.words) + len(named.known) < _MOST_WORDS:
        join = _JOIN.match(plain, place)
        said = join[0] if join and (named.known or named.words) else ""
        here = place + (len(said) if said else len(plain[place:]) - len(plain[place:].lstrip(" ")))
        after = _next(named, typed, here, said.strip(), names)
        if after is None:
            break
        place = after
    named.end = place
    named.sold_together = (
        len(named.known) > 1 and names.exact(" et ".join(fold(one.text) for one in named.known)) is not None
    )
    _question(named, names)
    return named


def _next(named: Named, typed: Typed, here: int, join: str, names: Names) -> int | None:
    """Take what stands here into the name. Returns where it ends, or None when the name ended before it."""
    plain = typed.plain
    salt = _WORD.match(plain, here)
    if salt is not None and salt[0] in SALTS and named.known and named.known[-1].dci and not join:
        named.suffixes.append(typed.between(here, salt.end()).lower())
        return salt.end()
    if found := _longest(plain, here, names):
        if named.words:
            named.questions.append(Point("name_unknown", {"name": " ".join(named.words)}))
        elif join != "et":
            known, end = found
            if named.known and not (named.known[-1].dci and known.dci):
                named.questions.append(Point("two_products", {"a": named.known[-1].text, "b": known.text}))
            named.explicit |= join in ("/", "+")
            named.known.append(known)
            return end
    item = match_at(plain, here)
    if item is None or item.end == here:
        return _word(named, typed, here, join, names)
    if item.kind is Kind.SUFFIX:
        named.suffixes.append(item.value)
    elif item.kind is Kind.FORM and not named.words and not named.known:
        named.items.append(item)  # "sirop helicidine": the form before the name
    elif item.kind is not Kind.DROPPED:
        return None
    return item.end


def _word(named: Named, typed: Typed, here: int, join: str, names: Names) -> int | None:
    """A word that no rule and no exact name explains."""
    word = _WORD.match(typed.plain, here)
    if word is None or word[0].isdigit():
        return None
    shown = typed.between(here, word.end()).lower()
    joined = join in ("/", "+")
    if word[0] in VARIANTS and (named.known or named.words):
        named.suffixes.append(shown)
        return word.end()
    if (not named.known or joined) and not named.words and (near := _near(typed.plain, here, names)):
        return _take_near(named, typed, near[0], here, near[1])
    if word[0] in ENDING and named.words:
        return None
    if not named.known:
        named.words.append(shown)
    elif joined and re.fullmatch(r"[a-z]{4,}", word[0]):
        named.known.append(Known(shown, True))
        named.explicit = True
    elif re.fullmatch(r"[a-z]{1,4}\d{1,3}", word[0]):
        named.suffixes.append(shown)
    else:
        return None  # a word beside a known name: the scanner will not know it either
    return word.end()


def _device(typed: Typed, start: int, end: int) -> Named:
    named = Named(device=True)
    plain, place = typed.plain, start
    while place < len(plain) and len(named.words) < _MOST_WORDS:
        if plain[place] == " ":
            place += 1
            continue
        classed = re.compile(
            r"(?:classe|n[o°]|type|taille|libre|force) ?[a-z0-9]{1,3}(?: plus)?(?![a-z0-9])"
        ).match(plain, place)
        word = classed or re.compile(r"[a-z][a-z0-9'-]*").match(plain, place)
        if word is None:
            break
        item = match_at(plain, place)
        if (
            place >= end
            and not classed
            and item is not None
            and item.kind not in (Kind.FORM, Kind.SITE, Kind.DROPPED, Kind.WEEKDAYS)
        ):
            break
        if (
            place >= end
            and item is not None
            and item.kind is Kind.SITE
            and _SIDED.search(plain[place : item.end])
        ):
            if named.words[-1] in ("de", "du", "des", "d", "la", "pour"):
                named.questions.append(Point("which_side", {"words": typed.between(place, item.end)}))
            break
        shown = typed.between(place, word.end()).lower()
        named.words.append(ACCENTS.get(shown, shown))
        place = word.end()
    named.end = place
    return named


def _longest(plain: str, place: int, names: Names) -> tuple[Known, int] | None:
    """The longest known name that stands here, and its end."""
    ends: list[int] = []
    here = place
    while len(ends) < 5 and (word := _WORD.match(plain, here)):
        ends.append(word.end())
        gap = re.compile(r" ?[-/+'] ?| ").match(plain, word.end())
        if gap is None:
            break
        here = gap.end()
    for end in reversed(ends):
        folded = " ".join(ALIASES.get(word, word) for word in fold(plain[place:end]).split())
        known = names.exact(folded)
        if known is not None and not (folded in CLASS and len(ends) > 1):
            return known, end
    return None


def _near(plain: str, place: int, names: Names) -> tuple[tuple[Known, ...], int] | None:
    ends: list[int] = []
    here = place
    while len(ends) < 2 and (word := _WORD.match(plain, here)):
        ends.append(word.end())
        here = word.end() + 1
    for end in reversed(ends):
        if near := names.near(fold(plain[place:end])):
            return near, end
    return None


def _take_near(named: Named, typed: Typed, near: tuple[Known, ...], start: int, end: int) -> int:
    if len(near) > 1:
        named.questions.append(
            Point("name_fits_several", {"name": typed.between(start, end), "names": texts(near)})
        )
    named.known.append(near[0])
    return end


def _question(named: Named, names: Names) -> None:
    text = " ".join(named.words)
    folded = fold(text)
    if not named.words and not named.known:
        named.questions.append(Point("no_product"))
    elif not named.known:
        if any(word in DENIED for word in folded.split()):
            named.questions.append(Point("name_unknown", {"name": text}))
        if POINTER.match(folded) or any(POINTER.fullmatch(word) for word in folded.split()):
            named.questions.append(Point("pointer", {"name": text}))
        elif folded.split()[0] in CLASS or len(folded) < 3:
            named.questions.append(Point("no_product"))
        elif begun := names.abbreviated(folded):
            named.questions.append(Point("name_fits_several", {"name": text, "names": texts(begun)}))
        elif len(named.words) > 3 or len(folded) < 4:
            named.questions.append(Point("name_unknown", {"name": text}))
    elif fold(named.known[0].text) in CLASS and len(named.known) == 1:
        named.questions.append(Point("no_product"))
