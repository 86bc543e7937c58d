"""Family history (FHIR FamilyMemberHistory)."""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Coding, medical

Relation = Literal[
    "mother",
    "father",
    "sister",
    "brother",
    "daughter",
    "son",
    "grandmother",
    "grandfather",
    "aunt",
    "uncle",
    "other",
]


class FamilyRecorded(Body):
    """An illness of a relative. `age_at_onset` in years, -1 when unknown."""

    KIND: ClassVar[str] = "family.recorded"
    relation: Relation
    label: str
    coding: Coding | None = None
    age_at_onset: int = -1
    died_of_it: bool = False
    comment: str = ""


KINDS = (medical(FamilyRecorded),)
