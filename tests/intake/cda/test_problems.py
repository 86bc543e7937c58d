"""Problems, procedures and family: each entry one statement, in the room it belongs to."""

from __future__ import annotations

import pytest

from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from tests.intake.cda.writing import (
    ICD10,
    PCC,
    SNOMED,
    cd,
    comment,
    detail,
    only,
    problem,
    reading,
    section,
    templates,
)

HYPERTENSION = cd("value", "I10", ICD10, "Hypertension essentielle")


def test_an_active_problem_with_its_code() -> None:
    inside = (
        '<effectiveTime><low value="201903"/></effectiveTime>'
        + detail("SEV", cd("value", "1", SNOMED, "modéré"))
        + comment("suivi")
    )
    found = reading(section("11450-4", problem(HYPERTENSION, inside=inside)))
    assert only(found) == ProblemRecorded(
        label="Hypertension essentielle",
        coding=Coding(
            system="http://hl7.org/fhir/sid/icd-10", code="I10", display="Hypertension essentielle"
        ),
        onset="2019-03",
        comment="Sévérité : modéré ; suivi",
    )
    assert found.statements[0].key == "p1"
    assert found.statements[0].place == "section 11450-4, entrée 1"
    assert found.unread == ()


def test_an_icd_code_in_a_translation_and_without_its_dot() -> None:
    value = cd("value", "44054006", SNOMED, "Diabète de type 2", cd("translation", "E119", ICD10, "Diabète"))
    body = only(reading(section("11450-4", problem(value))))
    assert isinstance(body, ProblemRecorded)
    assert body.label == "Diabète de type 2"
    assert body.coding is not None
    assert body.coding.code == "E11.9"


def test_words_of_the_author_when_the_code_has_none_or_says_other() -> None:
    text = '<paragraph ID="a">Migraine avec aura</paragraph>'
    for value in (
        '<value xsi:type="CD" nullFlavor="NI"><originalText><reference value="#a"/></originalText></value>',
        cd("value", "R69", ICD10, "Causes inconnues", '<originalText><reference value="a"/></originalText>'),
        '<value xsi:type="CD"/>',
    ):
        inside = '<text><reference value="#a"/></text>'
        body = only(reading(section("11450-4", problem(value, inside=inside), text=text)))
        assert isinstance(body, ProblemRecorded)
        assert (body.label, body.coding) == ("Migraine avec aura", None)


@pytest.mark.parametrize(
    ("code", "status", "inside", "clinical"),
    [("11450-4", "active", "", "active"), ("11450-4", "suspended", "", "inactive"), ("11450-4", "completed", "", "active"),
     ("11348-0", "completed", "", "resolved"), ("11348-0", "active", "", "inactive"),
     ("11450-4", "active", detail("33999-4", '<value xsi:type="CE" code="recurrence"/>'), "recurrence"),
     ("11450-4", "active", detail("33999-4", f'<value xsi:type="CE" code="413322009" codeSystem="{SNOMED}"/>'), "resolved")],
)  # fmt: skip
def test_the_clinical_status(code: str, status: str, inside: str, clinical: str) -> None:
    body = only(reading(section(code, problem(HYPERTENSION, status=status, inside=inside))))
    assert isinstance(body, ProblemRecorded)
    assert body.clinical == clinical


@pytest.mark.parametrize(
    ("said", "verification"),
    [("unconfirmed", "provisional"), ("refuted", "refuted"), ("confirmed", "confirmed")],
)
def test_the_certainty(said: str, verification: str) -> None:
    inside = detail("66455-7", f'<value xsi:type="CD" code="{said}"/>', kind="SUBJ")
    body = only(reading(section("11450-4", problem(HYPERTENSION, inside=inside))))
    assert isinstance(body, ProblemRecorded)
    assert body.verification == verification


def test_entered_in_error_is_no_problem() -> None:
    inside = detail("66455-7", '<value xsi:type="CD" code="entered-in-error"/>', kind="SUBJ")
    found = reading(section("11450-4", problem(HYPERTENSION, inside=inside)))
    assert found.statements == ()
    assert found.unread == ("Section « Titre » : 1 entrée restée en texte (annulée par son auteur).",)


