"""What a prescription must be to be written: medicine, law and size. Pure.

Sources: article R.5132-3 CSP (what a prescription says), L.5125-23 CSP and arrêté of 12 November 2019 (not
substitutable), R.5132-21 CSP (twelve months at most), L.4151-4 CSP (midwives), L.4311-1 CSP (nurses). Read elsewhere,
not checked by a lawyer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lanterne.practice.chart.required import require_text
from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.facts import Line, Order, PrescriptionIssued, TemplateKept
from lanterne.practice.prescriptions.lengths import days_of
from lanterne.practice.prescriptions.structures import from_fact

MOST_LINES = 30
LINE_CHARACTERS = 500
COMMENT_CHARACTERS = 2_000
REASON_CHARACTERS = 500
TITLE_CHARACTERS = 200
LONGEST_DAYS = 366
_WRITTEN = re.compile(r"\w.*\w.*\w", re.DOTALL)

# What a nurse prescribes by herself: devices of a list (L.4311-1 CSP). Her other prescriptions (renewing a
# contraceptive, vaccines, antiseptics…) rest on lists that no table here holds.
NURSE: frozenset[Order] = frozenset({"device"})


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


ORDERS: dict[Order, str] = {
    "medicines": _("Médicaments"),
    "nursing": _("Soins infirmiers"),
    "physiotherapy": _("Kinésithérapie"),
    "laboratory": _("Biologie"),
    "imaging": _("Imagerie"),
    "device": _("Matériel"),
}

REASONS: dict[str, str] = {
    "MTE": _("marge thérapeutique étroite"),
    "EFG": _("enfant de moins de six ans, sans forme adaptée"),
    "CIF": _("contre-indication formelle à un excipient"),
}

SENTENCES: dict[str, str] = {
    "prescription_empty": _("L’ordonnance n’a pas de ligne."),
    "prescription_long": _("Une ordonnance a %(limit)s lignes au plus : faites-en deux."),
    "prescription_text_long": _("Ce texte est trop long : %(limit)s caractères au plus."),
    "prescription_drug_missing": _("La ligne %(line)s ne dit pas quel médicament."),
    "prescription_posology_missing": _("La ligne %(line)s n’a pas de posologie comprise : complétez-la."),
    "prescription_length_missing": _(
        "La ligne %(line)s n’a ni durée ni nombre de boîtes : il faut l’un ou l’autre."
    ),
    "prescription_too_long": _("La ligne %(line)s dépasse douze mois, renouvellements compris."),
    "prescription_not_substitutable": _(
        "La ligne %(line)s est non substituable : dites pourquoi (MTE, EFG ou CIF)."
    ),
    "prescription_reason_needed": _("Une contre-indication demande un motif écrit : %(subject)s."),
    "prescription_not_of_role": _("Votre fonction ne permet pas ici cette ordonnance."),
    "prescription_another_way": _("Une ordonnance s’écrit par l’écran d’ordonnance, qui la vérifie."),
    "prescription_gone": _("Cette ordonnance a déjà été retirée. Rechargez la page."),
    "treatment_gone": _("Ce traitement a changé entre-temps. Rechargez la page."),
    "treatment_twice": _("Deux lignes reprennent le même traitement."),
    "treatment_to_settle": _("%(treatment)s a deux versions à départager avant d’être renouvelé."),
    "nothing_to_renew": _("Il n’y a pas de traitement au long cours à renouveler."),
    "template_of_another": _("Ce favori est celui d’une autre personne."),
    "template_gone": _("Ce favori a changé ou n’est plus là. Rechargez la page."),
}


def check(body: PrescriptionIssued) -> None:
    """Refuse what is no prescription.

    Raises:
        Refusal: with the field, "lines" for what concerns a line.
    """
    _check_lines(body.lines)
    if len(body.comment) > COMMENT_CHARACTERS:
        raise Refusal("prescription_text_long", field="comment", limit=str(COMMENT_CHARACTERS))
    if body.duration_d < 0 or body.renewals < 0:
        raise Refusal("value_not_in_list", field="duration_d")
    for place, line in enumerate(body.lines, start=1):
        if body.order == "medicines":
            _check_medicine(place, line, body)


def check_template(body: TemplateKept) -> None:
    """A favourite has a title and lines; what they lack is settled when they are prescribed."""
    require_text(body.title, "title")
    if len(body.title) > TITLE_CHARACTERS:
        raise Refusal("prescription_text_long", field="title", limit=str(TITLE_CHARACTERS))
    if len(body.comment) > COMMENT_CHARACTERS:
        raise Refusal("prescription_text_long", field="comment", limit=str(COMMENT_CHARACTERS))
    if body.duration_d < 0 or body.renewals < 0:
        raise Refusal("value_not_in_list", field="duration_d")
    _check_lines(body.lines)


def check_role(role: str, order: Order) -> None:
    """Who may sign what. A secretary has not the right to begin with (rights.py).

    Raises:
        Refusal: "prescription_not_of_role".
    """
    if role == "nurse" and order not in NURSE:
        raise Refusal("prescription_not_of_role")


def check_generic(body: PrescriptionIssued, birth_date: str, now_ms: int) -> None:
    """The command that states anything in a chart does not write prescriptions: nothing would be checked.

    Raises:
        Refusal: "prescription_another_way", always.
    """
    raise Refusal("prescription_another_way")


def is_written(reason: str) -> bool:
    """Whether a reason says something: three letters at least."""
    return _WRITTEN.search(reason) is not None


def _check_lines(lines: Sequence[Line]) -> None:
    if not lines:
        raise Refusal("prescription_empty", field="lines")
    if len(lines) > MOST_LINES:
        raise Refusal("prescription_long", field="lines", limit=str(MOST_LINES))
    for line in lines:
        require_text(line.typed, "lines")
        if any(
            len(text) > LINE_CHARACTERS for text in (line.typed, line.words, line.substance, line.quantity)
        ):
            raise Refusal("prescription_text_long", field="lines", limit=str(LINE_CHARACTERS))


def _check_medicine(place: int, line: Line, body: PrescriptionIssued) -> None:
    said = str(place)
    if not (line.substance.strip() or line.brand.strip()):
        raise Refusal("prescription_drug_missing", field="lines", line=said)
    structure = from_fact(line.posology)
    if line.posology and structure is None:
        raise Refusal("prescription_posology_missing", field="lines", line=said)
    # A treatment carried on from a document is in words alone; a line begun here was understood, or is not written.
    if structure is None and not (line.treatment and line.words.strip()):
        raise Refusal("prescription_posology_missing", field="lines", line=said)
    days = days_of(structure, body.duration_d, body.renewals)
    if days is None and not line.quantity.strip():
        raise Refusal("prescription_length_missing", field="lines", line=said)
    if days is not None and days > LONGEST_DAYS:
        raise Refusal("prescription_too_long", field="lines", line=said)
    if line.non_substitutable and not line.reason:
        raise Refusal("prescription_not_substitutable", field="lines", line=said)


CHECKS = {PrescriptionIssued.KIND: check_generic}
