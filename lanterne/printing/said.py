"""Persons, days and numbers as a paper says them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from decimal import Decimal

from lanterne.practice.patients import phones
from lanterne.printing.characters import one_line, printable
from lanterne.printing.papers import OID_NIA, OID_NIR, Patient, Prescriber
from lanterne.printing.words import _
from lanterne.sheet.printing import french_date

NBSP = "\u00a0"
Block = list[list[str]]
"""Lines of a block, each with its manner: "strong", "plain" or "small"."""

_SEXES = {"female": _("féminin"), "male": _("masculin"), "unknown": _("non précisé")}
_BORN = {"female": _("Née {on}"), "male": _("Né {on}"), "unknown": _("Né(e) {on}")}
_NUMBERS = {OID_NIR: _("NIR"), OID_NIA: _("NIA")}
# The overseas departments have codes of their own (E.164): the article's +33 would ring nowhere.
_OVERSEAS = {
    "0590": "590", "0690": "590", "0691": "590", "0594": "594", "0694": "594", "0596": "596", "0696": "596",
    "0697": "596", "0262": "262", "0263": "262", "0269": "262", "0639": "262", "0692": "262", "0693": "262",
}  # fmt: skip


class Saying:
    """Makes texts printable, and remembers what could not be drawn."""

    def __init__(self) -> None:
        self.lost: set[str] = set()

    def line(self, text: str, *, longest: int = 40) -> str:
        return one_line(text, self.lost, longest=longest)

    def text(self, text: str) -> str:
        return printable(text, self.lost).strip("\n")

    def lines(self, texts: tuple[str, ...]) -> list[str]:
        return [said for text in texts if (said := self.line(text))]


def international(phone: str) -> str:
    """A French number with its international code, in pairs (R. 5132-3 CSP, 1°); another as typed."""
    bare = phones.digits(phone)
    if len(bare) != 10 or not bare.startswith("0") or bare.startswith("00"):
        return phone.strip()
    pairs = NBSP.join([bare[1], *(bare[at : at + 2] for at in range(2, 10, 2))])
    code = _OVERSEAS.get(bare[:4])
    if code:
        return f"+{code}{NBSP}{bare[1:4]}{NBSP}" + NBSP.join(bare[at : at + 2] for at in range(4, 10, 2))
    return f"+33{NBSP}{pairs}"


def signed_by(person: Prescriber) -> str:
    """The name as signed: "Dr Garance MOREL"."""
    return " ".join(part for part in (person.title, person.given_name, person.family_name.upper()) if part)


def letterhead(person: Prescriber, say: Saying) -> dict[str, Block]:
    """The two halves of the head: who, and where."""
    who: Block = [["strong", say.line(signed_by(person))]]
    if person.replacing:
        who.append(["plain", say.line(_("remplaçant de {whom}").format(whom=person.replacing))])
    who += [["plain", text] for text in say.lines((person.quality,))]
    numbers = [
        f"{_('RPPS')}{NBSP}{say.line(person.rpps)}" if person.rpps else "",
        f"{_('N° AM')}{NBSP}{say.line(person.am_number)}" if person.am_number else "",
    ]
    who += [["small", text] for text in numbers if text]
    who += [["small", text] for text in say.lines(person.notes)]
    town = " ".join(part for part in (person.postcode, person.city) if part)
    place = ", ".join(part for part in (town, person.country) if part)
    where: Block = [["plain-strong", text] for text in say.lines((person.practice,))]
    where += [["plain", text] for text in say.lines((*person.address, place))]
    if person.phone:
        where.append(["plain", f"{_('Tél.')}{NBSP}{say.line(international(person.phone))}"])
    where += [["plain", text] for text in say.lines((person.email,))]
    if person.finess:
        where.append(["small", f"{_('FINESS')}{NBSP}{say.line(person.finess)}"])
    return {"who": who, "where": where}


def patient_block(patient: Patient, day: dt.date, say: Saying) -> Block:
    """Name, birth, sex, weight and height; the INS only when it is qualified."""
    block: Block = [["strong", say.line(called(patient))]]
    if patient.used_name and patient.used_name.upper() != patient.family_name.upper():
        block.append(
            ["plain", say.line(_("Nom de naissance : {name}").format(name=patient.family_name.upper()))]
        )
    facts = [born(patient, day), _("Sexe : {sex}").format(sex=_SEXES[patient.sex])]
    block.append(["plain", say.line(" – ".join(fact for fact in facts if fact))])
    sizes = [
        _("Poids : {weight} kg").format(weight=decimal(patient.weight_kg)) if patient.weight_kg else "",
        _("Taille : {height} cm").format(height=decimal(patient.height_cm)) if patient.height_cm else "",
    ]
    if any(sizes):
        block.append(["plain", " – ".join(size for size in sizes if size).replace(" kg", f"{NBSP}kg")])
    if patient.ins and patient.ins_qualified:
        block.append(["small", say.line(_ins(patient))])
    return block


def called(patient: Patient) -> str:
    """Name used, in capitals, then given names."""
    return f"{(patient.used_name or patient.family_name).upper()} {patient.given_names}".strip()


def born(patient: Patient, day: dt.date) -> str:
    """ "Né le 3 avril 1952 (74 ans)"; with less when less is known, empty when nothing is."""
    on = day_of_birth(patient.birth_date)
    if not on:
        return ""
    age = age_of(patient.birth_date, day)
    return _BORN[patient.sex].format(on=on) + (f" ({age})" if age else "")


def day_of_birth(iso: str) -> str:
    """ "le 3 avril 1952", "en avril 1952", "en 1952"; what is no date stays as it is."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", iso)
    if found is None:
        return iso
    try:
        first = dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return iso
    if found[3]:
        return _("le {day}").format(day=french_date(first))
    return _("en {month}").format(month=french_date(first).split(" ", 1)[1] if found[2] else found[1])


def age_of(iso: str, day: dt.date) -> str:
    """The age on a day: years from 3 on, months before, days in the first month; empty when not known exactly."""
    try:
        born_on = dt.date.fromisoformat(iso) if len(iso) == 10 else None
    except ValueError:
        born_on = None
    if born_on is None or born_on > day:
        return ""
    months = (day.year - born_on.year) * 12 + day.month - born_on.month - (day.day < born_on.day)
    if months >= 36:
        return f"{months // 12}{NBSP}{_('ans')}"
    if months >= 1:
        return f"{months}{NBSP}{_('mois')}"
    days = (day - born_on).days
    return f"{days}{NBSP}{_('jours') if days > 1 else _('jour')}"


def decimal(value: Decimal) -> str:
    """A number with a comma, without useless zeros."""
    shown = f"{value:f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown).replace(".", ",")


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def place_and_day(city: str, day: dt.date, say: Saying) -> str:
    """ "Tours, le 22 novembre 2026"."""
    on = _("le {day}").format(day=french_date(day))
    return f"{say.line(city)}, {on}" if city.strip() else upper_first(on)


def _ins(patient: Patient) -> str:
    number = patient.ins.replace(" ", "")
    if len(number) == 15:
        cuts = (0, 1, 3, 5, 7, 10, 13, 15)
        number = NBSP.join(number[first:last] for first, last in itertools.pairwise(cuts))
    kind = _NUMBERS.get(patient.ins_oid, _("matricule de test"))
    return _("INS : {number} ({kind})").format(number=number, kind=kind)
