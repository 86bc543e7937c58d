"""What persons do at a device: they write through the practice's own door, read charts, correct each other.

Law: what returns is what the screen would call « enregistré »; a refusal is an answer like another. Every text
carries the marker.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from lanterne.journal.errors import JournalError
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import MarkEnteredInError
from lanterne.practice.chart.commands import Record as WriteStatement
from lanterne.practice.errors import NotAllowed, Refusal, TablesBehind, UnknownFact, UnknownPatient
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients.commands import CorrectIdentity, RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.reading import open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record as through_the_door
from lanterne.practice.rights import Right
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import EntryHash, FactId, PatientId, Stream
from tests.simulation.device import Device
from tests.simulation.practice import MARK

REFUSED = (Refusal, NotAllowed, UnknownPatient, UnknownFact, TablesBehind, JournalError)
Act = Callable[["Person"], EntryHash | None]


class Person:
    """Who works at a device now."""

    def __init__(self, device: Device, record: Record, chance: random.Random) -> None:
        self.device, self.record, self.chance = device, record, chance

    def text(self) -> str:
        """Something nobody outside may read."""
        return f"{MARK} " + "".join(self.chance.choices("abcdefghijklmnop", k=6))

    def patient(self) -> PatientId:
        """Somebody registered here. Raises UnknownFact."""
        rows = self.record.connection().execute(
            "SELECT p.id FROM patient r JOIN subject p ON p.no = r.subject ORDER BY p.id"
        )
        registered = rows.fetchall()
        if not registered:
            raise UnknownFact("nobody is registered yet")
        return PatientId(bytes(self.chance.choice(registered)[0]).hex())

    # ------------------------------------------------------------------ acts

    def state(self) -> EntryHash:
        """An allergy, a treatment or a note."""
        body = self.chance.choice(
            [
                AllergyRecorded(substance=self.text()),
                TreatmentRecorded(substance=self.text(), posology="1 le matin"),
                NoteRecorded(text=self.text()),
            ]
        )
        return through_the_door(self.record, WriteStatement(self.patient(), body)).entry

    def correct(self) -> EntryHash:
        """Another value in the place of one that stands; two who do so make a conflict."""
        patient, kind, fact = self._standing()
        body = AllergyRecorded(substance=self.text())
        if kind == TreatmentRecorded.KIND:
            body = TreatmentRecorded(substance=self.text())  # type: ignore[assignment]
        elif kind == NoteRecorded.KIND:
            body = NoteRecorded(text=self.text())  # type: ignore[assignment]
        return through_the_door(self.record, WriteStatement(patient, body, replaces=(fact,))).entry

    def withdraw(self) -> EntryHash:
        """A statement was an error."""
        patient, _, fact = self._standing()
        return through_the_door(self.record, MarkEnteredInError(patient, (fact,))).entry

    def register(self) -> EntryHash:
        """A new patient."""
        identity = PatientIdentified(birth_name=self.text(), first_given="Jeanne")
        return through_the_door(self.record, RegisterPatient(identity, confirmed_new=True)).entry

    def rename(self) -> EntryHash:
        """An identity corrected; of two who do so the later one counts, everywhere."""
        patient = self.patient()
        row = (
            self.record.connection()
            .execute(
                "SELECT f.id FROM latest l JOIN kind k ON k.no = l.kind JOIN subject p ON p.no = l.subject"
                " JOIN fact f ON f.no = l.fact WHERE p.id = ? AND k.name = ?",
                (bytes.fromhex(patient), PatientIdentified.KIND),
            )
            .fetchone()
        )
        if row is None:
            raise UnknownFact("nobody yet")
        identity = PatientIdentified(birth_name=self.text(), first_given="Jeanne")
        return through_the_door(
            self.record, CorrectIdentity(patient, FactId(bytes(row[0]).hex()), identity)
        ).entry

    def look(self) -> EntryHash | None:
        """Open a chart: the trace is written before anything is shown. None when one stands already."""
        before = self._trace_head()
        open_chart(self.record, self.device.traces, self.patient())
        after = self._trace_head()
        return after if after != before else None

    def _trace_head(self) -> EntryHash | None:
        heads = self.record.journal.heads_of(self.record.seat.id)
        traces = [head for head in heads if head.chain.stream is Stream.TRACE]
        return max(traces).hash if traces else None

    def _standing(self) -> tuple[PatientId, str, FactId]:
        kinds = (AllergyRecorded.KIND, TreatmentRecorded.KIND, NoteRecorded.KIND)
        rows = (
            self.record.connection()
            .execute(
                "SELECT p.id, k.name, f.id FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
                " JOIN subject p ON p.no = s.subject WHERE s.live = 1 AND k.name IN (?, ?, ?) AND f.version = 1"
                " ORDER BY f.id",
                kinds,
            )
            .fetchall()
        )
        if not rows:
            raise UnknownFact("nothing stands yet")
        patient, kind, fact = self.chance.choice(rows)
        return PatientId(bytes(patient).hex()), str(kind), FactId(bytes(fact).hex())

    # ------------------------------------------------------------------ a moment of work

    def work(self) -> tuple[str, EntryHash | None]:
        """One act: its name, and the entry acknowledged. Raises what REFUSED names."""
        acts: list[tuple[str, Act]] = [
            ("register", Person.register),
            ("look", Person.look),
            ("rename", Person.rename),
        ]
        if Right.WRITE_CHART in self.record.writer().rights:
            acts += (
                [("state", Person.state)] * 4
                + [("correct", Person.correct)] * 2
                + [("withdraw", Person.withdraw)]
            )
        name, act = self.chance.choice(acts)
        return name, act(self)
