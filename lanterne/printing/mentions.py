"""What the law wants on a prescription and this one lacks: told to whoever prints, never refused in silence.

R. 5132-3 CSP for all; R. 5132-29 for what goes on secured paper.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.printing.in_words import figures_left, says_a_number, spelled
from lanterne.printing.papers import Item, Line, Order, Patient, Prescriber, Prescription
from lanterne.printing.prescriptions import undrawn
from lanterne.printing.words import _

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Missing:
    """A mention that lacks. `item`: number of the line in the prescription, from 1; 0 for the whole."""

    code: str
    item: int = 0
    found: str = ""


SENTENCES: dict[str, str] = {
    "prescriber_quality": _("Votre qualité (médecin généraliste, sage-femme…) n’est pas indiquée."),
    "prescriber_rpps": _("Votre numéro RPPS n’est pas indiqué."),
    "prescriber_address": _("L’adresse du cabinet n’est pas complète."),
    "prescriber_phone": _("Le téléphone du cabinet n’est pas indiqué."),
    "prescriber_email": _("L’adresse électronique n’est pas indiquée."),
    "patient_given_names": _("Les prénoms du patient ne sont pas indiqués."),
    "patient_sex": _("Le sexe du patient n’est pas indiqué."),
    "patient_birth_date": _("La date de naissance du patient n’est pas connue au jour près."),
    "line_name": _("Ligne {item} : le médicament n’est pas nommé."),
    "line_posology": _("Ligne {item} : la posologie n’est pas indiquée."),
    "line_duration": _("Ligne {item} : ni durée, ni quantité."),
    "line_strength": _("Ligne {item} : le dosage manque ; il doit être écrit en toutes lettres."),
    "line_secured_duration": _("Ligne {item} : la durée manque ; elle doit être écrite en toutes lettres."),
    "line_units": _(
        "Ligne {item} : la posologie ne dit ni nombre d’unités par prise, ni nombre de prises ; ils doivent être "
        "écrits en toutes lettres."
    ),
    "line_figures": _("Ligne {item} : « {found} » n’a pas pu être écrit en toutes lettres."),
    "undrawn": _("Ces caractères ne peuvent pas être imprimés et deviendront « □ » : {found}."),
    "order_asked": _("Ligne {item} : rien n’est demandé."),
    "order_reason": _("Ligne {item} : le motif de l’examen d’imagerie n’est pas indiqué."),
}


def sentence(one: Missing) -> str:
    """The French sentence of a mention that lacks."""
    return SENTENCES[one.code].format(item=one.item, found=one.found)


def missing(prescription: Prescription) -> tuple[Missing, ...]:
    """All that lacks, in the order of the paper. An empty answer means every mandatory mention will be printed,
    every character of it included."""
    found = [*_of_prescriber(prescription.prescriber), *_of_patient(prescription.patient)]
    for number, item in enumerate(prescription.items, 1):
        found += _of_item(item, number)
    lost = undrawn(prescription)
    if lost:
        found.append(Missing("undrawn", found=" ".join(map(_named, lost[:_MOST_NAMED]))))
    return tuple(found)


def _named(character: str) -> str:
    """The character itself, or its number in Unicode when nobody would see it."""
    return character if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"


def _of_prescriber(person: Prescriber) -> list[Missing]:
    wanted = {
        "prescriber_quality": person.quality,
        "prescriber_rpps": person.rpps,
        "prescriber_address": person.city if any(person.address) else "",
        "prescriber_phone": person.phone,
        "prescriber_email": person.email,
    }
    return [Missing(code) for code, text in wanted.items() if not text.strip()]


def _of_patient(patient: Patient) -> list[Missing]:
    wanted = {
        "patient_given_names": bool(patient.given_names.strip()),
        "patient_sex": patient.sex != "unknown",
        "patient_birth_date": len(patient.birth_date) == 10,
    }
    return [Missing(code) for code, there in wanted.items() if not there]


def _of_item(item: Item, number: int) -> list[Missing]:
    if isinstance(item, Order):
        lacking = {
            "order_asked": not any(text.strip() for text in item.asked),
            "order_reason": item.kind == "imaging" and not item.reason.strip(),
        }
    else:
        lacking = {
            "line_name": not (item.dci.strip() or item.brand.strip()),
            "line_posology": not item.posology.strip(),
            "line_duration": not (item.duration.strip() or item.quantity.strip()),
        }
    found = [Missing(code, number) for code, lacks in lacking.items() if lacks]
    return found + (_of_secured(item, number) if isinstance(item, Line) and item.secured else [])


def _of_secured(line: Line, number: int) -> list[Missing]:
    found = []
    if not line.strength.strip():
        found.append(Missing("line_strength", number))
    if not line.duration.strip() and line.quantity.strip():
        found.append(Missing("line_secured_duration", number))
    if line.posology.strip() and not says_a_number(line.posology):
        found.append(Missing("line_units", number))
    for text in (line.strength, line.posology, line.duration, line.quantity):
        left = figures_left(spelled(text))
        if left:
            found.append(Missing("line_figures", number, left))
    return found
