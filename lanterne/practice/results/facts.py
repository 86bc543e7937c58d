"""Laboratory results (FHIR Observation, category laboratory). The fact's `at` is when the sample was
taken.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, medical


class ResultRecorded(Body):
    """One result of one test.

    `code` is LOINC when the laboratory gave it, else empty and `local_code` may hold the laboratory's own.
    `value` is decimal text when numeric, else the laboratory's words; `comparator` as FHIR's. `low`/`high`
    are the laboratory's range, decimal text. `flag` is HL7 v2-0078 (N, L, H, LL, HH, A, AA) as the
    laboratory wrote it, empty when it wrote none. `document` is the id of the document.filed fact it was
    read from.
    """

    KIND: ClassVar[str] = "result.recorded"
    label: str
    value: str
    code: str = ""
    local_code: str = ""
    comparator: Literal["", "<", "<=", ">", ">="] = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    flag: Literal["", "N", "L", "H", "LL", "HH", "A", "AA"] = ""
    panel: str = ""
    specimen: str = ""
    method: str = ""
    laboratory: str = ""
    document: str = ""
    status: Literal["preliminary", "final", "corrected"] = "final"
    comment: str = ""


KINDS = (medical(ResultRecorded),)
