"""Named patients as lists show them, in the order given: those opened last, those of a day."""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.practice.patients.queries import group_of
from lanterne.practice.patients.search import Hit
from lanterne.practice.tables import Connection
from lanterne.wire.names import PatientId


def named(connection: Connection, patients: Iterable[PatientId]) -> list[Hit]:
    """The surviving record of each id that is still here, once each."""
    found: dict[PatientId, Hit] = {}
    for patient in patients:
        group = group_of(connection, patient)
        if group is None or group.patient in found:
            continue
        row = connection.execute(
            "SELECT birth_name, used_name, first_given, used_given, sex, birth_date, status, deceased, phone, city,"
            " attending FROM patient WHERE subject = ?",
            (group.subjects[0],),
        ).fetchone()
        if row is not None:
            found[group.patient] = Hit(*(group.patient, *row, "exact", ""))
    return list(found.values())
