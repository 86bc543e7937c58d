"""Which publication a file is, by its columns: names change from one download to the next, columns do not.

Law: a file is recognised when most of its first lines have the shape of one publication; otherwise it
is left alone and the report says so.
Source: "Contenu et format des fichiers téléchargeables" of the public base of medicines; headers of the
thesaurus of interactions, of the index of substances and of the ICD-10 as published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from lanterne.reference.medicines.reading import Bounds, FileRead, lines
from lanterne.reference.medicines.writing import fold

CIS = re.compile(r"[0-9]{8}$")
_DATE = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}$")
_CIP13 = re.compile(r"[0-9]{13}$")
_ATC = re.compile(r"[A-Z][0-9]{2}[A-Z]{0,2}[0-9]{0,2}$")
_OPINION = re.compile(r"CT-[0-9]+$")
_LOOKED_AT = 120
_ENOUGH = 0.6

MEDICINES = (
    "medicines", "packs", "composition", "conditions", "generics", "interest", "supply", "opinions",
)  # fmt: skip
"""The eight files of the public base: CIS, CIS_CIP, CIS_COMPO, CIS_CPD, CIS_GENER, CIS_MITM,
CIS_CIP_Dispo_Spec, HAS_LiensPageCT.
"""
HEADED: dict[str, tuple[str, ...]] = {
    "thesaurus": ("protagoniste1", "protagoniste2", "description interaction"),
    "index": ("molecule", "famille"),
    "diagnoses": ("code", "long"),
}

_SHAPES: dict[str, Callable[[Sequence[str]], bool]] = {
    "medicines": lambda c: len(c) >= 11 and bool(CIS.match(c[0])) and bool(_DATE.match(c[7]) or not c[7]),
    "packs": lambda c: len(c) >= 8 and bool(CIS.match(c[0])) and bool(_CIP13.match(c[6])),
    "composition": lambda c: len(c) >= 8 and bool(CIS.match(c[0])) and c[6] in ("SA", "FT", "ST"),
    "conditions": lambda c: len(c) == 2 and bool(CIS.match(c[0])) and not c[1].startswith("http"),
    "generics": lambda c: (
        len(c) >= 4 and c[0].isdigit() and bool(CIS.match(c[2])) and c[3] in ("0", "1", "2", "4")
    ),
    "interest": lambda c: len(c) >= 3 and bool(CIS.match(c[0])) and bool(_ATC.match(c[1])),
    "supply": lambda c: (
        len(c) >= 6 and bool(CIS.match(c[0])) and c[2] in ("1", "2", "3", "4") and bool(_DATE.match(c[4]))
    ),
    "opinions": lambda c: len(c) == 2 and bool(_OPINION.match(c[0])),
}


def delimiter(header: str) -> str:
    """What separates the columns of a file that has a header."""
    return max("\t;,", key=header.count)


def headers(text: str) -> list[str]:
    """The folded column names of a header line."""
    return [fold(cell.strip('"')) for cell in text.split(delimiter(text))]


def recognised(path: Path, bounds: Bounds) -> str:
    """The kind of a file, one of `MEDICINES` or `HEADED`, or "" when it is none of them."""
    first = [text for _, text in islice(lines(path, FileRead(path.name, ""), bounds), _LOOKED_AT)]
    if not first:
        return ""
    columns = headers(first[0])
    for kind, needed in HEADED.items():
        if all(name in columns for name in needed):
            return kind
    rows = [[cell.strip() for cell in text.split("\t")] for text in first]
    for kind, shape in _SHAPES.items():
        if sum(map(shape, rows)) >= _ENOUGH * len(rows):
            return kind
    return ""
