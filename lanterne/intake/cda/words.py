"""What a coded value says, and under which code.

Law: the words of a code are its displayName; when it has none, or says only "other" or "unspecified", they are
what the author wrote (originalText, often a reference into the narrative). A code keeps its system as a URI; a
system we have no canonical URI for is kept as its OID. Source: HL7 V3 data types CD and ED; HL7 terminology.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lanterne.intake.cda.nodes import child, children, get
from lanterne.intake.narrative import plain
from lanterne.intake.xml import Deadline, Node
from lanterne.practice.kinds import Coding

LOINC = "2.16.840.1.113883.6.1"
SNOMED = "2.16.840.1.113883.6.96"
ICD10 = "2.16.840.1.113883.6.3"
ATC = "2.16.840.1.113883.6.73"
CIS, CIP = "1.2.250.1.213.2.3.1", "1.2.250.1.213.2.3.2"
CCAM = frozenset({"1.2.250.1.213.2.5", "1.2.250.1.215.300.1", "1.2.250.1.215.200.3.4"})
ICD11 = "2.16.840.1.113883.6.347"

SYSTEMS = {
    LOINC: "http://loinc.org",
    SNOMED: "http://snomed.info/sct",
    ICD10: "http://hl7.org/fhir/sid/icd-10",
    ATC: "http://www.whocc.no/atc",
    ICD11: "http://id.who.int/icd/release/11/mms",
    **dict.fromkeys(CCAM, "urn:oid:1.2.250.1.213.2.5"),
    # The reimbursement history names the same 13-digit CIP codes by an OID of its own.
    "1.2.250.1.215.200.1.1.1": f"urn:oid:{CIP}",
}
_NAMED = {
    "loinc": LOINC, "snomed ct": SNOMED, "snomedct": SNOMED, "cim-10": ICD10, "cim10": ICD10, "icd-10": ICD10,
    "icd10": ICD10, "atc": ATC, "ccam": "1.2.250.1.213.2.5",
}  # fmt: skip

LABEL_CHARACTERS = 500
_OID = re.compile(r"[0-2](?:\.\d+)+")
_UNDOTTED = re.compile(r"[A-Z]\d{2}[0-9+][0-9+]{0,2}")


class Anchors:
    """The parts of the narrative that entries refer to, by ID. Each is read once."""

    def __init__(self, root: Node, deadline: Deadline) -> None:
        self._nodes: dict[str, Node] = {}
        self._read: dict[str, str] = {}
        self._deadline = deadline
        for node in root.iter():
            name = node.get("ID")
            if name and node.tag not in ("observationMedia", "regionOfInterest"):
                self._nodes.setdefault(name, node)

    def text(self, reference: str) -> str:
        """The words at "#id" (or "id", as many write it); empty when there is nothing there."""
        name = reference.strip().removeprefix("#")
        if name not in self._read:
            self._deadline.check()
            node = self._nodes.get(name)
            self._read[name] = "" if node is None else _meant(plain(node, 4_000))
        return self._read[name]


def _meant(text: str) -> str:
    """Empty for a dash or dots: a cell somebody left blank."""
    return text if any(sign.isalnum() or sign in "+<>" for sign in text) else ""


def referred(node: Node | None, anchors: Anchors) -> str:
    """The words of an ED (text, originalText): what it refers to in the narrative, else what it holds."""
    if node is None:
        return ""
    found = anchors.text(get(child(node, "reference"), "value"))
    return found or _meant(plain(node, 4_000))


def display(code: Node | None, anchors: Anchors, *, author: bool = False) -> str:
    """What a coded value says; `author` prefers the author's own words to the label of the code."""
    if code is None:
        return ""
    label = get(code, "displayName")
    written = referred(child(code, "originalText"), anchors)
    found = (written or label) if author or vague(code) else (label or written)
    if not found:
        texts = (display(other, anchors, author=author) for other in children(code, "translation"))
        found = next(filter(None, texts), "")
    return short(found or _meant((code.text or "").strip()))


def short(text: str) -> str:
    """A label on one line; the narrative keeps what is longer."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL_CHARACTERS else line[: LABEL_CHARACTERS - 1] + "…"


def vague(code: Node) -> bool:
    """Whether the code says only that none fits: R69 (CI-SIS, FR-Probleme) and "Autre…" (TA-ASIP GEN-092)."""
    value = get(code, "code")
    return value.startswith("GEN-092") or (value == "R69" and system(code) == ICD10)


def system(code: Node) -> str:
    """The OID of the code's system, by its name when the OID is left out."""
    oid = get(code, "codeSystem")
    return oid or _NAMED.get(get(code, "codeSystemName").lower(), "")


def codes(code: Node | None) -> Iterator[Node]:
    """A coded value and its translations, those that carry a code."""
    if code is None:
        return
    for node in (code, *children(code, "translation"), *children(code, "translation/translation")):
        if get(node, "code") and not get(node, "nullFlavor"):
            yield node


def coding(code: Node | None, *preferred: str) -> Coding | None:
    """The code in the first system of `preferred` that has one, else its first one; none that only says "other"."""
    found = [node for node in codes(code) if system(node) and not vague(node)]
    for oid in preferred:
        for node in found:
            if system(node) == oid:
                return _coding(node)
    return _coding(found[0]) if found else None


def _coding(node: Node) -> Coding:
    oid, value = system(node), get(node, "code")[:100]
    if oid == ICD10 and _UNDOTTED.fullmatch(value):
        value = f"{value[:3]}.{value[3:]}"
    uri = SYSTEMS.get(oid) or (f"urn:oid:{oid}" if _OID.fullmatch(oid) else oid[:200])
    return Coding(system=uri, code=value, display=short(get(node, "displayName")))
