"""Somebody who files what arrives, and what the charts then say."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import msgspec

from lanterne.intake.filing.filer import Filer, Outcome
from lanterne.intake.sandbox import Sandbox
from lanterne.practice.arrivals import queries
from lanterne.practice.arrivals.commands import SeeDocument
from lanterne.practice.chart.commands import MarkEnteredInError
from lanterne.practice.chart.commands import Record as RecordStatement
from lanterne.practice.chart.statements import Statement, standing
from lanterne.practice.documents.commands import ClassifyDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.sources import Source, sources
from lanterne.practice.kinds import Body
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import Ins, PatientIdentified
from lanterne.practice.patients.ins import OID_NIR
from lanterne.practice.patients.queries import identity
from lanterne.practice.patients.tying import MergePatients
from lanterne.practice.reading import OpenInbox, Traces, open_inbox
from lanterne.practice.record import Record
from lanterne.practice.recording import record as write
from lanterne.practice.results.facts import ResultRecorded
from lanterne.wire.names import FactId, PatientId
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import chart


class Desk:
    """A person who files, and looks."""

    def __init__(self, record: Record, sandbox: Sandbox) -> None:
        self.record, self.sandbox = record, sandbox
        self.traces = Traces()

    def filer(self, **how: Any) -> Filer:
        return Filer(self.record, sandbox=self.sandbox, **how)

    def take(self, content: bytes, name: str = "courrier.bin", **how: Any) -> Outcome:
        """One file."""
        return self.filer(**how).take(name, content)

    def take_all(self, *contents: bytes, **how: Any) -> list[Outcome]:
        """Several in one batch, each under a name that does not depend on its place."""
        named = [(f"{hashlib.sha256(content).hexdigest()[:8]}.bin", content) for content in contents]
        return list(self.filer(**how).take_many(named))

    def told(self, *contents: bytes, **how: Any) -> list[tuple[str, str]]:
        """(outcome, why) of several, one after the other."""
        found = [self.take(content, f"{n}.bin", **how) for n, content in enumerate(contents)]
        return [(one.outcome, one.why) for one in found]

    # ------------------------------------------------------------------ people

    def register(
        self, family: str, given: str, born: str, sex: str = "unknown", ins: str = "", **more: Any
    ) -> PatientId:
        """A patient of the practice."""
        patient = PatientId(self.record.draw_id())
        identity = PatientIdentified(
            birth_name=family,
            first_given=given,
            birth_date=born,
            sex=sex,  # type: ignore[arg-type]
            ins=Ins(matricule=ins, oid=OID_NIR) if ins else None,
            **more,
        )
        write(self.record, RegisterPatient(identity, patient=patient, confirmed_new=True))
        return patient

    def merge(self, kept: PatientId, absorbed: PatientId) -> None:
        """The two records are one person."""
        shown = [identity(self.record.connection(), one) for one in (kept, absorbed)]
        assert shown[0] is not None
        assert shown[1] is not None
        write(self.record, MergePatients(kept, absorbed, shown[0].fact, shown[1].fact))

    def patients(self) -> int:
        """How many records."""
        return int(self.record.connection().execute("SELECT count(*) FROM patient").fetchone()[0])

    # ------------------------------------------------------------------ charts

    def standing(self, body: type[Body], patient: PatientId = JEAN_BAPTISTE) -> list[Any]:
        """Live statements of a kind."""
        return standing(chart(self.record, patient, self.traces), body)

    def results(self, patient: PatientId = JEAN_BAPTISTE) -> dict[str, str]:
        """Live results: LOINC or label → value."""
        found = [one.body for one in self.standing(ResultRecorded, patient)]
        values = {body.code or body.label: body.value for body in found}
        assert len(values) == len(found), found
        return values

    def labels(self, body: type[Body], patient: PatientId = JEAN_BAPTISTE) -> list[str]:
        """What the live statements of a kind are called."""
        return sorted(
            str(getattr(one.body, "label", "") or one.body.substance) for one in self.standing(body, patient)
        )

    def documents(self, patient: PatientId = JEAN_BAPTISTE) -> list[Any]:
        """Live documents."""
        return self.standing(DocumentFiled, patient)

    def sources(self, fact: FactId, patient: PatientId = JEAN_BAPTISTE) -> tuple[Source, ...]:
        """The documents that state it."""
        return sources(chart(self.record, patient, self.traces), [fact]).get(fact, ())

    def correct(self, fact: FactId, body: Body, patient: PatientId = JEAN_BAPTISTE) -> FactId:
        """Somebody says it otherwise."""
        return write(self.record, RecordStatement(patient, body, None, (fact,))).facts[0]

    def withdraw(self, fact: FactId, patient: PatientId = JEAN_BAPTISTE) -> None:
        """Somebody says it was an error."""
        write(self.record, MarkEnteredInError(patient, (fact,), "erreur"))

    def classify(
        self, held: Statement[DocumentFiled], patient: PatientId = JEAN_BAPTISTE, **said: Any
    ) -> FactId:
        """Somebody says better what a document is."""
        assert held.body is not None
        body = msgspec.structs.replace(held.body, **said)
        return write(self.record, ClassifyDocument(patient, held.id, body, held.at)).facts[0]

    # ------------------------------------------------------------------ the list

    def see(self) -> None:
        """Everything in a chart is seen."""
        for item in self.waiting():
            if item.patient is not None:
                for arrived in item.arrivals:
                    write(self.record, SeeDocument(item.patient, arrived))

    @property
    def inbox(self) -> OpenInbox:
        return open_inbox(self.record, self.traces)

    def waiting(self) -> list[queries.Item]:
        """What waits."""
        return queries.waiting(self.inbox)

    def waits(self) -> Counter[str]:
        """How many wait, by what is asked."""
        return Counter(item.state for item in self.waiting())

    # ------------------------------------------------------------------ everything

    def facts(self) -> set[str]:
        """The ids of all facts here."""
        return {bytes(row[0]).hex() for row in self.record.connection().execute("SELECT id FROM fact")}

    def holds(self, fact: str) -> bool:
        """Whether a fact of this id is here."""
        row = self.record.connection().execute("SELECT 1 FROM fact WHERE id = ?", (bytes.fromhex(fact),))
        return row.fetchone() is not None

    def live(self) -> dict[str, tuple[str, str | None, bytes]]:
        """Live statements of the charts, whoever wrote them: id → kind, date, body. Without the documents, which
        say under `also` what came before them.
        """
        rows = self.record.connection().execute(
            "SELECT f.id, k.name, f.at, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
            " WHERE s.live = 1 AND k.name NOT IN ('document.filed')"
        )
        return {bytes(row[0]).hex(): (row[1], row[2], row[3]) for row in rows}

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """Every body of a kind, live or not."""
        rows = self.record.connection().execute(
            "SELECT f.body FROM fact f JOIN kind k ON k.no = f.kind WHERE k.name = ? ORDER BY f.id", (kind,)
        )
        return [msgspec.msgpack.decode(row[0]) for row in rows]
