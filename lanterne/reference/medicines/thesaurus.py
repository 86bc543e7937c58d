"""Interactions and classes as the agency publishes them, made ready to be asked.

Law: names are compared folded, since the thesaurus writes classes in capitals, without accents, in the
plural. A class that has no member in the index takes those the thesaurus lists beside it; one that has none
anywhere is kept as "unlisted", so that it can be said. A level that depends on a condition is kept at its
gravest, marked, with the condition in the text.
Source: "Thésaurus des interactions médicamenteuses" of the ANSM and its index of substances.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lanterne.reference.medicines.dci import dci
from lanterne.reference.medicines.model import LEVELS, Interaction, Level
from lanterne.reference.medicines.reading import Aside
from lanterne.reference.medicines.recognising import delimiter, headers
from lanterne.reference.medicines.starter_tables import Tables
from lanterne.reference.medicines.writing import fold

ON_ITS_OWN = "interactions en propre seulement"
"""The class of a substance that has interactions of its own and belongs to no class."""
_LEVELS: dict[str, Level] = {
    "contre indication": "contraindicated",
    "ci": "contraindicated",
    "association deconseillee": "discouraged",
    "asdec": "discouraged",
    "precaution d emploi": "precaution",
    "pe": "precaution",
    "a prendre en compte": "noted",
    "apec": "noted",
}
_TORSADES = "torsadogenes sauf arsenieux antiparasitaires neuroleptiques methadone"
_CURATIVE, _PREVENTIVE = "heparines doses curatives et ou sujet age", "heparines doses preventives"
_LIGHT, _PLAIN = "heparines de bas poids moleculaire et apparentes", "heparines non fractionnees"
_IMAO = "imao a reversibles y compris oxazolidinones et bleu de methylene"
RENAMED: dict[str, str] = {
    "torsadogenes sauf antiparasitaires neuroleptiques methadone": _TORSADES,
    f"{_LIGHT} doses preventives": _PREVENTIVE,
    f"{_PLAIN} doses preventives": _PREVENTIVE,
    f"{_LIGHT} doses curatives et ou sujet age": _CURATIVE,
    f"{_PLAIN} doses curatives et ou sujet age": _CURATIVE,
    "imao a reversibles y compris linezolide et bleu de methylene": _IMAO,
    "autres corticoides notamment inhales": "corticoides metabolises notamment inhales",
}
"""Classes of the thesaurus of August 2016 by the name the index of September 2019 gives them."""

_SPELLED = re.compile(
    r"^\s*(contre-indication|association d[ée]conseill[ée]e|pr[ée]caution d[ ’']emploi|[aà] prendre en compte)\s*",
    re.IGNORECASE,
)
_SHORT = re.compile(r"^\s*((?:CI|ASDEC|APEC|PE)(?:\s*-\s*(?:CI|ASDEC|APEC|PE))*)(?=[\s\-]|[A-Z]|$)\s*")
_LISTED = re.compile(r"\(([^()]{3,4000})\)\s*$")
_COLUMNS: dict[str, Level] = {"ci": "contraindicated", "ad": "discouraged", "pe": "precaution", "pc": "noted"}


@dataclass(slots=True)
class Interplay:
    """Lines of the thesaurus and of the index."""

    rows: list[tuple[str, str, Interaction]] = field(default_factory=list)
    beside: dict[str, set[str]] = field(default_factory=dict)
    """Members the thesaurus lists beside a class, by the folded name of the class."""
    index: list[tuple[str, str]] = field(default_factory=list)


class Columns:
    """The lines of a file with a header, as maps; one physical line is one row, so that a stray quote
    spoils only one.
    """

    def __init__(self, header: str) -> None:
        self.separator, self.names = delimiter(header), headers(header)

    def row(self, text: str) -> dict[str, str]:
        """The cells by folded column name.

        Raises:
            Aside: the line is not a row of this table.
        """
        try:
            cells = next(csv.reader([text], delimiter=self.separator, strict=True), [])
        except csv.Error:
            cells = text.split(self.separator)
        if len(cells) < 2:
            raise Aside("too_few_columns")
        return {name: cell.strip() for name, cell in zip(self.names, cells, strict=False)}


def level(row: dict[str, str]) -> tuple[Level, bool, str]:
    """(gravest level, whether it depends on a condition, the rest of the text) of one row of the thesaurus.

    Raises:
        Aside: no level is said.
    """
    text = row.get("description interaction", "")
    spelled = _SPELLED.match(text)
    if spelled is not None:
        return _LEVELS[fold(spelled[1])], False, text[spelled.end() :].strip()
    short = _SHORT.match(text)
    if short is not None:
        said = sorted({_LEVELS[fold(one)] for one in short[1].split("-")}, key=LEVELS.index)
        return said[0], len(said) > 1, text[short.end() :].strip()
    columns = [name for column, name in _COLUMNS.items() if row.get(column)]
    if not columns:
        raise Aside("no_level")
    return min(columns, key=LEVELS.index), len(columns) > 1, text.strip()


def take_interaction(kept: Interplay, row: dict[str, str]) -> None:
    """Keep one row of the thesaurus. Raises `Aside`."""
    a, b = row.get("protagoniste1", ""), row.get("protagoniste2", "")
    if not a or not b:
        raise Aside("no_name")
    gravest, conditional, advice = level(row)
    why = row.get("mecanisme", "")
    if fold(advice) and fold(advice) in fold(why):
        advice = ""
    kept.rows.append(
        (a, b, Interaction(a.lower(), b.lower(), gravest, why or advice, advice if why else "", conditional))
    )
    listed = _LISTED.search(row.get("description medoc", ""))
    if listed is not None:
        members = {one.strip() for one in listed[1].split(",")}
        if len(members) > 1 and all(len(one) < 60 for one in members):
            kept.beside.setdefault(fold(a), set()).update(members)


def take_member(kept: Interplay, row: dict[str, str]) -> None:
    """Keep one row of the index. Raises `Aside`."""
    substance, group = row.get("molecule", ""), row.get("famille", "")
    if not substance:
        raise Aside("no_name")
    kept.index.append((substance, group))


@dataclass(frozen=True, slots=True)
class Ready:
    """What goes into the tables: see `schema.add_interactions` and `schema.add_memberships`."""

    interactions: list[tuple[str, str, Interaction]]
    protagonists: list[tuple[str, str, bool]]
    memberships: list[tuple[str, str, str, str]]
    unlisted: list[str]
    """Classes, foods and devices the thesaurus speaks of and whose members nobody lists."""


def ready(kept: Interplay, known: Tables) -> Ready:
    """The keys of both sides, and who is of which class."""

    def known_name(key: str) -> str | None:
        one = known.substances.get(known.aliases.get(key, key))
        return None if one is None else one.name

    classes = {fold(group) for _, group in kept.index} - {"", ON_ITS_OWN}
    named = _names(kept, known_name)
    memberships = [
        (key, "" if fold(group) == ON_ITS_OWN else fold(group), name, group)
        for substance, group in kept.index
        for key, name in _both(substance, named)
    ]
    substances = {key for key, _, _, _ in memberships}
    protagonists = {fold(name): name for a, b, _ in kept.rows for name in (a, b)}
    for key, name in protagonists.items():
        if key in classes or key in substances or fold(named(name)) in substances:
            continue
        renamed = RENAMED.get(key)
        members = sorted(
            kept.beside.get(key, set()) | {one for one, group in kept.index if fold(group) == renamed}
        )
        if members:
            classes.add(key)
            memberships += [
                (other, key, member, name.lower()) for one in members for other, member in _both(one, named)
            ]
    substances = {key for key, _, _, _ in memberships}

    def keyed(name: str) -> str:
        return fold(name) if fold(name) in classes else fold(named(name))

    unlisted = sorted(
        name.lower()
        for key, name in protagonists.items()
        if key not in classes and keyed(name) not in substances and " " in key
    )  # one word is a substance, found by its own name
    return Ready(
        [(keyed(a), keyed(b), one) for a, b, one in kept.rows],
        [(keyed(name), name.lower(), name.lower() not in unlisted) for name in protagonists.values()],
        memberships,
        unlisted,
    )


def _names(kept: Interplay, known_name: Callable[[str], str | None]) -> Callable[[str], str]:
    """The DCI of a name of the agency, in the project's writing."""
    return lambda published: dci(published, known_name)


def _both(published: str, named: Callable[[str], str]) -> list[tuple[str, str]]:
    """(key, name) under the published name, and under its DCI when that is another."""
    name = named(published)
    pairs = {fold(published): published.lower(), fold(name): name}
    return list(pairs.items())
