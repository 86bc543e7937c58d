"""Small CDA documents, written by hand from the specification (HL7 CDA R2, CI-SIS, IHE PCC, IHE PaLM)."""

from __future__ import annotations

from lanterne.intake.cda import read
from lanterne.intake.reading import Document, Limits

LOINC, SNOMED, ICD10, ATC = (f"2.16.840.1.113883.6.{arc}" for arc in ("1", "96", "3", "73"))
PCC, FR, LAB = "1.3.6.1.4.1.19376.1.5.3.1", "1.2.250.1.213.1.1.3", "1.3.6.1.4.1.19376.1.3.1"
ABSENT = "2.16.840.1.113883.5.1150.1"

PATIENT = """
<recordTarget><patientRole>
  <id root="1.2.250.1.213.1.4.10" extension="152047512345625"/>
  <patient>
    <name><family qualifier="BR">BAPTISTE</family><given>JEAN PAUL MARIE</given><given qualifier="BR">JEAN</given></name>
    <administrativeGenderCode code="M" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19520403"/>
    <birthplace><place><addr><county>75112</county></addr></place></birthplace>
  </patient>
</patientRole></recordTarget>
"""
AUTHOR = """
<author><time value="20240105"/><assignedAuthor>
  <id root="1.2.250.1.71.4.2.1" extension="810000000017"/>
  <assignedPerson><name><prefix>MME</prefix><given>Garance</given><family>MOREL</family><suffix>DR</suffix></name></assignedPerson>
  <representedOrganization><name>Cabinet de la Lanterne</name></representedOrganization>
</assignedAuthor></author>
"""


def document(
    *sections: str,
    code: str = "SYNTH",
    patient: str = PATIENT,
    author: str = AUTHOR,
    header: str = "",
    body: str = "",
    at: str = "20240105120000+0100",
) -> bytes:
    """A ClinicalDocument with these sections, or with that body."""
    held = (
        body
        or "<structuredBody>"
        + "".join(f"<component>{one}</component>" for one in sections)
        + "</structuredBody>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f'<id root="1.2.3" extension="doc-1"/><code code="{code}"/><title>Un document</title>'
        f'<effectiveTime value="{at}"/>{header}{patient}{author}<component>{held}</component></ClinicalDocument>'
    ).encode()


def section(code: str, *entries: str, title: str = "Titre", text: str = "", more: str = "") -> str:
    """A section of that LOINC code."""
    held = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<section><code code="{code}" codeSystem="{LOINC}"/><title>{title}</title><text>{text}</text>{more}{held}</section>'


def templates(*roots: str) -> str:
    """Template identifiers."""
    return "".join(f'<templateId root="{root}"/>' for root in roots)


def cd(tag: str, code: str, system: str, display: str, inside: str = "") -> str:
    """A coded element; a `value` says its type."""
    kind = ' xsi:type="CD"' if tag == "value" else ""
    return f'<{tag}{kind} code="{code}" codeSystem="{system}" displayName="{display}">{inside}</{tag}>'


def problem(
    value: str, *, ident: str = "p1", inside: str = "", status: str = "active", negated: str = "false"
) -> str:
    """A concern with one problem observation."""
    return (
        f'<act classCode="ACT" moodCode="EVN">{templates(f"{PCC}.4.5.2")}<id root="c-{ident}"/>'
        f'<statusCode code="{status}"/><effectiveTime><low value="2019"/></effectiveTime>'
        '<entryRelationship typeCode="SUBJ">'
        f'<observation classCode="OBS" moodCode="EVN" negationInd="{negated}">{templates(f"{PCC}.4.5")}'
        f'<id root="{ident}"/><code code="282291009" codeSystem="{SNOMED}"/>{value}{inside}</observation>'
        "</entryRelationship></act>"
    )


def detail(code: str, value: str, *, kind: str = "REFR") -> str:
    """A status, a certainty, a severity tied to a statement."""
    return (
        f'<entryRelationship typeCode="{kind}"><observation classCode="OBS" moodCode="EVN"><code code="{code}"/>'
        f"{value}</observation></entryRelationship>"
    )


def comment(text: str) -> str:
    """A comment tied to a statement."""
    return (
        '<entryRelationship typeCode="SUBJ" inversionInd="true"><act classCode="ACT" moodCode="EVN">'
        f'<code code="48767-8"/><text>{text}</text></act></entryRelationship>'
    )


def medicine(
    product: str, *, inside: str = "", mood: str = "EVN", ident: str = "m1", template: str = f"{PCC}.4.7"
) -> str:
    """A substanceAdministration of a product (the content of manufacturedMaterial)."""
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="{mood}">{templates(template)}<id root="{ident}"/>'
        f"{inside}<consumable><manufacturedProduct><manufacturedMaterial>{product}</manufacturedMaterial>"
        "</manufacturedProduct></consumable></substanceAdministration>"
    )


def result(code: str, value: str, *, inside: str = "", status: str = "completed", label: str = "Test") -> str:
    """A laboratory observation."""
    return (
        f'<observation classCode="OBS" moodCode="EVN">{templates(f"{LAB}.6")}'
        f'<code code="{code}" codeSystem="{LOINC}" displayName="{label}"/><statusCode code="{status}"/>'
        f'<effectiveTime value="202401041319+0100"/>{value}{inside}</observation>'
    )


def laboratory(*parts: str) -> str:
    """A laboratory entry: each part tied by COMP."""
    held = "".join(f'<entryRelationship typeCode="COMP">{part}</entryRelationship>' for part in parts)
    return f'<act classCode="ACT" moodCode="EVN"><code code="18719-5" displayName="Biochimie"/><statusCode code="completed"/>{held}</act>'


def reading(*sections: str, code: str = "SYNTH") -> Document:
    """The document of these sections, read."""
    return read(document(*sections, code=code), Limits())


def only(found: Document) -> object:
    """The body of the one statement of a document."""
    assert len(found.statements) == 1, [statement.body for statement in found.statements]
    return found.statements[0].body
