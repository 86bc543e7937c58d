"""Counts what CDA documents state, section by section, without the reader: plain ElementTree, nothing of ours.

    python tests/intake/cda/count.py FILE…      one JSON object a line

What is counted is written from the specifications: in each section, the clinical statements of the template that
section is made of (IHE PCC, IHE PaLM, CI-SIS); what is negated, only intended (mood), or a former result (REFR) apart.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET  # our own test input; entities are not expanded by expat beyond its limits
from collections import Counter
from pathlib import Path

PCC = "1.3.6.1.4.1.19376.1.5.3.1"
FR = "1.2.250.1.213.1.1.3"

# Section → (element, template its statements follow).
STATEMENTS = {
    "11450-4": ("observation", f"{PCC}.4.5"),
    "11348-0": ("observation", f"{PCC}.4.5"),
    "47519-4": ("procedure", f"{PCC}.4.19"),
    "48765-2": ("observation", f"{PCC}.4.6"),
    "44939-7": ("observation", f"{FR}.210"),
    "10160-0": ("substanceAdministration", f"{PCC}.4.7"),
    "18776-5": ("substanceAdministration", f"{PCC}.4.7"),
    "46264-8": ("supply", f"{FR}.20"),
    "47420-5": ("observation", f"{PCC}.1.12.3.6"),
    "8716-3": ("observation", f"{PCC}.4.13.2"),
    "29762-2": ("observation", f"{PCC}.4.13.4"),
    "10157-6": ("observation", f"{PCC}.4.13.3"),
    "10162-6": ("observation", f"{PCC}.4.13.5"),
    "11369-6": ("substanceAdministration", f"{PCC}.4.12"),
    "30954-2": ("observation", f"{FR}.209"),
}
LABORATORY = ("observation", "1.3.6.1.4.1.19376.1.3.1.6")


def name(node: ET.Element) -> str:
    """The tag without its namespace."""
    return node.tag.rpartition("}")[2]


def sections(node: ET.Element) -> list[ET.Element]:
    """All sections, nested ones too."""
    return [found for found in node.iter() if name(found) == "section"]


def code_of(section: ET.Element) -> str:
    """The LOINC code of a section."""
    return next((child.get("code") or "" for child in section if name(child) == "code"), "")


def follows(node: ET.Element, template: str) -> bool:
    """Whether a statement says it follows a template."""
    return any(name(child) == "templateId" and child.get("root") == template for child in node)


def statements(node: ET.Element, element: str, template: str) -> list[ET.Element]:
    """The statements of a kind below a node, not below one of them, nor below another section, nor recalled."""
    found: list[ET.Element] = []
    for child in node:
        if name(child) == "section":
            continue
        # A reaction or a cause of something is part of that thing; what is referred to is told elsewhere.
        if name(child) == "entryRelationship" and child.get("typeCode") in ("REFR", "MFST", "CAUS", "RSON"):
            continue
        if name(child) == element and follows(child, template):
            found.append(child)
            if element == "observation" and template == LABORATORY[1]:
                found += statements(child, element, template)
            continue
        found += statements(child, element, template)
    return found


def stated(node: ET.Element) -> bool:
    """Whether it is said to have happened."""
    return node.get("moodCode", "EVN") in ("EVN", "INT") and node.get("negationInd", "false") != "true"


def count(content: bytes) -> dict[str, int]:
    """Statements by section code; all laboratory sections are one, "lab"."""
    totals: Counter[str] = Counter()
    root = ET.fromstring(content)  # noqa: S314 - documents of the tests
    for section in sections(root):
        code = code_of(section)
        if code in STATEMENTS:
            found = statements(section, *STATEMENTS[code])
            totals[code] += sum(stated(node) for node in found)
        else:
            found = statements(section, *LABORATORY)
            totals["lab"] += sum(stated(node) for node in found)
    return {code: number for code, number in totals.items() if number}


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(
            json.dumps(
                {"file": Path(path).name, "sections": count(Path(path).read_bytes())}, ensure_ascii=False
            )
        )
