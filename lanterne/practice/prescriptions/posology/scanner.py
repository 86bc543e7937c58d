"""From plain text to items: at each word, the rule that explains most of it; what none explains is unknown.

Law: every character is looked at once and ends in one item. Nothing is skipped but blanks and bare punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lanterne.practice.prescriptions.posology import amounts, beside, forms, lengths, moments, places, rhythm
from lanterne.practice.prescriptions.posology.items import NOTHING, Item, Kind, Rule, rule
from lanterne.practice.prescriptions.posology.numbers import DIGITS, ONE, RANGE, one, quantity
from lanterne.practice.prescriptions.posology.typed import Typed

RULES: tuple[Rule, ...] = (
    *rhythm.RULES, *moments.RULES, *amounts.RULES, *forms.RULES, *lengths.RULES, *places.RULES, *beside.RULES,
    rule(Kind.NUMBER, RANGE, lambda match: quantity(match[0]) if quantity(match[0]) is not None else NOTHING),
    rule(Kind.NUMBER, ONE, lambda match: one(match[0])),
)  # fmt: skip
_SKIPPED = re.compile(
    r"[ ;:.()\[\]{}\"!?*]+|[-/]+(?= )|(?<= )-|(?:le|la|les|l'|de|du|des|d'|au|aux|en|a(?! ?\d))(?![a-z0-9])(?! ?$)"
)
_WORD = re.compile(r"[^ ,;()\[\]]+")
_REASON = re.compile(
    r"(?:si|s'il y a|en cas de|en cas d'|lors (?:de la |des |de |d'une? )|des (?=(?:la|les|l'|le"
    r"|premiers?|premieres?|debut|survenue)\b)"
    r"|(?:apres|avant|a) chaque (?!prise|repas|jour)|avant (?:l')?(?=effort|rapport|voyage))"
)
_ABOVE = re.compile(
    rf"(?:>=?|<=?|sup(?:erieure?)?(?: ou egale?)?(?: a)?|au[- ]dessus de|plus de|depassant|inf(?:erieure?)? a"
    rf"|au[- ]dela de) ?{DIGITS}"
    r"(?:[/-]\d+)?(?: ?(?:°c?|mg/dl|g/l|g/dl|mmol/l|mmhg|cmhg|%|min(?:utes)?|h|ui|bpm|kg)(?![a-z]))?"
)
_CUT = frozenset(
    {
        "pdt",
        "pendant",
        "durant",
        "qsp",
        "max",
        "pour",
        "avec",
        "sans",
        "toutes",
        "tous",
        "ttes",
        "chaque",
        "j",
        "jour",
        "jours",
        "fois",
        "si",
        "sinon",
        "alors",
        "arreter",
        "arret",
        "stop",
        "augmenter",
        "diminuer",
        "doubler",
        "passer",
        "inr",
    }
)
_WITHIN = frozenset({Kind.SITE, Kind.AND, Kind.DROPPED, Kind.ROUTE, Kind.SUFFIX, Kind.WEEKDAYS})
_EMPTY = frozenset({"la", "le", "les", "de", "du", "des", "un", "une", "ou", "et", "au", "min", "ui", "kg"})
_MOST_REASON = 7
_SHORT_WORD = 3


def match_at(plain: str, place: int) -> Item | None:
    """The item that explains most of the text from here, or None."""
    best: Item | None = None
    for known in RULES:
        found = known.pattern.match(plain, place)
        if found is None or found.end() == place or (best is not None and found.end() <= best.end):
            continue
        value = known.make(found)
        if value is not NOTHING:
            best = Item(known.kind, value, place, found.end())
    return best


def scan(typed: Typed, start: int) -> Iterator[Item]:
    """The items of a line from a place on, in order."""
    plain, place = typed.plain, start
    while place < len(plain):
        if reason := _reason(typed, place):
            yield reason
            place = reason.end
            continue
        item = match_at(plain, place)
        skipped = _SKIPPED.match(plain, place)
        if item is None and skipped is not None:
            place = skipped.end()
            continue
        if plain[place] == ",":
            yield Item(Kind.COMMA, None, place, place + 1)
            place += 1
            continue
        if item is None:
            word = _WORD.match(plain, place)
            end = word.end() if word else place + 1
            item = Item(Kind.UNKNOWN, typed.between(place, end), place, end)
        yield item
        place = item.end


def _reason(typed: Typed, place: int) -> Item | None:
    """ "si douleur ou fièvre > 38,5": a reason for taking it as needed, word by word until something else is said."""
    plain = typed.plain
    begun = _REASON.match(plain, place)
    if begun is None or (
        begun.end() < len(plain) and plain[begun.end() - 1].isalpha() and plain[begun.end()].isalnum()
    ):
        return None
    known = match_at(plain, place)
    if known is not None and known.kind in (Kind.AS_NEEDED, Kind.FOOD, Kind.MOMENTS, Kind.REMARK):
        return None
    here, words, above_said = begun.end(), 0, False
    while here < len(plain):
        if plain[here] == " ":
            here += 1
            continue
        if above := _ABOVE.match(plain, here):
            here, words, above_said = above.end(), words + 1, True
            continue
        word = re.compile(r"[a-z][a-z°'/-]*").match(plain, here)
        if word is None or word[0] in _CUT or (above_said and word[0] not in ("ou", "et")):
            break
        above_said = False
        item = match_at(plain, here)
        if item is not None and not _inside(plain, begun.end(), here, item):
            break
        here = word.end() if item is None or item.kind is not Kind.SITE else max(item.end, word.end())
        words += 1
    if re.search(
        r" (?:de|du|d'|apres|avant|depuis|dans|sous|bout|plus|moins|a)$", plain[:here].rstrip()
    ) and here < len(plain):
        return Item(Kind.OPEN, "by_condition", place, here)
    end = here
    while end > begun.end() and plain[end - 1] == " ":
        end -= 1
    first = begun.end()
    text = (
        typed.between(first, end)
        if plain[place : place + 2] in ("si", "s'", "en", "lo", "de")
        else typed.between(place, end)
    )
    said = [
        word
        for word in re.findall(r"[a-z]+", plain[first:end])
        if (len(word) > 1 or word == "t") and word not in _EMPTY
    ]
    dangling = re.search(r"(?:^| )(?:ou|et|le|la|les|un|une|de|du|des|d'|l'|a|au|aux|en)$", plain[first:end])
    if (
        dangling
        or not said
        or not words
        or words > _MOST_REASON
        or plain[first:end].startswith(("ou ", "et "))
    ):
        return Item(Kind.OPEN, "reason_missing", place, max(end, begun.end()))
    return Item(Kind.REASON, text, place, end)


def _inside(plain: str, first: int, here: int, item: Item) -> bool:
    """Whether what a rule sees here is still part of the reason: "douleur au genou", "nausées ou vomissements"."""
    if here <= first + 1 and item.kind not in (Kind.OPEN, Kind.AS_NEEDED):
        return item.kind in (Kind.SITE, Kind.ROUTE, Kind.DROPPED) and item.end - item.start > _SHORT_WORD
    if item.kind is Kind.OPEN and item.value == "either_or":
        return True
    if item.kind is Kind.SITE:
        return (
            bool(re.search(r" (?:au|a|de|du|des|la|le|les|aux|l')? ?$", plain[:here]))
            and not item.value.short
            and (
                re.search(r"(?:au|de|du|des|aux|a la|de la|a l'|de l') ?$", plain[first:here]) is not None
                or plain[here : item.end].startswith(("du ", "des ", "de ", "au ", "aux "))
            )
        )
    return (
        item.kind in (Kind.AND, Kind.DROPPED)
        and re.match(r"(?:et|,)? ?[a-z]{3,}", plain[here:]) is not None
        and (item.kind is Kind.DROPPED or _word_follows(plain, item.end))
    )


def _word_follows(plain: str, place: int) -> bool:
    rest = plain[place:].lstrip()
    return bool(re.match(r"[a-z]{4,}", rest)) and match_at(plain, len(plain) - len(rest)) is None


__all__ = ["RULES", "match_at", "scan"]
