"""What the first screen says: what must not be missed, and nothing that is not so."""

from __future__ import annotations

from datetime import date

import pytest

from lanterne.practice.chart.commands import Record as WriteStatement
from lanterne.practice.chart.commands import StateNoneKnown
from lanterne.practice.chart.queries import Summary, curve, is_current, out_of_range, summary
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import PatientId
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, chart, fact, write
from tests.practice.test_rules import measure

TODAY = date(2026, 3, 2)


def seen(record_: Record, patient: PatientId = JEAN_BAPTISTE) -> Summary:
    return summary(chart(record_, patient), today=TODAY)


def result(value: str, **more: str) -> ResultRecorded:
    return ResultRecorded(label="Potassium", code="2823-3", value=value, unit="mmol/L", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        (result("4.0", low="3.5", high="5.0"), "N"), (result("3.5", low="3.5", high="5.0"), "N"), (result("5.0", low="3.5", high="5.0"), "N"),
        (result("3.4", low="3.5", high="5.0"), "L"), (result("5.1", low="3.5", high="5.0"), "H"), (result("9"), "N"),
        (result("5.1", high="5.0", flag="HH"), "HH"), (result("4.0", low="3.5", flag="A"), "A"), (result("9", high="5.0", flag="N"), "N"),
        (result("négatif", flag="A"), "A"), (result("négatif", low="1", high="2"), "N"), (result("4", low="a"), "N"),
        # "<5" is below any bound of 5 or more, and says nothing of one of 4.
        (result("5", comparator="<", low="10"), "L"), (result("5", comparator="<", low="3"), "N"), (result("5", comparator="<", high="4"), "N"),
        (result("5", comparator=">", high="4"), "H"), (result("5", comparator=">", low="10"), "N"), (result("5", comparator=">=", high="4"), "H"),
        (result("NaN", low="1"), "N"), (result("1e999999", high="1"), "H"),
    ],
)  # fmt: skip
def test_out_of_range(body: ResultRecorded, flag: str) -> None:
    assert out_of_range(body) == flag


def test_the_newest_result_of_a_test_says_whether_it_is_out_of_range(garance: Record) -> None:
    for at, value in (("2024-01-01", "6.1"), ("2025-01-01", "4.2")):
        record(garance, WriteStatement(JEAN_BAPTISTE, result(value, high="5.0"), at))
    record(
        garance,
        WriteStatement(JEAN_BAPTISTE, ResultRecorded(label="CRP", value="80", high="5"), "2024-06-01"),
    )
    assert [item.label for item in seen(garance).out_of_range] == ["CRP"]
    record(garance, WriteStatement(JEAN_BAPTISTE, result("5.9", high="5.0"), "2025-06-01"))
    assert [item.label for item in seen(garance).out_of_range] == ["Potassium", "CRP"]


@pytest.mark.parametrize(
    ("body", "current"),
    [
        ({}, True), ({"status": "on-hold"}, True), ({"status": "stopped", "stop_reason": "x"}, False), ({"status": "completed"}, False),
        ({"until": "2026-03-02"}, True), ({"until": "2026-03-01"}, False), ({"until": "2026-03"}, True), ({"until": "2026-02"}, False),
        ({"until": "2026"}, True), ({"until": "2025"}, False), ({"until": "2030-01-01"}, True),
    ],
)  # fmt: skip
def test_a_treatment_is_current_until_its_end_is_over(
    garance: Record, body: dict[str, str], current: bool
) -> None:
    treatment = TreatmentRecorded(substance="Metformine", **body)  # type: ignore[arg-type]
    assert is_current(treatment, TODAY) is current
    record(garance, WriteStatement(JEAN_BAPTISTE, treatment))
    assert bool(seen(garance).treatments) is current


def test_none_known_is_not_not_filled_in(garance: Record) -> None:
    assert seen(garance).empty_sections == {}
    record(garance, StateNoneKnown(JEAN_BAPTISTE, "allergies"))
    assert list(seen(garance).empty_sections) == ["allergies"]
    record(garance, WriteStatement(JEAN_BAPTISTE, ProblemRecorded(label="HTA")))
    assert list(seen(garance).empty_sections) == ["allergies"]
    write(garance, fact("allergy.recorded", {"substance": "Latex"}))  # by another device, which did not know
    assert seen(garance).empty_sections == {}
    assert [item.label for item in seen(garance).allergies] == ["Latex"]


