"""Read tables of the tasks.

`task` has one row for each task that stands: `fact` is the version shown (its row of `fact`), `ended` the moment it was
done, empty while it is open. `task_owner` says for whom the open ones are ("p:" and a person's id, "r:" and a role).
`task_word` ties what was said of a task to the id it names, which may come later.
"""

from __future__ import annotations

TABLES = (
    """CREATE TABLE task(
        fact INTEGER PRIMARY KEY, thread BLOB NOT NULL, patient BLOB, due TEXT NOT NULL, ended TEXT NOT NULL,
        focus BLOB)""",
    """CREATE TABLE task_owner(
        due TEXT NOT NULL, task INTEGER NOT NULL, owner TEXT NOT NULL, PRIMARY KEY(due, task, owner)) WITHOUT ROWID""",
    "CREATE TABLE task_word(target BLOB NOT NULL, fact INTEGER NOT NULL, PRIMARY KEY(target, fact)) WITHOUT ROWID",
)

INDEXES = (
    "CREATE UNIQUE INDEX task_by_thread ON task(thread)",
    "CREATE INDEX task_by_patient ON task(patient, due) WHERE patient IS NOT NULL",
    "CREATE INDEX task_by_focus ON task(focus) WHERE focus IS NOT NULL",
    "CREATE INDEX task_by_end ON task(ended, due)",
    "CREATE INDEX task_owner_by_task ON task_owner(task)",
    "CREATE INDEX task_word_by_fact ON task_word(fact)",
)
