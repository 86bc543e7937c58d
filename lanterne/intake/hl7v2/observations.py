"""OBX segments, of HL7 v2 and of HPRIM santé alike: a test, its value, its range, and the notes that follow.

Law: what is a value becomes a result; what is a text of several lines stays text; a result deleted or wrong
(D, W) or not obtained (X, N, O) is said and not recorded. Source: HL7 v2.5 7.4.2, tables 0078, 0085, 0125.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lanterne.intake.hl7v2.segments import Segment, part
from lanterne.intake.reading import ReadStatement, Unreadable
from lanterne.intake.written import dates
from lanterne.intake.written.results import Row, dots_of, line_of, read

# A word or a sentence is a result (« Négatif ») ; a report written in an OBX is a text.
LONGEST_WORDS = 255
# Notes beyond these are text of the document: no result has a comment of pages.
MOST_COMMENTS = 100
_WITHDRAWN = {"D": "supprimé par le laboratoire", "W": "rendu par erreur pour ce patient"}
_WITHOUT = {
    "X": "n’a pas pu être obtenu",
    "N": "n’a pas été demandé",
    "O": "est seulement demandé",
    "I": "est en attente",
}
_TEXTS = frozenset({"TX", "FT", "ST", ""})
_CODED = frozenset({"CE", "CWE", "CNE", "CF", "CD"})


@dataclass(frozen=True, slots=True)
class Group:
    """What an OBR says of the tests below it."""

    panel: str = ""
    at: str = ""
    specimen: str = ""
    laboratory: str = ""
    status: str = ""


@dataclass(slots=True)
class Observations:
    """What the OBX of a message said: rows with their dates and places (`most` of them), lines of text, sentences."""

    rows: list[tuple[Row, str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    most: int = 20_000
    _prose: str = ""

    def add(self, segment: Segment, group: Group, producer: str = "") -> None:
        """One OBX that carries no file. Raises Unreadable "too_many_results"."""
        if len(self.rows) >= self.most:
            raise Unreadable("too_many_results", limit=str(self.most))
        identified = segment.components(3)
        label, code, local = names_of(identified)
        kind = segment.text(2).upper()
        status = segment.text(11).upper()[:1]
        value, comparator, unit = _value(segment, kind)
        if status in _WITHDRAWN or (status in _WITHOUT and not value):
            why = _WITHDRAWN.get(status) or _WITHOUT[status]
            self.unread.append(f"« {label or local or code} » {why} : non retenu.")
            self.text.append(f"{label or local or code} : {value or '—'} ({why})")
            return
        if kind in _TEXTS and (_is_prose(kind, value) or not (label or local or code)):
            self._prose_line(label, value)
            return
        if not value:
            self.unread.append(f"« {label or local or code or 'sans nom'} » n’a pas de valeur.")
            return
        row = Row(
            label,
            value,
            code=code,
            local_code=local,
            unit=unit or segment.text(6, 1) or segment.text(6, 2),
            reference=" ".join(segment.whole(7).split()),
            flag=next((mark for pieces in segment.repetitions(8) if (mark := part(pieces, 1))), ""),
            status=status or group.status,
            comparator=comparator,
            panel=group.panel,
            specimen=group.specimen,
            method=segment.text(17, 2) or segment.text(17),
            laboratory=producer or segment.text(23) or group.laboratory,
        )
        self._prose = ""
        at = group.at or dates.stamp(segment.text(14))
        self.rows.append((row, at, f"OBX {segment.text(1) or segment.number}"))

    def _prose_line(self, label: str, value: str) -> None:
        if label and label != self._prose:
            self.text.append(f"{label} :")
        self._prose = label
        self.text.append(value)

    def note(self, text: str) -> None:
        """A comment below the last result, or a line of text when there is none."""
        if not text.strip():
            return
        row, at, place = self.rows[-1] if self.rows else (None, "", "")
        if row is not None and not self.text_is_last and len(row.comments) < MOST_COMMENTS:
            self.rows[-1] = (replace(row, comments=(*row.comments, text.strip())), at, place)
        else:
            self.text.append(text)

    def closed(self) -> None:
        """A new request begins: a note before its first result is about the request."""
        self._prose = self._prose or " "

    @property
    def text_is_last(self) -> bool:
        """Whether the last thing said was prose, so that a note goes with it."""
        return bool(self._prose)

    def statements(self) -> tuple[ReadStatement, ...]:
        """The results; sentences of doubt go to `unread`, their lines to `text`."""
        dot = dots_of(row for row, _, _ in self.rows)
        out = []
        for number, (row, at, place) in enumerate(self.rows, 1):
            found = read(row, dot)
            if found is None:
                continue
            if found.doubt:
                self.unread.append(found.doubt)
            out.append(ReadStatement(f"obx-{number}", found.body, at or None, place=place))
        return tuple(out)


def _is_prose(kind: str, value: str) -> bool:
    """A report rather than a result: long, or of several lines (words repeated in a ST are still a result)."""
    return len(value) > LONGEST_WORDS or value.count("\n") > (3 if kind == "ST" else 0)


def lines_of_results(statements: tuple[ReadStatement, ...]) -> list[str]:
    """Results as text, a line each, under the name of their panel."""
    lines: list[str] = []
    panel = ""
    for statement in statements:
        body = statement.body
        if getattr(body, "panel", "") != panel:
            panel = getattr(body, "panel", "")
            lines += ["", panel] if lines else [panel]
        lines.append(line_of(body))  # type: ignore[arg-type]
        comment = getattr(body, "comment", "")
        lines += [f"    {line}" for line in comment.split("\n") if line]
    return lines


def names_of(identified: tuple[str, ...]) -> tuple[str, str, str]:
    """Label, LOINC code, local code of a coded test: code^label^system^code^label^system."""
    label, loinc, local = part(identified, 2), "", ""
    for place in (1, 4):
        code, system = part(identified, place), part(identified, place + 2).upper()
        if not code:
            continue
        if system in ("LN", "LOINC") or "2.16.840.1.113883.6.1" in system:
            loinc = loinc or code
        else:
            local = local or code
            label = label or part(identified, place + 1)
    return label or local or loinc, loinc, local


def _value(segment: Segment, kind: str) -> tuple[str, str, str]:
    """Value, comparator and unit of OBX-5, by its type."""
    if kind == "SN":
        comparator, first, between, second = (segment.text(5, place) for place in (1, 2, 3, 4))
        if second:
            return f"{comparator}{first}{between or '-'}{second}", "", ""
        return first, {"=": ""}.get(comparator, comparator), ""
    if kind in _CODED:
        said = [
            part(pieces, 2) or part(pieces, 9) or part(pieces, 5) or part(pieces, 1)
            for pieces in segment.repetitions(5)
        ]
        return ", ".join(word for word in said if word), "", ""
    if kind == "CQ":
        return segment.text(5, 1), "", segment.text(5, 2)
    if kind in ("DT", "TS", "DTM"):
        return dates.stamp(segment.text(5)) or segment.text(5), "", ""
    return re.sub(r"[ \t]+\n", "\n", segment.whole(5)), "", ""
