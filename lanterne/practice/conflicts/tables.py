"""Read tables of what is to settle.

`chain` and `heard` say what each entry knew: row (chain, other, other_seq, seq) means that entry `seq` of `chain`
names entry `other_seq` of `other` among its heads. `twin` holds pairs of statements that say different things of one
thing and were written without knowing each other; `patient_twin` pairs of records so registered that may be one person.
In both, `one` < `other` are local row numbers. `declared_distinct` names statements by id, for they may come later.
"""

from __future__ import annotations

TABLES = (
    """CREATE TABLE chain(
        no INTEGER PRIMARY KEY, seat BLOB NOT NULL, incarnation INTEGER NOT NULL, last INTEGER NOT NULL,
        UNIQUE(seat, incarnation))""",
    """CREATE TABLE heard(
        chain INTEGER NOT NULL, other INTEGER NOT NULL, other_seq INTEGER NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY(chain, other, other_seq, seq)) WITHOUT ROWID""",
    """CREATE TABLE declared_distinct(
        target BLOB NOT NULL, fact INTEGER NOT NULL, PRIMARY KEY(target, fact)) WITHOUT ROWID""",
    "CREATE TABLE twin(one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY(one, other)) WITHOUT ROWID",
    """CREATE TABLE patient_twin(
        one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY(one, other)) WITHOUT ROWID""",
)

INDEXES = (
    "CREATE INDEX declared_distinct_by_fact ON declared_distinct(fact)",
    "CREATE INDEX twin_by_other ON twin(other)",
    "CREATE INDEX patient_twin_by_other ON patient_twin(other)",
    # Queries repeat the condition: that is how SQLite knows that the index serves.
    "CREATE INDEX statement_in_conflict ON statement(thread) WHERE conflict = 1",
    "CREATE INDEX fact_of_several ON fact(no) WHERE length(replaces) > 16",
)
