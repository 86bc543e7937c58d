"""Birth dates as French people write them: 3/4/52, 03.04.1952, 3 avril 1952, avril 52, 19520403, 030452,
1952.

What is known is kept at its precision (ISO 8601, possibly "1952" or "1952-04"); what cannot be is refused
with its reason. The day is always first in French: 3/4 is the third of April. The current day is an argument.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date

from lanterne.practice.errors import Refusal
from lanterne.practice.patients.names import fold

# Older than anybody has been: a slip of the keyboard.
OLDEST_YEARS = 125

_MONTH_NAMES = (
    ("janvier", "janv", "jan"), ("fevrier", "fevr", "fev"), ("mars",), ("avril", "avr"), ("mai",), ("juin",),
    ("juillet", "juil"), ("aout",), ("septembre", "sept", "sep"), ("octobre", "oct"), ("novembre", "nov"),
    ("decembre", "dec"),
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_AROUND = frozenset({"le", "ne", "nee", "er", "en", "de", "du"})

Known = tuple[str, int, int]
"""Year as digits typed (2 or 4, or empty), month, day; 0 when not said."""


def parse_birth_date(text: str, today: date, *, field: str = "birth_date") -> str:
    """The ISO form, at the precision written; empty for an empty text.

    Args:
        text: as typed, in any French form or ISO.
        today: two-digit years are taken in the hundred years before it, and nothing later passes.

    Raises:
        Refusal: "birth_date_unreadable", "birth_date_impossible", "birth_date_future", "birth_date_too_old".
    """
    if not text.strip():
        return ""
    iso = _ISO.fullmatch(text.strip())
    if iso is not None:
        return _checked(_iso_of(iso[1], int(iso[2]), int(iso[3] or 0), today), text, today, field)
    tokens = [token for token in _TOKEN.findall(fold(text)[:60]) if token not in _AROUND]
    found = next(_written(tokens), None)
    if found is None:
        raise Refusal("birth_date_unreadable", field=field, typed=text[:40])
    readings = [_iso_of(*known, today) for known in _written(tokens)]
    return _checked(next(filter(None, readings), ""), text, today, field)


def _checked(iso: str, text: str, today: date, field: str) -> str:
    if not iso:
        raise Refusal("birth_date_impossible", field=field, typed=text[:40])
    if iso > today.isoformat()[: len(iso)]:
        raise Refusal("birth_date_future", field=field, typed=text[:40])
    if int(iso[:4]) < today.year - OLDEST_YEARS:
        raise Refusal("birth_date_too_old", field=field, typed=text[:40], years=str(OLDEST_YEARS))
    return iso


def is_birth_date(iso: str) -> bool:
    """Whether a stored value is a date of the calendar, whole or partial. For facts that did not pass a
    command.
    """
    parts = iso.split("-")
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]) or not all(
        p.isascii() and p.isdigit() for p in parts
    ):
        return False
    year, month, day = (*map(int, parts), 0, 0)[:3]
    return year >= 1 and (len(parts) < 2 or _exists(year, month, day if len(parts) == 3 else 1))


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _iso_of(year: str, month: int, day: int, today: date) -> str:
    """The most recent such date not after today; a later one when there is no other; empty when the calendar
    has none.
    """
    later = ""
    for full in _full_years(year, today):
        if month and not _exists(full, month, day or 1):
            continue
        iso = f"{full:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
        if iso <= today.isoformat()[: len(iso)]:
            return iso
        later = later or iso
    return later


def _full_years(year: str, today: date) -> list[int]:
    if len(year) == 4:
        return [int(year)]
    century = today.year // 100 * 100
    return [century + int(year), century - 100 + int(year)]


def _written(tokens: Sequence[str]) -> Iterator[Known]:
    """Every way French reads these words and numbers as a date with a year, the likeliest first. May not
    exist.
    """
    named = [index for index, token in enumerate(tokens) if token in MONTHS]
    if any(not token.isdigit() and token not in MONTHS for token in tokens) or len(named) > 1:
        return
    if named:
        yield from _around_month(tokens[: named[0]], MONTHS[tokens[named[0]]], tokens[named[0] + 1 :])
    elif len(tokens) == 1:
        yield from _compact(tokens[0])
    elif len(tokens) == 2:
        first, second = tokens
        if len(second) in (2, 4) and len(first) <= 2:
            yield second, int(first) or 13, 0
        elif len(first) == 4 and len(second) <= 2:
            yield first, int(second) or 13, 0
    elif len(tokens) == 3:
        first, second, third = tokens
        if len(first) <= 2 and len(second) <= 2 and len(third) in (2, 4):
            yield third, int(second) or 13, int(first) or 32
        elif len(first) == 4 and len(second) <= 2 and len(third) <= 2:
            yield first, int(second) or 13, int(third) or 32


def _around_month(before: Sequence[str], month: int, after: Sequence[str]) -> Iterator[Known]:
    if len(after) == 1 and len(after[0]) in (2, 4) and len(before) <= 1:
        day = int(before[0]) or 32 if before and len(before[0]) <= 2 else 0
        if not before or day:
            yield after[0], month, day


def _compact(digits: str) -> Iterator[Known]:
    if len(digits) in (2, 4):
        yield digits, 0, 0
    elif len(digits) == 6:
        yield digits[4:], int(digits[2:4]) or 13, int(digits[:2]) or 32
        yield digits[2:], int(digits[:2]) or 13, 0
        yield digits[:4], int(digits[4:]) or 13, 0
    elif len(digits) == 8:
        # Never both: the year of one reading is an impossible month of the other.
        yield digits[:4], int(digits[4:6]) or 13, int(digits[6:]) or 32
        yield digits[4:], int(digits[2:4]) or 13, int(digits[:2]) or 32
