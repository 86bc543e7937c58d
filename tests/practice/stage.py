"""The practice of the rue des Lilas on a disk, and machines that hold copies of it.

Dr Garance Morel founded it; Dr Théo Lambert, her locum, Inès Caron, the secretary, and Paul Roche, the nurse, have seats.
Jean Baptiste is registered. The practice is made once for all tests; a machine is a copy of its directory. Seats are
opened from keys kept in memory: what a passphrase costs is tested where it is decided (tests/seal).
"""

from __future__ import annotations

import random
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lanterne.journal import founding
from lanterne.journal.journal import Journal, Received, Writing
from lanterne.practice.catalogue import KINDS
from lanterne.practice.content import content
from lanterne.practice.kinds import Body, to_raw
from lanterne.practice.opening import add_person, create_practice
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.search import forget
from lanterne.practice.reading import OpenChart, Traces, open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record as record_command
from lanterne.seal import unlock
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import Compartment, FactId, PatientId, Stream
from lanterne.wire.part import Fact, Part
from tests.cast import FOUNDED, JEAN_BAPTISTE

WORDS = "lilas blanc du matin"
PEOPLE = {
    "Théo": ("Dr Théo Lambert", "locum"),
    "Inès": ("Inès Caron", "secretary"),
    "Paul": ("Paul Roche", "nurse"),
}
JEAN = PatientIdentified(
    birth_name="Baptiste", first_given="Jean", given_names=["Jean"], sex="male", birth_date="1952-04-03"
)
MADELEINE = PatientId("4d" * 16)


class Clock:
    """Milliseconds since 1970 that pass by a second at every look; `now` may be set."""

    def __init__(self, now: int = FOUNDED) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1000
        return self.now


@dataclass
class Practice:
    """The template: its directory, and the keys of those who work there."""

    root: Path
    seats: dict[str, SeatKeys]

    def machine(self, place: Path) -> Machine:
        """A machine that holds a copy.

        Its read tables carry the same generation as every other copy's; the index of search, which a process keeps for
        one directory, must not take one for another.
        """
        forget()
        shutil.copytree(self.root, place)
        return Machine(place, self.seats)


def found(root: Path) -> Practice:
    """Found the practice and register Jean Baptiste and Madeleine Rivière."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        opened = create_practice(
            root,
            practice_name="Cabinet des Lilas",
            person_name="Dr Garance Morel",
            passphrase=WORDS,
            clock_ms=clock,
        )
        garance = opened.record
        seats = {"Garance": garance.seat}
        for short, (name, role) in PEOPLE.items():
            admitted = add_person(garance, name=name, role=role, passphrase=WORDS)  # type: ignore[arg-type]
            seats[short] = founding.open_seat(garance.journal, admitted.seat, WORDS)[0]
    record_command(garance, RegisterPatient(JEAN, patient=JEAN_BAPTISTE))
    madeleine = PatientIdentified(
        birth_name="Rivière", first_given="Madeleine", sex="female", birth_date="1948-11-30"
    )
    record_command(garance, RegisterPatient(madeleine, patient=MADELEINE))
    garance.close()
    return Practice(root, seats)


@dataclass
class Machine:
    """A directory and those who may open it. Every record opened is a process of its own, but for the processor."""

    root: Path
    seats: Mapping[str, SeatKeys]
    opened: list[Record] = field(default_factory=list)

    def open(self, who: str, *, clock: Clock | None = None) -> Record:
        """Somebody's record, as after unlocking."""
        journal = Journal.open(self.root)
        keys = self.seats[who]
        record = Record(
            self.root,
            journal,
            keys,
            Keyring(keys, journal.membership),
            clock_ms=clock or Clock(FOUNDED + 86_400_000),
        )
        self.opened.append(record)
        return record

    def close(self) -> None:
        """Everybody locks."""
        for record in self.opened:
            record.close()
        self.opened.clear()

    def burn(self) -> None:
        """Everybody locks, and the read tables are gone."""
        self.close()
        shutil.rmtree(self.root / "read")


def fact(
    kind: str | Body, body: Mapping[str, Any] | None = None, *, at: str | None = None, replaces: Sequence[str] = (),
    id: str = "", version: int = 1,
) -> Fact:  # fmt: skip
    """A fact as it lies in a part: of a body of ours, or of any kind."""
    name = kind if isinstance(kind, str) else kind.KIND
    raw = dict(body or {}) if isinstance(kind, str) else to_raw(kind)
    return Fact(
        FactId(id or secrets.token_hex(16)), name, version, tuple(FactId(one) for one in replaces), at, raw
    )


