"""The starter list as a base: written for this project, marked as such, answering until the public base is
loaded.

Law: what it sells is made from its tables alone; its codes (« depart:… ») are no CIS and are never printed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import date
from importlib import resources

from lanterne.reference.medicines import schema
from lanterne.reference.medicines.lines import lines, names
from lanterne.reference.medicines.model import (
    Edition,
    Ingredient,
    Medicine,
    Note,
    NoteKind,
    Paper,
    Part,
    Substance,
)
from lanterne.reference.medicines.model import List as PoisonList
from lanterne.reference.medicines.starter_tables import PACKAGE, Sold, Tables, tables
from lanterne.reference.medicines.writing import fold

STARTER = True
DATED = "2026-11"
WRITTEN = date(2026, 11, 1)
CODE = "depart:"

PAPER_NOTES: dict[Paper, NoteKind] = {
    "stupefiant": "narcotic",
    "assimile": "assimilated",
    "securise": "secured",
}
LIST_NOTES: dict[PoisonList, NoteKind] = {"I": "list-1", "II": "list-2"}
_CONDITIONS: dict[str, NoteKind] = {"hôpital": "hospital", "réservé": "restricted", "initiale": "initial"}


def database() -> sqlite3.Connection:
    """The starter list in memory, in the tables of an edition.

    Raises:
        ValueError: a table of the list is not what it must be.
    """
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    schema.create(connection)
    fill(connection)
    schema.finish(connection, WRITTEN)
    return connection


def fill(connection: sqlite3.Connection) -> None:
    """What the starter list says is sold, in an edition that has no public base yet."""
    known = tables()
    medicines = list(_medicines(known))
    substances = list(known.substances.values())
    synonyms = {one.name: one.synonyms for one in substances}
    schema.add_medicines(
        connection,
        medicines,
        substances,
        names(medicines, substances),
        lines(medicines, lambda name: synonyms.get(name, ()), lambda name: 0),
    )
    schema.add_part(connection, Part("medicines", "starter", WRITTEN, len(substances)))


def edition() -> Edition:
    """What the starter list is."""
    known = tables()
    return Edition(
        WRITTEN,
        True,
        digest(),
        (
            Part("medicines", "starter", WRITTEN, len(known.substances)),
            Part("classes", "starter", WRITTEN, len(known.groups)),
            Part("interactions", "starter", WRITTEN, len(known.interactions)),
        ),
    )


def digest() -> str:
    """SHA-256 of the tables, in the order of their names."""
    total = hashlib.sha256()
    for name in ("classes", "crossings", "forms", "interactions", "limits", "substances"):
        total.update(resources.files(PACKAGE).joinpath("tables", f"{name}.tsv").read_bytes())
    return total.hexdigest()


def _medicines(known: Tables) -> Iterator[Medicine]:
    for sold in known.sold:
        substance = known.substances[fold(sold.name)]
        for strength in sold.strengths or ("",):
            for brand in sold.brands or ("",):
                yield _medicine(substance, sold, strength, brand)


def _medicine(substance: Substance, sold: Sold, strength: str, brand: str) -> Medicine:
    head = " ".join(word for word in (brand or substance.name, strength) if word)
    shares = strength.split("/")
    each = shares if len(shares) == len(substance.parts) > 1 else [strength] * (len(substance.parts) == 1)
    return Medicine(
        code=CODE + fold(f"{head} {sold.form}").replace(" ", "-"),
        name=f"{head}, {sold.form}",
        brand=brand,
        substance=substance.name,
        strength=strength,
        ingredients=tuple(
            Ingredient(part, each[place] if place < len(each) else "")
            for place, part in enumerate(substance.parts)
        ),
        form=sold.form,
        routes=sold.routes,
        atc=substance.atc,
        conditions=(substance.condition,) if substance.condition else (),
        list=substance.list,
        paper=substance.paper,
        notes=notes(substance),
    )


def notes(substance: Substance) -> tuple[Note, ...]:
    """What a line of this substance must show."""
    kinds: list[NoteKind] = []
    if substance.paper:
        kinds.append(PAPER_NOTES[substance.paper])
    if substance.condition in _CONDITIONS:
        kinds.append(_CONDITIONS[substance.condition])
    if substance.list:
        kinds.append(LIST_NOTES[substance.list])
    found = [Note(kind) for kind in kinds]
    if substance.max_days is not None:
        found.append(Note("duration", f"{substance.max_days} jours"))
    return (*found, Note("starter"))
