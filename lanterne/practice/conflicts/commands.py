"""Settling, and taking it back. Every settlement is a fact; what stood before stays readable behind it.

Keeping one value, or writing a third, is a correction that replaces every version (chart.commands.Record). Its id is
drawn from what it settles and how, so two devices that settle alike write one fact; two that settle otherwise leave two
versions, shown again. Withdrawing the others instead could, from two sides at once, leave nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from lanterne.practice.agenda.folding import KINDS as APPOINTMENTS
from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart import commands as chart
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.conflicts import queries
from lanterne.practice.conflicts.facts import DistinctionWithdrawn, StatementsDistinct
from lanterne.practice.conflicts.queries import Doubt
from lanterne.practice.conflicts.rules import LISTED
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.kinds import Body, NewerKind
from lanterne.practice.patients import queries as patients
from lanterne.practice.record import Record
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId, is_id


def settled_id(record: Record, kept: str, ids: Sequence[str]) -> FactId:
    """The id of the fact by which these versions are settled as `kept` says: the same on every device."""
    return FactId(record.naming.identifier("settled", kept, *sorted(ids)))


def restored_id(record: Record, settlement: str) -> Callable[[FactId], FactId]:
    """For each version that a settlement replaced, the id of the fact that states it again."""
    naming = record.naming
    return lambda version: FactId(naming.identifier("restored", settlement, version))


def keep(record: Record, patient: PatientId, doubt: Doubt, kept: FactId) -> chart.Record:
    """The command that keeps one of the values and replaces all.

    Raises:
        Refusal: "conflict_gone": it is none of them. "written_by_newer".
    """
    chosen = next((side for side in doubt.sides if side.id == kept), None)
    if chosen is None:
        raise Refusal("conflict_gone")
    if chosen.body is None:
        raise Refusal("written_by_newer")
    return chart.Record(patient, chosen.body, chosen.at, doubt.ids, settled_id(record, chosen.id, doubt.ids))


@dataclass(frozen=True, slots=True)
class TellApart:
    """These statements all hold: they are not values of one thing."""

    patient: PatientId
    statements: tuple[FactId, ...]
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> chart.Known:
        """See Command.load."""
        return chart.MarkEnteredInError(self.patient, self.statements).load(look)

    def decide(self, known: chart.Known) -> Sequence[NewFact]:
        """See Command.decide."""
        if len({item.id for item in known.replaced}) < 2 or not all(item.live for item in known.replaced):
            raise Refusal("conflict_gone")
        if len({item.patient for item in known.replaced}) > 1:
            raise Refusal("several_records")
        body = StatementsDistinct(statements=sorted(str(item.id) for item in known.replaced))
        return [NewFact(body, known.replaced[0].patient, self.id)]


@dataclass(frozen=True, slots=True)
class UndoTellApart:
    """They are to settle again. Every fact that declares the same ones distinct is taken back."""

    patient: PatientId
    fact: FactId
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> tuple[PatientId, tuple[FactId, ...]]:
        """See Command.load."""
        subject = _subject(look, self.patient, self.fact) or self.patient
        named = queries.distinct_of(look.connection, self.fact)
        if not named:
            raise Refusal("conflict_undone")
        rows = look.connection.execute(
            "SELECT DISTINCT f.id FROM declared_distinct d JOIN fact f ON f.no = d.fact WHERE d.target = ?",
            (bytes.fromhex(named[0]),),
        )
        alike = [FactId(bytes(row[0]).hex()) for row in rows.fetchall()]
        same = sorted(one for one in alike if queries.distinct_of(look.connection, one) == named)
        return subject, tuple(same)

    def decide(self, known: tuple[PatientId, tuple[FactId, ...]]) -> Sequence[NewFact]:
        """See Command.decide."""
        patient, facts = known
        return [NewFact(DistinctionWithdrawn(), patient, self.id, replaces=facts)]


@dataclass(frozen=True, slots=True)
class Unsettle:
    """What a settlement replaced stands again, each version as it was, and is to settle again.

    Attributes:
        fact: the settlement: a live fact that replaced several.
        patient: whose chart, carried by the form; None for an appointment.
        restored: the id under which a version is stated again (restored_id).
    """

    fact: FactId
    patient: PatientId | None
    restored: Callable[[FactId], FactId]

    @property
    def right(self) -> Right:
        """Whoever keeps the agenda settles appointments; charts are of those who write in them."""
        return Right.KEEP_AGENDA if self.patient is None else Right.WRITE_CHART

    @property
    def id(self) -> FactId | None:
        """None: each version has its own, drawn from what is taken back, so that taken back twice it is once."""
        return None

    def load(self, look: Look) -> list[NewFact]:
        """See Command.load.

        Raises:
            Refusal: "conflict_undone"; "conflict_unfinished": one of the versions has not come yet, or was erased.
            UnknownFact: nothing that is settled so.
        """
        subject = _subject(look, self.patient, self.fact)
        row = look.connection.execute(
            "SELECT f.no, f.replaces, s.live, k.name FROM fact f JOIN statement s ON s.fact = f.no"
            " JOIN kind k ON k.no = f.kind WHERE f.id = ?",
            (bytes.fromhex(self.fact),),
        ).fetchone()
        if row is None or row[3] not in (APPOINTMENTS if self.patient is None else LISTED):
            raise UnknownFact("nothing that is settled so")
        packed = bytes(row[1] or b"")
        if not row[2] or len(packed) <= 16:
            raise Refusal("conflict_undone")
        found: dict[FactId, NewFact] = {}
        for place in range(0, len(packed), 16):
            version = FactId(packed[place : place + 16].hex())
            stated = self._again(look, version, int(row[0]), subject)
            if stated is not None:
                found[version] = stated
            elif not _is_here(look, version):
                # Stated again without it, it would be neither settled nor to settle: gone from the chart unseen.
                raise Refusal("conflict_unfinished")
        return list(found.values())

    def _again(
        self, look: Look, version: FactId, settlement: int, subject: PatientId | None
    ) -> NewFact | None:
        held = look.connection.execute(
            "SELECT k.name, f.version, f.body, f.at FROM fact f JOIN kind k ON k.no = f.kind"
            " JOIN fact b ON b.no = ? JOIN statement s ON s.fact = f.no"
            " WHERE f.id = ? AND f.subject = b.subject AND f.compartment = b.compartment",
            (settlement, bytes.fromhex(version)),
        ).fetchone()
        if held is None:
            return None
        name, number, packed, at = held
        raw = msgspec.msgpack.decode(packed)
        kind = KINDS.get(name)
        try:
            body: Body | None = kind.read(int(number), raw) if kind is not None else None
        except (NewerKind, msgspec.ValidationError):
            body = None
        if body is None:
            raise Refusal("written_by_newer")
        fields = (field.encode_name for field in msgspec.structs.fields(type(body)))
        unknown = unknown_fields(raw, fields)
        return NewFact(body, subject, self.restored(version), at, (self.fact,), unknown)

    def decide(self, known: list[NewFact]) -> Sequence[NewFact]:
        """See Command.decide."""
        if len(known) < 2:
            raise Refusal("conflict_undone")
        return known


def _is_here(look: Look, fact: FactId) -> bool:
    row = look.connection.execute("SELECT 1 FROM fact WHERE id = ?", (bytes.fromhex(fact),)).fetchone()
    return row is not None


def _subject(look: Look, patient: PatientId | None, fact: FactId) -> PatientId | None:
    """The record a fact stands in.

    Raises:
        UnknownFact: no such fact, or not in this chart.
    """
    row = (
        look.connection.execute(
            "SELECT f.subject, p.id FROM fact f JOIN subject p ON p.no = f.subject WHERE f.id = ?",
            (bytes.fromhex(fact),),
        ).fetchone()
        if is_id(fact)
        else None
    )
    if row is None:
        raise UnknownFact("no such fact here")
    identifier = bytes(row[1])
    if patient is None:
        if any(identifier):
            raise UnknownFact("a fact of a chart")
        return None
    group = patients.group_of(look.connection, patient)
    if group is None or int(row[0]) not in group.subjects:
        raise UnknownFact("no such fact in this chart")
    return PatientId(identifier.hex())
