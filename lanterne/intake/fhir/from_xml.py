"""FHIR as XML: elements to the same plain values as JSON.

Law: one reading of resources, whatever they were written in. What repeats and what does not is known from the
shapes of the resources; for a resource the chart does not know, what is there decides. Source:
https://hl7.org/fhir/R4/xml.html.
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any

import msgspec
from lxml import etree

from lanterne.intake.fhir.resources import KNOWN
from lanterne.intake.fhir.shapes import Element
from lanterne.intake.xml import Node

FHIR = "{http://hl7.org/fhir}"
XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"

Plan = dict[str, tuple[bool, "type[Element] | None"]]
"""For each child's name: whether it repeats, and its shape, None for a primitive or what has no shape here."""


def name_of(element: Node) -> str:
    """The local name of a FHIR element; empty for anything else (comments, other namespaces)."""
    tag = element.tag
    return tag.removeprefix(FHIR) if tag.startswith(FHIR) else ""


def plain(element: Node) -> Any:
    """An element as a plain value, by what is there: for reading by a person, and for resources nobody knows."""
    fields: dict[str, Any] = {}
    for child in element:
        if child.tag == XHTML_DIV:
            fields["div"] = _markup(child)
            continue
        name = name_of(child)
        if not name:
            continue
        inner = next(iter(child), None) if name in ("contained", "resource") else None
        value = resource(inner) if inner is not None else plain(child)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    value = element.get("value")
    if not fields:
        return value if value is not None else element.get("url", "")
    if value is not None:
        return value  # a primitive with extensions: what it says stands, as in JSON
    if element.get("url"):
        fields["url"] = element.get("url")
    return fields


def resource(element: Node) -> dict[str, Any]:
    """A resource's element as a plain map with its `resourceType`."""
    found = plain(element)
    return {"resourceType": name_of(element), **(found if isinstance(found, dict) else {})}


def shaped(element: Node) -> dict[str, Any]:
    """A known resource's element as the map its JSON would be, single elements of lists included."""
    return _shaped(element, _plan(KNOWN[name_of(element)]))


def contained(element: Node) -> dict[str, Any]:
    """A resource inside another, in its shape when it is known."""
    known = name_of(element) in KNOWN
    return {"resourceType": name_of(element), **shaped(element)} if known else resource(element)


def _shaped(element: Node, plan: Plan) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for child in element:
        if child.tag == XHTML_DIV:
            fields["div"] = _markup(child)
            continue
        known = plan.get(name_of(child))
        if known is None:
            continue
        name, (repeats, shape) = name_of(child), known
        value: Any
        if shape is not None:
            value = _shaped(child, _plan(shape))
        elif name == "contained":
            value = next((contained(inner) for inner in child), {})
        elif name == "modifierExtension":
            value = plain(child)
        else:
            value = child.get("value")
            if value is None and not repeats:
                continue  # only an extension saying why it is absent
        if repeats:
            fields.setdefault(name, []).append(value)
        elif name in fields:
            raise msgspec.ValidationError(f"{name} may not repeat")
        else:
            fields[name] = value
    if element.get("url") and "url" in plan:
        fields["url"] = element.get("url")
    return fields


@cache
def _plan(shape: type[Element]) -> Plan:
    hints = typing.get_type_hints(shape)
    plan: Plan = {}
    for field in msgspec.structs.fields(shape):
        kind = hints[field.name]
        if isinstance(kind, types.UnionType):
            kind = next(part for part in typing.get_args(kind) if part is not type(None))
        repeats = typing.get_origin(kind) is tuple
        if repeats:
            kind = typing.get_args(kind)[0]
        known = isinstance(kind, type) and issubclass(kind, Element)
        plan[field.encode_name] = (repeats, kind if known else None)
    return plan


def _markup(element: Node) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
