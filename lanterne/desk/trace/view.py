"""Who opened what, and when. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import PatientBand, When


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One opening. `patient` is empty for what concerns nobody; `unusual` says in words why it is worth a
    look.
    """

    at: When
    person: str
    role: str
    device: str
    action: str
    patient: str = ""
    patient_url: str = ""
    unusual: str = ""


@dataclass(frozen=True, slots=True)
class TracePage:
    """Traces, newest first, fifty at a time; the Django form `form` (person, from, to) stands above when
    given.
    """

    lines: tuple[TraceLine, ...]
    total: int
    shown: int
    next_url: str = ""
    action_url: str = ""
    band: PatientBand | None = None

    @property
    def remaining(self) -> int:
        """Lines not shown yet."""
        return max(0, self.total - self.shown)
