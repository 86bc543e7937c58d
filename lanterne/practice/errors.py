"""Refusals and faults of the record. Each carries a code word and parameters; the French sentence is made
once, at the boundary, by `practice.sentences`."""

from __future__ import annotations

from lanterne.wire.errors import LanterneError


class Refusal(LanterneError):
    """A command was refused and nothing was written. `code` is a word; `field` names the form's field when
    there is one.
    """

    def __init__(self, code: str, *, field: str = "", **params: object) -> None:
        super().__init__(code, f"refused: {code}", **params)
        self.field = field


class NotAllowed(LanterneError):
    """The person's role does not give this right. Nothing was read or written."""

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__("right.missing", sentence, **params)


class UnknownPatient(LanterneError):
    """No patient has this id here."""

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__("patient.unknown", sentence, **params)


class UnknownFact(LanterneError):
    """No fact has this id here, or it belongs to another chart."""

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__("fact.unknown", sentence, **params)


class TablesDamaged(LanterneError):
    """Read tables do not open or do not verify; a rebuild heals them from the journal."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__("tables.damaged", f"read tables {name}: {detail}", name=name, detail=detail)


class TablesBehind(LanterneError):
    """Read tables could not be brought up to date (disk full, or held by another process for too long).
    What was recorded is recorded; pages wait until the tables follow."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__("tables.behind", f"read tables {name}: {detail}", name=name, detail=detail)
