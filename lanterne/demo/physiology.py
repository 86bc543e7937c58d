"""The body of a fictional patient: growth, weight, pressure, and laboratory values that agree with each other and
with time.

Law: a value follows from a mean, a drift a year and noise; what is computed from others (haematocrit from
haemoglobin, total cholesterol from its parts, filtration from creatinine) is computed, so that a report does not
contradict itself. Growth medians are rounded from the French 2018 curves (AFPA – CRESS/INSERM); before real use,
take the curves themselves.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date

from lanterne.demo.illness import Level
from lanterne.reference import formulas, laboratory

_MONTHS = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    9,
    12,
    18,
    24,
    36,
    48,
    60,
    72,
    84,
    96,
    108,
    120,
    132,
    144,
    156,
    168,
    180,
    192,
    204,
    216,
)
_WEIGHT = {
    "male": (3.4, 4.3, 5.4, 6.2, 6.9, 7.4, 7.9, 9.0, 9.9, 11.2, 12.3, 14.5, 16.5, 18.6, 20.9, 23.4, 26, 29, 32.5, 36.5,
             41, 46, 51.5, 56.5, 60.5, 63.5, 65.5),
    "female": (3.3, 4.1, 5.0, 5.8, 6.4, 6.9, 7.4, 8.4, 9.3, 10.5, 11.8, 14, 16, 18.1, 20.4, 23, 25.7, 28.8, 32.5, 37,
               42, 46.5, 50, 52.5, 54.5, 56, 57),
}  # fmt: skip
_HEIGHT = {
    "male": (50, 54, 57.8, 60.8, 63.3, 65.3, 67, 71.5, 75.5, 82, 87.5, 96, 103, 109.5, 116, 122, 127.5, 133, 138, 143.5,
             149.5, 156, 163, 169, 173, 175, 176),
    "female": (49.5, 53, 56.6, 59.5, 62, 64, 65.5, 70, 74, 80.5, 86, 95, 102, 108.5, 115, 121, 126.5, 132, 138.5, 145,
               151.5, 157, 160.5, 162, 162.8, 163.2, 163.5),
}  # fmt: skip
_HEAD_MONTHS = (0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 60)
_HEAD = (34.6, 37, 38.9, 40.3, 41.4, 43.1, 44.9, 46.1, 47.4, 48.3, 49.5, 50.8)

USUAL: dict[str, Level] = {
    "ldl": (1.28, 0.12, 0.008),
    "hdl": (0.55, 0.05, 0.0),
    "triglycerides": (1.05, 0.22, 0.01),
    "glycemie": (0.92, 0.05, 0.003),
    "hba1c": (5.5, 0.15, 0.01),
    "vitamine_d": (25, 6, 0.0),
    "crp": (2.4, 1.6, 0.0),
    "ferritine": (95, 25, 0.0),
    "tsh": (1.9, 0.5, 0.0),
    "vgm": (90, 1.5, 0.0),
    "psa": (1.1, 0.25, 0.05),
    "albuminurie": (9, 4, 0.0),
    "ntprobnp": (120, 40, 4.0),
    "asat": (23, 4, 0.0),
    "alat": (22, 6, 0.0),
    "ggt": (28, 8, 0.0),
    "inr": (2.5, 0.42, 0.0),
    "leucocyturie": (180, 90, 0.0),
    "hematurie": (14, 8, 0.0),
}
"""Where the middle of the usual range would not be plausible."""

_WORDS = {
    "ecbu": (
        "Escherichia coli > 10^5 UFC/mL",
        "Escherichia coli > 10^6 UFC/mL",
        "Klebsiella pneumoniae > 10^5 UFC/mL",
    ),
    "ag_hbs": ("Négatif",),
    "ac_vhc": ("Négatif",),
    "vih": ("Négatif",),
    "toxoplasmose_igg": ("Négatif", "Négatif", "Positif"),
    "rubeole_igg": ("Positif",),
    "rai": ("Négative",),
    "groupe": ("A Rh positif", "O Rh positif", "O Rh positif", "B Rh positif", "A Rh négatif"),
}
_FRACTIONS = {
    "neutrophiles": 0.57,
    "lymphocytes": 0.31,
    "monocytes": 0.08,
    "eosinophiles": 0.03,
    "basophiles": 0.005,
}
_FLOOR = 0.02


def _between(months: tuple[int, ...], values: tuple[float, ...], age: float) -> float:
    place = bisect_right(months, age) - 1
    if place >= len(months) - 1:
        return values[-1]
    low, high = months[place], months[place + 1]
    return values[place] + (values[place + 1] - values[place]) * (age - low) / (high - low)


class Physiology:
    """One person's figures."""

    def __init__(self, rng: random.Random, sex: str, born: date) -> None:
        self.rng = rng
        self.sex = sex
        self.born = born
        self.build = max(-1.8, min(2.4, rng.gauss(0.25, 0.9)))
        self.stature = max(-2.0, min(2.0, rng.gauss(0, 0.8)))
        self.systolic = rng.gauss(122, 6)
        self.blood_group = rng.choice(_WORDS["groupe"])
        self.levels: dict[str, Level] = {}
        self.origin = date(born.year + 18, 1, 1)
        self.pregnancy_kg = 0.0

    def months(self, day: date) -> float:
        """Age in months, with its fraction."""
        return (day - self.born).days / 30.4375

    def height(self, day: date) -> float:
        """Standing (or lying) height in cm. From 60 on, a little is lost."""
        months = max(0.0, self.months(day))
        grown = _between(_MONTHS, _HEIGHT[self.sex], months) * (1 + 0.036 * self.stature)
        return grown - max(0.0, (months / 12 - 60) * 0.08)

    def weight(self, day: date) -> float:
        """Weight in kg, without noise."""
        months = max(0.0, self.months(day))
        lean = _between(_MONTHS, _WEIGHT[self.sex], months) * (1 + 0.08 * self.build + 0.03 * self.stature)
        years = months / 12
        if years > 18:
            metres = self.height(day) / 100
            mass = 22.2 + 2.6 * self.build + min(years - 18, 40) * (0.055 + 0.03 * self.build)
            lean = max(16.5, mass - max(0.0, (years - 78) * 0.12)) * metres * metres
        return lean + self.pregnancy_kg

    def head(self, day: date) -> float:
        """Head circumference in cm."""
        return _between(_HEAD_MONTHS, _HEAD, self.months(day)) + 0.5 * self.stature

    def pressure(self, day: date, treated: int = 0, *, noise: float = 7) -> tuple[int, int]:
        """Systolic and diastolic, mmHg; `treated` is how much treatment lowers the systolic."""
        years = self.months(day) / 12
        mean = self.systolic - treated
        if years < 18:
            mean = 92 + years * 1.6
        elif years > 50:
            mean += (min(years, 85) - 50) * 0.25
        systolic = round(max(84, min(212, self.rng.gauss(mean, noise))))
        diastolic = round(
            max(46, min(systolic - 22, self.rng.gauss(systolic * 0.42 + 23 - max(0, years - 68) * 0.25, 4)))
        )
        return systolic, diastolic

    def level(self, key: str) -> Level:
        """Mean, noise and yearly drift of a test for this person."""
        found = self.levels.get(key)
        if found is None:
            found = self._usual(key)
            self.levels[key] = found
        return found

    def _usual(self, key: str) -> Level:
        if key in USUAL:
            mean, noise, drift = USUAL[key]
            return (mean * self.rng.uniform(0.9, 1.1), noise, drift)
        low, high = laboratory.named(key).usual(self.sex)
        if low and high:
            middle, span = (float(low) + float(high)) / 2, float(high) - float(low)
            return (middle + self.rng.gauss(0, span * 0.09), span * 0.055, 0.0)
        top = float(high) if high else 10.0
        return (top * 0.5, top * 0.09, 0.0)

    def draw(self, keys: Iterable[str], day: date, age_years: int) -> dict[str, str]:
        """One sample: the values of these tests as a laboratory writes them, in the order asked."""
        raw: dict[str, float] = {}
        years = (day - self.origin).days / 365.25
        values: dict[str, str] = {}
        for key in keys:
            if key in _WORDS:
                values[key] = self.blood_group if key == "groupe" else self.rng.choice(_WORDS[key])
                continue
            number = self._number(key, raw, years, age_years)
            values[key] = f"{number:.{laboratory.named(key).decimals}f}"
        return values

    def _plain(self, key: str, raw: dict[str, float], years: float) -> float:
        if key not in raw:
            mean, noise, drift = self.level(key)
            raw[key] = max(_FLOOR, self.rng.gauss(mean + drift * years, noise))
        return raw[key]

    def _number(self, key: str, raw: dict[str, float], years: float, age_years: int) -> float:
        if key in _FRACTIONS:
            share = _FRACTIONS[key] * self.rng.uniform(0.92, 1.08)
            return round(self._plain("leucocytes", raw, years), 2) * share
        if key == "hematocrite":
            return self._plain("hemoglobine", raw, years) * 2.98
        if key == "hematies":
            return self._plain("hemoglobine", raw, years) * 29.8 / self._plain("vgm", raw, years)
        if key == "tcmh":
            return self._plain("vgm", raw, years) / 2.98
        if key == "cholesterol":
            parts = (self._plain(part, raw, years) for part in ("ldl", "hdl"))
            return sum(parts) + self._plain("triglycerides", raw, years) / 5
        if key == "dfg":
            creatinine = round(self._plain("creatinine", raw, years))
            return formulas.egfr(
                creatinine_umol_l=creatinine, age_years=max(18, age_years), sex=self.sex
            ).value
        return self._plain(key, raw, years)

    def shift(self, levels: Mapping[str, Level] | Iterable[tuple[str, Level]], day: date) -> None:
        """From that day on, these tests follow these levels (an illness begins): drifts count from the day."""
        years = (day - self.origin).days / 365.25
        for key, (mean, noise, drift) in dict(levels).items():
            spread = self.rng.uniform(0.94, 1.06)
            self.levels[key] = (mean * spread - drift * years, noise, drift)
