"""What a doctor means by a few letters: DCI, brand, the beginning of either, misspelled, with a strength or
a form.

Law: every word typed counts; a number is a strength before it is anything else. A spelling mistake is
looked for only when nothing begins as typed, and the line says so. Nothing typed costs more than a bounded
number of rows.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import msgspec
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from lanterne.reference.medicines.model import Hit
from lanterne.reference.medicines.starter_tables import tables
from lanterne.reference.medicines.writing import ABBREVIATED_FORMS, Amount, amounts, fold

MOST_TYPED = 200
MOST_WORDS = 8
CANDIDATES = 250
ABBREVIATED_WORDS = {"ac": "acide", "vit": "vitamine", "hctz": "hydrochlorothiazide", "clav": "clavulanique"}
_SHORTEST_MISSPELLED = 4
_NEAR = 5
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: words, and amounts apart."""

    words: tuple[str, ...]
    amounts: tuple[Amount, ...]
    numbers: tuple[str, ...]


def asked(text: str) -> Asked:
    """Words and amounts of what was typed ("amox 1g": "amox" and 1 g). Beyond `MOST_TYPED` characters,
    nothing.
    """
    typed = text[:MOST_TYPED]
    found = amounts(typed)
    words = [
        word
        for word in fold(typed).split()
        if not word[0].isdigit() or (any(c.isalpha() for c in word) and not amounts(word))
    ]
    units = {fold(one.unit) for one in found if one.unit} | {
        "microgrammes",
        "mcg",
        "ug",
        "pour",
        "cent",
        "ui",
        "u",
    }
    spoken = tuple(word for word in dict.fromkeys(words) if not (found and word in units))
    return Asked(spoken[:MOST_WORDS], found, tuple(one.number for one in found if not one.unit))


