"""Read tables of the agenda: one row per appointment that stands, and the pairs that overlap.

Minutes are counted from 1970 by the clock on the wall (rules.minute_of): no table of time zones decides what overlaps,
so two devices agree whatever theirs says. `overlap` holds pairs nobody said were wanted; `one` < `other` are rows of
`fact`, `ends` is when the first of the two is over. `overlap_wanted` names any version of an appointment by its id, and
so does `attendance`, which holds every note of who came; which of them counts is told by the order of facts
(queries.attendance).
"""

from __future__ import annotations

TABLES = (
    """CREATE TABLE appointment(
        fact INTEGER PRIMARY KEY, practitioner TEXT NOT NULL, patient BLOB, starts INTEGER NOT NULL, ends INTEGER
        NOT NULL)""",
    """CREATE TABLE overlap(
        one INTEGER NOT NULL, other INTEGER NOT NULL, ends INTEGER NOT NULL, PRIMARY KEY(one, other)) WITHOUT ROWID""",
    """CREATE TABLE overlap_wanted(
        target BLOB NOT NULL, fact INTEGER NOT NULL, PRIMARY KEY(target, fact)) WITHOUT ROWID""",
    """CREATE TABLE attendance(
        target BLOB NOT NULL, fact INTEGER NOT NULL, PRIMARY KEY(target, fact)) WITHOUT ROWID""",
)

INDEXES = (
    "CREATE INDEX appointment_by_start ON appointment(starts)",
    "CREATE INDEX appointment_by_practitioner ON appointment(practitioner, starts)",
    "CREATE INDEX appointment_by_patient ON appointment(patient, starts) WHERE patient IS NOT NULL",
    "CREATE INDEX overlap_by_end ON overlap(ends)",
    "CREATE INDEX overlap_by_other ON overlap(other)",
    "CREATE INDEX overlap_wanted_by_fact ON overlap_wanted(fact)",
)
