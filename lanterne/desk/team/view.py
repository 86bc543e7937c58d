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
    left: When | None = None


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Practice, persons, and what only an administrator may do (empty URLs otherwise)."""

    practice: tuple[tuple[str, str], ...]
    persons: tuple[PersonLine, ...]
    notices: tuple[Notice, ...] = ()
    edit_url: str = ""
    add_url: str = ""