def test_problems_that_are_over_are_background(garance: Record) -> None:
    for label, clinical in (
        ("HTA", "active"),
        ("Asthme", "recurrence"),
        ("Appendicite", "resolved"),
        ("Dépression", "remission"),
    ):
        record(garance, WriteStatement(JEAN_BAPTISTE, ProblemRecorded(label=label, clinical=clinical)))  # type: ignore[arg-type]
    found = seen(garance)
    assert {item.label for item in found.problems} == {"HTA", "Asthme"}
    assert {item.label for item in found.background} == {"Appendicite", "Dépression"}


def test_resolved_and_refuted_allergies_do_not_alarm(garance: Record) -> None:
    for name, clinical, verification in (
        ("A", "active", "confirmed"),
        ("B", "resolved", "confirmed"),
        ("C", "active", "refuted"),
        ("D", "active", "unconfirmed"),
    ):
        write(garance, fact("allergy.recorded", {"substance": name, "clinical": clinical, "verification": verification}))  # fmt: skip
    assert {item.label for item in seen(garance).allergies} == {"A", "D"}


def test_an_allergy_this_program_cannot_read_alarms_all_the_same(garance: Record) -> None:
    write(garance, fact("allergy.recorded", {"substance": "Neuf", "clinical": "dormant"}))
    write(garance, fact("allergy.recorded", {"label": "Plus neuf"}, version=2))
    assert [(item.label, item.body) for item in seen(garance).allergies] == [
        ("Plus neuf", None),
        ("Neuf", None),
    ]


def figures(found: Summary) -> dict[str, float]:
    return {one.measure.key: one.value for one in found.calculated}


def test_body_mass_from_the_newest_weight_and_height(garance: Record) -> None:
    record(garance, WriteStatement(JEAN_BAPTISTE, measure(height="180"), "2010-05-01"))
    assert figures(seen(garance)) == {}
    record(garance, WriteStatement(JEAN_BAPTISTE, measure(weight="90"), "2024-01-01"))
    record(garance, WriteStatement(JEAN_BAPTISTE, measure(weight="81"), "2025-01-01"))
    found = seen(garance)
    assert figures(found) == {"bmi": 25.0}
    assert {item.day for item in found.calculated[0].of} == {"2010-05-01", "2025-01-01"}


def test_a_childs_height_of_long_ago_makes_no_body_mass(garance: Record) -> None:
    child = PatientId("c0" * 16)
    write(garance, fact("patient.identified", {"birth_name": "Petit", "first_given": "Léo", "birth_date": "2015-01-01"}), patient=child)  # fmt: skip
    record(garance, WriteStatement(child, measure(height="110"), "2020-06-01"))
    record(garance, WriteStatement(child, measure(weight="34"), "2026-01-01"))
    assert figures(seen(garance, child)) == {}
    record(garance, WriteStatement(child, measure(height="140"), "2025-12-10"))
    assert figures(seen(garance, child)) == {"bmi": 17.3}


@pytest.mark.parametrize(
    ("value", "unit", "more", "egfr"),
    [
        ("80", "umol/L", {}, 90.0), ("80", "µmol/L", {}, 90.0), ("9.05", "mg/L", {}, 90.0), ("0.905", "mg/dL", {}, 90.0),
        ("80", "nmol/L", {}, None), ("80", "umol/L", {"comparator": "<"}, None), ("voir texte", "umol/L", {}, None), ("1", "umol/L", {}, None),
    ],
)  # fmt: skip
def test_filtration_from_the_newest_creatinine(
    garance: Record, value: str, unit: str, more: dict[str, str], egfr: float | None
) -> None:
    """A man of 73: 142 × (0.905 / 0.9)^−1.2 × 0.9938^73 = 89.6, rounded (CKD-EPI 2021)."""
    body = {"label": "Créatinine", "code": "14682-9", "value": value, "unit": unit, **more}
    write(garance, fact("result.recorded", body, at="2026-01-05"))
    assert figures(seen(garance)).get("egfr") == egfr


