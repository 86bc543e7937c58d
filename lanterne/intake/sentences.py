"""The French sentence of every reason a file is refused: one place, whatever reader or process refused it.

Law: every code an `Unreadable` can carry has its sentence here; a test reads the sources to be sure. Tables of single
formats stand beside their readers and are gathered; the codes several readers share are written here. What comes out
of the reading process is outside too: a code nobody knows, or a word that is missing, still makes a sentence.
"""

from __future__ import annotations

from collections.abc import Callable

from lanterne.intake import sandbox, xml
from lanterne.intake.cda import reader as cda
from lanterne.intake.fhir import unread as fhir
from lanterne.intake.reading import Unreadable
from lanterne.intake.xdm import reader as xdm


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


_SHARED: dict[str, str] = {
    "file_empty": _("Le fichier est vide."),
    "file_too_large": _("Le fichier pèse plus de %(limit)s Mo : il n’est pas ouvert."),
    "format_unknown": _("Ce genre de fichier n’est pas connu : il est mis de côté, sans être ouvert."),
    "file_not_opened": _("Le fichier ne s’ouvre pas (%(reason)s) : il reste où il est."),
    "text_too_long": _("Le texte dépasse %(limit)s caractères : il est refusé."),
    "too_slow": _("La lecture a dépassé %(limit)s secondes : elle est abandonnée."),
    "too_many_elements": _("Le fichier contient plus de %(limit)s éléments : il est refusé."),
    "too_many_parts": _("Le fichier contient plus de %(limit)s documents ou patients : il est refusé."),
    "too_many_results": _("Le fichier contient plus de %(limit)s résultats : il est refusé."),
    "inflated_too_large": _("Les fichiers contenus dépassent %(limit)s Mo : l’ensemble est refusé."),
    # HPRIM santé and HL7 v2
    "segments_no_header": _("Le message n’a pas de segment d’en-tête : il est abîmé ou incomplet."),
    "segments_separators": _("L’en-tête du message ne dit pas ses séparateurs : il est abîmé."),
    "hl7_kind": _("Ce message HL7 n’est ni un compte rendu ni un résultat : rien n’en est tiré."),
    "hl7_base64": _("Le document contenu dans le message est abîmé : il ne se décode pas."),
    # what is looked at, and tables
    "image_broken": _("L’image est abîmée ou incomplète : elle ne s’ouvre pas."),
    "image_too_large": _("L’image a plus de %(limit)s millions de points : elle n’est pas ouverte."),
    "csv_broken": _("Le tableau est cassé à la ligne %(line)s : un guillemet jamais fermé ?"),
    "csv_columns": _(
        "Le tableau n’a pas de colonne d’examen et de valeur : ce n’est pas un tableau de résultats."
    ),
}

SENTENCES: dict[str, str] = {
    **xml.SENTENCES,
    **cda.SENTENCES,
    **fhir.SENTENCES,
    **xdm.SENTENCES,
    **sandbox.SENTENCES,
    **_SHARED,
}
_UNKNOWN = _("Ce fichier n’a pas pu être lu (%(code)s).")


class _Words(dict[str, object]):
    """The words of an error; one that is missing is shown as missing."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(error: Unreadable, translate: Callable[[str], str] = str) -> str:
    """The French sentence of a refusal.

    Args:
        translate: gettext of the boundary it is said at (Django's, or the command line's).
    """
    known = SENTENCES.get(error.code)
    if known is None:
        return translate(_UNKNOWN) % {"code": error.code}
    return translate(known) % _Words(error.params)
