"""French public holidays, by year and part of the country.

Articles L. 3133-1 (everywhere), L. 3134-13 (Alsace and Moselle), L. 3422-2 and L. 3422-3 (overseas) of the labour code.
Computed by the library `holidays`: nothing is asked of a network. Years it does not know have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

# Word → the library's subdivision. Both parts of Alsace-Moselle keep Good Friday and 26 December.
REGIONS: Mapping[str, str | None] = MappingProxyType(
    {
        "metropole": None,
        "alsace_moselle": "57",
        "guadeloupe": "971",
        "martinique": "972",
        "guyane": "973",
        "reunion": "974",
        "mayotte": "976",
    }
)
YEARS = range(1990, 2100)


@lru_cache(maxsize=256)
def public_holidays(year: int, region: str = "metropole") -> Mapping[date, str]:
    """The public holidays of a year with their French names; a region nobody knows has those of all of France."""
    if year not in YEARS:
        return MappingProxyType({})
    found = holidays.country_holidays("FR", subdiv=REGIONS.get(region), years=year, language="fr")
    return MappingProxyType({day: str(name).replace("'", "’") for day, name in sorted(found.items())})


def holiday(day: date, region: str = "metropole") -> str:
    """The name of the public holiday that falls on a day; empty when none does."""
    return public_holidays(day.year, region).get(day, "")
