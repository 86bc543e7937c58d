"""Whose document it is: the recordTarget of a CDA, as written.

Law: nothing is guessed. A matricule whose key is wrong, or missing, is kept and flagged, never corrected. Source:
CI-SIS, volet Structuration minimale de documents de santé (INS, traits, qualifiers BR, SP, CL); référentiel INS.
"""

from __future__ import annotations

from typing import Literal

from lanterne.intake.cda.nodes import child, children, code, get, is_null, text
from lanterne.intake.cda.times import iso
from lanterne.intake.reading import ReadIdentity
from lanterne.intake.xml import Node
from lanterne.practice.patients import ins

_SEXES: dict[str, Literal["female", "male"]] = {"F": "female", "M": "male", "2": "female", "1": "male"}
_MOST_NAMES = 12
_STREET = ("houseNumber", "houseNumberNumeric", "streetNameType", "streetName", "streetNameBase")


def identity(root: Node) -> ReadIdentity | None:
    """The patient of a document; None when it names nobody."""
    role = child(root, "recordTarget/patientRole")
    patient = child(role, "patient")
    if role is None:
        return None
    birth_name, used_name, first, given = _names(children(patient, "name"))
    matricule, oid, agrees, others = _identifiers(role)
    birth = iso(get(child(patient, "birthTime"), "value"))[:10]
    address, postcode, city = _address(role)
    read = ReadIdentity(
        birth_name=birth_name,
        used_name=used_name,
        first_given=first,
        given_names=given,
        sex=_SEXES.get(code(patient, "administrativeGenderCode").upper(), "unknown"),
        birth_date=birth,
        birth_place_code=_birth_place(patient),
        matricule=matricule,
        oid=oid,
        key_agrees=agrees,
        local_ids=others,
        phones=_phones(role),
        address=address,
        postcode=postcode,
        city=city,
    )
    return read if read != ReadIdentity() else None


def _identifiers(role: Node) -> tuple[str, str, bool, tuple[tuple[str, str], ...]]:
    matricule, oid, agrees = "", "", True
    others: list[tuple[str, str]] = []
    for found in children(role, "id"):
        root, extension = get(found, "root"), get(found, "extension")
        if not extension or is_null(found):
            continue
        if root in ins.OIDS and not matricule:
            matricule, oid = ins.compact(extension)[:40], root
            agrees = ins.key_agrees(matricule)
        else:
            others.append((root[:100], extension[:100]))
    return matricule, oid, agrees, tuple(others[:20])


def _names(names: list[Node]) -> tuple[str, str, str, tuple[str, ...]]:
    """Birth name, used name, first given name at birth, all given names at birth."""
    birth = used = first = ""
    plain: list[str] = []
    for name in names:
        for family in children(name, "family"):
            qualifiers, value = get(family, "qualifier").upper().split(), text(family)[:100]
            if "BR" in qualifiers:
                birth = birth or value
            elif "CL" in qualifiers or "SP" in qualifiers:
                used = value if "CL" in qualifiers or not used else used
            else:
                birth = birth or value
        for given in children(name, "given"):
            qualifiers, value = get(given, "qualifier").upper().split(), text(given)[:200]
            if "BR" in qualifiers:
                first = first or value
            elif value and "CL" not in qualifiers:
                plain.append(value)
    return birth or used, used, *_given(first, " ".join(plain), plain)


def _given(first: str, listed: str, plain: list[str]) -> tuple[str, tuple[str, ...]]:
    """The list of given names is one text, spaces between them (CI-SIS); the first may itself hold a space."""
    if len(plain) > 1:
        names = tuple(plain)
    elif first and listed.upper().startswith(first.upper()):
        names = (listed[: len(first)], *listed[len(first) :].split())
    else:
        names = tuple(listed.split())
    first = first or (names[0] if names else "")
    return first, tuple(name for name in (names or (first,)) if name)[:_MOST_NAMES]


def _birth_place(patient: Node | None) -> str:
    """The INSEE code: `county` of the birth place's address (CI-SIS)."""
    for address in children(patient, "birthplace/place/addr"):
        for part in ("county", "censusTract"):
            value = text(address, part).upper() if child(address, part) is not None else ""
            if ins.is_place_code(value):
                return value
    return ""


def _phones(role: Node) -> tuple[str, ...]:
    numbers = (get(telecom, "value") for telecom in children(role, "telecom"))
    found = (number.partition(":")[2] for number in numbers if number.lower().startswith("tel:"))
    return tuple(dict.fromkeys(number.strip()[:40] for number in found if any(map(str.isdigit, number))))[:10]


def _address(role: Node) -> tuple[str, str, str]:
    address = next((found for found in children(role, "addr") if not is_null(found)), None)
    if address is None:
        return "", "", ""
    lines = [text(line) for line in children(address, "streetAddressLine")]
    if not lines:
        street = " ".join(text(part) for name in _STREET for part in children(address, name))
        lines = [
            street,
            *(text(part) for name in ("unitID", "additionalLocator") for part in children(address, name)),
        ]
    if not any(lines) and not len(address):
        lines = [text(address)]
    postcode = text(address, "postalCode") if child(address, "postalCode") is not None else ""
    city = text(address, "city") if child(address, "city") is not None else ""
    return ", ".join(line for line in lines if line)[:300], postcode[:20], city[:100]
