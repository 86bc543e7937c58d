"""The structured part of an HPRIM médecin message: RES rows and the TEX lines around them.

RES|label|code|type|value|unit|low|high|flag|status, then the same test in a second unit: value|unit|low|high.
A TEX line that follows a RES belongs to it (comment, antecedent value, interpretation) until a blank line, a
heading, or the line that prints the next test. A centred line in capitals is the chapter (HÉMATOLOGIE): the
panel of what follows.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lanterne.intake.written.results import Row
from lanterne.practice.patients.names import fold

_CENTRED = 10
_SPACED = re.compile(r"(?:[^\W\d_](?:\s|$)){4,}")
MOST_FIELDS = 40


@dataclass(slots=True)
class Block:
    """What the lines said, in order. `no_value` are labels of RES rows without a value; `text` all lines to
    be read.
    """

    rows: list[Row] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    no_value: list[str] = field(default_factory=list)


def is_row(line: str) -> bool:
    """Whether a line is of the structured part, even outside its marks."""
    start = line.lstrip()[:4].upper()
    return start in ("RES|", "TEX|") or line.strip().upper() == "TEX"


def read_block(lines: Sequence[str]) -> Block:
    """Rows and text of the lines between ****LAB**** and the end."""
    block = Block()
    panel = ""
    waiting: list[tuple[str, str]] = []
    # The lines just above a row, squeezed: whether they print it already.
    above: deque[str] = deque(maxlen=4)
    last: int | None = None
    for line in lines:
        if line.lstrip()[:4].upper() != "RES|":
            text = _text_of(line)
            above.append(_squeezed(text))
            waiting.append((text, above[-1]))
            block.text.append(text)
            continue
        rows = _rows_of(line)
        following = rows[0].label if rows else _label_of(line)
        comments, chapters = _share(waiting, following, rows[0].value if rows else "")
        _comment(block, last, comments)
        panel = chapters[-1] if chapters else panel
        waiting = []
        if not rows:
            if _label_of(line) or line.count("|") > 1:
                block.no_value.append(_label_of(line))
            last = None
            continue
        last = len(block.rows)
        block.rows.extend(replace(row, panel=panel) for row in rows)
        label = _squeezed(rows[0].label)
        if not any(label in text for text in above):
            block.text.append(f"{rows[0].label} : {rows[0].value} {rows[0].unit}".rstrip())
    comments, _ = _share(waiting, "", "")
    _comment(block, last, comments)
    return block


def _comment(block: Block, place: int | None, comments: list[str]) -> None:
    if place is not None and comments:
        row = block.rows[place]
        block.rows[place] = replace(row, comments=(*row.comments, *comments))


def _text_of(line: str) -> str:
    bare = line.lstrip()
    if bare[:3].upper() == "TEX":
        return bare[4:].rstrip() if bare[3:4] == "|" else ""
    return line.rstrip()


def _label_of(line: str) -> str:
    fields = line.strip().split("|", 3)
    return fields[1].strip() or (fields[2].strip() if len(fields) > 2 else "")


def _rows_of(line: str) -> list[Row]:
    """The row, and a second one when it gives the test in a second unit; none when it holds no value."""
    fields = [*(cell.strip() for cell in line.strip().split("|")[1:MOST_FIELDS]), *[""] * 14]
    label, code, _, value, unit, low, high, flag, status = fields[:9]
    second, second_unit, second_low, second_high = fields[9:13]
    label = label or code
    rows = []
    if value:
        rows.append(
            Row(label, value, local_code=code, unit=unit, low=low, high=high, flag=flag, status=status)
        )
    # A dated or repeated status in place of a second value is not one: it comes with a unit, and has digits.
    if second and any(letter.isdigit() for letter in second) and (second_unit or second_low or second_high):
        rows.append(
            Row(
                label,
                second,
                local_code=code,
                unit=second_unit,
                low=second_low,
                high=second_high,
                flag=flag,
                status=status,
            )
        )
    return rows


def _share(texts: list[tuple[str, str]], following: str, value: str) -> tuple[list[str], list[str]]:
    """Of the lines between two RES: those that comment the first, and the chapters named on the way."""
    chapters = [title for text, _ in texts if (title := chapter(text))]
    wanted = _squeezed(following)
    comments = []
    for text, squeezed in texts:
        if not squeezed or heading(text) or (wanted and _prints(squeezed, wanted)):
            break
        if not wanted and value and value in text:
            break
        comments.append(text.strip())
    return comments, chapters


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _prints(line: str, label: str) -> bool:
    """Whether a line prints a test; a short name (K, Na) is one only where it begins the line."""
    return line.startswith(label) if len(label) < 4 else label in line


def chapter(text: str) -> str:
    """The chapter a line names: letters apart (H E M A T O), or centred capitals; empty otherwise."""
    bare = text.strip()
    if not bare or any(character.isdigit() for character in bare) or len(bare) > 70:
        return ""
    if _SPACED.fullmatch(bare + " "):
        return re.sub(r"(?<=\S) (?=\S)", "", bare)
    apart = [part for part in re.split(r"\s{2,}", bare) if part]
    if len(apart) > 1 and all(len(part) == 1 or _SPACED.fullmatch(part + " ") for part in apart):
        return " ".join(part.replace(" ", "") for part in apart)
    indent = len(text) - len(text.lstrip())
    return bare if indent >= _CENTRED and bare.isupper() and ":" not in bare else ""


def heading(text: str) -> bool:
    """Whether a line titles what follows: a chapter, or mostly capitals without a figure or a colon."""
    if chapter(text):
        return True
    letters = [character for character in text if character.isalpha()]
    if len(letters) < 4 or ":" in text or any(character.isdigit() for character in text):
        return False
    return sum(character.isupper() for character in letters) >= 0.65 * len(letters)
