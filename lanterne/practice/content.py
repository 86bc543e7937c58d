"""The content hash: one SHA-256 over what the facts have become, equal on every device that holds the same
facts.

Law: by ids, never by local row numbers; never by order of arrival, cursors or index order. Each table is
dumped in the order of its ids, row by row, as MessagePack (which delimits itself), each after its name.

What is dumped: every fact with the seat that wrote it, what each statement has become (live, conflict, thread,
day), the latest of each kind, the patient rows and what ties them, the entries that wait for a review, and the
pairs that are to be settled (double bookings, statements and records written apart). Not dumped: the entry a fact
came in and its time (the same import, cut and taken up again, gives the same content in other entries); what could
not be read (`unread` is a fault, reported apart), and other sets of tables: the hash is that of one set, named in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from lanterne.practice.tables import CACHE_KIB, Connection

_VERSION = "lanterne/content/2"

# A dump walks the facts in the order of their ids, hence at random in the file: 128 MiB hold 300,000 facts.
_DUMP_CACHE_KIB = 128 * 1024
_ROWS = 2_000

_FACTS = """
    SELECT f.id, k.name, f.version, f.compartment, p.id, f.at, f.replaces, f.body, e.seat,
           s.live, s.conflict, s.thread, CASE WHEN f.at IS NULL THEN '' ELSE s.day END, s.code, s.label
    FROM fact f JOIN kind k ON k.no = f.kind JOIN subject p ON p.no = f.subject JOIN entry e ON e.no = f.entry
    LEFT JOIN statement s ON s.fact = f.no
    ORDER BY f.id"""

_LATEST = """
    SELECT k.name, p.id, l.key, f.id FROM latest l JOIN kind k ON k.no = l.kind JOIN subject p ON p.no =
    l.subject JOIN fact f ON f.no = l.fact ORDER BY k.name, p.id, l.key"""

_PATIENTS = """
    SELECT p.id, survivor.id, r.* FROM patient r JOIN subject p ON p.no = r.subject
    LEFT JOIN subject survivor ON survivor.no = r.merged_into ORDER BY p.id"""

_LOCAL = frozenset({"subject", "merged_into"})

_LINKS = """
    SELECT f.id, p.id, l.other, l.merges FROM patient_link l JOIN fact f ON f.no = l.fact
    JOIN subject p ON p.no = l.subject ORDER BY f.id"""

_APART = "SELECT hash, standing FROM apart ORDER BY hash"

# What is to settle: pairs of facts, or of records, whichever of the two this device holds under the lower number.
_PAIRS = """
    SELECT min(a.id, b.id) AS less, max(a.id, b.id) AS more FROM {pairs} p
    JOIN {named} a ON a.no = p.one JOIN {named} b ON b.no = p.other ORDER BY less, more"""
_TO_SETTLE = {"overlap": "fact", "twin": "fact", "patient_twin": "subject"}


def content(connection: Connection, name: str) -> str:
    """The content hash of one set of read tables, 64 hex digits.

    Args:
        connection: caught up with the journal, in one transaction if others write meanwhile.
        name: of the set ("office", "medical", "trace"): two sets of one practice never hash alike.
    """
    digest = hashlib.sha256(f"{_VERSION}\0{name}\0".encode())
    encode = msgspec.msgpack.Encoder().encode

    def take(table: str, rows: Iterable[tuple[object, ...]]) -> None:
        digest.update(encode(table))
        for row in rows:
            digest.update(encode(row))

    connection.execute(f"PRAGMA cache_size = -{_DUMP_CACHE_KIB}")
    try:
        take("fact", _rows(connection, _FACTS))
        take("latest", _rows(connection, _LATEST))
        take("patient", _patients(connection))
        take("link", _rows(connection, _LINKS))
        take("apart", _rows(connection, _APART))
        for pairs, named in _TO_SETTLE.items():
            take(pairs, _rows(connection, _PAIRS.format(pairs=pairs, named=named)))
    finally:
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return digest.hexdigest()


def _rows(connection: Connection, query: str) -> Iterable[tuple[object, ...]]:
    cursor = connection.execute(query)
    while rows := cursor.fetchmany(_ROWS):
        yield from rows


def _patients(connection: Connection) -> Iterable[tuple[object, ...]]:
    """Patient rows by their own ids, without local row numbers; columns by name, so that adding one changes
    the hash."""
    cursor = connection.execute(_PATIENTS)
    names = [str(column[0]) for column in cursor.description]
    kept = [place for place, name in enumerate(names) if place < 2 or name not in _LOCAL]
    yield tuple(names[place] for place in kept[2:])
    while rows := cursor.fetchmany(_ROWS):
        for row in rows:
            yield tuple(row[place] for place in kept)