def compartment_of(facts: Sequence[Fact]) -> Compartment:
    """Where facts of one part are sealed; kinds nobody knows yet are medical."""
    kind = KINDS.get(facts[0].kind)
    return kind.compartment if kind is not None else Compartment.MEDICAL


def write(
    record: Record, *facts: Fact, patient: PatientId | None = JEAN_BAPTISTE, compartment: Compartment | None = None,
    at_ms: int | None = None,
) -> list[str]:  # fmt: skip
    """Write one entry past every command, as another program, or one to come, might. Returns the ids of its facts."""
    place = compartment if compartment is not None else compartment_of(facts)
    record.journal.write(
        record.seat, record.keyring.with_membership(record.journal.membership), stream=Stream.CARE,
        parts=[(place, Part(patient, facts))], now_ms=record.clock_ms() if at_ms is None else at_ms,
    )  # fmt: skip
    return [str(one.id) for one in facts]


def writing(record: Record, *facts: Fact, patient: PatientId = JEAN_BAPTISTE) -> Writing:
    """The same, for `write_many`."""
    part = Part(patient, facts)
    return Writing(
        record.seat, record.keyring, Stream.CARE, [(compartment_of(facts), part)], record.clock_ms()
    )


def entries(*journals: Journal) -> list[bytes]:
    """Every entry these journals hold, once."""
    found: dict[str, bytes] = {}
    for journal in journals:
        for stream in (Stream.MEMBERS, Stream.CARE, Stream.TRACE):
            found.update({arrived.entry.head.hash: arrived.entry.raw for arrived in journal.since(stream)})
    return list(found.values())


def deliver(journal: Journal, raws: Iterable[bytes]) -> None:
    """Entries arrive; none is refused."""
    for answer in journal.receive_many(list(raws)):
        assert isinstance(answer, Received), answer


def batches(raws: Sequence[bytes], dice: random.Random) -> Iterator[list[bytes]]:
    """The entries in any order, in batches of any size."""
    shuffled = list(raws)
    dice.shuffle(shuffled)
    while shuffled:
        size = dice.choice((1, 1, 2, 5, 20, 100))
        yield shuffled[:size]
        del shuffled[:size]


def folded(record: Record) -> str:
    """The content hash of what the record shows."""
    record.catch_up()
    return content(record.tables.read(), record.tables.name)


def unread(record: Record) -> list[tuple[str, str]]:
    """Parts that did not open: (entry, why)."""
    record.catch_up()
    return [
        (bytes(row[0]).hex(), row[1])
        for row in record.tables.read().execute("SELECT hash, why FROM unread ORDER BY hash")
    ]


def tables(record: Record) -> dict[str, list[tuple[Any, ...]]]:
    """What the facts have become, by ids: to see what differs when two hashes do."""
    connection = record.tables.read()
    return {
        "statement": connection.execute(
            "SELECT f.id, s.live, s.conflict, s.thread, s.day, s.code, s.label FROM statement s JOIN fact f ON f.no = s.fact"
            " ORDER BY f.id"
        ).fetchall(),
        "latest": connection.execute(
            "SELECT k.name, p.id, l.key, f.id FROM latest l JOIN kind k ON k.no = l.kind JOIN subject p ON p.no = l.subject"
            " JOIN fact f ON f.no = l.fact ORDER BY 1, 2, 3"
        ).fetchall(),
        "patient": connection.execute(
            "SELECT p.id, m.id, r.sort_name, r.numbers FROM patient r JOIN subject p ON p.no = r.subject"
            " LEFT JOIN subject m ON m.no = r.merged_into ORDER BY p.id"
        ).fetchall(),
        "link": connection.execute(
            "SELECT f.id, l.other, l.merges FROM patient_link l JOIN fact f ON f.no = l.fact ORDER BY f.id"
        ).fetchall(),
        "apart": connection.execute("SELECT hash, standing FROM apart ORDER BY hash").fetchall(),
        "fact": connection.execute(
            "SELECT f.id, e.hash, f.place, k.name, f.version, f.body FROM fact f JOIN entry e ON e.no = f.entry"
            " JOIN kind k ON k.no = f.kind ORDER BY f.id"
        ).fetchall(),
    }  # fmt: skip


def counted(journal: Journal) -> dict[str, int]:
    """Entries held, by stream."""
    return {stream.name: journal.count(stream) for stream in Stream}


def chart(record: Record, patient: PatientId = JEAN_BAPTISTE, traces: Traces | None = None) -> OpenChart:
    """The chart, open."""
    return open_chart(record, traces or Traces(), patient)


@contextmanager
def nothing_written(record: Record) -> Iterator[None]:
    """Inside, not one entry is written, of any stream."""
    record.journal.refresh()
    before = counted(record.journal)
    yield
    record.journal.refresh()
    assert counted(record.journal) == before
