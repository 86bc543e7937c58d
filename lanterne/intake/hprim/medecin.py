"""HPRIM médecin: headed text, then rows; several messages in a file, marks missing or cut.

Law: every message gives one document, its text whole; a mark that is missing is said, never a reason to lose
what is there. A message has no identity of its own: laboratories reuse the reference of a report for what
they add to it later, so `identifier` stays empty and nothing is taken for a replacement of something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lanterne.intake.charset import readable
from lanterne.intake.hprim.heading import Heading, heading_at
from lanterne.intake.hprim.rows import Block, is_row, read_block
from lanterne.intake.plain.guessing import kind_of_text, title_of
from lanterne.intake.reading import Document, Limits, ReadAuthor, ReadStatement, Unreadable
from lanterne.intake.written import dates
from lanterne.intake.written.results import dots_of, read

_MARK = re.compile(r"\s*\*{3,}\s*(?P<word>LAB|FIN)(?P<file>[A-Z ]*)\**\s*", re.IGNORECASE)
_SAMPLED = re.compile(
    r"(?:pr[ée]l[eè]v(?:ement|é|e)?[a-zé()]*(?:\s+(?:effectu[ée]|re[çc]u|fait))?"
    r"|examens?\(?s?\)?)\s*(?:du|le|au laboratoire le|:|en date du)*\s*[:.]?\s*(?=\d)",
    re.IGNORECASE,
)
MOST_MESSAGES = 2_000
# Lines that look like the beginning of a header, each tried: about 40 µs.
MOST_TRIED = 50_000
_NO_HEADING = "L’en-tête HPRIM manque : le message ne dit ni pour quel patient, ni d’où il vient."
# A report dated by its sample is printed within a month, cultures included.
_SAMPLE_DAYS = 31


@dataclass(slots=True)
class Message:
    """The lines of one message, sorted."""

    heading: Heading
    first_line: int
    free: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    ended: bool = False
    marked_rows: bool = False
    rows_seen: int = 0


def is_medecin(lines: Sequence[str]) -> bool:
    """Whether text is HPRIM médecin: a header, or rows between marks."""
    if heading_at(lines, 0) is not None:
        return True
    return any(_MARK.fullmatch(line) for line in lines) and any(map(is_row, lines))


def read_medecin(text: str, limits: Limits) -> tuple[Document, ...]:
    """One document a message.

    Raises:
        Unreadable: "too_slow", "too_many_results", "too_many_parts", "too_many_elements".
    """
    # A DOS file may end with its end-of-file character.
    lines = readable(text.replace("\x1a", "")).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > limits.elements:
        raise Unreadable("too_many_elements", limit=str(limits.elements))
    messages = _messages(lines, limits)
    return tuple(_document(message, limits) for message in messages)


def _messages(lines: list[str], limits: Limits) -> list[Message]:
    first = heading_at(lines, 0) or Heading(None, ReadAuthor(), "", "", 0, (_NO_HEADING,))
    messages = [Message(first, 0)]
    place, tried = first.lines, 0
    while place < len(lines):
        line, message = lines[place], messages[-1]
        mark = _MARK.fullmatch(line) if "***" in line else None
        begins = None
        if mark is not None and mark["word"].upper() == "LAB":
            message.marked_rows = True
        elif mark is not None:
            message.ended = True
        elif _may_begin(lines, place):
            tried += 1
            if tried > MOST_TRIED:
                raise Unreadable("too_slow", limit=f"{limits.seconds:g}")
            # The first line of a header, the patient's id, may be empty: then only a whole header will do.
            begins = heading_at(lines, place, sure=not message.ended or not line.strip())
        if begins is not None:
            if len(messages) >= min(MOST_MESSAGES, limits.entries):
                raise Unreadable("too_many_parts", limit=str(min(MOST_MESSAGES, limits.entries)))
            messages.append(Message(begins, place))
            place += begins.lines
            continue
        if mark is None:
            _sort(message, line)
        place += 1
    return messages


def _may_begin(lines: list[str], place: int) -> bool:
    """Whether a header may begin here: a name follows at once, and a figure begins a line where a date would be.

    Looked for everywhere, not only after an end mark: the rows of one patient must never join the message of another.
    """
    if is_row(lines[place]) or not any(line[:1].strip() for line in lines[place + 1 : place + 2]):
        return False
    return any(
        line[:1].isdigit() and len(line) >= 6 for line in map(str.lstrip, lines[place + 5 : place + 16])
    )


def _sort(message: Message, line: str) -> None:
    if is_row(line):
        message.rows.append(line)
        message.rows_seen += 1
    elif message.marked_rows and not message.ended:
        # A line between rows without its TEX: the comment a laboratory wrapped.
        message.rows.append("TEX|" + line)
    else:
        message.free.append(line)


def _document(message: Message, limits: Limits) -> Document:
    block = read_block(message.rows)
    if len(block.rows) > limits.entries:
        raise Unreadable("too_many_results", limit=str(limits.entries))
    heading = message.heading
    unread = list(heading.unread)
    statements, doubts = _statements(block, message)
    unread += doubts
    text = _text(message.free, block)
    unread += _why_text(message, block, bool(statements))
    kind = "lab-report" if statements or message.marked_rows else kind_of_text(text)
    return Document(
        format="hprim",
        kind=kind,
        title="Résultats de laboratoire" if kind == "lab-report" else title_of(text, kind),
        at=_sampled(text, heading.at) or None,
        author=heading.author,
        identity=heading.identity,
        statements=statements,
        text=text,
        unread=tuple(unread),
    )


def _statements(block: Block, message: Message) -> tuple[tuple[ReadStatement, ...], list[str]]:
    dot = dots_of(block.rows)
    at = _sampled("\n".join([*message.free, *block.text]), message.heading.at) or None
    laboratory = message.heading.author.organisation
    statements, doubts = [], []
    for number, row in enumerate(block.rows, 1):
        found = read(replace(row, laboratory=laboratory), dot)
        if found is None:
            continue
        if found.doubt:
            doubts.append(found.doubt)
        statements.append(ReadStatement(f"res-{number}", found.body, at, place=f"RES {number}"))
    return tuple(statements), doubts


def _text(free: list[str], block: Block) -> str:
    """All there is to read: the free text, and the text of the rows unless it is the same."""
    printed = {" ".join(line.split()) for line in free}
    said_again = all(" ".join(line.split()) in printed for line in block.text if line.strip())
    lines = free if said_again else [*free, "", *block.text]
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _why_text(message: Message, block: Block, structured: bool) -> list[str]:
    said = []
    if not message.ended:
        said.append("La marque de fin manque : le message est peut-être incomplet.")
    if not message.rows and not structured:
        said.append("Ce message n’a pas de partie structurée : il se lit en texte.")
    elif not structured:
        said.append("La partie structurée ne contient aucun résultat chiffré ou codé : elle se lit en texte.")
    if block.no_value:
        count = len(block.no_value)
        plural = "s" if count > 1 else ""
        names = ", ".join(name for name in block.no_value[:5] if name) or "sans nom"
        said.append(f"{count} ligne{plural} de résultat sans valeur : {names}.")
    return said


def _sampled(text: str, dated: str) -> str:
    """When the sample was taken: what the text says, when near the date of the report; else that date."""
    for found in list(_SAMPLED.finditer(text[:20_000]))[:20]:
        said = dates.first_date(text[found.end() : found.end() + 40])
        if said and _near(said, dated):
            return said
    return dated


def _near(said: str, dated: str) -> bool:
    if len(dated) < 10 or len(said) < 10:
        return not dated
    return 0 <= (_day(dated) - _day(said)) <= _SAMPLE_DAYS


def _day(iso: str) -> int:
    return date.fromisoformat(iso[:10]).toordinal()
