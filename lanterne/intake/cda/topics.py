"""Which subject a section or an entry is about.

Law: an entry is known by its own template first, then by its section, so that a template nobody listed is still read
where it stands. Source: LOINC section codes of the CI-SIS (VSM, IPS-FR, LDL, eP-MED-DM, CR-BIO, VAC), of HL7 C-CDA
and of the HL7 IPS; template identifiers of HL7 CCD, IHE PCC, IHE PaLM, IHE PHARM and of the CI-SIS.
"""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.practice.chart.facts import Section

_PCC = "1.3.6.1.4.1.19376.1.5.3.1"
_CCD = "2.16.840.1.113883.10.20.1"
_CCDA = "2.16.840.1.113883.10.20.22"
_IPS = "2.16.840.1.113883.10.22"
_FR2 = "1.2.250.1.213.1.1.2"
_FR3 = "1.2.250.1.213.1.1.3"

_SECTIONS = {
    "problems": "11450-4 46241-6 11535-2 29308-4 29548-5",
    "past": "11348-0",
    "procedures": "47519-4 29554-3 10167-5 67803-7",
    "allergies": "48765-2",
    "reactions": "44939-7",
    "lifestyle": "29762-2 57207-3 8681-9",
    "exposure": "10161-8",
    "family": "10157-6",
    "results": "30954-2 11502-2 18719-5 18725-2 18723-7 18727-8 18728-6 18717-9 18718-7 18720-3 18721-1 18722-9"
    " 18724-5 18768-2 18767-4 26435-8 26436-6 56846-9 26437-4 18716-1",
    "treatments": "10160-0",
    "plan": "18776-5",
    "given": "18610-6 29549-3",
    "discharge": "10183-2 75311-1",
    "admission": "42346-7",
    "prescription": "57828-6",
    "dispensed": "60590-7 60593-1 29305-0",
    "immunizations": "11369-6",
    "vitals": "8716-3",
    "functional": "47420-5",
    "devices": "46264-8",
    "pregnancies": "10162-6",
    "attached": "55107-7 55108-5 57723-9",
}
_BY_CODE = {code: topic for topic, codes in _SECTIONS.items() for code in codes.split()}

_SECTION_TEMPLATES = {
    "problems": (f"{_CCD}.11", f"{_PCC}.3.6", f"{_FR2}.132", f"{_CCDA}.2.5", f"{_CCDA}.2.5.1", f"{_IPS}.3.3"),
    "past": (f"{_PCC}.3.8", f"{_FR2}.134", f"{_IPS}.3.7"),
    "procedures": (f"{_CCD}.12", f"{_PCC}.3.11", f"{_PCC}.3.12", f"{_FR2}.136", f"{_CCDA}.2.7.1", f"{_IPS}.3.4"),
    "allergies": (f"{_CCD}.2", f"{_PCC}.3.13", f"{_FR2}.137", f"{_CCDA}.2.6", f"{_CCDA}.2.6.1", f"{_IPS}.3.2"),
    "reactions": (f"{_FR2}.247",),
    "lifestyle": (f"{_CCD}.15", f"{_PCC}.3.16", f"{_PCC}.3.16.1", f"{_FR2}.141", f"{_CCDA}.2.17", f"{_IPS}.3.10"),
    "family": (f"{_CCD}.4", f"{_PCC}.3.14", f"{_PCC}.3.15", f"{_FR2}.139", f"{_CCDA}.2.15"),
    "results": ("1.3.6.1.4.1.19376.1.3.3.2.1", "1.3.6.1.4.1.19376.1.3.3.2.2", f"{_FR2}.70", f"{_FR2}.71",
                f"{_FR2}.244", f"{_CCDA}.2.3", f"{_CCDA}.2.3.1", f"{_IPS}.3.14"),
    "treatments": (f"{_CCD}.8", f"{_PCC}.3.19", f"{_FR2}.143", f"{_CCDA}.2.1", f"{_CCDA}.2.1.1", f"{_IPS}.3.1"),
    "plan": (f"{_CCD}.10", f"{_PCC}.3.36", f"{_FR2}.158", f"{_CCDA}.2.10", f"{_IPS}.3.9"),
    "given": (f"{_PCC}.3.21", f"{_FR2}.145"),
    "discharge": (f"{_PCC}.3.22", f"{_FR2}.146"),
    "admission": (f"{_PCC}.3.20", f"{_FR2}.144"),
    "prescription": ("1.3.6.1.4.1.19376.1.9.1.2.1", f"{_FR2}.171"),
    "dispensed": ("1.3.6.1.4.1.19376.1.9.1.2.3",),
    "immunizations": (f"{_CCD}.6", f"{_PCC}.3.23", f"{_FR2}.147", f"{_CCDA}.2.2", f"{_CCDA}.2.2.1", f"{_IPS}.3.5"),
    "vitals": (f"{_CCD}.16", f"{_PCC}.3.25", f"{_FR2}.75", f"{_CCDA}.2.4", f"{_CCDA}.2.4.1"),
    "functional": (f"{_FR2}.246", f"{_IPS}.3.8"),
    "devices": ("2.16.840.1.11383.10.20.1.7", f"{_CCD}.7", f"{_PCC}.1.5.3.5", f"{_FR2}.1", f"{_IPS}.3.6"),
    "pregnancies": (f"{_PCC}.1.5.3.4", f"{_FR2}.77", f"{_IPS}.3.11"),
    "attached": (f"{_FR2}.37", f"{_FR2}.243", f"{_FR2}.223"),
}  # fmt: skip
_BY_SECTION_TEMPLATE = {root: topic for topic, roots in _SECTION_TEMPLATES.items() for root in roots}

