"""What arranges the agenda, as it stands: kinds of appointments, hours, absences, public holidays, notes of a day.

Law: of what is described whole the later counts, and `earlier` shows the others; of absences and notes said otherwise
on two devices at once all count, and say so (`several`): a slot is never offered in a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import msgspec

from lanterne.practice.agenda.facts import (
    AbsenceStated,
    AgendaNoteWritten,
    CalendarDescribed,
    HoursDescribed,
    ServiceDescribed,
)
from lanterne.practice.agenda.hours import Absence, Hours, Week, absence_of, week_of
from lanterne.practice.agenda.rules import CLOSED, LONGEST_MINUTES, MINUTES, SERVICES, SHORTEST_MINUTES
from lanterne.practice.errors import UnknownFact
from lanterne.practice.settling import FACT_ORDER
from lanterne.practice.tables import Connection
from lanterne.reference.holidays import holiday
from lanterne.wire.names import FactId, PersonId, SeatId, is_id

_decode = msgspec.msgpack.decode
_FACT = "f.id, e.seat, e.time >> 16, f.body"
_OF_PRACTICE = "(SELECT no FROM subject WHERE id = zeroblob(16))"
EARLIER_MOST = 20


@dataclass(frozen=True, slots=True)
class Held:
    """One fact as written: its raw body, by which seat, when by that device's clock (milliseconds since 1970)."""

    fact: FactId
    seat: SeatId
    written_ms: int
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of appointment. `fact`: what described it last, None for one nobody described. `label`: a French msgid for
    those of rules.SERVICES until described.
    """

    code: str
    label: str
    minutes: int
    offered: bool
    fact: FactId | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a day; `practitioner` None: for everybody."""

    fact: FactId
    day: str
    practitioner: PersonId | None
    text: str
    seat: SeatId
    written_ms: int
    several: bool


@dataclass(frozen=True, slots=True)
class Arrangements:
    """Everything a page needs to know what is open.

    Attributes:
        weeks: of those described, the fact that did, and whether public holidays are worked.
        unread: absences not understood.
    """

    services: Mapping[str, Service]
    region: str
    region_fact: FactId | None
    weeks: Mapping[PersonId, tuple[Week, FactId, bool]]
    absences: tuple[Absence, ...]
    unread: int

    def of(self, practitioner: PersonId) -> Hours:
        """One practitioner's time; `week` is None when nobody described it."""
        week, _fact, on_holidays = self.weeks.get(practitioner, (None, None, False))
        covers = tuple(
            (one, self.weeks[one.practitioner][0])
            for one in self.absences
            if one.covered_by == practitioner and one.practitioner in self.weeks
        )
        mine = tuple(one for one in self.absences if one.practitioner == practitioner)
        return Hours(
            week, mine, partial(_holiday, "none" if on_holidays else self.region), covers, self.unread
        )

    def holiday(self, day: date) -> str:
        """The public holiday of a day; empty when it is none."""
        return _holiday(self.region, day)

    def covering(self, person: PersonId, day: date) -> list[Absence]:
        """Absences of others that this person covers on a day."""
        return [one for one in self.absences if one.covered_by == person and one.on(day)]


def arrangements(connection: Connection) -> Arrangements:
    """As they stand now."""
    absences, unread = absences_of(connection)
    region, region_fact = "metropole", None
    for held, _key in _latest(connection, CalendarDescribed.KIND):
        region, region_fact = str(held.raw.get("region", "metropole")), held.fact
    weeks = {
        PersonId(key): (week_of(held.raw), held.fact, held.raw.get("on_holidays") is True)
        for held, key in _latest(connection, HoursDescribed.KIND)
    }
    return Arrangements(services(connection), region, region_fact, weeks, tuple(absences), unread)


def services(connection: Connection) -> dict[str, Service]:
    """Every kind of appointment by its code: those of rules.SERVICES first, then those described here, by label."""
    found = {code: Service(code, label, MINUTES[code], True) for code, label in SERVICES.items()}
    own = []
    for held, code in _latest(connection, ServiceDescribed.KIND):
        label, minutes = held.raw.get("label"), held.raw.get("minutes")
        if code == CLOSED or (code not in found and not is_id(code)) or not isinstance(label, str):
            continue
        if type(minutes) is not int or not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
            continue
        one = Service(code, label, minutes, held.raw.get("offered") is not False, held.fact)
        if code in found:
            found[code] = one
        else:
            own.append(one)
    return found | {one.code: one for one in sorted(own, key=lambda one: (one.label.casefold(), one.code))}


