"""The search index in memory: which patients hold a word, the best twenty of them, within milliseconds.

A few tens of thousands of distinct words name 100,000 patients, so a query is matched against the words and
not against the patients: exactly, by their beginning, inside, by sound, then by edit distance. Each word
knows the patients that hold it, as positions in the order of names. Numbers lie in one text, a line a
patient, searched as text.

Measured against the options in ADR 0008. The index is immutable; `search.py` renews it.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, groupby

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
_NEVER = 1 << 40
_NOBODY = array("I")
# Thresholds between two ways to the same answer, measured at 100,000 patients (bench/search.py).
_LOOK_UP = 4  # looking a candidate's words up costs as much as walking this many places
_NUMBERS_FIRST = 400  # more places than this: look for the numbers first
_TELLING = 4  # a needle of four signs (four digits of a phone) is held by few

Row = tuple[int, int, str, str]
"""subject, surviving subject, sort_name, numbers"""


def _cost(match: tuple[int, int]) -> int:
    return match[1]


def _worse(one: int, other: int) -> int:
    """The cost of two matches together: the worse level above, the sum of costs below."""
    return max(one & ~0xFFFF, other & ~0xFFFF) + (one & 0xFFFF) + (other & 0xFFFF)


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
        # word → positions of those who hold it as a family name, and as a given name
        family_of: dict[str, array[int]] = {}
        given_of: dict[str, array[int]] = {}
        for position, name in enumerate(self.names):
            family, _bang, given = name.partition("!")
            for part, holders in ((family, family_of), (given, given_of)):
                for word in part.split():
                    held = holders.get(word)
                    if held is None:
                        held = holders[word] = array("I")
                    held.append(position)
        self.words = sorted(family_of.keys() | given_of.keys())
        self.family = [family_of.get(word, _NOBODY) for word in self.words]
        self.given = [given_of.get(word, _NOBODY) for word in self.words]
        self.text = "\n" + "\n".join(self.words) + "\n"
        self.word_starts = array("q", accumulate((len(word) + 1 for word in self.words), initial=1))
        self.sounds: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self.sounds.setdefault(sound(word), []).append(at)

    def find(self, reading: Reading, limit: int) -> list[Candidate]:
        """The best `limit` × SPARE patients of one reading, best first. Looser matches only while the strict
        are few.
        """
        wanted = limit * SPARE
        if not reading.words:
            return self._by_numbers(reading.runs, wanted)
        found: list[tuple[int, int]] = []
        held: frozenset[int] | None = None
        for level in (PREFIX, INFIX, MISSPELT):
            close = [self._close_words(word, level) for word in reading.words]
            close.sort(key=self._weight)
            if held is None and reading.runs and self._weight(close[0]) > _NUMBERS_FIRST:
                held = self._holding_numbers(reading.runs)
            found = heapq.nsmallest(wanted, self._together(close, reading.runs, held))
            if len(found) >= limit:
                break
        return [self._candidate(cost, position) for cost, position in found]

    def holding(self, words: Iterable[str]) -> set[int]:
        """Subjects whose names hold all these words, exactly."""
        every: set[int] | None = None
        for word in words:
            at = bisect_left(self.words, word)
            known = at < len(self.words) and self.words[at] == word
            here = (
                {self.subjects[place] for place in chain(self.family[at], self.given[at])} if known else set()
            )
            every = here if every is None else every & here
        return every or set()

    def _candidate(self, cost: int, position: int) -> Candidate:
        return Candidate(
            cost >> 16, cost & 0xFFFF, self.names[position], self.subjects[position], self.survivors[position]
        )

    def _weight(self, close: dict[int, int]) -> int:
        """How many places of patients' names these words fill."""
        return sum(len(self.family[at]) + len(self.given[at]) for at in close)

    def _together(
        self, close: Sequence[dict[int, int]], runs: Sequence[Sequence[Needles]], held: frozenset[int] | None
    ) -> Iterator[tuple[int, int]]:
        """(cost, position) of the patients that every word and every run of numbers finds, the rarest word
        first.

        Args:
            close: for each word typed, the words that match it and their costs.
            held: the patients whose numbers match, when they were looked for first; they are then the
                candidates.
        """
        candidates = dict.fromkeys(held, 0) if held is not None else self._places(close[0])
        for words in close if held is not None else close[1:]:
            if self._weight(words) > len(candidates) * _LOOK_UP:
                candidates = self._narrowed(candidates, words)
            else:
                others = self._places(words)
                candidates = {
                    position: _worse(cost, others[position])
                    for position, cost in candidates.items()
                    if position in others
                }
        if held is None and runs:
            return ((cost, position) for position, cost in candidates.items() if self._holds(position, runs))
        return ((cost, position) for position, cost in candidates.items())

    def _places(self, close: dict[int, int]) -> dict[int, int]:
        """Positions of the patients holding any of these words, with the cost of the best."""
        found: dict[int, int] = {}
        # The worst first, so that the best is written last.
        for cost, group in groupby(sorted(close.items(), key=_cost, reverse=True), key=_cost):
            numbers = [at for at, _cost_again in group]
            worth = (cost // _STEP << 16) + cost
            for holders, more in ((self.given, 1), (self.family, 0)):
                found.update(
                    dict.fromkeys(chain.from_iterable([holders[at] for at in numbers]), worth + more)
                )
        return found

    def _narrowed(self, candidates: dict[int, int], close: dict[int, int]) -> dict[int, int]:
        """The candidates that hold one of these words: quicker than `_places` when they are few."""
        costs = {self.words[at]: (cost // _STEP << 16) + cost for at, cost in close.items()}
        found = {}
        for position, cost in candidates.items():
            family, _bang, given = self.names[position].partition("!")
            best = min((costs[word] for word in family.split() if word in costs), default=_NEVER)
            best = min((costs[word] + 1 for word in given.split() if word in costs), default=best)
            if best < _NEVER:
                found[position] = _worse(cost, best)
        return found

    def _close_words(self, typed: str, loosest: int) -> dict[int, int]:
        """The numbers of the words that match what was typed, with their costs: the closest level counts."""
        found: dict[int, int] = {}
        low = bisect_left(self.words, typed)
        high = bisect_left(self.words, typed + "\U0010ffff")
        for at in range(low, high):
            found[at] = (EXACT if self.words[at] == typed else PREFIX) * _STEP
        if loosest >= INFIX and len(typed) > 1:
            for at in self._inside(typed):
                found.setdefault(at, INFIX * _STEP)
        slips = allowed_slips(len(typed))
        if loosest >= MISSPELT and slips:
            for at in self.sounds.get(sound(typed), ()):
                found.setdefault(at, SOUND * _STEP)
            for at, distance in self._misspelt(typed, slips):
                found.setdefault(at, MISSPELT * _STEP + 2 * distance)
        return found

    def _inside(self, typed: str) -> Iterator[int]:
        place = self.text.find(typed)
        while place >= 0:
            at = bisect_right(self.word_starts, place) - 1
            yield at
            place = self.text.find(typed, self.word_starts[at + 1] - 1)

    def _misspelt(self, typed: str, slips: int) -> Iterator[tuple[int, int]]:
        """Words by edit distance: (number, distance)."""
        close = process.extract(
            typed, self.words, scorer=OSA.distance, score_cutoff=slips, limit=MOST_CLOSE_WORDS, processor=None
        )
        if not close and len(typed) > 4:
            # Still being typed: compare with the beginnings of longer words.
            begun = [word[: len(typed)] for word in self.words]
            close = process.extract(
                typed, begun, scorer=OSA.distance, score_cutoff=slips, limit=MOST_CLOSE_WORDS, processor=None
            )
        yield from ((at, int(distance)) for _word, distance, at in close)

    def _holds(self, position: int, runs: Sequence[Sequence[Needles]]) -> bool:
        line = self.numbers[self.starts[position] : self.starts[position + 1]]
        for run in runs:
            for needles in run:
                for needle in needles:
                    if needle not in line:
                        break
                else:
                    break
            else:
                return False
        return True

    def _holding_numbers(self, runs: Sequence[Sequence[Needles]]) -> frozenset[int] | None:
        """Positions of every patient whose numbers match; None when there would be too many to be worth it."""
        if any(len(max(needles, key=len)) < _TELLING for needles in runs[0]):
            return None
        found = {position for needles in runs[0] for position in self._lines(needles)}
        return frozenset(position for position in found if self._holds(position, runs[1:]))

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
