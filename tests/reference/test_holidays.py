"""Public holidays of the labour code, by part of the country."""

from __future__ import annotations

from datetime import date

import pytest

from lanterne.reference.holidays import REGIONS, holiday, public_holidays

# L. 3133-1: eleven, of which three follow Easter (5 April 2026).
OF_2026 = {
    "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15",
    "2026-11-01", "2026-11-11", "2026-12-25",
}  # fmt: skip


def test_the_eleven_of_everywhere() -> None:
    assert {day.isoformat() for day in public_holidays(2026)} == OF_2026
    assert holiday(date(2026, 11, 11)) == "Armistice"
    assert holiday(date(2026, 11, 12)) == ""


def test_alsace_and_moselle_keep_two_more() -> None:
    more = {day.isoformat() for day in public_holidays(2026, "alsace_moselle")} - OF_2026
    assert more == {"2026-04-03", "2026-12-26"}


@pytest.mark.parametrize(
    ("region", "day"),
    [
        ("guadeloupe", "2026-05-27"),
        ("martinique", "2026-05-22"),
        ("guyane", "2026-06-10"),
        ("reunion", "2026-12-20"),
        ("mayotte", "2026-04-27"),
    ],
)
def test_overseas_keeps_the_day_slavery_ended(region: str, day: str) -> None:
    assert holiday(date.fromisoformat(day), region)


def test_names_are_french_and_every_region_has_them() -> None:
    for region in REGIONS:
        found = public_holidays(2027, region)
        assert set(public_holidays(2027)) <= set(found)
        assert not any("'" in name for name in found.values())


def test_what_nobody_knows_is_not_guessed() -> None:
    assert public_holidays(1789) == {}
    assert public_holidays(2026, "atlantis") == public_holidays(2026)
