"""The letters of the recovery sheet.

Law: a person types them from paper, so reading forgives what eyes confuse (case, spaces, hyphens; O for 0,
I and L for 1) and names the line that is wrong. Source: docs/format/keys.md, Recovery sheet.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from lanterne.seal.errors import SheetMisread
from lanterne.seal.seat import SheetKeys
from lanterne.wire.names import PracticeId

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32."""
QR_PREFIX = "LANTERNE1:"
VERSION = 1
_LINES = 4
_LINE_BYTES = 10
_LETTERS = 16
_CHECKS = 2
_LINE_LETTERS = _LETTERS + _CHECKS
_PRACTICE_BYTES = 7
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BLANKS = str.maketrans("", "", " \t-‐‑–—\u00a0\u202f")


class SheetLetters(NamedTuple):
    """What a sheet says: its secret, and the first 7 bytes of its practice's id."""

    keys: SheetKeys
    practice_start: bytes

    def belongs_to(self, practice: PracticeId) -> bool:
        """Whether the sheet was printed for that practice."""
        return bytes.fromhex(practice)[:_PRACTICE_BYTES] == self.practice_start


def write_lines(keys: SheetKeys, practice: PracticeId) -> tuple[str, ...]:
    """The four lines to print: 16 letters in groups of 4, then 2 check letters."""
    lines = []
    for number, line in enumerate(_lines(keys, practice), 1):
        letters = _encode(int.from_bytes(line), _LETTERS)
        groups = [letters[at : at + 4] for at in range(0, _LETTERS, 4)]
        lines.append("-".join([*groups, _check(number, line)]))
    return tuple(lines)


def write_qr(keys: SheetKeys, practice: PracticeId) -> str:
    """The text of the QR code: the same 72 letters without separators."""
    return QR_PREFIX + "".join(write_lines(keys, practice)).replace("-", "")


def _lines(keys: SheetKeys, practice: PracticeId) -> list[bytes]:
    data = bytes([VERSION]) + bytes.fromhex(practice)[:_PRACTICE_BYTES] + keys.secret_to_store()
    return [data[at : at + _LINE_BYTES] for at in range(0, _LINES * _LINE_BYTES, _LINE_BYTES)]


def read_lines(lines: Sequence[str]) -> SheetLetters:
    """Read four typed lines.

    Raises:
        SheetMisread: `lines` names every line that is wrong; empty when there are not four of them.
    """
    if len(lines) != _LINES:
        raise SheetMisread((), f"{_LINES} lines are expected, {len(lines)} were given")
    found = [_read_line(number, line) for number, line in enumerate(lines, 1)]
    wrong = tuple(number for number, line in enumerate(found, 1) if line is None)
    if wrong:
        raise SheetMisread(wrong, "wrong letters in line " + ", ".join(map(str, wrong)))
    data = b"".join(line for line in found if line is not None)
    if data[0] != VERSION:
        raise SheetMisread((1,), "the sheet was printed by a newer Lanterne")
    practice_start = data[1 : 1 + _PRACTICE_BYTES]
    return SheetLetters(SheetKeys(data[1 + _PRACTICE_BYTES :]), practice_start)


def read_text(text: str) -> SheetLetters:
    """Read a sheet from one text: the QR code, or the four lines however they were broken.

    Raises:
        SheetMisread: as `read_lines`.
    """
    text = text.strip().upper()
    rows = [row for row in text.splitlines() if row.strip()]
    if len(rows) == _LINES:
        return read_lines(rows)
    letters = "".join(text.removeprefix(QR_PREFIX).split()).translate(_BLANKS)
    if len(letters) != _LINES * _LINE_LETTERS:
        raise SheetMisread((), f"{_LINES * _LINE_LETTERS} letters are expected, {len(letters)} were given")
    return read_lines([letters[at : at + _LINE_LETTERS] for at in range(0, len(letters), _LINE_LETTERS)])


def _read_line(number: int, line: str) -> bytes | None:
    letters = line.strip().upper().translate(_BLANKS)
    if len(letters) != _LINE_LETTERS or any(letter not in _VALUES for letter in letters):
        return None
    value = 0
    for letter in letters[:_LETTERS]:
        value = value * 32 + _VALUES[letter]
    data = value.to_bytes(_LINE_BYTES)
    typed = "".join(ALPHABET[_VALUES[letter]] for letter in letters[_LETTERS:])
    return data if typed == _check(number, data) else None


def _check(number: int, line: bytes) -> str:
    """Two letters: the first 10 bits of SHA-256 over the line's number and bytes."""
    digest = hashlib.sha256(bytes([number]) + line).digest()
    return _encode(int.from_bytes(digest[:2]) >> 6, _CHECKS)


def _encode(value: int, letters: int) -> str:
    return "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(letters)))
