"""What the charts say is medically possible: values, treatments that go with illnesses, allergies respected."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from lanterne.demo import DemoEvent, acute, acute_children, generate, illnesses
from lanterne.demo.events import years_between
from lanterne.demo.physiology import Physiology
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.reference import diagnoses, laboratory, measures, substances

SEED = 20
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def charts() -> dict[str, list[DemoEvent]]:
    found: dict[str, list[DemoEvent]] = {}
    for event in generate(seed=SEED, patients=150, today=TODAY):
        if event.patient is not None:
            found.setdefault(event.patient, []).append(event)
    return found


@pytest.fixture(scope="module")
def jean(charts: dict[str, list[DemoEvent]]) -> list[DemoEvent]:
    return next(
        events
        for events in charts.values()
        if isinstance(events[0].body, PatientIdentified) and events[0].body.birth_name == "BAPTISTE"
    )


def standing(events: list[DemoEvent], kind: type) -> list:
    replaced = {fact for event in events for fact in event.replaces}
    return [event.body for event in events if isinstance(event.body, kind) and event.fact_id not in replaced]


def test_the_tables_name_what_the_references_know() -> None:
    for episode in (*acute.ALL, *acute_children.ALL):
        for medicine in (episode.medicine, episode.instead):
            assert medicine is None or substances.named(medicine[0])
        assert not episode.code or diagnoses.find(episode.code)
        assert all(laboratory.named(key) for key in episode.tests)
        assert bool(episode.kept) <= bool(episode.code)
    for illness in illnesses.ALL:
        assert not illness.code or diagnoses.find(illness.code)
        assert all(substances.named(name) for line in illness.lines for name, _ in line)
        assert all(laboratory.named(key) for tests, _ in illness.labs for key in tests)
        assert [age for age, _ in illness.odds] == sorted(age for age, _ in illness.odds)


def test_measures_are_those_of_a_human_of_that_age(charts: dict[str, list[DemoEvent]]) -> None:
    for events in charts.values():
        born = date.fromisoformat(events[0].body.birth_date)  # type: ignore[attr-defined]
        for event in events:
            if not isinstance(event.body, MeasureRecorded):
                continue
            age = years_between(born, event.when.date())
            for component in event.body.components:
                known = measures.BY_CODE[component.code]
                value = float(component.value)
                assert component.unit == known.unit
                assert known.low <= value <= known.high
                if known.key == "weight":
                    assert 2 < value < 25 if age < 3 else 10 < value < 190, (age, value)
                if known.key == "height" and age >= 16:
                    assert 140 < value < 205
                if known.key == "temperature":
                    assert 35.5 <= value <= 41


def test_a_child_grows(charts: dict[str, list[DemoEvent]]) -> None:
    grown = 0
    for events in charts.values():
        born = date.fromisoformat(events[0].body.birth_date)  # type: ignore[attr-defined]
        heights = [
            float(component.value)
            for event in events
            if isinstance(event.body, MeasureRecorded) and years_between(born, event.when.date()) < 14
            for component in event.body.components
            if component.code == "8302-2"
        ]
        if len(heights) >= 5:
            grown += 1
            assert heights == sorted(heights)
    assert grown >= 8


def test_results_are_within_reach_and_flagged_when_out_of_range(charts: dict[str, list[DemoEvent]]) -> None:
    flags: Counter[str] = Counter()
    for events in charts.values():
        for event in events:
            body = event.body
            if not isinstance(body, ResultRecorded):
                continue
            flags[body.flag] += 1
            if not re.fullmatch(r"\d+(\.\d+)?", body.value):
                continue
            value = float(body.value)
            out = (
                "H"
                if body.high and value > float(body.high)
                else "L"
                if body.low and value < float(body.low)
                else ""
            )
            assert body.flag == out, body
            if body.code == "2823-3":
                assert 3.0 <= value <= 6.0
            if body.code == "718-7":
                assert 9 <= value <= 18.5
            if body.code == "6301-6":
                assert 1 <= value <= 5
    assert flags[""] > 3 * flags["H"]
    assert flags["H"] > 100


def test_a_report_does_not_contradict_itself() -> None:
    import random

    body = Physiology(random.Random(4), "male", date(1960, 1, 1))
    for _ in range(30):
        keys = (
            "leucocytes",
            "hematies",
            "hemoglobine",
            "hematocrite",
            "vgm",
            "cholesterol",
            "hdl",
            "ldl",
            "triglycerides",
        )
        got = {key: float(value) for key, value in body.draw(keys, date(2020, 1, 1), 60).items()}
        assert got["hematocrite"] / got["hematies"] * 10 == pytest.approx(got["vgm"], rel=0.02)
        assert got["cholesterol"] == pytest.approx(
            got["ldl"] + got["hdl"] + got["triglycerides"] / 5, abs=0.03
        )


def test_hypertension_is_treated_and_measured(charts: dict[str, list[DemoEvent]]) -> None:
    treated = followed = 0
    for events in charts.values():
        codes = {body.coding.code for body in standing(events, ProblemRecorded) if body.coding}
        if "I10" not in codes or len(events) < 60:
            continue
        followed += 1
        families = {
            substances.named(body.substance).family
            for body in standing(events, TreatmentRecorded)
            if body.long_term
        }
        treated += bool(
            families & {"IEC", "ARA II", "inhibiteur calcique", "bêtabloquant", "diurétique thiazidique"}
        )
        pressures = [
            component
            for event in events
            if isinstance(event.body, MeasureRecorded)
            for component in event.body.components
            if component.code == "8480-6"
        ]
        assert len(pressures) >= 3
    assert followed >= 12
    assert treated >= followed * 0.85


def test_diabetes_has_metformin_its_ald_and_a_curve_of_hba1c(charts: dict[str, list[DemoEvent]]) -> None:
    curves = 0
    for events in charts.values():
        codes = {body.coding.code for body in standing(events, ProblemRecorded) if body.coding}
        if "E11.9" not in codes or len(events) < 90:
            continue
        assert any(body.substance == "metformine" for body in standing(events, TreatmentRecorded))
        values = [
            float(event.body.value)
            for event in events
            if isinstance(event.body, ResultRecorded) and event.body.code == "4548-4"
        ]
        assert all(5 <= value <= 11 for value in values)
        curves += len(values) >= 5
    assert curves >= 3
    assert any(body.list_number == 8 for events in charts.values() for body in standing(events, AldRecorded))


def test_nobody_is_given_what_they_are_allergic_to(charts: dict[str, list[DemoEvent]]) -> None:
    groups = {"J01C": ("J01C",), "J01CA04": ("J01C",), "J01E": ("J01E",), "M01A": ("M01A",)}
    checked = 0
    for events in charts.values():
        refused = [
            prefix
            for event in events
            if isinstance(event.body, AllergyRecorded) and event.body.coding
            for prefix in groups.get(event.body.coding.code, ())
        ]
        since = min((event.when for event in events if isinstance(event.body, AllergyRecorded)), default=None)
        for event in events:
            if (
                refused
                and isinstance(event.body, TreatmentRecorded)
                and event.body.coding
                and event.when >= since
            ):
                checked += 1
                assert not event.body.coding.code.startswith(tuple(refused)), event
    assert checked > 30


def test_one_medicine_of_a_class_at_a_time(charts: dict[str, list[DemoEvent]]) -> None:
    for events in charts.values():
        active = [
            illnesses.SHARED_CLASS.get(family, family)
            for body in standing(events, TreatmentRecorded)
            if body.long_term and body.status == "active"
            for family in [substances.named(body.substance).family]
        ]
        assert len(active) == len(set(active)), active


def test_allergies_are_said_denied_or_not_asked(charts: dict[str, list[DemoEvent]]) -> None:
    kinds: Counter[str] = Counter()
    for events in charts.values():
        stated = bool(standing(events, AllergyRecorded))
        none = any(body.section == "allergies" for body in standing(events, SectionEmpty))
        assert not (stated and none)
        kinds["stated" if stated else "none" if none else "unasked"] += 1
    assert kinds["none"] > 50
    assert kinds["stated"] > 15
    assert kinds["unasked"] > 15


def test_infants_follow_the_calendar(charts: dict[str, list[DemoEvent]]) -> None:
    infants = 0
    for events in charts.values():
        born = date.fromisoformat(events[0].body.birth_date)  # type: ignore[attr-defined]
        if not 2018 <= born.year <= 2023:
            continue
        infants += 1
        targets = Counter(
            target
            for event in events
            if isinstance(event.body, ImmunizationRecorded) and event.body.status == "completed"
            for target in event.body.targets
        )
        assert targets["diphtérie"] >= 2, born
        assert targets["rougeole"] >= 1
        for event in events:
            if isinstance(event.body, ImmunizationRecorded):
                assert event.at is not None
                assert born.isoformat() < event.at <= event.when.date().isoformat()
    assert infants >= 4


def test_notes_are_finished_sentences(charts: dict[str, list[DemoEvent]]) -> None:
    texts = set()
    for events in charts.values():
        for event in events:
            body = event.body
            if isinstance(body, ConsultationRecorded):
                parts = (body.reason, body.history, body.findings, body.conclusion, body.text)
                for part in parts:
                    assert not re.search(r"[{}|]|<[a-z_0-9]+>|  |\bNone\b", part), part
                assert body.reason or body.text
                texts.add(" ".join(parts))
            if isinstance(body, DocumentFiled) and event.content and body.media_type == "text/plain":
                assert not re.search(r"[{}|]|<[a-z_0-9]+>|\bNone\b", event.content.decode()), (
                    event.content.decode()
                )
    assert len(texts) > 1_500


def test_a_pregnancy_is_under_way_and_some_have_ended(charts: dict[str, list[DemoEvent]]) -> None:
    current = [
        body
        for events in charts.values()
        for body in standing(events, ProblemRecorded)
        if body.coding and body.coding.code == "Z34.9" and body.clinical == "active"
    ]
    assert current
    weeks = [
        float(component.value)
        for events in charts.values()
        for event in events
        if isinstance(event.body, MeasureRecorded)
        for component in event.body.components
        if component.code == "11885-1"
    ]
    assert weeks
    assert all(5 <= week <= 42 for week in weeks)


class TestJeanBaptiste:
    """The chart one must not get wrong."""

    def test_anaphylaxis_to_penicillin_stands(self, jean: list[DemoEvent]) -> None:
        (allergy,) = standing(jean, AllergyRecorded)
        assert allergy.substance == "Pénicillines"
        assert allergy.criticality == "high"
        assert "anaphylactique" in allergy.reaction

    def test_takes_warfarin_and_his_last_inr_is_4_8(self, jean: list[DemoEvent]) -> None:
        treatments = {
            body.substance
            for body in standing(jean, TreatmentRecorded)
            if body.status == "active" and body.long_term
        }
        assert {"warfarine", "bisoprolol", "ramipril", "furosémide"} <= treatments
        assert "spironolactone" not in treatments
        curve = [
            event.body
            for event in jean
            if isinstance(event.body, ResultRecorded) and event.body.code == "6301-6"
        ]
        assert len(curve) > 100
        assert (curve[-1].value, curve[-1].flag, curve[-1].low, curve[-1].high) == ("4.80", "H", "2.0", "3.0")
        assert all(float(result.value) < 4 for result in curve[:-1])

    def test_heart_failure_is_an_ald_5(self, jean: list[DemoEvent]) -> None:
        assert [body.list_number for body in standing(jean, AldRecorded)] == [5]
        codes = {
            body.coding.code
            for body in standing(jean, ProblemRecorded)
            if body.coding and body.clinical == "active"
        }
        assert {"I10", "I48.2", "I50.9", "N18.3"} <= codes

    def test_his_kidneys_fail_slowly(self, jean: list[DemoEvent]) -> None:
        values = [
            float(event.body.value)
            for event in jean
            if isinstance(event.body, ResultRecorded) and event.body.code == "98979-8"
        ]
        assert len(values) >= 30
        assert 60 <= sum(values[:5]) / 5 <= 90
        assert 30 <= sum(values[-5:]) / 5 <= 45

    def test_the_cardiologist_wrote_last_month(self, jean: list[DemoEvent]) -> None:
        letters = [
            event
            for event in jean
            if isinstance(event.body, DocumentFiled) and event.body.title == "Consultation de cardiologie"
        ]
        assert len(letters) >= 5
        assert 20 <= (TODAY - letters[-1].when.date()).days <= 45
        assert letters[-1].content is not None
        assert letters[-1].content.startswith(b"%PDF")

    def test_was_seen_last_week_for_it(self, jean: list[DemoEvent]) -> None:
        last = [event for event in jean if isinstance(event.body, ConsultationRecorded)][-1]
        assert (TODAY - last.when.date()).days <= 7
        assert "4,8" in last.body.reason  # type: ignore[union-attr]
        assert last.author in ("doctor", "locum")


def test_nothing_is_written_about_the_dead_but_their_death() -> None:
    deaths: dict[str, date] = {}
    written: defaultdict[str, list[date]] = defaultdict(list)
    for event in generate(seed=2, patients=400, today=TODAY):
        if event.patient is None:
            continue
        written[event.patient].append(event.when.date())
        if isinstance(event.body, PatientIdentified) and event.body.deceased:
            deaths[event.patient] = event.when.date()
    assert len(deaths) >= 2
    for patient, day in deaths.items():
        assert max(written[patient]) == day
