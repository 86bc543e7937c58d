"""Whether a chart says that somebody is pregnant: an active pregnancy among the problems, or a term that was measured.

Nothing is guessed: a chart that says nothing of a woman who may be pregnant says "unknown".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions.checks.context import Measured, Pregnant

YOUNGEST, OLDEST = 10, 55
TERM_WEEKS = 43
_CODES = ("Z33", "Z34", "Z35", "O09", "O10", "O12", "O13", "O14", "O16", "O20", "O21", "O22", "O23", "O24", "O26", "O3",
          "O40", "O41", "O42", "O43", "O44", "O46", "O47", "O48")  # fmt: skip
_WORDS = ("grossesse", "enceinte")
_NOT = ("desir", "antecedent", "contracep", "test", "interruption", "fausse", "extra")


@dataclass(frozen=True, slots=True)
class Expecting:
    """What the chart says. `weeks` of amenorrhoea today, when known."""

    pregnant: Pregnant
    words: str = ""
    weeks: int | None = None


def expecting(
    problems: Iterable[Any], term: Measured | None, *, sex: str, age_years: float | None, today: date
) -> Expecting:
    """Args:
    problems: live problem.recorded statements (gathering.Held).
    term: the newest gestational age measured, in weeks.
    """
    if sex == "male" or (age_years is not None and not YOUNGEST <= age_years <= OLDEST):
        return Expecting("no")
    active = ended = None
    for one in problems:
        if one.body is None or not _is_pregnancy(one.body):
            continue
        if one.body.clinical in ("active", "recurrence") and not _is_over(one.body.onset or one.day, today):
            active = active or one
        elif one.body.abatement:
            ended = max(ended or "", one.body.abatement)
    weeks = _weeks(term, today)
    if weeks is not None and ended and term is not None and ended >= term.day[: len(ended)]:
        weeks = None
    if active is None and weeks is None:
        return Expecting("unknown")
    label = active.body.label if active is not None else "grossesse"
    words = f"{label}, {weeks} SA" if weeks is not None else label
    return Expecting("yes", words, weeks)


def _is_pregnancy(body: Any) -> bool:
    if body.verification == "refuted":
        return False
    code = body.coding.code if body.coding is not None else ""
    if code:
        return code.startswith(_CODES)
    label = fold(body.label)
    return any(word in label for word in _WORDS) and not any(word in label for word in _NOT)


def _is_over(since: str, today: date) -> bool:
    """Whether a pregnancy said to be active began too long ago to be going on."""
    try:
        begun = date.fromisoformat(since[:10])
    except ValueError:
        return False  # a year or a month: it may be
    return today - begun > timedelta(weeks=TERM_WEEKS)


def _weeks(term: Measured | None, today: date) -> int | None:
    if term is None:
        return None
    try:
        passed = (today - date.fromisoformat(term.day[:10])).days
    except ValueError:
        return None
    weeks = int(term.value + passed / 7)
    return weeks if passed >= 0 and weeks <= TERM_WEEKS else None
