"""What a practice receives in a day, made by seed: one maker a format, each from its specification.

Persons, laboratories and values are drawn here. A report of results holds some twenty lines, a synthesis (VSM) some
fifteen entries, as most do. Every file is about somebody else, but for those that say nothing of whose they are
(PDF, CSV).
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from _bundles import GIVEN, SYLLABLES

ROOTS = {
    "loinc": "2.16.840.1.113883.6.1",
    "snomed": "2.16.840.1.113883.6.96",
    "icd10": "2.16.840.1.113883.6.3",
    "atc": "2.16.840.1.113883.6.73",
}
PCC, LAB = "1.3.6.1.4.1.19376.1.5.3.1", "1.3.6.1.4.1.19376.1.3.1"
INS_TEST = "1.2.250.1.213.1.4.10"
# Label, LOINC, local code, unit, usual value, spread, decimals.
TESTS = (
    ("Hémoglobine", "718-7", "HB", "g/dL", 13.5, 1.2, 1), ("Hématies", "789-8", "GR", "10*6/uL", 4.6, 0.4, 2), ("Hématocrite", "4544-3", "HT", "%", 41, 3, 1),
    ("VGM", "787-2", "VGM", "fL", 88, 4, 1), ("TCMH", "785-6", "TCMH", "pg", 30, 2, 1), ("CCMH", "786-4", "CCMH", "g/dL", 34, 1, 1),
    ("Leucocytes", "6690-2", "GB", "10*3/uL", 6.8, 1.8, 2), ("Neutrophiles", "751-8", "PNN", "10*3/uL", 3.9, 1, 2),
    ("Éosinophiles", "711-2", "PNE", "10*3/uL", 0.2, 0.1, 2), ("Lymphocytes", "731-0", "LYM", "10*3/uL", 2.1, 0.6, 2),
    ("Plaquettes", "777-3", "PLT", "10*3/uL", 255, 50, 0), ("Créatinine", "14682-9", "CREA", "umol/L", 78, 15, 0),
    ("Sodium", "2951-2", "NA", "mmol/L", 140, 2, 0), ("Potassium", "2823-3", "K", "mmol/L", 4.2, 0.3, 1),
    ("Glycémie à jeun", "14771-0", "GLY", "mmol/L", 5.1, 0.6, 1), ("HbA1c", "4548-4", "A1C", "%", 5.8, 0.6, 1),
    ("Cholestérol total", "14647-2", "CHOL", "mmol/L", 5.2, 0.9, 2), ("Triglycérides", "14927-8", "TRI", "mmol/L", 1.3, 0.4, 2),
    ("TSH", "3016-3", "TSH", "m[IU]/L", 2, 0.9, 2), ("CRP", "1988-5", "CRP", "mg/L", 4, 1.2, 1),
)  # fmt: skip
ILLNESSES = (
    ("I10", "Hypertension essentielle"),
    ("E11", "Diabète de type 2"),
    ("J45", "Asthme"),
    ("M17", "Gonarthrose"),
    ("K21", "Reflux"),
    ("G43", "Migraine"),
)
MEDICINES = (
    ("C09AA03", "LISINOPRIL 10 mg"),
    ("A10BA02", "METFORMINE 500 mg"),
    ("R03AC02", "SALBUTAMOL 100 µg"),
    ("A02BC01", "OMEPRAZOLE 20 mg"),
    ("N02BE01", "PARACETAMOL 1 g"),
)


@dataclass(frozen=True)
class Person:
    """Whose document it is."""

    family: str
    given: str
    sex: str
    born: date
    matricule: str


def _draw(seed: int, what: str, number: int) -> tuple[random.Random, Person]:
    dice = random.Random(f"{seed}/{what}/{number}")
    born = date(1935, 1, 1) + timedelta(days=dice.randrange(80 * 365))
    female = dice.random() < 0.5
    body = f"{1 + female}{born:%y%m}35{dice.randrange(1000):03}{dice.randrange(1000):03}"
    family = "".join(dice.choices(SYLLABLES, k=3)).upper()
    return dice, Person(
        family, dice.choice(GIVEN).upper(), "F" if female else "M", born, f"{body}{97 - int(body) % 97:02}"
    )


def _values(dice: random.Random) -> list[tuple[str, str, str, str, str, str, str]]:
    """Label, LOINC, local code, unit, value, low, high."""
    return [
        (label, loinc, local, unit, f"{max(dice.gauss(mean, spread), 0.1):.{digits}f}", f"{max(mean - 2 * spread, 0):.{digits}f}", f"{mean + 2 * spread:.{digits}f}")
        for label, loinc, local, unit, mean, spread, digits in TESTS
    ]  # fmt: skip


# ---------------------------------------------------------------------- CDA


def _cda(dice: random.Random, person: Person, code: str, title: str, *sections: str) -> bytes:
    body = "".join(f"<component>{one}</component>" for one in sections)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f'<id root="1.2.250.1.999.{dice.getrandbits(60)}"/><code code="{code}" codeSystem="{ROOTS["loinc"]}"/><title>{title}</title>'
        '<effectiveTime value="20260105120000+0100"/><recordTarget><patientRole>'
        f'<id root="{INS_TEST}" extension="{person.matricule}"/><patient><name><family qualifier="BR">{person.family}</family>'
        f'<given>{person.given}</given><given qualifier="BR">{person.given}</given></name>'
        f'<administrativeGenderCode code="{person.sex}" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="{person.born:%Y%m%d}"/>'
        "<birthplace><place><addr><county>35238</county></addr></place></birthplace></patient></patientRole></recordTarget>"
        '<author><time value="20260105"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810000000017"/>'
        "<assignedPerson><name><given>Anouk</given><family>RIVOAL</family></name></assignedPerson>"
        "<representedOrganization><name>Laboratoire du Port</name></representedOrganization></assignedAuthor></author>"
        f"<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"
    ).encode()


def _cd(tag: str, code: str, system: str, display: str) -> str:
    kind = ' xsi:type="CD"' if tag == "value" else ""
    return f'<{tag}{kind} code="{code}" codeSystem="{ROOTS[system]}" displayName="{display}"/>'


def _section(code: str, title: str, rows: list[str], entries: list[str]) -> str:
    told = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    held = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'<section><code code="{code}" codeSystem="{ROOTS["loinc"]}"/><title>{title}</title>'
        f"<text><table><tbody>{told}</tbody></table></text>{held}</section>"
    )


def cda_laboratory(number: int, seed: int = 1) -> bytes:
    """A laboratory's report (CI-SIS CR-BIO): one specialty, twenty results."""
    dice, person = _draw(seed, "laboratory", number)
    values = _values(dice)
    parts = "".join(
        '<entryRelationship typeCode="COMP"><observation classCode="OBS" moodCode="EVN">'
        f'<templateId root="{LAB}.6"/>{_cd("code", loinc, "loinc", label)}<statusCode code="completed"/>'
        f'<effectiveTime value="202601041319+0100"/><value xsi:type="PQ" value="{value}" unit="{unit}"/>'
        f'<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="{low}" unit="{unit}"/><high value="{high}" unit="{unit}"/></value>'
        "</observationRange></referenceRange></observation></entryRelationship>"
        for label, loinc, _, unit, value, low, high in values
    )  # fmt: skip
    entry = f'<act classCode="ACT" moodCode="EVN">{_cd("code", "18719-5", "loinc", "Biochimie")}<statusCode code="completed"/>{parts}</act>'
    rows = [f"{label} : {value} {unit} ({low} - {high})" for label, _, _, unit, value, low, high in values]
    return _cda(
        dice,
        person,
        "11502-2",
        "Compte rendu d’examens de biologie",
        _section("18719-5", "Biochimie", rows, [entry]),
    )


