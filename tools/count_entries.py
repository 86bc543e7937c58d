"""Count what a CDA document states, section by section, without Lanterne's readers: a witness against them.

    python tools/count_entries.py FILE…      one JSON object a line

Law: nothing of `lanterne.intake` is imported. The rules below are written from the specifications (HL7 CDA R2; IHE
PCC content modules; IHE PaLM XD-LAB; CI-SIS VSM, IPS-FR, CR-BIO, TROD, VAC) on the standard library's XML parser.

What counts, and as which kind of fact (`SECTIONS`):
  - a statement is an entry of its section, or what a concern act, battery or organizer of it is made of (COMP, SUBJ);
    what is tied otherwise (REFR a reference or former result, RSON a reason, MFST and CAUS a reaction) is part of it;
  - it must name something: a code or words that are not null (`nullFlavor`) where its template puts the name;
  - it must have happened: mood EVN (a treatment may be INT), no `negationInd`, no status that undoes it;
  - a negated vaccination that names its vaccine is "immunization.not-done"; another negated statement that names
    something is nothing; one that denies everything, or a code that says "none known", is "none";
  - what is about another person than the patient counts only as family history.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

Counts = dict[str, dict[str, int]]
"""Section code (LOINC) → kind of fact, "immunization.not-done" or "none" → how many."""

NONE, NOT_DONE = "none", "immunization.not-done"
RECORDED = {
    "11450-4": "problem", "11348-0": "problem", "48765-2": "allergy", "44939-7": "reaction", "47519-4": "procedure",
    "46264-8": "device", "10157-6": "family", "10160-0": "treatment", "18776-5": "plan", "11369-6": "immunization",
    "29762-2": "habit", "57207-3": "habit", "10161-8": "habit", "47420-5": "habit", "10162-6": "habit",
    "8716-3": "measure", "30954-2": "result",
}  # fmt: skip
# A chapter of a laboratory report, whatever its code: its observations follow this template (IHE PaLM).
LABORATORY = "1.3.6.1.4.1.19376.1.3.1.6"
UNDONE = frozenset({"aborted", "cancelled", "nullified", "obsolete"})
PARTS = frozenset({"COMP", "SUBJ", ""})
# Observations that qualify another: status, health status, certainty, criticality, severity; comments are acts.
QUALIFIERS = frozenset({"33999-4", "11323-3", "66455-7", "82606-5", "SEV"})
CLASSES = frozenset({"act", "observation", "organizer", "procedure", "substanceAdministration", "supply"})
PLANNED_VACCINE = "1.3.6.1.4.1.19376.1.5.3.1.4.12.2"
# HL7 IPS absent-unknown-uv-ips: "no-known-…" is a finding, "no-…-info" says nothing. SNOMED CT for the same.
NONE_KNOWN = frozenset({
    "716186003", "160244002", "160245001", "787481004", "787480003", "787482006", "160266009", "787483001",
})  # fmt: skip
NO_FAMILY_HISTORY = "160266009"
# Codes of no one thing: "problem", "disease", "finding", "drug".
GENERIC = frozenset({"55607006", "64572001", "404684003", "410942007", "282291009", "418799008"})
SORTS_OF_ALLERGY = frozenset({"419199007", "420134006", "418038007", "ALG", "OINT"})
SUSCEPTIBILITY = frozenset({"S", "I", "R", "SDD", "NS", "MS", "VS", "IE"})


def name(node: ET.Element) -> str:
    """The tag without its namespace."""
    return node.tag.rpartition("}")[2]


def parts(node: ET.Element | None, *path: str) -> list[ET.Element]:
    """What lies at a path of names, whatever the namespaces."""
    found = [node] if node is not None else []
    for step in path:
        found = [child for parent in found for child in parent if name(child) == step]
    return found


def first(node: ET.Element | None, *path: str) -> ET.Element | None:
    """The first of `parts`."""
    return next(iter(parts(node, *path)), None)


class Count:
    """One document being counted."""

    def __init__(self, root: ET.Element) -> None:
        self.totals: dict[str, Counter[str]] = {}
        self.words = {node.get("ID"): "".join(node.itertext()) for node in root.iter() if node.get("ID")}
        for body in (node for node in root.iter() if name(node) == "structuredBody"):
            for section in parts(body, "component", "section"):
                self.section(section, mine=True)

    def section(self, section: ET.Element, *, mine: bool) -> None:
        """A section, then those in it."""
        code = first(section, "code")
        codes = [node.get("code", "") for node in [code, *parts(code, "translation")] if node is not None]
        here = next(filter(None, codes), "")
        sort = RECORDED.get(here, "")
        if not sort and any(
            LABORATORY in templates(node) for entry in parts(section, "entry") for node in entry.iter()
        ):
            sort = "result"
        mine = mine and about_patient(section)
        for entry in parts(section, "entry"):
            for statement in entry:
                if sort and name(statement) in CLASSES and (mine or sort == "family"):
                    self.entry(statement, here, sort)
        for inner in parts(section, "component", "section"):
            self.section(inner, mine=mine)

    def entry(self, entry: ET.Element, section: str, sort: str) -> None:
        """Every statement of an entry."""
        if not about_patient(entry) and sort != "family":
            return
        if sort == "plan":
            planned = name(entry) != "substanceAdministration" or PLANNED_VACCINE in templates(entry)
            kinds: list[str] = [] if planned else [self.treatment(entry)]
        else:
            kinds = [self.kind(node, sort) for node in self.statements(entry, sort)]
        if status(entry) == "nullified":
            return
        self.totals.setdefault(section, Counter()).update(filter(None, kinds))

    def statements(self, entry: ET.Element, sort: str) -> Iterator[ET.Element]:
        """What an entry is made of, down to what its section is a list of."""
        if sort in ("procedure", "device", "treatment", "immunization", "reaction"):
            yield entry
            return
        if name(entry) == "observation":
            yield entry
            if sort not in ("result", "measure"):
                return
        for tie in entry:
            if name(tie) not in ("entryRelationship", "component") or tie.get("typeCode", "") not in PARTS:
                continue
            if sort == "result" and status(entry) in UNDONE:
                continue
            for node in tie:
                if not about_patient(node) and sort != "family":
                    continue
                if name(node) in ("act", "organizer", "observation") and code_of(node) not in QUALIFIERS:
                    yield from self.statements(node, sort)

    def kind(self, node: ET.Element, sort: str) -> str:
        """The kind of fact a statement is; "" when it states nothing."""
        return _KINDS[sort](self, node)

    # ------------------------------------------------------------- what is said

    def says(self, coded: ET.Element | None) -> bool:
        """Whether a value or code says something: a label, a number, the author's words, or a translation's."""
        if coded is None:
            return False
        if coded.get("displayName") or (coded.get("value") and not coded.get("nullFlavor")):
            return True
        if any(self.text(node) for node in [coded, *parts(coded, "originalText")]):
            return True
        return any(self.says(node) for node in parts(coded, "translation"))

    def text(self, node: ET.Element | None) -> bool:
        """Whether a text says something: in itself, or where its reference leads."""
        if node is None:
            return False
        words = "".join(node.itertext())
        for reference in parts(node, "reference"):
            words += self.words.get(reference.get("value", "").removeprefix("#"), "")
        return any(sign.isalnum() for sign in words)

    def product(self, node: ET.Element | None) -> ET.Element | None:
        """The code of the product given, when it says what it is."""
        material = first(node, "consumable", "manufacturedProduct", "manufacturedMaterial")
        code = first(material, "code")
        if self.says(code):
            return code
        return first(material, "name") if self.text(first(material, "name")) else None

    # ------------------------------------------------------------- kinds

    def problem(self, node: ET.Element) -> str:
        """IHE PCC 4.5: the value names the problem, or the text it refers to."""
        value = first(node, "value")
        named = self.says(value) or self.text(first(node, "text"))
        return settled("problem.recorded", node, value, named=named)

    def family(self, node: ET.Element) -> str:
        """IHE PCC 4.13.3, in an organizer for each relative (4.15)."""
        found = self.problem(node)
        if found == NONE:
            # A relative without illness is not a family without history.
            value = first(node, "value")
            return NONE if value is not None and value.get("code") == NO_FAMILY_HISTORY else ""
        return "family.recorded" if found == "problem.recorded" else found

    def allergy(self, node: ET.Element) -> str:
        """IHE PCC 4.6: the participant is the agent; else the value names it."""
        entity = first(node, "participant", "participantRole", "playingEntity")
        value = first(node, "value")
        agent = first(entity, "code")
        if agent is None and value is not None and not value.get("nullFlavor"):
            agent = value
        named = self.says(first(entity, "code")) or self.text(first(entity, "name"))
        named = named or self.says(first(node, "value"))
        found = settled("allergy.recorded", node, agent, named=named)
        # "No allergy to medicines" leaves the others open: not the whole section is said empty.
        sorts = code_of(node) in SORTS_OF_ALLERGY or code_of(node) == ""
        return "" if found == NONE and is_negated(node) and not none_known(agent) and not sorts else found

    def reaction(self, node: ET.Element) -> str:
        """CI-SIS FR-Effet-indesirable: the medicine it is due to."""
        drugs = parts(node, "entryRelationship", "substanceAdministration")
        named = any(self.product(drug) is not None for drug in drugs)
        return "allergy.recorded" if named and not is_negated(node) else ""

    def procedure(self, node: ET.Element) -> str:
        """IHE PCC 4.19."""
        code = first(node, "code")
        done = mood(node) == "EVN" and status(node) in ("", "completed", "normal")
        named = self.says(code) or self.text(first(node, "text"))
        found = settled("procedure.recorded", node, code, named=named)
        return found if done or found == NONE else ""

    def device(self, node: ET.Element) -> str:
        """CI-SIS FR-Dispositif-medical: a supply, the device its participant."""
        code = first(node, "participant", "participantRole", "playingDevice", "code")
        if none_known(code) or mood(node) != "EVN":
            return ""
        return "procedure.recorded" if self.says(code) or self.text(first(node, "text")) else ""

    def treatment(self, node: ET.Element) -> str:
        """IHE PCC 4.7."""
        code = first(node, "consumable", "manufacturedProduct", "manufacturedMaterial", "code")
        said = code if none_known(code) else first(node, "code") if none_known(first(node, "code")) else code
        named = self.product(node) is not None or self.text(first(node, "text"))
        if status(node) in UNDONE and not none_known(said):
            return ""
        return settled("treatment.recorded", node, said, named=named)

    def immunization(self, node: ET.Element) -> str:
        """IHE PCC 4.12."""
        code = first(node, "consumable", "manufacturedProduct", "manufacturedMaterial", "code")
        if none_known(code) or none_known(first(node, "code")):
            return NONE
        named = self.product(node) is not None or self.text(first(node, "text"))
        if is_negated(node) and not named:
            return NONE
        if unknown(code) or not named or mood(node) != "EVN" or status(node) in ("active", "new"):
            return ""
        return NOT_DONE if is_negated(node) or status(node) in UNDONE else "immunization.recorded"

    def habit(self, node: ET.Element) -> str:
        """IHE PCC 4.13.4 and 4.13.5, functional status: a question with its answer, or the author's words."""
        if name(node) != "observation" or is_negated(node) or status(node) in UNDONE or mood(node) != "EVN":
            return ""
        value = first(node, "value")
        answered = self.answered(value) or self.text(first(node, "text"))
        return "" if unknown(value) or not answered else "lifestyle.recorded"

    def answered(self, value: ET.Element | None) -> bool:
        """Whether a value is one."""
        if value is None or (value.get("nullFlavor") and not self.says(value)):
            return False
        ends = [
            end for step in ("low", "high", "numerator") for end in parts(value, step) if end.get("value")
        ]
        return bool(ends) or self.says(value) or bool(value.get("code"))

    def measure(self, node: ET.Element) -> str:
        """IHE PCC 4.13.2: a quantity that is a number."""
        if name(node) != "observation" or is_negated(node) or status(node) in UNDONE or mood(node) != "EVN":
            return ""
        value = first(node, "value")
        number = value.get("value", "").replace(",", ".", 1) if value is not None else ""
        null = value is not None and value.get("nullFlavor")
        try:
            return "" if null else f"{'measure.recorded' if number and float(number) >= 0 else ''}"
        except ValueError:
            return ""

    def result(self, node: ET.Element) -> str:
        """IHE PaLM 1.3.1.6: a value, or a susceptibility told by its interpretation."""
        if name(node) != "observation" or is_negated(node) or status(node) in UNDONE or mood(node) != "EVN":
            return ""
        susceptible = any(found.get("code") in SUSCEPTIBILITY for found in parts(node, "interpretationCode"))
        valued = any(self.answered(value) for value in parts(node, "value"))
        return "result.recorded" if valued or susceptible else ""


