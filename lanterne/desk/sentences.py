"""The French sentence of every error and refusal: made here once, from its code word and parameters.

Rooms name theirs in `rules.SENTENCES`; those of the shared parts and of the floors below are here. A code without a
sentence is a mistake a test finds; the user then still reads that nothing was written, with the code.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from lanterne.intake import watched
from lanterne.practice.agenda import rules as agenda
from lanterne.practice.conflicts import rules as conflicts
from lanterne.practice.patients import rules as patients
from lanterne.practice.prescriptions import rules as prescriptions
from lanterne.practice.tasks import rules as tasks
from lanterne.practice.team import rules as team
from lanterne.sync.sentences import SENTENCES as EXCHANGE
from lanterne.wire.errors import LanterneError

# What the floors below the rooms say, when it reaches a screen.
_BELOW: dict[str, str] = {
    "disk_full": _(
        "Le disque est plein. Rien n’a été enregistré : votre texte est toujours à l’écran. Libérez de la place."
    ),
    "disk_failed": _(
        "Le disque a refusé l’écriture. Rien n’a été enregistré : votre texte est toujours à l’écran."
    ),
    "journal_busy": _(
        "Un autre Lanterne tient ce dossier depuis trop longtemps. Rien n’a été enregistré : recommencez."
    ),
    "no_practice": _("Il n’y a pas de cabinet dans ce dossier."),
    "practice_exists": _("Il y a déjà un cabinet dans ce dossier."),
    "small_file_damaged": _(
        "Un fichier de ce poste est abîmé dans ses deux exemplaires : « lanterne check » dit lequel."
    ),
    "frame_damaged": _("Une écriture du journal est abîmée sur ce poste : « lanterne check » dit où."),
    "index_unusable": _("L’index du journal ne se lit pas : il se refait au prochain démarrage."),
    "cursor_lost": _(
        "Les tables de lecture ne viennent pas de ce journal : relancez Lanterne, elles seront refaites."
    ),
    "seat_may_not_write": _(
        "Cet accès ne peut plus écrire : il a été retiré, ou son terme est passé. Rien n’a été enregistré."
    ),
    "seat_missing": _("Cet accès n’est pas sur ce poste."),
    "device_missing": _("Ce poste n’a plus sa clé : la fiche de secours en refait une."),
    "access_ended": _("Cet accès a pris fin : un administrateur du cabinet peut en ouvrir un nouveau."),
    "access_pending": _(
        "Cet accès attend son admission : apportez sur ce poste le fichier préparé par l’autre poste."
    ),
    "device_unknown": _("Aucun accès en vigueur n’est sur ce poste : il n’y a rien à retirer."),
    "pairing_unreadable": _("Ce fichier n’est pas celui attendu, ou il a été abîmé en route : refaites-le."),
    "pairing_stale": _(
        "Aucune demande d’ajout n’attend ce fichier : elle a expiré, été annulée ou remplacée. "
        "Recommencez depuis le poste du cabinet."
    ),
    "pairing_spent": _(
        "Un autre poste a déjà répondu à cette demande. Si ce n’est pas le vôtre, quelqu’un s’est "
        "interposé : recommencez avec une autre clé USB."
    ),
    "pairing_foreign": _(
        "Ce fichier ne répond pas à cette demande, ou il demande autre chose que ce qui a été accordé : "
        "rien n’a été ouvert."
    ),
    "codes_differ": _("Les deux codes ne sont pas les mêmes : rien n’a été ouvert."),
    "blob_missing": _("Ce document n’est pas sur ce poste."),
    "blob_damaged": _("Ce document est abîmé sur ce poste : il n’est pas montré."),
    "local_file_damaged": _("Un brouillon de cet accès est abîmé."),
    "local_too_long": _("Ce brouillon est trop long."),
    "sheet_refused": _("Cette fiche de secours n’est pas celle qui vaut pour ce cabinet."),
    "too_many_attempts": _("Trop d’essais : attendez un peu avant le prochain."),
    "seal.wrong_passphrase": _("La phrase de passe n’est pas la bonne."),
    "seal.weak_passphrase": _(
        "Cette phrase de passe est trop faible : 12 caractères au moins, assez différents, et pas une simple suite."
    ),
    "seal.not_entitled": _("Cet accès n’a pas la clé qu’il faudrait."),
    "seal.sheet_misread": _("La fiche de secours ne se lit pas : vérifiez les lettres tapées."),
    "seal.does_not_open": _(
        "Quelque chose de scellé ne s’ouvre pas : abîmé, déplacé, ou destiné à quelqu’un d’autre."
    ),
    "seal.file_damaged": _("Un fichier de clés est abîmé sur ce poste."),
    "seal.file_newer": _("Un fichier de clés vient d’un Lanterne plus récent : mettez celui-ci à jour."),
    "exchange.refused": _("Un message d’un autre poste ou du relais ne passe pas le contrôle %(check)s."),
    "entry.refused": _("Cette écriture ne passe pas le contrôle %(check)s. Rien n’a été enregistré."),
    "entry.newer": _("Cette écriture vient d’un Lanterne plus récent : mettez celui-ci à jour."),
    "membership.refused": _("La liste des accès ne passe pas le contrôle %(check)s. Rien n’a été changé."),
}

SENTENCES: dict[str, str] = {
    "right.missing": _("Votre fonction ne donne pas accès à cela."),
    "patient.unknown": _("Ce patient n’est pas dans ce cabinet."),
    "fact.unknown": _("Cet élément n’est pas dans ce dossier."),
    "tables.damaged": _(
        "Les tables de lecture sont abîmées. Rien n’est perdu : relancez Lanterne, elles seront refaites."
    ),
    "tables.behind": _(
        "Les tables de lecture n’ont pas pu suivre : le disque est plein, ou un autre programme les retient. Ce qui "
        "était annoncé « enregistré » l’est toujours. Libérez de la place, puis recommencez."
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
    "document_too_long": _("Ce document énonce plus de %(limit)s éléments : il n’est pas repris."),
    "arrival_unreadable": _("Ce fichier a été mis de côté : il ne se rattache à aucun dossier."),
    "identity_missing": _("Le document ne dit pas de qui il parle."),
    "document_too_heavy": _("Ce que ce document énonce pèse plus de %(limit)s Mo : il n’est pas repris."),
    "not_kept_more": _("Et %(count)s autres éléments, refusés eux aussi."),
    "to_note_by_hand": _("Remboursé, sans preuve que ce fut fait : à noter à la main si c’est le cas."),
    "withdrawn_before": _("Déjà repris d’un autre document, puis retiré de ce dossier : il reste retiré."),
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
    "range_reversed": _("La borne haute est au-dessous de la borne basse."),
    "value_not_in_list": _("Cette valeur n’est pas dans la liste."),
    "written_by_newer": _(
        "Un Lanterne plus récent a écrit cet élément : mettez celui-ci à jour pour le corriger. Il peut être retiré."
    ),
    "signature_not_image": _("La signature est une image PNG ou JPEG."),
    "nothing_to_empty": _("Rien à effacer."),
    "too_much_at_once": _("Trop d’écritures d’un coup : effacez-les en plusieurs fois."),
    "entry_unknown": _("Cette écriture n’est pas ici."),
    "entry_of_practice": _("Cette écriture n’est d’aucun patient : elle ne s’efface pas."),
    "reset_own_seat": _("C’est votre propre accès : changez votre phrase de passe dans vos réglages."),
    "seat_not_in_force": _("Cet accès n’est plus en vigueur sur ce poste."),
    **_BELOW,
    **EXCHANGE,
    **agenda.SENTENCES,
    **conflicts.SENTENCES,
    **patients.SENTENCES,
    **prescriptions.SENTENCES,
    **tasks.SENTENCES,
    **team.SENTENCES,
    **watched.SENTENCES,
}

# Why something was withdrawn, when a command and no person said it.
REASONS: dict[str, str] = {
    "filled_in": _("La rubrique a été remplie."),
    "replaced_by_sender": _("L’expéditeur a envoyé une nouvelle version, qui ne le dit plus."),
    "withdrawn_by_sender": _("L’expéditeur l’a retiré."),
}

SECTION_NAMES: dict[str, str] = {
    "allergies": _("Allergies"),
    "problems": _("Problèmes"),
    "treatments": _("Traitements"),
    "procedures": _("Actes"),
    "family": _("Famille"),
    "immunizations": _("Vaccinations"),
    "lifestyle": _("Habitudes"),
}


class _Words(dict[str, object]):
    """The words of a sentence; one that is missing is shown as missing."""

    def __missing__(self, name: str) -> str:
        return "…"


def code_sentence(code: str, params: Mapping[str, object]) -> str:
    """The French sentence of a refusal kept in a fact, which may have come from another device: of any code, with
    any parameters.
    """
    known = SENTENCES.get(code)
    if known is None:
        return gettext("Refusé (%(code)s).") % {"code": code}
    return gettext(known) % _Words(params)


def reason_text(reason: str) -> str:
    """Why something was withdrawn: a command's word in French, or a person's own words."""
    return gettext(REASONS[reason]) if reason in REASONS else reason


def section_name(section: str) -> str:
    """A section of the chart in French."""
    return gettext(SECTION_NAMES[section]) if section in SECTION_NAMES else section


def sentence(error: LanterneError) -> str:
    """The French sentence of an error."""
    known = SENTENCES.get(error.code)
    if known is None:
        return gettext("Rien n’a été enregistré (%(code)s).") % {"code": error.code}
    return gettext(known) % error.params if error.params else gettext(known)
