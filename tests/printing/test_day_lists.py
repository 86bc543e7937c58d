"""The list of the day: who, when, at which number; to work from when no screen does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from lanterne.printing.day_lists import print_day_list
from lanterne.printing.errors import NotPrinted
from lanterne.printing.papers import Appointment, Column, DayList
from tests.printing.made import pages, text_of

BAPTISTE = Appointment(
    at="09:15",
    minutes=15,
    name="BAPTISTE Jean",
    birth_date="1952-04-03",
    phones=("0639981234", "+32 2 555 12 12"),
    kind="Consultation",
    reason="renouvellement",
    remark="vient avec sa fille",
)
MOREL = Column(
    practitioner="Dr Garance Morel", appointments=(BAPTISTE, replace(BAPTISTE, at="09:30", name="DIALLO Ali"))
)
LAMBERT = Column(practitioner="Dr Théo Lambert", appointments=(), remark="Absent, remplacé par Dr Morel")
DAY = DayList(
    practice="Maison de santé des Tilleuls",
    day=dt.date(2026, 11, 23),
    columns=(MOREL, LAMBERT),
    made_at="le 22 novembre 2026 à 19:05",
)


def test_everything_one_needs_is_there() -> None:
    text = text_of(print_day_list(DAY).pdf)
    for words in (
        "Lundi 23 novembre 2026",
        "Maison de santé des Tilleuls",
        "Imprimée le 22 novembre 2026 à 19:05",
        "Dr Garance Morel 2 rendez-vous",
        "Heure Patient Téléphone Rendez-vous À noter",
        "09:15",
        "15 min",
        "BAPTISTE Jean",
        "né(e) le 3 avril 1952",
        "06 39 98 12 34",
        "+32 2 555 12 12",
        "Consultation",
        "renouvellement",
        "vient avec sa fille",
        "Dr Théo Lambert Aucun rendez-vous",
        "Absent, remplacé par Dr Morel",
        "Liste nominative",
    ):
        assert words in text, words
    assert text.index("BAPTISTE") < text.index("DIALLO")


def test_a_long_day_repeats_its_headings() -> None:
    rows = tuple(
        replace(BAPTISTE, at=f"{hour:02d}:{quarter:02d}")
        for hour in range(8, 20)
        for quarter in (0, 15, 30, 45)
    )
    found = pages(print_day_list(replace(DAY, columns=(replace(MOREL, appointments=rows),))).pdf)
    assert len(found) > 1
    assert all("Heure Patient Téléphone" in page for page in found)
    assert sum(page.count("BAPTISTE") for page in found) == len(rows)
    assert all("Rendez-vous du lundi 23 novembre 2026" in page for page in found)


def test_text_is_never_markup() -> None:
    hostile = "#panic() $x$ *gras*"
    one = Appointment(at="09:15", minutes=5, name=hostile, kind=hostile, reason=hostile, remark=hostile)
    said = text_of(
        print_day_list(replace(DAY, columns=(Column(practitioner=hostile, appointments=(one,)),))).pdf
    )
    assert said.count(hostile) == 5


def test_an_endless_name_stays_in_its_column() -> None:
    printed = print_day_list(
        replace(DAY, columns=(replace(MOREL, appointments=(replace(BAPTISTE, name="W" * 300),)),))
    )
    assert text_of(printed.pdf).replace(" ", "").count("W") == 300
    assert "06 39 98 12 34" in text_of(printed.pdf)


def test_refusals() -> None:
    with pytest.raises(NotPrinted):
        print_day_list(replace(DAY, columns=()))
    with pytest.raises(NotPrinted) as caught:
        print_day_list(replace(DAY, columns=(replace(MOREL, appointments=(BAPTISTE,) * 501),)))
    assert caught.value.params == {"count": 501, "most": 500}
