"""Long-term and current treatments (FHIR MedicationStatement)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Coding, Shape, medical


class Treatment(Body):
    """What is said of a medicine. `posology` in the prescriber's words; `since`, `until` dates at the precision
    known.
    """

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


class TreatmentRecorded(Treatment):
    """A medicine the patient takes."""

    KIND: ClassVar[str] = "treatment.recorded"


class TreatmentProposed(Treatment):
    """A medicine a document says the patient takes: shown beside the current treatments until a person
    accepts or declines it (treatment.proposal_settled).
    """

    KIND: ClassVar[str] = "treatment.proposed"


class ProposalSettled(Body):
    """The proposals named in `replaces` were looked at: accepted as the treatment.recorded fact `treatment`,
    or declined when it is empty.
    """

    KIND: ClassVar[str] = "treatment.proposal_settled"
    treatment: str = ""


KINDS = (
    medical(TreatmentRecorded),
    medical(TreatmentProposed),
    medical(ProposalSettled, shape=Shape.RETRACTION),
)
