"""Figures computed from others: body mass index, estimated glomerular filtration rate, creatinine clearance.

Law: a formula answers with a number and what it was made from, or with the reason it cannot; it never
guesses an input. What is computed is shown as computed, with the name of its formula, and is never written
as a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BMI_SOURCE = "OMS, rapport technique 894 (2000) : poids (kg) / taille (m)²"
EGFR_SOURCE = "CKD-EPI 2021 sans variable d'origine, Inker et al., N Engl J Med 2021;385:1737-49"
COCKCROFT_SOURCE = "Cockcroft et Gault, Nephron 1976;16:31-41"

UMOL_PER_MG_DL = 88.4
"""µmol/L of creatinine in one mg/dL (molar mass 113.12 g/mol)."""

Missing = Literal["weight", "height", "creatinine", "age", "sex", "adult", "bounds"]


class CannotCompute(ValueError):
    """The figure is not computed, and why: an input is missing or outside the formula's domain.

    `missing` names it: "adult" when the formula holds for adults only, "bounds" when an input is not a
    human's.
    """

    def __init__(self, missing: Missing) -> None:
        super().__init__(f"cannot be computed: {missing}")
        self.missing: Missing = missing


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed figure: value, UCUM unit, formula and the inputs as words."""

    value: float
    unit: str
    source: str


def bmi(*, weight_kg: float | None, height_cm: float | None) -> Computed:
    """Body mass index in kg/m², to one decimal. In children it is read on curves, not against adult bounds.

    Raises:
        CannotCompute: weight or height missing, or not a human's.
    """
    if weight_kg is None:
        raise CannotCompute("weight")
    if height_cm is None:
        raise CannotCompute("height")
    if not (0.3 <= weight_kg <= 400 and 20 <= height_cm <= 250):
        raise CannotCompute("bounds")
    return Computed(round(weight_kg / (height_cm / 100) ** 2, 1), "kg/m2", BMI_SOURCE)


def _stated(creatinine_umol_l: float | None, age_years: float | None, sex: str) -> tuple[float, float]:
    """The creatinine and the age. Raises CannotCompute: the first of them that is missing."""
    if creatinine_umol_l is None:
        raise CannotCompute("creatinine")
    if age_years is None:
        raise CannotCompute("age")
    if sex not in ("female", "male"):
        raise CannotCompute("sex")
    return creatinine_umol_l, age_years


def egfr(*, creatinine_umol_l: float | None, age_years: float | None, sex: str) -> Computed:
    """Estimated glomerular filtration rate by CKD-EPI 2021 (creatinine), in mL/min/1.73 m², rounded to the
    unit.

    142 × min(Scr/κ, 1)^α × max(Scr/κ, 1)^−1.200 × 0.9938^age × 1.012 if female; Scr in mg/dL, κ 0.7
    (female) or 0.9, α −0.241 (female) or −0.302. The French HAS still named CKD-EPI 2009 in 2012: the
    laboratory's own figure may differ, and both are shown with their formula.

    Args:
        creatinine_umol_l: serum creatinine, enzymatic IDMS-traceable, in µmol/L.
        age_years: age at the day of the sample; 18 at least.
        sex: "female" or "male"; anything else is refused.

    Raises:
        CannotCompute: an input is missing, the person is not an adult, or the creatinine is not a human's.
    """
    creatinine_umol_l, age_years = _stated(creatinine_umol_l, age_years, sex)
    if age_years < 18:
        raise CannotCompute("adult")
    if not (10 <= creatinine_umol_l <= 3000) or age_years > 125:
        raise CannotCompute("bounds")
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    ratio = creatinine_umol_l / UMOL_PER_MG_DL / kappa
    value = 142 * min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.200 * 0.9938**age_years * factor
    return Computed(float(round(value)), "mL/min/{1.73_m2}", EGFR_SOURCE)


def cockcroft_gault(
    *, creatinine_umol_l: float | None, age_years: float | None, sex: str, weight_kg: float | None
) -> Computed:
    """Creatinine clearance by Cockcroft and Gault, in mL/min, rounded to the unit: what doses are adapted by.

    (140 − age) × weight / (72 × Scr) × 0.85 if female; Scr in mg/dL. Not for children, and doubtful where weight is far
    from lean mass (obesity, oedema): the figure is shown with its inputs.

    Args:
        creatinine_umol_l: serum creatinine in µmol/L.
        age_years: 18 at least.
        sex: "female" or "male"; anything else is refused.
        weight_kg: actual weight.

    Raises:
        CannotCompute: an input is missing, the person is not an adult, or an input is not a human's.
    """
    creatinine_umol_l, age_years = _stated(creatinine_umol_l, age_years, sex)
    if weight_kg is None:
        raise CannotCompute("weight")
    if age_years < 18:
        raise CannotCompute("adult")
    if not (10 <= creatinine_umol_l <= 3000 and 20 <= weight_kg <= 400) or age_years > 125:
        raise CannotCompute("bounds")
    factor = 0.85 if sex == "female" else 1.0
    value = (140 - age_years) * weight_kg / (72 * creatinine_umol_l / UMOL_PER_MG_DL) * factor
    return Computed(float(round(value)), "mL/min", COCKCROFT_SOURCE)
