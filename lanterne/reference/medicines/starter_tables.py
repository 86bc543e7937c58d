"""The starter list as its tables say it, checked line by line.

Law: a table that is not what is written here is an error at the first use, with its file and line: never a
shorter list. An empty cell is "not known". Written for Lanterne in November 2026 from general knowledge;
names, strengths and conditions of delivery compared with the public base of medicines (May 2026),
interactions with the thesaurus (2016) and index of classes (2019) of the ANSM.
A list to begin with: no prescribing rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from typing import TypeVar

from lanterne.reference import starter
from lanterne.reference.medicines.model import (
    LEVELS,
    Cautions,
    Class,
    ClassKind,
    Crossing,
    Interaction,
    Level,
    Limit,
    Paper,
    Pregnancy,
    Substance,
    Who,
)
from lanterne.reference.medicines.model import List as PoisonList
from lanterne.reference.medicines.words import LEVELS as LEVEL_WORDS
from lanterne.reference.medicines.words import WHO
from lanterne.reference.medicines.writing import fold

PACKAGE = "lanterne.reference.medicines"
SUBSTANCES = (
    "name", "atc", "components", "synonyms", "brands", "family", "posology", "list", "paper", "long_term",
    "max_days", "condition", "pregnancy", "pregnancy_from", "pregnancy_note", "kidney_adapt", "kidney_stop",
    "kidney_note", "age_min", "age_note", "elderly_note", "interactions",
)  # fmt: skip
FORMS = ("name", "brands", "form", "strengths", "routes")
LIMITS = (
    "name", "who", "route", "unit", "per_kg", "usual_low", "usual_high", "max_intake", "max_day", "interval_h", "note",
)  # fmt: skip
CLASSES = ("name", "kind", "atc", "members", "except", "note")
INTERACTIONS = ("a", "b", "level", "text", "advice")
CROSSINGS = ("a", "b", "text")

_PAPERS: Mapping[str, Paper] = {
    "": "", "stupéfiant": "stupefiant", "assimilé": "assimile", "sécurisée": "securise",
}  # fmt: skip
_LISTS: Mapping[str, PoisonList] = {"": "", "I": "I", "II": "II"}
_PREGNANCY: Mapping[str, Pregnancy] = {
    "": "", "possible": "possible", "prudence": "caution", "éviter": "avoid", "contre-indiqué": "contraindicated",
}  # fmt: skip
_WHO: Mapping[str, Who] = {word: code for code, word in WHO.items()}
_LEVELS: Mapping[str, Level] = {fold(LEVEL_WORDS[level]): level for level in LEVELS}
_KINDS: Mapping[str, ClassKind] = {
    "allergie": "allergy",
    "interaction": "interaction",
    "doublon": "duplicate",
}
_YES: Mapping[str, bool] = {"oui": True, "non": False}
_KNOWN_OR_NOT: Mapping[str, bool | None] = {"": None, **_YES}
NO_ADAPTATION = "sans objet"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sold:
    """One form of a substance. `brands`: those that exist in it."""

    name: str
    brands: tuple[str, ...]
    form: str
    strengths: tuple[str, ...]
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A class, and how its members are found: by the beginning of their ATC code or by their name."""

    said: Class
    atc: tuple[str, ...]
    members: frozenset[str]
    without: frozenset[str]

    def holds(self, name: str, atc: str) -> bool:
        """Whether the substance of this name and ATC code is of the class."""
        key = fold(name)
        if key in self.without:
            return False
        return key in self.members or bool(atc and self.atc and atc.startswith(self.atc))


@dataclass(frozen=True, slots=True)
class Tables:
    """All of them. Keys are folded names."""

    substances: dict[str, Substance]
    aliases: dict[str, str]
    vouched: frozenset[str]
    sold: tuple[Sold, ...]
    limits: dict[str, tuple[Limit, ...]]
    groups: dict[str, Group]
    interactions: dict[tuple[str, str], tuple[Interaction, ...]]
    crossings: tuple[Crossing, ...]

    def named(self, name: str) -> Substance | None:
        """The substance of this name or synonym."""
        return self.substances.get(self.aliases.get(fold(name), fold(name)))


