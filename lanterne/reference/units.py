"""UCUM units as a French practice writes them.

Source: The Unified Code for Units of Measure, case-sensitive codes; the French writing is that of
laboratory reports. Written for Lanterne in November 2026.
"""

from __future__ import annotations

STARTER = True
DATED = "2026-11"
SYSTEM = "http://unitsofmeasure.org"

_SHOWN = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "10*9/L": "G/L",
    "10*12/L": "T/L",
    "10*3/mL": "10³/mL",
    "umol/L": "µmol/L",
    "ug/L": "µg/L",
    "ug/L{FEU}": "µg/L FEU",
    "m[IU]/L": "mUI/L",
    "[IU]/L": "UI/L",
    "[IU]/mL": "UI/mL",
    "U/L": "UI/L",
    "U/mL": "U/mL",
    "kg/m2": "kg/m²",
    "mL/min/{1.73_m2}": "mL/min/1,73 m²",
    "{INR}": "",
    "{score}": "/10",
    "{score}/30": "/30",
    "{SA}": "SA",
    "mm/h": "mm",
}


def shown(unit: str) -> str:
    """The unit as shown on a French screen: "mm[Hg]" is shown "mmHg"; an unknown unit is shown as it is."""
    return _SHOWN.get(unit, unit)


def alike(unit: str) -> str:
    """A form in which two writings of one unit are equal: "umol/L", "µmol/L" and "µmol/l" are. For comparing,
    never for showing.
    """
    return shown(unit).replace("\u03bc", "\u00b5").replace(" ", "").casefold()
