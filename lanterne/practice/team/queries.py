"""Who works in the practice, and what each may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import msgspec

from lanterne.practice.rights import Right, rights_of
from lanterne.practice.tables import Connection
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed, Role
from lanterne.practice.team.rules import missing_for_prescription
from lanterne.wire.names import FactId, PersonId, SeatId


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice as described now; `fact` is what a correction names."""

    fact: FactId
    seat: SeatId
    written_ms: int
    body: PracticeDescribed


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the practice as described now; `fact` is what a correction names."""

    fact: FactId
    seat: SeatId
    written_ms: int
    body: PersonDescribed

    @property
    def id(self) -> PersonId:
        """The id in the membership."""
        return PersonId(self.body.person)

    @property
    def role(self) -> Role:
        """What the person does here."""
        return self.body.role

    @property
    def administrator(self) -> bool:
        """Described as administrator; the membership must say so too (`rights`)."""
        return self.body.administrator

    @property
    def display_name(self) -> str:
        """Title, given name, family name, as far as known: "Dr Garance Morel"."""
        return " ".join(filter(None, (self.body.title, self.body.given_name, self.body.family_name)))

    def has_left(self, today: date) -> bool:
        """Whether the person's last day is over."""
        return bool(self.body.left) and self.body.left < today.isoformat()

    def missing(self, practice: Practice | None) -> tuple[str, ...]:
        """What a prescription of theirs would miss, as codes of rules.MISSING."""
        return missing_for_prescription(self.body, practice.body if practice is not None else None)


def practice(connection: Connection) -> Practice | None:
    """The practice, None until described."""
    for fact, seat, written, raw in _latest(connection, PracticeDescribed.KIND, ""):
        return Practice(fact, seat, written, _practice(raw))
    return None


def person(connection: Connection, person_id: PersonId) -> Person | None:
    """A person, None until described."""
    for fact, seat, written, raw in _latest(connection, PersonDescribed.KIND, person_id):
        return Person(fact, seat, written, _person(raw))
    return None


def persons(connection: Connection) -> list[Person]:
    """Everybody described, those who left as well, by name."""
    found = [
        Person(fact, seat, at, _person(raw))
        for fact, seat, at, raw in _latest(connection, PersonDescribed.KIND, None)
    ]
    return sorted(
        found, key=lambda one: (one.body.family_name.casefold(), one.body.given_name.casefold(), one.id)
    )


def rights(
    connection: Connection, person_id: PersonId, *, administrator_seat: bool, today: date
) -> frozenset[Right]:
    """What a person may do here today.

    Nobody described: nothing, but an administrator's seat may describe the team. An administrator is one whom
    both the membership and the team name: a description is a mere office fact, which a modified client could
    write about itself.

    Args:
        administrator_seat: what the membership says of the seat in use.
        today: whoever left before it may nothing more here.
    """
    found = person(connection, person_id)
    if found is None:
        return frozenset({Right.MANAGE_TEAM}) if administrator_seat else frozenset()
    if found.has_left(today):
        return frozenset()
    return rights_of(found.role, administrator=found.administrator and administrator_seat)


def _latest(
    connection: Connection, kind: str, key: str | None
) -> Iterator[tuple[FactId, SeatId, int, dict[str, Any]]]:
    rows = connection.execute(
        "SELECT f.id, e.seat, e.time >> 16, f.body FROM latest l"
        " JOIN fact f ON f.no = l.fact JOIN entry e ON e.no = f.entry JOIN subject s ON s.no = l.subject"
        " WHERE l.kind = (SELECT no FROM kind WHERE name = ?) AND s.id = zeroblob(16)"
        " AND s.id = zeroblob(16)" + (" AND l.key = ?" if key is not None else " AND l.key <> ''"),
        (kind, key) if key is not None else (kind,),
    ).fetchall()
    for fact, seat, written, body in rows:
        raw = msgspec.msgpack.decode(body)
        yield (
            FactId(bytes(fact).hex()),
            SeatId(bytes(seat).hex()),
            int(written),
            raw if isinstance(raw, dict) else {},
        )


def _practice(raw: dict[str, Any]) -> PracticeDescribed:
    try:
        return msgspec.convert(raw, PracticeDescribed)
    except msgspec.ValidationError:
        return PracticeDescribed(name=str(raw.get("name", "")))


def _person(raw: dict[str, Any]) -> PersonDescribed:
    """A description; one of another shape (it passed no command here) gives a name and the fewest rights."""
    try:
        return msgspec.convert(raw, PersonDescribed)
    except msgspec.ValidationError:
        role: Any = raw.get("role")
        return PersonDescribed(
            person=str(raw.get("person", "")),
            family_name=str(raw.get("family_name", "")),
            given_name=str(raw.get("given_name", "")),
            role=role if role in get_args(Role) else "secretary",
        )