def absences_of(connection: Connection) -> tuple[list[Absence], int]:
    """(absences that stand, soonest first; how many of them are not understood)."""
    found, unread = [], 0
    for held, several in _standing(connection, AbsenceStated.KIND):
        one = absence_of(held.fact, held.raw, several=several)
        if one is None:
            unread += 1
        else:
            found.append(one)
    return sorted(found, key=lambda one: (one.first, one.fact)), unread


def absence(connection: Connection, fact: FactId) -> Held:
    """An absence that stands, as written.

    Raises:
        UnknownFact: none has this id.
    """
    return _one(connection, AbsenceStated.KIND, fact)


def notes(connection: Connection, first: date, last: date) -> list[Note]:
    """Notes of some days, in order; those for everybody before those of one."""
    found = []
    for held, several in _standing(connection, AgendaNoteWritten.KIND, first, last):
        raw, text = held.raw, held.raw.get("text")
        if isinstance(text, str) and isinstance(raw.get("day"), str):
            who = raw.get("practitioner")
            found.append(
                Note(held.fact, raw["day"], PersonId(str(who)) if is_id(who) else None, text, held.seat,
                     held.written_ms, several)
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.practitioner or "", one.written_ms, one.fact))


def note(connection: Connection, fact: FactId) -> Held:
    """A note that stands, as written.

    Raises:
        UnknownFact: none has this id.
    """
    return _one(connection, AgendaNoteWritten.KIND, fact)


def described(connection: Connection, kind: str, key: str = "") -> Held | None:
    """The description that counts, of a kind and the key it competes under."""
    return next((held for held, _key in _latest(connection, kind, key)), None)


def earlier(connection: Connection, kind: str, wanted: Callable[[dict[str, Any]], bool]) -> list[Held]:
    """Descriptions that count no more, the newest first."""
    rows = connection.execute(
        f"SELECT {_FACT} FROM fact f JOIN entry e ON e.no = f.entry WHERE f.subject = {_OF_PRACTICE}"
        " AND f.kind = (SELECT no FROM kind WHERE name = ?) AND NOT EXISTS"
        " (SELECT 1 FROM latest l WHERE l.kind = f.kind AND l.subject = f.subject AND l.fact = f.no)"
        f" ORDER BY {FACT_ORDER}",
        (kind,),
    ).fetchall()
    found = [held for held in map(_held, rows) if wanted(held.raw)]
    return found[::-1][:EARLIER_MOST]


def _latest(connection: Connection, kind: str, key: str | None = None) -> Iterator[tuple[Held, str]]:
    which, values = ("", (kind,)) if key is None else (" AND l.key = ?", (kind, key))
    rows = connection.execute(
        f"SELECT {_FACT}, l.key FROM latest l JOIN fact f ON f.no = l.fact JOIN entry e ON e.no = f.entry"
        f" WHERE l.kind = (SELECT no FROM kind WHERE name = ?) AND l.subject = {_OF_PRACTICE}{which} ORDER BY l.key",
        values,
    ).fetchall()
    yield from ((_held(row[:4]), str(row[4])) for row in rows)


def _standing(
    connection: Connection, kind: str, first: date | None = None, last: date | None = None
) -> Iterator[tuple[Held, bool]]:
    days, values = "", tuple[str, ...]()
    if first is not None and last is not None:
        days, values = " AND s.day >= ? AND s.day < ?", (first.isoformat(), (last + timedelta(1)).isoformat())
    rows = connection.execute(
        f"SELECT {_FACT}, s.conflict FROM statement s JOIN fact f ON f.no = s.fact JOIN entry e ON e.no = f.entry"
        f" WHERE s.subject = {_OF_PRACTICE} AND s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?){days}"
        " ORDER BY f.id",
        (kind, *values),
    ).fetchall()
    yield from ((_held(row[:4]), bool(row[4])) for row in rows)


def _one(connection: Connection, kind: str, fact: FactId) -> Held:
    row = (
        connection.execute(
            f"SELECT {_FACT} FROM fact f JOIN entry e ON e.no = f.entry JOIN statement s ON s.fact = f.no"
            " JOIN kind k ON k.no = f.kind WHERE f.id = ? AND k.name = ? AND s.live = 1",
            (bytes.fromhex(fact), kind),
        ).fetchone()
        if is_id(fact)
        else None
    )
    if row is None:
        raise UnknownFact("nothing that stands has this id")
    return _held(row)


def _held(row: Collection[Any]) -> Held:
    identifier, seat, written, body = row
    raw = _decode(body)
    return Held(
        FactId(bytes(identifier).hex()),
        SeatId(bytes(seat).hex()),
        int(written),
        raw if isinstance(raw, dict) else {},
    )


def _holiday(region: str, day: date) -> str:
    return "" if region == "none" else holiday(day, region)
