"""Read tables of the patients room: one row per patient with what lists and search need, and the search index.

`merged_into` is the surviving patient's row (0: none). Tokens are normalised words of every name (folding.py); phones are
digits only.
"""

from __future__ import annotations

TABLES = (
    """CREATE TABLE patient(
        subject INTEGER PRIMARY KEY, merged_into INTEGER NOT NULL, sort_name TEXT NOT NULL, birth_name TEXT NOT NULL,
        used_name TEXT NOT NULL, first_given TEXT NOT NULL, used_given TEXT NOT NULL, sex TEXT NOT NULL,
        birth_date TEXT NOT NULL, ins TEXT NOT NULL, status TEXT NOT NULL, deceased TEXT NOT NULL, phone TEXT NOT NULL,
        city TEXT NOT NULL, attending TEXT NOT NULL)""",
    "CREATE TABLE patient_token(token TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY(token, subject)) WITHOUT ROWID",
    "CREATE TABLE patient_phone(digits TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY(digits, subject)) WITHOUT ROWID",
)

INDEXES = (
    "CREATE INDEX patient_by_name ON patient(sort_name)",
    "CREATE INDEX patient_by_birth ON patient(birth_date)",
    "CREATE INDEX patient_by_ins ON patient(ins) WHERE ins <> ''",
    "CREATE INDEX patient_by_merged ON patient(merged_into) WHERE merged_into <> 0",
)
