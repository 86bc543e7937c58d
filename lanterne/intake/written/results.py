"""One row of a report, whatever the format, as a result of the chart.

Law: the laboratory's words stay when they are no number; a range that is no range, a flag nobody knows, go to
the comment as written. A row without a value is no result. What was read with doubt is said in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lanterne.intake.written.marks import flag_of, status_of
from lanterne.intake.written.numbers import Dot, dot_of, quantity, reference_range
from lanterne.practice.results.facts import ResultRecorded

LONGEST_VALUE = 4_000
LONGEST_COMMENT = 8_000
# What may follow a number for it to be one: a star or a letter of flag, then a unit. "3+", "1/80", "10^5" stay words.
_UNIT = re.compile(r"(?P<mark>\*{1,3}|[HLN](?=\s|$))?\s*(?P<unit>[%‰µμ°A-Za-z/][^\s\d][^\s]{0,24}|[%gUL‰])?")
_LOINC = re.compile(r"\d{1,7}-\d")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, as written. `code` is LOINC; `reference` a range in one text when `low` and `high` are
    not apart.
    """

    label: str
    value: str
    code: str = ""
    local_code: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    reference: str = ""
    flag: str = ""
    status: str = ""
    comparator: str = ""
    panel: str = ""
    specimen: str = ""
    method: str = ""
    laboratory: str = ""
    comments: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Read:
    """The result, and a French sentence when a number was read with doubt."""

    body: ResultRecorded
    doubt: str = ""


def dots_of(rows: Iterable[Row]) -> Dot:
    """What a dot before three digits means in a whole document; empty when its rows do not say or disagree."""
    said = {dot_of((row.value, row.low, row.high)) for row in rows} - {""}
    return said.pop() if len(said) == 1 else ""


def read(row: Row, document_dot: Dot = "") -> Read | None:
    """The result of a row; None when it holds no value."""
    written = row.value.strip()[:LONGEST_VALUE]
    if not written or not (row.label.strip() or row.local_code or row.code):
        return None
    dot = dot_of((row.value, row.low, row.high, *_ends(row.reference)), row.unit) or document_dot
    measured = quantity(written, dot)
    around = _UNIT.fullmatch(measured.rest) if measured is not None else None
    comments = list(row.comments)
    value, comparator, unit, mark, doubt = written, "", row.unit.strip(), row.flag, ""
    if measured is not None and around is not None:
        value, comparator = measured.number, measured.comparator
        unit = unit or around["unit"] or ""
        mark = mark or around["mark"] or ""
        if measured.doubtful:
            doubt = _doubt(written, row.label.strip())
        if row.comparator in ("<", "<=", ">", ">="):
            comparator = row.comparator
    low, high, said = _range(row, dot)
    flag = flag_of(mark)
    if flag is None:
        comments.append(f"Signalé « {mark.strip()[:40]} » par le laboratoire.")
    if said:
        comments.append(f"Valeurs de référence : {said}")
    body = ResultRecorded(
        label=row.label.strip() or row.local_code or row.code,
        value=value,
        code=row.code if _LOINC.fullmatch(row.code) else "",
        local_code=row.local_code or ("" if _LOINC.fullmatch(row.code) else row.code),
        comparator=comparator,  # type: ignore[arg-type]
        unit=unit,
        low=low,
        high=high,
        flag=flag or "",
        panel=row.panel,
        specimen=row.specimen,
        method=row.method,
        laboratory=row.laboratory,
        status=status_of(row.status),
        comment="\n".join(comment for comment in comments if comment.strip())[:LONGEST_COMMENT],
    )
    return Read(body, doubt)


def line_of(body: ResultRecorded) -> str:
    """A result as a line of text: « Hémoglobine : 13,3 g/dl (12,5 à 15,5) H »."""
    parts = [f"{body.comparator} {body.value}".strip(), body.unit]
    if body.low or body.high:
        parts.append(f"({body.low} à {body.high})" if body.low and body.high else _open(body))
    return f"{body.label} : {' '.join(part for part in [*parts, body.flag.replace('N', '')] if part)}"


def _doubt(written: str, label: str) -> str:
    return f"« {written} » ({label}) est lu avec un point décimal ; ce point peut séparer les milliers."


def _open(body: ResultRecorded) -> str:
    return f"(> {body.low})" if body.low else f"(< {body.high})"


def _ends(reference: str) -> list[str]:
    return re.split(r"\s*(?:-|–|à)\s*", reference, maxsplit=1) if reference else []


def _range(row: Row, dot: Dot) -> tuple[str, str, str]:
    """Low, high, and what of the range is words."""
    if row.reference and not (row.low or row.high):
        read_range = reference_range(row.reference, dot)
        return (*read_range, "") if read_range else ("", "", row.reference.strip())
    low, high = quantity(row.low, dot), quantity(row.high, dot)
    if (row.low.strip() and low is None) or (row.high.strip() and high is None):
        return "", "", " à ".join(end.strip() for end in (row.low, row.high) if end.strip())
    return low.number if low else "", high.number if high else "", ""
