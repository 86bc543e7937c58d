"""Numbers of reports: a leucocyte count read a thousand times too small would pass for an emergency."""

from __future__ import annotations

import pytest

from lanterne.intake.written.numbers import decimal_of, dot_of, quantity, reference_range


@pytest.mark.parametrize(
    ("written", "decimal"),
    [
        ("13,3", "13.3"),
        ("13.30", "13.30"),
        ("4.450.000", "4450000"),
        ("4 450 000", "4450000"),
        ("224\u00a0000", "224000"),
        ("1.234,5", "1234.5"),
        ("0.123", "0.123"),
        (",5", "0.5"),
        ("-1,5", "-1.5"),
        ("007", "7"),
    ],
)
def test_what_is_written_without_doubt(written: str, decimal: str) -> None:
    assert decimal_of(written) == (decimal, False)


@pytest.mark.parametrize("written", ["", "12-13", "1,2,3", "3 à 4", "10^5", "12a", "1" * 90])
def test_what_is_no_number(written: str) -> None:
    assert decimal_of(written)[0] == ""


def test_one_dot_before_three_digits_is_said_when_nothing_decides() -> None:
    assert decimal_of("2.920") == ("2.920", True)
    assert decimal_of("2.920", "thousands") == ("2920", False)
    assert decimal_of("2.920", "decimal") == ("2.920", False)


@pytest.mark.parametrize(
    ("numbers", "unit", "dot"),
    [
        (("2.920", "4.000", "10.000"), "/mm3", "thousands"),
        (("4.500", "", ""), "/µL", "thousands"),
        (("2.920", "0.270", "4.200"), "mUI/L", "decimal"),
        (("224.000", "1.150.000", ""), "", "thousands"),
        (("2.920", "3,5", ""), "", "decimal"),
        (("1.950", "0,400", "4,000"), "mUI/l", "decimal"),
        (("2.920", "4000", "10000"), "", "thousands"),
        (("2.920", "45,2", "60,1"), "", "thousands"),
        (("2.920", "0", "4000"), "", "thousands"),
        (("2.920", "", ""), "mg/l", ""),
        (("54.0", "", ""), "/mm3", "decimal"),
    ],
)
def test_the_row_then_the_unit_decide(numbers: tuple[str, ...], unit: str, dot: str) -> None:
    assert dot_of(numbers, unit) == dot


@pytest.mark.parametrize(
    ("written", "comparator", "number", "rest"),
    [
        ("    < 0.12  mg/l ", "<", "0.12", "mg/l"),
        ("<= 5", "<=", "5", ""),
        ("< ou = 5", "<=", "5", ""),
        ("≥ 60 ml/min", ">=", "60", "ml/min"),
        ("inf. à 5", "<", "5", ""),
        ("Inférieur à 0,5", "<", "0.5", ""),
        ("sup à 90", ">", "90", ""),
        ("2,19 *", "", "2.19", "*"),
        ("12", "", "12", ""),
    ],
)
def test_what_stands_around_a_number(written: str, comparator: str, number: str, rest: str) -> None:
    found = quantity(written)
    assert found is not None
    assert (found.comparator, found.number, found.rest) == (comparator, number, rest)


@pytest.mark.parametrize("written", ["Négatif", "A", "", "inf", "Absence"])
def test_words_are_no_quantity(written: str) -> None:
    assert quantity(written) is None


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("10 - 40", ("10", "40")),
        ("12,5 à 15,5", ("12.5", "15.5")),
        ("[3.5-4.8]", ("3.5", "4.8")),
        ("(10–40 UI/l)", ("10", "40")),
        ("inf. à 2,00", ("", "2.00")),
        ("> 60", ("60", "")),
        ("-2 - 3", ("-2", "3")),
    ],
)
def test_ranges(written: str, ends: tuple[str, str]) -> None:
    assert reference_range(written) == ends


@pytest.mark.parametrize(
    "written", ["", "voir commentaire", "40 - 10", "adulte 10 - 40", "10", "jusqu'a 1 an : 0 a 15"]
)
def test_what_is_no_range_is_not_made_one(written: str) -> None:
    assert reference_range(written) is None
