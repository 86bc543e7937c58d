"""Laboratory tests of general practice: LOINC code, French label, UCUM unit, adult usual range by sex.

Source: LOINC (loinc.org) for the codes; ranges are usual ones of French laboratories, written for Lanterne
in November 2026. A laboratory's own range, which depends on its method, always prevails over these; they
serve the demo and hand-typed results.
Before real use: compare with the ANS "jeu de valeurs circuit de la biologie"; ranges in pregnancy,
children and the very old are not here; NT-proBNP depends on age; LDL is a target by risk, not a range.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lanterne.reference import starter

STARTER = True
DATED = "2026-11"
SYSTEM = "http://loinc.org"

_COLUMNS = (
    "key",
    "code",
    "label",
    "panel",
    "unit",
    "low_female",
    "high_female",
    "low_male",
    "high_male",
    "decimals",
    "words",
)


@dataclass(frozen=True, slots=True)
class Test:
    """One test. Bounds are decimal text in `unit` (UCUM), empty where there is none; `code` is LOINC,
    empty when unsure.

    A test without unit answers with words (culture, blood group).
    """

    __test__ = False  # not a pytest class

    key: str
    code: str
    label: str
    panel: str
    unit: str
    low_female: str
    high_female: str
    low_male: str
    high_male: str
    decimals: int
    words: str

    def usual(self, sex: str) -> tuple[str, str]:
        """Low and high usual bounds of an adult of this sex; those common to both when the sex is unknown."""
        if sex == "female":
            return self.low_female, self.high_female
        if sex == "male":
            return self.low_male, self.high_male
        low = self.low_male if self.low_female == self.low_male else ""
        high = self.high_male if self.high_female == self.high_male else ""
        return low, high


@cache
def _by_key() -> dict[str, Test]:
    tests = {}
    for line in starter.rows("laboratory", _COLUMNS):
        decimals = int(line.pop("decimals"))
        tests[line["key"]] = Test(decimals=decimals, **line)
    return tests


@cache
def _by_code() -> dict[str, Test]:
    return {test.code: test for test in every() if test.code}


def every() -> tuple[Test, ...]:
    """All tests, panel by panel."""
    return tuple(_by_key().values())


def named(key: str) -> Test:
    """The test of this key, such as "creatinine".

    Raises:
        KeyError: there is none.
    """
    return _by_key()[key]


def find(code: str) -> Test | None:
    """The test of this LOINC code, or None."""
    return _by_code().get(code)


def search(text: str, *, limit: int = 20) -> list[Test]:
    """The tests that answer `text`, accents ignored, best first."""
    ranked = []
    for test in every():
        place = starter.rank(text, test.label, f"{test.words} {test.panel}", test.code)
        if place is not None:
            ranked.append((place, len(test.label), test.key, test))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
