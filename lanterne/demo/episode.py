"""Passing illnesses and small reasons to come, as a French general practitioner notes them.

Law: written for this project; medicines are names of lanterne.reference.substances, codes of its diagnoses. A
medicine has its replacement for those allergic to the first, or none.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One reason to come.

    Attributes:
        ages: from, to (years, both included).
        winter: how much likelier from November to March.
        code: ICD-10 of what is kept in the history when `kept`; empty otherwise.
        medicine: (substance, posology, days).
        instead: the same for those who may not take the first (allergy, age, kidney, anticoagulant, pregnancy).
        fever: whether a temperature is taken.
        letter: whose letter follows, a key of letters.SPECIALISTS.
    """

    reason: str
    history: str
    findings: str
    conclusion: str
    weight: float = 1.0
    ages: tuple[int, int] = (16, 110)
    sex: str = ""
    winter: float = 1.0
    code: str = ""
    kept: str = ""
    medicine: tuple[str, str, int] | None = None
    instead: tuple[str, str, int] | None = None
    fever: bool = False
    pressure: bool = False
    letter: str = ""
    tests: tuple[str, ...] = ()


PARACETAMOL = ("paracétamol", "1 g : 3 fois par jour si douleur", 5)
