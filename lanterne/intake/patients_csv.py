"""Patients from the table of an old software: one line, one patient, with what is wrong said by line.

Law: nothing is guessed that could be wrong in a chart. A social security number becomes an INS matricule
only when its key agrees and it says the sex and birth date of the line (a child's line often carries a
parent's); otherwise it is left out and said. Every identity starts provisoire (DOMAIN 2: only INSi makes it
more).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from lanterne.intake.columns import Mapping, map_columns
from lanterne.intake.sheets import Line, Sheet, SheetUnreadable
from lanterne.practice.errors import Refusal
from lanterne.practice.patients import ins
from lanterne.practice.patients.dates import parse_birth_date
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    Ins,
    PatientIdentified,
    Phone,
)
from lanterne.practice.patients.fields import email as read_email
from lanterne.practice.patients.fields import postcode as read_postcode
from lanterne.practice.patients.names import fold, strict
from lanterne.practice.patients.phones import is_phone
from lanterne.practice.patients.rules import check_attending, check_contacts, check_identity

Sex = Literal["female", "male", "unknown"]

_FEMALE = frozenset(
    {"f", "feminin", "femme", "female", "fille", "w", "mme", "madame", "mlle", "melle", "mademoiselle"}
)
_MALE = frozenset({"m", "h", "masculin", "homme", "male", "garcon", "mr", "monsieur", "mons"})
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_BLANK_DATES = frozenset({"00/00/0000", "0000-00-00", "//", "-", "?", "0"})


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a line not taken over as it stood: `code` a word, `field`, and the sentence's
    parameters."""

    code: str
    field: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class PatientLine:
    """A patient read from line `number`; `notes` say what was left out and why."""

    number: int
    identity: PatientIdentified
    contacts: ContactsRecorded | None
    attending: AttendingRecorded | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class LineRefused:
    """Line `number` gives no patient."""

    number: int
    refusal: Refusal


def columns_of(sheet: Sheet) -> Mapping:
    """Which columns are understood.

    Raises:
        SheetUnreadable: "csv.columns_missing": no birth name or no first name.
    """
    mapping = map_columns(sheet.header)
    missing = mapping.missing()
    if missing:
        raise SheetUnreadable("csv.columns_missing", f"no column for {', '.join(missing)}", missing=missing)
    return mapping


def patients(sheet: Sheet, mapping: Mapping, *, today: date) -> Iterator[PatientLine | LineRefused]:
    """Each line as a patient, or why not. `today` bounds birth dates and decides the century of two-digit
    years."""
    for line in sheet.lines():
        if len(line.cells) > len(sheet.header) and any(line.cells[len(sheet.header) :]):
            yield LineRefused(line.number, Refusal("csv_extra_cells", cells=str(len(line.cells))))
            continue
        try:
            yield _Reader(line, mapping, today).patient()
        except Refusal as refusal:
            yield LineRefused(line.number, refusal)