def cda_synthesis(number: int, seed: int = 1) -> bytes:
    """A synthesis (CI-SIS VSM): problems, history, treatments."""
    dice, person = _draw(seed, "synthesis", number)
    ill, past = dice.sample(ILLNESSES, 4), dice.sample(ILLNESSES, 3)

    def problems(held: list[tuple[str, str]], word: str) -> list[str]:
        return [
            f'<act classCode="ACT" moodCode="EVN"><templateId root="{PCC}.4.5.2"/><id root="c-{word}{rank}"/><statusCode code="active"/>'
            f'<effectiveTime><low value="{dice.randrange(1995, 2025)}"/></effectiveTime><entryRelationship typeCode="SUBJ">'
            f'<observation classCode="OBS" moodCode="EVN"><templateId root="{PCC}.4.5"/><id root="{word}{rank}"/>'
            f'<code code="282291009" codeSystem="{ROOTS["snomed"]}"/>{_cd("value", *problem)}</observation></entryRelationship></act>'
            for rank, problem in enumerate((code, "icd10", label) for code, label in held)
        ]  # fmt: skip

    taken = [
        f'<substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="{PCC}.4.7"/><id root="m{rank}"/>'
        "<text>1 le matin</text><consumable><manufacturedProduct><manufacturedMaterial>"
        f"{_cd('code', code, 'atc', label)}</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"
        for rank, (code, label) in enumerate(MEDICINES)
    ]
    return _cda(
        dice, person, "SYNTH", "Synthèse médicale",
        _section("11450-4", "Pathologies en cours", [label for _, label in ill], problems(ill, "p")),
        _section("11348-0", "Antécédents", [label for _, label in past], problems(past, "a")),
        _section("10160-0", "Traitements au long cours", [label for _, label in MEDICINES], taken),
    )  # fmt: skip


