"""Treatments, their posology in words, and vaccinations."""

from __future__ import annotations

import pytest

from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.treatments.facts import TreatmentRecorded
from tests.intake.cda.writing import (
    ATC,
    ICD10,
    PCC,
    cd,
    comment,
    detail,
    medicine,
    only,
    reading,
    section,
)

CIS = "1.2.250.1.213.2.3.1"
PLAVIX = cd("code", "63564053", CIS, "PLAVIX 75 mg, comprimé")
LEVOTHYROX = PLAVIX + (
    '<asSpecializedKind><generalizedMedicineClass><code code="H03AA01" codeSystem="'
    + ATC
    + '" displayName="lévothyroxine"/>'
    "<name>lévothyroxine sodique</name></generalizedMedicineClass></asSpecializedKind>"
)
ONCE_A_DAY = '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="1" unit="d"/></effectiveTime>'


def _treatment(inside: str, product: str = PLAVIX, **options: str) -> TreatmentRecorded:
    body = only(reading(section("10160-0", medicine(product, inside=inside, **options))))
    assert isinstance(body, TreatmentRecorded)
    return body


def test_a_treatment_of_a_synthesis() -> None:
    inside = (
        '<statusCode code="completed"/><effectiveTime xsi:type="IVL_TS"><low value="20190811"/><high nullFlavor="UNK"/></effectiveTime>'
        + ONCE_A_DAY + cd("routeCode", "20053000", "0.4.0.127.0.16.1.1.2.1", "Voie orale")
        + '<doseQuantity><low value="2" unit="{tablet}"/><high value="2" unit="{tablet}"/></doseQuantity>'
        + f'<entryRelationship typeCode="RSON"><act classCode="ACT" moodCode="EVN">{cd("code", "I20.0", ICD10, "Angor")}</act></entryRelationship>'
    )  # fmt: skip
    found = reading(section("10160-0", medicine(LEVOTHYROX, inside=inside)))
    assert only(found) == TreatmentRecorded(
        substance="lévothyroxine sodique",
        brand="PLAVIX 75 mg, comprimé",
        coding=Coding(system="http://www.whocc.no/atc", code="H03AA01", display="lévothyroxine"),
        posology="2 comprimés 1 fois par jour",
        route="Voie orale",
        reason="Angor",
        since="2019-08-11",
    )
    assert not found.statements[0].proposal


def test_without_a_substance_the_name_stands_for_it() -> None:
    body = _treatment("")
    assert (body.substance, body.brand) == ("PLAVIX 75 mg, comprimé", "")
    assert body.coding == Coding(system=f"urn:oid:{CIS}", code="63564053", display="PLAVIX 75 mg, comprimé")


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (ONCE_A_DAY, "1 fois par jour"),
        (ONCE_A_DAY.replace('"1"', '"0.5"'), "2 fois par jour"),
        (ONCE_A_DAY.replace('"1" unit="d"', '"8" unit="h"'), "toutes les 8 heures"),
        (ONCE_A_DAY.replace('"1"', '"3"'), "tous les 3 jours"),
        (ONCE_A_DAY.replace('"1" unit="d"', '"1" unit="wk"'), "1 fois par semaine"),
        ('<effectiveTime xsi:type="EIVL_TS"><event code="HS"/></effectiveTime>', "au coucher"),
        ('<effectiveTime xsi:type="EIVL_TS"><event code="ACM"/><offset><low value="-30" unit="min"/></offset></effectiveTime>',
         "30 minutes avant le petit déjeuner"),
        ('<doseQuantity value="0.5" unit="{tablet}"/>' + ONCE_A_DAY, "0,5 comprimé 1 fois par jour"),
        ('<doseQuantity><low value="1" unit="g"/><high value="2" unit="g"/></doseQuantity>', "1 à 2 g"),
        ('<rateQuantity><low value="100" unit="mg/d"/></rateQuantity>', "100 mg par jour"),
        ('<maxDoseQuantity><numerator value="4" unit="g"/><denominator value="1" unit="d"/></maxDoseQuantity>', "maximum 4 g par jour"),
        ('<effectiveTime nullFlavor="UNK"/><doseQuantity nullFlavor="NI"/><rateQuantity nullFlavor="NAV"/>', ""),
        ('<effectiveTime xsi:type="PIVL_TS"><period value="beaucoup" unit="d"/></effectiveTime>', ""),
    ],
)  # fmt: skip
def test_a_structure_read_aloud(inside: str, words: str) -> None:
    assert _treatment(inside).posology == words


