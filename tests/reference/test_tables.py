"""The starter tables: whole, coherent, and found by the words a doctor types."""

import re

import pytest

from lanterne.reference import (
    allergens,
    diagnoses,
    illnesses,
    laboratory,
    measures,
    procedures,
    starter,
    substances,
    units,
    vaccines,
)

TABLES = (allergens, diagnoses, illnesses, laboratory, measures, procedures, substances, units, vaccines)


def loinc_key(code: str) -> int:
    """LOINC check digit: mod 10 of the digits before the hyphen, the last one doubled first."""
    total = 0
    for place, digit in enumerate(reversed(code.split("-", maxsplit=1)[0])):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__.rsplit(".", 1)[1])
def test_a_starter_table_says_so(table):
    assert table.STARTER is True
    assert re.fullmatch(r"\d{4}-\d\d", table.DATED)
    assert "Source" in table.__doc__ or "Written" in table.__doc__


def test_diagnoses_are_some_400_distinct_codes():
    codes = [diagnosis.code for diagnosis in diagnoses.every()]
    assert len(codes) >= 350
    assert all(re.fullmatch(r"[A-Z]\d\d(\.\d)?", code) for code in codes)
    assert codes == sorted(codes)
    assert len({diagnosis.label for diagnosis in diagnoses.every()}) == len(codes)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hta", "I10"),
        ("i10", "I10"),
        ("E11.9", "E11.9"),
        ("e119", "E11.9"),
        ("fibrillation permanente", "I48.2"),
        ("cholest", "E78.0"),
        ("oesophag", "K21.0"),
        ("EPILEPSIE", "G40.9"),
        ("hypothyro", "E03.9"),
        ("MNI", "B27.9"),
        ("coiffe", "M75.1"),
    ],
)
def test_a_diagnosis_is_found_by_what_one_types(typed, expected):
    assert expected in [diagnosis.code for diagnosis in diagnoses.search(typed)]


@pytest.mark.parametrize("typed", ["", "   ", "zzzz", "hta zzzz", "'"])
def test_what_matches_nothing_finds_nothing(typed):
    assert diagnoses.search(typed) == []


def test_the_best_answer_comes_first():
    assert diagnoses.search("asthme")[0].code in {"J45.9", "J45.0"}
    assert diagnoses.search("asthme")[0].label == "Asthme"
    assert substances.search("coumadine")[0].name == "warfarine"
    assert substances.search("pradaxa")[0].name == "dabigatran"
    assert laboratory.search("kaliemie")[0].key == "potassium"
    assert vaccines.search("gardasil")[0].key == "hpv"
    assert vaccines.search("rougeole")[0].key == "ror"
    assert allergens.search("penic")[0].substance == "Pénicillines"
    assert procedures.search("stent")[0].label.startswith("Angioplastie")
    assert illnesses.search("avc")[0].code == "I64"


def test_loinc_codes_have_their_check_digit():
    codes = [test.code for test in laboratory.every() if test.code] + list(measures.BY_CODE)
    assert [code for code in codes if loinc_key(code) != int(code[-1])] == []
    assert loinc_key("2951-2") == 2  # the rule itself, on sodium


def test_loinc_codes_are_distinct():
    codes = [test.code for test in laboratory.every() if test.code]
    assert len(codes) == len(set(codes))


def test_usual_ranges_are_ordered_numbers():
    for test in laboratory.every():
        for sex in ("female", "male", "unknown"):
            low, high = test.usual(sex)
            if low and high:
                assert float(low) < float(high), test.key
        assert test.unit or not test.high_male, test.key


def test_range_of_an_unknown_sex_is_only_what_both_share():
    assert laboratory.named("potassium").usual("unknown") == ("3.5", "5.0")
    assert laboratory.named("hemoglobine").usual("unknown") == ("", "")


def test_measures_have_ordered_bounds():
    for measure in measures.ALL:
        assert measure.low < measure.high
        if measure.usual_low is not None and measure.usual_high is not None:
            assert measure.low <= measure.usual_low < measure.usual_high <= measure.high
    assert measures.plausible("29463-7", 71.5)
    assert not measures.plausible("29463-7", 715)
    assert measures.plausible("1234-5", 1e9)


def test_atc_codes_look_like_atc():
    for atc in [line.atc for line in substances.every()] + [line.atc for line in vaccines.every()]:
        assert re.fullmatch(r"[A-V]\d\d[A-Z]{2}(\d\d)?", atc), atc
    assert len(substances.every()) >= 150
    assert len({line.name for line in substances.every()}) == len(substances.every())


def test_family_illnesses_use_codes_of_the_diagnoses():
    assert all(diagnoses.find(line.code) for line in illnesses.every() if line.code)


def test_the_calendar_follows_ages_and_knows_its_vaccines():
    ages = [due.age_months for due in vaccines.CALENDAR]
    assert ages == sorted(ages)
    assert all(vaccines.named(due.vaccine) for due in vaccines.CALENDAR)
    assert all(vaccines.named(key) for key in vaccines.YEARLY_FROM_AGE)


def test_meningococcus_changed_in_2025():
    def given(year):
        return {due.vaccine for due in vaccines.calendar(year) if due.age_months < 24}

    assert "meningo_c" in given(2024)
    assert "meningo_c" not in given(2025)
    assert "meningo_acwy" in given(2025)
    assert "hexavalent" not in given(1970)


def test_units_are_shown_in_french():
    assert units.shown("mm[Hg]") == "mmHg"
    assert units.shown("10*9/L") == "G/L"
    assert units.shown("furlong") == "furlong"


def test_a_malformed_table_is_an_error_not_an_empty_list():
    with pytest.raises(ValueError, match="columns"):
        starter.rows("allergens", ("substance",))
