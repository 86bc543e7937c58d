"""Real files written by others, when they are at hand: what each must give. Nothing of them is kept here."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.intake import detect
from lanterne.intake.hl7v2.segments import messages_of
from lanterne.intake.reading import Document, Limits
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.results.rules import check

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the public sample files are not at ../shared/samples"
)


def read(name: str) -> Document:
    content = (SAMPLES / name).read_bytes()
    return detect.read(content, Limits(), name)


def results(document: Document) -> list[ResultRecorded]:
    return [statement.body for statement in document.statements if isinstance(statement.body, ResultRecorded)]


def filled_rows(name: str) -> int:
    """RES rows with a value, and second values, counted without the reader."""
    count = 0
    for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines():
        cells = line.strip().split("|")
        if cells[0] == "RES":
            count += bool(len(cells) > 4 and cells[4].strip()) + bool(len(cells) > 10 and cells[10].strip())
    return count


@needs_samples
@pytest.mark.parametrize("name", ["hprim/freemedforms_01_test1.hpr", "hprim/freemedforms_02_test2.hpr"])
def test_every_filled_row_is_a_result(name: str) -> None:
    document = read(name)
    assert len(document.parts) == 2
    assert sum(len(part.statements) for part in document.parts) == filled_rows(name)
    for part in document.parts:
        assert part.identity is not None
        assert not part.identity.key_agrees
        for body in results(part):
            check(body, part.identity.birth_date, 1_760_000_000_000)


@needs_samples
def test_leucocytes_are_not_a_thousand_times_too_few() -> None:
    (body,) = [
        body
        for body in results(read("hprim/freemedforms_02_test2.hpr").parts[0])
        if body.label == "LEUCOCYTES"
    ]
    assert (body.value, body.low, body.high, body.flag, body.panel) == (
        "2920",
        "4000",
        "10000",
        "L",
        "HEMATOLOGIE",
    )


@needs_samples
def test_messages_without_rows_are_text() -> None:
    document = read("hprim/freemedforms_04_test4.hpr")
    assert [part.statements for part in document.parts] == [(), ()]
    assert all("I.G.E Totales" in part.text and "blabla" in part.text for part in document.parts)


@needs_samples
def test_a_message_without_end_mark_says_so() -> None:
    document = read("hprim/freemedforms_08_test1.hpr")
    assert document.identity is not None
    assert document.identity.birth_name == "FAKENAME"
    assert any("fin manque" in said for said in document.unread)


@needs_samples
def test_hprim_sante() -> None:
    document = read("hprim/libHprim_test_1.hpr")
    assert [(body.label, body.value, body.low, body.high) for body in results(document)] == [
        ("TGO ADVIA", "16", "10", "40"),
        ("Hematocrite", "38.2", "35", "48"),
    ]


@needs_samples
@pytest.mark.parametrize(
    ("name", "act", "kind"),
    [
        ("hl7v2/message_ORU_CR_Bio_INIT_N3_SEGUR.hl7", "initial", "lab-report"),
        ("hl7v2/message_ORU_CR_Bio_RPLC_N3_SEGUR.hl7", "replacement", "lab-report"),
        ("hl7v2/message_MDM_CR_Radio_INIT_N1_Base64.er7", "initial", "imaging"),
    ],
)
def test_messages_of_the_agency(name: str, act: str, kind: str) -> None:
    document = read(name)
    assert (document.format, document.act, document.kind, document.statements) == ("hl7v2", act, kind, ())
    assert document.identity is not None
    assert (document.identity.matricule, document.identity.key_agrees) == ("279035121518989", True)
    (part,) = document.parts
    assert part.format == "cda"
    assert part.act == act
    assert "Masqué aux professionnels de Santé : non" in document.text


@needs_samples
def test_a_deletion_made_of_the_replacement_deletes() -> None:
    content = (SAMPLES / "hl7v2/message_ORU_CR_Bio_RPLC_N3_SEGUR.hl7").read_bytes()
    deleting = content.replace(b"||||||C|", b"||||||D|").replace(b"ORC|RO|", b"ORC|CA|")
    assert deleting != content
    document = detect.read(deleting, Limits())
    assert document.act == "deletion"
    assert document.parts[0].act == "deletion"
    assert document.parts[0].identifier in document.parts[0].replaces


@needs_samples
def test_every_sample_is_recognised() -> None:
    expected = {"cda": "cda", "hprim": "hprim", "hl7v2": "hl7v2", "fhir": "fhir"}
    for folder, name in expected.items():
        for path in sorted((SAMPLES / folder).iterdir()):
            assert detect.format_of(path.read_bytes(), path.name) == name, path.name


def test_a_message_is_found_again_whatever_its_line_ends() -> None:
    text = "MSH|^~\\&|A\rPID|1\rOBX|1\r"
    for ends in ("\r", "\n", "\r\n"):
        (message,) = messages_of(text.replace("\r", ends), Limits())
        assert [segment.name for segment in message.segments] == ["MSH", "PID", "OBX"]
