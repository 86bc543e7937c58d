"""A small practice in memory: facts arrive, are settled and folded as the folder does, and commands pass as
at the door.

No keys and no journal: what is tested here is what facts become. The doors have their own tests.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from sqlcipher3 import dbapi2 as sqlite

from lanterne.practice.catalogue import KINDS
from lanterne.practice.commands import Command, Look, NewFact
from lanterne.practice.kinds import Body, Shape, to_raw
from lanterne.practice.patients import folding as patients
from lanterne.practice.patients import queries
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.schema import SCHEMA_INDEXES, SCHEMA_TABLES
from lanterne.practice.settling import key_of, settle, settle_all
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId, PersonId

TODAY = date(2026, 3, 2)
NOON_MS = 1_772_449_200_000  # 2 March 2026, noon in Paris
NOBODY = "0" * 32
GARANCE = PersonId("9a" * 16)


@dataclass(frozen=True)
class Written:
    """One fact as it stands in the journal: where it counts in the order of entries, and what it says."""

    rank: int
    subject: str
    body: dict[str, Any]
    kind: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    replaces: tuple[str, ...] = ()
    seat: str = "01" * 16

    @classmethod
    def of(cls, rank: int, subject: str, body: Body, **more: Any) -> Written:
        return cls(rank, subject, to_raw(body), body.KIND, **more)


class Book:
    """Read tables in memory and the ways to fill them."""

    def __init__(self) -> None:
        self.connection: Connection = sqlite.connect(":memory:", isolation_level=None)
        for statement in (*SCHEMA_TABLES, *SCHEMA_INDEXES):
            self.connection.execute(statement)
        self.rank = 0

    def arrive(self, facts: Iterable[Written], *, together: bool = False) -> None:
        """Facts come in this order, each in its own entry; `together`: one fold for all."""
        if together:
            self._fold(list(facts))
        else:
            for fact in facts:
                self._fold([fact])

    def _fold(self, facts: Sequence[Written]) -> None:
        first = self._next("fact")
        latest, touched = set(), set()
        for number, fact in enumerate(facts, first):
            entry = self._next("entry")
            subject, kind = (
                self._number("subject", "id", bytes.fromhex(fact.subject)),
                self._number("kind", "name", fact.kind),
            )
            identifier = bytes.fromhex(fact.id)
            self.connection.execute(
                "INSERT INTO entry VALUES (?,?,1,?,0,?,?,?,?)",
                (
                    entry,
                    secrets.token_bytes(32),
                    bytes.fromhex(fact.seat),
                    fact.rank,
                    fact.rank << 16,
                    fact.rank,
                    entry,
                ),
            )
            self.connection.execute(
                "INSERT INTO fact VALUES (?,?,?,0,1,?,1,?,NULL,NULL,?)",
                (number, identifier, entry, kind, subject, msgspec.msgpack.encode(fact.body)),
            )
            for target in fact.replaces:
                self.connection.execute(
                    "INSERT OR IGNORE INTO replacement VALUES (?,?)", (bytes.fromhex(target), number)
                )
            shape = KINDS[fact.kind].shape
            if shape is Shape.STATEMENT:
                self.connection.execute(
                    "INSERT INTO statement VALUES (?,?,?,1,0,?,'','','')", (number, subject, kind, identifier)
                )
            elif shape is Shape.LATEST:
                latest.add((kind, subject, key_of(fact.kind, fact.body)))
            touched.add(subject)
        settle(self.connection, first, first + len(facts), latest)
        patients.refresh(self.connection, touched)

    def rebuild(self) -> None:
        """From the facts alone, in bulk."""
        settle_all(self.connection)

    def do(self, command: Command[Any], *, seat: str = "01" * 16) -> list[NewFact]:
        """The door: load, decide, write, fold."""
        self.rank += 1
        known = command.load(Look(self.connection, GARANCE, NOON_MS, lambda: secrets.token_hex(16)))
        facts = list(command.decide(known))
        self.arrive(
            [
                Written(
                    self.rank, fact.patient or NOBODY, {**fact.unknown, **to_raw(fact.body)}, fact.body.KIND,
                    id=fact.id or secrets.token_hex(16), replaces=fact.replaces, seat=seat,
                )
                for fact in facts
            ],
            together=True,
        )  # fmt: skip
        return facts

    def register(self, birth_name: str, first_given: str, birth_date: str = "", **more: Any) -> PatientId:
        """A new patient, whoever looks alike."""
        contacts, attending = more.pop("contacts", None), more.pop("attending", None)
        identity = PatientIdentified(
            birth_name=birth_name, first_given=first_given, birth_date=birth_date, **more
        )
        insi = identity.status in ("retrieved", "qualified")
        command = RegisterPatient(identity, contacts, attending, confirmed_new=True, insi_answered=insi)
        patient = self.do(command)[0].patient
        assert patient is not None
        return patient

    def shown(self, patient: PatientId) -> FactId:
        """The identity fact a form would carry."""
        found = queries.identity(self.connection, patient)
        assert found is not None
        return found.fact

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """What the facts became, by ids: equal whatever the order they came in."""
        every = "SELECT s.id, coalesce(m.id, x''), p.* FROM patient p JOIN subject s ON s.no = p.subject"
        patients_held = self.connection.execute(
            f"{every} LEFT JOIN subject m ON m.no = p.merged_into ORDER BY s.id"
        )
        links = "SELECT f.id, s.id, l.other, l.merges FROM patient_link l JOIN fact f ON f.no = l.fact"
        return {
            "patient": [(row[0], row[1], *row[4:]) for row in patients_held],
            "link": self.connection.execute(
                f"{links} JOIN subject s ON s.no = l.subject ORDER BY f.id"
            ).fetchall(),
        }

    def _next(self, table: str) -> int:
        return int(self.connection.execute(f"SELECT coalesce(max(no), 0) + 1 FROM {table}").fetchone()[0])

    def _number(self, table: str, column: str, value: object) -> int:
        self.connection.execute(f"INSERT OR IGNORE INTO {table}({column}) VALUES (?)", (value,))
        return int(
            self.connection.execute(f"SELECT no FROM {table} WHERE {column} = ?", (value,)).fetchone()[0]
        )
