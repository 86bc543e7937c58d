"""Hours as people type them."""

from __future__ import annotations

import pytest

from tests.desk.stage import engine

engine()

from django.core.exceptions import ValidationError  # noqa: E402

from lanterne.desk.agenda.page import dialled  # noqa: E402
from lanterne.desk.forms.arranging import SpansField, spans_text  # noqa: E402


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", []),
        ("8h-12h", [("08:00", "12:00")]),
        ("8-12", [("08:00", "12:00")]),
        ("8h-12h 14h-18h30", [("08:00", "12:00"), ("14:00", "18:30")]),
        ("08:30-12:00, 14:00-18:30", [("08:30", "12:00"), ("14:00", "18:30")]),
        ("8 h 30 - 12 h 15 / 14 h - 18 h", [("08:30", "12:15"), ("14:00", "18:00")]),
        ("9h à 11h et 14H–17H45", [("09:00", "11:00"), ("14:00", "17:45")]),
        ("8h30-12h14h-18h", [("08:30", "12:00"), ("14:00", "18:00")]),
    ],
)
def test_hours_are_read(typed: str, spans: list[tuple[str, str]]) -> None:
    assert SpansField().clean(typed) == spans


@pytest.mark.parametrize("typed", ["le matin", "8h", "8h-", "8h-12h puis 14h", "-", "8h-12h 14h", "x" * 121])
def test_what_is_no_hour_is_said(typed: str) -> None:
    with pytest.raises(ValidationError):
        SpansField().clean(typed)


@pytest.mark.parametrize("spans", [[(480, 720), (840, 1110)], [(0, 1440)], []])
def test_what_is_shown_reads_back(spans: list[tuple[int, int]]) -> None:
    read = SpansField().clean(spans_text(spans))
    assert read == [tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in span) for span in spans]


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("06 39 98 00 11", "0639980011"),
        ("+33 (6) 39.98", "+3363998"),
        ("", ""),
        ("voir sa fille", ""),
        ("15", ""),
    ],
)
def test_a_number_is_dialled(phone: str, number: str) -> None:
    assert dialled(phone) == number
