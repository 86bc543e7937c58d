"""Whether two facts say the same: what was left out of a body says its default.

Two devices that settle a doubt alike write two facts of one meaning; that is no doubt any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from lanterne.practice.catalogue import KINDS

_encode = msgspec.msgpack.Encoder(order="sorted").encode


def said(kind: str, raw: Mapping[str, Any]) -> bytes:
    """What a body says, to compare with another of its kind: equal bytes, equal meaning."""
    return _encode({**_defaults(kind), **raw})


@lru_cache(maxsize=256)
def _defaults(kind: str) -> Mapping[str, Any]:
    known = KINDS.get(kind)
    if known is None:
        return {}
    return {
        field.encode_name: msgspec.to_builtins(
            field.default_factory() if callable(field.default_factory) else field.default
        )
        for field in msgspec.structs.fields(known.body)
        if not field.required
    }
