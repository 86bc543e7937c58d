"""A table of patients into the record: what would be done, or what was done, line by line.

Law: the same table twice changes nothing. A patient is already here when some identity ever written has the
same birth name, first given name and birth date, or the same matricule; a correction made since is never
undone. Close, not equal: the patient is registered, and said to look alike, since a person decides that and
a lost patient is worse than a double. Stopped in the middle, what was recorded stays, and the same command
goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from lanterne.intake.columns import Mapping
from lanterne.intake.patients_csv import LineRefused, Note, PatientLine, columns_of, patients
from lanterne.intake.sheets import Sheet, read_table
from lanterne.practice.batching import record_many
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.names import strict
from lanterne.practice.patients.queries import suspected_of
from lanterne.practice.patients.rows import read_identity
from lanterne.practice.record import Record
from lanterne.practice.rights import Right

# Lines in one batch: one fsync and one fold for each (500 patients fold in some 50 ms).
BATCH = 500

Key = tuple[str, ...]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Taken:
    """What became of one table.

    Attributes:
        applied: written, or only looked at.
        mapping: which column was understood as what.
        read, registered, already, refused: lines.
        facts: facts written, or that would be.
        errors: (line, refusal) of the lines refused.
        notes: (line, note) of what was left out or looks alike.
    """

    sheet: Sheet
    mapping: Mapping
    applied: bool
    read: int = 0
    registered: int = 0
    already: int = 0
    facts: int = 0
    errors: list[tuple[int, Refusal]] = field(default_factory=list)
    notes: list[tuple[int, Note]] = field(default_factory=list)


def take(
    record: Record, content: bytes, *, today: date, apply: bool, progress: Progress | None = None
) -> Taken:
    """Read a table of patients and register those who are not here yet.

    Args:
        today: bounds dates; decides the century of two-digit years.
        apply: False: write nothing, say what would be done.

    Raises:
        SheetUnreadable: the file is no table of patients; nothing was written.
        NotAllowed: this person does not register patients.
        DiskFull, DiskFailed: what was recorded before stays.
    """
    record.require(Right.WRITE_IDENTITY)
    sheet = read_table(content)
    taken = Taken(sheet, columns_of(sheet), apply)
    known = _known(record)
    total = sheet.text.count("\n") + 1
    for batch in _batches(patients(sheet, taken.mapping, today=today)):
        _take_batch(record, batch, taken, known)
        if progress is not None:
            progress(batch[-1].number, total)
    return taken


def _batches(lines: Iterator[PatientLine | LineRefused]) -> Iterator[list[PatientLine | LineRefused]]:
    batch: list[PatientLine | LineRefused] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take_batch(
    record: Record, batch: list[PatientLine | LineRefused], taken: Taken, known: dict[Key, int]
) -> None:
    new: list[PatientLine] = []
    for line in batch:
        taken.read += 1
        if isinstance(line, LineRefused):
            taken.errors.append((line.number, line.refusal))
            continue
        taken.notes += [(line.number, note) for note in line.notes]
        keys = _keys(line.identity)
        seen = next((known[key] for key in keys if key in known), None)
        if seen is None:
            new.append(line)
            known.update(dict.fromkeys(keys, line.number))
        elif seen == _HERE:
            taken.already += 1
        else:
            taken.errors.append((line.number, Refusal("csv_same_identity", line=str(seen))))
    connection = record.connection()
    for line in new:
        if suspected_of(connection, line.identity):
            taken.notes.append((line.number, Note("csv_close", "", {})))
    if not taken.applied:
        taken.registered += len(new)
        taken.facts += sum(1 + (line.contacts is not None) + (line.attending is not None) for line in new)
        return
    # Looked at above: a patient who looks alike is registered and said, so the door need not ask.
    commands = [
        RegisterPatient(line.identity, line.contacts, line.attending, confirmed_new=True) for line in new
    ]
    for line, answer in zip(new, record_many(record, commands), strict=True):
        if isinstance(answer, Refusal):
            taken.errors.append((line.number, answer))
        else:
            taken.registered += 1
            taken.facts += len(answer.facts)


_HERE = 0
"""In place of a line number: the identity is in the record already."""


def _known(record: Record) -> dict[Key, int]:
    """Every identity ever written here, so that a name corrected since is recognised under the old one
    too."""
    known: dict[Key, int] = {}
    rows = record.connection().execute(
        "SELECT body FROM fact WHERE kind = (SELECT no FROM kind WHERE name = ?)", (PatientIdentified.KIND,)
    )
    for (body,) in rows:
        known.update(dict.fromkeys(_keys(read_identity(body)), _HERE))
    return known


def _keys(identity: PatientIdentified) -> tuple[Key, ...]:
    traits = (strict(identity.birth_name), strict(identity.first_given), identity.birth_date)
    return (traits, ("ins", identity.ins.matricule)) if identity.ins is not None else (traits,)


def unmapped(taken: Taken) -> tuple[str, ...]:
    """Columns left out, as written."""
    return (*taken.mapping.unknown, *taken.mapping.twice)


def column_names(taken: Taken) -> dict[str, str]:
    """Which column gives which field."""
    header = taken.sheet.header
    return {field: header[place] for field, place in taken.mapping.places.items()}