class Search:
    """Search in the lines of one edition. Not for several threads at once: the base that owns it holds a
    lock.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._names: list[str] | None = None

    def __call__(self, text: str, limit: int) -> list[Hit]:
        """The hits, best first; empty when no word was said: a strength alone says nothing."""
        wanted = asked(text)
        if not wanted.words:
            return []
        words = [_choices(word) for word in wanted.words]
        first, near = [wanted.words[0]], False
        most = CANDIDATES * (4 if wanted.amounts else 1)  # a strength is looked for among more
        found = self._rows(words, " *", most)
        if not found:
            corrected = self._corrected(wanted.words)
            if not corrected:
                return []
            first, near = corrected[0], True
            found = self._rows(corrected, "", most) or self._rows(corrected[:1], "", most)
        ranked = sorted(
            (_rank(hit, marketed, weight, wanted, first), number, hit)
            for number, (hit, marketed, weight) in enumerate(found)
        )
        best = [hit for _, _, hit in _fitting(ranked, wanted)]
        return [replace(hit, near=near) for hit in best[:limit]] if near else best[:limit]

    def _rows(self, words: list[list[str]], ending: str, most: int) -> list[tuple[Hit, bool, int]]:
        """(hit, marketed, weight) of the lines that hold one of each of `words`: in their names, else with
        their forms, else with the makers of their generics.
        """
        match = " AND ".join(
            f"({' OR '.join(f'{_QUOTE}{word}{_QUOTE}{ending}' for word in several)})" for several in words
        )
        for columns in ("name", "name form", "name form other"):
            rows = self._connection.execute(
                "SELECT body, marketed, weight FROM line WHERE id IN"
                " (SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid LIMIT ?) ORDER BY id",
                (f"{{{columns}}} : ({match})", most),
            ).fetchall()
            if rows:
                decode = msgspec.json.Decoder(Hit).decode
                return [(decode(body), bool(marketed), weight) for body, marketed, weight in rows]
        return []

    def _corrected(self, words: tuple[str, ...]) -> list[list[str]]:
        """For each word, the words of names nearest to it. One that is near nothing is left out, but for the
        first: without that one, empty.
        """
        near = [self._begun(word) or self._nearest(word) for word in words]
        if not all(near) and not self._named(words[0]) and self._begun(words[0]):
            return []  # a form alone ("collyre …") says nothing of what is meant
        return [one for one in near if one] if near[0] else []

    def _named(self, word: str) -> list[str]:
        return [one for choice in _choices(word) for one in self._vocabulary() if one.startswith(choice)]

    def _begun(self, word: str) -> list[str]:
        several, last = self._named(word), _choices(word)[-1]
        forms = self._connection.execute(
            "SELECT text FROM word WHERE kind = 'form' AND text >= ? AND text < ? LIMIT 40",
            (last, last + "\U0010ffff"),
        ).fetchall()
        return [*several[:40], *(text for (text,) in forms)]

    def _nearest(self, word: str) -> list[str]:
        if len(word) < _SHORTEST_MISSPELLED:
            return []
        most = 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3
        vocabulary = self._vocabulary()
        whole = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=most, limit=_NEAR)
        if whole:
            least = min(distance for _, distance, _ in whole)
            return [term for term, distance, _ in whole if distance <= least]
        begun = [term[: len(word) + 1] for term in vocabulary]
        partly = process.extract(word, begun, scorer=OSA.distance, score_cutoff=most, limit=_NEAR * 4)
        if partly:
            least = min(distance for _, distance, _ in partly)
            return [vocabulary[place] for _, distance, place in partly if distance == least][: _NEAR * 2]
        sounds = process.extract(word, vocabulary, scorer=fuzz.ratio, score_cutoff=80, limit=_NEAR)
        return [term for term, _, _ in sounds]

    def _vocabulary(self) -> list[str]:
        """The words of names, read once."""
        if self._names is None:
            rows = self._connection.execute("SELECT text FROM word WHERE kind = 'name' AND length(text) > 2")
            self._names = [text for (text,) in rows]
        return self._names


Rank = tuple[int, bool, int, bool, int, int, tuple[tuple[str, Decimal], ...], str]


def _rank(hit: Hit, marketed: bool, weight: int, wanted: Asked, first: list[str]) -> Rank:
    """What comes first: the strength typed, what is sold, a name that begins as typed, fewer substances, the
    commonest, the smaller strength.
    """
    parts = [fold(part) for part in _PARTS.split(hit.substance)]
    called = [fold(hit.brand)] if hit.brand else [*parts, *_synonyms(hit.substance)]
    words = {word for name in called for word in name.split()}
    begun = tuple(first)
    wholly = any(name.startswith(begun) for name in called)
    return (
        _misfit(hit, wanted),
        not marketed,
        0 if wholly else 1 if any(word.startswith(begun) for word in words) else 2,
        len(wanted.words[0]) > 3 and not any(one in words for one in first),
        len(parts),
        -weight,
        tuple((one.kind, one.value) for one in amounts(hit.strength)),
        hit.title,
    )


_PARTS = re.compile(r" \+ | et ")


@lru_cache(maxsize=1024)
def _synonyms(substance: str) -> tuple[str, ...]:
    known = tables().named(substance)
    return () if known is None else tuple(map(fold, known.synonyms))


def _choices(word: str) -> list[str]:
    return [
        word,
        *(fold(w).split()[0] for w in (ABBREVIATED_WORDS.get(word), ABBREVIATED_FORMS.get(word)) if w),
    ]


def _misfit(hit: Hit, wanted: Asked) -> int:
    """0 when the strengths typed are those of the line, in whole; 1 when they are among them; 2 otherwise."""
    if not wanted.amounts:
        return 0
    here = amounts(hit.strength)
    held = [any(one.same(other) for other in here) for one in wanted.amounts]
    if all(held):
        return 0 if here and wanted.amounts[0].same(here[0]) else 1
    named = fold(f"{hit.brand} {hit.substance}").split()
    if all(ok or one.number in named for ok, one in zip(held, wanted.amounts, strict=True)):
        return 0
    return 2


def _fitting(ranked: list[tuple[Rank, int, Hit]], wanted: Asked) -> list[tuple[Rank, int, Hit]]:
    """Those whose strength is the one typed; all, when there is none."""
    if not wanted.amounts:
        return ranked
    fitting = [one for one in ranked if one[0][0] < 2]
    return fitting or ranked
