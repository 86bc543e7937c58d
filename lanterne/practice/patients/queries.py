"""What pages ask of the patients room. Everything follows merges: asking for an absorbed record answers with
the survivor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lanterne.practice.kinds import Body
from lanterne.practice.patients import duplicates
from lanterne.practice.patients.duplicates import Suspicion, Traits
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    IdentityStatus,
    Ins,
    PatientIdentified,
    PatientsDistinct,
    PatientsMerged,
)
from lanterne.practice.patients.names import words
from lanterne.practice.patients.rows import read_attending, read_contacts, read_identity, sort_name
from lanterne.practice.patients.rules import warnings
from lanterne.practice.patients.search import named
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId, SeatId

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are one person: the survivor's id, and the row numbers of all, the survivor first."""

    patient: PatientId
    subjects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Version(Generic[B]):
    """A fact as it was written: its id (what a form carries as `replaces`), by which seat, when (ms since
    1970 UTC).
    """

    fact: FactId
    patient: PatientId
    seat: SeatId
    written_ms: int
    body: B


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a patient is, whole.

    Attributes:
        patient: the surviving record's id.
        fact: the fact shown, which a correction names.
        birth_date, deceased: ISO, possibly partial or empty.
        warnings: codes of rules.WARNINGS.
        homonym: another patient of the practice has the same family name and first given name.
        absorbed: ids of the records merged into this one.
        earlier: what was written before, newest first.
    """

    patient: PatientId
    fact: FactId
    seat: SeatId
    written_ms: int
    birth_name: str
    first_given: str
    given_names: tuple[str, ...]
    used_name: str
    used_given: str
    sex: str
    birth_date: str
    birth_place_code: str
    birth_place: str
    ins: Ins | None
    status: IdentityStatus
    deceased: str
    warnings: tuple[str, ...]
    homonym: bool
    absorbed: tuple[PatientId, ...]
    earlier: tuple[Version[PatientIdentified], ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record that may be the same person."""

    patient: PatientId
    traits: Traits
    suspicion: Suspicion


def row_number(connection: Connection, patient: PatientId) -> int | None:
    """The local row number of a subject, before merges; None when nothing is known of it."""
    if len(patient) != 32 or not patient.isascii() or not patient.isalnum():
        return None
    try:
        identifier = bytes.fromhex(patient)
    except ValueError:
        return None
    row = connection.execute(
        "SELECT no FROM subject WHERE id = ? AND id <> zeroblob(16)", (identifier,)
    ).fetchone()
    return int(row[0]) if row is not None else None


def group_of(connection: Connection, patient: PatientId) -> Group | None:
    """The records that are this person; None when nobody has this id here."""
    number = row_number(connection, patient)
    if number is None:
        return None
    row = connection.execute("SELECT merged_into FROM patient WHERE subject = ?", (number,)).fetchone()
    survivor = int(row[0]) if row is not None and row[0] else number
    rows = connection.execute(
        # "<> 0" says that the partial index serves; without it every patient is looked at.
        "SELECT p.subject FROM patient p JOIN subject s ON s.no = p.subject"
        " WHERE p.merged_into = ? AND p.merged_into <> 0 ORDER BY s.id",
        (survivor,),
    ).fetchall()
    return Group(_id_of(connection, survivor), (survivor, *(int(row[0]) for row in rows)))


def identity(connection: Connection, patient: PatientId) -> Identity | None:
    """Who the patient is; None when nobody has this id, or no identity of theirs has arrived yet."""
    group = group_of(connection, patient)
    if group is None:
        return None
    written = versions(connection, group, PatientIdentified)
    if not written:
        return None
    now, *earlier = written
    held = now.body
    return Identity(
        patient=group.patient, fact=now.fact, seat=now.seat, written_ms=now.written_ms, birth_name=held.birth_name,
        first_given=held.first_given, given_names=tuple(held.given_names), used_name=held.used_name,
        used_given=held.used_given, sex=held.sex, birth_date=held.birth_date, birth_place_code=held.birth_place_code,
        birth_place=held.birth_place, ins=held.ins, status=held.status, deceased=held.deceased, warnings=warnings(held),
        homonym=_has_homonym(connection, group, held),
        absorbed=tuple(_id_of(connection, number) for number in group.subjects[1:]), earlier=tuple(earlier),
    )  # fmt: skip


def contacts(connection: Connection, patient: PatientId) -> Version[ContactsRecorded] | None:
    """How to reach the patient: the survivor's own record, else the newest of those merged into it."""
    group = group_of(connection, patient)
    return next(iter(versions(connection, group, ContactsRecorded)), None) if group is not None else None


