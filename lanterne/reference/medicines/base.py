"""The one implementation of `Base`: questions put to the tables of an edition, and to the starter list for
what no public file says (doses, pregnancy, kidney, allergy classes).

Law: what the public files do not say is taken from the starter list, whose mark goes with it; what neither
says is "not checked". One connection, one lock: a base may be asked from several threads.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import msgspec

from lanterne.reference.medicines import schema, starter_tables
from lanterne.reference.medicines.model import (
    Class,
    Classes,
    Crossing,
    Edition,
    Heading,
    Hit,
    Interactions,
    Limit,
    Medicine,
    Name,
    Substance,
)
from lanterne.reference.medicines.relations import Relations
from lanterne.reference.medicines.search import MOST_TYPED, MOST_WORDS, Search
from lanterne.reference.medicines.writing import amounts, fold, same_form

MOST_ANSWERS = 100


class Answers:
    """A base over the tables of one edition (`schema.py`), read only."""

    def __init__(self, connection: sqlite3.Connection, edition: Edition, relations: Relations) -> None:
        self._connection = connection
        self._edition = edition
        self._relations = relations
        self._lock = threading.RLock()
        self._search = Search(connection)
        self._tables = starter_tables.tables()
        self._substance_of = lru_cache(maxsize=4096)(self._find_substance)

    @property
    def edition(self) -> Edition:
        """Which base this is, and of when."""
        return self._edition

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._connection.close()

    # ------------------------------------------------------------ what is sold

    def search(self, text: str, *, limit: int = 20) -> Sequence[Hit]:
        """See `Base.search`. At most `MOST_ANSWERS`."""
        with self._lock:
            return self._search(text, max(0, min(limit, MOST_ANSWERS)))

    def medicine(self, code: str) -> Medicine | None:
        """See `Base.medicine`."""
        row = self._row("SELECT body FROM medicine WHERE code = ?", code)
        return msgspec.json.decode(row, type=Medicine) if row else None

    def substance(self, name: str) -> Substance | None:
        """See `Base.substance`."""
        return self._substance_of(fold(name))

    def _find_substance(self, key: str) -> Substance | None:
        key = self._tables.aliases.get(key, key)
        row = self._row("SELECT body FROM substance WHERE key = ?", key)
        if row:
            return self._with_cautions(msgspec.json.decode(row, type=Substance))
        brand = self._row("SELECT body FROM name WHERE key = ? AND kind = 'brand'", key)
        if brand:
            held = msgspec.json.decode(brand, type=Name).substances
            if len(held) == 1 and fold(held[0]) != key:
                return self._find_substance(fold(held[0]))
        return self._tables.substances.get(key)

    def _with_cautions(self, one: Substance) -> Substance:
        known = self._tables.substances.get(fold(one.name))
        if known is None or self._edition.starter:
            return one
        return replace(
            known,
            brands=one.brands or known.brands,
            list=one.list or known.list,
            paper=one.paper or known.paper,
            max_days=one.max_days or known.max_days,
        )

    def names(self) -> Sequence[Name]:
        """See `Base.names`."""
        with self._lock:
            rows = self._connection.execute("SELECT body FROM name ORDER BY key, kind").fetchall()
        decode = msgspec.json.Decoder(Name).decode
        return [decode(body) for (body,) in rows]

    def forms(self, name: str) -> tuple[str, ...]:
        """See `Base.forms`."""
        return tuple(dict.fromkeys(form for form, _, _ in self._sold(name)))

    def strengths(self, name: str, form: str = "") -> tuple[str, ...]:
        """See `Base.strengths`."""
        found = {
            strength
            for held, strength, _ in self._sold(name)
            if strength and (not form or same_form(form, held))
        }
        return tuple(sorted(found, key=_size))

    def routes(self, name: str, form: str = "") -> tuple[str, ...]:
        """See `Base.routes`."""
        held = (routes for sold, _, routes in self._sold(name) if not form or same_form(form, sold))
        return tuple(dict.fromkeys(route for routes in held for route in routes.split("\n") if route))

    def _sold(self, name: str) -> list[tuple[str, str, str]]:
        """(form, strength, routes) of the lines of a substance or brand, the commonest first; of what is no
        longer sold when nothing of it is.
        """
        key = fold(name)
        known = self.substance(name)
        column, value = ("brand", key)
        if not self._row("SELECT 1 FROM line WHERE brand = ? LIMIT 1", key):
            column, value = ("substance", fold(known.name) if known else key)
        only = " AND brand = ''" if column == "substance" else ""
        with self._lock:
            rows = self._connection.execute(
                f"SELECT form, strength, routes, marketed FROM line WHERE {column} = ?{only} ORDER BY weight DESC, id",  # noqa: S608 - one of two column names
                (value,),
            ).fetchall()
        sold = [row[:3] for row in rows if row[3]]
        return sold or [row[:3] for row in rows]

    # ------------------------------------------------------------ what must not go together

    def interactions(self, a: str, b: str) -> Interactions:
        """See `Base.interactions`."""
        with self._lock:
            return self._relations.interactions(self._known(a), self._known(b))

    def classes(self, substance: str) -> Classes:
        """See `Base.classes`."""
        known = self._known(substance)
        with self._lock:
            published = self._relations.classes(known)
        own = [group.said for group in self._tables.groups.values() if self._is_of(group, known)]
        found: dict[str, Class] = {fold(one.name): one for one in published.found}
        for one in own:
            other = found.get(fold(one.name))
            found[fold(one.name)] = one if other is None else replace(one, kinds=one.kinds | other.kinds)
        checked = published.checked or any(one.atc for one in self._parts(known))
        return Classes(known.name, checked, tuple(found.values()))

    def members(self, name: str) -> tuple[str, ...]:
        """See `Base.members`."""
        group = self._tables.groups.get(fold(name))
        own = (
            []
            if group is None
            else [
                one.name
                for one in self._tables.substances.values()
                if not one.components and group.holds(one.name, one.atc)
            ]
        )
        with self._lock:
            published = self._relations.members(name)
        return tuple(dict.fromkeys((*own, *published)))

    def crossings(self, allergen: str, substance: str) -> tuple[Crossing, ...]:
        """See `Base.crossings`."""
        allergic, given = self._named_in_crossings(allergen), self._named_in_crossings(substance)
        return tuple(
            one for one in self._tables.crossings if fold(one.a) in allergic and fold(one.b) in given
        )

    def _named_in_crossings(self, name: str) -> set[str]:
        if fold(name) in self._tables.groups:
            return {fold(name)}
        known = self._known(name)
        groups = (key for key, group in self._tables.groups.items() if self._is_of(group, known))
        return {fold(known.name), *(fold(part.name) for part in self._parts(known)), *groups}

    def _is_of(self, group: starter_tables.Group, substance: Substance) -> bool:
        return any(group.holds(part.name, part.atc) for part in (substance, *self._parts(substance)))

    def _parts(self, substance: Substance) -> Iterator[Substance]:
        for part in substance.parts:
            yield substance if part == substance.name else self._known(part)

    def _known(self, name: str) -> Substance:
        """The substance of this name, or one of which nothing is known."""
        return self.substance(name) or Substance(name)

    # ------------------------------------------------------------ ICD-10

    def diagnoses(self, text: str, *, limit: int = 20) -> Sequence[Heading]:
        """See `Base.diagnoses`."""
        words = fold(text[:MOST_TYPED]).split()[:MOST_WORDS]
        if not words:
            return []
        most = max(0, min(limit, MOST_ANSWERS))
        code = "".join(words).upper()
        match = " AND ".join(f'"{word}" *' for word in words)
        with self._lock:
            rows = self._connection.execute(
                "SELECT code, label FROM diagnosis WHERE replace(code, '.', '') >= ? AND replace(code, '.', '') < ?"
                " AND length(?) > 2 AND label NOT LIKE ? ORDER BY code LIMIT ?",
                (code, code + "\U0010ffff", code, schema.TAKEN_OUT + "%", most),
            ).fetchall()
            if not rows:
                rows = self._connection.execute(
                    "SELECT code, label FROM diagnosis WHERE id IN (SELECT rowid FROM heading WHERE heading MATCH ?)"
                    " ORDER BY weight, code LIMIT ?",
                    (match, most),
                ).fetchall()
        return [Heading(*row) for row in rows]

    def diagnosis(self, code: str) -> Heading | None:
        """See `Base.diagnosis`."""
        with self._lock:
            row = self._connection.execute(
                "SELECT code, label FROM diagnosis WHERE code = ?", (code,)
            ).fetchone()
        return None if row is None else Heading(*row)

    # ------------------------------------------------------------ doses

    def limits(self, substance: str) -> tuple[Limit, ...]:
        """See `Base.limits`."""
        known = self._tables.named(substance)
        if known is None:
            found = self.substance(substance)
            known = self._tables.named(found.name) if found is not None else None
        return () if known is None else self._tables.limits.get(fold(known.name), ())

    def _row(self, statement: str, value: str) -> str | None:
        with self._lock:
            row = self._connection.execute(statement, (value,)).fetchone()
        return None if row is None else str(row[0])


def _size(strength: str) -> tuple[int, tuple[tuple[str, object], ...], str]:
    found = amounts(strength)
    return (0 if found else 1, tuple((one.kind, one.value) for one in found), strength)
