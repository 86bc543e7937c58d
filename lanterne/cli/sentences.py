"""The French sentence of every error the command line can meet. One place; a test finds a code without a
sentence."""

from __future__ import annotations

from lanterne.cli.french import _
from lanterne.sync.sentences import SENTENCES as EXCHANGE
from lanterne.wire.errors import LanterneError

SENTENCES: dict[str, str] = {
    # command line
    "as_missing": _("Plusieurs personnes ont un accès ici. Dites laquelle avec --as : %(names)s."),
    "as_unknown": _("« %(name)s » ne désigne personne ici. Personnes : %(names)s."),
    "as_ambiguous": _(
        "« %(name)s » désigne plusieurs accès : %(names)s. Si le nom est le même, donnez le numéro."
    ),
    "nobody_here": _(
        "Ce poste n’a aucun accès à ce cabinet : « lanterne recover » en rouvre un avec la fiche de secours."
    ),
    "passphrase_missing": _(
        "Il faut une phrase de passe : --passphrase-file, la variable LANTERNE_PASSPHRASE, ou un terminal "
        "pour la taper."
    ),
    "new_passphrase_missing": _(
        "Il faut la nouvelle phrase de passe : --new-passphrase-file, la variable "
        "LANTERNE_NEW_PASSPHRASE, ou un terminal pour la taper."
    ),
    "passphrases_differ": _("Les deux phrases de passe tapées ne sont pas les mêmes."),
    "passphrase_file": _("La phrase de passe ne se lit pas dans ce fichier : %(why)s."),
    "data_not_empty": _(
        "Le dossier %(path)s n’est pas vide : choisissez-en un autre, ou videz-le vous-même."
    ),
    "data_not_folder": _("%(path)s n’est pas un dossier."),
    "sheet_inside": _(
        "%(path)s est dans le dossier du cabinet : une copie du dossier emporterait sa propre clé."
    ),
    "sheet_exists": _(
        "Le fichier %(path)s existe déjà : la fiche de secours n’écrase rien. Choisissez --sheet."
    ),
    "sheet_file": _("La fiche de secours ne se lit pas : %(why)s."),
    "from_missing": _("Il n’y a pas de cabinet dans %(path)s."),
    "file_unreadable": _("Le fichier %(path)s ne se lit pas : %(why)s."),
    "out_exists": _("Le fichier %(path)s existe déjà, et il est autre chose : choisissez un autre nom."),
    "entries_damaged": _("Le journal apporté dans %(path)s est incomplet ou abîmé : refaites la copie."),
    "offer_to_whom": _(
        "Pour qui est ce poste ? --person NOM pour quelqu’un du cabinet, ou --name NOM --role FONCTION pour "
        "quelqu’un de nouveau."
    ),
    "device_which": _("« %(typed)s » ne désigne pas un poste. Postes : %(numbers)s."),
    "not_a_day": _("« %(typed)s » n’est pas un jour : écrivez par exemple 2026-11-22."),
    "reference.data_missing": _("Il faut le dossier du cabinet : --data DOSSIER."),
    "reference.nothing_there": _("Aucun fichier de %(path)s n’est de ceux que Lanterne sait lire."),
    "reference.incomplete": _(
        "Rien n’a été chargé : il manque, ou il est abîmé, un fichier sans lequel une ordonnance serait fausse : "
        "%(missing)s."
    ),
    "reference.busy": _("Un autre chargement est en cours dans ce dossier. Recommencez quand il est fini."),
    "reference.not_fetched": _("Rien n’a été chargé : %(file)s n’a pas pu être téléchargé : %(why)s."),
    "not_a_demo": _("%(path)s contient un vrai cabinet, pas une démonstration."),
    # journal
    "disk_full": _(
        "Le disque est plein : rien de plus n’a été enregistré. Libérez de la place et recommencez."
    ),
    "disk_failed": _("Le disque a refusé l’écriture : rien de plus n’a été enregistré."),
    "journal_busy": _("Un autre Lanterne tient ce dossier depuis trop longtemps. Fermez-le et recommencez."),
    "no_practice": _("Il n’y a pas de cabinet dans ce dossier."),
    "practice_exists": _("Il y a déjà un cabinet dans ce dossier."),
    "small_file_damaged": _(
        "Le fichier « %(file)s » est abîmé dans ses deux exemplaires. « lanterne check » dit le reste."
    ),
    "frame_damaged": _("Le journal est abîmé à cet endroit. « lanterne check » dit où."),
    "index_unusable": _("L’index du journal ne se lit pas ; il se refait au prochain démarrage."),
    "cursor_lost": _(
        "Les tables de lecture ne viennent pas de ce journal : « lanterne rebuild » les refait."
    ),
    "seat_may_not_write": _("Cet accès ne peut plus écrire : il a été retiré, ou son terme est passé."),
    "seat_missing": _("Cet accès n’est pas sur ce poste."),
    "device_missing": _(
        "Ce poste n’a plus sa clé : « lanterne recover » en refait une avec la fiche de secours."
    ),
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
    "codes_differ": _(
        "Ce code n’est pas le bon (essais restants : %(left)s) : rien n’a été ouvert. S’il est bien "
        "celui de l’autre écran, quelqu’un s’est interposé."
    ),
    "blob_missing": _("Ce document n’est pas sur ce poste."),
    "blob_damaged": _("Ce document est abîmé."),
    "local_file_damaged": _("Un brouillon de cet accès est abîmé."),
    "local_too_long": _("Ce brouillon est trop long."),
    "sheet_refused": _("Cette fiche de secours n’est pas celle qui vaut pour ce cabinet."),
    "too_many_attempts": _("Trop d’essais : attendez %(wait_s)s secondes avant le prochain."),
    # seal, proof, wire
    "seal.wrong_passphrase": _("La phrase de passe n’est pas la bonne."),
    "seal.weak_passphrase": _("Phrase de passe trop faible : %(reason)s."),
    "seal.not_entitled": _("Cet accès n’a pas la clé qu’il faudrait."),
    "seal.sheet_misread": _("La fiche de secours ne se lit pas : %(reason)s."),
    "seal.does_not_open": _(
        "Quelque chose de scellé ne s’ouvre pas : abîmé, déplacé, ou destiné à quelqu’un d’autre."
    ),
    "seal.file_damaged": _("Un fichier de clés est abîmé : %(what)s."),
    "seal.file_newer": _("Un fichier de clés vient d’un Lanterne plus récent : %(what)s."),
    "exchange.refused": _("Un message d’un autre poste ou du relais ne passe pas le contrôle %(check)s."),
    "entry.refused": _("Une écriture ne passe pas le contrôle %(check)s."),
    "entry.newer": _("Une écriture vient d’un Lanterne plus récent : mettez celui-ci à jour."),
    "membership.refused": _("La liste des accès ne passe pas le contrôle %(check)s."),
    "check.failed": _("Le contrôle %(check)s a échoué."),
    # relay
    "relay.data_missing": _("Il faut le dossier du relais : --data DOSSIER."),
    "relay.no_certificate": _(
        "Le certificat ou sa clé ne peut pas servir ({why}) : deux fichiers PEM, clé sans mot de passe."
    ),
    "relay.half_a_certificate": _("Donnez --tls-cert et --tls-key ensemble."),
    "relay.port_taken": _(
        "Le relais ne peut pas écouter sur %(host)s, port %(port)s : choisissez avec --host et --port."
    ),
    "relay.running": _("Un relais tourne déjà dans %(path)s."),
    "relay.none": _("Il n’y a pas de relais dans %(path)s."),
    "relay.folder_taken": _(
        "Le dossier %(path)s contient autre chose qu’un relais : choisissez-en un autre."
    ),
    "relay.key_missing": _(
        "La base de ce relais est là et sa clé n’y est plus : remettez %(path)s depuis la sauvegarde. Une "
        "clé neuve ferait de lui un autre relais, que les postes refuseraient."
    ),
    "relay.list_line": _("La liste %(path)s, ligne %(line)s : ce n’est pas un identifiant de cabinet."),
    "relay.newer": _("La base de ce relais vient d’un Lanterne plus récent : mettez celui-ci à jour."),
    "relay.not_ours": _("La base trouvée là n’est pas celle d’un relais."),
    "store.failed": _("La base du relais a refusé : rien de ce qui était demandé n’est fait."),
    "store.closed": _("La base du relais est fermée."),
    "store.busy": _("Trop d’écritures attendent le disque du relais : réessayez."),
    "store.conflict": _("Une autre écriture est passée avant : réessayez."),
    "busy": _("Le relais est occupé : réessayez dans %(retry_s)s secondes."),
    # exchange with others
    **EXCHANGE,
    "sync.no_way": _("Dites avec qui échanger : --relay, --folder ou --device."),
    "sync.not_kept": _("Ce relais, ce dossier ou ce poste n’est pas retenu ici : rien n’est changé."),
    # front
    "front.port_taken": _("Le port %(port)s est déjà pris : choisissez-en un autre avec --port."),
    # practice
    "right.missing": _("Votre fonction ne donne pas accès à cela."),
    "tables.damaged": _(
        "Les tables de lecture sont abîmées. Rien n’est perdu : « lanterne rebuild » les refait."
    ),
    "nothing_to_empty": _("Rien à effacer : nommez des écritures, ou un patient."),
    "too_much_at_once": _("Trop d’écritures d’un coup ({most} au plus) : effacez-les en plusieurs fois."),
    "entry_unknown": _("Aucune écriture « {entry}… » ici : donnez son identifiant entier, de 64 chiffres."),
    "entry_of_practice": _("Cette écriture n’est d’aucun patient : elle ne s’efface pas."),
    "empty.not_confirmed": _("Rien n’a été effacé : le mot « effacer » n’a pas été tapé."),
    "reset_own_seat": _("C’est votre propre accès : changez votre phrase avec « lanterne passphrase »."),
    "seat_not_in_force": _("Cet accès n’est plus en vigueur sur ce poste."),
    "name_unreadable": _("« %(typed)s » n’est pas un nom."),
    # tables of other software
    "csv.empty": _("Le fichier est vide."),
    "csv.too_large": _("Le fichier est trop gros : %(limit)s Mo au plus."),
    "csv.binary": _("Le fichier n’est pas du texte : enregistrez le tableau au format CSV."),
    "csv.no_header": _("La première ligne ne nomme pas les colonnes."),
    "csv.broken": _("Le tableau est cassé à la ligne %(line)s : un guillemet jamais fermé ?"),
    "csv.columns_missing": _("Aucune colonne ne donne : %(missing)s."),
    "csv_extra_cells": _("Cette ligne a plus de cases que la première (%(cells)s) : un séparateur de trop ?"),
    "csv_sex": _("Sexe « %(typed)s » non compris, laissé vide."),
    "csv_number_key": _("Numéro de sécurité sociale non repris : sa clé est fausse."),
    "csv_number_other": _(
        "Numéro de sécurité sociale non repris : il ne dit pas le sexe et la naissance de cette personne "
        "(celui de l’assuré ?)."
    ),
    "csv_same_identity": _("Même identité que la ligne %(line)s."),
    "csv_close": _("Ressemble à un patient déjà là : à vérifier dans l’écran des doublons."),
}

