"""Why a paper could not be made: each code has its French sentence."""

from __future__ import annotations

from lanterne.printing.words import _
from lanterne.wire.errors import LanterneError


class NotPrinted(LanterneError):
    """The paper was not made; nothing was printed in part."""


SENTENCES: dict[str, str] = {
    "printing_too_long": _(
        "Ce document est trop long pour être imprimé : {characters} caractères, {most} au plus. Coupez-le en plusieurs."
    ),
    "printing_too_many": _(
        "Trop de lignes pour un seul document : {count}, {most} au plus. Faites-en plusieurs."
    ),
    "printing_empty": _("Il n’y a rien à imprimer."),
    "printing_bad_measure": _(
        "Le réglage du papier sécurisé est impossible : « {name} » vaut {value} mm, il doit être entre {least} "
        "et {most}."
    ),
    "printing_failed": _(
        "La mise en page a échoué. Rien n’a été imprimé. Le contenu de la prescription n’est pas perdu."
    ),
}


def sentence(error: NotPrinted) -> str:
    """The French sentence of an error."""
    return SENTENCES[error.code].format(**error.params)
