"""Long-term and current treatments (FHIR MedicationStatement)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Coding, medical


class TreatmentRecorded(Body):
    """A medicine the patient takes. `posology` in the prescriber's words; `since`, `until` dates at the
    precision known.
    """

    KIND: ClassVar[str] = "treatment.recorded"
    substance: str
    brand: str = ""
    coding: Coding | None = None
    posology: str = ""
    route: str = ""
    as_needed: bool = False
    long_term: bool = True
    reason: str = ""
    prescriber: str = ""
    since: str = ""
    until: str = ""
    status: Literal["active", "on-hold", "stopped", "completed"] = "active"
    stop_reason: str = ""
    comment: str = ""


KINDS = (medical(TreatmentRecorded),)
