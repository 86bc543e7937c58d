"""Checks that many rooms make on one field."""

from __future__ import annotations

import re
from decimal import Decimal

from lanterne.practice.errors import Refusal

_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,10})?")


def require_text(value: str, field: str) -> None:
    """Refuse an empty field. Raises Refusal "field_missing"."""
    if not value.strip():
        raise Refusal("field_missing", field=field)


def require_decimal(value: str, field: str) -> Decimal:
    """The number a field holds: digits, at most one point, a sign if any; nothing else that `Decimal` would
    read ("1e5", "1_000", "NaN"), since others compare and draw what is stored.

    Raises:
        Refusal: "number_invalid".
    """
    if _DECIMAL.fullmatch(value) is None:
        raise Refusal("number_invalid", field=field, value=value)
    return Decimal(value)
