"""What is measured in a practice: LOINC code, French label, UCUM unit, bounds.

Source: LOINC codes of the FHIR R4 vital signs profiles and of LOINC itself (loinc.org); bounds written for
Lanterne in November 2026.
`low`–`high` are bounds of what a human can have (outside: a typing error, to be asked again, never refused
for ever);
`usual_low`–`usual_high` are those of an adult at rest, None when they depend on age or context.
Before real use: have the bounds read by a paediatrician, and the codes compared with the French "jeu de
valeurs" of the ANS.
"""

from __future__ import annotations

from dataclasses import dataclass

STARTER = True
DATED = "2026-11"
SYSTEM = "http://loinc.org"


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity. `unit` is UCUM; bounds are in that unit; `decimals` is how precisely it is written."""

    key: str
    code: str
    label: str
    short: str
    unit: str
    low: float
    high: float
    decimals: int = 0
    usual_low: float | None = None
    usual_high: float | None = None


ALL: tuple[Measure, ...] = (
    Measure("weight", "29463-7", "Poids", "Poids", "kg", 0.3, 400, 1),
    Measure("height", "8302-2", "Taille", "Taille", "cm", 20, 250, 1),
    Measure("systolic", "8480-6", "Pression artérielle systolique", "PAS", "mm[Hg]", 40, 300, 0, 90, 139),
    Measure("diastolic", "8462-4", "Pression artérielle diastolique", "PAD", "mm[Hg]", 20, 200, 0, 50, 89),
    Measure("heart_rate", "8867-4", "Fréquence cardiaque", "FC", "/min", 20, 300, 0, 50, 100),
    Measure("respiratory_rate", "9279-1", "Fréquence respiratoire", "FR", "/min", 4, 100, 0, 12, 20),
    Measure("temperature", "8310-5", "Température", "T°", "Cel", 25, 45, 1, 36, 37.8),
    Measure("spo2", "59408-5", "Saturation en oxygène (SpO2)", "SpO2", "%", 30, 100, 0, 95, 100),
    Measure("waist", "8280-0", "Tour de taille", "Tour de taille", "cm", 20, 250, 0),
    Measure("head", "9843-4", "Périmètre crânien", "PC", "cm", 15, 80, 1),
    Measure("pain", "72514-3", "Douleur (échelle de 0 à 10)", "EN", "{score}", 0, 10, 0, 0, 3),
    Measure("capillary_glucose", "32016-8", "Glycémie capillaire", "Dextro", "g/L", 0.1, 10, 2, 0.7, 1.8),
    Measure("peak_flow", "19935-6", "Débit expiratoire de pointe", "DEP", "L/min", 30, 900, 0),
    Measure("fev1", "20150-9", "VEMS", "VEMS", "L", 0.2, 8, 2),
    Measure("mmse", "72106-8", "MMSE, score total", "MMSE", "{score}/30", 0, 30, 0, 27, 30),
    Measure("fundal_height", "11881-0", "Hauteur utérine", "HU", "cm", 5, 50, 0),
    Measure("fetal_heart_rate", "55283-6", "Bruits du cœur fœtal", "BDC", "/min", 40, 250, 0, 110, 160),
    Measure("gestational_age", "11885-1", "Âge gestationnel", "Terme", "{SA}", 2, 44, 0),
)

BMI = Measure("bmi", "39156-5", "Indice de masse corporelle", "IMC", "kg/m2", 5, 120, 1, 18.5, 24.9)
"""Computed, never typed: lanterne.reference.formulas.bmi."""
EGFR = Measure(
    "egfr", "98979-8", "DFG estimé (CKD-EPI 2021)", "DFGe", "mL/min/{1.73_m2}", 1, 200, 0, 60, None
)
"""Computed, never typed: lanterne.reference.formulas.egfr."""
COMPUTED: tuple[Measure, ...] = (BMI, EGFR)

BY_KEY: dict[str, Measure] = {measure.key: measure for measure in (*ALL, *COMPUTED)}
BY_CODE: dict[str, Measure] = {measure.code: measure for measure in (*ALL, *COMPUTED)}


def plausible(code: str, value: float) -> bool:
    """False when `value` lies outside what a human can have; True for a code this table does not know."""
    measure = BY_CODE.get(code)
    return measure is None or measure.low <= value <= measure.high
