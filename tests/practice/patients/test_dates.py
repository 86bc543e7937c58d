"""Birth dates in every French form; what the calendar does not have is refused with its reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.errors import Refusal
from lanterne.practice.patients.dates import is_birth_date, parse_birth_date

TODAY = date(2026, 3, 2)
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("3/4/52", "1952-04-03"),
        ("03/04/1952", "1952-04-03"),
        ("03.04.1952", "1952-04-03"),
        ("3-4-1952", "1952-04-03"),
        ("3 4 52", "1952-04-03"),
        ("3 avril 1952", "1952-04-03"),
        ("3 avr. 52", "1952-04-03"),
        ("né le 3 avril 1952", "1952-04-03"),
        ("1er août 1960", "1960-08-01"),
        ("1ER AOUT 1960", "1960-08-01"),
        ("14 févr. 1971", "1971-02-14"),
        ("19520403", "1952-04-03"),
        ("03041952", "1952-04-03"),
        ("030452", "1952-04-03"),
        ("1952-04-03", "1952-04-03"),
        ("1952/04/03", "1952-04-03"),
        ("avril 52", "1952-04"),
        ("avril 1952", "1952-04"),
        ("04/1952", "1952-04"),
        ("1952-04", "1952-04"),
        ("041952", "1952-04"),
        ("1952", "1952"),
        ("52", "1952"),
        # The hundred years before today.
        ("1/3/26", "2026-03-01"),
        ("3/3/26", "1926-03-03"),
        ("2/3/2026", "2026-03-02"),
        ("29/2/2000", "2000-02-29"),
        ("29/2/00", "2000-02-29"),
        ("29/2/24", "2024-02-29"),
        ("٣/٤/١٩٥٢", "1952-04-03"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_read(typed: str, iso: str) -> None:
    assert parse_birth_date(typed, TODAY) == iso


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31/4/1952", "birth_date_impossible"),
        ("29/2/1951", "birth_date_impossible"),
        ("0/4/1952", "birth_date_impossible"),
        ("3/0/1952", "birth_date_impossible"),
        ("3/13/1952", "birth_date_impossible"),
        ("1952-13", "birth_date_impossible"),
        ("1952-04-31", "birth_date_impossible"),
        ("3/3/2026", "birth_date_future"),
        ("2027", "birth_date_future"),
        ("3/4/1852", "birth_date_too_old"),
        ("0000", "birth_date_too_old"),
        ("hier", "birth_date_unreadable"),
        ("3 avril", "birth_date_unreadable"),
        ("3 avril mai 1952", "birth_date_unreadable"),
        ("3/4/5/1952", "birth_date_unreadable"),
        ("195", "birth_date_unreadable"),
        ("3/4/195", "birth_date_unreadable"),
        ("—", "birth_date_unreadable"),
    ],
)
def test_refused(typed: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_birth_date(typed, TODAY)
    assert refused.value.code == code
    assert refused.value.field == "birth_date"


days = st.dates(min_value=date(1902, 1, 1), max_value=TODAY)
recent = st.dates(min_value=date(1926, 3, 3), max_value=TODAY)


@given(days)
def test_every_full_form_gives_the_same_day(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    for typed in (
        f"{number}/{month}/{year}",
        f"{number:02}.{month:02}.{year}",
        f"{number} {MONTHS[month - 1]} {year}",
        f"{number} {MONTHS[month - 1].upper()} {year}",
        f"{year}{month:02}{number:02}",
        f"{number:02}{month:02}{year}",
        day.isoformat(),
    ):
        assert parse_birth_date(typed, TODAY) == day.isoformat(), typed


@given(recent)
def test_two_digit_years_are_the_last_hundred(day: date) -> None:
    for typed in (
        f"{day.day}/{day.month}/{day.year % 100:02}",
        f"{day.day:02}{day.month:02}{day.year % 100:02}",
    ):
        assert parse_birth_date(typed, TODAY) == day.isoformat()


@given(st.text(max_size=30))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    try:
        iso = parse_birth_date(typed, TODAY)
    except Refusal as refusal:
        outcome = refusal.code
    else:
        outcome = "read" if iso == "" or is_birth_date(iso) else iso
    assert outcome == "read" or outcome.startswith("birth_date_")


@pytest.mark.parametrize("stored", ["1952", "1952-04", "1952-04-03"])
def test_stored_dates(stored: str) -> None:
    assert is_birth_date(stored)


@pytest.mark.parametrize(
    "stored", ["", "52", "1952-4", "1952-02-30", "1952-04-03T10:20", "abcd", "١٩٥٢", "1952-"]
)
def test_stored_nonsense(stored: str) -> None:
    assert not is_birth_date(stored)