# ---------------------------------------------------------------------- HPRIM, HL7 v2


def hprim_medecin(number: int, seed: int = 1) -> bytes:
    """HPRIM médecin: twelve lines of heading, a text, and its RES lines."""
    dice, person = _draw(seed, "medecin", number)
    lines = [f"{number:06}", person.family, person.given, "3 RUE DES LILAS", "", "35000 RENNES", f"{person.born:%d/%m/%Y}", person.matricule,
             f"D2026{number:05}", "04/01/2026", "LAB35 Laboratoire de la Ville", "MOREL Garance", "", "****LAB****"]  # fmt: skip
    for label, _, local, unit, value, low, high in _values(dice):
        found, least, most = (one.replace(".", ",") for one in (value, low, high))
        lines += [
            f"TEX|{label:<24}{found} {unit}   {least} à {most}",
            f"RES|{label}|{local}|N|{found}|{unit}|{least}|{most}|N|F",
        ]
    return "\r\n".join([*lines, "****FIN****", "****FINFICHIER****", ""]).encode("cp1252")


def hprim_sante(number: int, seed: int = 1) -> bytes:
    """HPRIM santé: one request, twenty observations."""
    dice, person = _draw(seed, "sante", number)
    segments = [f"H|~^\\&|A{number}.HPR||LABC~Laboratoire du Port||ORU|||DOC~MOREL||P|H2.1~C|202601041530",
                f"P|1|{number}|B{number}||{person.family}~{person.given}||{person.born:%Y%m%d}|{person.sex}||3 QUAI NORD~~RENNES~~35000||0299000000",
                "OBR|1|E1~|~98|NFS~Numération~L|R||202601040815||||N|||202601040900|SG~Sang veineux"]  # fmt: skip
    segments += [
        f"OBX|{rank}|NM|{local}~{label}~L^{loinc}~{label}~LN||{value.replace('.', ',')}|{unit}|{low} - {high}|N|||F|||202601041200"
        for rank, (label, loinc, local, unit, value, low, high) in enumerate(_values(dice), 1)
    ]
    return "\r".join([*segments, "L|1", ""]).encode("cp1252", "replace")


def hl7v2_with_cda(number: int, seed: int = 1) -> bytes:
    """HL7 v2 ORU carrying a laboratory's report in CDA, as MSSanté exchanges do."""
    _, person = _draw(seed, "laboratory", 1_000_000 + number)
    inside = base64.b64encode(cda_laboratory(1_000_000 + number, seed)).decode()
    return "\r".join([
        f"MSH|^~\\&|SIL|LABO|GAP|CABINET|20260105153000||ORU^R01^ORU_R01|{number}|P|2.5|||||FRA|UNICODE UTF-8",
        f"PID|1||{person.matricule}^^^ASIP-SANTE-INS-NIR&{INS_TEST}&ISO^INS||{person.family}^{person.given}^{person.given}^^^^L||{person.born:%Y%m%d}|{person.sex}",
        f"ORC|NW|P{number}^CAB|F{number}^LABO", f"OBR|1|P{number}^CAB|F{number}^LABO|11502-2^CR d'examens biologiques^LN|||202601040815",
        f"OBX|1|ED|11502-2^CR d'examens biologiques^LN||^TEXT^XML^Base64^{inside}||||||F", "",
    ]).encode()  # fmt: skip


