r"""Messages of segments: HL7 v2, and HPRIM santé which comes from the same ASTM standard.

Law: the separators are those the header says; an escape not understood stays as written; a line that is no
segment goes on with the one before (senders break base64 and long texts). Nothing here knows what a segment
means. Written here because the parsers published for Python (`hl7` 2022, `hl7apy` 2023) are at rest, have no
limits and refuse what laboratories send. Source: HL7 v2.5 chapter 2 (encoding rules, escape sequences 2.7,
MLLP in appendix C); H.PR.I.M. santé 2.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lanterne.intake.charset import readable
from lanterne.intake.reading import Limits, Unreadable

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_FRAME = re.compile("[\x0b\x1c]")
MOST_REPETITIONS = 2_000


@dataclass(frozen=True, slots=True)
class Separators:
    """What stands between fields, components, repetitions and subcomponents, and what opens an escape."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    sub: str = "&"

    @classmethod
    def of(cls, header: str, *, hprim: bool = False) -> Separators:
        """From the first characters of a header: MSH|^~\\& or, in HPRIM santé, H|~^\\& (component, then
        repetition).
        """
        name = 1 if hprim else 3
        fieldsep = header[name : name + 1] or "|"
        rest = header[name + 1 :].split(fieldsep, 1)[0]
        # What a short header leaves out takes its usual character; a letter or digit cannot separate.
        usual = ("~", "^", "\\", "&") if hprim else ("^", "~", "\\", "&")
        given = [rest[place] if place < len(rest) else usual[place] for place in range(4)]
        if fieldsep.isalnum() or any(sign.isalnum() or sign.isspace() for sign in given[:2]):
            raise Unreadable("segments_separators")
        component, repetition = given[0], given[1]
        return cls(fieldsep, component, repetition, given[2], given[3])


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name and its fields as written. Fields count from 1, as in the standard."""

    name: str
    fields: tuple[str, ...]
    separators: Separators
    number: int = 0

    def raw(self, place: int) -> str:
        """A field as written, separators and escapes in it; empty when absent."""
        return self.fields[place - 1] if 0 < place <= len(self.fields) else ""

    def repetitions(self, place: int) -> tuple[tuple[str, ...], ...]:
        """The repetitions of a field, each as its components, unescaped; none for an empty field."""
        written = self.raw(place)
        if not written or written == '""':
            return ()
        parts = written.split(self.separators.repetition)[:MOST_REPETITIONS]
        return tuple(self._components(part) for part in parts)

    def components(self, place: int) -> tuple[str, ...]:
        """The components of a field's first repetition."""
        found = self.repetitions(place)
        return found[0] if found else ()

    def text(self, place: int, component: int = 1) -> str:
        """One component of a field's first repetition, trimmed; empty when absent."""
        written = self.raw(place)
        if not written:
            return ""
        pieces = written.split(self.separators.repetition, 1)[0].split(self.separators.component, component)
        if component > len(pieces):
            return ""
        said = unescaped(pieces[component - 1], self.separators).strip()
        return "" if said == '""' else said

    def whole(self, place: int) -> str:
        """A field of free text: repetitions are lines, components are kept apart by a space."""
        lines = (" ".join(piece for piece in pieces if piece) for pieces in self.repetitions(place))
        return "\n".join(lines).strip()

    def _components(self, written: str) -> tuple[str, ...]:
        return tuple(unescaped(piece, self.separators) for piece in written.split(self.separators.component))

    def subcomponents(self, place: int, component: int) -> tuple[str, ...]:
        """The subcomponents of one component of a field's first repetition, unescaped."""
        first = self.raw(place).split(self.separators.repetition, 1)[0]
        pieces = first.split(self.separators.component)
        if component > len(pieces):
            return ()
        return tuple(
            unescaped(piece, self.separators) for piece in pieces[component - 1].split(self.separators.sub)
        )


@dataclass(slots=True)
class Message:
    """A message: its segments in order, the header first."""

    separators: Separators
    segments: list[Segment] = field(default_factory=list)

    def first(self, name: str) -> Segment | None:
        """The first segment of this name."""
        return next(self.named(name), None)

    def named(self, name: str) -> Iterator[Segment]:
        """The segments of this name, in order."""
        return (segment for segment in self.segments if segment.name == name)