def attending(connection: Connection, patient: PatientId) -> Version[AttendingRecorded] | None:
    """The médecin traitant: the survivor's own record, else the newest of those merged into it."""
    group = group_of(connection, patient)
    return next(iter(versions(connection, group, AttendingRecorded)), None) if group is not None else None


def versions(connection: Connection, group: Group, body: type[B]) -> list[Version[B]]:
    """Identities, contacts or médecins traitants as written: the one that counts first, then newest first.

    Identities are the survivor's alone; contacts and médecin traitant fall back on those of the records
    merged into it.
    """
    subjects = group.subjects[:1] if body is PatientIdentified else group.subjects
    found = _versions(connection, subjects, body)
    return sorted(found, key=lambda version: version.patient != group.patient)


def merges(connection: Connection, patient: PatientId) -> list[Version[PatientsMerged]]:
    """The merges that stand among this person's records; each may be undone (commands.UndoMerge)."""
    return _standing_links(connection, patient, PatientsMerged)


def distinctions(connection: Connection, patient: PatientId) -> list[Version[PatientsDistinct]]:
    """The declarations "not the same person" that stand, made on this person's records."""
    return _standing_links(connection, patient, PatientsDistinct)


def suspected(connection: Connection, patient: PatientId) -> list[Suspect]:
    """Records that may be the same person as this one, strongest first, without those declared distinct."""
    group = group_of(connection, patient)
    if group is None:
        return []
    best: dict[PatientId, Suspect] = {}
    apart = _declared_apart(connection, group.subjects)
    for _number, traits in _traits(connection, group.subjects):
        for found in _suspected_of(connection, traits, {*group.subjects, *apart}):
            held = best.get(found.patient)
            if held is None or held.suspicion.score < found.suspicion.score:
                best[found.patient] = found
    return sorted(best.values(), key=lambda found: (-found.suspicion.score, found.patient))


def suspected_of(connection: Connection, identity: PatientIdentified) -> list[Suspect]:
    """Records that may be the person somebody is about to register, strongest first."""
    return _suspected_of(connection, Traits.of(identity), frozenset())


def suspected_everywhere(connection: Connection, *, limit: int = 200) -> list[tuple[Suspect, Suspect]]:
    """Pairs of the practice that may be one person, strongest first. Reads every patient: for a page asked
    for, not for all.
    """
    records = dict(_traits(connection, None))
    apart = {
        frozenset((int(row[0]), int(row[1])))
        for row in connection.execute(
            "SELECT CASE p.merged_into WHEN 0 THEN p.subject ELSE p.merged_into END,"
            " CASE q.merged_into WHEN 0 THEN q.subject ELSE q.merged_into END"
            " FROM patient_link l JOIN subject o ON o.id = l.other JOIN patient p ON p.subject = l.subject"
            " JOIN patient q ON q.subject = o.no WHERE l.merges = 0"
        )
    }
    found = [pair for pair in duplicates.pairs(records.items()) if frozenset(pair[:2]) not in apart]
    return [
        (
            Suspect(_id_of(connection, one), records[one], held),
            Suspect(_id_of(connection, other), records[other], held),
        )
        for one, other, held in found[:limit]
    ]


def declared_apart(connection: Connection, one: Group, other: Group) -> bool:
    """Whether somebody declared a record of one person distinct from a record of the other."""
    return bool(_declared_apart(connection, one.subjects) & set(other.subjects))


# mypy cannot tie the type asked for to the reader found under it.
_READERS: dict[type[Body], Callable[[bytes], Any]] = {
    PatientIdentified: read_identity,
    ContactsRecorded: read_contacts,
    AttendingRecorded: read_attending,
}


def _versions(connection: Connection, subjects: Collection[int], body: type[B]) -> list[Version[B]]:
    read = _READERS[body]
    rows = connection.execute(
        "SELECT f.id, s.id, e.seat, e.time >> 16, f.body FROM fact f JOIN entry e ON e.no = f.entry"
        " JOIN kind k ON k.no = f.kind JOIN subject s ON s.no = f.subject"
        " WHERE f.subject IN (SELECT value FROM json_each(?)) AND k.name = ?"
        " ORDER BY e.rank DESC, e.seat DESC, e.incarnation DESC, e.seq DESC, e.hash DESC, f.place DESC",
        (json.dumps(list(subjects)), body.KIND),
    )
    return [
        Version(FactId(bytes(row[0]).hex()), PatientId(bytes(row[1]).hex()), SeatId(bytes(row[2]).hex()), int(row[3]),
                read(row[4]))
        for row in rows
    ]  # fmt: skip


