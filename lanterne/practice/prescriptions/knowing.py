"""What the door loads before a prescription: who prescribes, the chart, the treatments a line carries on, the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.chart.queries import today_of
from lanterne.practice.commands import Look
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.kinds import Coding
from lanterne.practice.patients import queries as patients
from lanterne.practice.patients.queries import Group
from lanterne.practice.prescriptions.carrying import line_of, lines_by_treatment
from lanterne.practice.prescriptions.facts import Line, Order, PrescriptionIssued
from lanterne.practice.prescriptions.gathering import ATC, Gathered, Held, gather, held
from lanterne.practice.prescriptions.posology.structure import Structure
from lanterne.practice.prescriptions.structures import from_fact
from lanterne.practice.prescriptions.understanding import base_of, reader, say
from lanterne.practice.recording import unknown_fields
from lanterne.practice.tables import Connection
from lanterne.practice.team import queries as team
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.reference.medicines.model import Base, Medicine
from lanterne.wire.names import FactId, PatientId, PersonId


@dataclass(frozen=True, slots=True)
class Known:
    """What the door loaded.

    Attributes:
        patient: the record written in; now_ms, birth_date: for the rules of treatments.
        person, name, role: of who prescribes.
        lines: as they will be written, words and conditions of the base included.
        standing: treatments on the list that lines name, by id; `carried`: the line that carries each on as it is.
        fresh: an id for the treatment of each line.
        unknown: fields of standing treatments that this program does not know, by id.
        empties: "no treatment" said of this chart, which no longer holds.
    """

    patient: PatientId
    now_ms: int
    birth_date: str
    person: PersonId
    name: str
    role: str
    gathered: Gathered
    lines: tuple[Line, ...]
    standing: Mapping[str, Held]
    carried: Mapping[str, Line]
    fresh: tuple[FactId, ...]
    unknown: Mapping[str, dict[str, object]]
    empties: tuple[FactId, ...]


def know(
    look: Look, patient: PatientId, asked: Sequence[Line], *, order: Order, duration_d: int, renewals: int
) -> Known:
    """Load everything.

    Raises:
        UnknownPatient: no such patient.
        Refusal: "treatment_gone": a line names a treatment that does not stand; "treatment_twice";
            "treatment_to_settle".
    """
    group = patients.group_of(look.connection, patient)
    if group is None:
        raise UnknownPatient("no such patient")
    base = base_of(look)
    medicines = order == "medicines"
    lines = tuple(completed(base, line) for line in asked) if medicines else tuple(asked)
    who = team.person(look.connection, look.person)
    role = who.role if who is not None else ""
    gathered = gather(
        look.connection, group, base, lines if medicines else (), today=today_of(look.now_ms),
        duration_d=duration_d, renewals=renewals, role=role,
    )  # fmt: skip
    standing = _standing(gathered, lines) if medicines else {}
    last = lines_by_treatment(prescriptions(look.connection, group))
    read = reader(base)
    carried: dict[str, Line] = {
        one.id: line_of(one.id, one.body, last, read=read, say=say, common_length=False)
        for one in standing.values()
    }
    identity = patients.identity(look.connection, group.patient)
    return Known(
        patient=group.patient,
        now_ms=look.now_ms,
        birth_date=identity.birth_date if identity is not None else "",
        person=look.person,
        name=who.display_name if who is not None else "",
        role=role,
        gathered=gathered,
        lines=lines,
        standing=standing,
        carried=carried,
        fresh=tuple(FactId(look.new_id()) for _ in lines),
        unknown={one: _unknown(look.connection, one) for one in standing},
        empties=tuple(
            one.id
            for one in held(look.connection, group, SectionEmpty)
            if one.body is not None and one.body.section == "treatments" and one.patient == group.patient
        ),
    )


def prescriptions(connection: Connection, group: Group) -> list[PrescriptionIssued]:
    """Live prescriptions of a chart, newest first; what a newer Lanterne wrote is left out."""
    return [one.body for one in held(connection, group, PrescriptionIssued) if one.body is not None]


def completed(base: Base, line: Line) -> Line:
    """The line with what the base and the structure say of it: never what a form says they say."""
    structure = from_fact(line.posology)
    medicine = base.medicine(line.code) if line.code else None
    substance = base.substance(line.substance)
    conditions = list(medicine.conditions) if medicine is not None else []
    if not conditions and substance is not None and substance.condition:
        conditions = [substance.condition]
    atc = (medicine.atc if medicine is not None else "") or (substance.atc if substance is not None else "")
    paper = (medicine.paper if medicine is not None else "") or (
        substance.paper if substance is not None else ""
    )
    return msgspec.structs.replace(
        line,
        words=say(structure) if structure is not None else line.words,
        coding=Coding(system=ATC, code=atc, display=line.substance) if atc else line.coding,
        route=line.route or _route(base, line, structure, medicine),
        conditions=conditions,
        paper=paper,
        before="",
    )


def _route(base: Base, line: Line, structure: Structure | None, medicine: Medicine | None) -> str:
    """The way it is given, when the text says it or the base knows one alone."""
    if structure is not None and structure.route:
        return structure.route
    form = line.form or (structure.form if structure is not None else "") or ""
    routes = medicine.routes if medicine is not None else base.routes(line.substance, form)
    return routes[0] if len(routes) == 1 else ""


def _standing(gathered: Gathered, lines: Sequence[Line]) -> dict[str, Held]:
    named = [line.treatment for line in lines if line.treatment]
    if len(set(named)) < len(named):
        raise Refusal("treatment_twice", field="lines")
    listed = {str(one.id): one for one in gathered.treatments}
    found = {}
    for one in named:
        if one not in listed:
            raise Refusal("treatment_gone", field="lines")
        if listed[one].conflict:
            raise Refusal("treatment_to_settle", field="lines", treatment=listed[one].label)
        found[one] = listed[one]
    return found


def _unknown(connection: Connection, fact: str) -> dict[str, object]:
    row = connection.execute("SELECT body FROM fact WHERE id = ?", (bytes.fromhex(fact),)).fetchone()
    fields = (field.encode_name for field in msgspec.structs.fields(TreatmentRecorded))
    return unknown_fields(msgspec.msgpack.decode(row[0]), fields) if row is not None else {}
