"""Points in time as HL7 writes them, to ISO 8601 at the precision written.

Law: nothing is added to what was known: "2019" stays a year, and a moment keeps its offset or has none. What the
calendar does not have is empty, never corrected. Source: HL7 V3 data types, TS: YYYYMMDDHHMMSS.UUUU[+|-ZZzz].
"""

from __future__ import annotations

import calendar
import re

from lanterne.intake.cda.nodes import child, get
from lanterne.intake.xml import Node

_STAMP = re.compile(
    r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
# As in practice.chart.when: nobody alive was born before, and year 9999 means "no end".
_FIRST_YEAR, _LAST_YEAR = 1880, 2200


def iso(stamp: str) -> str:
    """The ISO form of a TS, such as "2024-01-04T16:05+01:00"; empty when it is none. Zeroes mean "not known"."""
    found = _STAMP.fullmatch(stamp.strip().replace("-", "", 2) if stamp[4:5] == "-" else stamp.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, second, offset = found.groups()
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return ""
    if month is None or month == "00":
        return year
    if not 1 <= int(month) <= 12:
        return ""
    if day is None or day == "00":
        return f"{year}-{month}"
    if not 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
        return ""
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    if int(hour) > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return ""
    seconds = f":{second}" if second else ""
    return f"{date}T{hour}:{minute or '00'}{seconds}{_offset(offset or '')}"


def _offset(written: str) -> str:
    if written in ("", "Z"):
        return "+00:00" if written else ""
    digits = written[1:].replace(":", "").ljust(4, "0")
    if int(digits[:2]) > 14 or int(digits[2:]) > 59:
        return ""
    return f"{written[0]}{digits[:2]}:{digits[2:]}"


def stamps(node: Node | None) -> tuple[str, str]:
    """Beginning and end as written: of an interval, or of a point (which has no end)."""
    if node is None:
        return "", ""
    low, high = get(child(node, "low"), "value"), get(child(node, "high"), "value")
    point = get(node, "value") or get(child(node, "center"), "value")
    return low or point, high


def french(date: str) -> str:
    """An ISO date as read in France: "26/05/2019", "05/2019", "2019"."""
    return "/".join(reversed(date[:10].split("-")))