def test_no_filtration_for_a_sex_or_age_that_is_not_known(garance: Record) -> None:
    for patient, more in (
        (PatientId("c1" * 16), {"birth_date": "1950"}),
        (PatientId("c2" * 16), {"birth_date": "1950-01-01"}),
    ):
        write(
            garance,
            fact("patient.identified", {"birth_name": "X", "first_given": "Y", **more}),
            patient=patient,
        )
        write(garance, fact("result.recorded", {"label": "Créatinine", "code": "14682-9", "value": "80", "unit": "umol/L"}), patient=patient)  # fmt: skip
        assert figures(seen(garance, patient)) == {}


def test_values_that_passed_no_rule_do_not_keep_a_chart_from_opening(garance: Record) -> None:
    for value in ("abc", "NaN", "Infinity", "", "72,5", "1e400", "9" * 5000):
        components = [
            {"code": code, "label": "x", "value": value, "unit": "kg"} for code in ("29463-7", "8302-2")
        ]
        write(garance, fact("measure.recorded", {"components": components}))
        write(garance, fact("result.recorded", {"label": "Créatinine", "code": "14682-9", "value": value, "unit": "umol/L", "low": value}))  # fmt: skip
        assert "bmi" not in figures(seen(garance))
        curve(chart(garance), "14682-9", "", "umol/L")
    write(garance, fact("treatment.recorded", {"substance": "x", "until": "n’importe"}))
    assert seen(garance).treatments


def test_a_curve_mixes_no_units_and_draws_no_words(garance: Record) -> None:
    for at, value, unit in (("2024-01-01", "80", "umol/L"), ("2024-02-01", "0.9", "mg/dL"), ("2024-03-01", "85.0", "umol/L"), ("2024-04-01", "illisible", "umol/L")):  # fmt: skip
        write(garance, fact("result.recorded", {"label": "Créatinine", "code": "14682-9", "value": value, "unit": unit}, at=at))  # fmt: skip
    assert [(item.day, str(value)) for item, value in curve(chart(garance), "14682-9", "", "umol/L")] == [
        ("2024-01-01", "80"), ("2024-03-01", "85.0"),
    ]  # fmt: skip


def test_the_newest_of_each_measure_whatever_came_with_it(garance: Record) -> None:
    record(
        garance,
        WriteStatement(JEAN_BAPTISTE, measure(weight="80", systolic="150", diastolic="90"), "2025-01-01"),
    )
    record(garance, WriteStatement(JEAN_BAPTISTE, measure(weight="82"), "2025-02-01"))
    newest = {one.component.label: one.component.value for one in seen(garance).latest_measures}
    assert newest["Poids"] == "82"
    assert newest["Pression artérielle systolique"] == "150"
    assert isinstance(seen(garance).latest_measures[0].statement.body, MeasureRecorded)


def test_one_day_is_told_in_the_order_it_was_written(garance: Record) -> None:
    """Lines of a panel as the laboratory wrote them; what was written last on top."""
    write(
        garance,
        *(fact("result.recorded", {"label": f"L{n}", "value": "1"}, at="2025-06-01") for n in range(5)),
    )
    write(garance, fact("result.recorded", {"label": "après", "value": "1"}, at="2025-06-01"))
    from lanterne.practice.chart.statements import page

    assert [item.label for item in page(chart(garance), ["result.recorded"], limit=10)] == [
        "après",
        *(f"L{n}" for n in range(5)),
    ]


def test_charts_of_two_patients_never_mix(garance: Record) -> None:
    write(garance, fact("allergy.recorded", {"substance": "À lui"}))
    write(garance, fact("allergy.recorded", {"substance": "À elle"}), patient=MADELEINE)
    assert [item.label for item in seen(garance).allergies] == ["À lui"]
    assert [item.label for item in seen(garance, MADELEINE).allergies] == ["À elle"]