def test_two_entries_under_one_id_keep_two_stable_keys() -> None:
    other = cd("value", "I20.0", ICD10, "Angor instable")
    first = reading(section("11450-4", problem(HYPERTENSION), problem(other)))
    again = reading(section("11450-4", problem(other), problem(HYPERTENSION)))
    keys = {statement.key for statement in first.statements}
    assert len(keys) == 2
    assert keys == {statement.key for statement in again.statements}


def test_an_entry_without_id_has_a_key_of_its_content() -> None:
    bare = problem(HYPERTENSION).replace('<id root="p1"/>', '<id nullFlavor="UNK"/>')
    once = reading(section("11450-4", bare)).statements[0].key
    assert once == reading(section("11450-4", bare)).statements[0].key
    assert reading(section("11450-4", bare.replace("I10", "I11"))).statements[0].key != once


def test_dates_that_cannot_be_are_told_and_left_out() -> None:
    wrong = '<effectiveTime><low value="20190231"/></effectiveTime>'
    found = reading(
        section("11450-4", problem(HYPERTENSION, inside=wrong).replace('<low value="2019"/>', ""))
    )
    body = only(found)
    assert isinstance(body, ProblemRecorded)
    assert body.onset == ""
    assert found.unread == (
        "Section « Titre » : la date « 20190231 » n’existe pas ; elle est laissée de côté.",
    )


def test_a_date_before_birth_and_an_end_before_its_beginning_go_to_the_comment() -> None:
    early = '<effectiveTime><low value="1940"/></effectiveTime>'
    body = only(reading(section("11450-4", problem(HYPERTENSION, inside=early))))
    assert isinstance(body, ProblemRecorded)
    assert (body.onset, body.comment) == ("", "Date écrite : 1940 (avant la naissance)")
    reversed_ = '<effectiveTime><low value="2020"/><high value="2018"/></effectiveTime>'
    body = only(reading(section("11450-4", problem(HYPERTENSION, inside=reversed_))))
    assert isinstance(body, ProblemRecorded)
    assert (body.onset, body.abatement, body.comment) == ("2020", "", "Date écrite : 2018")


def test_an_unknown_template_is_read_by_where_it_stands() -> None:
    entry = f'<observation classCode="OBS" moodCode="EVN">{templates("9.9.9")}<code code="x"/>{HYPERTENSION}</observation>'
    assert isinstance(only(reading(section("11450-4", entry))), ProblemRecorded)


def test_a_known_template_is_read_in_an_unknown_section() -> None:
    assert isinstance(only(reading(section("00000-0", problem(HYPERTENSION)))), ProblemRecorded)


def _procedure(inside: str = "", *, mood: str = "EVN", status: str = "completed") -> str:
    return (
        f'<procedure classCode="PROC" moodCode="{mood}">{templates(f"{PCC}.4.19")}<id root="a1"/>'
        f'{cd("code", "HHFA016", "1.2.250.1.215.300.1", "Appendicectomie")}<statusCode code="{status}"/>'
        f'<effectiveTime value="20100512"/>{inside}</procedure>'
    )


def test_an_act_undergone() -> None:
    inside = (
        "<performer><assignedEntity><assignedPerson><name><given>Théo</given><family>LAMBERT</family></name></assignedPerson>"
        "<representedOrganization><name>Clinique</name></representedOrganization></assignedEntity></performer>"
        '<entryRelationship typeCode="RSON"><act classCode="ACT" moodCode="EVN">'
        f"{cd('code', 'K35.8', ICD10, 'Appendicite aiguë')}</act></entryRelationship>"
    )
    found = reading(section("47519-4", _procedure(inside)))
    assert only(found) == ProcedureRecorded(
        label="Appendicectomie",
        coding=Coding(system="urn:oid:1.2.250.1.213.2.5", code="HHFA016", display="Appendicectomie"),
        performer="Théo LAMBERT, Clinique",
        comment="Motif : Appendicite aiguë",
    )
    assert found.statements[0].at == "2010-05-12"