_WEAK = {
    "short": _("12 caractères au moins"),
    "long": _("trop longue"),
    "repetitive": _("trop peu de caractères différents"),
    "sequence": _("une simple suite"),
}

_COLUMNS = {"birth_name": _("le nom"), "first_given": _("le prénom")}


def sentence(error: LanterneError) -> str:
    """The French sentence of an error."""
    return told(error.code, error.params)


def told(code: str, params: dict[str, object]) -> str:
    """The French sentence of a code. Refusals of the rooms are said as on the screens."""
    known = SENTENCES.get(code)
    if known is None:
        # What the command line writes are patients and persons: their rooms know what to say.
        from lanterne.practice.patients.rules import SENTENCES as PATIENTS
        from lanterne.practice.team.rules import SENTENCES as TEAM

        known = {**PATIENTS, **TEAM}.get(code)
    if known is None:
        return _("refusé ({code}).").format(code=code)
    try:
        return _(known) % _in_words(code, params)
    except KeyError:
        return known.split("%(")[0].rstrip(" :«\u00a0") + "."


def _in_words(code: str, params: dict[str, object]) -> dict[str, object]:
    said = dict(params)
    if code == "seal.weak_passphrase":
        said["reason"] = _WEAK.get(str(params.get("why")), str(params.get("why")))
    elif code == "seal.sheet_misread":
        lines = params.get("lines")
        wrong = ", ".join(map(str, lines)) if isinstance(lines, tuple) else ""
        said["reason"] = (
            _("une lettre est fausse, ligne {lines}").format(lines=wrong)
            if wrong
            else _("ses quatre lignes n’y sont pas")
        )
    elif code == "too_many_attempts":
        said["wait_s"] = -(-int(str(params.get("wait_ms", 0))) // 1000)
    elif code == "csv.columns_missing":
        missing = params.get("missing")
        names = missing if isinstance(missing, tuple) else ()
        said["missing"] = ", ".join(_COLUMNS.get(name, str(name)) for name in names)
    return said
