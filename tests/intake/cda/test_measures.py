"""Measures in our units, habits, autonomy, pregnancies."""

from __future__ import annotations

import pytest

from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import Component, MeasureRecorded
from tests.intake.cda.writing import LOINC, PCC, SNOMED, cd, comment, only, reading, section, templates


def _measure(code: str, value: str, unit: str, *, inside: str = "", kind: str = "PQ") -> str:
    return (
        f'<observation classCode="OBS" moodCode="EVN">{templates(f"{PCC}.4.13.2")}<code code="{code}" codeSystem="{LOINC}" displayName="Mesure"/>'
        f'<value xsi:type="{kind}" value="{value}" unit="{unit}"/>{inside}</observation>'
    )


def _organizer(*observations: str, at: str = "20240402") -> str:
    held = "".join(f"<component>{one}</component>" for one in observations)
    return f'<organizer classCode="CLUSTER" moodCode="EVN">{templates(f"{PCC}.4.13.1")}<effectiveTime value="{at}"/>{held}</organizer>'


@pytest.mark.parametrize(
    ("code", "value", "unit", "component"),
    [
        ("29463-7", "58", "kg", Component(code="29463-7", label="Poids", value="58", unit="kg")),
        ("3141-9", "3900", "g", Component(code="29463-7", label="Poids", value="3.9", unit="kg")),
        ("8302-2", "1.60", "m", Component(code="8302-2", label="Taille", value="160", unit="cm")),
        ("8287-5", "350", "mm", Component(code="9843-4", label="Périmètre crânien", value="35", unit="cm")),
        (
            "8867-4",
            "72",
            "{beats}/min",
            Component(code="8867-4", label="Fréquence cardiaque", value="72", unit="/min"),
        ),
        ("8310-5", "37,2", "°C", Component(code="8310-5", label="Température", value="37.2", unit="Cel")),
        ("9272-6", "10", "{score}", Component(code="9272-6", label="Mesure", value="10", unit="{score}")),
    ],
)
def test_values_in_our_units(code: str, value: str, unit: str, component: Component) -> None:
    found = reading(section("8716-3", _organizer(_measure(code, value, unit, inside=comment("debout")))))
    assert only(found) == MeasureRecorded(components=[component], comment="debout")
    assert found.statements[0].at == "2024-04-02"


def test_systolic_and_diastolic_stand_together() -> None:
    found = reading(
        section("8716-3", _organizer(_measure("8462-4", "8", "cm[Hg]"), _measure("8480-6", "130", "mmHg")))
    )
    body = only(found)
    assert isinstance(body, MeasureRecorded)
    assert [(part.code, part.value, part.unit) for part in body.components] == [
        ("8480-6", "130", "mm[Hg]"),
        ("8462-4", "80", "mm[Hg]"),
    ]


def test_two_pressures_of_two_days_are_two() -> None:
    days = [f'<effectiveTime value="2024040{day}"/>' for day in (1, 2)]
    parts = [
        _measure(code, value, "mm[Hg]", inside=day)
        for day in days
        for code, value in (("8480-6", "130"), ("8462-4", "80"))
    ]
    found = reading(section("8716-3", _organizer(*parts)))
    assert [statement.at for statement in found.statements] == ["2024-04-01", "2024-04-02"]


@pytest.mark.parametrize(
    ("code", "value", "unit", "why"),
    [("29463-7", "5800", "kg", "hors de ce qu’un corps humain"), ("29463-7", "130", "[lb_av]", "l’unité n’est pas celle attendue"),
     ("29463-7", "lourd", "kg", "n’est pas un nombre")],
)  # fmt: skip
def test_what_cannot_be_a_measure_stays_text(code: str, value: str, unit: str, why: str) -> None:
    found = reading(section("8716-3", _organizer(_measure(code, value, unit))))
    assert found.statements == ()
    assert why in found.unread[0]


def _habit(code: str, value: str, inside: str = "", template: str = f"{PCC}.4.13.4") -> str:
    return f'<observation classCode="OBS" moodCode="EVN">{templates(template)}{code}<effectiveTime nullFlavor="NA"/>{value}{inside}</observation>'


def test_habits() -> None:
    tobacco = _habit(
        cd("code", "74011-8", LOINC, "Consommation tabagique"),
        '<value xsi:type="PQ" value="25" unit="{pack}/a"/>',
    )
    cannabis = _habit(
        cd("code", "11343-1", LOINC, "Drogues"),
        cd("value", "1", SNOMED, "Cannabis"),
        '<text><reference value="#c"/></text>',
    )
    flat = _habit(
        cd(
            "code",
            "x",
            LOINC,
            "Autre",
            f"<qualifier>{cd('value', 'ORG-099', '1.2', 'Profession')}</qualifier>",
        ),
        cd("value", "3", "1.2", "Cadre"),
    )
    found = reading(
        section(
            "29762-2",
            tobacco,
            cannabis,
            flat,
            text='<paragraph ID="c">Cannabis occasionnel le week-end</paragraph>',
        )
    )
    assert [statement.body for statement in found.statements] == [
        LifestyleRecorded(topic="tobacco", label="Consommation tabagique", quantity="25", unit="{pack}/a"),
        LifestyleRecorded(
            topic="drugs", label="Drogues : Cannabis", comment="Cannabis occasionnel le week-end"
        ),
        LifestyleRecorded(topic="occupation", label="Profession : Cadre"),
    ]


def test_an_exposure_is_a_risk() -> None:
    body = only(
        reading(
            section(
                "10161-8",
                _habit(
                    cd("code", "x", LOINC, "Amiante"), '<value xsi:type="BL" value="true"/>', template="9.9"
                ),
            )
        )
    )
    assert body == LifestyleRecorded(topic="exposure", label="Amiante : oui", at_risk=True)


def test_autonomy_and_pregnancies() -> None:
    walking = _habit(
        cd("code", "d450", "1.2", "Marcher"),
        cd("value", "d4500.3", "1.2", "Restriction modérée"),
        template=f"{PCC}.1.12.3.6",
    )
    organizer = f'<organizer classCode="CLUSTER" moodCode="EVN"><effectiveTime><low value="2018"/></effectiveTime><component>{walking}</component></organizer>'
    term = _habit(
        cd("code", "11778-8", LOINC, "Date estimée de l’accouchement"),
        '<value xsi:type="TS" value="20240903"/>',
        template=f"{PCC}.4.13.5",
    )
    found = reading(section("47420-5", organizer), section("10162-6", term))
    assert [(statement.body, statement.at) for statement in found.statements] == [
        (LifestyleRecorded(topic="other", label="Marcher : Restriction modérée"), "2018"),
        (LifestyleRecorded(topic="other", label="Date estimée de l’accouchement : 03/09/2024"), None),
    ]


def test_a_habit_denied_or_without_answer_stays_text() -> None:
    denied = _habit(cd("code", "74011-8", LOINC, "Tabac"), '<value xsi:type="BL" value="true"/>').replace(
        '"EVN"', '"EVN" negationInd="true"'
    )
    found = reading(
        section(
            "29762-2", denied, _habit(cd("code", "74013-4", LOINC, "Alcool"), '<value nullFlavor="ASKU"/>')
        )
    )
    assert found.statements == ()
    assert [sentence.partition("(")[2] for sentence in found.unread] == [
        "dit absent : Tabac).",
        "sans valeur : Alcool).",
    ]
