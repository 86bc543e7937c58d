"""A passphrase on its way from the form to the worker, in memory that can be zeroed.

Law: it is never a `str` or a `bytes` here. What Python and the system still keep: a worker's own copy while
it derives the key, the kernel's socket and pipe buffers until they are reused, and a page of swap if the
machine swapped in that instant. The form is decoded in two passes, counting first, because a growing
bytearray leaves copies behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEX = {ord(c): int(c, 16) for c in "0123456789abcdefABCDEF"}
_NAME = re.compile(rb"[a-z_]{1,24}")
#: well-formed UTF-8 (RFC 3629 §4), so that the worker's JSON reader never sees anything else
_UTF8 = re.compile(
    rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})*"
)
_MOST_BYTES = 1024


def wipe(secret: bytearray) -> None:
    """Zero it in place."""
    for at in range(len(secret)):
        secret[at] = 0


def read_form(body: memoryview) -> dict[str, bytearray]:
    """The fields of an `application/x-www-form-urlencoded` body, decoded, each in its own bytearray.

    Of two fields of one name the first wins. Raises ValueError when the body is not such a form, a value is
    longer than 1,024 bytes or not UTF-8.
    """
    fields: dict[str, bytearray] = {}
    for start, stop in _pieces(body):
        equals = next((at for at in range(start, stop) if body[at] == ord("=")), stop)
        name = bytes(body[start : min(equals, start + 25)])
        if not _NAME.fullmatch(name):
            raise ValueError("a field of the form has no name")
        value = _decoded(body, min(equals + 1, stop), stop)
        if not _UTF8.fullmatch(value):
            raise ValueError("a field of the form is not UTF-8")
        if name.decode() in fields:
            wipe(value)
        else:
            fields[name.decode()] = value
    return fields


def _pieces(body: memoryview) -> Iterator[tuple[int, int]]:
    """Where each `name=value` lies."""
    start = 0
    for at in range(len(body) + 1):
        if at == len(body) or body[at] == ord("&"):
            if at > start:
                yield start, at
            start = at + 1


def _decoded(body: memoryview, start: int, stop: int) -> bytearray:
    """The value with `+` and `%xx` undone."""
    size, at = 0, start
    while at < stop:
        at += 3 if body[at] == ord("%") else 1
        size += 1
    if size > _MOST_BYTES or at != stop:
        raise ValueError("a field of the form is too long or cut")
    value = bytearray(size)
    at = start
    for place in range(size):
        byte = body[at]
        if byte == ord("%"):
            if body[at + 1] not in _HEX or body[at + 2] not in _HEX:
                raise ValueError("a field of the form is badly escaped")
            value[place] = _HEX[body[at + 1]] * 16 + _HEX[body[at + 2]]
            at += 3
        else:
            value[place] = ord(" ") if byte == ord("+") else byte
            at += 1
    return value


def json_line(before: bytes, secret: bytearray, after: bytes) -> bytearray:
    """`before` ‖ the secret as a JSON string ‖ `after`, in one bytearray the caller wipes."""
    size = 2 + sum(6 if byte < 0x20 else 2 if byte in b'"\\' else 1 for byte in secret)
    line = bytearray(len(before) + size + len(after))
    line[: len(before)] = before
    at = len(before)
    line[at] = ord('"')
    at += 1
    for byte in secret:
        if byte < 0x20:
            line[at : at + 6] = b"\\u%04x" % byte
            at += 6
            continue
        if byte in b'"\\':
            line[at] = ord("\\")
            at += 1
        line[at] = byte
        at += 1
    line[at] = ord('"')
    line[at + 1 :] = after
    return line
