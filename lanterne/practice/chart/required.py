"""Checks that many rooms make on one field."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lanterne.practice.errors import Refusal


def require_text(value: str, field: str) -> None:
    """Refuse an empty field. Raises Refusal "field_missing"."""
    if not value.strip():
        raise Refusal("field_missing", field=field)


def require_decimal(value: str, field: str) -> Decimal:
    """The number a field holds, written with a point. Raises Refusal "number_invalid"."""
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Refusal("number_invalid", field=field, value=value) from error
    if not number.is_finite():
        raise Refusal("number_invalid", field=field, value=value)
    return number