_KINDS: dict[str, Callable[[Count, ET.Element], str]] = {
    "problem": Count.problem, "family": Count.family, "allergy": Count.allergy, "reaction": Count.reaction,
    "procedure": Count.procedure, "device": Count.device, "treatment": Count.treatment,
    "immunization": Count.immunization, "habit": Count.habit, "measure": Count.measure, "result": Count.result,
}  # fmt: skip


def settled(kind: str, node: ET.Element, coded: ET.Element | None, *, named: bool) -> str:
    """A statement, "none", or nothing, by what its code and its negation say."""
    if none_known(coded):
        return NONE
    if unknown(coded) or (mood(node) != "EVN" and kind != "treatment.recorded"):
        return ""
    if is_negated(node):
        if coded is None:
            return "" if named or not code_of(node) else NONE
        if coded.get("code") in GENERIC:
            return NONE
        # What is denied has a name, or one that is masked; only "not applicable" is no name at all.
        return "" if named or coded.get("nullFlavor") != "NA" else NONE
    return kind if named else ""


def none_known(coded: ET.Element | None) -> bool:
    """A code that says there is none."""
    code = coded.get("code", "") if coded is not None else ""
    return code in NONE_KNOWN or (code.startswith("no-known-") and code.count("-") == 2)


def unknown(coded: ET.Element | None) -> bool:
    """A code that says nobody knows, or that only one sort is absent."""
    code = coded.get("code", "") if coded is not None else ""
    return code.startswith("no-") and not none_known(coded)


