"""What was measured, found or told goes to the room that holds it, with its digits."""

from __future__ import annotations

from typing import Any

import pytest

from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.results.facts import ResultRecorded
from tests.intake.fhir.made import concept, only, read_one, reasons

LOINC = "http://loinc.org"


def observation(code: str, display: str, category: str = "", **more: Any) -> dict[str, Any]:
    held = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": concept(code, display, LOINC),
    }
    if category:
        held["category"] = [
            concept(category, system="http://terminology.hl7.org/CodeSystem/observation-category")
        ]
    return {**held, "effectiveDateTime": "2024-02-03T08:15:00+01:00", **more}


def quantity(value: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit, **more}


def result(resource: dict[str, Any]) -> ResultRecorded:
    body = only(read_one(resource)).body
    assert isinstance(body, ResultRecorded)
    return body


def test_a_laboratory_result_with_all_it_says() -> None:
    body = result(
        observation(
            "2823-3", "Potassium", "laboratory",
            valueQuantity=quantity(5.6, "mmol/L", comparator=">"),
            referenceRange=[{"low": quantity(3.5, "mmol/L"), "high": quantity(5.0, "mmol/L")}],
            interpretation=[concept("HH", system="http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")],
            performer=[{"display": "Laboratoire des Halles"}],
            method=concept(text="Potentiométrie"),
            note=[{"text": "Contrôlé"}],
        )
    )  # fmt: skip
    assert body == ResultRecorded(
        label="Potassium", code="2823-3", value="5.6", comparator=">", unit="mmol/L", low="3.5", high="5.0", flag="HH",
        laboratory="Laboratoire des Halles", method="Potentiométrie", comment="Contrôlé",
    )  # fmt: skip


def test_decimals_keep_their_digits() -> None:
    from lanterne.intake.fhir import read
    from lanterne.intake.reading import Limits
    from tests.intake.fhir.made import bundle

    resource = observation("718-7", "Hémoglobine", "laboratory", valueQuantity=quantity("@", "g/L"))
    written = bundle(resource).replace(b'"@"', b"7.40")
    body = only(read(written, Limits())).body
    assert isinstance(body, ResultRecorded)
    assert body.value == "7.40"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"valueCodeableConcept": concept("10828004", "Positif")}, "Positif"),
        ({"valueString": "Rares colonies"}, "Rares colonies"),
        ({"valueInteger": 3}, "3"),
        ({"valueBoolean": False}, "non"),
        ({"valueRange": {"low": quantity(5, "mg"), "high": quantity(10, "mg")}}, "5 mg – 10 mg"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1 / 128"),
        ({"dataAbsentReason": concept("not-performed", system="x")}, "non réalisé"),
    ],
)
def test_values_of_every_type(value: dict[str, Any], read: str) -> None:
    assert result(observation("1", "Recherche", "laboratory", **value)).value == read


def test_no_value_and_no_reason_is_no_result() -> None:
    document = read_one(observation("2823-3", "Potassium", "laboratory"))
    assert not document.statements
    assert "sans valeur" in reasons(document)


@pytest.mark.parametrize("number", [1e40, 10**30, 1e-40])
def test_a_number_nobody_measures_is_kept_as_words(number: float) -> None:
    body = result(observation("2823-3", "Potassium", "laboratory", valueQuantity=quantity(number, "mmol/L")))
    assert "Nombre démesuré" in body.comment
    assert len(body.value) < 30


def test_components_are_one_result_each_under_the_name_of_the_whole() -> None:
    parts = [
        {"code": concept("1", "Aspect", LOINC), "valueString": "limpide"},
        {"code": concept("2", "Leucocytes", LOINC), "valueQuantity": quantity(4, "/uL")},
    ]
    statements = read_one(observation("24356-8", "Examen d’urine", "laboratory", component=parts)).statements
    assert [
        (one.key, one.body.panel, one.body.value)
        for one in statements
        if isinstance(one.body, ResultRecorded)
    ] == [
        ("Observation/o1#1", "Examen d’urine", "limpide"),
        ("Observation/o1#2", "Examen d’urine", "4"),
    ]