def test_the_prescribers_own_words_prevail() -> None:
    text = '<paragraph ID="f">matin et soir</paragraph><paragraph ID="d">un demi</paragraph>'
    inside = (
        '<effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"><translation><originalText><reference value="#f"/>'
        "</originalText></translation></period></effectiveTime>"
        '<doseQuantity><low value="0.5"><translation><originalText><reference value="#d"/></originalText></translation></low></doseQuantity>'
    )
    body = only(reading(section("10160-0", medicine(PLAVIX, inside=inside), text=text)))
    assert isinstance(body, TreatmentRecorded)
    assert body.posology == "un demi matin et soir"


def _step(number: int, dose: str, days: int) -> str:
    return (
        '<entryRelationship typeCode="COMP"><substanceAdministration classCode="SBADM" moodCode="EVN">'
        f'<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="IVL_TS"><low value="2024010{number}"/><width value="{days}" unit="d"/></comp>'
        '<comp xsi:type="PIVL_TS"><period value="1" unit="d"/></comp></effectiveTime>'
        f'<doseQuantity value="{dose}" unit="{{tablet}}"/></substanceAdministration></entryRelationship>'
    )


def test_a_tapered_dose_is_told_step_by_step() -> None:
    assert _treatment(_step(1, "3", 2) + _step(3, "1", 5)).posology == (
        "3 comprimés 1 fois par jour à partir du 01/01/2024 pendant 2 jours puis "
        "1 comprimé 1 fois par jour à partir du 03/01/2024 pendant 5 jours"
    )


def test_a_condition_and_what_the_patient_is_told() -> None:
    inside = (
        "<precondition><criterion><text>en cas de douleur</text></criterion></precondition>"
        '<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="INT"><code code="PINSTRUCT"/><text>Au repas</text></act></entryRelationship>'
    )
    body = _treatment(inside)
    assert (body.posology, body.as_needed) == ("en cas de douleur. Au repas", True)
    assert not _treatment("<precondition><criterion><text>-</text></criterion></precondition>").as_needed


@pytest.mark.parametrize(
    ("code", "section_", "mood"),
    [("11490-0", "10183-2", "EVN"), ("57833-6", "57828-6", "INT"), ("REMB", "10160-0", "EVN"), ("51852-2", "10160-0", "EVN"),
     ("60591-5", "18776-5", "INT"), ("60591-5", "10183-2", "EVN")],
)  # fmt: skip
def test_a_treatment_of_another_document_is_a_proposal(code: str, section_: str, mood: str) -> None:
    found = reading(section(section_, medicine(PLAVIX, mood=mood)), code=code)
    assert isinstance(only(found), TreatmentRecorded)
    assert found.statements[0].proposal


def test_an_ended_and_a_stopped_treatment() -> None:
    ended = '<effectiveTime xsi:type="IVL_TS"><low value="2019"/><high value="20200101"/></effectiveTime>'
    body = _treatment(ended)
    assert (body.status, body.until, body.long_term) == ("completed", "2020-01-01", False)
    coming = ended.replace("20200101", "20300101")
    assert _treatment(coming).status == "active"
    stopped = only(reading(section("18610-6", medicine(PLAVIX), title="Traitements arrêtés"), code="11490-0"))
    assert isinstance(stopped, TreatmentRecorded)
    assert (stopped.status, stopped.stop_reason) == ("stopped", "dit arrêté par le document")


