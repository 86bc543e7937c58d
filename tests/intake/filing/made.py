"""Documents about whom a test says, of every format a practice receives. All contents are made up."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from lanterne.practice.patients.ins import OID_NIR, key_of
from tests.intake.cda.writing import (
    ICD10,
    SNOMED,
    cd,
    document,
    laboratory,
    medicine,
    problem,
    result,
    section,
)
from tests.intake.fhir.made import bundle, concept
from tests.intake.hl7v2.test_reader import ed, message, msh
from tests.intake.plain.test_plain import pdf_of


@dataclass(frozen=True)
class Said:
    """Whom a document names. Dates ISO; `ins` with its key."""

    family: str = "BAPTISTE"
    given: str = "JEAN"
    born: str = "1952-04-03"
    sex: str = "M"
    ins: str = ""
    used: str = ""
    others: str = ""
    place: str = ""
    phone: str = ""

    @property
    def compact(self) -> str:
        """The birth date as CDA and HL7 write it."""
        return self.born.replace("-", "")


JEAN = Said()
MADELEINE = Said("RIVIÈRE", "MADELEINE", "1948-11-30", "F")
ZOE = Said("NOUVELLE", "ZOÉ", "1990-02-01", "F")


def number_of(body: str) -> str:
    """A matricule of 13 characters with its key."""
    return body + key_of(body)


JEAN_INS, OTHER_INS = number_of("1520475112345"), number_of("1520475112999")


def target(said: Said) -> str:
    """The recordTarget of a CDA."""
    ins = f'<id root="{OID_NIR}" extension="{said.ins}"/>' if said.ins else '<id root="9.9" extension="12"/>'
    listed = f"<given>{said.given} {said.others}</given>" if said.others else ""
    used = f'<family qualifier="SP">{said.used}</family>' if said.used else ""
    place = (
        f"<birthplace><place><addr><county>{said.place}</county></addr></place></birthplace>"
        if said.place
        else ""
    )
    phone = f'<telecom value="tel:{said.phone}" use="MC"/>' if said.phone else ""
    family = f'<family qualifier="BR">{said.family}</family>' if said.family else ""
    return (
        f"<recordTarget><patientRole>{ins}{phone}<patient><name>{family}{used}{listed}"
        f'<given qualifier="BR">{said.given}</given></name>'
        f'<administrativeGenderCode code="{said.sex}" codeSystem="2.16.840.1.113883.5.1"/>'
        f'<birthTime value="{said.compact}"/>{place}</patient></patientRole></recordTarget>'
    )


def cda(
    said: Said, *sections: str, name: str = "doc-1", set_id: str = "", version: int = 0, replaces: str = "", code: str = "SYNTH",
    at: str = "20240105120000+0100",
) -> bytes:  # fmt: skip
    """A CDA under that name, of that set and version, that replaces another by its name."""
    header = f'<setId root="1.2.3" extension="{set_id}"/><versionNumber value="{version}"/>' if set_id else ""
    if replaces:
        header += (
            '<relatedDocument typeCode="RPLC"><parentDocument>'
            f'<id root="1.2.3" extension="{replaces}"/></parentDocument></relatedDocument>'
        )
    made = document(*sections, code=code, patient=target(said), header=header, at=at)
    return made.replace(b'extension="doc-1"', f'extension="{name}"'.encode(), 1)


def problems(*labels: str) -> str:
    """The section of active problems: (ICD-10 code) per label."""
    return section(
        "11450-4",
        *(problem(cd("value", label, ICD10, f"Problème {label}"), ident=f"p-{label}") for label in labels),
    )


def allergies(*substances: str) -> str:
    """The section of allergies, or one that says none is known."""
    concern = (
        '<act classCode="ACT" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5.3"/><statusCode code="active"/>'
        '<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">'
        f'<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.6"/><code code="419199007" codeSystem="{SNOMED}"/>'
        "{}</observation></entryRelationship></act>"
    )
    none = concern.format(cd("value", "716186003", SNOMED, "Pas d’allergie connue"))
    agent = '<participant typeCode="CSM"><participantRole><playingEntity><name>{}</name></playingEntity></participantRole></participant>'
    return section("48765-2", *([concern.format(agent.format(one)) for one in substances] or [none]))


def analyses(**values: str) -> str:
    """A chapter of a laboratory report: LOINC 718-7 as `c718_7="13.3"`, in g/dL."""
    return section(
        "18719-5",
        laboratory(
            *(
                result(
                    _loinc(name),
                    f'<value xsi:type="PQ" value="{value}" unit="g/dL"/>',
                    label=f"Analyse {_loinc(name)}",
                )
                for name, value in values.items()
            )
        ),
    )


def _loinc(name: str) -> str:
    return name.lstrip("c").replace("_", "-")


def treatments(*labels: str) -> str:
    """The section of treatments."""
    return section(
        "10160-0",
        *(
            medicine(cd("code", f"34009300{n:05}", "1.2.250.1.213.2.3.2", label), ident=f"m{n}")
            for n, label in enumerate(labels)
        ),
    )


def hprim(
    said: Said, *rows: tuple[str, str, str], day: str = "04/01/2024", number: str = "", dossier: str = "1"
) -> bytes:
    """A laboratory's HPRIM médecin file: (label, value, unit) a line."""
    year, month, date = (*said.born.split("-"), "", "")[:3]
    born = f"{date}/{month}/{year}" if date else year
    head = (
        f"{dossier}\n{said.used or said.family}\n{said.given}\n3 RUE DES LILAS\n\n35000 RENNES\n{born}\n{number}\nD{dossier}\n"
        f"{day}\nLAB35 Laboratoire de la Ville\nMOREL Garance\n"
    )
    body = "".join(f"RES|{label}|{label[:6].upper()}|N|{value}|{unit}|||N|F\n" for label, value, unit in rows)
    return f"{head}Cher confrère,\n****LAB****\n{body}****FIN****\n****FINFICHIER****\n".encode("cp1252")


