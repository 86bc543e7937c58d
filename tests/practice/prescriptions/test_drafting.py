"""From one typed field to the chart, with the base every fresh machine has: read, checked, written, renewed."""

from __future__ import annotations

import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.chart.statements import one, standing
from lanterne.practice.prescriptions.checks.sentences import fired_sentence
from lanterne.practice.prescriptions.commands import Prescribe, ReasonNeeded
from lanterne.practice.prescriptions.drafting import drafted
from lanterne.practice.prescriptions.facts import Line
from lanterne.practice.prescriptions.renewing import Renew
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.reference.medicines import opened
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import chart, fact, write

BASE = opened(None)


def line(text: str, treatment: str = "") -> Line:
    found = drafted(BASE, text, treatment=treatment).line
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "substance", "brand", "strength", "words", "long_term"),
    [
        ("amoxicilline 1 g 3/j 6 j", "amoxicilline", "", "1 g", "3 fois par jour, pendant 6 jours", False),
        ("bisoprolol 2,5 mg 1 cp le matin 3 mois", "bisoprolol", "", "2,5 mg", "1 comprimé, le matin, pendant 3 mois", True),
        ("doliprane 1g 3/j 5j", "paracétamol", "doliprane", "1 g", "3 fois par jour, pendant 5 jours", False),
    ],
)  # fmt: skip
def test_a_typed_line(
    text: str, substance: str, brand: str, strength: str, words: str, long_term: bool
) -> None:
    found = line(text)
    assert (found.substance, found.brand, found.strength, found.long_term) == (
        substance,
        brand,
        strength,
        long_term,
    )
    assert found.words.replace("\u00a0", " ") == words
    assert found.typed == text


def test_not_substitutable_and_ald_are_read() -> None:
    found = line("levothyroxine 75 µg 1 cp le matin a jeun 3 mois NS MTE ALD")
    assert (found.non_substitutable, found.reason, found.ald) == (True, "MTE", True)


@pytest.mark.parametrize("text", ["amoxicilline 3 j", "comme avant", "zorglub", ""])
def test_what_asks_something_makes_no_line(text: str) -> None:
    found = drafted(BASE, text)
    assert found.line is None
    assert found.reading.ask


def test_from_the_field_to_the_chart_and_back(garance: Record) -> None:
    first = door(garance, Prescribe(JEAN_BAPTISTE, (line("bisoprolol 2,5 mg 1 cp le matin 3 mois"),)))
    body = one(chart(garance), first.facts[0]).body
    assert body.base.starter
    [treatment] = standing(chart(garance), TreatmentRecorded)
    assert (treatment.body.substance, treatment.body.posology.replace("\u00a0", " ")) == (
        "bisoprolol 2,5 mg",
        "1 comprimé, le matin",
    )
    renewed = one(
        chart(garance), door(garance, Renew(JEAN_BAPTISTE, duration_d=28, renewals=2)).facts[0]
    ).body
    assert renewed.lines[0].treatment == treatment.id
    assert renewed.lines[0].words.replace("\u00a0", " ") == "1 comprimé, le matin"
    assert renewed.lines[0].posology["moments"] == {"matin": 1}


def test_an_allergy_of_the_chart_stops_it(garance: Record) -> None:
    door(garance, State(JEAN_BAPTISTE, AllergyRecorded(substance="Pénicillines")))
    with pytest.raises(ReasonNeeded) as refused:
        door(garance, Prescribe(JEAN_BAPTISTE, (line("amoxicilline 1 g 3/j 6 j"),)))
    said = [
        fired_sentence(found) for found in refused.value.outcome.fired if found.severity == "contraindicated"
    ]
    assert said == [
        "Allergie notée dans le dossier\u00a0: Pénicillines\u202f; amoxicilline est de cette classe."
    ]


def test_a_treatment_typed_in_the_chart_is_understood_when_renewed(garance: Record) -> None:
    write(garance, fact(TreatmentRecorded(substance="ramipril", posology="5 mg : 1 cp le matin")))
    renewed = one(chart(garance), door(garance, Renew(JEAN_BAPTISTE, duration_d=90)).facts[0]).body
    assert renewed.lines[0].posology["strength"] == "5 mg"
    assert "posology_unread" not in {said.code for said in renewed.unchecked}
    # Carried on as it was: not one word of the list changed.
    [treatment] = standing(chart(garance), TreatmentRecorded)
    assert treatment.body.posology == "5 mg : 1 cp le matin"


def test_the_list_says_name_and_strength_in_one_and_a_line_says_them_apart(garance: Record) -> None:
    write(garance, fact(TreatmentRecorded(substance="ramipril 5 mg", posology="1 comprimé le matin")))
    renewed = one(chart(garance), door(garance, Renew(JEAN_BAPTISTE, duration_d=90)).facts[0]).body
    assert (renewed.lines[0].substance, renewed.lines[0].strength) == ("ramipril", "5 mg")


def test_a_weekly_medicine_every_day_is_stopped(garance: Record) -> None:
    found = line("methotrexate 2,5 mg 4 cp le matin 28 j")
    with pytest.raises(ReasonNeeded) as refused:
        door(garance, Prescribe(JEAN_BAPTISTE, (found,)))
    assert "weekly_every_day" in {one.code for one in refused.value.outcome.fired}