# ---------------------------------------------------------------------- folders, pages, tables


def pdf(number: int, seed: int = 1) -> bytes:
    """A letter of two pages, its text in it."""
    dice, person = _draw(seed, "letter", number)
    lines = [f"Concernant {person.given} {person.family}", "Le 04/01/2026"]
    lines += [" ".join(dice.choices(["tension", "auscultation", "claire", "abdomen", "souple", "traitement", "poursuivi", "revoir", "bilan", "mois", "normal"], k=11)) for _ in range(40)]  # fmt: skip
    drawn = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    stream = zlib.compress(f"BT /F1 11 Tf 40 800 Td {drawn} ET".encode("latin-1"))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents 6 0 R>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 2/Kids[4 0 R 5 0 R]>>",
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>", page, page,
               b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(stream), stream)]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for rank, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (rank, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end


def xdm(number: int, seed: int = 1) -> bytes:
    """An IHE XDM zip: a synthesis in CDA and a letter in PDF, with their metadata."""
    _, person = _draw(seed, "synthesis", 2_000_000 + number)
    held = {
        "DOC0001.XML": cda_synthesis(2_000_000 + number, seed),
        "DOC0002.PDF": pdf(2_000_000 + number, seed),
    }
    traits = (f"PID-3|{person.matricule}^^^&amp;{INS_TEST}&amp;ISO^NH", f"PID-5|{person.family}^{person.given}^{person.given}^^^^L",
              f"PID-7|{person.born:%Y%m%d}", f"PID-8|{person.sex}")  # fmt: skip

    def slot(name: str, *values: str) -> str:
        return f'<rim:Slot name="{name}"><rim:ValueList>{"".join(f"<rim:Value>{value}</rim:Value>" for value in values)}</rim:ValueList></rim:Slot>'

    def described(rank: int, uri: str, content: bytes) -> str:
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return (
            f'<rim:ExtrinsicObject id="urn:uuid:{rank}" mimeType="{"text/xml" if uri.endswith("XML") else "application/pdf"}">'
            f"{slot('URI', uri)}{slot('hash', sha1)}{slot('size', str(len(content)))}{slot('creationTime', '20260105093000')}"
            f'{slot("sourcePatientInfo", *traits)}<rim:Name><rim:LocalizedString value="Courrier {rank}"/></rim:Name>'
            '<rim:Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" nodeRepresentation="11488-4"/>'
            f'<rim:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="1.2.{number}^{rank}"/></rim:ExtrinsicObject>'
        )  # fmt: skip

    entries = "".join(described(rank, *one) for rank, one in enumerate(held.items(), 1))
    metadata = (
        '<?xml version="1.0" encoding="UTF-8"?><lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" '
        'xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList><rim:RegistryPackage id="s">'
        f'<rim:ExternalIdentifier identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8" value="1.2.9.{number}"/>'
        f"</rim:RegistryPackage>{entries}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"METADATA.XML": metadata.encode(), **held}.items():
            archive.writestr(
                zipfile.ZipInfo(f"IHE_XDM/SUBSET01/{name}", (2026, 1, 5, 9, 30, 0)),
                content,
                zipfile.ZIP_DEFLATED,
            )
    return out.getvalue()


def csv(number: int, seed: int = 1) -> bytes:
    """A table of results, as a spreadsheet writes it."""
    dice, _ = _draw(seed, "table", number)
    rows = [
        f"04/01/2026;{label};{value.replace('.', ',')};{unit};{low} - {high};{loinc}"
        for label, loinc, _, unit, value, low, high in _values(dice)
    ]
    return "\n".join(["Date;Examen;Valeur;Unité;Norme;Code LOINC", *rows, ""]).encode("cp1252")


Maker = Callable[[int, int], bytes]
KINDS: dict[str, tuple[str, Maker]] = {
    "CDA, laboratory": ("xml", cda_laboratory), "CDA, VSM": ("xml", cda_synthesis), "HPRIM médecin": ("hpr", hprim_medecin),
    "HPRIM santé": ("hpr", hprim_sante), "ORU holding a CDA": ("hl7", hl7v2_with_cda), "XDM, CDA and PDF": ("zip", xdm), "PDF": ("pdf", pdf),
    "CSV of results": ("csv", csv),
}  # fmt: skip
"""By format: the ending of its files, and the maker of the one of that number and seed."""
