"""What was typed in the search field, read in every way it may be meant.

Words are parts of names, in any order. Numbers are birth dates, phones or matricules: "06 39" is a phone,
"3/4/52" a date, "1948" a year or four digits of a phone, and all that a run of numbers may be is looked for.
A month's name beside a number is a date and, since Avril and Mars are names too, a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lanterne.practice.patients.dates import MONTHS
from lanterne.practice.patients.names import LONGEST_WORD, fold
from lanterne.practice.patients.rows import (
    BIRTH_END,
    BIRTH_START,
    INS_START,
    PHONE_START,
    ins_letters,
    phone_letters,
)

# Enough for every name, date and phone of a person; the rest of a pasted page is not looked at.
MOST_CHARACTERS = 120
MOST_WORDS = 6
MOST_GROUPS = 8

Needles = tuple[str, ...]
"""Pieces of `patient.numbers` that must all be there."""

_FRANCE = re.compile(r"(?:\+|\b00)\s?33\s?(?:\(0\)|0\b)?[\s.]*")
_INS = re.compile(r"[1-478]\d{4}(?:\d{2}|2[ab])\d{6}(?:\d{2})?")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")

# Fewer digits than this are not looked for inside a phone or a matricule: half the practice would match.
PHONE_PART = 4
INS_PART = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was typed: every word matches a name, and for every run of numbers one alternative
    holds.
    """

    words: tuple[str, ...]
    runs: tuple[tuple[Needles, ...], ...]


def readings(typed: str, today: date) -> list[Reading]:
    """Every way to read it; empty when nothing can be looked for (nothing typed, or one digit)."""
    text = fold(_FRANCE.sub("0", typed[:MOST_CHARACTERS]))
    matricule = re.sub(r"[\s.\-]", "", text)
    if _INS.fullmatch(matricule):
        return [Reading((), (((INS_START + ins_letters(matricule.upper()),),),))]
    tokens = _TOKEN.findall(re.sub(r"\b1\s?er\b", "1", text))
    found: list[Reading] = []
    for months in (True, False):
        reading = _read(tokens, today, months=months)
        if (reading.words or reading.runs) and reading not in found:
            found.append(reading)
    return found


def _read(tokens: Sequence[str], today: date, *, months: bool) -> Reading:
    words: list[str] = []
    runs: list[tuple[Needles, ...]] = []
    run: list[str] = []

    def close() -> None:
        alternatives = tuple(dict.fromkeys(_meanings(run[:MOST_GROUPS], today)))
        if alternatives:
            runs.append(alternatives)
        run.clear()

    for at, token in enumerate(tokens):
        if token.isdigit() or (months and token in MONTHS and _beside_number(tokens, at)):
            run.append(token)
        else:
            close()
            words.append(token[:LONGEST_WORD])
    close()
    return Reading(tuple(words[:MOST_WORDS]), tuple(runs[:MOST_WORDS]))


def _beside_number(tokens: Sequence[str], at: int) -> bool:
    return (at > 0 and tokens[at - 1].isdigit()) or (at + 1 < len(tokens) and tokens[at + 1].isdigit())


def _meanings(run: Sequence[str], today: date) -> Iterator[Needles]:
    """What a run of numbers may be: one date, phone or matricule, or a date and a phone side by side."""
    if not run:
        return
    yield from _dates(run, today)
    if any(token in MONTHS for token in run):
        return
    yield from _phones_and_ins("".join(run))
    for cut in range(1, len(run)):
        for first, second in ((run[:cut], run[cut:]), (run[cut:], run[:cut])):
            if len("".join(first)) < PHONE_PART:
                continue  # a year or more: two digits beside a phone are the phone's
            for born in _dates(first, today):
                yield from ((*born, *dialled) for dialled in _phones("".join(second)))


def _phones_and_ins(digits: str) -> Iterator[Needles]:
    yield from _phones(digits)
    if len(digits) >= INS_PART and digits[0] in "123478":
        yield (INS_START + ins_letters(digits),)


def _phones(digits: str) -> Iterator[Needles]:
    if len(digits) >= PHONE_PART:
        yield (phone_letters(digits),)
    elif len(digits) >= 2 and digits[0] == "0":
        yield (PHONE_START + phone_letters(digits),)


def _dates(run: Sequence[str], today: date) -> Iterator[Needles]:
    """Birth dates, whole or begun, that these numbers and at most one month's name may write."""
    parts = [f"{MONTHS[token]:02}" if token in MONTHS else token for token in run]
    named = [at for at, token in enumerate(run) if token in MONTHS]
    if len(parts) == 1 and not named:
        yield from _compact(parts[0], today)
    elif len(parts) == 2:
        first, second = parts
        if named != [0] and len(first) <= 2 and len(second) <= 2:
            yield from _date("", second, first, today)
        if named != [1] and len(first) <= 2 and len(second) in (2, 3, 4):
            yield from _date(second, first, "", today)
        if named != [0] and len(first) == 4 and len(second) <= 2:
            yield from _date(first, second, "", today)
    elif len(parts) == 3:
        first, second, third = parts
        if named in ([], [1]) and len(first) <= 2 and len(second) <= 2 and len(third) <= 4:
            yield from _date(third, second, first, today)
        if named in ([], [1]) and len(first) == 4 and len(second) <= 2 and len(third) <= 2:
            yield from _date(first, second, third, today)


def _compact(digits: str, today: date) -> Iterator[Needles]:
    if len(digits) == 2:
        yield from _date(digits, "", "", today)
    if 4 <= len(digits) <= 8 and digits[:2] in ("18", "19", "20"):
        yield (BIRTH_START + digits,)  # the beginning of an ISO date: a year, a month, a day
    if len(digits) == 4:
        yield from _date("", digits[2:], digits[:2], today)
        yield from _date(digits[2:], digits[:2], "", today)
    if len(digits) == 6:
        yield from _date(digits[2:], digits[:2], "", today)
    if 5 <= len(digits) <= 8:
        yield from _date(digits[4:], digits[2:4], digits[:2], today)


def _date(year: str, month: str, day: str, today: date) -> Iterator[Needles]:
    """Needles of a date; an empty part is not known, a year of one or three digits is still being typed."""
    if (month and not 1 <= int(month) <= 12) or (day and not 1 <= int(day) <= 31):
        return
    after = (f"{int(month):02}" if month else "") + (f"{int(day):02}" if day else "")
    if len(year) == 2:
        years = [f"{century:02}{year}" for century in (today.year // 100, today.year // 100 - 1)]
        years = [full for full in years if int(full) <= today.year]
        yield from ((BIRTH_START + full + after,) for full in years)
    elif len(year) == 4:
        yield (BIRTH_START + year + after,)
    elif after and day:
        yield (after + BIRTH_END, *((BIRTH_START + year,) if year else ()))
