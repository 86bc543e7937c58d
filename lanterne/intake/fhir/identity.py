"""Patient to the identity a document says it is about, French profile FR Core included.

Law: traits as written. The INS is what its slice says (system of the ANS); a wrong key is flagged, never
repaired. Sources: https://hl7.org/fhir/R4/patient.html; FR Core 2 (hl7.fr/ig/fhir/core): INS-NIR and INS-NIA
slices, officialName and usualName, birth-list-given-name, patient-birthPlace with inseeCode.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lanterne.intake.fhir.resources import Patient
from lanterne.intake.fhir.saying import day
from lanterne.intake.fhir.shapes import Address, Extension, HumanName, Identifier, Reference
from lanterne.intake.reading import ReadIdentity
from lanterne.practice.patients import ins

_SEX: dict[str, Literal["female", "male"]] = {"female": "female", "male": "male"}
_PHONES = frozenset({"phone", "sms", ""})
# Names no longer borne, or never the civil one.
_SET_ASIDE = frozenset({"old", "temp", "nickname", "anonymous"})


def identity_of(patient: Patient) -> ReadIdentity:
    """The identity of a Patient."""
    birth_name, used_name, given_names = _names(patient.name)
    matricule, oid, agrees, local = _identifiers(patient.identifier)
    address = _address(patient.address)
    return ReadIdentity(
        birth_name=birth_name,
        used_name=used_name,
        first_given=given_names[0] if given_names else "",
        given_names=given_names,
        sex=_SEX.get(patient.gender, "unknown"),
        birth_date=day(patient.birth_date),
        birth_place_code=_birth_place(patient.extension),
        matricule=matricule,
        oid=oid,
        key_agrees=agrees,
        local_ids=local,
        phones=tuple(
            dict.fromkeys(one.value.strip() for one in patient.telecom if one.system in _PHONES and one.value)
        ),
        address="\n".join(line.strip() for line in address.line if line) or address.text.strip(),
        postcode=address.postal_code.strip(),
        city=address.city.strip(),
    )


def identity_of_reference(reference: Reference) -> ReadIdentity | None:
    """What a reference to a patient who is not in the file says of them: an identifier, never a name to match on."""
    if reference.identifier is None or not reference.identifier.value:
        return None
    matricule, oid, agrees, local = _identifiers((reference.identifier,))
    return ReadIdentity(matricule=matricule, oid=oid, key_agrees=agrees, local_ids=local)


def _identifiers(held: Iterable[Identifier]) -> tuple[str, str, bool, tuple[tuple[str, str], ...]]:
    matricule = oid = ""
    agrees = True
    local: list[tuple[str, str]] = []
    for identifier in held:
        value = identifier.value.strip()
        if not value:
            continue
        system = identifier.system.strip()
        if system.removeprefix("urn:oid:") in ins.OIDS and identifier.use != "old" and not matricule:
            matricule, oid = ins.compact(value), system.removeprefix("urn:oid:")
            agrees = ins.key_agrees(matricule)
        else:
            local.append((system, value))
    return matricule, oid, agrees, tuple(dict.fromkeys(local))


def _names(names: tuple[HumanName, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Birth name, used name, given names.

    The official name is the civil one; "maiden" names the birth name where the official one is that of marriage, as
    outside France. A name without use stands where no other does.
    """
    kept = [name for name in names if name.use not in _SET_ASIDE]
    by_use = {name.use: name for name in reversed(kept)}
    official = by_use.get("official") or by_use.get("") or by_use.get("usual") or by_use.get("maiden")
    if official is None:
        return "", "", ()
    usual, maiden = by_use.get("usual"), by_use.get("maiden")
    birth = _family(maiden) if maiden is not None and _family(maiden) else _family(official)
    used = _family(usual) if usual is not None else _family(official)
    listed = next((one.value_string for one in official.extension if _ends(one, "birth-list-given-name")), "")
    given = [name.strip() for name in official.given if name and name.strip()]
    if not given and usual is not None:
        given = [name.strip() for name in usual.given if name and name.strip()]
    # The birth certificate's list is one line of names; the first of them may itself have two words.
    if listed.strip():
        rest = listed.strip()
        if given and rest.upper().startswith(given[0].upper()):
            given = [given[0], *rest[len(given[0]) :].replace(",", " ").split()]
        else:
            given = rest.replace(",", " ").split()
    return birth, used if used != birth else "", tuple(given)


def _family(name: HumanName) -> str:
    if name.family.strip():
        return name.family.strip()
    words = name.text.split()
    return words[-1] if len(words) > 1 and not any(name.given) else ""


def _birth_place(extensions: tuple[Extension, ...]) -> str:
    """The INSEE code of the birth place, in the address of patient-birthPlace or beside it."""
    for place in extensions:
        if not _ends(place, "patient-birthPlace", "birth-place", "birthPlace"):
            continue
        inner = place.value_address.extension if place.value_address is not None else place.extension
        for held in inner:
            if _ends(held, "insee-code", "inseecode"):
                code = (
                    held.value_coding.code
                    if held.value_coding is not None
                    else held.value_code or held.value_string
                )
                code = code.strip().upper()
                if ins.is_place_code(code):
                    return code
    return ""


def _address(addresses: tuple[Address, ...]) -> Address:
    """The home, else the first one that is not over."""
    current = [address for address in addresses if address.use != "old"]
    return next(
        (address for address in current if address.use == "home"), current[0] if current else Address()
    )


def _ends(extension: Extension, *names: str) -> bool:
    last = extension.url.rpartition("/")[2].lower()
    return any(last.endswith(name.lower()) for name in names)
