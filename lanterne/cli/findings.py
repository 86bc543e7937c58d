"""What `lanterne check` finds, in French: one sentence for each code of a fault or note, and what to do.

Law: a code without a sentence is shown by its English meaning, never left out. A test holds the list against
the checks.
"""

from __future__ import annotations

from lanterne.cli.french import _

MEANINGS: dict[str, str] = {
    # small files (docs/format/store.md, S9)
    "small_file_damaged": _("abîmé ; il est tenu en deux exemplaires"),
    "small_file_missing": _("les deux exemplaires manquent"),
    # journal
    "segment_missing": _("un morceau du journal manque : un autre poste ou une sauvegarde le rend"),
    "unfinished_write": _(
        "la fin d’une écriture interrompue, mise de côté ; rien d’enregistré n’y est perdu"
    ),
    "set_aside_differs": _("une fin d’écriture mise de côté ne correspond pas ; rien d’enregistré n’y est"),
    "frame_damaged": _("des octets ne se vérifient plus : un autre poste ou une sauvegarde les rend"),
    "entry_refused": _("une écriture ne passe pas ses contrôles"),
    "fork": _("deux écritures portent le même numéro : les deux sont gardées, à examiner"),
    "predecessor_missing": _("l’écriture qui la précède manque"),
    "part_does_not_open": _("une partie ne s’ouvre pas"),
    "entry_lost": _("une écriture enregistrée ici n’y est plus"),
    "early_damaged": _("des écritures venues en avance sont abîmées ; l’échange les rapporte"),
    "emptied_alone": _(
        "vidée ici, et rien de ce qui vaut aujourd’hui ne le dit : un autre poste peut la rendre"
    ),
    "emptied_later": _("a été vidée : ce qu’elle disait disparaît d’ici au prochain démarrage"),
    "waits": _("attend l’écriture qui la précède"),
    "beyond_cut": _("écrite par un accès retiré : attend l’examen d’une personne"),
    "expired": _("écrite après le terme de l’accès : attend l’examen d’une personne"),
    "unknown": _("écrite par un accès inconnu : attend l’examen d’une personne"),
    "index_missing": _("l’index manque ; il se refait au prochain démarrage"),
    "index_damaged": _("l’index est abîmé ; il se refait au prochain démarrage"),
    "index_cut": _("l’index est coupé ; il se refait au prochain démarrage"),
    "index_hole": _("l’index oublie une écriture ; il se refait au prochain démarrage"),
    "reserve_missing": _("les traces n’ont pas de réserve si le disque se remplit"),
    "reserve_damaged": _("la réserve n’est plus telle qu’elle fut faite ; rien n’est perdu"),
    # the rest of the directory
    "blob_damaged": _("un document est abîmé : un autre poste ou une sauvegarde le rend"),
    "counter_damaged": _("le compteur d’essais est abîmé ; il compte pour le pire"),
    "clock_damaged": _(
        "l’heure la plus tardive vue par ce poste est oubliée ; elle reprend à celle de la machine"
    ),
    "pairing_damaged": _(
        "ce que ce poste a demandé en rejoignant le cabinet est abîmé : recommencez l’ajout"
    ),
    "first_damaged": _("l’ordre d’une première copie est abîmé : tout vient, dans un autre ordre"),
    "going_damaged": _("comment va l’échange est abîmé : cela se redit de soi-même"),
    "local_file_damaged": _("un brouillon ou un compteur est abîmé"),
    "unknown_file": _("n’appartient pas à un dossier de Lanterne"),
    "left_over": _("un fichier jamais terminé ; il peut être supprimé"),
    # inside the record (practice.check)
    "key_unopened": _("une clé destinée à cet accès ne s’ouvre pas"),
    "table_key_damaged": _("la clé des tables de lecture est abîmée : « lanterne rebuild » la refait"),
    "tables_missing": _("désigne des tables de lecture absentes : « lanterne rebuild » les refait"),
    "tables_damaged": _("tables de lecture abîmées : « lanterne rebuild » les refait"),
    "tables_in_clear": _(
        "une base qui n’est pas chiffrée a pris la place des tables de lecture : « lanterne rebuild » les refait"
    ),
    "tables_differ": _(
        "les tables de lecture ne disent pas ce que disent les faits : « lanterne rebuild » les refait"
    ),
    "blob_missing": _("un document d’un dossier manque : un autre poste ou une sauvegarde le rend"),
    "tables_not_built": _("tables de lecture pas encore faites"),
    "tables_of_other_version": _("tables de lecture d’une autre version ; elles se referont"),
    "tables_not_opened": _("tables de lecture d’autres personnes : seule leur forme a été vérifiée"),
    "tables_not_compared": _("on y écrit trop souvent pour les comparer"),
    # of the command itself
    "no_passphrase": _("vérifié sans phrase de passe : ni le contenu des dossiers, ni les tables de lecture"),
    "not_opened": _("les dossiers n’ont pas pu être ouverts"),
}


def in_french(code: str, meaning: str) -> str:
    """The sentence of a fault or note, followed by the number of the check when there is one."""
    if (
        code[:1] == "M" and code[1:].isdigit()
    ):  # a change of the membership without effect (membership.md, M9)
        return _("un changement des accès est resté sans effet ({check})").format(check=code)
    said = MEANINGS.get(code)
    if said is None:
        return meaning
    check = meaning.partition(":")[0]
    return f"{said} ({check})" if check[:1] in "EMS" and check[1:].isdigit() else said