def templates(node: ET.Element) -> set[str]:
    """The templates a statement says it follows."""
    return {found.get("root", "") for found in parts(node, "templateId")}


def code_of(node: ET.Element) -> str:
    """The code of a statement."""
    code = first(node, "code")
    return code.get("code", "") if code is not None else ""


def status(node: ET.Element) -> str:
    """Its statusCode."""
    code = first(node, "statusCode")
    return code.get("code", "") if code is not None else ""


def mood(node: ET.Element) -> str:
    """Its mood, EVN when it says none."""
    return node.get("moodCode") or "EVN"


def is_negated(node: ET.Element) -> bool:
    """Whether it is denied."""
    return node.get("negationInd", "").lower() in ("true", "1")


def about_patient(node: ET.Element) -> bool:
    """Whether a section or entry is about the patient."""
    subject = first(node, "subject", "relatedSubject")
    return subject is None or subject.get("classCode") == "PAT" or code_of(subject) in ("SELF", "ONESELF")


def count(content: bytes) -> Counts:
    """What a document states, by section code and kind. Raises xml.etree.ElementTree.ParseError."""
    counted = Count(ET.fromstring(content))  # noqa: S314 - documents of tests and samples
    return {code: dict(kinds) for code, kinds in counted.totals.items() if kinds}


def by_kind(counts: Counts) -> dict[str, int]:
    """The same without the sections: to compare with the facts of a chart."""
    total: Counter[str] = Counter()
    for kinds in counts.values():
        total.update(kinds)
    return dict(total)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        line = {"file": path.name, "sections": count(path.read_bytes())}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