def test_what_was_dispensed() -> None:
    supply = (
        '<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="EVN"><quantity value="2"/>'
        '<author><time value="20190311"/><assignedAuthor><assignedPerson><name><family>MARIGNY</family><suffix>DR</suffix></name>'
        "</assignedPerson></assignedAuthor></author></supply></entryRelationship>"
    )
    found = reading(section("10160-0", medicine(PLAVIX, inside=supply)), code="REMB")
    body = only(found)
    assert isinstance(body, TreatmentRecorded)
    assert (body.comment, body.prescriber) == ("Délivré le 11/03/2019 (quantité 2)", "Dr MARIGNY")
    assert (found.statements[0].at, found.statements[0].proposal) == ("2019-03-11", True)


def test_a_treatment_without_a_name() -> None:
    found = reading(section("10160-0", medicine('<code nullFlavor="NA"/><name nullFlavor="NA"/>')))
    assert found.statements == ()
    assert found.unread == ("Section « Titre » : 1 entrée restée en texte (le médicament n’est pas nommé).",)


# ---------------------------------------------------------------- vaccinations

REVAXIS = (
    cd("code", "60917345", CIS, "REVAXIS", cd("translation", "J07CA01", ATC, "dTP"))
    + "<lotNumberText>L-42</lotNumberText>"
)
VACCINE = f"{PCC}.4.12"


def test_an_injection() -> None:
    inside = (
        cd("code", "BOOSTER", "2.16.840.1.113883.5.4", "Rappel") + '<statusCode code="completed"/><effectiveTime value="20210409"/>'
        + cd("routeCode", "20035000", "0.4.0.127.0.16.1.1.2.1", "voie intramusculaire")
        + cd("approachSiteCode", "1", "2.16.840.1.113883.6.96", "deltoïde gauche")
        + "<performer><assignedEntity><assignedPerson><name><family>MOREL</family></name></assignedPerson></assignedEntity></performer>"
        + detail("30973-2", '<value xsi:type="INT" value="3"/>', kind="SUBJ")
        + '<entryRelationship typeCode="CAUS"><observation classCode="OBS" moodCode="EVN">' + cd("value", "R50.2", ICD10, "Fièvre")
        + "</observation></entryRelationship>" + comment("sans incident")
    )  # fmt: skip
    found = reading(section("11369-6", medicine(REVAXIS, inside=inside, template=VACCINE)))
    assert only(found) == ImmunizationRecorded(
        vaccine="REVAXIS",
        coding=Coding(system="http://www.whocc.no/atc", code="J07CA01", display="dTP"),
        dose="dose 3, rappel",
        lot="L-42",
        site="deltoïde gauche",
        performer="MOREL",
        comment="Voie : voie intramusculaire ; Réaction : Fièvre ; sans incident",
    )
    assert (found.statements[0].at, found.statements[0].proposal) == ("2021-04-09", False)


def test_a_vaccine_not_done_has_its_reason() -> None:
    reason = f'<entryRelationship typeCode="RSON"><act classCode="ACT" moodCode="EVN">{cd("code", "x", "1.2", "refus du patient")}</act></entryRelationship>'
    for inside, said in ((reason, "refus du patient"), ("", "motif non précisé dans le document")):
        entry = medicine(REVAXIS, inside=inside, template=VACCINE).replace(
            'moodCode="EVN"', 'moodCode="EVN" negationInd="true"', 1
        )
        body = only(reading(section("11369-6", entry)))
        assert isinstance(body, ImmunizationRecorded)
        assert (body.status, body.reason) == ("not-done", said)


def test_a_planned_or_sold_vaccine_is_no_injection() -> None:
    planned = reading(section("11369-6", medicine(REVAXIS, mood="INT", template=f"{PCC}.4.12.2")))
    assert planned.statements == ()
    assert planned.unread == ("Section « Titre » : 1 entrée restée en texte (prévu, pas fait).",)
    supply = '<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="EVN"><author><time value="2019"/></author></supply></entryRelationship>'
    sold = reading(section("11369-6", medicine(REVAXIS, inside=supply, template=VACCINE)), code="REMB")
    assert sold.statements[0].proposal
    assert sold.statements[0].at is None
    assert isinstance(sold.statements[0].body, ImmunizationRecorded)
    assert sold.statements[0].body.comment.startswith("Délivré le 2019 ; injection non confirmée")
