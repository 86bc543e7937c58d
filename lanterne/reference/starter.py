"""How a starter table is read: one tab-separated file of `tables/`, its header line first, UTF-8.

Law: a file that is not what its module expects is an error when the module is loaded, never an empty list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from importlib import resources


def rows(name: str, columns: Sequence[str], package: str = "lanterne.reference") -> list[dict[str, str]]:
    """The lines of `tables/<name>.tsv` of that package as maps from column to text.

    Raises:
        ValueError: the header is not `columns`, or a line has too few or too many cells.
    """
    text = resources.files(package).joinpath("tables", f"{name}.tsv").read_text(encoding="utf-8")
    lines = text.splitlines()
    if lines[0].split("\t") != list(columns):
        raise ValueError(f"{name}.tsv: the columns are not {', '.join(columns)}")
    found: list[dict[str, str]] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise ValueError(f"{name}.tsv, line {number}: {len(cells)} cells instead of {len(columns)}")
        found.append(dict(zip(columns, cells, strict=True)))
    return found


def fold(text: str) -> str:
    """Lower case, without accents, ligatures opened, punctuation as spaces: what is compared in a search."""
    opened = text.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFD", opened) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def rank(query: str, label: str, words: str = "", code: str = "") -> int | None:
    """How well a line answers a query; smaller is better, None when it does not.

    Every word of the query must begin a word of the label, of the other words, or the code.
    0: the code itself; 1: the label begins with the query; 2: all words in the label; 3: elsewhere.
    """
    asked = fold(query)
    if not asked:
        return None
    compact = asked.replace(" ", "")
    if code and fold(code).replace(" ", "").startswith(compact):
        return 0
    folded = fold(label)
    if folded.startswith(asked):
        return 1
    return _rank_words(asked.split(), folded.split(), fold(words).split())


def _rank_words(asked: Iterable[str], in_label: list[str], elsewhere: list[str]) -> int | None:
    found = 2
    for word in asked:
        if any(candidate.startswith(word) for candidate in in_label):
            continue
        if not any(candidate.startswith(word) for candidate in elsewhere):
            return None
        found = 3
    return found
