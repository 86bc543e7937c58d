"""Dates of documents: 15/05/13, 15.05.2013, 2013-05-15, 201305150815+0200, « le 15 mai 2013 à 8 h 15 ».

Law: ISO at the precision written, empty when it is no date of the calendar. The day comes first, as in
French. A reader has no clock: two digits of a document's year are 19.. from 80 on (HPRIM began in 1991) and
20.. below, and two digits of a birth year are the last such year before the document.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from lanterne.practice.errors import Refusal
from lanterne.practice.patients.dates import MONTHS, parse_birth_date
from lanterne.practice.patients.names import fold

_STAMP = re.compile(
    r"(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})(?:(\d{2})(?:\.\d{1,6})?)?)?(?:([+-]\d{2}):?(\d{2}))?"
)
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?)?")
_FRENCH = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})(?!\d)")
_IN_WORDS = re.compile(r"(\d{1,2})(?:er)?\s+([a-z]{3,9})\.?\s+(\d{4})")
_SIX = re.compile(r"(\d{2})(\d{2})(\d{2})")
_EIGHT = re.compile(r"(\d{2})(\d{2})(\d{4})")
_CLOCK = re.compile(r"^\W{0,3}(?:a\s+)?(\d{1,2})\s?[:h]\s?(\d{2})(?!\d)")

_TURN = 80
_OLDEST, _NEWEST = 1850, 2199


def stamp(text: str) -> str:
    """An HL7 v2 or HPRIM time (YYYY[MM[DD[HHMM[SS]]]][+ZZZZ]) as ISO; empty when it is none."""
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, second, zone, zone_minutes = found.groups()
    zone_text = f"{zone}:{zone_minutes}" if zone and zone_minutes else ""
    return _iso(year, month, day, hour, minute, second, zone_text)


def document_date(text: str) -> str:
    """A date written alone (a header line, a column): any of the forms, or a stamp; empty when it is none."""
    written = text.strip()[:40]
    for pattern in (_EIGHT, _SIX):
        found = pattern.fullmatch(written)
        if found is not None and (read := _iso(_year(found[3]), found[2], found[1])):
            return read
    return stamp(written) or first_date(written)


def first_date(text: str) -> str:
    """The first date in running text, with its clock time when one follows; empty when there is none."""
    folded = fold(text[:400])
    places = [(found.start(), found.end(), _iso(*found.groups())) for found in _ISO.finditer(folded)]
    places += [
        (found.start(), found.end(), _iso(_year(found[3]), found[2], found[1]))
        for found in _FRENCH.finditer(folded)
    ]
    for found in _IN_WORDS.finditer(folded):
        month = MONTHS.get(found[2], 0)
        places.append((found.start(), found.end(), _iso(found[3], f"{month:02}", found[1])))
    for _, end, read in sorted(places):
        if read:
            clock = _CLOCK.match(folded[end : end + 16]) if len(read) == 10 else None
            return (clock and _with_clock(read, clock[1], clock[2])) or read
    return ""


def birth_date(text: str, reference: str) -> str:
    """A birth date, two-digit years being the last before `reference` (ISO date of the document); empty when
    unreadable.
    """
    written = text.strip()[:40]
    if not written:
        return ""
    whole = document_date(written)
    if whole and whole[:4] in written:
        return whole[:10]
    if len(reference) < 10:
        return ""
    try:
        return parse_birth_date(written, date.fromisoformat(reference[:10]))
    except (Refusal, ValueError):
        return ""


def two_centuries(text: str, birth: str, reference: str) -> bool:
    """Whether a birth year of two digits could as well be a century earlier, for somebody of at most 110
    years.
    """
    if not birth or not reference or birth[:4] in text:
        return False
    return int(reference[:4]) - int(birth[:4]) + 100 <= 110


def _year(digits: str) -> str:
    if len(digits) == 4:
        return digits
    return f"{'19' if int(digits) >= _TURN else '20'}{digits}"


def _iso(
    year: str,
    month: str | None = None,
    day: str | None = None,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    zone: str = "",
) -> str:
    """ISO at the precision given, or empty when the calendar has no such date. "00" months and days are
    unknown.
    """
    if not _OLDEST <= int(year) <= _NEWEST:
        return ""
    if not month or month == "00":
        return year
    if not day or day == "00":
        return f"{year}-{int(month):02}" if 1 <= int(month) <= 12 else ""
    try:
        read = date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
    if hour is None or minute is None:
        return read
    return _with_clock(read, hour, minute, second or "", zone) or read


def _with_clock(day: str, hour: str, minute: str, second: str = "", zone: str = "") -> str:
    text = f"{day}T{int(hour):02}:{minute}" + (f":{second}" if second else "") + zone
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text
