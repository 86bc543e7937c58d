"""Which base answers: the newest sound edition that was loaded, else the starter list.

Law: a damaged edition is passed over and named in `Edition.damaged`; an edition of an unknown format
likewise. Opening is
cheap: a base is kept for as long as its file does not change.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from lanterne.reference.medicines import editions, schema, starter
from lanterne.reference.medicines.base import Answers
from lanterne.reference.medicines.model import Edition
from lanterne.reference.medicines.relations import StarterRelations, Thesaurus

_lock = threading.Lock()
_open: dict[tuple[Path, str, tuple[str, ...]], Answers] = {}


@cache
def the_starter(damaged: tuple[str, ...] = ()) -> Answers:
    """The starter list, as a base; `damaged`: the editions it stands in for."""
    told = replace(starter.edition(), damaged=damaged)
    return Answers(starter.database(), told, StarterRelations(told))


def opened(data: Path | None) -> Answers:
    """The base of a data directory: its newest sound edition, else the starter list; None for the starter
    list.

    Raises:
        ValueError: a table of the starter list is not what it must be.
    """
    return edition(data, None)


def edition(data: Path | None, dated: date | None) -> Answers:
    """What was known that day: the newest sound edition not after `dated` (None: the newest of all), else
    the starter list.
    """
    found = editions.present(data) if data is not None else []
    damaged: list[str] = []
    for one in found:
        if dated is not None and one.dated > dated:
            continue
        if one.sound:
            base = _kept(one, tuple(damaged))
            if base is not None:
                return base
        damaged.append(one.path.name)
    return the_starter(tuple(damaged))


def _kept(found: editions.Found, damaged: tuple[str, ...]) -> Answers | None:
    key = (found.path, found.digest, damaged)
    with _lock:
        base = _open.get(key)
        if base is None:
            base = _opened(found, damaged)
            if base is not None:
                _open[key] = base
        return base


def _opened(found: editions.Found, damaged: tuple[str, ...]) -> Answers | None:
    """The base of this file, or None when this Lanterne does not read its format."""
    connection = editions.opened_read_only(found.path)
    try:
        number = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except sqlite3.DatabaseError:
        number = None
    if number is None or number[0] != str(schema.FORMAT):
        connection.close()
        return None
    parts = schema.parts(connection)
    told = Edition(found.dated, False, found.digest, parts, damaged)
    besides = StarterRelations(starter.edition())
    part = told.part("interactions")
    relations = Thesaurus(connection, part, besides) if part is not None else besides
    return Answers(connection, told, relations)
