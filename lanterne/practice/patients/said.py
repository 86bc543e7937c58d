"""A provisional identity from what somebody else wrote of a patient: a document, an arrival that kept it.

Law: a lone name of use stands for the birth name until somebody checks; the first of the given names, for the
first given name. Whether a matricule is believed is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from lanterne.practice.patients.facts import Ins, PatientIdentified
from lanterne.practice.patients.rules import MOST_GIVEN_NAMES


class Said(Protocol):
    """Traits as written, dates ISO at the precision known, empty when absent."""

    @property
    def birth_name(self) -> str: ...
    @property
    def used_name(self) -> str: ...
    @property
    def first_given(self) -> str: ...
    @property
    def given_names(self) -> Sequence[str]: ...
    @property
    def sex(self) -> Literal["female", "male", "unknown"]: ...
    @property
    def birth_date(self) -> str: ...


def provisional(said: Said, ins: Ins | None, birth_place_code: str) -> PatientIdentified:
    """The identity as it would be registered, unchecked."""
    return PatientIdentified(
        birth_name=said.birth_name or said.used_name,
        used_name=said.used_name,
        first_given=said.first_given or (said.given_names[0] if said.given_names else ""),
        given_names=list(said.given_names[:MOST_GIVEN_NAMES]),
        sex=said.sex,
        birth_date=said.birth_date,
        birth_place_code=birth_place_code,
        ins=ins,
    )
