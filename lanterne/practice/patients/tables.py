"""Read tables of the patients room: one row per patient with what lists, search and the watch for duplicates
need.

`merged_into` is the surviving patient's row (0: none). `sort_name` holds the words a patient is found under:
family names, the one used first, then "!", then given names; its order is the order of lists. `numbers` holds
birth date, phones and matricule, each in its own alphabet (search.py). `patient_link` holds merges and
distinctions that stand: `other` is an id, for the other record may not have arrived yet. `patient_change`
says which rows moved since the index in memory was read: local to this file, like `meta`.
"""

from __future__ import annotations

TABLES = (
    """CREATE TABLE patient(
        subject INTEGER PRIMARY KEY, merged_into INTEGER NOT NULL, sort_name TEXT NOT NULL, numbers TEXT NOT
        NULL, birth_name TEXT NOT NULL, used_name TEXT NOT NULL, first_given TEXT NOT NULL, given_names TEXT
        NOT NULL, used_given TEXT NOT NULL, sex TEXT NOT NULL, birth_date TEXT NOT NULL, birth_place_code TEXT
        NOT NULL, ins TEXT NOT NULL, ins_oid TEXT NOT NULL, status TEXT NOT NULL, deceased TEXT NOT NULL,
        phone TEXT NOT NULL, city TEXT NOT NULL, attending TEXT NOT NULL)""",
    """CREATE TABLE patient_link(
        fact INTEGER PRIMARY KEY, subject INTEGER NOT NULL, other BLOB NOT NULL, merges INTEGER NOT NULL)""",
    "CREATE TABLE patient_change(subject INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
)

INDEXES = (
    "CREATE INDEX patient_by_name ON patient(sort_name)",
    "CREATE INDEX patient_by_birth ON patient(birth_date)",
    "CREATE INDEX patient_by_ins ON patient(ins) WHERE ins <> ''",
    "CREATE INDEX patient_by_merged ON patient(merged_into) WHERE merged_into <> 0",
    "CREATE INDEX patient_link_by_subject ON patient_link(subject)",
    "CREATE INDEX patient_link_by_other ON patient_link(other)",
    "CREATE INDEX patient_change_by_version ON patient_change(version)",
)
