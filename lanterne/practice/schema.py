"""The read tables every room shares, in SQL. Rooms add their own in their `tables.py`.

Plain SQL rather than Django models (ADR 0007): read tables have no migrations (they are folded anew when
the fingerprint changes), one writer, and a chart page is three index scans; an ORM would cost more than the
queries.

Integer row numbers are local to a file and never leave it: `content` and pages use ids only.
"""

from __future__ import annotations

import hashlib

from lanterne.practice.agenda.tables import INDEXES as AGENDA_INDEXES
from lanterne.practice.agenda.tables import TABLES as AGENDA_TABLES
from lanterne.practice.catalogue import KINDS
from lanterne.practice.conflicts.tables import INDEXES as CONFLICT_INDEXES
from lanterne.practice.conflicts.tables import TABLES as CONFLICT_TABLES
from lanterne.practice.patients.tables import INDEXES as PATIENT_INDEXES
from lanterne.practice.patients.tables import TABLES as PATIENT_TABLES
from lanterne.practice.tasks.tables import INDEXES as TASK_INDEXES
from lanterne.practice.tasks.tables import TABLES as TASK_TABLES

# Raise when folding changes what the same facts become.
FOLDING_VERSION = 6

_TABLES = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # One row per entry: who wrote, when by the author's clock (hybrid time), in which order it counts (rank).
    """CREATE TABLE entry(
        no INTEGER PRIMARY KEY, hash BLOB NOT NULL, stream INTEGER NOT NULL, seat BLOB NOT NULL,
        incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, rank INTEGER NOT NULL,
        position INTEGER NOT NULL)""",
    # Patients, and one subject of zeros for what concerns the practice.
    "CREATE TABLE subject(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE)",
    "CREATE TABLE kind(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # Every fact readable here, whole and raw: history, re-folding, what a newer Lanterne wrote.
    """CREATE TABLE fact(
        no INTEGER PRIMARY KEY, id BLOB NOT NULL, entry INTEGER NOT NULL, place INTEGER NOT NULL,
        compartment INTEGER NOT NULL, kind INTEGER NOT NULL, version INTEGER NOT NULL, subject INTEGER NOT
        NULL, at TEXT, replaces BLOB, body BLOB NOT NULL)""",
    "CREATE TABLE replacement(target BLOB NOT NULL, fact INTEGER NOT NULL, PRIMARY KEY(target, fact)) WITHOUT ROWID",
    # Fact ids seen under another entry than the one they count in: should the order change, all is folded
    # anew.
    "CREATE TABLE again(id BLOB NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY(id, entry)) WITHOUT ROWID",
    # What stands in a chart. `thread` is shared by a fact and its corrections; `live` unless replaced;
    # `conflict` when several of a thread are live; `day` orders a chart: when it happened, else when it was
    # written.
    """CREATE TABLE statement(
        fact INTEGER PRIMARY KEY, subject INTEGER NOT NULL, kind INTEGER NOT NULL, live INTEGER NOT NULL,
        conflict INTEGER NOT NULL, thread BLOB NOT NULL, day TEXT NOT NULL, code TEXT NOT NULL, label TEXT
        NOT NULL)""",
    # For kinds of shape LATEST: the fact that counts, per subject and key (a person's id for the team, else
    # empty).
    """CREATE TABLE latest(
        kind INTEGER NOT NULL, subject INTEGER NOT NULL, key TEXT NOT NULL, fact INTEGER NOT NULL,
        PRIMARY KEY(kind, subject, key)) WITHOUT ROWID""",
    # Statements that wait for somebody: arrivals not settled yet. A row goes when its statement is replaced.
    "CREATE TABLE inbox(fact INTEGER PRIMARY KEY)",
    # Documents that state again what was in the chart already: `statement` and the row of document.filed.
    """CREATE TABLE source(
        statement BLOB NOT NULL, document INTEGER NOT NULL, PRIMARY KEY(statement, document)) WITHOUT ROWID""",
    # Entries kept apart, waiting for a person's review (membership.md M10-M12): nothing of theirs is folded.
    "CREATE TABLE apart(hash BLOB PRIMARY KEY, standing TEXT NOT NULL) WITHOUT ROWID",
    # Parts that ought to open here and did not: shown as a fault, never folded (E17–E20).
    """CREATE TABLE unread(
        hash BLOB NOT NULL, compartment INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY(hash, compartment))""",
)

# Unique indexes are made with the others, over full tables: in bulk nothing is looked up.
_INDEXES = (
    "CREATE UNIQUE INDEX entry_by_hash ON entry(hash)",
    "CREATE INDEX entry_by_rank ON entry(rank)",
    # Entries that came ahead of their predecessors in a first copy: none, but then.
    "CREATE INDEX entry_ahead ON entry(position) WHERE position = -1",
    "CREATE UNIQUE INDEX fact_by_id ON fact(id)",
    "CREATE INDEX statement_by_day ON statement(subject, day DESC)",
    "CREATE INDEX statement_by_kind ON statement(subject, kind, live, day DESC)",
    "CREATE INDEX statement_by_thread ON statement(thread)",
    "CREATE INDEX replacement_by_fact ON replacement(fact)",
    "CREATE INDEX fact_by_subject ON fact(subject, kind)",
    "CREATE INDEX fact_by_entry ON fact(entry)",
)

SCHEMA_TABLES = _TABLES + PATIENT_TABLES + AGENDA_TABLES + CONFLICT_TABLES + TASK_TABLES
SCHEMA_INDEXES = _INDEXES + PATIENT_INDEXES + AGENDA_INDEXES + CONFLICT_INDEXES + TASK_INDEXES
# A kind learnt or changed by a new version folds otherwise what is here already.
_KINDS = sorted((kind.name, kind.version, int(kind.compartment), kind.shape.value) for kind in KINDS.values())
SCHEMA_FINGERPRINT = hashlib.sha256(
    "\n".join((*SCHEMA_TABLES, *SCHEMA_INDEXES, str(FOLDING_VERSION), repr(_KINDS))).encode()
).hexdigest()[:16]
