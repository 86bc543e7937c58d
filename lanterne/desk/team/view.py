"""The practice and the people who work in it. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Notice, When


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A person's access on one device."""

    device: str
    since: When
    state: str = ""
    ends: When | None = None
    revoke_url: str = ""
    this_device: bool = False


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the practice; `missing` lists in words what printing will need (RPPS, address)."""

    name: str
    roles: tuple[str, ...]
    seats: tuple[SeatLine, ...]
    rpps: str = ""
    phone: str = ""
    missing: tuple[str, ...] = ()
    edit_url: str = ""
    seat_url: str = ""
    leave_url: str = ""
    left: When | None = None


@dataclass(frozen=True, slots=True)
class AccessLine:
    """Somebody's access on a device: `last` is when the newest entry known here was written with it; `new` for 72
    hours."""

    person: str
    since: When
    until: When | None = None
    last: When | None = None
    new: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A machine of the practice and who uses it."""

    name: str
    accesses: tuple[AccessLine, ...]
    here: bool = False
    in_force: bool = True
    lost_url: str = ""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """An entry kept apart. `size` in words: what is in it was not opened."""

    at: When
    author: str
    device: str
    kind: str
    size: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What waits for review, newest first; `more` older ones are not listed."""

    lines: tuple[ReviewLine, ...]
    more: int
    back_url: str


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Practice, persons, and what only an administrator may do (empty URLs otherwise)."""

    practice: tuple[tuple[str, str], ...]
    persons: tuple[PersonLine, ...]
    devices: tuple[DeviceLine, ...] = ()
    notices: tuple[Notice, ...] = ()
    edit_url: str = ""
    add_url: str = ""
    device_url: str = ""
    review_url: str = ""
