"""Refusals and faults of the record. Each carries a word and parameters; `practice.sentences` says it in French, once."""

from __future__ import annotations

from lanterne.wire.errors import LanterneError


class Refusal(LanterneError):
    """A command was refused. Nothing was written. `code` is a word, `params` what the sentence needs, `field` the form's field."""

    def __init__(self, code: str, *, field: str = "", **params: str) -> None:
        super().__init__(code, **params)
        self.field = field


class NotAllowed(LanterneError):
    """The person's role does not give this right. Nothing was read or written."""


class UnknownPatient(LanterneError):
    """No patient has this id here."""


class UnknownFact(LanterneError):
    """No fact has this id here, or it belongs to another chart."""


class TablesDamaged(LanterneError):
    """Read tables do not open or do not verify; a rebuild heals them from the journal."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__("tables_damaged", name=name, detail=detail)
