"""The tables of one edition, and what fills them: the same for the starter list, in memory, as for a loaded
edition.

Law: an edition is written once and never altered. Bodies are the JSON of `model`; what is searched is
beside them, folded.
Source: docs/format/medicines.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache

import msgspec

from lanterne.reference.medicines.lines import Line
from lanterne.reference.medicines.model import Interaction, Medicine, Name, Part, Substance
from lanterne.reference.medicines.writing import fold

FORMAT = 1
"""Of the file. Another number is refused: the publisher's files are loaded again, nothing is lost."""

PARTS: dict[str, tuple[str, ...]] = {
    "medicines": ("medicine", "substance", "name", "line", "found", "word", "opinion"),
    "interactions": ("interaction", "protagonist"),
    "classes": ("membership",),
    "diagnoses": ("diagnosis", "heading"),
}
"""Which tables each publication fills: one that is not loaded anew is carried over whole from the edition
before.
"""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE part (
    kind TEXT PRIMARY KEY, origin TEXT NOT NULL, dated TEXT, lines INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE medicine (code TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE substance (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE name (
    key TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (key, kind)
) WITHOUT ROWID;
CREATE TABLE line (
    id INTEGER PRIMARY KEY, substance TEXT NOT NULL, brand TEXT NOT NULL, form TEXT NOT NULL,
    strength TEXT NOT NULL, routes TEXT NOT NULL, marketed INTEGER NOT NULL, weight INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE VIRTUAL TABLE found USING fts5(name, form, other, columnsize=0, detail=column, prefix='1 2 3');
CREATE TABLE word (kind TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, text)) WITHOUT ROWID;
CREATE TABLE opinion (code TEXT PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE interaction (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE protagonist (key TEXT PRIMARY KEY, name TEXT NOT NULL, members INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE membership (
    substance TEXT NOT NULL, class TEXT NOT NULL, substance_name TEXT NOT NULL, class_name TEXT NOT NULL,
    PRIMARY KEY (substance, class)
) WITHOUT ROWID;

CREATE TABLE diagnosis (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, label TEXT NOT NULL, weight INTEGER NOT NULL
);
CREATE VIRTUAL TABLE heading USING fts5(label, detail=column, columnsize=0, prefix='2 3');
"""

INDEXES = """
CREATE INDEX line_substance ON line (substance);
CREATE INDEX line_brand ON line (brand) WHERE brand <> '';
CREATE INDEX interaction_a ON interaction (a, b);
CREATE INDEX interaction_b ON interaction (b, a);
CREATE INDEX diagnosis_compact ON diagnosis (replace(code, '.', ''));
CREATE INDEX membership_class ON membership (class);
"""


def body(one: object) -> str:
    """The JSON of a structure of `model`, without what is as by default."""
    return msgspec.json.encode(_brief(one)).decode()


def _brief(one: object) -> object:
    if isinstance(one, tuple):
        return [_brief(each) for each in one]
    if isinstance(one, _PLAIN) or not is_dataclass(one):
        return one
    return {
        name: _brief(value)
        for name, default in _defaults(one.__class__)
        if (value := getattr(one, name)) != default
    }


_PLAIN = (str, bool, int, type(None))


@cache
def _defaults(kind: type) -> list[tuple[str, object]]:
    return [(one.name, one.default) for one in fields(kind)]


TAKEN_OUT = "***"
_SEARCHED: dict[str, str] = {"found": "name, form, other", "heading": "label"}


def carry(connection: sqlite3.Connection, table: str) -> None:
    """Copy a table of the database attached as `before`, which is one of `PARTS`."""
    if table in _SEARCHED:
        columns = f"rowid, {_SEARCHED[table]}"
        connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM before.{table}")  # noqa: S608 - constants
    else:
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM before.{table}")  # noqa: S608 - constants


def create(connection: sqlite3.Connection) -> None:
    """Empty tables."""
    connection.executescript(TABLES)


def finish(connection: sqlite3.Connection, dated: date) -> None:
    """Indexes last, then what the edition is."""
    connection.executescript(INDEXES)
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)", [("format", str(FORMAT)), ("dated", dated.isoformat())]
    )
    connection.commit()


def add_part(connection: sqlite3.Connection, part: Part) -> None:
    """State that the edition has this publication."""
    connection.execute(
        "INSERT INTO part VALUES (?, ?, ?, ?)",
        (part.kind, part.origin, part.dated.isoformat() if part.dated else None, part.lines),
    )


def parts(connection: sqlite3.Connection) -> tuple[Part, ...]:
    """The publications of an edition."""
    found = connection.execute("SELECT kind, origin, dated, lines FROM part ORDER BY kind").fetchall()
    return tuple(
        Part(kind, origin, date.fromisoformat(dated) if dated else None, lines)
        for kind, origin, dated, lines in found
    )


def add_medicines(
    connection: sqlite3.Connection,
    medicines: Iterable[Medicine],
    substances: Iterable[Substance],
    names: Iterable[Name],
    lines: Iterable[Line],
) -> None:
    """What is sold, what it contains, how it is called, and the lines of the search."""
    connection.executemany(
        "INSERT OR IGNORE INTO medicine VALUES (?, ?)", ((one.code, body(one)) for one in medicines)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO substance VALUES (?, ?)", ((fold(one.name), body(one)) for one in substances)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO name VALUES (?, ?, ?)",
        ((fold(one.text), one.kind, body(one)) for one in names),
    )
    # Numbered from the commonest: the search takes the first numbers, and sorts nothing.
    ranked = sorted(lines, key=lambda line: (not line.marketed, -line.weight, line.hit.title, line.hit.brand))
    for number, line in enumerate(ranked, start=1):
        hit = line.hit
        connection.execute(
            "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                fold(hit.substance),
                fold(hit.brand),
                hit.form,
                hit.strength,
                "\n".join(hit.routes),
                line.marketed,
                line.weight,
                body(hit),
            ),
        )
        for kind, said in (("name", line.name_words), ("form", line.form_words)):
            connection.executemany(
                "INSERT OR IGNORE INTO word VALUES (?, ?)", ((kind, word) for word in said.split())
            )
        connection.execute(
            "INSERT INTO found (rowid, name, form, other) VALUES (?, ?, ?, ?)",
            (number, line.name_words, line.form_words, line.other_words),
        )


def add_interactions(
    connection: sqlite3.Connection,
    keyed: Iterable[tuple[str, str, Interaction]],
    protagonists: Sequence[tuple[str, str, bool]],
) -> None:
    """Interactions by the keys of their two sides; `protagonists`: (key, name, whether its members are
    known).
    """
    connection.executemany(
        "INSERT INTO interaction (a, b, body) VALUES (?, ?, ?)",
        ((a, b, body(one)) for a, b, one in keyed),
    )
    connection.executemany("INSERT OR IGNORE INTO protagonist VALUES (?, ?, ?)", protagonists)


def add_memberships(connection: sqlite3.Connection, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """(key of the substance, key of the class, name, name of the class)."""
    connection.executemany("INSERT OR IGNORE INTO membership VALUES (?, ?, ?, ?)", rows)


def add_diagnoses(connection: sqlite3.Connection, rows: Iterable[tuple[str, str]]) -> None:
    """(ICD-10 code with its dot, French label). A heading the publisher took out ("*** SU11 ***…") is known by its
    code, so that what was coded then can be read, and offered no more.
    """
    for number, (code, label) in enumerate(rows, start=1):
        connection.execute("INSERT INTO diagnosis VALUES (?, ?, ?, ?)", (number, code, label, len(label)))
        if not label.startswith(TAKEN_OUT):
            connection.execute("INSERT INTO heading (rowid, label) VALUES (?, ?)", (number, fold(label)))
