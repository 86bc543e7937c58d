"""What a rule recognises in a line, and how rules are written.

Law: a rule says what one stretch of plain text means, or None when it cannot be sure; it never looks around itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class Kind(Enum):
    """What a stretch of text is. The value of each item is said beside."""

    NUMBER = auto()  # int | float: nothing says what it counts
    COUNT = auto()  # Counted: so many of a form
    FORM = auto()  # str: a galenic word with no number
    AMOUNT = auto()  # Amount
    GRADUATION = auto()  # number: dose-kg and its weight
    RATE = auto()  # Quantity: so many times a day
    PER = auto()  # "jour", "semaine", "mois": what precedes is for each
    EVERY_H = auto()  # Quantity, hours
    DAYS = auto()  # str, as in `days`
    WEEKDAYS = auto()  # tuple of weekdays
    WEEKS = auto()  # number: every so many weeks
    MOMENTS = auto()  # tuple of moments
    GRID = auto()  # tuple of quantities: morning, noon, evening, bedtime
    SPACED = auto()  # the same with spaces between: the first may be a strength
    CLOCK = auto()  # int: so many hours of the day
    TIMES = auto()  # Quantity: "3 fois", "en 3 prises"; of what is not said
    INTAKES = auto()  # Quantity: "en 3 prises"
    ONCE = auto()  # None: "dose unique"
    FOOD = auto()  # Meal
    LENGTH = auto()  # Length
    DAY = auto()  # (first, last): J1, J2 à J5
    RENEWALS = auto()  # int
    AGAIN = auto()  # Quantity: hours before a second intake
    AS_NEEDED = auto()  # None
    REASON = auto()  # str
    MAX = auto()  # Maximum
    SITE = auto()  # Place
    ROUTE = auto()  # str
    NOT_SUBSTITUTED = auto()  # str: MTE, EFG, CIF or ""
    ALD = auto()  # bool
    SUFFIX = auto()  # str: belongs to the name, wherever typed
    DROPPED = auto()  # None: means nothing here
    REMARK = auto()  # None: kept word for word
    AND = auto()
    COMMA = auto()
    THEN = auto()
    ENDED = auto()  # "puis stop"
    OPEN = auto()  # str: a question's code
    UNKNOWN = auto()  # a word nobody understands


@dataclass(frozen=True, slots=True)
class Item:
    """One stretch of plain text, from `start` to before `end`."""

    kind: Kind
    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over plain text, and what it means. `make` returns None when the match means nothing sure."""

    kind: Kind
    pattern: re.Pattern[str]
    make: Callable[[re.Match[str]], Any]


NOTHING = object()
"""What `make` returns when the match is not what the rule is about."""

AFTER = r"(?![a-z0-9])(?!(?<=\d)[.,]\d)"
"""Not in the middle of a word or a number."""


def rule(kind: Kind, pattern: str, make: Callable[[re.Match[str]], Any] | None = None) -> Rule:
    """A rule whose match ends where a word ends."""
    return Rule(kind, re.compile(f"(?:{pattern}){AFTER}"), make or (lambda match: None))
