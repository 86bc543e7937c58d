"""The INS: matricule, key, authority (OID), status, and what it must agree with.

Sources: référentiel identifiant national de santé; RNIV (référentiel national d'identitovigilance). A
    matricule is 13 characters and a key of two digits, 97 − (number mod 97); in Corsica 2A counts as 19 and
    2B as 18.
"""

from __future__ import annotations

import re

from lanterne.practice.patients.facts import IdentityStatus, Ins, PatientIdentified
from lanterne.practice.patients.names import words

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_TEST = "1.2.250.1.213.1.4.10"
OIDS = frozenset({OID_NIR, OID_NIA, OID_TEST})

_SHAPE = re.compile(r"[1-478]\d{4}(?:\d{2}|2[AB])\d{6}\d{2}")
_PLACE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_CORSICA = {"2A": "19", "2B": "18"}

# Each status is two answers (RNIV): did the INSi téléservice answer, was an identity document checked.
_ANSWERS: dict[IdentityStatus, tuple[bool, bool]] = {
    "provisional": (False, False),
    "retrieved": (True, False),
    "validated": (False, True),
    "qualified": (True, True),
}


def compact(matricule: str) -> str:
    """Without the spaces, dots and hyphens it is printed with; letters in capitals."""
    return re.sub(r"[\s.\-]", "", matricule).upper()


def has_shape(matricule: str) -> bool:
    """Whether it is 13 characters and a key, as a NIR or NIA is written."""
    return matricule.isascii() and _SHAPE.fullmatch(matricule) is not None


def key_of(body: str) -> str:
    """The two-digit key of the 13 first characters."""
    number = body[:5] + _CORSICA.get(body[5:7], body[5:7]) + body[7:13]
    return f"{97 - int(number) % 97:02}"


def key_agrees(matricule: str) -> bool:
    """Whether a matricule of the right shape carries its own key."""
    return has_shape(matricule) and key_of(matricule) == matricule[13:]


def disagreements(identity: PatientIdentified) -> tuple[str, ...]:
    """Where matricule and traits do not say the same: "ins_sex", "ins_birth_date". Warnings: registers hold
    such cases.

    The first digit says the sex, the next four year and month of birth; months above 12 mean "not known" and
    say nothing.
    """
    if identity.ins is None or not has_shape(identity.ins.matricule):
        return ()
    matricule, found = identity.ins.matricule, []
    if identity.sex != "unknown" and (int(matricule[0]) % 2 == 1) != (identity.sex == "male"):
        found.append("ins_sex")
    year, month = matricule[1:3], matricule[3:5]
    born = identity.birth_date
    if (len(born) >= 4 and born[2:4] != year) or (
        len(born) >= 7 and "01" <= month <= "12" and born[5:7] != month
    ):
        found.append("ins_birth_date")
    return tuple(found)


def is_place_code(code: str) -> bool:
    """An INSEE code of commune or country (99…): five characters, 2A and 2B in Corsica."""
    return code.isascii() and _PLACE.fullmatch(code) is not None


def missing_traits(identity: PatientIdentified) -> tuple[str, ...]:
    """The strict traits still lacking, by field name: what a qualified identity must have."""
    lacking = []
    if not words(identity.birth_name):
        lacking.append("birth_name")
    if not words(identity.first_given):
        lacking.append("first_given")
    if not identity.given_names:
        lacking.append("given_names")
    if identity.sex == "unknown":
        lacking.append("sex")
    if len(identity.birth_date) != 10:
        lacking.append("birth_date")
    if not is_place_code(identity.birth_place_code):
        lacking.append("birth_place_code")
    return tuple(lacking)


def may_follow(before: IdentityStatus, after: IdentityStatus) -> bool:
    """Whether a status may become another in one step: an answer is gained or given up, never one traded for
    the other (récupérée never becomes validée, nor the reverse: that would hide which of the two is doubted).
    """
    insi_before, checked_before = _ANSWERS[before]
    insi_after, checked_after = _ANSWERS[after]
    gained = insi_after > insi_before or checked_after > checked_before
    lost = insi_after < insi_before or checked_after < checked_before
    return not (gained and lost)


def needs_insi(before: IdentityStatus | None, after: IdentityStatus) -> bool:
    """Whether reaching this status asks for an answer of INSi that was not there before."""
    return _ANSWERS[after][0] and not (before is not None and _ANSWERS[before][0])


def carries_insi(status: IdentityStatus) -> bool:
    """Whether INSi vouched for the traits, which then may not be edited by hand."""
    return _ANSWERS[status][0]


def outgoing(identity: PatientIdentified) -> Ins | None:
    """The INS as it may leave the practice: only when the identity is qualified. Every export and print asks
    here.
    """
    if identity.status != "qualified" or identity.ins is None or not key_agrees(identity.ins.matricule):
        return None
    return identity.ins
