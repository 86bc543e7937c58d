"""Bundles: whose each resource is, references inside the file only, files, narrative, NDJSON, XML."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from lanterne.intake.fhir import read
from lanterne.intake.reading import Limits, Unreadable
from lanterne.practice.problems.facts import ProblemRecorded
from tests.intake.fhir.made import PATIENT, bundle, concept, only, read_one, reasons

INES = {**PATIENT, "id": "ines", "name": [{"family": "CARON", "given": ["Inès"]}]}


def problem(label: str, subject: str | None = "Patient/jean", number: str = "1") -> dict[str, Any]:
    held = {"resourceType": "Condition", "id": number, "code": concept(text=label)}
    return {**held, "subject": {"reference": subject}} if subject else held


def in_bundle(*entries: dict[str, Any], kind: str = "collection") -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": list(entries)}).encode()


def test_two_patients_are_two_documents() -> None:
    document = read_one(INES, problem("Asthme"), problem("Diabète", "Patient/ines", "2"))
    found = {
        part.identity.birth_name: [
            one.body.label for one in part.statements if isinstance(one.body, ProblemRecorded)
        ]
        for part in document.parts
        if part.identity is not None
    }
    assert found == {"BAPTISTE": ["Asthme"], "CARON": ["Diabète"]}
    assert document.identity is None


def test_what_is_about_somebody_else_never_goes_to_the_patient_of_the_file() -> None:
    document = read_one(problem("Asthme"), problem("Diabète", "Patient/stranger", "2"))
    assert [part.identity is not None for part in document.parts] == [True, False]
    assert [len(part.statements) for part in document.parts] == [1, 1]


def test_what_is_about_nobody_is_the_only_patients_and_of_no_one_among_two() -> None:
    loose = {**problem("Asthme", None), "subject": {"display": "lui"}}
    assert len(read_one(loose).statements) == 1
    parts = read_one(INES, loose, problem("Diabète", "Patient/ines", "2")).parts
    assert [(part.identity is not None, len(part.statements)) for part in parts] == [
        (True, 0),
        (True, 1),
        (False, 1),
    ]


@pytest.mark.parametrize(
    "reference",
    [
        "urn:uuid:0",
        "Patient/jean",
        "http://a.fr/fhir/Patient/jean",
        "Patient/jean/_history/3",
        "Patient?identifier=ipp|42",
    ],
)
def test_references_by_every_name_of_the_file(reference: str) -> None:
    full_url = "http://a.fr/fhir/Patient/jean" if reference.startswith("http") else "urn:uuid:0"
    patient = {**PATIENT, "identifier": [{"system": "ipp", "value": "42"}]}
    document = read(
        in_bundle({"fullUrl": full_url, "resource": patient}, {"resource": problem("Asthme", reference)}),
        Limits(),
    )
    assert document.identity is not None
    assert len(document.statements) == 1


def test_the_same_id_on_another_server_is_somebody_else() -> None:
    content = in_bundle(
        {"fullUrl": "http://a.fr/fhir/Patient/jean", "resource": PATIENT},
        {"resource": problem("Asthme", "http://b.fr/fhir/Patient/jean")},
    )
    assert [part.identity is None for part in read(content, Limits()).parts] == [False, True]


def test_two_patients_under_one_name_own_nothing_by_that_name() -> None:
    document = read_one(INES | {"id": "jean"}, problem("Asthme"))
    assert all(part.identity is None for part in document.parts if part.statements)
    assert "deux ressources différentes" in reasons(document)


def test_a_repeated_resource_is_stated_once() -> None:
    assert len(read_one(problem("Asthme"), problem("Asthme")).statements) == 1


def test_of_a_history_only_the_newest_version_is_read() -> None:
    document = read_one(problem("Asthme sévère"), problem("Asthme"), kind="history")
    body = only(document).body
    assert isinstance(body, ProblemRecorded)
    assert body.label == "Asthme sévère"
    assert "version plus ancienne" in reasons(document)


def test_cyclic_references_end() -> None:
    panel = {"resourceType": "Observation", "status": "final", "code": concept(text="Bilan")}
    first = {**panel, "id": "a", "hasMember": [{"reference": "Observation/b"}]}
    second = {**panel, "id": "b", "hasMember": [{"reference": "Observation/a"}]}
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "PractitionerRole/r"},
    }
    assert not read_one(first, second, role).statements


def test_a_subject_known_only_by_its_ins_gives_an_identity_without_name() -> None:
    ins = {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "279035121518989"}
    alone = {**problem("Asthme", None), "subject": {"identifier": ins}}
    identity = read(json.dumps(alone).encode(), Limits()).identity
    assert identity is not None
    assert (identity.matricule, identity.birth_name) == ("279035121518989", "")


def test_a_contained_patient_is_whose_it_is() -> None:
    alone = {**problem("Asthme", "#jean"), "contained": [PATIENT]}
    identity = read(json.dumps(alone).encode(), Limits()).identity
    assert identity is not None
    assert identity.birth_name == "BAPTISTE"


PDF = b"%PDF-1.4 fake"


def reference_to(attachment: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": "d",
        "status": "current",
        "content": [{"attachment": attachment}],
    }


def test_files_come_with_their_type_from_their_bytes() -> None:
    data = base64.b64encode(PDF).decode()
    document = read_one(reference_to({"contentType": "text/html", "data": data, "title": "Lettre"}))
    assert [(one.content, one.media_type, one.title) for one in document.attached] == [
        (PDF, "application/pdf", "Lettre")
    ]


def test_a_file_in_a_binary_of_the_bundle_is_found_and_one_elsewhere_never_fetched() -> None:
    binary = {
        "resourceType": "Binary",
        "id": "b",
        "contentType": "application/pdf",
        "data": base64.b64encode(PDF).decode(),
    }
    assert len(read_one(reference_to({"url": "Binary/b"}), binary).attached) == 1
    document = read_one(reference_to({"url": "https://example.org/letter.pdf"}))
    assert not document.attached
    assert "n’a pas été téléchargé" in reasons(document)


def test_a_hash_that_disagrees_is_said() -> None:
    data = base64.b64encode(PDF).decode()
    right = base64.b64encode(hashlib.sha1(PDF, usedforsecurity=False).digest()).decode()
    assert "empreinte" not in reasons(read_one(reference_to({"data": data, "hash": right})))
    assert "empreinte" in reasons(read_one(reference_to({"data": data, "hash": right[::-1]})))


def test_files_may_not_outgrow_the_limits() -> None:
    data = base64.b64encode(bytes(2_000)).decode()
    with pytest.raises(Unreadable, match="inflated_too_large"):
        read(bundle(reference_to({"data": data})), Limits(inflated_bytes=1_000))


COMPOSITION: dict[str, Any] = {
    "resourceType": "Composition",
    "id": "doc",
    "status": "final",
    "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:7"},
    "type": concept("11488-4", "Lettre", "http://loinc.org"),
    "date": "2024-05-06",
    "title": "Lettre de consultation",
    "author": [{"display": "Dr Théo Lambert"}],
    "relatesTo": [{"code": "replaces", "targetIdentifier": {"value": "urn:uuid:6"}}],
    "section": [
        {
            "title": "Examen <b>",
            "text": {
                "status": "generated",
                "div": "<div><p>Cœur régulier</p><script>alert(1)</script><a href='javascript:x'>y</a></div>",
            },
        },
        {
            "title": "Allergies",
            "code": concept("48765-2", system="http://loinc.org"),
            "emptyReason": concept(
                "nilknown", system="http://terminology.hl7.org/CodeSystem/list-empty-reason"
            ),
        },
        {
            "title": "Problèmes",
            "code": concept("11450-4", system="http://loinc.org"),
            "emptyReason": concept(
                "notasked", system="http://terminology.hl7.org/CodeSystem/list-empty-reason"
            ),
        },
    ],
}


def test_a_document_has_its_heading_and_a_narrative_without_poison() -> None:
    document = read_one(COMPOSITION, kind="document", identifier={"value": "urn:uuid:8"})
    assert (document.title, document.at, document.kind) == ("Lettre de consultation", "2024-05-06", "letter")
    assert (document.identifier, document.set_id, document.replaces) == (
        "urn:uuid:8", "urn:ietf:rfc:3986|urn:uuid:7", ("urn:uuid:6",),
    )  # fmt: skip
    assert document.act == "replacement"
    assert document.author.name == "Dr Théo Lambert"
    assert "Cœur régulier" in document.narrative
    assert "Examen &lt;b&gt;" in document.narrative
    assert not any(word in document.narrative for word in ("script", "alert", "href"))


def test_nil_known_is_an_answer_and_not_asked_is_none() -> None:
    assert read_one(COMPOSITION, kind="document").negations == ("allergies",)


def test_ndjson_is_read_line_by_line() -> None:
    lines = [PATIENT, problem("Asthme"), problem("Diabète", number="2")]
    content = b"\n".join(json.dumps(line).encode() for line in lines) + b"\n\n"
    assert len(read(content, Limits()).statements) == 2


def test_bundles_inside_a_bundle_are_read_apart() -> None:
    inner = json.loads(bundle(problem("Asthme")))
    document = read(in_bundle({"resource": inner}, {"resource": {**inner, "id": "2"}}), Limits())
    assert [len(part.statements) for part in document.parts] == [1, 1]
    for _ in range(5):
        inner = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}
    with pytest.raises(Unreadable, match="fhir_bundles_nested"):
        read(json.dumps(inner).encode(), Limits())


def test_a_deletion_asked_is_said_not_done() -> None:
    content = in_bundle(
        {"resource": PATIENT}, {"request": {"method": "DELETE", "url": "Condition/1"}}, kind="transaction"
    )
    assert "suppression" in reasons(read(content, Limits()))


XML = """<?xml version="1.0" encoding="UTF-8"?>
<f:Bundle xmlns:f="http://hl7.org/fhir"><f:type value="collection"/>
<f:entry><f:resource><f:Patient><f:id value="jean"/><f:name><f:use value="official"/><f:family value="BAPTISTE"/>
<f:given value="Jean"/></f:name><f:gender value="male"/><f:birthDate value="1952-04-03"/></f:Patient></f:resource></f:entry>
<f:entry><f:resource><f:Observation><f:id value="o"/><f:status value="final"/>
<f:category><f:coding><f:code value="laboratory"/></f:coding></f:category>
<f:code><f:coding><f:system value="http://loinc.org"/><f:code value="718-7"/>
<f:display value="Hémoglobine"/></f:coding></f:code>
<f:subject><f:reference value="Patient/jean"/></f:subject>
<f:effectiveDateTime value="2024-01-02"/>
<f:valueQuantity><f:value value="7.40"/><f:unit value="g/dL"/></f:valueQuantity>
</f:Observation></f:resource></f:entry>
<f:entry><f:resource><f:Goal><f:id value="g"/><f:description><f:text value="Marcher"/></f:description>
<f:subject><f:reference value="Patient/jean"/></f:subject></f:Goal></f:resource></f:entry></f:Bundle>"""


def test_xml_reads_as_json_does() -> None:
    as_json = {
        "resourceType": "Observation", "id": "o", "status": "final", "category": [{"coding": [{"code": "laboratory"}]}],
        "code": concept("718-7", "Hémoglobine", "http://loinc.org"), "effectiveDateTime": "2024-01-02",
        "valueQuantity": {"value": "7.40", "unit": "g/dL"},
    }  # fmt: skip
    from_xml, from_json = read(XML.encode(), Limits()), read_one(as_json)
    assert from_xml.statements == from_json.statements
    assert from_xml.identity == from_json.identity
    assert "Marcher" in from_xml.text


def test_a_file_in_xml_may_be_larger_than_an_attribute_of_markup() -> None:
    data = base64.b64encode(PDF + bytes(200_000)).decode()
    binary = f'<Binary xmlns="http://hl7.org/fhir"><id value="b"/><data value="{data}"/></Binary>'
    assert len(read(binary.encode(), Limits()).attached[0].content) == len(PDF) + 200_000