class Row:
    """One line of a table, whose cells are read with their place in the complaint."""

    def __init__(self, table: str, number: int, cells: Mapping[str, str]) -> None:
        self.place, self.cells = f"{table}.tsv, line {number}", cells

    def wrong(self, why: str) -> ValueError:
        """The complaint, with the file and the line."""
        return ValueError(f"{self.place}: {why}")

    def text(self, column: str) -> str:
        """The cell, without the spaces around it."""
        return self.cells[column].strip()

    def needed(self, column: str) -> str:
        """The cell, which may not be empty."""
        if not self.text(column):
            raise self.wrong(f"{column} is empty")
        return self.text(column)

    def several(self, column: str) -> tuple[str, ...]:
        """The words of a list."""
        return tuple(one.strip() for one in self.text(column).split(";") if one.strip())

    def word(self, column: str, words: Mapping[str, T]) -> T:
        """The code of a word."""
        if self.text(column) not in words:
            raise self.wrong(f"{column} « {self.text(column)} » is none of {', '.join(words)}")
        return words[self.text(column)]

    def number(self, column: str) -> Decimal | None:
        """The number, or None."""
        if not self.text(column):
            return None
        try:
            value = Decimal(self.text(column))
        except InvalidOperation:
            raise self.wrong(f"{column} « {self.text(column)} » is not a number") from None
        if not value.is_finite() or value < 0:
            raise self.wrong(f"{column} « {self.text(column)} » is not a quantity")
        return value

    def whole(self, column: str) -> int | None:
        """The whole number, or None."""
        value = self.number(column)
        if value is not None and value != int(value):
            raise self.wrong(f"{column} « {value} » is not whole")
        return None if value is None else int(value)


def _rows(table: str, columns: tuple[str, ...], package: str) -> Iterator[Row]:
    for number, cells in enumerate(starter.rows(table, columns, package), start=2):
        yield Row(table, number, cells)


@cache
def tables() -> Tables:
    """The starter list, read once.

    Raises:
        ValueError: a table is not what it must be.
    """
    return read(PACKAGE)


def read(package: str) -> Tables:
    """The tables of a package. Raises `ValueError` with the file and the line."""
    substances: dict[str, Substance] = {}
    aliases: dict[str, str] = {}
    vouched = set()
    for row in _rows("substances", SUBSTANCES, package):
        one = _substance(row)
        key = fold(one.name)
        if key in substances:
            raise row.wrong(f"« {one.name} » is there twice")
        substances[key] = one
        if row.word("interactions", {"": False, **_YES}):
            vouched.add(key)
        for synonym in one.synonyms:
            if aliases.setdefault(fold(synonym), key) != key:
                raise row.wrong(f"« {synonym} » is a synonym of two substances")
    for alias in aliases:
        if alias in substances:
            raise ValueError(f"substances.tsv: « {alias} » is a substance and a synonym")
    known = _Known(substances)
    groups = _groups(known, package)
    return Tables(
        substances,
        aliases,
        frozenset(vouched),
        tuple(_sold(row, known) for row in _rows("forms", FORMS, package)),
        _limits(known, package),
        groups,
        _interactions(known, groups, package),
        _crossings(known, groups, package),
    )


