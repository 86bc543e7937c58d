"""Laboratory tests of general practice: LOINC code, French label, UCUM unit, adult usual range by sex.

Source: LOINC (loinc.org) for the codes; ranges are usual ones of French laboratories, written for Lanterne
in November 2026. A laboratory's own range, which depends on its method, always prevails over these; they
serve the demo and hand-typed results.
Before real use: compare with the ANS "jeu de valeurs circuit de la biologie"; ranges in pregnancy,
children and the very old are not here; NT-proBNP depends on age; LDL is a target by risk, not a range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from lanterne.reference import starter, units

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


# Also asked of urine under the same name and unit: taken for blood only where the laboratory says so.
_OF_URINE_TOO = frozenset(
    {"sodium", "potassium", "chlore", "calcium", "phosphore", "magnesium", "uree", "acide_urique", "glycemie"}
)
_BLOOD = ("sang", "serum", "plasma")
_ELSEWHERE = ("urin", "lcr", "cephalo", "selle", "ponction", "liquide", "salive", "sperme", "dialys")
_ASIDE = re.compile(r"\([^)]*\)")


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


@lru_cache(maxsize=4_096)
def recognised(label: str, unit: str, context: str = "") -> str:
    """The LOINC code of a test a laboratory only named, "" unless name and unit say exactly one: to draw one curve,
    never to be written in the record.

    Args:
        label: as the laboratory writes it; accents, case and what stands in parentheses do not count.
        unit: UCUM or French writing.
        context: panel and specimen as written; what is not blood is never taken for it.
    """
    around = starter.fold(f"{context} {label}")
    if any(word in around for word in _ELSEWHERE):
        return ""
    found = {
        test.code
        for test in _by_name().get(_name(label), ())
        if units.alike(test.unit) == units.alike(unit)
        and (test.key not in _OF_URINE_TOO or any(word in around for word in _BLOOD))
    }
    return found.pop() if len(found) == 1 else ""


@cache
def _by_name() -> dict[str, tuple[Test, ...]]:
    named: dict[str, tuple[Test, ...]] = {}
    for test in every():
        if test.code:
            named[_name(test.label)] = (*named.get(_name(test.label), ()), test)
    return named


def _name(label: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", starter.fold(_ASIDE.sub(" ", label))))


def search(text: str, *, limit: int = 20) -> list[Test]:
    """The tests that answer `text`, accents ignored, best first."""
    ranked = []
    for test in every():
        place = starter.rank(text, test.label, f"{test.words} {test.panel}", test.code)
        if place is not None:
            ranked.append((place, len(test.label), test.key, test))
    ranked.sort(key=lambda line: line[:3])
    return [line[3] for line in ranked[:limit]]
