"""One file of each format, made by hand or at random: what tests take apart when the public samples are absent."""

from __future__ import annotations

import base64

from tests.intake.cda.generated import DOCUMENTS, generated
from tests.intake.cda.writing import ICD10, cd, document, laboratory, medicine, problem, result, section
from tests.intake.fhir.made import bundle, concept
from tests.intake.fhir.test_bundles import XML
from tests.intake.hl7v2.test_reader import OBX, ORDER, PID, ed, mdm, message, msh
from tests.intake.hprim.test_medecin import END, HEADER, ROWS
from tests.intake.hprim.test_sante import MESSAGE
from tests.intake.plain.test_plain import LETTER, TABLE, pdf_of, picture
from tests.intake.xdm.made import Entry, folder, zipped

SYNTHESIS = document(
    section(
        "11450-4",
        problem(cd("value", "I10", ICD10, "Hypertension")),
        problem(cd("value", "G45.9", ICD10, "AIT"), ident="p2"),
        text="<table><tr><td>Hypertension à surveiller</td></tr></table>",
    ),
    section("10160-0", medicine(cd("code", "3400930018118", "1.2.250.1.213.2.3.2", "PLAVIX 75 mg"))),
)
REPORT = document(
    section("18719-5", laboratory(result("2345-7", '<value xsi:type="PQ" value="5.1" unit="mmol/L"/>'))),
    code="11502-2",
)
FHIR = bundle(
    {"resourceType": "Condition", "id": "1", "code": concept("J45", "Asthme", "http://hl7.org/fhir/sid/icd-10")},
    {"resourceType": "Observation", "id": "2", "status": "final", "code": concept("29463-7", "Poids", "http://loinc.org"),
     "valueQuantity": {"value": 80, "unit": "kg"}},
    {"resourceType": "Binary", "id": "3", "contentType": "application/pdf", "data": base64.b64encode(pdf_of("Bonjour")).decode()},
)  # fmt: skip
FILES: dict[str, bytes] = {
    "cda": SYNTHESIS,
    "cda laboratory": REPORT,
    **{f"cda {kind}, made at random": generated(kind, 2)[0] for kind in DOCUMENTS},
    "cda holding a pdf": document(
        body=f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{base64.b64encode(pdf_of("a")).decode()}</text></nonXMLBody>'
    ),
    "hprim médecin": (HEADER + "Cher confrère,\n" + ROWS + END + HEADER + ROWS + END).encode("cp1252"),
    "hprim santé": MESSAGE.encode("cp1252"),
    "hl7v2 results": message(msh(), PID, ORDER, OBX).encode(),
    "hl7v2 holding a cda": message(msh(), PID, ORDER, ed(REPORT)).encode(),
    "hl7v2 replacing": mdm("T10", parent="D1").encode(),
    "fhir": FHIR,
    "fhir xml": XML.encode(),
    "xdm": folder(Entry(), Entry(content=SYNTHESIS, uri="DOC2.XML", uuid="urn:uuid:2", unique_id="1.2.3^2")),
    "zip": zipped({"a.txt": LETTER.encode(), "b.pdf": pdf_of("a")}),
    "pdf": pdf_of("Laboratoire", "Le 12/03/2024"),
    "jpeg": picture(camera=True),
    "png": picture("PNG"),
    "csv": TABLE.encode(),
    "letter": LETTER.encode("mac_roman"),
    "rtf": rb"{\rtf1\ansi\ansicpg1252 Le 12/03/2024{\b  a\'e9\u233 ?}\par b}",
    "html": b"<html><body><p>Le 12/03/2024</p><table><tr><td>a</td></tr></table></body></html>",
}
"""By what they are."""