def part(components: tuple[str, ...], place: int) -> str:
    """A component by its place (from 1), trimmed; empty when absent or explicitly void."""
    text = components[place - 1].strip() if 0 < place <= len(components) else ""
    return "" if text == '""' else text


def lines_of(text: str, limits: Limits) -> list[str]:
    """The lines of a file, MLLP frames taken off.

    Raises:
        Unreadable: "too_many_elements".
    """
    lines = _LINE_ENDS.split(readable(_FRAME.sub("\r", text)))
    if len(lines) > limits.elements:
        raise Unreadable("too_many_elements", limit=str(limits.elements))
    return lines


def messages_of(text: str, limits: Limits) -> list[Message]:
    """The HL7 v2 messages in a text: each begins at its MSH. Batch envelopes (FHS, BHS, BTS, FTS) are left
    out.

    Raises:
        Unreadable: "segments_separators", "segments_no_header", "too_many_elements", "too_many_parts".
    """
    messages: list[Message] = []
    pending: list[str] = []
    for line in lines_of(text, limits):
        bare = line.lstrip("\ufeff \t")
        if bare.startswith("MSH") and len(bare) > 8:
            _close(messages, pending)
            if len(messages) >= limits.entries:
                raise Unreadable("too_many_parts", limit=str(limits.entries))
            messages.append(Message(Separators.of(bare)))
            pending = [bare]
        elif not messages or bare[:3] in ("FHS", "BHS", "BTS", "FTS"):
            continue
        elif begins_segment(bare, messages[-1].separators.field):
            _close(messages, pending)
            pending = [bare]
        elif line.strip():
            pending.append(line)
    _close(messages, pending)
    if not messages:
        raise Unreadable("segments_no_header")
    return messages


def begins_segment(line: str, separator: str) -> bool:
    """Whether a line begins with three capitals or digits and a separator (or ends there)."""
    name = line[:3]
    return (
        len(name) == 3
        and name.isascii()
        and name[0].isupper()
        and name.isalnum()
        and name == name.upper()
        and (len(line) == 3 or line[3] == separator)
    )


def _close(messages: list[Message], pending: list[str]) -> None:
    if not pending:
        return
    message = messages[-1]
    # Base64 broken into lines is one text; words broken into lines are lines.
    written = pending[0] if len(pending) == 1 else _joined(pending, message.separators)
    name, rest = written[:3], written[4:]
    fields = rest.split(message.separators.field)
    if name == "MSH":
        fields.insert(0, message.separators.field)
    message.segments.append(Segment(name, tuple(fields), message.separators, len(message.segments) + 1))


def _joined(lines: list[str], separators: Separators) -> str:
    if lines[0].startswith("OBX") and "base64" in lines[0][:4_000].lower():
        return "".join(lines)
    return f"{separators.escape}.br{separators.escape}".join(lines)


def unescaped(text: str, separators: Separators) -> str:
    r"""\F\ \S\ \T\ \R\ \E\ as the separators, \X..\ as characters, \.br\ as a line; highlighting (\H\ \N\)
    goes.
    """
    mark = separators.escape
    if not mark or mark not in text:
        return text
    pieces = text.split(mark)
    out = [pieces[0]]
    place = 1
    while place < len(pieces):
        known = _escape(pieces[place], separators) if place + 1 < len(pieces) else None
        if known is None:
            out.append(mark + pieces[place])
            place += 1
        else:
            out.append(known + pieces[place + 1])
            place += 2
    return "".join(out)


def _escape(name: str, separators: Separators) -> str | None:
    simple = {
        "F": separators.field, "S": separators.component, "T": separators.sub, "R": separators.repetition,
        "E": separators.escape, "H": "", "N": "", ".br": "\n", ".BR": "\n", ".ce": "\n", ".nf": "", ".fi": "",
    }  # fmt: skip
    if name in simple:
        return simple[name]
    if name.startswith(".sp"):
        return "\n" * min(int(name[3:]), 20) if name[3:].isdigit() and len(name) < 7 else "\n"
    if name.startswith((".in", ".ti", ".sk")):
        return " "
    if name.startswith("X") and 0 < len(name) - 1 <= 200:
        try:
            return readable(bytes.fromhex(name[1:]).decode("cp1252", errors="replace"))
        except ValueError:
            return None
    return None