def _substance(row: Row) -> Substance:
    kidney_note = row.text("kidney_note")
    adapt, stop = row.number("kidney_adapt"), row.number("kidney_stop")
    return Substance(
        name=row.needed("name"),
        components=row.several("components"),
        synonyms=row.several("synonyms"),
        atc=row.text("atc"),
        brands=row.several("brands"),
        family=row.text("family"),
        posology=row.text("posology"),
        list=row.word("list", _LISTS),
        paper=row.word("paper", _PAPERS),
        condition=row.text("condition"),
        max_days=row.whole("max_days"),
        cautions=Cautions(
            pregnancy=row.word("pregnancy", _PREGNANCY),
            pregnancy_from_week=row.whole("pregnancy_from"),
            pregnancy_note=row.text("pregnancy_note"),
            kidney_known=adapt is not None or stop is not None or fold(kidney_note).startswith(NO_ADAPTATION),
            kidney_adapt=adapt,
            kidney_stop=stop,
            kidney_note=kidney_note,
            age_min_years=row.number("age_min"),
            age_note=row.text("age_note"),
            elderly_note=row.text("elderly_note"),
            long_term=row.word("long_term", _KNOWN_OR_NOT),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    substances: Mapping[str, Substance]

    def name(self, row: Row, column: str) -> str:
        """The name in this cell, which must be that of a substance, as it is written there."""
        return self.exact(row, row.needed(column))

    def exact(self, row: Row, name: str) -> str:
        one = self.substances.get(fold(name))
        if one is None or one.name != name:
            raise row.wrong(f"« {name} » is not a name of substances.tsv")
        return name


def _sold(row: Row, known: _Known) -> Sold:
    return Sold(
        known.name(row, "name"),
        row.several("brands"),
        row.needed("form"),
        row.several("strengths"),
        row.several("routes"),
    )


def _limits(known: _Known, package: str) -> dict[str, tuple[Limit, ...]]:
    found: dict[str, list[Limit]] = {}
    for row in _rows("limits", LIMITS, package):
        name = known.name(row, "name")
        one = Limit(
            substance=name,
            who=row.word("who", _WHO),
            route=row.text("route"),
            unit=row.needed("unit"),
            per_kg=row.word("per_kg", _YES),
            usual_low=row.number("usual_low"),
            usual_high=row.number("usual_high"),
            max_intake=row.number("max_intake"),
            max_day=row.number("max_day"),
            interval_h=row.number("interval_h"),
            note=row.text("note"),
        )
        rising = [x for x in (one.usual_low, one.usual_high, one.max_intake, one.max_day) if x is not None]
        if any(low > high for low, high in pairwise(rising)):
            raise row.wrong("the doses do not rise from usual_low to max_day")
        found.setdefault(fold(name), []).append(one)
    return {key: tuple(several) for key, several in found.items()}


def _groups(known: _Known, package: str) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for row in _rows("classes", CLASSES, package):
        name = row.needed("name")
        kinds = frozenset(_kind(row, word) for word in row.several("kind"))
        group = Group(
            Class(name, kinds, row.text("note")),
            row.several("atc"),
            frozenset(fold(known.exact(row, one)) for one in row.several("members")),
            frozenset(fold(known.exact(row, one)) for one in row.several("except")),
        )
        if not kinds or fold(name) in found:
            raise row.wrong(f"« {name} » has no kind, or is there twice")
        if not any(group.holds(one.name, one.atc) for one in known.substances.values()):
            raise row.wrong(f"nothing is of the class « {name} »")
        found[fold(name)] = group
    return found


def _kind(row: Row, word: str) -> ClassKind:
    if word not in _KINDS:
        raise row.wrong(f"kind « {word} » is none of {', '.join(_KINDS)}")
    return _KINDS[word]


def _interactions(
    known: _Known, groups: Mapping[str, Group], package: str
) -> dict[tuple[str, str], tuple[Interaction, ...]]:
    found: dict[tuple[str, str], tuple[Interaction, ...]] = {}
    for row in _rows("interactions", INTERACTIONS, package):
        a, b = (_either(row, column, known, groups) for column in ("a", "b"))
        level = _LEVELS.get(fold(row.text("level")))
        if level is None:
            raise row.wrong(f"level « {row.text('level')} » is not one of the four")
        first, second = sorted((fold(a), fold(b)))
        if (first, second) in found:
            raise row.wrong(f"« {a} » with « {b} » is there twice")
        found[first, second] = (Interaction(a, b, level, row.needed("text"), row.text("advice")),)
    return found


def _crossings(known: _Known, groups: Mapping[str, Group], package: str) -> tuple[Crossing, ...]:
    return tuple(
        Crossing(_either(row, "a", known, groups), _either(row, "b", known, groups), row.needed("text"))
        for row in _rows("crossings", CROSSINGS, package)
    )


def _either(row: Row, column: str, known: _Known, groups: Mapping[str, Group]) -> str:
    name = row.needed(column)
    group = groups.get(fold(name))
    if group is not None and group.said.name == name:
        return name
    return known.exact(row, name)


def ordered(name: str, other: str) -> tuple[str, str]:
    """The two folded names in the order of the keys of `Tables.interactions`."""
    first, second = sorted((fold(name), fold(other)))
    return first, second
