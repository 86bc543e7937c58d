"""Filing a document: the file is sealed and on the disk first, then one entry says what it is and whose.

Filed by somebody who does not read charts, the medical part is a deposit: she cannot open it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from lanterne.practice.chart.checks import check
from lanterne.practice.chart.commands import Known
from lanterne.practice.chart.commands import Record as RecordStatement
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.documents.facts import DocumentFiled, DocumentReceived
from lanterne.practice.errors import UnknownPatient
from lanterne.practice.patients.queries import group_of
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId


@dataclass(frozen=True, slots=True)
class FileDocument:
    """File what `practice.documents.files.keep` has stored.

    Attributes:
        patient: whose chart.
        document: what it is, naming its sealed blob and key.
        at: the date of the document itself, ISO; None: today.
        id: of the document.filed fact, drawn when the form was shown.
    """

    patient: PatientId
    document: DocumentFiled
    at: str | None = None
    id: FactId | None = None
    right: Right = Right.FILE_DOCUMENT

    def load(self, look: Look) -> tuple[PatientId, str, int, FactId]:
        """See Command.load."""
        group = group_of(look.connection, self.patient)
        if group is None:
            raise UnknownPatient("no such patient")
        row = look.connection.execute(
            "SELECT birth_date FROM patient WHERE subject = ?", (group.subjects[0],)
        ).fetchone()
        return group.patient, str(row[0]) if row else "", look.now_ms, self.id or FactId(look.new_id())

    def decide(self, known: tuple[PatientId, str, int, FactId]) -> Sequence[NewFact]:
        """See Command.decide."""
        patient, birth_date, now_ms, identifier = known
        check(self.document, self.at, birth_date, now_ms)
        return [
            NewFact(self.document, patient, identifier, self.at),
            NewFact(DocumentReceived(document=identifier, blob=self.document.blob), patient),
        ]


@dataclass(frozen=True, slots=True)
class ClassifyDocument:
    """Say better what a document is: its title, kind, date, sender. What was read of it goes with it.

    Attributes:
        patient: whose chart; carried by the form.
        replaced: the document as it was described.
        document: as it is described now, the same file.
        at: its date, ISO; None: today.
        id: drawn when the form was shown.
    """

    patient: PatientId
    replaced: FactId
    document: DocumentFiled
    at: str | None = None
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return self._typed().load(look)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide. What somebody typed is checked; what was read may be longer than any form."""
        facts = self._typed().decide(known)
        return [
            replace(fact, body=self.document) if isinstance(fact.body, DocumentFiled) else fact
            for fact in facts
        ]

    def _typed(self) -> RecordStatement:
        typed = msgspec.structs.replace(self.document, renditions=[], unread=[], not_kept=[], also=[])
        return RecordStatement(self.patient, typed, self.at, (self.replaced,), self.id)