# The most exact first: an allergy follows the template of a problem too, a vaccine that of a medicine.
_ENTRIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("attached", (f"{_FR3}.18",)),
    ("reactions", (f"{_FR3}.210",)),
    ("planned-vaccine", (f"{_PCC}.4.12.2", f"{_FR3}.47")),
    ("allergies", (f"{_PCC}.4.5.3", f"{_PCC}.4.6", f"{_CCD}.18", f"{_FR3}.40", f"{_FR3}.41", f"{_CCDA}.4.30",
                   f"{_CCDA}.4.7", f"{_IPS}.4.5", f"{_IPS}.4.1")),
    ("immunizations", (f"{_PCC}.4.12", f"{_FR3}.45", f"{_CCDA}.4.52", f"{_IPS}.4.15")),
    ("treatments", (f"{_PCC}.4.7", f"{_CCD}.24", f"{_FR3}.42", f"{_FR3}.83", f"{_CCDA}.4.16", f"{_IPS}.4.4",
                    "1.3.6.1.4.1.19376.1.9.1.3.2", "1.3.6.1.4.1.19376.1.9.1.3.4")),
    ("family", (f"{_PCC}.4.15", f"{_CCD}.23", f"{_FR3}.59", f"{_CCDA}.4.45")),
    ("pregnancies", (f"{_PCC}.4.13.5", f"{_FR3}.53")),
    ("lifestyle", (f"{_PCC}.4.13.4", f"{_CCD}.33", f"{_FR3}.52", f"{_CCDA}.4.38", f"{_CCDA}.4.78")),
    ("vitals", (f"{_PCC}.4.13.1", f"{_PCC}.4.13.2", f"{_FR3}.49", f"{_FR3}.50", f"{_CCDA}.4.26", f"{_CCDA}.4.27")),
    ("results", ("1.3.6.1.4.1.19376.1.3.1", "1.3.6.1.4.1.19376.1.3.1.4", "1.3.6.1.4.1.19376.1.3.1.5",
                 "1.3.6.1.4.1.19376.1.3.1.6", f"{_FR3}.21", f"{_FR3}.80", f"{_FR3}.208", f"{_FR3}.209",
                 f"{_CCDA}.4.1", f"{_CCDA}.4.2")),
    ("functional", (f"{_PCC}.1.12.3.7", f"{_PCC}.1.12.3.6", f"{_FR3}.95", f"{_FR3}.25")),
    ("devices", (f"{_FR3}.20",)),
    ("procedures", (f"{_PCC}.4.19", f"{_CCD}.29", f"{_FR3}.62", f"{_CCDA}.4.14", f"{_CCDA}.4.12",
                    f"{_CCDA}.4.13", f"{_IPS}.4.17")),
    ("problems", (f"{_PCC}.4.5.2", f"{_PCC}.4.5", f"{_CCD}.28", f"{_FR3}.39", f"{_FR3}.37", f"{_CCDA}.4.3",
                  f"{_CCDA}.4.4", f"{_IPS}.4.7", f"{_IPS}.4.8")),
)  # fmt: skip

# Sections whose way of reading prevails over the template of a medicine in them, and of a problem.
_MEDICINES = frozenset({"plan", "given", "discharge", "admission", "prescription", "dispensed"})

ROOM: dict[str, Section] = {
    "problems": "problems", "past": "problems", "procedures": "procedures", "allergies": "allergies",
    "family": "family", "treatments": "treatments", "immunizations": "immunizations", "lifestyle": "lifestyle",
}  # fmt: skip
"""The section of the chart a topic fills, where "none" can be said of it."""


def section_topic(codes: Iterable[str], templates: Iterable[str]) -> str:
    """The topic of a section; empty when neither its code nor its templates are known."""
    found = next((_BY_CODE[code] for code in codes if code in _BY_CODE), "")
    return found or next(
        (_BY_SECTION_TEMPLATE[root] for root in templates if root in _BY_SECTION_TEMPLATE), ""
    )


def entry_topic(templates: frozenset[str], section: str) -> str:
    """The topic of an entry: its template's, unless its section says it more exactly; else its section's."""
    found = next((topic for topic, roots in _ENTRIES if not templates.isdisjoint(roots)), "")
    if (found == "treatments" and section in _MEDICINES) or (found == "problems" and section == "past"):
        return section
    return found or section
