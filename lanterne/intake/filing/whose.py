"""Whose document it is: by INS, else by strict traits; any doubt asks.

Law: a chart is chosen only when one patient, and no other, carries what the document says, and nothing it
says contradicts that patient: twins share all but a first given name, and a parent's number may stand on a
child's result. A matricule whose key is wrong is never used. What is close is left to a person: a result in
the wrong chart harms two patients. Sources: référentiel INS (matching by INS and the five
strict traits), RNIV (DOMAIN 2, 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lanterne.intake.reading import ReadIdentity
from lanterne.practice.patients.facts import Ins, PatientIdentified
from lanterne.practice.patients.ins import OIDS, is_place_code
from lanterne.practice.patients.names import strict, words
from lanterne.practice.patients.queries import suspected_of
from lanterne.practice.patients.said import provisional
from lanterne.practice.tables import Connection
from lanterne.wire.names import PatientId


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient, or why it is asked.

    Attributes:
        patient: None when a person must say.
        why, params: a code of `outcomes.SENTENCES`; empty when the patient is known.
        unknown: nobody here is even close: a new patient may be registered when told to.
    """

    patient: PatientId | None = None
    why: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class _Patient:
    patient: PatientId
    birth_name: str
    used_name: str
    given: tuple[str, ...]
    sex: str
    birth_date: str
    birth_place_code: str
    ins: str
    ins_oid: str


_PATIENTS = """
    SELECT s.id, p.birth_name, p.used_name, p.first_given, p.used_given, p.given_names, p.sex, p.birth_date,
           p.birth_place_code, p.ins, p.ins_oid
    FROM patient p JOIN subject s ON s.no = CASE p.merged_into WHEN 0 THEN p.subject ELSE p.merged_into END"""


def whose(connection: Connection, said: ReadIdentity | None) -> Whose:
    """The one patient a document is about, or the doubt.

    Args:
        connection: read tables caught up with the journal.
        said: what the document says of the patient; None when it says nothing.
    """
    if said is None or not (said.birth_name or said.used_name or said.matricule):
        return Whose(why="identity_missing")
    if said.matricule and said.key_agrees:
        found = _by_ins(connection, said)
        if found is not None:
            return found
    if not _complete(said):
        return Whose(why="identity_incomplete")
    return _by_traits(connection, said)


def _by_ins(connection: Connection, said: ReadIdentity) -> Whose | None:
    rows = list(_patients(connection, "p.ins = ? AND p.ins <> ''", said.matricule))
    carriers = [one for one in rows if not (said.oid and one.ins_oid) or one.ins_oid == said.oid]
    if not carriers:
        return None
    if len({one.patient for one in carriers}) > 1:
        return Whose(why="several_alike", params={"count": str(len({one.patient for one in carriers}))})
    if any(not _contradicts(one, said) for one in carriers):
        return Whose(carriers[0].patient)
    return Whose(why="ins_contradicts")


def _by_traits(connection: Connection, said: ReadIdentity) -> Whose:
    alike = [
        one for one in _patients(connection, "p.birth_date = ?", said.birth_date) if _same_traits(one, said)
    ]
    persons = {one.patient for one in alike}
    if len(persons) > 1:
        return Whose(why="several_alike", params={"count": str(len(persons))})
    if persons:
        if said.matricule and said.key_agrees and all(_other_ins(one, said) for one in alike):
            return Whose(why="ins_differs")
        return Whose(alike[0].patient)
    if suspected_of(connection, identity_from(said)):
        return Whose(why="somebody_close")
    return Whose(why="nobody_alike", unknown=True)


def _complete(said: ReadIdentity) -> bool:
    return bool(
        (said.birth_name or said.used_name) and _given(said) and len(said.birth_date) == len("1979-03-05")
    )


def _same_traits(one: _Patient, said: ReadIdentity) -> bool:
    return _same_family(one, said) and _same_given(one, said) and not _other_sex_or_place(one, said)


def _same_family(one: _Patient, said: ReadIdentity) -> bool:
    """The birth name where the document gives one; a lone name of use may be either."""
    if said.birth_name:
        return strict(said.birth_name) == strict(one.birth_name)
    return strict(said.used_name) in {strict(name) for name in (one.used_name, one.birth_name) if name}


def _same_given(one: _Patient, said: ReadIdentity) -> bool:
    """The first given name, or one the patient is known by; as laboratories write them, with or without the
    others behind it.
    """
    known = {strict(name) for name in one.given if name}
    return any(given in known for given in _given(said))


def _given(said: ReadIdentity) -> list[str]:
    names = [said.first_given, " ".join(said.given_names), *said.given_names[:1]]
    return list(dict.fromkeys(given for name in names if (given := strict(name))))


def _other_sex_or_place(one: _Patient, said: ReadIdentity) -> bool:
    if "unknown" not in (one.sex, said.sex) and one.sex != said.sex:
        return True
    return bool(
        one.birth_place_code and said.birth_place_code and one.birth_place_code != said.birth_place_code
    )


def _other_ins(one: _Patient, said: ReadIdentity) -> bool:
    """Both carry a matricule of one authority, and they differ."""
    return bool(one.ins) and one.ins != said.matricule and (not said.oid or said.oid == one.ins_oid)


def _contradicts(one: _Patient, said: ReadIdentity) -> bool:
    """What the document says beside the matricule cannot be said of this patient. A name that is silent does
    not contradict; a family name shares a word, a first given name begins as the other does.
    """
    if (
        said.birth_date
        and one.birth_date
        and said.birth_date[: len(one.birth_date)] != one.birth_date[: len(said.birth_date)]
    ):
        return True
    if "unknown" not in (one.sex, said.sex) and one.sex != said.sex:
        return True
    family = set(words(f"{said.birth_name} {said.used_name}"))
    known = set(words(f"{one.birth_name} {one.used_name}"))
    if family and known and not family & known:
        return True
    first = [words(given) for given in (said.first_given, *said.given_names[:1]) if words(given)]
    # The two first: the first given name, and the one used. A second name is often shared between twins.
    held = [words(given) for given in (*one.given[:2], one.given[2]) if words(given)]
    return bool(first and held) and not any(_begins(some, other) for some in first for other in held)


def _begins(one: list[str], other: list[str]) -> bool:
    """Jean is Jean Paul; Marie Anne is not Marie Claire."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _patients(connection: Connection, condition: str, value: str) -> Iterator[_Patient]:
    for row in connection.execute(f"{_PATIENTS} WHERE {condition}", (value,)).fetchall():
        first, used, listed = str(row[3]), str(row[4]), str(row[5])
        # The list of given names whole, and the first of it: registers write either.
        given = (first, used, listed, f"{first} {listed}")
        yield _Patient(
            PatientId(bytes(row[0]).hex()), row[1], row[2], given, row[6], row[7], row[8], row[9], row[10]
        )


def identity_from(said: ReadIdentity) -> PatientIdentified:
    """The provisional identity a document gives. A matricule with a wrong key, or of no known authority, is
    left out; a lone name of use stands for the birth name until somebody checks.
    """
    known = said.matricule and said.key_agrees and said.oid in OIDS
    ins = Ins(matricule=said.matricule, oid=said.oid) if known else None
    return provisional(said, ins, said.birth_place_code if is_place_code(said.birth_place_code) else "")