def pid(said: Said) -> str:
    """The PID segment."""
    ins = f"{said.ins}^^^ASIP-SANTE-INS-NIR&{OID_NIR}&ISO^INS" if said.ins else "551^^^LABO&1.2.3.4&ISO^PI"
    return f"PID|1||{ins}||{said.family}^{said.given}^^^^^L||{said.compact}|{said.sex}"


def oru(said: Said, content: bytes | str, *, order: str = "F100", status: str = "F") -> bytes:
    """An ORU that holds a CDA, or these OBX segments."""
    held = ed(content, status=status) if isinstance(content, bytes) else content
    head = f"ORC|NW|P1^CAB|{order}^LABO\rOBR|1|P1^CAB|{order}^LABO|58410-2^Numération^LN|||202401041319"
    return message(msh(), pid(said), head, held).encode()


def obx(place: int, code: str, value: str, status: str = "F") -> str:
    """One numeric result, in g/dL."""
    return f"OBX|{place}|NM|{code}^Analyse {code}^LN||{value}|g/dL|||||{status}"


def mdm(
    said: Said, event: str, number: str, *, parent: str = "", status: str = "F", content: bytes = b""
) -> bytes:
    """An MDM that holds a PDF, under that number, that replaces another by its number."""
    return message(
        msh(f"MDM^{event}^MDM_T02"),
        pid(said),
        f"TXA|1|18748-4|TEXT|202403121400||||||||{number}^RIS|{parent}{'^RIS' if parent else ''}||||AU",
        ed(content or pdf_of(f"Radio {number}"), status=status),
    ).encode()


def fhir(said: Said, *resources: dict[str, object]) -> bytes:
    """A bundle of that patient and these resources."""
    made = bundle(*resources)
    for before, after in (
        ("BAPTISTE", said.family),
        ('"Jean"', f'"{said.given}"'),
        ("1952-04-03", said.born),
        ('"male"', '"male"' if said.sex == "M" else '"female"'),
    ):
        made = made.replace(before.encode(), after.encode())
    return made


def condition(code: str, label: str) -> dict[str, object]:
    """A problem, as FHIR says it."""
    return {
        "resourceType": "Condition",
        "id": f"c{code}",
        "code": concept(code, label, "http://hl7.org/fhir/sid/icd-10"),
    }


def letter(said: Said) -> bytes:
    """A PDF that names somebody in its text."""
    return pdf_of("Rennes, le 12 mars 2024", f"Concerne : M. {said.family} {said.given}, ne le 28/03/1979")


def packed(content: bytes) -> str:
    """Base64."""
    return base64.b64encode(content).decode()


def renamed(said: Said, **changes: str) -> Said:
    """The same person, said otherwise."""
    return replace(said, **changes)
