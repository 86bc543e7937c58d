"""Files inside a message: OBX of type ED (encapsulated) and RP (a pointer, never followed).

Law: a file is what its bytes say, not what OBX-5 says. Base64 is decoded leniently for blanks and a cut end,
never for wrong letters. Source: HL7 v2.5 2.A.24 (ED), 2.A.65 (RP), table 0299.
"""

from __future__ import annotations

import base64
import binascii
import re

from lanterne.intake.hl7v2.segments import Segment, unescaped
from lanterne.intake.reading import Limits, Unreadable

_BLANKS = re.compile(r"\s+")


def content_of(segment: Segment, limits: Limits) -> bytes | None:
    """The bytes of an ED observation; None when it holds none.

    Raises:
        Unreadable: "hl7_base64" (not the encoding it says), "inflated_too_large".
    """
    mark = segment.separators
    # Base64 has no separator of ours in it, but a text sent as is may: the data are all that follows the
    # fourth component.
    pieces = segment.raw(5).split(mark.component, 4)
    if len(pieces) < 2:
        return None
    encoding = pieces[3].strip().lower() if len(pieces) > 3 else ""
    data = pieces[4] if len(pieces) > 4 else pieces[-1]
    if not data.strip():
        return None
    if len(data) > limits.inflated_bytes:
        raise Unreadable("inflated_too_large", limit=str(limits.inflated_bytes // (1024 * 1024)))
    if encoding in ("base64", "b64"):
        return _base64(unescaped(data, mark))
    if encoding in ("hex", "hexadecimal"):
        try:
            return bytes.fromhex(_BLANKS.sub("", data))
        except ValueError as error:
            raise Unreadable("hl7_base64") from error
    return unescaped(data, mark).encode("utf-8")


def _base64(data: str) -> bytes:
    packed = _BLANKS.sub("", data).rstrip("=")
    # One letter over is a cut end: it carries no byte.
    packed = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("hl7_base64") from error
