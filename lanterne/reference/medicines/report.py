"""What a load met, for a person and for a program.

Law: nothing passed over in silence: each file with its encodings and its kept lines, each line put aside
with its number and why, each key that leads nowhere counted with examples, each file left alone named.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from lanterne.reference.medicines.model import Part, PartKind
from lanterne.reference.medicines.reading import FileRead

WHY: dict[str, str] = {
    "file_too_long": "le fichier est trop long : la suite n’est pas lue",
    "damaged": "le fichier est abîmé : la suite ne se lit pas",
    "line_too_long": "la ligne est trop longue",
    "nul_byte": "la ligne contient un octet nul",
    "cell_too_long": "une case est trop longue",
    "too_few_columns": "il manque des colonnes",
    "not_a_code": "le code n’en est pas un",
    "no_name": "il n’y a pas de nom",
    "twice": "ce code est déjà dans le fichier",
    "too_many_for_one": "trop de lignes pour un seul médicament",
    "not_a_substance": "ce n’est pas une ligne de composition",
    "empty": "la ligne ne dit rien",
    "not_a_group": "le groupe n’est pas un numéro",
    "not_an_atc": "le code ATC n’en est pas un",
    "unknown_state": "l’état n’est pas connu",
    "not_an_address": "l’adresse n’en est pas une",
    "no_level": "le niveau de l’interaction n’est pas dit",
    "unknown": "le fichier n’est pas de ceux que Lanterne sait lire",
    "second": "un autre fichier de la même sorte a déjà été lu",
    "too_large": "le fichier dépasse la taille permise",
    "too_many_files": "le dossier contient trop de fichiers : la suite n’est pas regardée",
}
"""Why a line or a file was put aside, in French."""

FILES: dict[str, str] = {
    "medicines": "médicaments",
    "packs": "présentations",
    "composition": "compositions",
    "conditions": "conditions de prescription",
    "generics": "groupes génériques",
    "interest": "codes ATC",
    "supply": "ruptures et tensions",
    "opinions": "avis de la HAS",
    "thesaurus": "interactions",
    "index": "classes de substances",
    "diagnoses": "CIM-10",
}
"""What each kind of file holds, in French."""

PARTS: dict[PartKind, str] = {
    "medicines": "médicaments",
    "interactions": "interactions",
    "classes": "classes de substances",
    "diagnoses": "CIM-10",
}
"""What each part of an edition is, in French."""

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Dangling:
    """Codes a file speaks of that are not in the main file."""

    file: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A file that was not used."""

    name: str
    why: str


@dataclass(slots=True)
class Loaded:
    """What a load did. `dated_by`: "asked", "supply" (the latest update of the shortages) or "today"."""

    files: list[FileRead] = field(default_factory=list)
    left_alone: list[LeftAlone] = field(default_factory=list)
    dangling: list[Dangling] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """Kinds of files of the public base that were not there."""
    unlisted: list[str] = field(default_factory=list)
    """Classes and foods the thesaurus speaks of, whose members nobody lists."""
    parts: tuple[Part, ...] = ()
    carried: tuple[PartKind, ...] = ()
    dated: date | None = None
    dated_by: str = ""
    digest: str = ""
    replaced: bool = False

    def plain(self) -> dict[str, Any]:
        """The report in plain values, dates as text."""
        told = asdict(self)
        told["dated"] = self.dated.isoformat() if self.dated else None
        told["parts"] = [
            {**asdict(part), "dated": part.dated.isoformat() if part.dated else None} for part in self.parts
        ]
        return told
