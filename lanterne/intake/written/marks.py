"""Flags and states of a result as laboratories write them, turned into those of HL7 tables 0078 and 0085."""

from __future__ import annotations

from typing import Literal

from lanterne.practice.patients.names import fold

Flag = Literal["", "N", "L", "H", "LL", "HH", "A", "AA"]
Status = Literal["preliminary", "final", "corrected"]

_FLAGS: dict[str, Flag] = {
    "n": "N", "normal": "N", "l": "L", "b": "L", "bas": "L", "-": "L", "h": "H", "haut": "H", "+": "H",
    "ll": "LL", "bb": "LL", "--": "LL", "---": "LL", "hh": "HH", "++": "HH", "+++": "HH", "a": "A", "*": "A", "!": "A",
    "aa": "AA", "**": "AA", "***": "AA", "<": "LL", ">": "HH", "lu": "L", "hu": "H",
}  # fmt: skip
_STATUSES: dict[str, Status] = {
    "": "final", "f": "final", "v": "final", "u": "final", "r": "preliminary", "p": "preliminary", "s": "preliminary",
    "i": "preliminary", "a": "preliminary", "b": "preliminary", "c": "corrected", "m": "corrected",
}  # fmt: skip


def flag_of(written: str) -> Flag | None:
    """The flag; None for a mark not known, which then is kept in words. "<" and ">" are beyond what the
    device measures.
    """
    mark = fold(written.strip())
    return _FLAGS.get(mark) if mark else ""


def status_of(written: str) -> Status:
    """The state of a result; what is not known is preliminary, so that nobody takes it for validated.

    Letters of HPRIM (F validated, R not validated, C corrected) and of HL7 table 0085. Those that say
    "deleted" (D, W) or "no result" (X, N, O) are the caller's to see first.
    """
    return _STATUSES.get(fold(written.strip())[:1], "preliminary")
