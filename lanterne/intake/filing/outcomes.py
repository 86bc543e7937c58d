"""How a file ends: one of five words, with whose it is and why.

structured    facts in the right chart, the original kept beside them
document      in the right chart, readable, with why no more
duplicate     everything it says is here already
to_attach     it asks whose it is
quarantined   hostile or broken: kept aside, nothing applied
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lanterne.intake import sentences
from lanterne.intake.reading import Unreadable
from lanterne.wire.names import FactId, PatientId

Word = Literal["structured", "document", "duplicate", "to_attach", "quarantined"]

# The word of a file is that of the part which asks most of a person.
_WEIGHT: dict[Word, int] = {"duplicate": 0, "document": 1, "structured": 2, "to_attach": 3, "quarantined": 4}


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "filed": _("Classé au dossier."),
    "no_data": _("Ce document ne porte pas de données structurées : il se lit, sans plus."),
    "none_kept": _(
        "Rien n’en est repris (%(count)s éléments refusés) : le document dit lesquels et pourquoi."
    ),
    "nothing_new": _("Tout ce qu’il énonce était déjà au dossier : le document s’ajoute comme source."),
    "older_version": _("Une version plus récente est déjà au dossier : celle-ci reste derrière."),
    "withdrawn": _("L’expéditeur retire un document : ce qu’il énonçait est retiré du dossier."),
    "already_filed": _("Ce fichier est déjà au dossier."),
    "already_waiting": _("Ce fichier attend déjà parmi les arrivées."),
    "already_discarded": _("Ce fichier a été écarté par quelqu’un du cabinet."),
    "identity_missing": _("Le document ne dit pas de qui il parle."),
    "identity_incomplete": _("Nom, prénom et date de naissance n’y sont pas tous : à vérifier."),
    "identity_guessed": _("L’identité est tirée d’un texte : à vérifier."),
    "nobody_alike": _("Personne au cabinet ne porte ces traits."),
    "somebody_close": _("Un patient ressemble, sans que tous les traits concordent : à vérifier."),
    "several_alike": _("%(count)s patients portent ces traits : lequel ?"),
    "ins_contradicts": _("Le matricule INS est celui d’un patient dont les traits diffèrent : à vérifier."),
    "ins_differs": _("Les traits sont ceux d’un patient qui a un autre matricule INS : à vérifier."),
    "needs_care_giver": _("Déposé au dossier ; un soignant en reprendra les données."),
    "left_for_care_giver": _("Déposé parmi les arrivées ; un soignant dira de qui il s’agit."),
    "not_here_yet": _("Le fichier n’est pas encore sur ce poste : ses données seront reprises plus tard."),
    "document_refused": _("Le document n’entre pas seul au dossier (%(reason)s) : à classer à la main."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes:
        file: its name or path, as given.
        patient: whose it is, once known; of several, the first.
        facts: facts written in charts.
        why, params: a code of `sentence`.
        document, arrival: the fact a page shows.
        created: patients registered.
        not_kept: how many things it states the record refused; the document says which and why.
        remarks: what stayed text, and why, in French.
        parts: what became of each document of a file that holds several.
    """

    file: str
    outcome: Word
    why: str
    params: Mapping[str, str] = field(default_factory=dict)
    patient: PatientId | None = None
    facts: int = 0
    document: FactId | None = None
    arrival: FactId | None = None
    created: int = 0
    not_kept: int = 0
    remarks: tuple[str, ...] = ()
    parts: tuple[Outcome, ...] = ()


def sentence(code: str, params: Mapping[str, str], translate: Callable[[str], str] = str) -> str:
    """The French sentence of a code: of this module, or why a file could not be read.

    Args:
        translate: gettext of the boundary it is said at.
    """
    if code in SENTENCES:
        return translate(SENTENCES[code]) % {name: str(value) for name, value in params.items()}
    return sentences.sentence(Unreadable(code, **params), translate)


def together(file: str, parts: list[Outcome]) -> Outcome:
    """One outcome for a file of several documents: that of the part which asks most of a person."""
    if len(parts) == 1:
        return parts[0]
    first = max(parts, key=lambda part: _WEIGHT[part.outcome])
    return Outcome(
        file, first.outcome, first.why, first.params,
        patient=next((part.patient for part in parts if part.patient), None),
        facts=sum(part.facts for part in parts), document=first.document, arrival=first.arrival,
        created=sum(part.created for part in parts), not_kept=sum(part.not_kept for part in parts),
        remarks=first.remarks, parts=tuple(parts),
    )  # fmt: skip
