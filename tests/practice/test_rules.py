"""Every rule refuses what it says, and lets its neighbour pass."""

from __future__ import annotations

from typing import Any

import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.checks import FIELD_CHARACTERS, LIST_ITEMS, check
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.rules import LARGEST_BYTES, check_content, media_type_of
from lanterne.practice.errors import Refusal
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Body, Coding
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded

# 2 March 2026, 12:00:00 UTC, and Jean Baptiste was born on 3 April 1952.
NOON_MS = 1_772_452_800_000
BORN = "1952-04-03"
NOTE = NoteRecorded(text="RAS")


def code_of(body: Body, at: str | None = None, born: str = BORN) -> str:
    """The code and field of the refusal; empty when it passes."""
    try:
        check(body, at, born, NOON_MS)
    except Refusal as refused:
        return f"{refused.code} {refused.field}".strip()
    return ""


@pytest.mark.parametrize(
    ("at", "born", "code"),
    [
        (None, BORN, ""), ("", BORN, ""),
        ("2026-03-02", BORN, ""), ("2026-03-03", BORN, ""),  # already tomorrow in Nouméa
        ("2026-03-04", BORN, "date_future at"), ("2027", BORN, "date_future at"), ("2026", BORN, ""), ("2026-03", BORN, ""),
        ("2026-04", BORN, "date_future at"),
        ("2026-03-02T12:09Z", BORN, ""), ("2026-03-02T12:11Z", BORN, "date_future at"),
        ("2026-03-02T13:09+01:00", BORN, ""), ("2026-03-02T13:11+01:00", BORN, "date_future at"),
        ("2026-03-02T12:05", BORN, "date_invalid at"), ("2026-03-02T12:05:30.25Z", BORN, ""),
        ("1952-04-03", BORN, ""), ("1952-04-02", BORN, "date_before_birth at"), ("1952-04", BORN, ""), ("1952", BORN, ""),
        ("1952-03", BORN, "date_before_birth at"), ("1951", BORN, "date_before_birth at"),
        ("1952-04-03T00:00Z", BORN, ""), ("1952-04-02T23:59Z", BORN, "date_before_birth at"),
        ("1951", "", ""), ("1951", "1952", "date_before_birth at"), ("1952-01-01", "1952", ""), ("1952-03-31", "1952-04", "date_before_birth at"),
        ("1880", "", ""), ("1879", "", "date_invalid at"), ("1879-01-01T00:00Z", "", "date_invalid at"),
        ("2025-02-29", BORN, "date_invalid at"), ("2024-02-29", BORN, ""), ("2025-13", BORN, "date_invalid at"),
        ("2025-00-10", BORN, "date_invalid at"), ("2025-1-2", BORN, "date_invalid at"), ("20250102", BORN, "date_invalid at"),
        ("2025\n", BORN, "date_invalid at"), ("２０２５", BORN, "date_invalid at"), ("hier", BORN, "date_invalid at"),
        ("2025-W01-1T10:00", BORN, "date_invalid at"), ("20250102T1020", BORN, "date_invalid at"), ("2025-01-02T25:00Z", BORN, "date_invalid at"),
        ("2025-01-02T10:00+99:00", BORN, "date_invalid at"), ("T", BORN, "date_invalid at"), ("2025-01-02t10:00", BORN, "date_invalid at"),
    ],
)  # fmt: skip
def test_when_it_happened(at: str | None, born: str, code: str) -> None:
    assert code_of(NOTE, at, born) == code


def test_whatever_passes_can_be_written_in_an_entry() -> None:
    """The door refuses in words what the entry would refuse by a number (E19)."""
    from lanterne.wire.names import FactId
    from lanterne.wire.part import Fact, Part, encode_part

    for at in ("2026", "2026-03", "2026-03-02", "2026-03-02T12:05:30.25Z", "2026-03-02T12:05+01:00"):
        assert code_of(NOTE, at) == ""
        encode_part(Part(None, (Fact(FactId("11" * 16), NOTE.KIND, 1, (), at, {"text": "RAS"}),)))


def measure(**values: str) -> MeasureRecorded:
    from lanterne.reference.measures import BY_KEY

    return MeasureRecorded(
        components=[
            Component(code=BY_KEY[key].code, label=BY_KEY[key].label, value=value, unit=BY_KEY[key].unit)
            for key, value in values.items()
        ]
    )


