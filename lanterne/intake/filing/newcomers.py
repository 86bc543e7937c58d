"""Registering whom a document names: the identity as it says, provisional, and where to reach them.

Law: a telephone that cannot be dialled is no reason to leave a result out of a chart. What of an address is not
taken is said in the document.
"""

from __future__ import annotations

from lanterne.intake.reading import ReadIdentity
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified, Phone
from lanterne.practice.patients.rules import MOST_PHONES, check_contacts
from lanterne.wire.names import PatientId


def _(text: str) -> str:
    """Mark a French msgid for gettext; a remark is kept as it is written here."""
    return text


LEFT_OUT = _("Un téléphone ou une adresse du document n’est pas repris : illisible.")


def newcomer_of(
    said: ReadIdentity, identity: PatientIdentified, patient: PatientId
) -> tuple[RegisterPatient, tuple[str, ...]]:
    """The command that registers them, and what is to be said of what it leaves out."""
    offered = [
        *(
            ContactsRecorded(phones=[Phone(number=number)])
            for number in said.phones[:MOST_PHONES]
            if number.strip()
        ),
        ContactsRecorded(address=said.address),
        ContactsRecorded(postcode=said.postcode),
        ContactsRecorded(city=said.city),
    ]
    sound = [one for one in offered if _sound(one)]
    contacts = ContactsRecorded(
        phones=[phone for one in sound for phone in one.phones],
        address="".join(one.address for one in sound),
        postcode="".join(one.postcode for one in sound),
        city="".join(one.city for one in sound),
    )
    has_any = bool(contacts.phones or contacts.address.strip() or contacts.postcode or contacts.city.strip())
    command = RegisterPatient(identity, contacts if has_any else None, patient=patient, confirmed_new=True)
    left_out = len(sound) < len(offered) or len(said.phones) > MOST_PHONES
    return command, (LEFT_OUT,) if left_out else ()


def _sound(contacts: ContactsRecorded) -> bool:
    try:
        check_contacts(contacts)
    except Refusal:
        return False
    return True