def _standing_links(connection: Connection, patient: PatientId, body: type[B]) -> list[Version[B]]:
    group = group_of(connection, patient)
    if group is None:
        return []
    rows = connection.execute(
        "SELECT f.id, s.id, e.seat, e.time >> 16, l.other FROM patient_link l JOIN fact f ON f.no = l.fact"
        " JOIN entry e ON e.no = f.entry JOIN subject s ON s.no = f.subject"
        " WHERE l.merges = ? AND l.subject IN (SELECT value FROM json_each(?)) ORDER BY e.rank, f.id",
        (int(body is PatientsMerged), json.dumps(group.subjects)),
    )
    named = "absorbed" if body is PatientsMerged else "other"
    return [
        Version(FactId(bytes(row[0]).hex()), PatientId(bytes(row[1]).hex()), SeatId(bytes(row[2]).hex()), int(row[3]),
                body(**{named: bytes(row[4]).hex()}))
        for row in rows
    ]  # fmt: skip


_TRAITS = """SELECT subject, CASE merged_into WHEN 0 THEN subject ELSE merged_into END, birth_name, first_given,
    used_name, used_given, given_names, sex, birth_date, birth_place_code, ins, ins_oid FROM patient"""


def _traits(connection: Connection, subjects: Collection[int] | None) -> list[tuple[int, Traits]]:
    """Traits by row number: of these subjects, or of every surviving record."""
    if subjects is None:
        rows = connection.execute(f"{_TRAITS} WHERE merged_into = 0")
    else:
        rows = connection.execute(
            f"{_TRAITS} WHERE subject IN (SELECT value FROM json_each(?))", (json.dumps(list(subjects)),)
        )
    return [(int(row[0]), Traits(*row[2:])) for row in rows]


def _suspected_of(connection: Connection, traits: Traits, but: Collection[int]) -> list[Suspect]:
    """Suspects for these traits, looked for where a double may be filed: birth dates, matricule, names."""
    alike: set[int] = set()
    for family in filter(None, dict.fromkeys((traits.birth_name, traits.used_name))):
        for given in filter(None, dict.fromkeys((traits.first_given, traits.used_given))):
            alike |= named(connection, [*words(family), *words(given)])
    filed = (
        "(birth_date <> '' AND birth_date IN (SELECT value FROM json_each(?)))"
        " OR (ins <> '' AND ins = ?) OR subject IN (SELECT value FROM json_each(?))"
    )
    days = json.dumps(duplicates.birth_dates_to_compare(traits.birth_date))
    values = (days, traits.ins, json.dumps(sorted(alike)))
    best: dict[int, Suspect] = {}
    for row in connection.execute(f"{_TRAITS} WHERE {filed}", values).fetchall():
        survivor, other = int(row[1]), Traits(*row[2:])
        suspicion = duplicates.suspect(traits, other) if survivor not in but else None
        if suspicion is not None and (
            survivor not in best or best[survivor].suspicion.score < suspicion.score
        ):
            best[survivor] = Suspect(_id_of(connection, survivor), other, suspicion)
    return sorted(best.values(), key=lambda found: (-found.suspicion.score, found.patient))


def _declared_apart(connection: Connection, subjects: Collection[int]) -> set[int]:
    """Row numbers of the records declared distinct from any of these, and of the survivors these lead to."""
    chosen = json.dumps(list(subjects))
    rows = connection.execute(
        """WITH apart(no) AS (
             SELECT o.no FROM patient_link l JOIN subject o ON o.id = l.other
               WHERE l.merges = 0 AND l.subject IN (SELECT value FROM json_each(?1))
             UNION
             SELECT l.subject FROM subject o JOIN patient_link l ON l.other = o.id
               WHERE l.merges = 0 AND o.no IN (SELECT value FROM json_each(?1)))
           SELECT no FROM apart UNION SELECT merged_into FROM patient WHERE subject IN apart AND merged_into
           <> 0""",
        (chosen,),
    )
    return {int(row[0]) for row in rows}


def _has_homonym(connection: Connection, group: Group, held: PatientIdentified) -> bool:
    given = words(held.used_given or held.first_given)[:1]
    family = sort_name(held).partition("!")[0]
    if not given:
        return False
    begins = f"{family}! {given[0]}"
    rows = connection.execute(
        "SELECT subject, sort_name FROM patient WHERE merged_into = 0 AND sort_name >= ? AND sort_name < ?",
        (begins, begins + "\U0010ffff"),
    )
    return any(int(row[0]) not in group.subjects and f"{row[1]} ".startswith(f"{begins} ") for row in rows)


def _id_of(connection: Connection, number: int) -> PatientId:
    return PatientId(
        bytes(connection.execute("SELECT id FROM subject WHERE no = ?", (number,)).fetchone()[0]).hex()
    )
