"""Writing who works here: the practice and its persons, each whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import Body
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.team import queries
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed
from lanterne.practice.team.rules import check_person, check_practice
from lanterne.wire.names import FactId, PersonId


@dataclass(frozen=True, slots=True)
class Described:
    """The description that counts now: its fact (None: none yet), and fields of it this program does not
    know.
    """

    fact: FactId | None
    unknown: dict[str, object]
    other_administrators: bool = True


@dataclass(frozen=True, slots=True)
class DescribePractice:
    """The practice's name and address, whole. `replaces` is the fact the form showed, None when there was
    none.
    """

    practice: PracticeDescribed
    replaces: FactId | None = None
    id: FactId | None = None
    right: Right = Right.MANAGE_TEAM

    def load(self, look: Look) -> Described:
        """See Command.load."""
        held = queries.practice(look.connection)
        return _described(look.connection, held.fact if held else None, PracticeDescribed)

    def decide(self, known: Described) -> Sequence[NewFact]:
        """See Command.decide."""
        return [_correction(known, self.replaces, check_practice(self.practice), self.id)]


@dataclass(frozen=True, slots=True)
class DescribePerson:
    """A person, whole. `replaces` is the fact the form showed, None when there was none.

    Refused when it would leave the practice without an administrator: nobody could then describe anybody.
    """

    person: PersonDescribed
    replaces: FactId | None = None
    id: FactId | None = None
    right: Right = Right.MANAGE_TEAM

    def load(self, look: Look) -> Described:
        """See Command.load."""
        today = datetime.fromtimestamp(look.now_ms / 1000, UTC).date()
        held = queries.person(look.connection, PersonId(self.person.person))
        others = _other_administrators(look.connection, self.person.person, today)
        return _described(look.connection, held.fact if held else None, PersonDescribed, others)

    def decide(self, known: Described) -> Sequence[NewFact]:
        """See Command.decide."""
        person = check_person(self.person)
        if not known.other_administrators and (not person.administrator or person.left):
            raise Refusal("last_administrator", field="administrator")
        return [_correction(known, self.replaces, person, self.id)]


def _other_administrators(connection: Connection, person: str, today: date) -> bool:
    """Whether somebody else administers the practice, or nobody has been described as doing so yet and this
    one is.
    """
    administrators = {
        one.id for one in queries.persons(connection) if one.administrator and not one.has_left(today)
    }
    return not administrators or bool(administrators - {person})


def _described(
    connection: Connection, fact: FactId | None, body: type[Body], others: bool = True
) -> Described:
    if fact is None:
        return Described(None, {}, others)
    row = connection.execute("SELECT body FROM fact WHERE id = ?", (bytes.fromhex(fact),)).fetchone()
    fields = (field.encode_name for field in msgspec.structs.fields(body))
    return Described(fact, unknown_fields(msgspec.msgpack.decode(row[0]), fields), others)


def _correction(known: Described, replaces: FactId | None, body: Body, fact: FactId | None) -> NewFact:
    if known.fact != replaces:
        raise Refusal("changed_meanwhile")
    return NewFact(
        body, None, fact, replaces=(known.fact,) if known.fact is not None else (), unknown=known.unknown
    )
