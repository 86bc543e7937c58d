"""Dates as charts hold them: ISO 8601 at the precision known ("2019", "2019-04", "2019-04-03", or a
moment).
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime

from lanterne.practice.errors import Refusal

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
# What an entry may carry (docs/format/entry.md, Plaintext of a part): other spellings of ISO 8601 are
# refused here, in words.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)

# Nobody alive was born before; a date earlier is a slip of the keyboard.
EARLIEST_YEAR = 1880
# A moment typed here may run ahead of the clock of the device it is read on by this much.
TOLERANCE_MS = 10 * 60 * 1000


def earliest(value: str, field: str = "") -> date:
    """The first day a partial date may mean, or the day of a moment.

    Args:
        field: the form's field, for the refusal.

    Raises:
        Refusal: "date_invalid": not a date of the calendar, or before EARLIEST_YEAR.
    """
    return _moment(value, field).date() if "T" in value else _day(value, field)


def _day(value: str, field: str) -> date:
    match = _PARTIAL.fullmatch(value)
    if match is None:
        raise Refusal("date_invalid", field=field, value=value)
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    if year < EARLIEST_YEAR or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Refusal("date_invalid", field=field, value=value)
    return date(year, month, day)


def _moment(value: str, field: str) -> datetime:
    """A moment with its offset."""
    if _MOMENT.fullmatch(value) is None:
        raise Refusal("date_invalid", field=field, value=value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Refusal("date_invalid", field=field, value=value) from error
    if moment.year < EARLIEST_YEAR:
        raise Refusal("date_invalid", field=field, value=value)
    return moment


def check_past(value: str | None, *, birth_date: str, now_ms: int, field: str) -> None:
    """Refuse a date that is not one, lies in the future, or before the patient's birth.

    Args:
        value: partial ISO date or moment; empty or None passes.
        birth_date: ISO, possibly partial or empty.
        now_ms: milliseconds since 1970 UTC.
        field: the form's field, for the refusal.

    Raises:
        Refusal: "date_invalid", "date_future", "date_before_birth".
    """
    if not value:
        return
    latest = datetime.fromtimestamp((now_ms + TOLERANCE_MS) / 1000, UTC)
    if "T" in value:
        if _moment(value, field) > latest:
            raise Refusal("date_future", field=field, value=value)
    # A day is compared with tomorrow UTC: it may already be that day east of Greenwich.
    elif _day(value, field) > date.fromordinal(latest.date().toordinal() + 1):
        raise Refusal("date_future", field=field, value=value)
    if birth_date and value[: len(birth_date)] < birth_date[: len(value)]:
        raise Refusal("date_before_birth", field=field, value=value, birth=birth_date)


def check_order(first: str, second: str, *, field: str) -> None:
    """Refuse an end before its beginning, at the precision both have.

    Raises:
        Refusal: "dates_reversed".
    """
    if first and second:
        length = min(len(first), len(second))
        if second[:length] < first[:length]:
            raise Refusal("dates_reversed", field=field, first=first, second=second)
