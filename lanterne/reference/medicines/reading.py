"""How a published file is read: line by line, whatever its encoding and its line ends, and however it was
damaged.

Law: what comes from outside is hostile. Sizes are bounded before anything is kept; a line that is not what
it must be is put aside with its file, its number and why, and the others go on. Each line is decoded alone:
UTF-8 when it is UTF-8, Windows-1252 otherwise, so that one wrong byte never spoils a file.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is read at most, in bytes, lines and files."""

    file_bytes: int = 64 << 20
    total_bytes: int = 256 << 20
    lines: int = 500_000
    line_bytes: int = 64 << 10
    files: int = 400
    asides_kept: int = 20
    cell_chars: int = 6000


class Aside(ValueError):
    """A line is not what it must be. `code` is one of `report.WHY`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class LineAside:
    """One line put aside: its number in the file, why, and its beginning."""

    line: int
    why: str
    begins: str


@dataclass(slots=True)
class FileRead:
    """What reading one file met."""

    name: str
    kind: str
    lines: int = 0
    kept: int = 0
    encodings: dict[str, int] = field(default_factory=dict)
    line_ends: dict[str, int] = field(default_factory=dict)
    asides: list[LineAside] = field(default_factory=list)
    aside_count: int = 0
    cut: str = ""
    """Why the rest was not read, one of `report.WHY`, or empty."""

    def aside(self, line: int, why: str, text: str, bounds: Bounds) -> None:
        """Put one line aside; the first few are kept to be shown."""
        self.aside_count += 1
        if len(self.asides) < bounds.asides_kept:
            self.asides.append(LineAside(line, why, text[:120]))


def decoded(line: bytes) -> tuple[str, str]:
    """(text, name of the encoding) of one line. Bytes that Windows-1252 does not know become U+FFFD."""
    if line.isascii():
        return line.decode("ascii"), "ascii"
    try:
        return line.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), "cp1252"


def opened(path: Path) -> IO[bytes]:
    """The file, decompressed when it is gzip by its first bytes."""
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def lines(path: Path, read: FileRead, bounds: Bounds) -> Iterator[tuple[int, str]]:
    """(number, text) of the lines, without their ends; empty ones are passed over. What is met is told to
    `read`.
    """
    number = total = 0
    try:
        with opened(path) as file:
            while True:
                raw = file.readline(bounds.line_bytes + 1)
                if not raw:
                    return
                number += 1
                total += len(raw)
                if total > bounds.file_bytes or number > bounds.lines:
                    read.cut = "file_too_long"
                    return
                if len(raw) > bounds.line_bytes:
                    read.aside(number, "line_too_long", decoded(raw[:400])[0], bounds)
                    total += _pass_over(file, bounds)
                    continue
                text = _one(number, raw, read, bounds)
                if text is not None:
                    read.lines += 1
                    yield number, text
    except (EOFError, zlib.error, gzip.BadGzipFile):
        read.cut = "damaged"


def _pass_over(file: IO[bytes], bounds: Bounds) -> int:
    """Read on to the end of a line that is too long, or to the bound of the file."""
    passed = 0
    while passed < bounds.file_bytes:
        rest = file.readline(bounds.line_bytes)
        passed += len(rest)
        if not rest or rest.endswith(b"\n"):
            break
    return passed


def _one(number: int, raw: bytes, read: FileRead, bounds: Bounds) -> str | None:
    ends = "crlf" if raw.endswith(b"\r\n") else "lf" if raw.endswith(b"\n") else "none"
    read.line_ends[ends] = read.line_ends.get(ends, 0) + 1
    body = raw.rstrip(b"\r\n")
    if number == 1:
        body = body.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        return None
    text, encoding = decoded(body)
    read.encodings[encoding] = read.encodings.get(encoding, 0) + 1
    if "\0" in text:
        read.lines += 1
        read.aside(number, "nul_byte", text.replace("\0", "·"), bounds)
        return None
    return text


def clean(cell: str, bounds: Bounds) -> str:
    """A cell without control characters nor useless spaces.

    Raises:
        Aside: it is longer than any cell may be.
    """
    if len(cell) > bounds.cell_chars:
        raise Aside("cell_too_long")
    if cell.isprintable() and "  " not in cell and "\xa0" not in cell:
        return cell.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in cell.replace("\xa0", " ")).split())
