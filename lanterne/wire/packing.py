"""MessagePack, in one form only.

Law: what we hash or sign has exactly one encoding. Map keys are text, sorted by their UTF-8 bytes; every
length and integer takes its shortest form; no float, no extension type, no timestamp. A reader decodes,
re-encodes and compares: any other form of the same value is refused, which is how duplicate keys, unsorted
keys, long forms and float32 are caught although the library itself lets them pass. Source:
docs/format/entry.md, Packing.

What the library (msgspec) does not do: bound memory before decoding. An array that announces more items than
there are bytes left is refused at once, but a text of one-byte empty lists grows some 70 times in memory;
`max_bytes` is the only bound there, and everything read here has been signed by a seat.
"""

from typing import Any

import msgspec

from lanterne.wire.errors import PackingError

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_encode = _encoder.encode
_decode = msgspec.msgpack.Decoder().decode

LEAVES: frozenset[type] = frozenset({str, int, bool, type(None), bytes})
TEXT_LEAVES: frozenset[type] = frozenset({str, int, bool, type(None)})
"""What the body of a fact may hold: no bytes."""


def check_shape(value: object, max_depth: int, leaves: frozenset[type] = LEAVES) -> None:
    """Raise PackingError unless `value` is made of maps with text keys, lists and `leaves`, `max_depth` deep
    at most.

    A leaf has depth 0, a map or list of leaves depth 1.
    """
    kind = type(value)
    if kind in leaves:
        return
    if max_depth <= 0:
        raise PackingError("packing.depth", "maps and lists are nested too deeply")
    if kind is dict:
        for key, item in value.items():  # type: ignore[attr-defined]
            if type(key) is not str:
                raise PackingError("packing.key", "a map key is not text")
            if type(item) not in leaves:
                check_shape(item, max_depth - 1, leaves)
    elif kind is list or kind is tuple:
        for item in value:  # type: ignore[attr-defined]
            if type(item) not in leaves:
                check_shape(item, max_depth - 1, leaves)
    else:
        raise PackingError("packing.type", f"values of type {kind.__name__} are not written")


def encode(value: object, *, max_depth: int = 20) -> bytes:
    """The one encoding of `value` (maps with text keys, lists, text, bytes, integers of 64 bits, booleans,
    None).
    """
    check_shape(value, max_depth)
    try:
        return _encode(value)
    except (OverflowError, ValueError, TypeError) as error:
        raise PackingError("packing.value", "this value cannot be written") from error


def parse(data: bytes) -> Any:
    """Decode without looking at the shape. For `part.py`, which checks shape and form itself."""
    try:
        return _decode(data)
    except (msgspec.MsgspecError, RecursionError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise PackingError("packing.malformed", f"not MessagePack: {type(error).__name__}") from error


def check_form(value: object, data: bytes) -> None:
    """Raise PackingError unless `data` is the one encoding of `value`, whose shape was checked."""
    try:
        again = _encode(value)
    except (OverflowError, ValueError, TypeError) as error:
        raise PackingError("packing.form", "this value cannot be written again") from error
    if again != data:
        raise PackingError("packing.form", "not the shortest, sorted form (or a key stands twice)")


def decode(data: bytes, *, max_bytes: int, max_depth: int = 16) -> Any:
    """The value of `data`; PackingError when too long, too deep, malformed, followed by anything, or in
    another form.
    """
    if len(data) > max_bytes:
        raise PackingError("packing.size", f"{len(data)} bytes where {max_bytes} are allowed")
    value = parse(data)
    check_shape(value, max_depth)
    check_form(value, data)
    return value