def test_a_report_names_its_results_and_states_only_its_conclusion() -> None:
    report = {
        "resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": concept(text="Ionogramme"),
        "result": [{"reference": "Observation/o1"}], "performer": [{"display": "Laboratoire des Halles"}],
        "conclusion": "Hyperkaliémie",
    }  # fmt: skip
    potassium = observation("2823-3", "Potassium", "laboratory", valueQuantity=quantity(5.6, "mmol/L"))
    bodies = {one.key: one.body for one in read_one(report, potassium).statements}
    body, conclusion = bodies["Observation/o1"], bodies["DiagnosticReport/r"]
    assert isinstance(body, ResultRecorded)
    assert isinstance(conclusion, ResultRecorded)
    assert (body.panel, body.laboratory) == ("Ionogramme", "Laboratoire des Halles")
    assert (conclusion.label, conclusion.value) == ("Conclusion : Ionogramme", "Hyperkaliémie")


def test_results_contained_in_their_report_are_read() -> None:
    inside = observation("2823-3", "Potassium", "laboratory", valueQuantity=quantity(4, "mmol/L"))
    report = {
        "resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": concept(text="Ionogramme"),
        "contained": [inside], "result": [{"reference": "#o1"}],
    }  # fmt: skip
    statement = only(read_one(report))
    assert statement.key == "DiagnosticReport/r#o1"
    assert isinstance(statement.body, ResultRecorded)
    assert statement.body.panel == "Ionogramme"


def measure(resource: dict[str, Any]) -> MeasureRecorded:
    body = only(read_one(resource)).body
    assert isinstance(body, MeasureRecorded)
    return body


def pressure(systolic: float, diastolic: float) -> dict[str, Any]:
    parts = [
        {"code": concept("8480-6", "Systolic", LOINC), "valueQuantity": quantity(systolic, "mm[Hg]")},
        {"code": concept("8462-4", "Diastolic", LOINC), "valueQuantity": quantity(diastolic, "mm[Hg]")},
    ]
    return observation("85354-9", "Pression artérielle", "vital-signs", component=parts)


def test_a_pressure_is_one_measure_of_two_values() -> None:
    components = measure(pressure(132, 84)).components
    assert [(one.code, one.value, one.unit) for one in components] == [
        ("8480-6", "132", "mm[Hg]"), ("8462-4", "84", "mm[Hg]"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "resource", [pressure(80, 120), observation("29463-7", "Poids", valueQuantity=quantity(4000, "kg"))]
)
def test_what_no_human_has_stays_text(resource: dict[str, Any]) -> None:
    document = read_one(resource)
    assert not document.statements
    assert "hors de ce qu’un humain peut avoir" in reasons(document)


def test_units_convert_by_powers_of_ten_only_and_say_so() -> None:
    body = measure(observation("29463-7", "Poids", "vital-signs", valueQuantity=quantity(3450, "g")))
    assert body.components == [Component(code="29463-7", label="Poids", value="3.45", unit="kg")]
    assert body.comment == "Écrit 3450 g"


def test_another_unit_stays_a_result_as_written() -> None:
    body = result(observation("29463-7", "Poids", "vital-signs", valueQuantity=quantity(180, "[lb_av]")))
    assert (body.value, body.unit) == ("180", "[lb_av]")


def test_a_vital_sign_without_category_is_known_by_its_code() -> None:
    assert (
        measure(observation("8310-5", "Température", valueQuantity=quantity(38.5, "Cel"))).components[0].value
        == "38.5"
    )


def test_tobacco_is_lifestyle_whatever_its_category() -> None:
    smoker = observation(
        "72166-2", "Tabac", "survey", valueCodeableConcept=concept("449868002", "Fume tous les jours")
    )
    body = only(read_one(smoker)).body
    assert body == LifestyleRecorded(topic="tobacco", label="Tabac : Fume tous les jours", at_risk=True)


def test_a_quantity_of_lifestyle_is_a_number() -> None:
    body = only(read_one(observation("8664-5", "Paquets-années", valueQuantity=quantity(20, "{PA}")))).body
    assert body == LifestyleRecorded(topic="tobacco", label="Paquets-années", quantity="20", unit="{PA}")


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_what_was_cancelled_or_wrong_is_no_result(status: str) -> None:
    resource = observation(
        "2823-3", "Potassium", "laboratory", valueQuantity=quantity(5, "mmol/L"), status=status
    )
    assert not read_one(resource).statements
