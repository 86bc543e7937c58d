"""The structure of a posology as a fact holds it: facts hold no fractions, so a decimal is text ("0.5")."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec

from lanterne.practice.prescriptions.posology.structure import Structure, from_plain, to_plain

# The keys whose values are numbers (posology.structure); elsewhere "75" is a text.
_NUMBERS = frozenset(
    {
        "dose", "times_per_day", "every_h", "every_weeks", "duration_d", "max_per_day", "value", "renewals",
        "matin", "midi", "soir", "coucher",
    }
)  # fmt: skip


def to_fact(structure: Structure) -> dict[str, Any]:
    """What a line of a fact holds."""
    found: dict[str, Any] = _walk(to_plain(structure), _as_text)
    return found


def from_fact(held: dict[str, Any]) -> Structure | None:
    """The structure a line holds; None when it holds none that this program understands."""
    if not held:
        return None
    try:
        return from_plain(_walk(held, _as_number))
    except (msgspec.ValidationError, ValueError):
        return None


def _walk(value: Any, turn: Callable[[Any], Any], *, number: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _walk(item, turn, number=key in _NUMBERS) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, turn, number=number) for item in value]
    return turn(value) if number else value


def _as_text(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else format(value, ".10g")
    return value


def _as_number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("no quantity")
    return number
