"""Vaccines in use in France and the ages of the French calendar.

Source: "Calendrier des vaccinations et recommandations vaccinales" of the ministry of health, editions
2018 to 2025 (hexavalent, pneumococcus, meningococcus C and MMR compulsory for children born from 2018;
meningococcus B and ACWY from 2025), written for Lanterne in November 2026 from general knowledge; ATC
codes (WHO).
Before real use: take the calendar of the year; catch-up, risk groups, overseas and contraindications are
not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "http://www.whocc.no/atc"


@dataclass(frozen=True, slots=True)
class Vaccine:
    """One vaccine: usual name, ATC code, brands, the illnesses it protects against."""

    key: str
    name: str
    atc: str
    brands: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One injection of the calendar.

    Attributes:
        vaccine: key of the vaccine.
        dose: "1re dose", "rappel"…
        age_months: recommended age, in months.
        born_from, born_before: years of birth it concerns (`born_before` excluded; 0: no bound).
        compulsory: for the children concerned (article L.3111-2 CSP).
    """

    vaccine: str
    dose: str
    age_months: int
    born_from: int = 0
    born_before: int = 0
    compulsory: bool = False


CALENDAR: tuple[Due, ...] = (
    Due("hexavalent", "1re dose", 2, 2008, 0, True),
    Due("pneumocoque_enfant", "1re dose", 2, 2008, 0, True),
    Due("rotavirus", "1re dose", 2, 2023),
    Due("rotavirus", "2e dose", 3, 2023),
    Due("meningo_b", "1re dose", 3, 2022, 0, True),
    Due("hexavalent", "2e dose", 4, 2008, 0, True),
    Due("pneumocoque_enfant", "2e dose", 4, 2008, 0, True),
    Due("meningo_b", "2e dose", 5, 2022, 0, True),
    Due("meningo_c", "1re dose", 5, 2017, 2025, True),
    Due("meningo_acwy", "1re dose", 6, 2025, 0, True),
    Due("hexavalent", "rappel", 11, 2008, 0, True),
    Due("pneumocoque_enfant", "rappel", 11, 2008, 0, True),
    Due("ror", "1re dose", 12, 1996, 0, True),
    Due("meningo_b", "rappel", 12, 2022, 0, True),
    Due("meningo_c", "rappel", 12, 2010, 2025, True),
    Due("meningo_acwy", "rappel", 12, 2025, 0, True),
    Due("ror", "2e dose", 17, 1996, 0, True),
    Due("dtcap", "rappel 6 ans", 72, 2004),
    Due("dtcap_rappel", "rappel 11-13 ans", 138, 2000),
    Due("hpv", "1re dose", 140, 2008),
    Due("hpv", "2e dose", 147, 2008),
    Due("meningo_acwy", "dose unique 11-14 ans", 150, 2012),
    Due("dtcap_rappel", "rappel 25 ans", 300),
    Due("dtp", "rappel 45 ans", 540),
    Due("dtp", "rappel 65 ans", 780),
    Due("pneumocoque_adulte", "dose unique", 788),
    Due("zona", "1re dose", 796),
    Due("zona", "2e dose", 799),
    Due("dtp", "rappel 75 ans", 900),
    Due("vrs", "dose unique", 905),
    Due("dtp", "rappel 85 ans", 1020),
)
"""In the order of ages. Yearly vaccines (influenza, Covid-19) are in YEARLY_FROM_AGE."""

YEARLY_FROM_AGE: dict[str, int] = {"grippe": 65, "covid": 65}
"""Recommended every autumn from this age in years, whatever the health."""


@cache
def _by_key() -> dict[str, Vaccine]:
    found = {}
    for line in starter.rows("vaccines", ("key", "name", "atc", "brands", "targets")):
        brands = tuple(part.strip() for part in line["brands"].split(","))
        targets = tuple(part.strip() for part in line["targets"].split(","))
        found[line["key"]] = Vaccine(line["key"], line["name"], line["atc"], brands, targets)
    return found


def every() -> tuple[Vaccine, ...]:
    """All vaccines."""
    return tuple(_by_key().values())


def named(key: str) -> Vaccine:
    """The vaccine of this key, such as "ror".

    Raises:
        KeyError: there is none.
    """
    return _by_key()[key]


def calendar(birth_year: int) -> tuple[Due, ...]:
    """The injections that concern somebody born that year, in the order of ages."""
    return tuple(
        due
        for due in CALENDAR
        if due.born_from <= birth_year and (due.born_before == 0 or birth_year < due.born_before)
    )


def search(text: str, *, limit: int = 20) -> list[Vaccine]:
    """The vaccines whose name, brand or target answers `text`, accents ignored, best first."""
    ranked = []
    for vaccine in every():
        place = starter.rank(text, vaccine.name, " ".join((*vaccine.brands, *vaccine.targets)), vaccine.atc)
        if place is not None:
            ranked.append((place, len(vaccine.name), vaccine.key, vaccine))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
