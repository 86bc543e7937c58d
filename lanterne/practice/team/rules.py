"""What a practice and its persons must be to be written, and what printing a prescription will miss.

RPPS: 11 digits, the last a Luhn key (ANS, Répertoire partagé des professionnels intervenant dans le système
    de santé).
Prescription: article R.5132-3 of the Code de la santé publique.
"""

from __future__ import annotations

import re
from typing import get_args

import msgspec

from lanterne.practice.errors import Refusal
from lanterne.practice.patients import fields
from lanterne.practice.patients.fields import tidy
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed, Role
from lanterne.practice.team.identifiers import rpps_is_valid


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "practice_name_missing": _("Le nom du cabinet manque."),
    "person_unknown": _("Cette personne n’est pas connue du cabinet."),
    "family_name_missing": _("Le nom manque."),
    "role_unknown_word": _("Cette fonction n’existe pas dans la liste."),
    "rpps_invalid": _("Ce numéro RPPS est faux : 11 chiffres, dont une clé."),
    "assurance_maladie_shape": _("Le numéro d’Assurance maladie a neuf chiffres."),
    "finess_shape": _("Le numéro FINESS a neuf caractères."),
    "letterhead_too_long": _("L’en-tête a %(limit)s lignes au plus."),
    "left_date": _("« %(typed)s » n’est pas une date de départ (AAAA-MM-JJ)."),
    "access_own": _("C’est l’accès que vous utilisez : un autre administrateur peut le retirer."),
    "access_not_in_force": _("Cet accès n’est plus en vigueur : il n’y a rien à retirer."),
    "device_here": _("C’est le poste que vous utilisez : déclarez-le perdu depuis un autre."),
    "leave_own": _("On ne se retire pas soi-même : un autre administrateur déclare votre départ."),
    "last_administrator": _("Le cabinet doit garder un administrateur : nommez-en un autre d’abord."),
    "phone_unreadable": _("« %(typed)s » n’est pas un numéro de téléphone."),
    "email_shape": _("« %(typed)s » n’est pas une adresse électronique."),
    "postcode_shape": _("« %(typed)s » n’est pas un code postal."),
    "text_too_long": _("Ce texte est trop long : %(limit)s caractères au plus."),
    "changed_meanwhile": _(
        "Quelqu’un a modifié ceci entre-temps : rechargez la page et vérifiez avant d’enregistrer."
    ),
}

# What a prescription lacks, as codes; the words that complete "Pour imprimer une ordonnance, il manque :".
MISSING: dict[str, str] = {
    "prescriber_name": _("le nom et le prénom"),
    "prescriber_quality": _("la qualité (titre ou spécialité)"),
    "prescriber_rpps": _("le numéro RPPS"),
    "prescriber_address": _("l’adresse du cabinet"),
    "prescriber_phone": _("un numéro de téléphone"),
    "prescriber_email": _("une adresse électronique"),
}

# Article L.4311-1 lets nurses prescribe as well, within their competence.
PRESCRIBERS: frozenset[Role] = frozenset({"doctor", "locum", "midwife", "nurse"})

LETTERHEAD_LINES = 12
_PERSON = re.compile(r"[0-9a-f]{32}")
_AM = re.compile(r"\d{9}")
_FINESS = re.compile(r"(?:\d{2}|2[AB])\d{7}")
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def check_practice(practice: PracticeDescribed) -> PracticeDescribed:
    """The practice as it is written. Raises Refusal with the field it is about."""
    name = tidy(practice.name, field="name")
    if not name:
        raise Refusal("practice_name_missing", field="name")
    finess = "".join(practice.finess.split()).upper()
    if finess and not _FINESS.fullmatch(finess):
        raise Refusal("finess_shape", field="finess")
    return msgspec.structs.replace(
        practice,
        name=name,
        address=fields.tidy_lines(practice.address, field="address"),
        postcode=fields.postcode(practice.postcode),
        city=tidy(practice.city, field="city"),
        phone=fields.phone(practice.phone),
        email=fields.email(practice.email),
        finess=finess,
    )


def check_person(person: PersonDescribed) -> PersonDescribed:
    """The person as written. RPPS may be missing (a student locum, a secretary); a wrong one is refused.
    Raises Refusal.
    """
    if not _PERSON.fullmatch(person.person):
        raise Refusal("person_unknown", field="person")
    family_name = tidy(person.family_name, field="family_name")
    if not family_name:
        raise Refusal("family_name_missing", field="family_name")
    if person.role not in get_args(Role):
        raise Refusal("role_unknown_word", field="role")
    rpps, number = "".join(person.rpps.split()), "".join(person.assurance_maladie.split())
    if rpps and not rpps_is_valid(rpps):
        raise Refusal("rpps_invalid", field="rpps")
    if number and not _AM.fullmatch(number):
        raise Refusal("assurance_maladie_shape", field="assurance_maladie")
    if len(person.letterhead) > LETTERHEAD_LINES:
        raise Refusal("letterhead_too_long", field="letterhead", limit=str(LETTERHEAD_LINES))
    if person.left and not _DAY.fullmatch(person.left):
        raise Refusal("left_date", field="left", typed=person.left[:20])
    return msgspec.structs.replace(
        person,
        family_name=family_name,
        given_name=tidy(person.given_name, field="given_name"),
        title=tidy(person.title, field="title"),
        rpps=rpps,
        assurance_maladie=number,
        specialty=tidy(person.specialty, field="specialty"),
        phone=fields.phone(person.phone),
        email=fields.email(person.email),
        letterhead=[tidy(line, field="letterhead") for line in person.letterhead],
    )


def missing_for_prescription(person: PersonDescribed, practice: PracticeDescribed | None) -> tuple[str, ...]:
    """What a printed prescription would miss (R.5132-3), as codes of MISSING. Empty for who does not
    prescribe.

    The signature is not here: on paper it is by hand. The practice's phone and e-mail serve when the person
    has none.
    """
    if person.role not in PRESCRIBERS:
        return ()
    place = practice or PracticeDescribed(name="")
    lacking = []
    if not (person.family_name and person.given_name):
        lacking.append("prescriber_name")
    if not (person.title or person.specialty):
        lacking.append("prescriber_quality")
    if not rpps_is_valid(person.rpps):
        lacking.append("prescriber_rpps")
    if not (place.address and place.postcode and place.city):
        lacking.append("prescriber_address")
    if not (person.phone or place.phone):
        lacking.append("prescriber_phone")
    if not (person.email or place.email):
        lacking.append("prescriber_email")
    return tuple(lacking)
