"""What a long illness is in the demo: who has it, what is taken, measured, found, written.

Law: medicines and tests are keys of lanterne.reference; codes are ICD-10 codes of lanterne.reference.diagnoses.
"""

from __future__ import annotations

from dataclasses import dataclass

Line = tuple[tuple[str, str], ...]
"""One medicine and its successive posologies: ((substance, posology), …); the next is taken when the last does not
do.
"""

Level = tuple[float, float, float]
"""A test: mean, standard deviation of one sample, drift a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness:
    """One long illness.

    Attributes:
        odds: (from this age, probability of having it), ages increasing.
        lines: medicines begun with it; each its own steps.
        ald: rank and label in the list of long illnesses, when it is one.
        labs: (tests, days between two samples).
        visit_days: days between two visits it asks for; 0 when it asks for none.
        reason, history, findings, plans: sentences of the notes; alarms: plans when the pressure is high.
        pressure: mmHg it adds to the systolic under treatment.
        specialist: whose letters come, a key of letters.SPECIALISTS.
    """

    key: str
    code: str
    label: str
    odds: tuple[tuple[int, float], ...]
    sex: str = ""
    lines: tuple[Line, ...] = ()
    ald: tuple[int, str] | None = None
    labs: tuple[tuple[tuple[str, ...], int], ...] = ()
    levels: tuple[tuple[str, Level], ...] = ()
    visit_days: int = 0
    reason: str = ""
    history: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    specialist: str = ""
    pressure: int = 0

    def probability(self, age: int) -> float:
        """Odds at an age."""
        found = 0.0
        for floor, value in self.odds:
            if age >= floor:
                found = value
        return found


LIPIDS = ("cholesterol", "hdl", "ldl", "triglycerides")
KIDNEY = ("creatinine", "dfg", "potassium", "sodium")
COUNT = (
    "leucocytes",
    "hematies",
    "hemoglobine",
    "hematocrite",
    "vgm",
    "plaquettes",
    "neutrophiles",
    "lymphocytes",
)
LIVER = ("asat", "alat", "ggt")
