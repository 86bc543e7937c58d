"""What an identity, its contacts and its médecin traitant must be to be written, and the sentences of the
refusals.

Names are kept as typed; only what compares them folds them. A refusal names the field of the form. Warnings
never
refuse: registers hold odd cases, and the person in front of the screen knows more than the rule.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import msgspec

from lanterne.practice.errors import Refusal
from lanterne.practice.patients import fields, ins
from lanterne.practice.patients.dates import parse_birth_date
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    IdentityStatus,
    Ins,
    PatientIdentified,
)
from lanterne.practice.patients.fields import tidy
from lanterne.practice.patients.names import strict, words
from lanterne.practice.team.identifiers import rpps_is_valid


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "birth_name_missing": _("Le nom de naissance manque."),
    "first_given_missing": _("Le premier prénom manque."),
    "name_unreadable": _("« %(typed)s » n’est pas un nom : lettres, espaces, traits d’union et apostrophes."),
    "sex_unknown_word": _("Ce sexe n’existe pas dans la liste."),
    "status_unknown_word": _("Ce statut d’identité n’existe pas dans la liste."),
    "birth_date_unreadable": _(
        "« %(typed)s » n’est pas une date : écrivez par exemple 3/4/1952 ou 3 avril 1952."
    ),
    "birth_date_impossible": _("« %(typed)s » n’existe pas dans le calendrier."),
    "birth_date_future": _("« %(typed)s » est dans le futur."),
    "birth_date_too_old": _("« %(typed)s » est il y a plus de %(years)s ans."),
    "birth_place_code_shape": _(
        "Le code INSEE du lieu de naissance a cinq caractères (99 et trois chiffres à l’étranger)."
    ),
    "ins_shape": _("Le matricule INS a 13 caractères et une clé de deux chiffres."),
    "ins_key": _("La clé du matricule INS ne correspond pas : une erreur de frappe ?"),
    "ins_oid": _("L’autorité (OID) du matricule INS est inconnue."),
    "ins_missing": _("Ce statut demande un matricule INS."),
    "status_not_from_there": _(
        "Une identité « %(before)s » ne devient pas « %(after)s » en une seule étape."
    ),
    "status_needs_insi": _(
        "Ce statut demande une réponse du téléservice INSi ; sans elle, l’identité reste provisoire ou validée."
    ),
    "qualified_traits_missing": _("Pour une identité qualifiée il manque : %(missing)s."),
    "traits_locked": _(
        "INSi a fourni ces traits : pour les modifier, ramenez d’abord l’identité au statut provisoire ou validée."
    ),
    "duplicate_suspected": _("Ce patient existe peut-être déjà : vérifiez avant de créer un dossier."),
    "changed_meanwhile": _(
        "Quelqu’un a modifié ceci entre-temps : rechargez la page et vérifiez avant d’enregistrer."
    ),
    "merged_meanwhile": _("Ce dossier a été réuni à un autre : ouvrez le dossier conservé."),
    "merge_same": _("C’est déjà le même dossier."),
    "merge_declared_distinct": _(
        "Ces deux dossiers ont été déclarés distincts : annulez d’abord cette déclaration."
    ),
    "merge_two_ins": _("Deux matricules INS qualifiés différents : ce sont deux personnes."),
    "merge_not_here": _("Cette réunion de dossiers n’est plus en vigueur."),
    "distinct_already": _("Ces deux dossiers sont déjà déclarés distincts."),
    "distinct_not_here": _("Cette déclaration n’est plus en vigueur."),
    "death_before_birth": _("La date de décès précède la date de naissance."),
    "phone_unreadable": _("« %(typed)s » n’est pas un numéro de téléphone."),
    "email_shape": _("« %(typed)s » n’est pas une adresse électronique."),
    "postcode_shape": _("« %(typed)s » n’est pas un code postal."),
    "relative_name_missing": _("Le nom de la personne à prévenir manque."),
    "attending_name_missing": _("Le nom du médecin traitant manque."),
    "rpps_invalid": _("Ce numéro RPPS est faux : 11 chiffres, dont une clé."),
    "text_too_long": _("Ce texte est trop long : %(limit)s caractères au plus."),
    "too_many": _("La liste est trop longue : %(limit)s au plus."),
}

WARNINGS: dict[str, str] = {
    "ins_sex": _("Le matricule INS ne correspond pas au sexe."),
    "ins_birth_date": _("Le matricule INS ne correspond pas à la date de naissance."),
    "ins_key": SENTENCES["ins_key"],
    "given_names_start": _("La liste des prénoms ne commence pas par le premier prénom."),
}

STATUS_WORDS: dict[IdentityStatus, str] = {
    "provisional": _("provisoire"),
    "retrieved": _("récupérée"),
    "validated": _("validée"),
    "qualified": _("qualifiée"),
}

TRAIT_WORDS: dict[str, str] = {
    "birth_name": _("nom de naissance"),
    "first_given": _("premier prénom"),
    "given_names": _("liste des prénoms"),
    "sex": _("sexe"),
    "birth_date": _("date de naissance complète"),
    "birth_place_code": _("code INSEE du lieu de naissance"),
}

MOST_GIVEN_NAMES = 12
MOST_PHONES = 10
MOST_RELATIVES = 20

# Letters of any script, and what stands between them in a civil status.
_NAME_SIGNS = frozenset(" -'’‑.·,")


def last_day(now_ms: int) -> date:
    """The latest day it may be anywhere in France (Wallis-et-Futuna is 12 hours ahead of UTC)."""
    return (datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(hours=12)).date()


def _name(text: str, field: str) -> str:
    line = tidy(text, field=field)
    if line and (
        not any(letter.isalpha() for letter in line)
        or not all(unicodedata.category(sign)[0] in "LM" or sign in _NAME_SIGNS for sign in line)
    ):
        raise Refusal("name_unreadable", field=field, typed=line)
    return line


def check_identity(identity: PatientIdentified, *, today: date) -> PatientIdentified:
    """The identity as it is written: tidied, its dates in ISO, its matricule compact.

    Raises:
        Refusal: with the field it is about.
    """
    birth_name, first_given = (
        _name(identity.birth_name, "birth_name"),
        _name(identity.first_given, "first_given"),
    )
    if not birth_name:
        raise Refusal("birth_name_missing", field="birth_name")
    if not first_given:
        raise Refusal("first_given_missing", field="first_given")
    if identity.sex not in ("female", "male", "unknown"):
        raise Refusal("sex_unknown_word", field="sex")
    if identity.status not in get_args(IdentityStatus):
        raise Refusal("status_unknown_word", field="status")
    if len(identity.given_names) > MOST_GIVEN_NAMES:
        raise Refusal("too_many", field="given_names", limit=str(MOST_GIVEN_NAMES))
    place = identity.birth_place_code.strip().upper()
    if place and not ins.is_place_code(place):
        raise Refusal("birth_place_code_shape", field="birth_place_code")
    checked = msgspec.structs.replace(
        identity,
        birth_name=birth_name,
        first_given=first_given,
        given_names=[name for given in identity.given_names if (name := _name(given, "given_names"))],
        used_name=_name(identity.used_name, "used_name"),
        used_given=_name(identity.used_given, "used_given"),
        birth_date=parse_birth_date(identity.birth_date, today),
        birth_place_code=place,
        birth_place=tidy(identity.birth_place, field="birth_place"),
        ins=_check_ins(identity.ins),
        deceased=parse_birth_date(identity.deceased, today, field="deceased"),
    )
    _check_status(checked)
    born, died = checked.birth_date, checked.deceased
    if born and died and died[: len(born)] < born[: len(died)]:
        raise Refusal("death_before_birth", field="deceased")
    return checked


def _check_ins(held: Ins | None) -> Ins | None:
    if held is None or not held.matricule.strip():
        return None
    matricule = ins.compact(held.matricule)
    if not ins.has_shape(matricule):
        raise Refusal("ins_shape", field="ins")
    if not ins.key_agrees(matricule):
        raise Refusal("ins_key", field="ins")
    if held.oid not in ins.OIDS:
        raise Refusal("ins_oid", field="ins")
    return Ins(matricule=matricule, oid=held.oid)


def _check_status(identity: PatientIdentified) -> None:
    if ins.carries_insi(identity.status) and identity.ins is None:
        raise Refusal("ins_missing", field="ins")
    if identity.status == "qualified":
        lacking = ins.missing_traits(identity)
        if lacking:
            raise Refusal(
                "qualified_traits_missing",
                field=lacking[0],
                missing=", ".join(TRAIT_WORDS[name] for name in lacking),
            )


def check_step(before: PatientIdentified | None, after: PatientIdentified, *, insi_answered: bool) -> None:
    """The status may follow the one before, and traits that INSi vouched for change only with a new answer or
    less trust.

    Args:
        before: None when registering: the identity then starts provisional.
        insi_answered: INSi, or a document carrying a qualified INS, gave these traits.

    Raises:
        Refusal: "status_not_from_there", "status_needs_insi", "traits_locked".
    """
    held = before.status if before is not None else "provisional"
    if not ins.may_follow(held, after.status):
        raise Refusal(
            "status_not_from_there",
            field="status",
            before=STATUS_WORDS[held],
            after=STATUS_WORDS[after.status],
        )
    if insi_answered:
        return
    if ins.needs_insi(before.status if before is not None else None, after.status):
        raise Refusal("status_needs_insi", field="status")
    if before is not None and ins.carries_insi(after.status) and vouched(before) != vouched(after):
        raise Refusal("traits_locked", field="status")


def strict_traits(identity: PatientIdentified) -> tuple[str, ...]:
    """The five strict traits, folded so that equal traits are equal values."""
    return (
        strict(identity.birth_name),
        strict(identity.first_given),
        strict(" ".join(identity.given_names)),
        identity.sex,
        identity.birth_date,
        identity.birth_place_code,
    )


def vouched(identity: PatientIdentified) -> tuple[str, ...]:
    """What INSi answers for: strict traits, matricule and authority."""
    held = identity.ins
    return (*strict_traits(identity), held.matricule if held else "", held.oid if held else "")


def warnings(identity: PatientIdentified) -> tuple[str, ...]:
    """What looks wrong and is not refused, as codes of WARNINGS. Also for identities that came by other ways."""
    found = list(ins.disagreements(identity))
    if identity.ins is not None and not ins.key_agrees(identity.ins.matricule):
        found.append("ins_key")
    first = words(identity.first_given)
    if identity.given_names and words(" ".join(identity.given_names))[: len(first)] != first:
        found.append("given_names_start")
    return tuple(found)


def check_contacts(contacts: ContactsRecorded) -> ContactsRecorded:
    """Contacts as they are written; empty lines of the form are left out.

    Raises:
        Refusal: with the field it is about.
    """
    if len(contacts.phones) > MOST_PHONES:
        raise Refusal("too_many", field="phones", limit=str(MOST_PHONES))
    if len(contacts.relatives) > MOST_RELATIVES:
        raise Refusal("too_many", field="relatives", limit=str(MOST_RELATIVES))
    kept = [
        msgspec.structs.replace(item, number=number)
        for item in contacts.phones
        if (number := fields.phone(item.number, field="phones"))
    ]
    relatives = []
    for relative in contacts.relatives:
        name = tidy(relative.name, field="relatives")
        relation, phone = (
            tidy(relative.relation, field="relatives"),
            fields.phone(relative.phone, field="relatives"),
        )
        if not name and (relation or phone):
            raise Refusal("relative_name_missing", field="relatives")
        if name:
            relatives.append(msgspec.structs.replace(relative, name=name, relation=relation, phone=phone))
    return msgspec.structs.replace(
        contacts,
        phones=kept,
        relatives=relatives,
        email=fields.email(contacts.email),
        address=fields.tidy_lines(contacts.address, field="address"),
        postcode=fields.postcode(contacts.postcode),
        city=tidy(contacts.city, field="city"),
        comment=fields.tidy_lines(contacts.comment, field="comment"),
    )


def check_attending(attending: AttendingRecorded) -> AttendingRecorded:
    """The médecin traitant as written. Raises Refusal."""
    name = tidy(attending.name, field="name")
    if not name:
        raise Refusal("attending_name_missing", field="name")
    rpps = "".join(attending.rpps.split())
    if rpps and not rpps_is_valid(rpps):
        raise Refusal("rpps_invalid", field="rpps")
    return msgspec.structs.replace(attending, name=name, rpps=rpps, city=tidy(attending.city, field="city"))
