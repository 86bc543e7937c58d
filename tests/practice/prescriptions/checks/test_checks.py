"""Each check: what it finds, what it lets pass, and what it says it could not check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lanterne.practice.prescriptions.checks import (
    allergy,
    dose,
    duplicate,
    interaction,
    intolerance,
    person,
    prescriber,
)
from lanterne.practice.prescriptions.checks.context import Allergic, Given, Measured, Stopped
from tests.practice.prescriptions.asking import context, fired, given, line, skipped, taken
from tests.practice.prescriptions.pharmacy import Pharmacy

PENICILLIN = Allergic("Pénicillines", atc="J01C")
TWICE: dict[str, Any] = {"dose": 1, "times_per_day": 2, "form": "comprimé"}


# ---------------------------------------------------------------------- allergy


@pytest.mark.parametrize(
    ("allergic", "drug", "found"),
    [
        (Allergic("amoxicilline"), "amoxicilline", [("contraindicated", "allergy_same")]),
        (Allergic("Amoxicilline", atc="J01CA04"), "amoxicilline et acide clavulanique", [("contraindicated", "allergy_same")]),
        (PENICILLIN, "amoxicilline", [("contraindicated", "allergy_class")]),
        (Allergic("Pénicillines"), "amoxicilline", [("contraindicated", "allergy_class")]),
        (PENICILLIN, "céfuroxime", [("discouraged", "allergy_crossed")]),
        (Allergic("amoxicilline", nature="intolerance"), "amoxicilline", [("discouraged", "intolerance_same")]),
        (PENICILLIN, "paracétamol", []),
        (Allergic("Pollens", category="environment"), "paracétamol", []),
    ],
)  # fmt: skip
def test_allergy(allergic: Allergic, drug: str, found: list[tuple[str, str]]) -> None:
    answer = allergy.check(context(line(drug), allergies=(allergic,), allergies_filled="some"))
    assert fired(answer) == found
    assert skipped(answer) == []


def test_asked_and_none_is_not_never_asked() -> None:
    assert skipped(allergy.check(context(line("amoxicilline")))) == []
    never = allergy.check(context(line("amoxicilline"), allergies_filled="never"))
    assert skipped(never) == ["allergies_never_filled"]


@pytest.mark.parametrize(
    ("allergic", "drug", "code"),
    [
        (PENICILLIN, "granules", "substance_unknown"),
        (Allergic("Truc bleu"), "amoxicilline", "allergen_unknown"),
        (Allergic("Produits de contraste iodés", atc="V08A"), "valériane", "allergen_unknown"),
        (Allergic("Lactose", category="food"), "amoxicilline", "excipients"),
        (Allergic("Pénicillines"), "tisane", "classes_unknown"),
    ],
)
def test_allergy_not_checked(allergic: Allergic, drug: str, code: str) -> None:
    answer = allergy.check(context(line(drug), allergies=(allergic,), allergies_filled="some"))
    assert (fired(answer), skipped(answer)) == ([], [code])


def test_what_no_table_knows_is_still_compared_by_its_name() -> None:
    answer = allergy.check(
        context(line("granules"), allergies=(Allergic("Granules"),), allergies_filled="some")
    )
    assert fired(answer) == [("contraindicated", "allergy_same")]


def test_what_a_newer_program_wrote_is_not_checked() -> None:
    for check in (allergy.check, interaction.check, duplicate.check, intolerance.check):
        assert "written_by_newer" in skipped(check(context(line("amoxicilline"), unreadable=("?",))))


# ---------------------------------------------------------------------- interaction


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        ("clarithromycine", "simvastatine", "contraindicated"),
        ("ibuprofène", "warfarine", "discouraged"),
        ("ibuprofène", "ramipril", "precaution"),
    ],
)
def test_interaction_with_the_list_and_inside_the_prescription(
    first: str, second: str, severity: str
) -> None:
    beside = interaction.check(context(line(first), taken=taken(second), treatments_filled="some"))
    inside = interaction.check(context(line(first), line(second, 1)))
    assert fired(beside) == fired(inside) == [(severity, "interaction")]
    assert [one.lines for one in (*beside.fired, *inside.fired)] == [[0], [0, 1]]
    assert beside.fired[0].source == "thésaurus des interactions, 2023-09-01"
    assert beside.fired[0].params["text"]


def test_no_interaction() -> None:
    answer = interaction.check(
        context(line("paracétamol"), taken=taken("simvastatine"), treatments_filled="some")
    )
    assert (fired(answer), skipped(answer)) == ([], [])


def test_a_treatment_that_a_line_changes_is_not_beside_it() -> None:
    listed = taken("simvastatine")
    lines = (line("clarithromycine"), line("simvastatine", 1, replaces=listed[0].id))
    answer = interaction.check(context(*lines, taken=listed, treatments_filled="some"))
    assert [one.lines for one in answer.fired] == [[0, 1]]


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        ({"treatments_filled": "never"}, ["treatments_never_filled"]),
        ({"taken": taken("granules")}, ["substance_unknown"]),
        ({"taken": taken("tisane")}, ["interaction_unknown"]),
        (
            {"taken": taken("simvastatine"), "base": Pharmacy(without_interactions=True)},
            ["interactions_absent"],
        ),
        ({"taken": taken("zolpidem")}, ["interaction_unlisted"]),
        ({"proposed": 2}, ["proposals_waiting"]),
    ],
)
def test_interaction_not_checked(known: dict[str, Any], codes: list[str]) -> None:
    assert skipped(interaction.check(context(line("paracétamol"), **known))) == codes


# ---------------------------------------------------------------------- duplicate


def test_the_same_substance_twice() -> None:
    listed = taken("amoxicilline")
    beside = duplicate.check(context(line("amoxicilline et acide clavulanique"), taken=listed))
    inside = duplicate.check(context(line("paracétamol"), line("paracétamol", 1)))
    assert fired(beside) == fired(inside) == [("discouraged", "duplicate")]


def test_two_of_a_class() -> None:
    assert fired(duplicate.check(context(line("bisoprolol"), taken=taken("aténolol")))) == [
        ("discouraged", "duplicate_class")
    ]


def test_no_duplicate() -> None:
    listed = taken("bisoprolol")
    renewed = context(line("bisoprolol", replaces=listed[0].id), taken=listed)
    for answer in (duplicate.check(renewed), duplicate.check(context(line("paracétamol"), taken=listed))):
        assert (fired(answer), skipped(answer)) == ([], [])


def test_duplicate_not_checked() -> None:
    unknown = duplicate.check(context(line("granules"), taken=taken("paracétamol")))
    assert skipped(unknown) == ["substance_unknown"]
    assert skipped(duplicate.check(context(line("paracétamol"), treatments_filled="never"))) == [
        "treatments_never_filled"
    ]
    same = duplicate.check(context(line("granules"), taken=taken("granules")))
    assert fired(same) == [("discouraged", "duplicate")]


# ---------------------------------------------------------------------- stopped for intolerance


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("Intolérance\u00a0: toux", [("discouraged", "stopped")]),
        ("bradycardie", [("discouraged", "stopped")]),
        ("Kaliémie à 5,8 mmol/L", [("discouraged", "stopped")]),
        ("à revoir", [("precaution", "stopped")]),
        ("Fin du traitement", []),
        ("inefficace", []),
        ("", []),
    ],
)
def test_stopped_earlier(reason: str, found: list[tuple[str, str]]) -> None:
    stopped = (Stopped(given("ramipril"), "2024-05", reason),)
    answer = intolerance.check(context(line("ramipril"), stopped=stopped, treatments_filled="some"))
    assert (fired(answer), skipped(answer)) == (found, [])


def test_stopped_and_taken_again_since_or_another() -> None:
    stopped = (Stopped(given("ramipril"), "2024-05", "toux"),)
    again = intolerance.check(context(line("ramipril"), stopped=stopped, taken=taken("ramipril")))
    other = intolerance.check(context(line("bisoprolol"), stopped=stopped))
    for answer in (again, other):
        assert (fired(answer), skipped(answer)) == ([], [])


def test_intolerance_not_checked() -> None:
    stopped = (Stopped(given("granules"), "2024", "éruption"),)
    assert skipped(intolerance.check(context(line("ramipril"), stopped=stopped))) == ["substance_unknown"]
    assert skipped(intolerance.check(context(line("ramipril"), treatments_filled="never"))) == [
        "treatments_never_filled"
    ]


# ---------------------------------------------------------------------- dose


@pytest.mark.parametrize(
    ("drug", "strength", "keys", "age", "found"),
    [
        ("paracétamol", "1 g", {"times_per_day": 3, "dose": 1}, 50, []),
        ("paracétamol", "1 g", {"times_per_day": 5, "dose": 1}, 50, [("discouraged", "day_above")]),
        ("paracétamol", "1 g", {"times_per_day": 3, "dose": 2}, 50, [("discouraged", "intake_above"), ("discouraged", "day_above")]),
        ("paracétamol", "1 g", {"times_per_day": 4, "dose": 1}, 80, [("discouraged", "day_above")]),
        ("paracétamol", "1 g", {"times_per_day": 4, "dose": 1}, 74, []),
        ("paracétamol", "100 mg", {"times_per_day": 1, "dose": 1}, 50, [("noted", "intake_below")]),
        ("paracétamol", "500 mg", {"every_h": 4, "dose": [1, 2]}, 50, [("discouraged", "day_above")]),
        ("paracétamol", "1 g", {"as_needed": True, "max_per_day": 4, "dose": 1}, 50, []),
        ("paracétamol", "1 g", {"as_needed": True, "max_per_day": 6, "dose": 1}, 50, [("discouraged", "day_above")]),
        ("bisoprolol", "5 mg", {"moments": {"matin": 1, "soir": 2}}, 50, [("discouraged", "day_above")]),
        ("bisoprolol", "5 mg", {"steps": [{"dose": 1, "times_per_day": 1, "duration_d": 8}, {"dose": 3, "times_per_day": 1}]}, 50,
         [("discouraged", "intake_above"), ("discouraged", "day_above")]),
        ("méthotrexate", "2,5 mg", {"dose": 6, "every_weeks": 1}, 50, []),
        ("méthotrexate", "2,5 mg", {"dose": 6, "days": ["mercredi"]}, 50, []),
        ("méthotrexate", "2,5 mg", {"dose": 6, "times_per_day": 1}, 50, [("contraindicated", "weekly_every_day")]),
        ("alendronate", "70 mg", {"dose": 1, "every_weeks": 1}, 50, []),
        ("alendronate", "70 mg", {"dose": 1, "times_per_day": 1}, 50, [("contraindicated", "weekly_every_day")]),
        ("alendronate", "10 mg", {"dose": 1, "times_per_day": 1}, 50, []),
        ("sémaglutide", "0,25 mg", {"dose": 1, "times_per_day": 1}, 50, [("contraindicated", "weekly_every_day")]),
        ("méthotrexate", "2,5 mg", {"dose": 12, "every_weeks": 1}, 50, [("discouraged", "intake_above")]),
        ("amoxicilline et acide clavulanique", "1000 mg/125 mg", {"dose": 1, "times_per_day": 3}, 50, []),
        ("amoxicilline et acide clavulanique", "1000 mg/125 mg", {"dose": 1, "times_per_day": 4}, 50, [("discouraged", "day_above")]),
    ],
)  # fmt: skip
def test_dose(drug: str, strength: str, keys: dict[str, Any], age: int, found: list[tuple[str, str]]) -> None:
    answer = dose.check(context(line(drug, strength=strength, **keys), age_years=float(age)))
    assert fired(answer) == found
    assert skipped(answer) == []


@pytest.mark.parametrize(
    ("unit", "number", "found"),
    [
        ("mg/kg", 15, []),
        ("mg/kg", 20, [("discouraged", "intake_above"), ("discouraged", "day_above")]),
        ("mg/kg/j", 60, []),
        ("mg/kg/j", 80, [("discouraged", "intake_above"), ("discouraged", "day_above")]),
        ("mg", 150, []),
        ("mg", 300, [("discouraged", "intake_above"), ("discouraged", "day_above")]),
    ],
)
def test_dose_of_a_child_by_weight(unit: str, number: int, found: list[tuple[str, str]]) -> None:
    """Ten kilograms, four intakes: a total per day is shared, a dose per intake is not."""
    asked = line("paracétamol", dose=number, dose_unit=unit, times_per_day=4)
    answer = dose.check(context(asked, age_years=1.0, weight=Measured(10.0, "2026-11-20")))
    assert (fired(answer), skipped(answer)) == (found, [])


@pytest.mark.parametrize(
    ("asked", "known", "codes"),
    [
        (line("granules"), {}, ["substance_unknown"]),
        (line("simvastatine"), {}, ["limits_unknown"]),
        (replace(line("paracétamol"), structure=None), {}, ["posology_unread"]),
        (line("paracétamol", **TWICE), {}, ["strength_not_stated"]),
        (line("ibuprofène", strength="5 %", dose=1, times_per_day=3, form="gel"), {}, ["limits_adult"]),
        (line("ibuprofène", strength="400 mg", route="cutanée", **TWICE), {}, ["limits_adult"]),
        (line("paracétamol", times_per_day=2), {}, ["dose_not_stated"]),
        (line("paracétamol", strength="1 g", dose=1), {}, ["rhythm_not_stated"]),
        (line("paracétamol", strength="1 g", **TWICE), {"age_years": None}, ["age_unknown"]),
        (line("paracétamol", strength="1 g", **TWICE), {"age_years": 6.0}, ["weight_absent"]),
        (line("amoxicilline", strength="1 g", **TWICE), {"age_years": 6.0}, ["limits_child"]),
        (line("paracétamol", strength="1 g", dose=3, dose_unit="mL", times_per_day=2), {}, ["strength_not_per_volume"]),
        (line("paracétamol", strength="300 mg/5 mL", **TWICE), {}, ["strength_per_volume"]),
        (line("paracétamol", strength="1 sachet", **TWICE), {}, ["strength_unread"]),
        (line("paracétamol", strength="100 UI", **TWICE), {}, ["units_differ"]),
        (line("amoxicilline et acide clavulanique", strength="1 g", **TWICE), {}, ["association_strengths"]),
        (line("paracétamol", dose=60, dose_unit="mg/kg/j"), {"age_years": 1.0, "weight": Measured(9.0, "2026-11-20")}, ["intakes_not_stated"]),
        (line("paracétamol", dose=15, dose_unit="mg/kg", times_per_day=4), {"age_years": 1.0, "weight": Measured(9.0, "2026-05-20")}, ["weight_old"]),
    ],
)  # fmt: skip
def test_dose_not_checked(asked: Any, known: dict[str, Any], codes: list[str]) -> None:
    answer = dose.check(context(asked, **known))
    assert (fired(answer), sorted(set(skipped(answer)))) == ([], codes)


# ---------------------------------------------------------------------- pregnancy


@pytest.mark.parametrize(
    ("drug", "weeks", "found"),
    [
        ("simvastatine", None, [("contraindicated", "pregnancy_contraindicated")]),
        ("warfarine", 12, [("discouraged", "pregnancy_avoid")]),
        ("clarithromycine", 12, [("precaution", "pregnancy_caution")]),
        ("amoxicilline", 12, []),
        ("ibuprofène", 23, []),
        ("ibuprofène", 24, [("contraindicated", "pregnancy_contraindicated")]),
        ("ibuprofène", None, [("contraindicated", "pregnancy_contraindicated")]),
    ],
)
def test_pregnancy(drug: str, weeks: int | None, found: list[tuple[str, str]]) -> None:
    known = {"sex": "female", "age_years": 30.0, "pregnant": "yes", "pregnancy": "grossesse", "weeks": weeks}
    answer = person.pregnancy(context(line(drug), **known))
    assert (fired(answer), skipped(answer)) == (found, [])


def test_an_association_of_which_the_base_speaks_as_a_whole() -> None:
    known = {"sex": "female", "age_years": 30.0, "pregnant": "yes", "pregnancy": "grossesse"}
    answer = person.pregnancy(context(line("pilule"), **known))
    assert (fired(answer), skipped(answer)) == ([("contraindicated", "pregnancy_contraindicated")], [])
    parts = Given("association", ("lévonorgestrel", "amoxicilline"))
    alone = person.pregnancy(context(replace(line("pilule"), given=parts), **known))
    assert skipped(alone) == ["substance_without_cautions"]


def test_who_cannot_be_pregnant() -> None:
    answer = person.pregnancy(context(line("simvastatine")))
    assert (fired(answer), skipped(answer)) == ([], [])


@pytest.mark.parametrize(
    ("drug", "known", "codes"),
    [
        ("simvastatine", {"sex": "female", "pregnant": "unknown"}, ["pregnancy_not_said"]),
        ("amoxicilline", {"sex": "female", "pregnant": "unknown"}, []),
        ("simvastatine", {"sex": "", "pregnant": "unknown"}, ["sex_unknown"]),
        ("tisane", {"sex": "female", "pregnant": "yes"}, ["pregnancy_unknown"]),
        ("valériane", {"sex": "female", "pregnant": "yes"}, ["substance_without_cautions"]),
        ("granules", {"sex": "female", "pregnant": "yes"}, ["substance_unknown"]),
    ],
)
def test_pregnancy_not_checked(drug: str, known: dict[str, Any], codes: list[str]) -> None:
    answer = person.pregnancy(context(line(drug), **known))
    assert (fired(answer), skipped(answer)) == ([], codes)


# ---------------------------------------------------------------------- age


@pytest.mark.parametrize(
    ("drug", "age", "found"),
    [
        ("codéine", 11, [("contraindicated", "too_young")]),
        ("codéine", 12, []),
        ("paracétamol", 0, []),
        ("warfarine", 75, [("precaution", "elderly")]),
        ("warfarine", 74, []),
    ],
)
def test_age(drug: str, age: int, found: list[tuple[str, str]]) -> None:
    answer = person.age(context(line(drug), age_years=float(age)))
    assert (fired(answer), skipped(answer)) == (found, [])


@pytest.mark.parametrize(
    ("drug", "age", "codes"),
    [
        ("paracétamol", None, ["age_unknown"]),
        ("bisoprolol", 6.0, ["age_limit_unknown"]),
        ("granules", 6.0, ["substance_unknown"]),
        ("valériane", 80.0, ["substance_without_cautions"]),
    ],
)
def test_age_not_checked(drug: str, age: float | None, codes: list[str]) -> None:
    answer = person.age(context(line(drug), age_years=age))
    assert (fired(answer), skipped(answer)) == ([], codes)


# ---------------------------------------------------------------------- kidney

WEIGHT = Measured(72.0, "2026-01-01")


@pytest.mark.parametrize(
    ("drug", "umol", "found"),
    [
        ("metformine", 88.4, []),  # (140 − 50) × 72 / 72 = 90 mL/min
        ("metformine", 176.8, [("discouraged", "kidney_adapt")]),  # 45
        ("metformine", 353.6, [("contraindicated", "kidney_stop")]),  # 22
        ("simvastatine", 353.6, []),
    ],
)
def test_kidney(drug: str, umol: float, found: list[tuple[str, str]]) -> None:
    answer = person.kidney(context(line(drug), weight=WEIGHT, creatinine=Measured(umol, "2026-10-01")))
    assert (fired(answer), skipped(answer)) == (found, [])


def test_kidney_says_what_it_computed_from() -> None:
    asked = context(line("metformine"), weight=WEIGHT, creatinine=Measured(176.8, "2026-10-01T07:30:00Z"))
    said = person.kidney(asked).fired[0].params
    assert (said["clearance"], said["method"], said["day"]) == ("45", "Cockcroft et Gault", "2026-10-01")
    without = person.kidney(replace(asked, weight=None)).fired[0].params
    assert without["method"] == "CKD-EPI, faute de poids"


@pytest.mark.parametrize(
    ("drug", "known", "codes"),
    [
        ("metformine", {"weight": WEIGHT}, ["creatinine_absent"]),
        ("metformine", {"weight": WEIGHT, "creatinine_unread": "2026-10-01"}, ["creatinine_unread_only"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(88.4, "2025-10-01")}, ["creatinine_old"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(88.4, "2026")}, ["creatinine_old"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(88.4, "2026-10-01"), "creatinine_unread": "2026-11-01"}, ["creatinine_unread"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(88.4, "2026-10-01"), "age_years": None}, ["clearance_age"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(88.4, "2026-10-01"), "sex": ""}, ["clearance_sex"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(88.4, "2026-10-01"), "age_years": 9.0}, ["clearance_adult"]),
        ("metformine", {"weight": WEIGHT, "creatinine": Measured(0.9, "2026-10-01")}, ["clearance_bounds"]),
        ("tisane", {}, ["kidney_unknown"]),
        ("valériane", {}, ["substance_without_cautions"]),
        ("granules", {}, ["substance_unknown"]),
    ],
)  # fmt: skip
def test_kidney_not_checked(drug: str, known: dict[str, Any], codes: list[str]) -> None:
    answer = person.kidney(context(line(drug), **known))
    assert (fired(answer), skipped(answer)) == ([], codes)


# ---------------------------------------------------------------------- length, and who prescribes


@pytest.mark.parametrize(
    ("keys", "known", "found", "codes"),
    [
        ({"duration_d": 28}, {}, [], []),
        ({"duration_d": 14, "renewals": 1}, {}, [], []),
        ({"duration_d": 14, "renewals": 2}, {}, [("discouraged", "too_long")], []),
        ({"duration": {"value": 3, "unit": "mois"}}, {}, [("discouraged", "too_long")], []),
        ({"dose": 1}, {"duration_d": 90}, [("discouraged", "too_long")], []),
        ({"dose": 1}, {}, [], ["length_not_stated"]),
    ],
)
def test_length(keys: dict[str, Any], known: dict[str, Any], found: list[Any], codes: list[str]) -> None:
    answer = prescriber.length(context(line("zolpidem", **keys), **known))
    assert (fired(answer), skipped(answer)) == (found, codes)


def test_length_of_what_no_table_knows() -> None:
    assert skipped(prescriber.length(context(line("granules")))) == ["substance_unknown"]


def test_a_midwife_is_told_what_is_not_checked() -> None:
    assert skipped(prescriber.role(context(line("amoxicilline"), role="midwife"))) == ["midwife_list"]
    assert skipped(prescriber.role(context(line("amoxicilline")))) == []


def test_lines_that_lack_the_same_are_said_together() -> None:
    asked = context(line("granules"), line("granules", 1), allergies=(PENICILLIN,), allergies_filled="some")
    assert [one.lines for one in allergy.check(asked).unchecked] == [[0, 1]]


def test_a_medicine_known_by_its_code_alone() -> None:
    """The class of an allergy is found by ATC when the table of classes does not know the substance."""
    asked = replace(line("tisane"), given=Given("tisane", ("tisane",), "J01CA99"))
    answer = allergy.check(context(asked, allergies=(PENICILLIN,), allergies_filled="some"))
    assert fired(answer) == [("contraindicated", "allergy_class")]
