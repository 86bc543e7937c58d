"""The search index in memory: which patients hold a word, the best twenty of them, within milliseconds.

A few tens of thousands of distinct words name 100,000 patients, so a query is matched against the words and not against
the patients: exactly, by their beginning, inside, by sound, then by edit distance. Each word knows the patients that hold
it, as positions in the order of names. Numbers lie in one text, a line a patient, searched as text.

Measured against the options in ADR 0008. The index is immutable; `search.py` renews it.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz import process
from rapidfuzz.distance import OSA

from lanterne.practice.patients.asking import Needles, Reading
from lanterne.practice.patients.names import allowed_slips, sound

EXACT, PREFIX, INFIX, SOUND, MISSPELT = range(5)

# More candidates than shown: several may be records of one person.
SPARE = 3
# A misspelling is close to a handful of words; beyond, the furthest are left out.
MOST_CLOSE_WORDS = 60
_STEP = 16  # one level worse outweighs any distance inside a level

Row = tuple[int, int, str, str]
"""subject, surviving subject, sort_name, numbers"""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A patient found. Orders best first: the worst level of its words, their sum, then the name."""

    level: int
    cost: int
    name: str
    subject: int
    survivor: int


class Index:
    """An index of some patients.

    Args:
        rows: of patients, in any order.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        ordered = sorted(rows, key=lambda row: (row[2], row[0]))
        self.subjects = array("q", (row[0] for row in ordered))
        self.survivors = array("q", (row[1] for row in ordered))
        self.names = [row[2] for row in ordered]
        self.numbers = "\n".join(row[3] for row in ordered) + "\n"
        self.starts = array("q", accumulate((len(row[3]) + 1 for row in ordered), initial=0))
        # word → positions × 2, + 1 when it is a given name there
        holders: dict[str, array[int]] = {}
        for position, name in enumerate(self.names):
            family, _bang, given = name.partition("!")
            for place, part in ((position * 2, family), (position * 2 + 1, given)):
                for word in part.split():
                    held = holders.get(word)
                    if held is None:
                        held = holders[word] = array("I")
                    held.append(place)
        self.words = sorted(holders)
        self.holders = [holders[word] for word in self.words]
        self.text = "\n" + "\n".join(self.words) + "\n"
        self.word_starts = array("q", accumulate((len(word) + 1 for word in self.words), initial=1))
        self.sounds: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self.sounds.setdefault(sound(word), []).append(at)

    def find(self, reading: Reading, limit: int) -> list[Candidate]:
        """The best `limit` × SPARE patients of one reading, best first. Looser matches only while the strict are few."""
        wanted = limit * SPARE
        if not reading.words:
            return self._by_numbers(reading.runs, wanted)
        found: list[tuple[int, int]] = []
        for level in (PREFIX, INFIX, MISSPELT):
            matches = [self._match(word, level) for word in reading.words]
            found = heapq.nsmallest(wanted, self._together(matches, reading.runs))
            if len(found) >= limit:
                break
        return [self._candidate(cost, position) for cost, position in found]

    def holding(self, words: Iterable[str]) -> set[int]:
        """Subjects whose names hold all these words, exactly."""
        every: set[int] | None = None
        for word in words:
            at = bisect_left(self.words, word)
            held = self.holders[at] if at < len(self.words) and self.words[at] == word else ()
            here = {self.subjects[place >> 1] for place in held}
            every = here if every is None else every & here
        return every or set()

    def _candidate(self, cost: int, position: int) -> Candidate:
        return Candidate(
            cost >> 16, cost & 0xFFFF, self.names[position], self.subjects[position], self.survivors[position]
        )

    def _together(
        self, matches: Sequence[dict[int, int]], runs: Sequence[Sequence[Needles]]
    ) -> Iterator[tuple[int, int]]:
        """(cost, position) of the patients that every word and every run of numbers finds."""
        first, *others = sorted(matches, key=len)
        for position, cost in first.items():
            worst = total = cost
            for other in others:
                another = other.get(position)
                if another is None:
                    break
                worst, total = max(worst, another), total + another
            else:
                if not runs or self._holds(position, runs):
                    yield (worst // _STEP << 16) + total, position

    def _match(self, typed: str, loosest: int) -> dict[int, int]:
        """Positions of patients holding a word that matches, with the cost of the best match."""
        found: dict[int, int] = {}
        for at, cost in self._close_words(typed, loosest):
            for place in self.holders[at]:
                position, worth = place >> 1, cost + (place & 1)
                held = found.get(position)
                if held is None or worth < held:
                    found[position] = worth
        return found

    def _close_words(self, typed: str, loosest: int) -> Iterator[tuple[int, int]]:
        """Words that match, as (number, cost), the closest level first."""
        low = bisect_left(self.words, typed)
        high = bisect_left(self.words, typed + "\U0010ffff")
        for at in range(low, high):
            yield at, (EXACT if self.words[at] == typed else PREFIX) * _STEP
        if loosest >= INFIX and len(typed) > 1:
            yield from self._inside(typed)
        slips = allowed_slips(len(typed))
        if loosest >= MISSPELT and slips:
            yield from ((at, SOUND * _STEP) for at in self.sounds.get(sound(typed), ()))
            yield from self._misspelt(typed, slips)

    def _inside(self, typed: str) -> Iterator[tuple[int, int]]:
        place = self.text.find(typed)
        while place >= 0:
            at = bisect_right(self.word_starts, place) - 1
            yield at, INFIX * _STEP
            place = self.text.find(typed, self.word_starts[at + 1] - 1)

    def _misspelt(self, typed: str, slips: int) -> Iterator[tuple[int, int]]:
        close = process.extract(
            typed, self.words, scorer=OSA.distance, score_cutoff=slips, limit=MOST_CLOSE_WORDS, processor=None
        )
        if not close and len(typed) > 4:
            # Still being typed: compare with the beginnings of longer words.
            begun = [word[: len(typed)] for word in self.words]
            close = process.extract(
                typed, begun, scorer=OSA.distance, score_cutoff=slips, limit=MOST_CLOSE_WORDS, processor=None
            )
        yield from ((at, MISSPELT * _STEP + 2 * int(distance)) for _word, distance, at in close)

    def _holds(self, position: int, runs: Sequence[Sequence[Needles]]) -> bool:
        line = self.numbers[self.starts[position] : self.starts[position + 1]]
        return all(any(all(needle in line for needle in needles) for needles in run) for run in runs)

    def _by_numbers(self, runs: Sequence[Sequence[Needles]], wanted: int) -> list[Candidate]:
        """Numbers alone: no match is better than another, so the first in the order of names will do."""
        positions: list[int] = []
        for position in heapq.merge(*(self._lines(needles) for needles in runs[0])):
            if (not positions or positions[-1] != position) and self._holds(position, runs[1:]):
                positions.append(position)
                if len(positions) == wanted:
                    break
        return [self._candidate(0, position) for position in positions]

    def _lines(self, needles: Needles) -> Iterator[int]:
        """Positions whose line holds all needles."""
        rarest, *others = sorted(needles, key=len, reverse=True)
        place = self.numbers.find(rarest)
        while place >= 0:
            position = bisect_right(self.starts, place) - 1
            end = self.starts[position + 1]
            if not others or all(needle in self.numbers[self.starts[position] : end] for needle in others):
                yield position
            place = self.numbers.find(rarest, end)
