"""A day of the agenda in plain values. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Sex, When


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment of a day.

    Attributes:
        hour, until: "09:15". who: the patient as lists show them, or the name typed; empty for a closed slot.
        url: the chart; empty when there is none. `author`, `written`: who wrote this version, and when.
        doubt: why it is to settle, in words; empty when it is not.
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
    reason: str = ""
    closed: bool = False
    doubt: str = ""
    move_url: str = ""
    cancel_url: str = ""
    restore_url: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One practitioner's day."""

    id: str
    name: str
    role: str
    lines: tuple[Line, ...]
    book_url: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day. `iso` is its date; `text` says it in words ("lundi 23 novembre 2026")."""

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
