"""Walking in a CDA tree by the names of its elements.

Law: names are compared without namespace or prefix (software writes "cda:", "n1:", "hl7:", or the wrong
namespace), and a part that says it is unknown (`nullFlavor`) is as good as absent. After `bare`, every tag is a
local name and `xsi:type` is the attribute `xsi.type` without its prefix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lanterne.intake.narrative import local
from lanterne.intake.xml import Node

TYPE = "xsi.type"


def bare(root: Node) -> None:
    """Takes namespaces and prefixes off, in place."""
    for node in root.iter():
        node.tag = local(node)
        for name, value in list(node.attrib.items()):
            if name.endswith(("}type", ":type")):
                node.set(TYPE, value.rpartition(":")[2])


def get(node: Node | None, attribute: str) -> str:
    """An attribute, stripped; empty when either is absent."""
    return (node.get(attribute) or "").strip() if node is not None else ""


def is_null(node: Node | None) -> bool:
    """Whether a part is absent or says it is unknown, masked or not applicable."""
    return node is None or bool(get(node, "nullFlavor"))


def child(node: Node | None, path: str) -> Node | None:
    """The first element at `path` ("a/b"), or None."""
    return node.find(path) if node is not None else None


def children(node: Node | None, path: str) -> list[Node]:
    """Every element at `path`."""
    return node.findall(path) if node is not None else []


def text(node: Node | None, path: str = ".") -> str:
    """The words of the first element at `path`, spaces made one."""
    found = child(node, path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def code(node: Node | None, path: str = "code") -> str:
    """The code written at `path`."""
    return get(child(node, path), "code")


def templates(node: Node) -> frozenset[str]:
    """The roots of the templates an element says it follows."""
    return frozenset(get(found, "root") for found in children(node, "templateId"))


def negated(node: Node) -> bool:
    """`negationInd`: what follows did not happen, or is not there."""
    return get(node, "negationInd").lower() in ("true", "1")


def related(node: Node) -> Iterator[tuple[str, Node]]:
    """What is tied to a clinical statement: the kind of tie (typeCode, "COMP" in an organizer) and the statement."""
    for tie in node:
        if tie.tag in ("entryRelationship", "component"):
            kind = get(tie, "typeCode").upper() or "COMP"
            for statement in tie:
                if statement.tag in CLASSES:
                    yield kind, statement


CLASSES = frozenset({
    "act", "encounter", "observation", "observationMedia", "organizer", "procedure", "regionOfInterest",
    "substanceAdministration", "supply",
})  # fmt: skip
"""Clinical statements of CDA R2."""


def identifier(node: Node | None) -> str:
    """An instance identifier as XDS writes it: "root" or "root^extension"; empty when unknown."""
    root, extension = get(node, "root"), get(node, "extension")
    return f"{root}^{extension}" if root and extension else root or extension
