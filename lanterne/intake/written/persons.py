"""Whose: names, sex and social numbers as laboratories write them.

Law: traits are kept as written; only what is plainly no part of a name (a civility, « née », « ép. ») is
taken apart. The social number on a report is the insured person's, who may be a parent: it is taken for the
patient's own only when it agrees with the birth date. A wrong key is said (`key_agrees` False), never
repaired; a number without its key is not completed, since the key is what protects from a slip. Source:
référentiel INS; DOMAIN: split from its key, with spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lanterne.practice.patients.ins import compact, has_shape, key_agrees
from lanterne.practice.patients.names import fold

Sex = Literal["female", "male", "unknown"]

_CIVILITIES: dict[str, Sex] = {
    "m": "male", "mr": "male", "monsieur": "male", "mme": "female", "madame": "female", "mlle": "female",
    "mademoiselle": "female", "melle": "female", "enf": "unknown", "enfant": "unknown", "dr": "unknown",
    "bb": "unknown", "bebe": "unknown",
}  # fmt: skip
_SEXES: dict[str, Sex] = {
    "m": "male", "h": "male", "1": "male", "masculin": "male", "homme": "male", "male": "male", "garcon": "male",
    "masc": "male", "f": "female", "2": "female", "feminin": "female", "femme": "female", "female": "female",
    "fille": "female", "fem": "female", "w": "female",
}  # fmt: skip
_BORN = re.compile(r"\s+(?:nee?|né(?:e|\(e\))?|n\.)\s+", re.IGNORECASE)
_MARRIED = re.compile(r"\s+(?:ep\.?|épouse|epouse|épse|epse|ép\.?|vve|veuve)\s+", re.IGNORECASE)
_NAME_LONGEST = 120

WRONG_KEY = "La clé du numéro de sécurité sociale est fausse : il ne sert pas à reconnaître le patient."


@dataclass(frozen=True, slots=True)
class Names:
    """Family names of a person as one line of text says them."""

    birth_name: str
    used_name: str = ""
    sex: Sex = "unknown"


@dataclass(frozen=True, slots=True)
class SocialNumber:
    """A matricule of 15 characters, whether its key agrees, and whether it is the patient's own as far as
    dates say.
    """

    matricule: str
    key_agrees: bool
    own: bool


def family_names(line: str) -> Names:
    """« MME DURAND NEE MARTIN » as birth name Martin, used name Durand, female."""
    words = _tidy(line).split(" ")
    sex: Sex = "unknown"
    while len(words) > 1 and fold(words[0]).rstrip(".") in _CIVILITIES:
        said = _CIVILITIES[fold(words.pop(0)).rstrip(".")]
        sex = said if said != "unknown" else sex
    name = " ".join(words)
    for pattern, birth_last in ((_BORN, True), (_MARRIED, False)):
        parts = pattern.split(name, maxsplit=1)
        if len(parts) == 2 and all(parts):
            birth, used = (parts[1], parts[0]) if birth_last else (parts[0], parts[1])
            return Names(birth, used, sex)
    return Names(name, "", sex)


def given_name(line: str) -> str:
    """Given names as written, on one line."""
    return _tidy(line)


def sex_of(word: str) -> Sex:
    """M, F, 1, 2, Masculin, Féminin…; unknown for anything else."""
    return _SEXES.get(fold(word.strip()).rstrip("."), "unknown")


def social_number(text: str, birth: str) -> SocialNumber | None:
    """The matricule of 15 characters in a text, with spaces or not; None when there is none, or not with its
    key.

    Args:
        birth: ISO birth date of the patient, possibly partial or empty: then the number is not taken for
        theirs.
    """
    matricule = compact(text[:60])
    if not has_shape(matricule):
        return None
    return SocialNumber(matricule, key_agrees(matricule), _agrees(matricule, birth))


def _agrees(matricule: str, birth: str) -> bool:
    if len(birth) < 4 or birth[2:4] != matricule[1:3]:
        return False
    month = matricule[3:5]
    return not ("01" <= month <= "12" and len(birth) >= 7 and birth[5:7] != month)


def _tidy(line: str) -> str:
    return " ".join(line.replace("\u00a0", " ").split())[:_NAME_LONGEST]
