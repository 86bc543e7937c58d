"""Spreadsheets as text (CSV) as old software writes them: which encoding, which delimiter, which lines.

Law: no line is skipped in silence, and a line keeps the number an editor shows. Encodings met in the field:
UTF-8 with or without mark, UTF-16, cp1252; what is no cp1252 either is read as latin-1, which reads
everything. Source for the format: RFC 4180, whose comma French software replaces by a semicolon.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lanterne.wire.errors import LanterneError

# 100,000 patients of 300 bytes weigh 30 MB.
LARGEST_BYTES = 256 * 1024 * 1024
LONGEST_FIELD = 10_000
MOST_COLUMNS = 500
DELIMITERS = ";,\t|"

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class SheetUnreadable(LanterneError):
    """The file is not a table that can be read; `code` says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its number in the file (the header has 1) and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: how it was written, its header, its lines."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    text: str

    def lines(self) -> Iterator[Line]:
        """The lines below the header; blank ones are left out.

        Raises:
            SheetUnreadable: "csv.broken", with the line.
        """
        first = True
        for line in _parse(self.text, self.delimiter):
            if first:
                first = False
            elif any(line.cells):
                yield line


def read_table(content: bytes) -> Sheet:
    """The table in a file.

    Raises:
        SheetUnreadable: "csv.empty", "csv.too_large", "csv.binary", "csv.no_header", "csv.broken".
    """
    if len(content) > LARGEST_BYTES:
        megabytes = LARGEST_BYTES // (1024 * 1024)
        raise SheetUnreadable("csv.too_large", "the file is too large", limit=str(megabytes))
    encoding, text = _decode(content)
    if not text.strip():
        raise SheetUnreadable("csv.empty", "the file is empty")
    if _CONTROL.search(text[:65_536]):
        raise SheetUnreadable("csv.binary", "the file is not text")
    delimiter = _delimiter(text)
    header = next(_parse(text, delimiter), None)
    if header is None or sum(map(bool, header.cells)) < 2:
        raise SheetUnreadable("csv.no_header", "the first line does not name columns")
    return Sheet(encoding, delimiter, header.cells, text)


def _decode(content: bytes) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    elif content[:3] == b"\xef\xbb\xbf":
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "cp1252", "latin-1"]
    for encoding in candidates:
        try:
            return encoding, content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable("csv.binary", "the file does not decode as its mark says")


def _delimiter(text: str) -> str:
    """The delimiter that gives the header most columns, and the next line as many."""
    best, most = ";", 0
    for delimiter in DELIMITERS:
        try:
            rows = [line.cells for line, _ in zip(_parse(text, delimiter), range(2), strict=False)]
        except SheetUnreadable:
            continue
        agree = len(rows) < 2 or len(rows[0]) == len(rows[1])
        score = len(rows[0]) * 2 + agree if rows and len(rows[0]) > 1 else 0
        if score > most:
            best, most = delimiter, score
    return best


def _parse(text: str, delimiter: str) -> Iterator[Line]:
    previous = csv.field_size_limit(LONGEST_FIELD)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        start = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise SheetUnreadable(
                    "csv.broken", f"line {reader.line_num}", line=str(reader.line_num)
                ) from error
            if len(cells) > MOST_COLUMNS:
                raise SheetUnreadable("csv.broken", f"line {start}: too many columns", line=str(start))
            yield Line(start, tuple(cell.replace("\u00a0", " ").strip() for cell in cells))
            start = reader.line_num + 1
    finally:
        csv.field_size_limit(previous)
