"""Opening a practice, its persons' accesses, and a forgotten passphrase: keys below, names above, in one
call.

Law: the membership knows keys and numbers only; who is behind a number is a sealed fact of the team. A seat
is admitted first, then its person is described: whoever is admitted and not yet described has no right.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lanterne.journal import founding
from lanterne.journal.journal import Journal
from lanterne.practice.commands import NewFact
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.names import words
from lanterne.practice.record import Record, new_id, now_ms
from lanterne.practice.recording import parts_of
from lanterne.practice.rights import Right
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed, Role
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SheetKeys
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Compartment, FactId, PersonId, PracticeId, SeatId, Stream

Random = Callable[[int], bytes]

_TITLES = {
    **dict.fromkeys(("dr", "docteur", "docteure"), "Dr"),
    **dict.fromkeys(("pr", "professeur", "professeure"), "Pr"),
    "m": "M.",
    "mme": "Mme",
    "mlle": "Mlle",
}
_OFFICE = (Compartment.OFFICE,)
_CARE = (Compartment.OFFICE, Compartment.MEDICAL)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new practice, its record open under its first person. `sheet` must be printed: nothing here keeps
    it."""

    practice: PracticeId
    person: PersonId
    seat: SeatId
    sheet: SheetKeys
    record: Record


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as typed in one line, taken apart."""

    title: str
    given: str
    family: str

    @property
    def shown(self) -> str:
        """As the unlock page shows it."""
        return " ".join(filter(None, (self.title, self.given, self.family)))


def parse_name(text: str) -> Name:
    """ "Dr Garance Morel", "Jean-Pierre DE LA TOUR", "Morel": title, given names, family name.

    Words in capitals at the end are the family name; without any, the first word is the given name.

    Raises:
        Refusal: "name_unreadable".
    """
    words = text.split()
    title = _TITLES.get(words[0].rstrip(".").casefold(), "") if len(words) > 1 else ""
    rest = words[1:] if title else words
    if not rest or len(text) > 100 or not any(sign.isalpha() for sign in text):
        raise Refusal("name_unreadable", field="name", typed=text[:40])
    start = len(rest)
    while start > 0 and rest[start - 1].isupper() and len(rest[start - 1]) > 1:
        start -= 1
    if start == len(rest):  # nothing in capitals at the end
        start = min(1, len(rest) - 1)
    return Name(title, " ".join(rest[:start]), " ".join(rest[start:]))


def compartments_of(role: Role, *, administrator: bool) -> tuple[Compartment, ...]:
    """What a role reads: a secretary the office; care-givers the charts too; administrators who opened
    what."""
    base = _OFFICE if role == "secretary" else _CARE
    return (*base, Compartment.TRACE) if administrator else base


def create_practice(
    root: Path,
    *,
    practice_name: str,
    person_name: str,
    passphrase: str,
    clock_ms: Callable[[], int] = now_ms,
    draw_id: Callable[[], str] = new_id,
    random: Random = secrets.token_bytes,
) -> Opened:
    """Found a practice in an empty directory, its first person doctor and administrator, and write who they
    are.

    Raises:
        PracticeExists, WeakPassphrase, Refusal: nothing was founded.
        DiskFull, DiskFailed: nothing was founded, or the practice has no name yet.
    """
    name = parse_name(person_name)
    label = practice_name.strip()
    if not label:
        raise Refusal("name_unreadable", field="practice", typed=practice_name[:40])
    made = founding.found_practice(
        root, label=name.shown, passphrase=passphrase, now_ms=clock_ms(), random=random
    )
    journal = Journal.open(root, random=random)
    keys, keyring = founding.open_seat(journal, made.seat, passphrase)
    record = Record(root, journal, keys, keyring, clock_ms=clock_ms, draw_id=draw_id)
    _write_office(
        record, PracticeDescribed(name=label), _described(made.person, name, "doctor", administrator=True)
    )
    return Opened(made.practice, made.person, made.seat, made.sheet, record)


def add_person(
    record: Record,
    *,
    name: str,
    role: Role,
    passphrase: str,
    administrator: bool = False,
    not_after: int | None = None,
    random: Random = secrets.token_bytes,
) -> founding.Admitted:
    """Give a new person an access on this device.

    Args:
        not_after: end of term, milliseconds since 1970 UTC (a locum).

    Raises:
        NotAllowed: the record is open under somebody who does not manage the team.
        Refusal, WeakPassphrase, DiskFull, DiskFailed: nobody was admitted.
    """
    record.require(Right.MANAGE_TEAM)
    parsed = parse_name(name)
    admitted = founding.admit_on_this_device(
        record.journal,
        record.keyring,
        label=parsed.shown,
        passphrase=passphrase,
        compartments=compartments_of(role, administrator=administrator),
        admin=administrator,
        now_ms=record.clock_ms(),
        random=random,
        not_after=not_after,
    )
    _write_office(record, _described(admitted.person, parsed, role, administrator=administrator))
    return admitted


def person_named(journal: Journal, keyring: Keyring, name: str) -> PersonId | None:
    """The one person of the practice who bears this name (case and accents do not count); None when there is
    none, or several. Reads the journal itself: on a machine where nothing opens yet there are no read tables.
    """
    wanted = words(parse_name(name).shown)
    named: dict[str, list[str]] = {}
    for arrived in journal.since(Stream.CARE):
        head = arrived.entry.head
        for index, (part, body) in enumerate(zip(head.parts, arrived.entry.bodies, strict=True)):
            if body is None or part.compartment != Compartment.OFFICE:
                continue
            try:
                opened = keyring.open_part(head, index, body)
            except LanterneError:
                continue  # `check` names what does not open; here it only means that nobody is recognised by it
            for fact in opened.facts:
                if fact.kind == PersonDescribed.KIND:
                    told = fact.body
                    shown = " ".join(
                        str(told.get(field, "")) for field in ("title", "given_name", "family_name")
                    )
                    named[str(told.get("person", ""))] = words(shown)
    found = [person for person, said in named.items() if said == wanted]
    if not found:  # "Garance Morel" for "Dr Garance Morel"
        bare = _untitled(wanted)
        found = [person for person, said in named.items() if _untitled(said) == bare]
    return PersonId(found[0]) if len(found) == 1 else None


def _untitled(said: list[str]) -> list[str]:
    return said[1:] if len(said) > 1 and said[0] in _TITLES else said


def describe_new(record: Record, person: PersonId, name: str, role: Role, *, administrator: bool) -> None:
    """Write who was admitted, on a device of their own. Raises Refusal "name_unreadable"."""
    _write_office(record, _described(person, parse_name(name), role, administrator=administrator))


def describe_recovered(record: Record, person: PersonId, name: str) -> None:
    """Write who came back with the recovery sheet: doctor and administrator, as the first person was."""
    _write_office(record, _described(person, parse_name(name), "doctor", administrator=True))


def reset_passphrase(
    record: Record, seat: SeatId, *, passphrase: str, random: Random = secrets.token_bytes
) -> founding.Admitted:
    """A forgotten passphrase, with another administrator at hand: a new seat with the same rights, the old
    one revoked and what it could read rotated.

    Raises:
        NotAllowed: the record is open under somebody who does not manage the team.
        Refusal: "reset_own_seat" (change it instead), "seat_not_in_force".
        WeakPassphrase, DiskFull, DiskFailed: nothing was changed.
    """
    record.require(Right.MANAGE_TEAM)
    if seat == record.seat.id:
        raise Refusal("reset_own_seat")
    membership = record.journal.membership
    held = membership.seat(seat)
    moment = record.clock_ms()
    if held is None or not membership.is_active(seat, moment):
        raise Refusal("seat_not_in_force")
    label = next((card.label for card in founding.list_seats(record.root) if card.seat == seat), None)
    if label is None:
        raise Refusal("seat_not_in_force")
    return founding.admit_on_this_device(
        record.journal,
        record.keyring,
        label=label,
        passphrase=passphrase,
        compartments=held.compartments,
        admin=held.admin,
        now_ms=moment,
        random=random,
        not_after=held.not_after,
        person=held.person,
        replaces=[seat],
    )


def _described(person: PersonId, name: Name, role: Role, *, administrator: bool) -> PersonDescribed:
    return PersonDescribed(
        person=person,
        family_name=name.family,
        given_name=name.given,
        title=name.title,
        role=role,
        administrator=administrator,
    )


def _write_office(record: Record, *bodies: PracticeDescribed | PersonDescribed) -> None:
    facts = [NewFact(body, None, FactId(record.draw_id())) for body in bodies]
    record.journal.write(
        record.seat,
        record.keyring,
        stream=Stream.CARE,
        parts=parts_of(facts),
        now_ms=record.clock_ms(),
    )
    record.catch_up()
