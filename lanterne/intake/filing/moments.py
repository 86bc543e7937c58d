"""A moment without an offset is the hour on the wall where it was written: Paris, as the screens show hours.

HPRIM, HL7 v2 and many CDA write local hours without an offset; the record holds moments with one. A document
from an overseas department keeps its day, and its hour may be shown shifted (docs/intake.md says so).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def placed(at: str | None) -> str | None:
    """The same date or moment, with its offset when it is a moment that has none. What is no moment of a
    calendar is left as it is, for the record to refuse.
    """
    if not at or "T" not in at:
        return at
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    if moment.tzinfo is not None:
        return at
    offset = moment.replace(tzinfo=PARIS).utcoffset() or timedelta()
    # Before 1911 Paris kept its own time, some nine minutes ahead: whole minutes are what a record holds.
    minutes = round(offset.total_seconds() / 60)
    return f"{at}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