class _Reader:
    """One line, being read."""

    def __init__(self, line: Line, mapping: Mapping, today: date) -> None:
        self._line, self._places, self._today = line, mapping.places, today
        self._notes: list[Note] = []

    def patient(self) -> PatientLine:
        identity = self._identity()
        contacts = self._contacts()
        attending = self._attending()
        return PatientLine(self._line.number, identity, contacts, attending, tuple(self._notes))

    def _get(self, field: str) -> str:
        place = self._places.get(field)
        if place is None or place >= len(self._line.cells):
            return ""
        return self._line.cells[place]

    def _note(self, code: str, field: str, **params: object) -> None:
        self._notes.append(Note(code, field, params))

    # ------------------------------------------------------------------ identity

    def _identity(self) -> PatientIdentified:
        birth_name, used_name = self._get("birth_name"), self._get("used_name")
        if not birth_name:
            birth_name, used_name = used_name, ""
        first_given, given_names = self._given()
        identity = PatientIdentified(
            birth_name=birth_name,
            first_given=first_given,
            given_names=given_names,
            used_name="" if strict(used_name) == strict(birth_name) else used_name,
            used_given=self._used_given(first_given),
            sex=self._sex(),
            birth_date=self._date("birth_date"),
            birth_place_code=self._place_code(),
            birth_place=self._get("birth_place"),
            deceased=self._death(),
        )
        return check_identity(self._with_ins(identity), today=self._today)

    def _given(self) -> tuple[str, list[str]]:
        first, listed = self._get("first_given"), self._get("given_names")
        names = [name for name in re.split(r"\s*[,;/]\s*|\s+", listed) if name]
        if self._places.get("first_given") == self._places.get("given_names"):
            return (names[0] if names else ""), names
        if (
            names
            and first
            and strict(names[0]) != strict(first)
            and not strict(listed).startswith(strict(first))
        ):
            names = [first, *names]  # "autres prénoms"
        return first or (names[0] if names else ""), names

    def _used_given(self, first_given: str) -> str:
        used = self._get("used_given")
        return "" if strict(used) == strict(first_given) else used

    def _sex(self) -> Sex:
        for field in ("sex", "civility"):
            word = fold(self._get(field)).strip(" .")
            if word in _FEMALE or (field == "sex" and word == "2"):
                return "female"
            if word in _MALE or (field == "sex" and word == "1"):
                return "male"
        written = self._get("sex")
        if written:
            self._note("csv_sex", "sex", typed=written[:40])
        return "unknown"

    def _date(self, field: str) -> str:
        text = _TIME.sub("", self._get(field))
        return "" if text in _BLANK_DATES else parse_birth_date(text, self._today, field=field)

    def _death(self) -> str:
        text = self._get("deceased")
        if fold(text) in ("", "non", "n", "faux", "false", "0"):
            return ""
        try:
            return self._date("deceased")
        except Refusal as refusal:
            self._note(refusal.code, "deceased", **refusal.params)
            return ""

    def _place_code(self) -> str:
        code = self._get("birth_place_code").upper()
        if code and not ins.is_place_code(code):
            self._note("birth_place_code_shape", "birth_place_code")
            return ""
        return code

    def _with_ins(self, identity: PatientIdentified) -> PatientIdentified:
        written = self._get("ins") or self._get("nir")
        matricule = ins.compact(written)
        if len(matricule) == 13:
            key = ins.compact(self._get("nir_key"))
            matricule += (
                key.zfill(2) if key else (ins.key_of(matricule) if ins.has_shape(matricule + "00") else "")
            )
        if not matricule:
            return identity
        field = "ins" if self._get("ins") else "nir"
        held = Ins(matricule=matricule)
        candidate = msgspec.structs.replace(identity, ins=held)
        if not ins.key_agrees(matricule):
            self._note("csv_number_key", field)
        elif identity.sex == "unknown" or len(identity.birth_date) < 7 or ins.disagreements(candidate):
            self._note("csv_number_other", field)
        else:
            return candidate
        return identity

    # ------------------------------------------------------------------ how to reach

    def _contacts(self) -> ContactsRecorded | None:
        phones = []
        uses: tuple[Literal["mobile", "home", "work"], ...] = ("mobile", "home", "work")
        for use in uses:
            for number in re.split(r"\s*[/;,]\s*", self._get(use)):
                if number and is_phone(number):
                    mobile = re.sub(r"\D", "", number)[:2] in ("06", "07")
                    phones.append(Phone(number=number, use="mobile" if mobile and use == "home" else use))
                elif number:
                    self._note("phone_unreadable", use, typed=number[:40])
        address = "\n".join(filter(None, (self._get(name) for name in ("address", "address_2", "address_3"))))
        contacts = ContactsRecorded(
            phones=phones,
            email=self._checked("email", self._get("email"), read_email),
            address=address,
            postcode=self._postcode(),
            city=self._get("city"),
            comment=self._get("comment"),
        )
        if contacts == ContactsRecorded():
            return None
        return check_contacts(contacts)

    def _postcode(self) -> str:
        code = self._get("postcode")
        if len(code) == 4 and code.isdigit():
            code = "0" + code  # a spreadsheet took it for a number: 1000 is Bourg-en-Bresse
        return self._checked("postcode", code, read_postcode)

    def _checked(self, field: str, text: str, read: Callable[[str], str]) -> str:
        """What cannot be an address is left out and said: it does not cost the patient."""
        try:
            return read(text)
        except Refusal as refusal:
            self._note(refusal.code, field, **refusal.params)
            return ""

    def _attending(self) -> AttendingRecorded | None:
        name = self._get("attending")
        if not any(sign.isalpha() for sign in name) or fold(name) in ("oui", "non", "o", "n", "vrai", "faux"):
            return None
        return check_attending(AttendingRecorded(name=name))
