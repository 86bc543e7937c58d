"""What the checks look at, read from the chart and the base of medicines: by the door, never by the form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.chart.queries import CREATININE_CODES, age_on, creatinine_umol_l, is_current
from lanterne.practice.kinds import Body, Coding, NewerKind
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.patients import queries as patients
from lanterne.practice.patients.queries import Group
from lanterne.practice.prescriptions.checks.context import (
    Allergic,
    Context,
    Filled,
    Given,
    Measured,
    Ordered,
    Stopped,
    Taken,
)
from lanterne.practice.prescriptions.expecting import expecting
from lanterne.practice.prescriptions.facts import Line
from lanterne.practice.prescriptions.structures import from_fact
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.tables import Connection, marks
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.reference.measures import BY_KEY
from lanterne.reference.medicines.model import Base
from lanterne.wire.names import FactId, PatientId

_decode = msgspec.msgpack.decode
ATC = "http://www.whocc.no/atc"
WEIGHT, HEIGHT = BY_KEY["weight"].code, BY_KEY["height"].code
_LATEST_READ = 20


@dataclass(frozen=True, slots=True)
class Held:
    """A live statement of the chart. `body` None: a newer Lanterne wrote it. `day`: ISO, when it counts."""

    id: FactId
    patient: PatientId
    day: str
    label: str
    conflict: bool
    body: Any


@dataclass(frozen=True, slots=True)
class Gathered:
    """The context of the checks, and the treatments on the list, newest first."""

    context: Context
    treatments: tuple[Held, ...]
    weight: Measured | None
    height: Measured | None


def gather(
    connection: Connection,
    group: Group,
    base: Base,
    lines: Sequence[Line],
    *,
    today: date,
    duration_d: int = 0,
    renewals: int = 0,
    role: str = "doctor",
) -> Gathered:
    """Everything the checks know of one patient and these lines.

    Args:
        connection: read tables that hold the medical compartment.
        group: the records that are this patient.
        lines: as asked for; `treatment` names the one on the list that a line carries on or changes.
    """
    treatments = held(connection, group, TreatmentRecorded)
    allergies = held(connection, group, AllergyRecorded)
    empty = {
        one.body.section
        for one in held(connection, group, SectionEmpty)
        if isinstance(one.body, SectionEmpty)
    }
    current = tuple(one for one in treatments if one.body is not None and is_current(one.body, today))
    creatinine, unread = _creatinine(connection, group)
    identity = patients.identity(connection, group.patient)
    birth, sex = (identity.birth_date, identity.sex) if identity is not None else ("", "")
    age = age_on(birth, today.isoformat())
    pregnancy = expecting(
        held(connection, group, ProblemRecorded), _newest(connection, group, BY_KEY["gestational_age"].code),
        sex=sex, age_years=age, today=today,
    )  # fmt: skip
    weight = _newest(connection, group, WEIGHT)
    context = Context(
        base=base,
        today=today,
        lines=tuple(ordered(base, place, line) for place, line in enumerate(lines)),
        taken=tuple(Taken(one.id, given_of(base, one.body)) for one in current),
        stopped=tuple(
            Stopped(given_of(base, one.body), one.body.until or one.day[:10], one.body.stop_reason)
            for one in treatments
            if one.body is not None and one.body.status == "stopped"
        ),
        allergies=tuple(_allergy(one.body) for one in allergies if one.body is not None and _stands(one)),
        allergies_filled=_filled(allergies, "allergies" in empty),
        treatments_filled=_filled(treatments, "treatments" in empty),
        age_years=age,
        sex=sex,
        weight=weight,
        creatinine=creatinine,
        creatinine_unread=unread,
        pregnant=pregnancy.pregnant,
        pregnancy=pregnancy.words,
        weeks=pregnancy.weeks,
        duration_d=duration_d,
        renewals=renewals,
        role=role,
        unreadable=tuple(one.label for one in (*allergies, *treatments) if one.body is None),
        proposed=len(held(connection, group, TreatmentProposed)),
    )
    return Gathered(context, current, weight, _newest(connection, group, HEIGHT))


def held(connection: Connection, group: Group, body: type[Body], codes: Iterable[str] = ()) -> list[Held]:
    """Live statements of one kind in a chart, newest first; of these codes when any are given."""
    wanted = tuple(codes)
    condition = f"AND s.code IN ({marks(wanted)})" if wanted else ""
    rows = connection.execute(
        "SELECT f.id, p.id, f.version, s.day, s.label, s.conflict, f.body FROM statement s"
        " JOIN fact f ON f.no = s.fact JOIN entry e ON e.no = f.entry JOIN subject p ON p.no = s.subject"
        f" WHERE s.subject IN ({marks(group.subjects)}) AND s.live = 1"
        f" AND s.kind = (SELECT no FROM kind WHERE name = ?) {condition}"
        " ORDER BY s.day DESC, e.rank DESC, f.place, f.id DESC",
        (*group.subjects, body.KIND, *wanted),
    ).fetchall()
    return [
        Held(
            FactId(bytes(row[0]).hex()), PatientId(bytes(row[1]).hex()), str(row[3]), str(row[4]), bool(row[5]),
            _read(body, int(row[2]), row[6]),
        )
        for row in rows
    ]  # fmt: skip


def ordered(base: Base, place: int, line: Line) -> Ordered:
    """A line as the checks see it. What its code contains and what it names are both looked at."""
    medicine = base.medicine(line.code) if line.code else None
    names = [*(one.name for one in line.substances), line.substance] if line.substance else []
    names += medicine.substances if medicine is not None else ()
    atc = medicine.atc if medicine is not None and medicine.atc else _atc(line.coding)
    return Ordered(
        place=place, given=_given(base, line.substance or line.typed, names, atc), structure=from_fact(line.posology),
        strength=_strengths(line), form=line.form, route=line.route, replaces=line.treatment,
    )  # fmt: skip


def given_of(base: Base, body: TreatmentRecorded) -> Given:
    """A treatment of the list as the checks see it."""
    label = body.substance or body.brand
    return _given(
        base, label, [body.substance, body.brand] if body.substance else [body.brand], _atc(body.coding)
    )


def _strengths(line: Line) -> str:
    each = [one.strength for one in line.substances]
    return "/".join(each) if len(each) > 1 and all(each) else line.strength


def _given(base: Base, label: str, names: Iterable[str], atc: str) -> Given:
    parts: dict[str, None] = {}
    whole = ""
    for name in names:
        found = base.substance(name) or base.substance(_without_strength(name))
        if found is not None:
            parts.update(dict.fromkeys(found.parts))
            atc = atc or found.atc
            whole = whole or (found.name if found.components else "")
            if name == label:
                break  # its own name says it all; a brand beside it would say it again
    return Given(label, tuple(parts), atc, whole)


def _without_strength(name: str) -> str:
    """ "Bisoprolol 2,5 mg" is bisoprolol."""
    words = name.split()
    cut = next((place for place, word in enumerate(words) if word[0].isdigit()), len(words))
    return " ".join(words[:cut])


def _atc(coding: Coding | None) -> str:
    return coding.code if coding is not None and coding.system == ATC else ""


def _allergy(body: AllergyRecorded) -> Allergic:
    return Allergic(
        substance=body.substance, atc=_atc(body.coding), nature=body.nature, category=body.category,
        reaction=body.reaction,
    )  # fmt: skip


def _stands(one: Held) -> bool:
    return one.conflict or (one.body.clinical == "active" and one.body.verification != "refuted")


def _filled(found: Sequence[Held], empty: bool) -> Filled:
    if found:
        return "some"
    return "none" if empty else "never"


def _creatinine(connection: Connection, group: Group) -> tuple[Measured | None, str]:
    """The newest that is a number in a unit we convert, and the day of a newer one that is not."""
    unread = ""
    for one in held(connection, group, ResultRecorded, CREATININE_CODES)[:_LATEST_READ]:
        value = creatinine_umol_l(one.body) if one.body is not None else None
        if value is not None:
            return Measured(value, one.day), unread
        unread = unread or one.day
    return None, unread


def _newest(connection: Connection, group: Group, code: str) -> Measured | None:
    """The newest value of one measure."""
    rows = connection.execute(
        "SELECT f.version, s.day, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN entry e ON e.no = f.entry"
        f" WHERE s.subject IN ({marks(group.subjects)}) AND s.live = 1"
        " AND s.kind = (SELECT no FROM kind WHERE name = ?) AND instr(s.code, ?) > 0"
        " ORDER BY s.day DESC, e.rank DESC, f.place, f.id DESC LIMIT ?",
        (*group.subjects, MeasureRecorded.KIND, code, _LATEST_READ),
    ).fetchall()
    for version, day, packed in rows:
        body = _read(MeasureRecorded, int(version), packed)
        for component in body.components if body is not None else ():
            if component.code == code:
                try:
                    return Measured(float(component.value), str(day))
                except ValueError:
                    continue  # what came by sync passed no rule of ours
    return None


def _read(body: type[Body], version: int, packed: bytes) -> Any:
    try:
        return KINDS[body.KIND].read(version, _decode(packed))
    except (NewerKind, msgspec.ValidationError):
        return None