ALLERGY = {"substance": "Pénicilline"}
TREATMENT = {"substance": "Metformine"}
RESULT = {"label": "Hb", "value": "12"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (AllergyRecorded(**ALLERGY), ""), (AllergyRecorded(substance="  "), "field_missing substance"),
        (AllergyRecorded(**ALLERGY, onset="1980"), ""), (AllergyRecorded(**ALLERGY, onset="1940"), "date_before_birth onset"),
        (AllergyRecorded(**ALLERGY, onset="2030"), "date_future onset"), (AllergyRecorded(**ALLERGY, onset="19"), "date_invalid onset"),
        (AllergyRecorded(**ALLERGY, criticality="rare"), "value_not_in_list criticality"),  # type: ignore[arg-type]
        (AllergyRecorded(substance=3), "value_not_in_list substance"),  # type: ignore[arg-type]
        (AllergyRecorded(**ALLERGY, coding=Coding(system="s", code="c")), ""),
        (ProblemRecorded(label="HTA"), ""), (ProblemRecorded(label=""), "field_missing label"),
        (ProblemRecorded(label="HTA", onset="2010", abatement="2010"), ""), (ProblemRecorded(label="HTA", onset="2010-05", abatement="2010"), ""),
        (ProblemRecorded(label="HTA", onset="2010-05", abatement="2010-04-30"), "dates_reversed abatement"),
        (ProblemRecorded(label="HTA", onset="2011", abatement="2010"), "dates_reversed abatement"),
        (ProblemRecorded(label="HTA", abatement="2027"), "date_future abatement"),
        (AldRecorded(label="Diabète", list_number=8, since="2020", until="2030"), ""), (AldRecorded(label="x", list_number=32), ""),
        (AldRecorded(label="x", list_number=33), "ald_number list_number"), (AldRecorded(label="x", list_number=-1), "ald_number list_number"),
        (AldRecorded(label="x", since="2020", until="2019"), "dates_reversed until"), (AldRecorded(label="x", until="20-1"), "date_invalid until"),
        (AldRecorded(label="x", since="2027"), "date_future since"), (AldRecorded(label=""), "field_missing label"),
        (TreatmentRecorded(**TREATMENT), ""), (TreatmentRecorded(substance="", brand="Glucophage"), ""),
        (TreatmentRecorded(substance="", brand=" "), "field_missing substance"),
        (TreatmentRecorded(**TREATMENT, status="stopped"), "stop_reason_missing stop_reason"),
        (TreatmentRecorded(**TREATMENT, status="stopped", stop_reason="toux"), ""), (TreatmentRecorded(**TREATMENT, status="stopped", until="2024"), ""),
        (TreatmentRecorded(**TREATMENT, since="2024", until="2023-12"), "dates_reversed until"), (TreatmentRecorded(**TREATMENT, until="2030-01-01"), ""),
        (TreatmentRecorded(**TREATMENT, until="demain"), "date_invalid until"), (TreatmentRecorded(**TREATMENT, since="2026-03-10"), "date_future since"),
        (ImmunizationRecorded(vaccine="ROR"), ""), (ImmunizationRecorded(vaccine=""), "field_missing vaccine"),
        (ImmunizationRecorded(vaccine="ROR", status="not-done"), "not_done_reason_missing reason"),
        (ImmunizationRecorded(vaccine="ROR", status="not-done", reason="refus"), ""),
        (measure(weight="72.5"), ""), (MeasureRecorded(components=[]), "measure_empty"),
        (measure(weight="0.3"), ""), (measure(weight="0.2"), "measure_implausible weight"), (measure(weight="400"), ""),
        (measure(weight="401"), "measure_implausible weight"), (measure(temperature="25"), ""), (measure(temperature="45.1"), "measure_implausible temperature"),
        (measure(weight="72,5"), "number_invalid weight"), (measure(weight="1e2"), "number_invalid weight"), (measure(weight="7_2"), "number_invalid weight"),
        (measure(weight=" 72"), "number_invalid weight"), (measure(weight="NaN"), "number_invalid weight"), (measure(weight="７２"), "number_invalid weight"),
        (measure(weight="72\n"), "number_invalid weight"), (measure(weight=""), "number_invalid weight"), (measure(weight="+72"), ""),
        (measure(systolic="130", diastolic="80"), ""), (measure(systolic="80", diastolic="130"), "pressure_reversed diastolic"),
        (measure(systolic="80", diastolic="80"), "pressure_reversed diastolic"), (measure(systolic="130"), ""),
        (MeasureRecorded(components=[Component(code="29463-7", label="Poids", value="72", unit="g")]), "unit_unexpected weight"),
        (MeasureRecorded(components=[Component(code="99999-9", label="Autre", value="5", unit="x")]), ""),
        (MeasureRecorded(components=[Component(code="99999-9", label="Autre", value="cinq", unit="x")]), "number_invalid 99999-9"),
        (MeasureRecorded(components=measure(weight="72").components * (LIST_ITEMS + 1)), "too_many components"),
        (ResultRecorded(**RESULT), ""), (ResultRecorded(label="", value="1"), "field_missing label"), (ResultRecorded(label="Hb", value=" "), "field_missing value"),
        (ResultRecorded(label="VIH", value="négatif"), ""), (ResultRecorded(label="CRP", value="5", comparator="<"), ""),
        (ResultRecorded(label="CRP", value="négatif", comparator="<"), "number_invalid value"), (ResultRecorded(**RESULT, low="a"), "number_invalid low"),
        (ResultRecorded(**RESULT, low="11", high="13"), ""), (ResultRecorded(**RESULT, low="13", high="13"), ""),
        (ResultRecorded(**RESULT, low="13", high="11"), "range_reversed high"), (ResultRecorded(**RESULT, flag="Z"), "value_not_in_list flag"),  # type: ignore[arg-type]
        (LifestyleRecorded(topic="tobacco", label="20 PA", quantity="20"), ""), (LifestyleRecorded(topic="tobacco", label="x", quantity="vingt"), "number_invalid quantity"),
        (LifestyleRecorded(topic="tobacco", label=""), "field_missing label"), (LifestyleRecorded(topic="météo", label="x"), "value_not_in_list topic"),  # type: ignore[arg-type]
        (FamilyRecorded(relation="mother", label="AVC", age_at_onset=60), ""), (FamilyRecorded(relation="mother", label="AVC"), ""),
        (FamilyRecorded(relation="mother", label="AVC", age_at_onset=121), "age_invalid age_at_onset"), (FamilyRecorded(relation="mother", label="AVC", age_at_onset=120), ""),
        (FamilyRecorded(relation="mother", label="AVC", age_at_onset=-2), "age_invalid age_at_onset"), (FamilyRecorded(relation="mother", label=""), "field_missing label"),
        (ConsultationRecorded(text="x"), ""), (ConsultationRecorded(conclusion="x"), ""), (ConsultationRecorded(), "field_missing reason"),
        (ConsultationRecorded(reason=" \n"), "field_missing reason"),
        (NoteRecorded(text=" "), "field_missing text"), (NoteRecorded(text="x" * FIELD_CHARACTERS), ""),
        (NoteRecorded(text="x" * (FIELD_CHARACTERS + 1)), "text_too_long text"),
        (ConsultationRecorded(text="x", problems=["y" * (FIELD_CHARACTERS + 1)]), "text_too_long problems"),
        (ProcedureRecorded(label="Appendicectomie"), ""), (ProcedureRecorded(label=""), "field_missing label"),
        (DocumentFiled(blob="b", key="k", size=1, media_type="text/plain", title="Lettre"), ""),
        (DocumentFiled(blob="b", key="k", size=1, media_type="text/plain"), "field_missing title"),
    ],
)  # fmt: skip
def test_what_is_stated(body: Any, code: str) -> None:
    assert code_of(body) == code


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"), (b"\x89PNG\r\n\x1a\n...", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"), (b"RIFF\0\0\0\0WEBP", "image/webp"), (b"RIFF\0\0\0\0WAVE", "application/octet-stream"),
        ("Compte rendu.\n\tSigné : é".encode(), "text/plain"), ("é".encode("latin-1"), "application/octet-stream"),
        (b"<html><script>", "application/octet-stream"), (b"\xef\xbb\xbf  <svg onload=", "application/octet-stream"),
        (b"MZ\x90\0", "application/octet-stream"), (b"PK\x03\x04", "application/octet-stream"), (b" %PDF-1.7", "text/plain"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type
    assert check_content(content) == media_type


def test_files_too_small_and_too_large() -> None:
    for content, code in ((b"", "file_empty"), (bytes(LARGEST_BYTES + 1), "file_too_large")):
        with pytest.raises(Refusal) as refused:
            check_content(content)
        assert refused.value.code == code
    assert check_content(bytes(LARGEST_BYTES)) == "application/octet-stream"
