"""Interactions and classes of substances: from the thesaurus of an edition, or from the starter list.

Law: a substance that is not in the index is "not checked", whatever was found about it besides; a class
whose members nobody lists is named, so that nobody takes its silence for an absence. Gravest first.
"""

from __future__ import annotations

import sqlite3
from itertools import product
from typing import Protocol

import msgspec

from lanterne.reference.medicines import starter_tables
from lanterne.reference.medicines.model import (
    LEVELS,
    Class,
    Classes,
    Edition,
    Interaction,
    Interactions,
    Part,
    Substance,
)
from lanterne.reference.medicines.writing import fold


class Relations(Protocol):
    """What substances do together, for substances already found."""

    def interactions(self, a: Substance, b: Substance) -> Interactions:
        """See `Base.interactions`."""
        ...

    def classes(self, substance: Substance) -> Classes:
        """The classes this source puts it in; not checked when it is not in its index."""
        ...

    def members(self, name: str) -> tuple[str, ...]:
        """The substances of a class."""
        ...


def _sorted(found: dict[tuple[str, str, str], Interaction]) -> tuple[Interaction, ...]:
    return tuple(sorted(found.values(), key=lambda one: (LEVELS.index(one.level), fold(one.a), fold(one.b))))


class StarterRelations:
    """Interactions of the starter list: checked only for the substances it vouches for."""

    def __init__(self, edition: Edition) -> None:
        self._tables = starter_tables.tables()
        self._part = edition.part("interactions")

    def interactions(self, a: Substance, b: Substance) -> Interactions:
        """See `Base.interactions`."""
        found: dict[tuple[str, str, str], Interaction] = {}
        for one, other in product(self._keys(a), self._keys(b)):
            for interaction in self._tables.interactions.get(starter_tables.ordered(one, other), ()):
                found[interaction.a, interaction.b, interaction.level] = interaction
        missing = tuple(dict.fromkeys(name for side in (a, b) for name in self._missing(side)))
        return Interactions(not missing, missing, _sorted(found), self._part)

    def _keys(self, substance: Substance) -> set[str]:
        """The names and classes under which the list may speak of a substance or of what it contains."""
        groups = self._tables.groups
        keys = {fold(substance.name)}
        keys |= {key for key, group in groups.items() if group.holds(substance.name, substance.atc)}
        for part in substance.parts:
            known = self._tables.named(part)
            name, atc = (known.name, known.atc) if known else (part, "")
            if part == substance.name:
                atc = atc or substance.atc
            keys.add(fold(name))
            keys |= {key for key, group in groups.items() if group.holds(name, atc)}
        return keys

    def _missing(self, substance: Substance) -> tuple[str, ...]:
        if fold(substance.name) in self._tables.vouched:
            return ()
        return tuple(part for part in substance.parts if not self._vouched(part))

    def _vouched(self, name: str) -> bool:
        known = self._tables.named(name)
        return known is not None and fold(known.name) in self._tables.vouched

    def classes(self, substance: Substance) -> Classes:
        """Those of the list are added by the base itself; here, whether the list knows the substance."""
        return Classes(substance.name, self._tables.named(substance.name) is not None, ())

    def members(self, name: str) -> tuple[str, ...]:
        """None besides those of the list."""
        return ()


class Thesaurus:
    """Interactions of the tables of an edition; `besides` answers for substances its index does not know."""

    def __init__(self, connection: sqlite3.Connection, part: Part, besides: StarterRelations) -> None:
        self._connection, self._part, self._besides = connection, part, besides

    def interactions(self, a: Substance, b: Substance) -> Interactions:
        """See `Base.interactions`."""
        found: dict[tuple[str, str, str], Interaction] = {}
        missing: list[str] = []
        sides = []
        for side in (a, b):
            keys: set[str] = set()
            for part in side.parts:
                held = self._classes_of(part)
                keys |= {fold(part), *held}
                if not held and not self._indexed(part):
                    missing.append(part)
            sides.append(keys)
        for one, other in product(*sides):
            for (body,) in self._connection.execute(
                "SELECT body FROM interaction WHERE a = ? AND b = ? OR a = ? AND b = ?",
                (one, other, other, one),
            ):
                interaction = msgspec.json.decode(body, type=Interaction)
                found[interaction.a, interaction.b, interaction.level] = interaction
        unlisted = self._unlisted(sides[0] | sides[1])
        if missing:
            own = self._besides.interactions(a, b)
            found |= _keyed(own)
            if own.checked:
                missing = []
        return Interactions(not missing, tuple(dict.fromkeys(missing)), _sorted(found), self._part, unlisted)

    def _unlisted(self, keys: set[str]) -> tuple[str, ...]:
        """The names the thesaurus says these interact with, and that nobody lists."""
        held = msgspec.json.encode(sorted(keys)).decode()
        rows = self._connection.execute(
            "WITH held AS (SELECT value FROM json_each(?))"
            " SELECT DISTINCT name FROM protagonist, interaction WHERE members = 0"
            " AND (a = key AND b IN held OR b = key AND a IN held)"
            " AND key NOT IN (SELECT key FROM substance) ORDER BY name",
            (held,),
        )
        return tuple(name for (name,) in rows)

    def _classes_of(self, name: str) -> list[str]:
        rows = self._connection.execute("SELECT class FROM membership WHERE substance = ?", (fold(name),))
        return [key for (key,) in rows]

    def _indexed(self, name: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM membership WHERE substance = ? LIMIT 1", (fold(name),)
        ).fetchone()
        return row is not None

    def classes(self, substance: Substance) -> Classes:
        """The classes of the published index."""
        checked, found = True, dict[str, Class]()
        for part in substance.parts:
            rows = self._connection.execute(
                "SELECT class, class_name FROM membership WHERE substance = ?", (fold(part),)
            ).fetchall()
            checked = checked and bool(rows)
            found.update((key, Class(name, frozenset({"interaction"}))) for key, name in rows if key)
        return Classes(substance.name, checked, tuple(found.values()))

    def members(self, name: str) -> tuple[str, ...]:
        """The substances the published index puts in this class."""
        rows = self._connection.execute(
            "SELECT substance_name FROM membership WHERE class = ? ORDER BY substance", (fold(name),)
        )
        return tuple(found for (found,) in rows)


def _keyed(answer: Interactions) -> dict[tuple[str, str, str], Interaction]:
    return {(one.a, one.b, one.level): one for one in answer.found}
