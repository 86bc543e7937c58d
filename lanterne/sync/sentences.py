"""The French sentence of every code word of an exchange: what a peer answered, what hinders the background.

Law: one place, for the command line and the screens; a test finds a code without a sentence. The sentences are
marked here and translated where they are shown.
"""

from __future__ import annotations


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    # what a peer did not do
    "peer.away": _("Personne ne répond à cette adresse."),
    "peer.busy": _("L’autre est occupé et demande de revenir plus tard."),
    "peer.refuses": _("L’autre ne reconnaît pas ce poste, ou refuse la demande."),
    "peer.suspended": _(
        "L’opérateur du relais l’a fermé à ce poste ou à ce cabinet. Tout le reste continue ; un dossier "
        "ou un "
        "autre poste transportent aussi."
    ),
    "peer.full": _("L’autre n’a plus de place."),
    "peer.unknown": _("L’autre ne connaît pas ce cabinet, ou pas cette demande."),
    "peer.unreadable": _("Ce qui répond n’est pas un Lanterne, ou sa réponse ne se lit pas."),
    "peer.untrusted": _(
        "Le certificat de ce relais ne se vérifie pas : autorité inconnue de ce poste, autre adresse, ou date dépassée."
    ),
    "peer.impostor": _(
        "Celui qui répond n’est pas celui à qui l’on parle, ou sa réponse a été modifiée en route."
    ),
    "peer.folder": _("Ce dossier n’est pas là, ne s’écrit pas, ou n’est pas celui de ce cabinet."),
    "known.damaged": _("Ce qui était su des autres est abîmé dans ses deux exemplaires (%(file)s)."),
    # a device being added
    "invitation.unreadable": _(
        "Ce n’est pas le texte montré par le poste du cabinet : une adresse, puis « / » et douze signes."
    ),
    "joining.not_empty": _(
        "Ce dossier contient déjà autre chose : choisissez un dossier vide pour rejoindre un cabinet."
    ),
    "peer.several_boxes": _(
        "Plusieurs ajouts attendent dans ce dossier : annulez les autres, ou tapez aussi les douze signes."
    ),
    "box_taken": _(
        "Un autre poste a déjà répondu à cette invitation. Si ce n’est pas le vôtre, quelqu’un s’est "
        "interposé : annulez et recommencez depuis le poste du cabinet."
    ),
    "boxes_full": _("Trop de postes sont en cours d’ajout à la fois : terminez-en un, ou annulez-le."),
    # the ways kept on this device
    "sync.relay_changed": _(
        "Ce qui répond à cette adresse n’a pas la clé attendue : ce n’est pas ce relais. Rien n’a été échangé."
    ),
    "ways.address": _("« %(address)s » n’est pas une adresse : écrivez par exemple 192.168.1.20:8766."),
    "ways.folder": _(
        "Ce dossier ne peut pas servir à l’échange : il est dans celui du cabinet, ou son chemin est trop "
        "long."
    ),
    "ways.port": _("Un port est un nombre de 0 à 65535."),
    "ways.too_many": _("Trop de dossiers ou de postes (%(most)s au plus) : retirez-en un d’abord."),
    "ways.damaged": _(
        "La liste des dossiers et des postes avec qui échanger est abîmée dans ses deux exemplaires : "
        "donnez-les à "
        "nouveau. Rien d’autre n’est perdu."
    ),
    "ways.relay_damaged": _(
        "Le fichier qui nomme le relais est abîmé dans ses deux exemplaires : donnez à nouveau son adresse "
        "et sa clé."
    ),
    # the exchange in the background
    "carrier.unplugged": _(
        "Ce dossier n’est pas là : clé débranchée, ou partage éteint. L’échange reprendra à son retour."
    ),
    "carrier.other_folder": _(
        "Le dossier est là, mais l’échange du cabinet n’y est plus : une autre clé, ou un dossier vidé. Rien n’y "
        "est écrit. Pour y recommencer, retirez ce dossier de la liste et donnez-le à nouveau."
    ),
    "carrier.not_told": _(
        "Le disque est plein ou refuse d’écrire : ce qui est dit ici de l’échange peut être ancien."
    ),
    "carrier.port_taken": _(
        "Un autre programme occupe le port où ce poste répond aux autres : ils ne peuvent pas l’appeler ; "
        "il les "
        "appelle, lui, comme avant."
    ),
    "carrier.clock_back": _(
        "L’horloge de ce poste a reculé. Les échanges continuent ; remettez-la à l’heure, les écritures "
        "sont datées par elle."
    ),
    "carrier.disk_full": _(
        "Le disque est plein : ce qui arrive ne peut pas être gardé. Libérez de la place, l’échange "
        "reprend seul."
    ),
    "carrier.disk_failed": _(
        "Le disque refuse de lire ou d’écrire : l’échange s’arrête là et réessaie. « lanterne check » dit "
        "le reste."
    ),
    "carrier.busy": _("Un autre Lanterne tient ce dossier depuis trop longtemps ; l’échange réessaie."),
    "carrier.known_damaged": _(
        "Ce qui était su des autres postes ou du relais est abîmé dans ses deux exemplaires ; cela leur "
        "est redemandé."
    ),
    "carrier.key_missing": _(
        "La clé de ce poste manque ou est abîmée : il ne peut échanger avec personne. « lanterne recover » "
        "en refait "
        "une avec la fiche de secours."
    ),
    "carrier.failed": _("L’échange s’est arrêté sur une erreur imprévue ; il réessaie. Rien n’est perdu."),
    "carrier.fell": _("L’échange en arrière-plan s’est arrêté sans prévenir, et a été relancé."),
}
