"""Names compared, never rewritten: what a person typed is what the screen shows.

Three forms of a name serve three questions. `strict` is the form of the strict traits of the référentiel INS
(capitals without accents): are these the same traits? `words` are what search compares: case, accents,
hyphens, apostrophes and spaces do not count. `sound` groups spellings that a French ear confuses: Thibault,
Thibaut, Tibo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"[^\W\d_]+")

# A name of more words than this is not a name; the index stays bounded whatever arrives by sync.
MOST_WORDS = 24
LONGEST_WORD = 60


def fold(text: str) -> str:
    """Lower case without accents or ligatures; other characters stay."""
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    if lowered.isascii():
        return lowered
    apart = unicodedata.normalize("NFKD", lowered)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The folded words of a name: "Jean-Noël D'Arc" gives jean, noel, d, arc."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))[:MOST_WORDS]]


def strict(text: str) -> str:
    """The form in which strict traits are compared: capitals, no accents; hyphens and apostrophes count as
    spaces.
    """
    return " ".join(words(text)).upper()


def spread(names: Iterable[str]) -> Iterator[str]:
    """The words under which names are found, each once: every word, then compound names in one word (legoff).

    Words come in the order of the names, so that a list sorted by them is sorted by name.
    """
    seen: dict[str, None] = {}
    compounds = []
    for name in names:
        parts = words(name)
        seen.update(dict.fromkeys(parts))
        if len(parts) > 1:
            compounds.append("".join(parts)[:LONGEST_WORD])
    seen.update(dict.fromkeys(compounds))
    return iter(seen)


_GROUPS = (
    ("ph", "f"), ("sch", "ch"), ("ch", "5"), ("th", "t"), ("gn", "6"), ("ill", "i"), ("eau", "o"), ("au", "o"),
    ("qu", "k"), ("q", "k"), ("ck", "k"), ("gu", "g"), ("ge", "je"), ("gi", "ji"), ("gy", "ji"),
    ("jea", "ja"), ("jeh", "j"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("w", "v"), ("y", "i"), ("z", "s"), ("h", ""),
    ("oeu", "e"), ("eu", "e"),
)  # fmt: skip
_SILENT_END = re.compile(r"(?<=[a-z0-9])l?[stdpxz]+$")
_OPEN_END = re.compile(r"(?:er|et|ay|ey|ai|ez|ee)$")
_MUTE_END = re.compile(r"(?<=[a-z0-9]{2})e$")
_NASALS = (
    (re.compile(r"(?:ain|ein|aim|in|im|un|um)(?![aeiounm])"), "2"),
    (re.compile(r"(?:an|am|en|em)(?![aeiounm])"), "1"),
    (re.compile(r"(?:on|om)(?![aeiounm])"), "3"),
)
_DOUBLES = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """A key shared by spellings a French ear confuses, for a folded word. Own rules, after Soundex 2 and
    Phonex.

    Only for suggesting: two names with one sound are shown as close, never taken for one.
    """
    if len(word) < 3 or not word.isascii():
        return word
    key = _SILENT_END.sub("", _OPEN_END.sub("e4", word))
    for letters, as_heard in _GROUPS:
        if letters in key:
            key = key.replace(letters, as_heard)
    for nasal, as_heard in _NASALS:
        key = nasal.sub(as_heard, key)
    key = key.replace("ai", "e").replace("ei", "e")
    key = _MUTE_END.sub("", key)
    return _DOUBLES.sub(r"\1", key) or word


def allowed_slips(length: int) -> int:
    """Letters a word of this length may have wrong: none below 4, one below 7, two beyond (measured on 40,000
    names: one more lets in a dozen unrelated names a query).
    """
    if length < 4:
        return 0
    return 1 if length < 7 else 2


def heard(name: str) -> tuple[str, str]:
    """What `alike` compares of a name: its words in one, and their sound."""
    joined = "".join(words(name))
    return joined, sound(joined)


def alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """`close`, of names already heard."""
    if not one[0] or not other[0]:
        return False
    if one[0] == other[0] or (len(one[1]) >= 3 and one[1] == other[1]):
        return True
    slips = allowed_slips(min(len(one[0]), len(other[0])))
    return slips > 0 and OSA.distance(one[0], other[0], score_cutoff=slips) <= slips


def close(first: str, second: str) -> bool:
    """Whether two names (any number of words) are the same but for a slip, or sound alike."""
    return alike(heard(first), heard(second))
