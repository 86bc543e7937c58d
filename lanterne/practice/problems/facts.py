"""Problems and past history (FHIR Condition)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Coding, Shape, medical


class ProblemRecorded(Body):
    """A problem, active or past. `onset` and `abatement` are dates at the precision known."""

    KIND: ClassVar[str] = "problem.recorded"
    label: str
    coding: Coding | None = None
    clinical: Literal["active", "recurrence", "remission", "inactive", "resolved"] = "active"
    verification: Literal["provisional", "confirmed", "refuted"] = "confirmed"
    onset: str = ""
    abatement: str = ""
    comment: str = ""


class AldRecorded(Body):
    """A long illness covered at 100 % (article L.160-14 3° and D.160-4 CSS): what for, since when, until when.

    `list_number` is the rank in the list of thirty; 31 and 32 are "hors liste" and "polypathologie"; 0 when unknown.
    """

    KIND: ClassVar[str] = "ald.recorded"
    label: str
    list_number: int = 0
    coding: Coding | None = None
    since: str = ""
    until: str = ""
    comment: str = ""


KINDS = (medical(ProblemRecorded), medical(AldRecorded, shape=Shape.STATEMENT))
