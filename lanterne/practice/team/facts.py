"""The practice and the persons who work in it: what rights and printing need (article R.5132-3 CSP)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Concerns, Shape, office

Role = Literal["doctor", "locum", "midwife", "nurse", "secretary"]


class PracticeDescribed(Body):
    """Name and address of the practice, whole."""

    KIND: ClassVar[str] = "practice.described"
    name: str
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    finess: str = ""


class PersonDescribed(Body):
    """A person, whole. `person` is the id in the membership; `rpps` 11 digits with its Luhn key; `letterhead`
    lines.
    """

    KIND: ClassVar[str] = "person.described"
    person: str
    family_name: str
    given_name: str = ""
    title: str = ""
    role: Role = "doctor"
    administrator: bool = False
    rpps: str = ""
    assurance_maladie: str = ""
    specialty: str = ""
    phone: str = ""
    email: str = ""
    letterhead: list[str] = []
    signature_blob: str = ""
    signature_key: str = ""
    left: str = ""


KINDS = (
    office(PracticeDescribed, concerns=Concerns.PRACTICE, shape=Shape.LATEST),
    office(PersonDescribed, concerns=Concerns.PRACTICE, shape=Shape.LATEST),
)
