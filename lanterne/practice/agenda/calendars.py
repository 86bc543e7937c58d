"""Days of a practitioner as iCalendar (RFC 5545).

Law: least data (article 5.1 c of the GDPR). A calendar program keeps what it reads, unsealed, and often sends it on: so
no name, no reason, no number leaves by here, only that the time is taken. Who comes is read in the agenda itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event

from lanterne.practice.agenda.facts import ZONE
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import CLOSED, start_of
from lanterne.wire.names import FactId

FEED_DAYS = 8 * 7
TAKEN, SHUT = "Rendez-vous", "Fermé"
_PRODUCT = "-//Lanterne//Agenda//FR"


def calendar(meetings: Iterable[tuple[Meeting, FactId]], *, name: str = "") -> bytes:
    """The appointments as one calendar. Each keeps its identifier when it moves; hours follow the wall's own zone.

    Args:
        meetings: each with the id it has kept since it was booked (queries.first_of).
        name: whose calendar it is.
    """
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("x-wr-calname", name)
    for held, first in meetings:
        zone = _zone(held.body.zone)
        event = Event()
        event.add("uid", f"{held.fact if held.several else first}@lanterne")
        event.add("dtstamp", datetime.fromtimestamp(min(held.written_ms, 253_402_300_799_000) / 1000, UTC))
        event.add("dtstart", datetime.fromisoformat(start_of(held.starts)).replace(tzinfo=zone))
        event.add("dtend", datetime.fromisoformat(start_of(held.ends)).replace(tzinfo=zone))
        event.add("summary", SHUT if held.body.service == CLOSED else TAKEN)
        event.add("class", "PRIVATE")
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(ZONE)
