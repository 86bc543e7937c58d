"""One patient's facts to one row. Folding never refuses: what has not the shape of its kind gives what it
can.

Facts that came by sync passed no command: a date that is none, a list where text is expected, a name of a
thousand words are shown as they are and indexed as far as they make sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lanterne.practice.patients import phones
from lanterne.practice.patients.dates import is_birth_date
from lanterne.practice.patients.facts import AttendingRecorded, ContactsRecorded, PatientIdentified
from lanterne.practice.patients.ins import compact
from lanterne.practice.patients.names import spread

_identity = msgspec.msgpack.Decoder(PatientIdentified).decode
_contacts = msgspec.msgpack.Decoder(ContactsRecorded).decode
_raw = msgspec.msgpack.Decoder().decode

COLUMNS = (
    "subject", "merged_into", "sort_name", "numbers", "birth_name", "used_name", "first_given",
    "given_names", "used_given", "sex", "birth_date", "birth_place_code", "ins", "ins_oid", "status",
    "deceased", "phone", "city", "attending",
)  # fmt: skip

# Each kind of number is written in its own alphabet, so that a needle only ever meets its own kind: birth
# dates in digits between < and >, phones in A–J after #, matricules in K–T (U, V for Corsica's letters) after
# *.
BIRTH_START, BIRTH_END, PHONE_START, INS_START = "<", ">", "#", "*"
_PHONE_LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")
_INS_LETTERS = str.maketrans("0123456789AB", "KLMNOPQRSTUV")
MOST_PHONES = 20


def phone_letters(digits: str) -> str:
    """Digits of a phone in the alphabet of phones."""
    return digits.translate(_PHONE_LETTERS)


def ins_letters(matricule: str) -> str:
    """A matricule in the alphabet of matricules."""
    return matricule.translate(_INS_LETTERS)


def read_identity(body: bytes) -> PatientIdentified:
    """The identity a body holds; fields of another shape are left out."""
    try:
        return _identity(body)
    except msgspec.MsgspecError:
        raw = _mapping(body)
    held = raw.get("ins")
    matricule = held.get("matricule") if isinstance(held, Mapping) else None
    return msgspec.convert(
        {
            "birth_name": _text(raw, "birth_name"),
            "first_given": _text(raw, "first_given"),
            "given_names": [item for item in _list(raw, "given_names") if isinstance(item, str)],
            "used_name": _text(raw, "used_name"),
            "used_given": _text(raw, "used_given"),
            "sex": raw.get("sex") if raw.get("sex") in ("female", "male") else "unknown",
            "birth_date": _text(raw, "birth_date"),
            "birth_place_code": _text(raw, "birth_place_code"),
            "birth_place": _text(raw, "birth_place"),
            "ins": {"matricule": matricule, "oid": _text(held, "oid")}
            if isinstance(matricule, str)
            else None,
            # Whatever the newer word means, less trust is never wrong.
            "status": raw.get("status")
            if raw.get("status") in ("retrieved", "validated", "qualified")
            else "provisional",
            "deceased": _text(raw, "deceased"),
        },
        PatientIdentified,
    )


def read_contacts(body: bytes) -> ContactsRecorded:
    """The contacts a body holds; fields of another shape are left out."""
    try:
        return _contacts(body)
    except msgspec.MsgspecError:
        raw = _mapping(body)
    numbers = [item.get("number") for item in _list(raw, "phones") if isinstance(item, Mapping)]
    relatives = [
        {"name": _text(item, "name"), "relation": _text(item, "relation"), "phone": _text(item, "phone"),
         "trusted": item.get("trusted") is True}
        for item in _list(raw, "relatives") if isinstance(item, Mapping)
    ]  # fmt: skip
    texts = {name: _text(raw, name) for name in ("email", "address", "postcode", "city", "comment")}
    phones_held = [{"number": number, "use": "other"} for number in numbers if isinstance(number, str)]
    return msgspec.convert({"phones": phones_held, "relatives": relatives, **texts}, ContactsRecorded)


def read_attending(body: bytes) -> AttendingRecorded:
    """The médecin traitant a body holds; fields of another shape are left out."""
    raw = _mapping(body)
    return AttendingRecorded(**{name: _text(raw, name) for name in ("name", "person", "rpps", "city")})


def row_of(
    subject: int, identity: bytes, contacts: bytes | None, attending: bytes | None
) -> tuple[object, ...]:
    """The columns of a patient, in the order of COLUMNS; `merged_into` is 0 and set afterwards (merging.py)."""
    who = read_identity(identity)
    reach = read_contacts(contacts) if contacts is not None else None
    held = who.ins
    numbers = f"<{who.birth_date.replace('-', '')}>" if is_birth_date(who.birth_date) else ""
    if reach is not None:
        for item in reach.phones[:MOST_PHONES]:
            numbers += f" #{phone_letters(phones.digits(item.number))}"
    if held is not None:
        numbers += f" *{ins_letters(compact(held.matricule)[:15])}"
    return (
        subject, 0, sort_name(who), numbers, who.birth_name, who.used_name, who.first_given, " ".join(who.given_names),
        who.used_given, who.sex, who.birth_date, who.birth_place_code, held.matricule if held else "",
        held.oid if held else "", who.status, who.deceased,
        phones.shown(reach.phones[0].number) if reach is not None and reach.phones else "",
        reach.city if reach is not None else "", read_attending(attending).name if attending is not None else "",
    )  # fmt: skip


def sort_name(who: PatientIdentified) -> str:
    """The words a patient is found under, the used name first: "martin dupont ! jeanne marie"."""
    family = " ".join(spread((who.used_name, who.birth_name)))
    return f"{family} ! {' '.join(spread((who.used_given, who.first_given, *who.given_names)))}"


def _mapping(body: bytes) -> Mapping[str, Any]:
    raw = _raw(body)
    return raw if isinstance(raw, dict) else {}


def _text(raw: object, name: str) -> str:
    value = raw.get(name) if isinstance(raw, Mapping) else None
    return value if isinstance(value, str) else ""


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else []
