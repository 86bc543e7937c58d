"""Days of the agenda in plain values. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Sex, Tone, When


@dataclass(frozen=True, slots=True)
class Step:
    """Something one may note of who comes: a word of agenda.rules.ATTENDANCE, as a button. `key`: the letter that
    presses it while the focus is in the line.
    """

    state: str
    text: str
    key: str = ""
    first: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment of a day.

    Attributes:
        hour, until: "09:15". who: the patient as lists show them, or the name typed; empty for a closed slot.
        url: the chart; empty when there is none. `author`, `written`: who wrote this version, and when.
        tel: the number as a tel: link dials it. `consult_url`: opens a consultation with its reason.
        doubt: why it is to settle, in words; empty when it is not.
        state, state_text, tone: who came, in words ("arrivé à 9:12, attend depuis 8 min").
        steps: what may be noted; `state_fact` is the id of what is noted, drawn for this line.
        away: why it falls where nobody receives, in words.
        thread: the same through its versions; the page's ids are made of it.
    """

    hour: str
    until: str
    minutes: int
    who: str
    service: str
    author: str
    written: When
    url: str = ""
    sex: Sex = "unknown"
    born: When | None = None
    age: str = ""
    phone: str = ""
    tel: str = ""
    reason: str = ""
    comment: str = ""
    closed: bool = False
    doubt: str = ""
    away: str = ""
    move_url: str = ""
    cancel_url: str = ""
    restore_url: str = ""
    consult_url: str = ""
    fact: str = ""
    thread: str = ""
    state: str = "booked"
    state_text: str = ""
    tone: Tone = "info"
    state_url: str = ""
    state_fact: str = ""
    steps: tuple[Step, ...] = ()

    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """A minute somebody could come. `place` is the query that books or moves there."""

    hour: str
    url: str
    place: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Free minutes between two appointments. `more`: they hold more starts than are shown."""

    hour: str
    until: str
    starts: tuple[Start, ...]
    more: bool = False

    is_gap: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the day. `whose`: the practitioner, empty for everybody."""

    text: str
    whose: str
    author: str
    edit_url: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One practitioner's day, or one day of a practitioner's week.

    Attributes:
        items: appointments and gaps, by hour. `lines`: the appointments alone. `count`: of patients.
        hours: when they receive, in words. `chips`: what is to know of the day (leave, who covers, how late).
        week_url: the same practitioner's week; `day_url`: the same day of everybody.
    """

    id: str
    name: str
    role: str
    lines: tuple[Line, ...]
    items: tuple[Line | Gap, ...] = ()
    book_url: str = ""
    count: int = 0
    hours: str = ""
    chips: tuple[tuple[str, Tone], ...] = ()
    week_url: str = ""
    day_url: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day. `iso` is its date; `text` says it in words ("lundi 23 novembre 2026").

    Attributes:
        holiday: the public holiday it is. `unsaid`: practitioners whose hours nobody described.
        fresh_url: asks whether anything changed since.
    """

    iso: str
    text: str
    today: bool
    columns: tuple[Column, ...]
    cancelled: tuple[Line, ...]
    before_url: str
    after_url: str
    today_url: str
    jump_url: str
    book_url: str = ""
    settle_url: str = ""
    doubts: int = 0
    holiday: str = ""
    notes: tuple[Note, ...] = ()
    note_url: str = ""
    settings_url: str = ""
    print_url: str = ""
    week_url: str = ""
    fresh_url: str = ""


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A practitioner one may look at instead."""

    name: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class WeekPage:
    """A week of one practitioner: a column a day."""

    text: str
    name: str
    columns: tuple[Column, ...]
    others: tuple[Practitioner, ...]
    before_url: str
    after_url: str
    today_url: str
    day_url: str
    calendar_url: str
    feed_url: str
    fresh_url: str


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A free slot offered: what fills the form, or the page that books it."""

    text: str
    who: str
    date: str
    hour: str
    practitioner: str
    url: str


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """What was found. `unsaid`: sentences on what could not be searched."""

    slots: tuple[FreeSlot, ...]
    unsaid: tuple[str, ...]
    searched: bool = True