@pytest.mark.parametrize(
    ("mood", "status"), [("INT", "active"), ("RQO", "completed"), ("EVN", "aborted"), ("EVN", "active")]
)
def test_an_act_planned_or_given_up_is_not_undergone(mood: str, status: str) -> None:
    found = reading(section("47519-4", _procedure(mood=mood, status=status)))
    assert found.statements == ()
    assert len(found.unread) == 1


def test_a_care_plan_is_not_what_was_done() -> None:
    found = reading(section("18776-5", _procedure(), _procedure(mood="INT")))
    assert found.statements == ()
    assert found.unread == ("Section « Titre » : 2 entrées restées en texte (prévu, pas fait).",)


def _relative(kin: str, *observations: str) -> str:
    held = "".join(
        f'<component><observation classCode="OBS" moodCode="EVN">{one}</observation></component>'
        for one in observations
    )
    return (
        f'<organizer classCode="CLUSTER" moodCode="EVN">{templates(f"{PCC}.4.15")}<subject><relatedSubject classCode="PRS">'
        f"{kin}</relatedSubject></subject>{held}</organizer>"
    )


def test_the_illnesses_of_relatives() -> None:
    age = detail("35267-4", '<value xsi:type="PQ" value="58" unit="a"/>', kind="SUBJ")
    dead = detail("ASSERTION", f'<value xsi:type="CD" code="419099009" codeSystem="{SNOMED}"/>', kind="CAUS")
    mother = _relative(
        cd("code", "MTH", "2.16.840.1.113883.5.111", "Mère"),
        cd("value", "I21.9", ICD10, "Infarctus") + age + dead,
    )
    cousin = _relative(
        cd("code", "COUSN", "2.16.840.1.113883.5.111", "Cousin"), cd("value", "E11.9", ICD10, "Diabète")
    )
    bodies = [statement.body for statement in reading(section("10157-6", mother, cousin)).statements]
    assert bodies == [
        FamilyRecorded(
            relation="mother",
            label="Infarctus",
            coding=Coding(system="http://hl7.org/fhir/sid/icd-10", code="I21.9", display="Infarctus"),
            age_at_onset=58,
            died_of_it=True,
        ),
        FamilyRecorded(
            relation="other",
            label="Diabète",
            coding=Coding(system="http://hl7.org/fhir/sid/icd-10", code="E11.9", display="Diabète"),
            comment="Lien : Cousin",
        ),
    ]


def test_what_is_about_the_mother_never_enters_the_childs_chart() -> None:
    mother = f'<subject><relatedSubject classCode="PRS">{cd("code", "MTH", "2.16.840.1.113883.5.111", "Mère")}</relatedSubject></subject>'
    inner = section("11450-4", problem(HYPERTENSION))
    outer = section("57074-7", more=mother + f"<component>{inner}</component>")
    for found in (reading(outer), reading(section("11450-4", problem(HYPERTENSION), more=mother))):
        assert found.statements == ()
        assert found.unread == (
            "Section « Titre » : 1 entrée restée en texte (concerne une autre personne : Mère).",
        )


def test_a_device_carried_and_one_prescribed() -> None:
    device = (
        '<supply classCode="SPLY" moodCode="{mood}">' + templates("1.2.250.1.213.1.1.3.20")
        + '<effectiveTime><low value="2019"/></effectiveTime><participant typeCode="DEV"><participantRole><playingDevice>'
        + cd("code", "J0101", "1.2.250.1.213.2.68", "Stimulateur") + "</playingDevice></participantRole></participant></supply>"
    )  # fmt: skip
    found = reading(section("46264-8", device.format(mood="EVN"), device.format(mood="INT")))
    body = only(found)
    assert isinstance(body, ProcedureRecorded)
    assert (body.label, found.statements[0].at) == ("Dispositif médical : Stimulateur", "2019")
    assert found.unread == (
        "Section « Titre » : 1 entrée restée en texte (prescription d’un dispositif médical).",
    )
