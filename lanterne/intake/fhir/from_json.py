"""FHIR as JSON: bytes to plain values, within limits, decimals with their digits.

Law: what another program could read otherwise is refused, not guessed: a key written twice (FHIR R4, 2.6.2:
names are unique) would let one file say two doses. Source: RFC 8259; https://hl7.org/fhir/R4/json.html.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import msgspec

from lanterne.intake.reading import Limits, Unreadable

_DECODER = msgspec.json.Decoder(Any, float_hook=Decimal)
_ENCODER = msgspec.json.Encoder()

_BRACKETS = bytes.maketrans(b"{[}]", b"(())")
# To the end when it is not closed, so that no quote is ever tried twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_OTHERS = bytes(set(range(256)) - set(b"{}[]"))


def parse(content: bytes, limits: Limits) -> Any:
    """The plain value of one JSON text.

    Raises:
        Unreadable: "too_deep", "too_many_elements", "json_broken", "json_duplicate_keys".
    """
    _check_shape(content, limits)
    try:
        plain = _DECODER.decode(content)
    except RecursionError as error:
        raise Unreadable("too_deep", limit=limits.depth) from error
    except (ValueError, ArithmeticError) as error:  # msgspec's errors, bad UTF-8, numbers no machine holds
        raise Unreadable("json_broken") from error
    _check_keys(content, plain, limits)
    return plain


def _check_shape(content: bytes, limits: Limits) -> None:
    """Refuse before anything is built. Brackets inside strings count too, which only errs to the safe side: then, or
    when they do not pair, they are counted again without the strings."""
    brackets = content.translate(_BRACKETS, _OTHERS)
    if len(brackets) // 2 > limits.elements:
        brackets = _STRING.sub(b"", content).translate(_BRACKETS, _OTHERS)
        if len(brackets) // 2 > limits.elements:
            raise Unreadable("too_many_elements", limit=limits.elements)
    if _is_within(brackets, limits.depth):
        return
    brackets = _STRING.sub(b"", content).translate(_BRACKETS, _OTHERS)
    if not _is_within(brackets, limits.depth):
        raise Unreadable("too_deep", limit=limits.depth)


def _is_within(brackets: bytes, depth: int) -> bool:
    """Each pass takes the innermost pairs away, so as many passes as levels; all of it at the speed of memory. What
    does not pair is for the decoder to refuse."""
    for _ in range(depth):
        inner = brackets.replace(b"()", b"")
        if len(inner) == len(brackets):
            return True
        brackets = inner
    return not brackets


def _check_keys(content: bytes, plain: Any, limits: Limits) -> None:
    """A key written twice leaves fewer colons in what was understood than in what was written. Counting them costs a
    hundredth of a slow reading, which decides only when the counts differ or colons are written as escapes."""
    if b"\\u003" not in content:
        try:
            written = _ENCODER.encode(plain)
        except (ValueError, OverflowError, TypeError):
            written = b""
        if written.count(b":") == content.count(b":"):
            return
    try:
        json.loads(content, object_pairs_hook=_once, parse_float=str, parse_int=str)
    except RecursionError as error:
        raise Unreadable("too_deep", limit=limits.depth) from error
    except ValueError as error:
        raise Unreadable("json_broken") from error


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise Unreadable("json_duplicate_keys")
