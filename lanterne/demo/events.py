"""What the generator yields: one fact of the fictional practice, when and by whom it was written.

Law: everything is drawn from the seed; no wall clock, no operating-system randomness.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lanterne.practice.kinds import Body
from lanterne.wire.names import FactId, PatientId

Author = Literal["doctor", "locum", "secretary"]
AUTHORS: tuple[Author, ...] = ("doctor", "locum", "secretary")

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One fact to write.

    Attributes:
        when: the moment it is written, aware, Europe/Paris. Facts of one act share it and follow each other.
        author: who writes it.
        patient: its subject, None for facts about the practice.
        fact_id: its id; later events name it in `replaces`, in `problems` of a consultation, in `document` of a
        result. body: a body of the catalogue. A document.filed body leaves blob, key and size empty, and its
            document.received leaves blob empty: the writer seals `content` and fills them.
        at: when it happened, as docs/format/entry.md writes it, or None.
        replaces: facts it corrects.
        content: the file of a document.filed, None otherwise.
    """

    when: datetime
    author: Author
    patient: PatientId | None
    fact_id: FactId
    body: Body
    at: str | None = None
    replaces: tuple[FactId, ...] = ()
    content: bytes | None = None


def digest(*words: object) -> str:
    """32 hex digits drawn from words."""
    text = "\x1f".join(map(str, words)).encode()
    return hashlib.blake2b(text, digest_size=16).hexdigest()


class Scribe:
    """Writes the events of one subject, in the order they are drawn; ids follow from seed, subject and rank."""

    __slots__ = ("_rank", "_salt", "events", "patient")

    def __init__(self, seed: int, patient: PatientId | None) -> None:
        self.patient = patient
        self.events: list[DemoEvent] = []
        self._salt = f"lanterne demo\x1f{seed}\x1f{patient}\x1f".encode()
        self._rank = 0

    def write(
        self,
        body: Body,
        when: datetime,
        author: Author,
        *,
        at: str | None = None,
        replaces: tuple[FactId, ...] = (),
        content: bytes | None = None,
    ) -> FactId:
        """Add one event and return the id of its fact."""
        self._rank += 1
        fact = FactId(hashlib.blake2b(self._salt + str(self._rank).encode(), digest_size=16).hexdigest())
        self.events.append(DemoEvent(when, author, self.patient, fact, body, at, replaces, content))
        return fact


def moment(day: date, hour: int, minute: int) -> datetime:
    """A moment of a day in the practice's time zone."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def at_minute(when: datetime) -> str:
    """A moment as the `at` of a fact: "2026-11-20T10:20+01:00"."""
    return when.isoformat(timespec="minutes")


def years_between(born: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_between(born: date, day: date) -> int:
    """Whole months of age on a day."""
    return (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)


def later(born: date, months: int) -> date:
    """The day on which a number of months is reached (the 28th at most)."""
    years, month = divmod(born.month - 1 + months, 12)
    return date(born.year + years, month + 1, min(born.day, 28))


_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
"""Public holidays with a fixed date (article L.3133-1 of the labour code); those that follow Easter are not kept
here.
"""


def _closed(day: date) -> bool:
    return day.weekday() >= 5 or (day.month, day.day) in _HOLIDAYS


def working_day(day: date) -> date:
    """The day itself, or the first one after it when the practice is open."""
    while _closed(day):
        day += timedelta(days=1)
    return day


def last_working_day(day: date) -> date:
    """The day itself, or the last one before it when the practice was open."""
    while _closed(day):
        day -= timedelta(days=1)
    return day


def on_duty(day: date) -> Author:
    """Who sees patients that day: the locum during the doctor's holidays and every other Friday."""
    week = day.isocalendar()[1]
    if week in (8, 17, 31, 32, 33, 44, 52):
        return "locum"
    return "locum" if day.weekday() == 4 and week % 2 == 0 else "doctor"
