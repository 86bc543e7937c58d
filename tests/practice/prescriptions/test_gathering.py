"""What the checks are given: from the chart, never from the form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.kinds import Body, Coding
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.patients.queries import group_of
from lanterne.practice.prescriptions.checks.context import Context, Measured
from lanterne.practice.prescriptions.expecting import expecting
from lanterne.practice.prescriptions.facts import Line, Substance
from lanterne.practice.prescriptions.gathering import Held, gather
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.record import Record
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import FactId
from tests.cast import JEAN_BAPTISTE
from tests.practice.prescriptions.pharmacy import Pharmacy
from tests.practice.stage import fact, write

TODAY = date(2026, 1, 2)
CREATININE = {"label": "Créatinine", "code": "14682-9", "unit": "µmol/L"}


def context(record: Record, *lines: Line) -> Context:
    connection = record.connection()
    group = group_of(connection, JEAN_BAPTISTE)
    assert group is not None
    return gather(connection, group, Pharmacy(), lines, today=TODAY).context


def stated(record: Record, *bodies: Body | tuple[Body, str]) -> Context:
    for one in bodies:
        body, at = one if isinstance(one, tuple) else (one, None)
        write(record, fact(body, at=at))
    return context(record)


def test_a_chart_of_which_nothing_was_asked(garance: Record) -> None:
    found = context(garance)
    assert (found.allergies_filled, found.treatments_filled) == ("never", "never")
    assert (found.age_years, found.sex, found.pregnant) == (73.0, "male", "no")
    assert (found.weight, found.creatinine, found.creatinine_unread, found.proposed) == (None, None, "", 0)


def test_asked_and_none(garance: Record) -> None:
    found = stated(garance, SectionEmpty(section="allergies"), SectionEmpty(section="treatments"))
    assert (found.allergies_filled, found.treatments_filled) == ("none", "none")


def test_allergies_that_stand(garance: Record) -> None:
    penicillin = Coding(system="http://www.whocc.no/atc", code="J01C")
    found = stated(
        garance,
        AllergyRecorded(substance="Pénicillines", coding=penicillin),
        AllergyRecorded(substance="Kiwi", category="food", nature="intolerance"),
        AllergyRecorded(substance="Iode", verification="refuted"),
        AllergyRecorded(substance="Latex", clinical="resolved"),
    )
    assert {(one.substance, one.atc, one.nature) for one in found.allergies} == {
        ("Pénicillines", "J01C", "allergy"), ("Kiwi", "", "intolerance"),
    }  # fmt: skip
    assert found.allergies_filled == "some"


def test_treatments_taken_stopped_over_and_proposed(garance: Record) -> None:
    found = stated(
        garance,
        TreatmentRecorded(substance="Bisoprolol 2,5 mg", posology="1 le matin"),
        TreatmentRecorded(substance="Inconnue", posology="?"),
        TreatmentRecorded(substance="amoxicilline", until="2025-12-01", long_term=False),
        TreatmentRecorded(substance="ramipril", status="stopped", stop_reason="toux", until="2025-05"),
        TreatmentProposed(substance="warfarine"),
    )
    assert {(one.given.label, one.given.parts) for one in found.taken} == {
        ("Bisoprolol 2,5 mg", ("bisoprolol",)), ("Inconnue", ()),
    }  # fmt: skip
    assert [(one.given.parts, one.day, one.reason) for one in found.stopped] == [
        (("ramipril",), "2025-05", "toux")
    ]
    assert found.proposed == 1


def test_what_a_newer_program_wrote_is_named(garance: Record) -> None:
    write(garance, fact("allergy.recorded", {"substance": "Abeille"}, version=9))
    assert context(garance).unreadable == ("Abeille",)


def test_the_newest_weight_and_creatinine_that_can_be_read(garance: Record) -> None:
    kilos = [Component(code="29463-7", label="Poids", value=value, unit="kg") for value in ("80", "72.5")]
    found = stated(
        garance,
        (MeasureRecorded(components=[kilos[0]]), "2024-01-01"),
        (MeasureRecorded(components=[kilos[1]]), "2025-06-01"),
        (ResultRecorded(**CREATININE, value="90"), "2025-01-01"),
        (ResultRecorded(**CREATININE, value="110"), "2025-06-01"),
        (ResultRecorded(**CREATININE, value="hémolysé"), "2025-07-01"),
    )
    assert found.weight == Measured(72.5, "2025-06-01")
    assert found.creatinine == Measured(110.0, "2025-06-01")
    assert found.creatinine_unread == "2025-07-01"


def test_creatinine_in_another_unit(garance: Record) -> None:
    milligrams = {**CREATININE, "unit": "mg/L"}
    found = stated(garance, (ResultRecorded(**milligrams, value="10"), "2025-06-01"))
    assert found.creatinine == Measured(pytest.approx(88.4), "2025-06-01")  # type: ignore[arg-type]


def test_a_line_is_what_its_names_say(garance: Record) -> None:
    whole = Line(typed="?", substance="amoxicilline et acide clavulanique", strength="1 g/125 mg")
    parts = [
        Substance(name="amoxicilline", strength="1 g"),
        Substance(name="acide clavulanique", strength="125 mg"),
    ]
    single = Line(typed="?", substance="Augmachin", substances=parts)
    unknown = Line(typed="?", substance="Granules")
    lines = context(garance, whole, single, unknown).lines
    assert [one.given.parts for one in lines] == [("amoxicilline", "acide clavulanique")] * 2 + [()]
    assert [one.strength for one in lines] == ["1 g/125 mg", "1 g/125 mg", ""]


# ---------------------------------------------------------------------- pregnancy


def problem(label: str, code: str = "", day: str = "2025-11-01", **said: Any) -> Held:
    coding = Coding(system="http://hl7.org/fhir/sid/icd-10", code=code) if code else None
    body = ProblemRecorded(label=label, coding=coding, **said)
    return Held(FactId("a" * 32), JEAN_BAPTISTE, day, label, False, body)


@pytest.mark.parametrize(
    ("problems", "term", "pregnant", "weeks"),
    [
        ([], None, "unknown", None),
        ([problem("Grossesse", "Z34.9")], None, "yes", None),
        ([problem("Enceinte de 3 mois")], None, "yes", None),
        ([problem("Désir de grossesse")], None, "unknown", None),
        ([problem("Grossesse", "Z34.9", verification="refuted")], None, "unknown", None),
        ([problem("Grossesse", "Z34.9", clinical="resolved", abatement="2025-12-01")], None, "unknown", None),
        ([problem("Grossesse", "Z34.9", day="2024-01-01")], None, "unknown", None),
        ([problem("Grossesse", "Z34.9")], Measured(12.0, "2025-12-19"), "yes", 14),
        ([], Measured(12.0, "2025-12-19"), "yes", 14),
        ([], Measured(12.0, "2025-01-01"), "unknown", None),
        ([problem("Grossesse", "Z34.9", clinical="resolved", abatement="2025-12-25")], Measured(12.0, "2025-12-19"), "unknown", None),
        ([problem("Diabète", "E11")], None, "unknown", None),
    ],
)  # fmt: skip
def test_expecting(problems: list[Held], term: Measured | None, pregnant: str, weeks: int | None) -> None:
    found = expecting(problems, term, sex="female", age_years=30.0, today=TODAY)
    assert (found.pregnant, found.weeks) == (pregnant, weeks)


@pytest.mark.parametrize(("sex", "age"), [("male", 30.0), ("female", 9.0), ("female", 56.0)])
def test_who_is_not_expecting(sex: str, age: float) -> None:
    assert expecting([], None, sex=sex, age_years=age, today=TODAY).pregnant == "no"


@pytest.mark.parametrize(("sex", "age"), [("", 30.0), ("female", None)])
def test_who_may_be(sex: str, age: float | None) -> None:
    assert expecting([], None, sex=sex, age_years=age, today=TODAY).pregnant == "unknown"
