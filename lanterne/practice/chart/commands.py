"""Writing in a chart: record a statement, correct it, withdraw it, say that a section is empty.

The same three commands serve every clinical room; what is particular to a room is its body (`facts.py`) and
its rules (`rules.py`, found through `practice.chart.checks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.checks import check
from lanterne.practice.chart.facts import SECTION_OF, EnteredInError, Section, SectionEmpty
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownFact, UnknownPatient
from lanterne.practice.kinds import Body
from lanterne.practice.patients import queries as patients
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import Compartment, FactId, PatientId


@dataclass(frozen=True, slots=True)
class Known:
    """What the door loaded: the record the fact goes to, and the facts it replaces."""

    patient: PatientId
    now_ms: int
    birth_date: str
    replaced: tuple[Replaced, ...] = ()
    empties: tuple[FactId, ...] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """A fact to be replaced: its record, kind, whether it still stands, whether a newer Lanterne wrote it,
    and fields this program does not know."""

    id: FactId
    patient: PatientId
    kind: str
    live: bool
    newer: bool
    unknown: dict[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """Record a statement, or correct others by naming them in `replaces` (settling a conflict names all its
    values).

    Attributes:
        patient: the chart written in; a form carries it and is refused when the fact replaced belongs to
        another. body: what is stated. at: when it happened, ISO 8601 at the precision known; None: now. id:
        drawn when the form was shown, so that a form sent twice writes once.
    """

    patient: PatientId
    body: Body
    at: str | None = None
    replaces: tuple[FactId, ...] = ()
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> Known:
        """See Command.load."""
        known = _known(look, self.patient, self.replaces)
        section = SECTION_OF.get(self.body.KIND)
        empties = _empties(look.connection, known.patient, section) if section else ()
        return Known(known.patient, known.now_ms, known.birth_date, known.replaced, empties)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide. A section said to be empty no longer is."""
        _refuse_stale(known, self.body.KIND)
        _refuse_several(known)
        if any(item.newer for item in known.replaced):
            raise Refusal("written_by_newer")
        check(self.body, self.at, known.birth_date, known.now_ms)
        subject = known.replaced[0].patient if known.replaced else known.patient
        unknown = {name: value for item in known.replaced for name, value in item.unknown.items()}
        facts = [NewFact(self.body, subject, self.id, self.at, self.replaces, unknown)]
        if known.empties and subject == known.patient:
            facts.append(NewFact(EnteredInError(reason="filled_in"), subject, replaces=known.empties))
        return facts


@dataclass(frozen=True, slots=True)
class MarkEnteredInError:
    """Withdraw facts of one chart. They stay readable behind."""

    patient: PatientId
    facts: tuple[FactId, ...]
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.patient, self.facts)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        if not known.replaced:
            raise Refusal("nothing_to_withdraw")
        _refuse_stale(known, None)
        _refuse_several(known)
        return [
            NewFact(EnteredInError(reason=self.reason), known.replaced[0].patient, self.id, None, self.facts)
        ]


@dataclass(frozen=True, slots=True)
class StateNoneKnown:
    """Say that a section was asked about and is empty. Refused while something stands in it."""

    patient: PatientId
    section: Section
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> tuple[PatientId, bool]:
        """See Command.load."""
        group = patients.group_of(look.connection, self.patient)
        if group is None:
            raise UnknownPatient("no such patient")
        kinds = [kind for kind, section in SECTION_OF.items() if section == self.section]
        row = look.connection.execute(
            "SELECT 1 FROM statement s JOIN kind k ON k.no = s.kind"
            f" WHERE s.subject IN ({marks(group.subjects)}) AND s.live = 1 AND k.name IN ({marks(kinds)}) LIMIT 1",
            (*group.subjects, *kinds),
        ).fetchone()
        return group.patient, row is not None

    def decide(self, known: tuple[PatientId, bool]) -> Sequence[NewFact]:
        """See Command.decide."""
        patient, filled = known
        if filled:
            raise Refusal("section_not_empty")
        return [NewFact(SectionEmpty(section=self.section), patient, self.id)]


def _known(look: Look, patient: PatientId, replaced: Sequence[FactId]) -> Known:
    group = patients.group_of(look.connection, patient)
    if group is None:
        raise UnknownPatient("no such patient")
    found = []
    for fact in replaced:
        # Medical statements only: a fact of the office is corrected in its own room, and folding keeps the
        # two apart.
        row = look.connection.execute(
            "SELECT p.id, k.name, s.live, f.body, f.subject, f.version FROM fact f JOIN statement s ON s.fact = f.no"
            " JOIN subject p ON p.no = f.subject JOIN kind k ON k.no = f.kind WHERE f.id = ? AND f.compartment = ?",
            (_identifier(fact), int(Compartment.MEDICAL)),
        ).fetchone()
        if row is None:
            raise UnknownFact("no such fact here")
        if int(row[4]) not in group.subjects:
            raise Refusal("other_patient")
        kind = KINDS.get(str(row[1]))
        fields = (field.encode_name for field in msgspec.structs.fields(kind.body)) if kind else ()
        unknown = unknown_fields(msgspec.msgpack.decode(row[3]), fields)
        newer = kind is None or int(row[5]) > kind.version
        found.append(
            Replaced(fact, PatientId(bytes(row[0]).hex()), str(row[1]), bool(row[2]), newer, unknown)
        )
    birth = look.connection.execute(
        "SELECT birth_date FROM patient WHERE subject = ?", (group.subjects[0],)
    ).fetchone()
    return Known(group.patient, look.now_ms, str(birth[0]) if birth else "", tuple(found))


def _identifier(fact: FactId) -> bytes:
    try:
        return bytes.fromhex(fact)
    except ValueError as error:
        raise UnknownFact("no fact has such an id") from error


def _refuse_stale(known: Known, kind: str | None) -> None:
    for item in known.replaced:
        if kind is not None and item.kind != kind:
            raise Refusal("other_kind")
        if not item.live:
            raise Refusal("changed_meanwhile")


def _refuse_several(known: Known) -> None:
    if len({item.patient for item in known.replaced}) > 1:
        raise Refusal("several_records")


def _empties(connection: Connection, patient: PatientId, section: str) -> tuple[FactId, ...]:
    rows = connection.execute(
        "SELECT f.id, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN subject p ON p.no = s.subject"
        " JOIN kind k ON k.no = s.kind WHERE p.id = ? AND s.live = 1 AND k.name = ?",
        (bytes.fromhex(patient), SectionEmpty.KIND),
    ).fetchall()
    return tuple(
        FactId(bytes(row[0]).hex())
        for row in rows
        if msgspec.msgpack.decode(row[1]).get("section") == section
    )
