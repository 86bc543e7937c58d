"""What a paper says, before it is laid out: plain frozen values, without a room, a clock or a layout.

Every text is as a person wrote it. Dates come from whoever prints: nothing here asks what day it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

OrderKind = Literal["nursing", "physiotherapy", "laboratory", "imaging", "device", "other"]
Reason = Literal["", "MTE", "EFG", "CIF"]
Sex = Literal["female", "male", "unknown"]

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescriber:
    """Who signs (R. 5132-3 CSP, 1°).

    Attributes:
        title: "Dr"; empty for who has none.
        quality: quality and speciality in words: "Médecin généraliste", "Sage-femme".
        rpps, am_number: national identifier, and the number of the Assurance maladie (formerly ADELI).
        address: lines of the street. `country` is printed: the article wants "France".
        phone: as typed; printed with its international code, as the article wants.
        replacing: whom a locum replaces ("Dr Garance Morel").
        notes: further lines of the letterhead (hours, convention).
    """

    family_name: str
    given_name: str = ""
    title: str = ""
    quality: str = ""
    rpps: str = ""
    am_number: str = ""
    practice: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    country: str = "France"
    phone: str = ""
    email: str = ""
    finess: str = ""
    replacing: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """For whom (R. 5132-3 CSP, 7°).

    Attributes:
        family_name: birth name. `used_name`: the one used, when another. `given_names`: in order.
        birth_date: ISO, at the precision known ("1952", "1952-04", "1952-04-03").
        weight_kg, height_cm: printed when given.
        ins, ins_oid: printed only when `ins_qualified`: before that it may not leave the practice.
    """

    family_name: str
    given_names: str
    used_name: str = ""
    sex: Sex = "unknown"
    birth_date: str = ""
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    ins: str = ""
    ins_oid: str = OID_NIR
    ins_qualified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One medicine (R. 5132-3 CSP, 2° and 3°).

    Attributes:
        dci: substance or substances. `brand`: printed after it. One of the two is enough.
        strength, form, route: as on the box ("1 g", "comprimé", "voie orale").
        posology: in words ("1 comprimé 3 fois par jour, pendant les repas").
        duration: "6 jours". `quantity`: number of packs or units ("2 boîtes"). One of the two is mandatory.
        renewals: how many times after the first delivery; 0 is printed "non renouvelable", None is not printed.
        non_substitutable: the reason (medical, form for children, contraindicated excipient); empty when it may be.
        ald: concerns the long illness. `secured`: must be on secured paper, its quantities in words.
        off_label: prescribed outside its authorisation. `not_reimbursed`: "NR" beside it.
        pharmacy: which one delivers, where the medicine wants it named.
        remark: anything to be printed below.
    """

    dci: str = ""
    brand: str = ""
    strength: str = ""
    form: str = ""
    route: str = ""
    posology: str = ""
    duration: str = ""
    quantity: str = ""
    renewals: int | None = None
    non_substitutable: Reason = ""
    ald: bool = False
    secured: bool = False
    off_label: bool = False
    not_reimbursed: bool = False
    pharmacy: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Care, examination or device ordered of somebody else.

    Attributes:
        asked: what, one item a line. `reason`: what the other must know (mandatory for imaging).
        rhythm: "1 fois par jour, dimanches et jours fériés compris". `duration`: "10 jours".
        at_home, urgent: printed in words.
    """

    kind: OrderKind
    asked: tuple[str, ...]
    reason: str = ""
    rhythm: str = ""
    duration: str = ""
    renewals: int | None = None
    at_home: bool = False
    urgent: bool = False
    ald: bool = False
    remark: str = ""


Item = Line | Order


@dataclass(frozen=True, slots=True, kw_only=True)
class SecuredPaper:
    """Where the practice's own secured sheets leave room, in millimetres. The sheet itself carries its lot number, at
    the bottom left, and a square for the count of lines, at the bottom right: neither is ever printed by us.

    Attributes:
        head_printed: the sheet already carries the prescriber; then `top_mm` is where free space begins.
        count_right_mm, count_bottom_mm: centre of the square, from the right and bottom edges.
        count: write the number of lines in that square.
    """

    head_printed: bool = True
    top_mm: int = 62
    bottom_mm: int = 40
    left_mm: int = 20
    right_mm: int = 20
    count: bool = True
    count_right_mm: int = 25
    count_bottom_mm: int = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """What is prescribed to one patient on one day; `made_on` is the day it is written and signed.

    Attributes:
        ald: the patient has a recognised long illness: ordinary lines go on a bizone paper.
        without_service: made while the national service of electronic prescriptions could not be reached.
        city: where it was made, if not the prescriber's.
        comment: printed below the lines of each of its papers.
    """

    prescriber: Prescriber
    patient: Patient
    made_on: dt.date
    items: tuple[Item, ...]
    comment: str = ""
    ald: bool = False
    without_service: bool = False
    city: str = ""
    secured_paper: SecuredPaper = field(default_factory=SecuredPaper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading of a letter and the lines below it (the synthesis in a liaison letter)."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter. `recipient`: lines, name first. `body`: paragraphs and sections. `patient`: whom it concerns."""

    sender: Prescriber
    recipient: tuple[str, ...]
    made_on: dt.date
    subject: str
    body: tuple[str | Section, ...]
    patient: Patient | None = None
    enclosures: tuple[str, ...] = ()
    city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate: `heading` ("Certificat médical"), paragraphs, and the day of what was seen and signed."""

    sender: Prescriber
    patient: Patient | None
    made_on: dt.date
    heading: str
    body: tuple[str, ...]
    city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One line of the list of the day. `at` "09:15"; `known_as` names and birth date, as said at the desk."""

    at: str
    minutes: int
    name: str
    birth_date: str = ""
    phones: tuple[str, ...] = ()
    kind: str = ""
    reason: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A practitioner's day, in order."""

    practitioner: str
    appointments: tuple[Appointment, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayList:
    """The appointments of a day, to work from when no screen does. `made_at`: when it was printed, in words."""

    practice: str
    day: dt.date
    columns: tuple[Column, ...]
    made_at: str = ""
