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

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.chart.statements import standing
from lanterne.practice.consultations.commands import RecordConsultation
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.content import content
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.reading import Traces, open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
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
            "content": self._content,
            "allergies": self._allergies,
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

    def _content(self, order: Order) -> Order:
        self.record.connection()
        return {"content": content(self.record.tables.read(), self.record.tables.name)}

    def _allergies(self, order: Order) -> Order:
        """The values that stand in a chart, and who wrote each."""
        chart = open_chart(self.record, self.traces, PatientId(order["patient"]))
        found = standing(chart, AllergyRecorded, limit=20)
        told = [
            {
                "fact": one.id,
                "reaction": one.body.reaction if one.body is not None else "",
                "conflict": one.conflict,
            }
            for one in found
        ]
        return {"allergies": told}


def main() -> None:
    """Open, then work until the input ends."""
    root, seat = Path(sys.argv[1]), SeatId(sys.argv[2])
    passphrase = sys.stdin.readline().rstrip("\n")
    record = Record.open(root, seat, passphrase)
    machine = Machine(record)
    print(json.dumps({"open": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(machine.carry_out(json.loads(line))), flush=True)
    record.close()


if __name__ == "__main__":
    main()
