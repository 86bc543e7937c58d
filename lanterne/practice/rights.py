"""Who may do what, by role. The compartments a seat can open are the hard limit; these are the practice's own rules.

A secretary's seat holds no medical key at all: what this table refuses her, her machine could not show anyway.
"""

from __future__ import annotations

import enum

from lanterne.practice.team.facts import Role


class Right(enum.Enum):
    """One thing a person may do."""

    READ_IDENTITY = "read_identity"
    WRITE_IDENTITY = "write_identity"
    KEEP_AGENDA = "keep_agenda"
    KEEP_TASKS = "keep_tasks"
    READ_CHART = "read_chart"
    WRITE_CHART = "write_chart"
    PRESCRIBE = "prescribe"
    FILE_DOCUMENT = "file_document"
    READ_TRACES = "read_traces"
    MANAGE_TEAM = "manage_team"


_OFFICE = frozenset(
    {Right.READ_IDENTITY, Right.WRITE_IDENTITY, Right.KEEP_AGENDA, Right.KEEP_TASKS, Right.FILE_DOCUMENT}
)
# Within limits for midwives and nurses: practice/prescriptions/rules.py.
_CARE = _OFFICE | {Right.READ_CHART, Right.WRITE_CHART, Right.PRESCRIBE}

RIGHTS: dict[Role, frozenset[Right]] = {
    "doctor": _CARE,
    "locum": _CARE,
    "midwife": _CARE,
    "nurse": _CARE,
    "secretary": _OFFICE,
}

ADMINISTRATOR = frozenset({Right.READ_TRACES, Right.MANAGE_TEAM})


def rights_of(role: Role, *, administrator: bool) -> frozenset[Right]:
    """Every right of a person."""
    return RIGHTS[role] | ADMINISTRATOR if administrator else RIGHTS[role]
