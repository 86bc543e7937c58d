"""Renewing the whole treatment in one command, and stopping a treatment with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from lanterne.practice.chart.checks import check as check_statement
from lanterne.practice.chart.commands import Known as ChartKnown
from lanterne.practice.chart.queries import today_of
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.prescriptions.carrying import line_of, lines_by_treatment
from lanterne.practice.prescriptions.checks.intolerance import PREFIX
from lanterne.practice.prescriptions.commands import Prescribe, issue, still_standing
from lanterne.practice.prescriptions.facts import Line
from lanterne.practice.prescriptions.gathering import Held, held
from lanterne.practice.prescriptions.knowing import Known, know, prescriptions
from lanterne.practice.prescriptions.understanding import base_of, reader, say
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId, PatientId


def lasting(look: Look, patient: PatientId, *, common_length: bool = True) -> list[tuple[Held, Line]]:
    """The long-term treatments of a chart with the lines that carry them on, in the order of the list.

    Raises:
        UnknownPatient: no such patient.
    """
    group = patients.group_of(look.connection, patient)
    if group is None:
        raise UnknownPatient("no such patient")
    last = lines_by_treatment(prescriptions(look.connection, group))
    read = reader(base_of(look))
    return [
        (one, line_of(one.id, one.body, last, read=read, say=say, common_length=common_length))
        for one in held(look.connection, group, TreatmentRecorded)
        if one.body is not None and one.body.status == "active" and one.body.long_term and not one.body.until
    ]


@dataclass(frozen=True, slots=True)
class Renew:
    """Renew the whole long-term treatment: one prescription, one entry.

    Attributes:
        changes: lines that are edited, by the treatment they change; the others are carried on with the same structure.
        left_out: treatments that go on and are not prescribed this time.
        stops: treatments stopped now, each with its reason, in the same entry.
        added: new lines.
        duration_d, renewals, comment, reasons, measures: as Prescribe.
    """

    patient: PatientId
    changes: Mapping[FactId, Line] = field(default_factory=dict)
    left_out: frozenset[FactId] = frozenset()
    stops: Mapping[FactId, str] = field(default_factory=dict)
    added: tuple[Line, ...] = ()
    duration_d: int = 0
    renewals: int = 0
    comment: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    measures: bool = False
    id: FactId | None = None
    right: Right = Right.PRESCRIBE

    def load(self, look: Look) -> tuple[Prescribe, Known, tuple[Held, ...]]:
        """See Command.load.

        Raises:
            Refusal: "nothing_to_renew"; "treatment_gone": a treatment named is not one of those to renew.
        """
        found = lasting(look, self.patient, common_length=bool(self.duration_d))
        named = {*self.changes, *self.left_out, *self.stops}
        if named - {one.id for one, _ in found}:
            raise Refusal("treatment_gone", field="lines")
        lines = [
            msgspec.structs.replace(self.changes[one.id], treatment=one.id)
            if one.id in self.changes
            else line
            for one, line in found
            if one.id not in self.left_out and one.id not in self.stops
        ]
        if not lines and not self.added:
            raise Refusal("nothing_to_renew", field="lines")
        asked = Prescribe(
            self.patient, (*lines, *self.added), "medicines", self.duration_d, self.renewals, self.comment,
            self.reasons, self.measures, self.id,
        )  # fmt: skip
        known = know(
            look,
            self.patient,
            asked.lines,
            order="medicines",
            duration_d=self.duration_d,
            renewals=self.renewals,
        )
        stopped = tuple(one for one, _ in found if one.id in self.stops)
        # What stops now is not taken beside the lines: it fires nothing.
        context = known.gathered.context
        taken = tuple(one for one in context.taken if one.id not in self.stops)
        gathered = replace(known.gathered, context=replace(context, taken=taken))
        return asked, replace(known, gathered=gathered), stopped

    def decide(self, known: tuple[Prescribe, Known, tuple[Held, ...]]) -> Sequence[NewFact]:
        """See Command.decide. Raises commands.ReasonNeeded."""
        asked, loaded, stopped = known
        facts = issue(asked, loaded, renewal=True)
        subject = facts[0].patient
        today = loaded.gathered.context.today.isoformat()
        for one in stopped:
            if one.patient != subject:
                raise Refusal("several_records")
            body = _stopped(one.body, self.stops[one.id], today)
            check_statement(body, None, loaded.birth_date, loaded.now_ms)
            facts.append(NewFact(body, subject, None, None, (one.id,)))
        return facts


@dataclass(frozen=True, slots=True)
class StopTreatment:
    """Stop a treatment, with the reason.

    Attributes:
        treatment: the version shown.
        reason: in the doctor's words, never empty.
        intolerance: it was not tolerated: said first in the reason, and checked at the next prescription.
    """

    patient: PatientId
    treatment: FactId
    reason: str
    intolerance: bool = False
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> tuple[ChartKnown, TreatmentRecorded]:
        """See Command.load."""
        known = still_standing(look, self.patient, self.treatment, TreatmentRecorded.KIND, "treatment_gone")
        return known, _body(look.connection, self.treatment)

    def decide(self, known: tuple[ChartKnown, TreatmentRecorded]) -> Sequence[NewFact]:
        """See Command.decide."""
        held_there, treatment = known
        reason = self.reason.strip()
        if not reason:
            raise Refusal("field_missing", field="reason")
        said = f"{PREFIX}\u00a0: {reason}" if self.intolerance else reason
        body = _stopped(treatment, said, today_of(held_there.now_ms).isoformat())
        check_statement(body, None, held_there.birth_date, held_there.now_ms)
        found = held_there.replaced[0]
        return [NewFact(body, found.patient, self.id, None, (self.treatment,), found.unknown)]


def _stopped(body: TreatmentRecorded, reason: str, today: str) -> TreatmentRecorded:
    if not reason.strip():
        raise Refusal("field_missing", field="reason")
    return msgspec.structs.replace(body, status="stopped", until=today, stop_reason=reason.strip())


def _body(connection: Connection, fact: FactId) -> TreatmentRecorded:
    row = connection.execute("SELECT body FROM fact WHERE id = ?", (bytes.fromhex(fact),)).fetchone()
    return msgspec.convert(msgspec.msgpack.decode(row[0]), TreatmentRecorded)
