"""A resource as text a person can read, for what the chart has no room for.

Law: everything the resource says is there, one line a value, in its own words; names of fields are FHIR's.
Technical matter (meta, generated narrative, profiles) is left out, for the source is kept beside.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lanterne.intake.fhir.unread import name_of

_SILENT = frozenset({"resourceType", "meta", "text", "id", "fullUrl", "implicitRules", "language"})
_LONGEST_VALUE = 2_000


def render(resource: dict[str, Any], depth: int) -> str:
    """The lines of one resource.

    Args:
        depth: how deep it may be; what lies deeper is not walked.
    """
    kind = resource.get("resourceType")
    lines = [name_of(kind if isinstance(kind, str) else "", 1).capitalize()]
    _fields(resource, "  ", lines, depth)
    if len(lines) == 1 and isinstance(resource.get("text"), dict):
        lines.append("  " + str(resource["text"].get("div", ""))[:_LONGEST_VALUE])
    return "\n".join(lines)


def _fields(held: dict[str, Any], indent: str, lines: list[str], depth: int) -> None:
    for name, value in held.items():
        if name not in _SILENT:
            _value(name, value, indent, lines, depth)


def _value(name: str, value: Any, indent: str, lines: list[str], depth: int) -> None:
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
        lines.append(f"{indent}{name} : {shown}")
    elif isinstance(value, dict):
        short = _short(value)
        if short:
            lines.append(f"{indent}{name} : {short}")
        elif depth > 0:
            lines.append(f"{indent}{name}")
            _fields(value, indent + "  ", lines, depth - 1)
    elif isinstance(value, list):
        for item in value:
            if depth > 0:
                _value(name, item, indent, lines, depth - 1)
    elif isinstance(value, bool):
        lines.append(f"{indent}{name} : {'oui' if value else 'non'}")
    elif isinstance(value, (int, Decimal)):
        lines.append(f"{indent}{name} : {value}")


_CODING = frozenset({"system", "code", "display", "version", "userSelected"})
_REFERENCE = frozenset({"reference", "display", "type"})
_CONCEPT = frozenset({"coding", "text"})
_QUANTITY = frozenset({"value", "unit", "code", "system", "comparator", "currency"})


def _short(value: dict[str, Any]) -> str:
    """Codings, concepts, quantities, amounts and references on one line; empty for anything else."""
    names = value.keys()
    if names <= _CODING:
        return _coding(value)
    if "coding" in value and names <= _CONCEPT:
        held = value["coding"]
        codings = [
            _coding(one) for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)
        ]
        text = value.get("text")
        return " ; ".join(filter(None, (text if isinstance(text, str) else "", *codings)))[:_LONGEST_VALUE]
    if names == {"text"} and isinstance(value["text"], str):
        return value["text"][:_LONGEST_VALUE]
    if "value" in value and names <= _QUANTITY and not isinstance(value["value"], (dict, list)):
        unit = value.get("unit") or value.get("currency") or value.get("code") or ""
        return f"{value.get('comparator') or ''} {value['value']} {unit}".strip()[:_LONGEST_VALUE]
    if "reference" in value and names <= _REFERENCE:
        shown = value.get("display") or value["reference"]
        return shown[:_LONGEST_VALUE] if isinstance(shown, str) else ""
    return ""


def _coding(coding: dict[str, Any]) -> str:
    display, code = coding.get("display") or "", coding.get("code") or ""
    if not isinstance(display, str) or not isinstance(code, str):
        return ""
    return f"{display} ({code})" if display and code else f"{display or code}"
