"""One machine of the practice, at work: `python -m lanterne.demo.cut.machine DATA SEAT`.

Law: writes through the one door only, and answers an order when what it asked for is on the disk. The passphrase is
the first line of its input, then one order a line in JSON, `{"do": …}`; one answer a line. It ends with its input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lanterne.practice.agenda import commands as agenda
from lanterne.practice.agenda.facts import ZONE, AppointmentBooked
from lanterne.practice.agenda.rules import minute_at
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.chart.statements import standing
from lanterne.practice.conflicts import queries as conflicts
from lanterne.practice.conflicts.commands import keep as keep_value
from lanterne.practice.consultations.commands import RecordConsultation
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.content import content
from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import content_of, keep
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.queries import group_of
from lanterne.practice.reading import OpenChart, Traces, open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import FactId, PatientId, SeatId

Order = dict[str, Any]


class Machine:
    """The record of one machine, open under the seat of who works there."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.traces = Traces()
        self.orders: dict[str, Callable[[Order], Order]] = {
            "register": self._register,
            "consult": self._consult,
            "allergy": self._allergy,
            "book": self._book,
            "file": self._file,
            "content": self._content,
            "knows": self._knows,
            "letters": self._letters,
            "doubts": self._doubts,
            "settle": self._settle,
        }

    def carry_out(self, order: Order) -> Order:
        """One order. What the door refuses is answered, not raised."""
        try:
            return self.orders[str(order["do"])](order)
        except Refusal as refusal:
            return {"refused": refusal.code}

    def _register(self, order: Order) -> Order:
        identity = PatientIdentified(
            birth_name=order["family"], first_given=order["given"], birth_date=order["born"], sex=order["sex"]
        )
        patient = PatientId(self.record.draw_id())
        done = door(self.record, RegisterPatient(identity, patient=patient, confirmed_new=True))
        return {"patient": patient, "entry": done.entry}

    def _consult(self, order: Order) -> Order:
        said = ConsultationRecorded(reason=order["reason"], text=order["text"])
        done = door(self.record, RecordConsultation(PatientId(order["patient"]), said))
        return {"fact": done.facts[0], "entry": done.entry}

    def _allergy(self, order: Order) -> Order:
        """A new one, or another value in the place of those named."""
        body = AllergyRecorded(
            substance=order["substance"], reaction=order["reaction"], criticality=order["criticality"]
        )
        replaces = tuple(FactId(one) for one in order.get("replaces", ()))
        done = door(self.record, State(PatientId(order["patient"]), body, replaces=replaces))
        return {"fact": done.facts[0], "entry": done.entry}

    def _book(self, order: Order) -> Order:
        slot = AppointmentBooked(
            practitioner=order["practitioner"],
            start=order["start"],
            minutes=20,
            zone=ZONE,
            patient=order["patient"],
        )
        done = door(self.record, agenda.Book(slot))
        return {"fact": done.facts[0], "entry": done.entry}

    def _file(self, order: Order) -> Order:
        kept = keep(self.record, order["text"].encode() * 200)
        letter = DocumentFiled(
            blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title=order["title"]
        )
        done = door(self.record, FileDocument(PatientId(order["patient"]), letter))
        return {"fact": done.facts[0], "entry": done.entry}

    def _content(self, order: Order) -> Order:
        self.record.connection()
        return {"content": content(self.record.tables.read(), self.record.tables.name)}

    def _knows(self, order: Order) -> Order:
        return {"known": group_of(self.record.connection(), PatientId(order["patient"])) is not None}

    def _letters(self, order: Order) -> Order:
        """How many letters of a chart open whole on this machine."""
        opened = 0
        for one in standing(self._chart(order), DocumentFiled):
            try:
                opened += one.body is not None and len(content_of(self.record, one.body)) == one.body.size
            except LanterneError:
                continue  # its file has not come yet
        return {"letters": opened}

    def _doubts(self, order: Order) -> Order:
        """What « À départager » shows: the double bookings, and the values of a chart's allergy."""
        office = conflicts.office(self.record.connection(), minute_at(self.record.clock_ms()))
        taken = [[str(one.one.fact), str(one.other.fact)] for one in office.overlaps]
        values = [
            sorted(str(side.raw.get("reaction", "")) for side in doubt.sides)
            for doubt in conflicts.of_chart(self._chart(order))
        ]
        return {"overlaps": taken, "values": values}

    def _settle(self, order: Order) -> Order:
        """Both appointments are wanted; the value named holds."""
        chart = self._chart(order)
        (doubt,) = conflicts.of_chart(chart)
        kept = next(side.id for side in doubt.sides if side.raw.get("reaction") == order["reaction"])
        entries = [door(self.record, keep_value(self.record, chart.patient, doubt, kept)).entry]
        for overlap in conflicts.office(self.record.connection(), minute_at(self.record.clock_ms())).overlaps:
            wanted = agenda.WantOverlap((overlap.one.fact, overlap.other.fact))
            entries.append(door(self.record, wanted).entry)
        return {"entry": entries[0], "entries": entries}

    def _chart(self, order: Order) -> OpenChart:
        return open_chart(self.record, self.traces, PatientId(order["patient"]))


def main() -> None:
    """Open, then work until the input ends."""
    root, seat = Path(sys.argv[1]), SeatId(sys.argv[2])
    passphrase = sys.stdin.readline().rstrip("\n")
    machine = Machine(Record.open(root, seat, passphrase))
    print(json.dumps({"open": True, "person": machine.record.writer().person}), flush=True)
    for line in sys.stdin:
        print(json.dumps(machine.carry_out(json.loads(line))), flush=True)
    machine.record.close()


if __name__ == "__main__":
    main()
