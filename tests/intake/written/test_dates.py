"""Dates of reports, with the years laboratories cut in two."""

from __future__ import annotations

import pytest

from lanterne.intake.written.dates import birth_date, document_date, first_date, stamp, two_centuries


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024", "2024"),
        ("202403", "2024-03"),
        ("20240312", "2024-03-12"),
        ("202403120815", "2024-03-12T08:15"),
        ("20240312081530.123+0100", "2024-03-12T08:15:30+01:00"),
        ("20240300", "2024-03"),
        ("20241312", ""),
        ("202403122599", "2024-03-12"),
        ("hier", ""),
    ],
)
def test_stamps(written: str, iso: str) -> None:
    assert stamp(written) == iso


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("15/05/13", "2013-05-15"),
        ("15/05/93", "1993-05-15"),
        ("15.05.2013", "2013-05-15"),
        ("2013-05-15", "2013-05-15"),
        ("150513", "2013-05-15"),
        ("15052013", "2013-05-15"),
        ("15 mai 2013", "2013-05-15"),
        ("le 1er août 2024 à 8 h 05", "2024-08-01T08:05"),
        ("31/02/2024", ""),
    ],
)
def test_dates_of_documents(written: str, iso: str) -> None:
    assert document_date(written) == iso


@pytest.mark.parametrize(
    ("written", "reference", "iso"),
    [
        ("28/03/79", "2024-01-10", "1979-03-28"),
        ("28/03/20", "2024-01-10", "2020-03-28"),
        ("28/03/26", "2024-01-10", "1926-03-28"),
        ("28/03/1979", "", "1979-03-28"),
        ("28/03/79", "", ""),
        ("inconnue", "2024-01-10", ""),
    ],
)
def test_a_birth_year_of_two_digits_is_before_the_document(written: str, reference: str, iso: str) -> None:
    assert birth_date(written, reference) == iso


def test_a_child_or_a_centenarian_is_said() -> None:
    assert two_centuries("28/03/20", "2020-03-28", "2024-01-10")
    assert not two_centuries("28/03/79", "1979-03-28", "2024-01-10")
    assert not two_centuries("28/03/2020", "2020-03-28", "2024-01-10")


def test_the_first_date_of_a_sentence() -> None:
    assert first_date("Prélevé le 12/03/2024 à 08h15, rendu le 13/03/2024") == "2024-03-12T08:15"
    assert first_date("sans date") == ""
