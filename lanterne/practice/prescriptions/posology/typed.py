"""The text as it was typed, and the same text made plain for recognising: lower case, no accents, one space.

Law: every plain character knows the typed ones it stands for, so that what is kept beside is kept word for word.
Length is bounded before anything is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 500
"""No prescription line is longer. Beyond, nothing is read: the line is asked about."""

_SAME = {
    "’": "'", "‘": "'", "`": "'", "´": "'", "×": "x", "–": "-", "—": "-", "−": "-", "‑": "-", "μ": "µ", "œ": "oe",
    "æ": "ae", "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⁄": "/", "≥": ">=", "≤": "<=", "º": "°",
    "“": '"', "”": '"', "«": '"', "»": '"', "…": " ", "•": " ", "ß": "ss",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """`text` as typed; `plain` as recognised; `places[i]` is where the plain character i came from."""

    text: str
    plain: str
    places: tuple[int, ...]

    def between(self, start: int, end: int) -> str:
        """What was typed for the plain characters from `start` to before `end`, without blanks at the ends."""
        if start >= end or start >= len(self.places):
            return ""
        return " ".join(
            self.text[self.places[start] : self.places[min(end, len(self.places)) - 1] + 1].split()
        )


def typed(text: str) -> Typed:
    """Make a text plain."""
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in _plain(character):
            if one == " " and (not plain or plain[-1] == " "):
                continue
            plain.append(one)
            places.append(place)
    return Typed(text, "".join(plain), tuple(places))


def fold(text: str) -> str:
    """Letters and digits only, plain, words parted by one space: how names are compared."""
    return re.sub(r"[^a-z0-9µ%.,]+", " ", typed(text).plain).strip()


def _plain(character: str) -> str:
    low = character.lower()
    if low in _SAME:
        return _SAME[low]
    if character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs"):
        return " "
    return "".join(one for one in unicodedata.normalize("NFD", low) if not unicodedata.combining(one))


_ACCENTED = """
fièvre nausées céphalées céphalée anxiété diarrhée diarrhées brûlure brûlures gêne oedème œdème oedèmes
démangeaisons éruption réveil agité agitée épaule épaules lèvres paupières lésion lésions lésées épaisse sèche
sèches irritées infectées ulcère ulcères température fébrile dyspnée règles mâchoire déglutition spasmes
allergie sécheresse épigastrique crise hémorroïdaire hémorroïdes aérophagie dépression énervement encombrement
hyperthermie métrorragies asthénie acné eczéma reflux brûlant brûlants
"""


def accented(text: str) -> str:
    """Usual words of reasons and places with the accents they were typed without."""
    return re.sub(r"[a-z]+", lambda word: _ACCENTS.get(word[0], word[0]), text) if text.isascii() else text


def wordset(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


_ACCENTS = {typed(word).plain: word for word in wordset(_ACCENTED)}
