"""Allergies, intolerances, adverse reactions."""

from __future__ import annotations

import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.kinds import Coding
from tests.intake.cda.writing import ATC, PCC, SNOMED, cd, detail, medicine, only, reading, section, templates

PENICILLIN = f'<participant typeCode="CSM"><participantRole><playingEntity>{cd("code", "J01C", ATC, "Pénicillines")}</playingEntity></participantRole></participant>'


def _allergy(inside: str, kind: str = "416098002", label: str = "") -> str:
    return (
        f'<act classCode="ACT" moodCode="EVN">{templates(f"{PCC}.4.5.3")}<statusCode code="active"/><entryRelationship typeCode="SUBJ">'
        f'<observation classCode="OBS" moodCode="EVN">{templates(f"{PCC}.4.6", f"{PCC}.4.5")}<id root="al"/>'
        f'<code code="{kind}" codeSystem="{SNOMED}" displayName="{label}"/><effectiveTime><low value="2003"/></effectiveTime>{inside}'
        "</observation></entryRelationship></act>"
    )


def test_an_allergy_in_full() -> None:
    reaction = (
        '<entryRelationship typeCode="MFST"><observation classCode="OBS" moodCode="EVN">' + cd("value", "L50", "1.2", "Urticaire")
        + detail("SEV", cd("value", "1", SNOMED, "léger")) + "</observation></entryRelationship>"
    )  # fmt: skip
    inside = (
        PENICILLIN + reaction + detail("33999-4", '<value xsi:type="CE" code="inactive"/>')
        + detail("82606-5", '<value xsi:type="CE" code="high"/>') + detail("66455-7", '<value xsi:type="CE" code="unconfirmed"/>')
    )  # fmt: skip
    assert only(reading(section("48765-2", _allergy(inside)))) == AllergyRecorded(
        substance="Pénicillines",
        coding=Coding(system="http://www.whocc.no/atc", code="J01C", display="Pénicillines"),
        criticality="high",
        reaction="Urticaire (léger)",
        clinical="inactive",
        verification="unconfirmed",
        onset="2003",
    )


@pytest.mark.parametrize(
    ("kind", "label", "nature", "category"),
    [("414285001", "", "allergy", "food"), ("59037007", "", "intolerance", "medication"), ("EINT", "", "intolerance", "environment"),
     ("local", "Intolérance alimentaire", "intolerance", "food"), ("local", "", "allergy", "other")],
)  # fmt: skip
def test_nature_and_category(kind: str, label: str, nature: str, category: str) -> None:
    body = only(reading(section("48765-2", _allergy(PENICILLIN, kind, label))))
    assert isinstance(body, AllergyRecorded)
    assert (body.nature, body.category) == (nature, category)


def test_the_type_in_the_value_as_c_cda_writes_it() -> None:
    inside = cd("value", "414285001", SNOMED, "Food allergy") + PENICILLIN
    body = only(reading(section("48765-2", _allergy(inside, "ASSERTION"))))
    assert isinstance(body, AllergyRecorded)
    assert (body.substance, body.category) == ("Pénicillines", "food")


def test_an_agent_known_by_its_name_or_by_the_value_only() -> None:
    named = "<participant typeCode='CSM'><participantRole><playingEntity><code nullFlavor='UNK'/><name>Latex</name></playingEntity></participantRole></participant>"
    body = only(reading(section("48765-2", _allergy(named))))
    assert isinstance(body, AllergyRecorded)
    assert body.substance == "Latex"
    body = only(reading(section("48765-2", _allergy(cd("value", "J01C", ATC, "Pénicillines")))))
    assert isinstance(body, AllergyRecorded)
    assert body.substance == "Pénicillines"


def test_an_adverse_reaction_is_an_intolerance_to_its_medicine() -> None:
    drug = medicine(cd("code", "J01CA04", ATC, "amoxicilline"), ident="d")
    entry = (
        f'<observation classCode="OBS" moodCode="EVN">{templates("2.16.840.1.113883.10.20.1.18", "1.2.250.1.213.1.1.3.210")}<id root="r"/>'
        f'{cd("code", "79899007", SNOMED, "interaction")}<effectiveTime><low value="2021"/></effectiveTime>'
        f'<entryRelationship typeCode="COMP">{drug}</entryRelationship>'
        f'<entryRelationship typeCode="MFST"><observation classCode="OBS" moodCode="EVN">{cd("value", "x", "1.2", "Nausée")}</observation></entryRelationship>'
        "</observation>"
    )
    body = only(reading(section("44939-7", entry)))
    assert body == AllergyRecorded(
        substance="amoxicilline",
        coding=Coding(system="http://www.whocc.no/atc", code="J01CA04", display="amoxicilline"),
        nature="intolerance",
        reaction="Nausée",
        onset="2021",
        comment="Effet indésirable : interaction",
    )
