"""Operations and other acts undergone (FHIR Procedure). The fact's `at` is when it was done."""

from __future__ import annotations

from typing import ClassVar

from lanterne.practice.kinds import Body, Coding, medical


class ProcedureRecorded(Body):
    """One act undergone: operation, endoscopy, plaster…"""

    KIND: ClassVar[str] = "procedure.recorded"
    label: str
    coding: Coding | None = None
    performer: str = ""
    comment: str = ""


KINDS = (medical(ProcedureRecorded),)
