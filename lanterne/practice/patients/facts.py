"""Who the patients are (FHIR Patient, French profile FR Core).

The five strict traits and the INS follow the référentiel identifiant national de santé (DOMAIN 2): birth
name, first birth given name and list of given names, sex, birth date, INSEE code of the birth place.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from lanterne.practice.kinds import Body, Shape, office

IdentityStatus = Literal["provisional", "retrieved", "validated", "qualified"]


class Ins(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Matricule INS: 13 characters and key of two digits together (15), and the OID of its assigning
    authority.
    """

    matricule: str
    oid: str = "1.2.250.1.213.1.4.8"


class PatientIdentified(Body):
    """The identity as known now, whole. The first one registers the patient; a later one corrects it.

    Dates are ISO; `birth_date` may be partial. `status` is the French identity status (provisoire, récupérée,
    validée, qualifiée).
    """

    KIND: ClassVar[str] = "patient.identified"
    birth_name: str
    first_given: str
    given_names: list[str] = []
    used_name: str = ""
    used_given: str = ""
    sex: Literal["female", "male", "unknown"] = "unknown"
    birth_date: str = ""
    birth_place_code: str = ""
    birth_place: str = ""
    ins: Ins | None = None
    status: IdentityStatus = "provisional"
    deceased: str = ""


class Phone(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`number` as typed, digits compared; `use` as shown."""

    number: str
    use: Literal["mobile", "home", "work", "other"] = "mobile"


class Relative(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A person to call: `trusted` is the personne de confiance (article L.1111-6 CSP)."""

    name: str
    relation: str = ""
    phone: str = ""
    trusted: bool = False


class ContactsRecorded(Body):
    """How to reach the patient, whole."""

    KIND: ClassVar[str] = "patient.contacts"
    phones: list[Phone] = []
    email: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    relatives: list[Relative] = []
    comment: str = ""


class AttendingRecorded(Body):
    """The médecin traitant (article L.162-5-3 CSS): a person of the practice (`person` id) or somebody
    outside by name.
    """

    KIND: ClassVar[str] = "patient.attending"
    name: str
    person: str = ""
    rpps: str = ""
    city: str = ""


class PatientsMerged(Body):
    """Two records are one person. The subject survives; `absorbed` is the other. Undone by a
    patient.retracted fact.
    """

    KIND: ClassVar[str] = "patient.merged"
    absorbed: str


class PatientsDistinct(Body):
    """Two records look alike and are two persons: no longer suspected."""

    KIND: ClassVar[str] = "patient.distinct"
    other: str


class PatientRetracted(Body):
    """Withdraws office facts about a patient (a merge, a distinction) by naming them in `replaces`."""

    KIND: ClassVar[str] = "patient.retracted"
    reason: str = ""


KINDS = (
    office(PatientIdentified),
    office(ContactsRecorded),
    office(AttendingRecorded),
    office(PatientsMerged, shape=Shape.STATEMENT),
    office(PatientsDistinct, shape=Shape.STATEMENT),
    office(PatientRetracted, shape=Shape.RETRACTION),
)
