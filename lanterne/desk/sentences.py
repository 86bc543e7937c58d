"""The French sentence of every error and refusal: made here once, from its code word and parameters.

Rooms name theirs in `rules.SENTENCES`; those of the shared parts and of the floors below are here. A code without a
sentence is a mistake a test finds; the user then still reads that nothing was written, with the code.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from lanterne.practice.patients import rules as patients
from lanterne.practice.team import rules as team
from lanterne.wire.errors import LanterneError

SENTENCES: dict[str, str] = {
    "right.missing": _("Votre fonction ne donne pas accès à cela."),
    "patient.unknown": _("Ce patient n’est pas dans ce cabinet."),
    "fact.unknown": _("Cet élément n’est pas dans ce dossier."),
    "tables.damaged": _(
        "Les tables de lecture sont abîmées. Rien n’est perdu : relancez Lanterne, elles seront refaites."
    ),
    "tables.behind": _(
        "Les tables de lecture n’ont pas pu suivre : le disque est plein, ou un autre programme les retient. Ce qui était "
        "annoncé « enregistré » l’est toujours. Libérez de la place, puis recommencez."
    ),
    "form.unreadable": _("Ce formulaire n’a pas pu être lu. Rien n’a été enregistré."),
    "form.foreign": _(
        "Ce formulaire ne vient pas de cette page, ou date d’avant le dernier verrouillage. Rechargez la page."
    ),
    "form_of_other_patient": _("Ce formulaire appartient à un autre patient. Rien n’a été enregistré."),
    "form_of_other_person": _(
        "Ce formulaire a été ouvert par une autre personne. Rien n’a été enregistré : son brouillon l’attend à sa "
        "prochaine ouverture."
    ),
    "other_patient": _("Cet élément appartient au dossier d’un autre patient. Rien n’a été enregistré."),
    "other_kind": _("Une correction garde le même genre d’élément."),
    "several_records": _("Ces éléments sont dans plusieurs dossiers réunis : corrigez-les un par un."),
    "changed_meanwhile": _(
        "Cet élément a été changé entre-temps. Rechargez le dossier pour voir la dernière version."
    ),
    "written_in_other_words": _(
        "Une première version de ce texte est déjà dans le dossier : son enregistrement avait réussi. Enregistrez "
        "encore pour garder aussi celle-ci."
    ),
    "nothing_to_write": _("Il n’y a rien à enregistrer."),
    "nothing_to_withdraw": _("Il n’y a rien à retirer."),
    "section_not_empty": _("Cette rubrique n’est pas vide."),
    "field_missing": _("Ce champ est à remplir."),
    "number_invalid": _("« %(value)s » n’est pas un nombre."),
    "text_too_long": _("Ce texte est trop long : %(characters)s caractères, %(limit)s au plus."),
    "date_invalid": _("« %(value)s » n’est pas une date."),
    "date_future": _("Cette date est dans l’avenir."),
    "date_before_birth": _("Cette date est antérieure à la naissance du patient."),
    "dates_reversed": _("La fin vient avant le début."),
    "ald_number": _("Le numéro de la liste va de 1 à 30, 31 (hors liste) ou 32 (polypathologie)."),
    "age_invalid": _("Cet âge n’est pas possible."),
    "stop_reason_missing": _("Un traitement arrêté a un motif d’arrêt ou une date de fin."),
    "not_done_reason_missing": _("Dites pourquoi la vaccination n’a pas été faite."),
    "measure_empty": _("Aucune mesure n’est remplie."),
    "unit_unexpected": _("L’unité attendue est %(expected)s."),
    "measure_implausible": _("%(label)s : %(value)s est hors de ce qui est possible (%(low)s à %(high)s)."),
    "pressure_reversed": _("La diastolique est au-dessous de la systolique."),
    "file_empty": _("Ce fichier est vide."),
    "file_too_large": _("Ce fichier est trop gros : %(limit)s Mo au plus."),
    "disk_full": _(
        "Le disque est plein. Rien n’a été enregistré : votre texte est toujours à l’écran. Libérez de la place."
    ),
    "disk_failed": _(
        "Le disque a refusé l’écriture. Rien n’a été enregistré : votre texte est toujours à l’écran."
    ),
    **patients.SENTENCES,
    **team.SENTENCES,
}


def sentence(error: LanterneError) -> str:
    """The French sentence of an error."""
    known = SENTENCES.get(error.code)
    if known is None:
        return gettext("Rien n’a été enregistré (%(code)s).") % {"code": error.code}
    return gettext(known) % error.params if error.params else gettext(known)
