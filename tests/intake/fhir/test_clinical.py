"""Each kind of resource becomes what the chart calls it, or text with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.checks import check
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from tests.intake.fhir.made import bundle, concept, only, read_one, reasons

CONDITION: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": concept("resolved", system="http://terminology.hl7.org/CodeSystem/condition-clinical"),
    "code": {
        "coding": [
            {"system": "http://snomed.info/sct", "code": "233604007", "display": "Pneumonia"},
            {"system": "http://hl7.org/fhir/sid/icd-10", "code": "J18.9", "display": "Pneumopathie"},
        ],
        "text": "Pneumonie droite",
    },
    "onsetDateTime": "2019-04",
    "abatementDateTime": "2019-05-02T10:00:00+02:00",
    "recordedDate": "2019-04-03",
    "note": [{"text": "Radio normale à un mois"}],
}
ALLERGY: dict[str, Any] = {
    "resourceType": "AllergyIntolerance",
    "id": "a1",
    "type": "allergy",
    "category": ["medication"],
    "criticality": "high",
    "code": concept("373270004", "Pénicilline"),
    "onsetDateTime": "1999",
    "reaction": [{"manifestation": [concept("126485001", "Urticaire")], "severity": "severe"}],
}


def test_a_condition_is_a_problem_with_its_icd10_code_and_its_own_words() -> None:
    statement = only(read_one(CONDITION))
    assert statement.key == "Condition/c1"
    assert statement.at == "2019-04-03"
    assert statement.body == ProblemRecorded(
        label="Pneumonie droite",
        coding=Coding(system="http://hl7.org/fhir/sid/icd-10", code="J18.9", display="Pneumopathie"),
        clinical="resolved",
        onset="2019-04",
        abatement="2019-05-02",
        comment="Radio normale à un mois",
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("unconfirmed", "provisional"),
        ("differential", "provisional"),
        ("refuted", "refuted"),
        ("confirmed", "confirmed"),
    ],
)
def test_how_sure_the_author_was_is_kept(written: str, read: str) -> None:
    body = only(read_one({**CONDITION, "verificationStatus": concept(written, system="v")})).body
    assert isinstance(body, ProblemRecorded)
    assert body.verification == read


def test_a_condition_without_status_is_over_when_it_has_an_end() -> None:
    without = {name: value for name, value in CONDITION.items() if name != "clinicalStatus"}
    body = only(read_one(without)).body
    assert isinstance(body, ProblemRecorded)
    assert body.clinical == "resolved"


def test_an_end_before_the_beginning_is_said_not_stated() -> None:
    body = only(read_one({**CONDITION, "abatementDateTime": "2018"})).body
    assert isinstance(body, ProblemRecorded)
    assert body.abatement == ""
    assert "2018" in body.comment


def test_an_allergy_with_its_reaction() -> None:
    body = only(read_one(ALLERGY)).body
    assert isinstance(body, AllergyRecorded)
    assert (body.substance, body.reaction, body.criticality, body.onset) == (
        "Pénicilline", "Urticaire (sévère)", "high", "1999",
    )  # fmt: skip


def none_known(
    code: str, system: str = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "id": "none", "code": concept(code, "…", system)}


@pytest.mark.parametrize(
    "resource", [none_known("no-known-allergies"), none_known("716186003", "http://snomed.info/sct")]
)
def test_no_known_allergy_is_an_answer(resource: dict[str, Any]) -> None:
    document = read_one(resource)
    assert document.negations == ("allergies",)
    assert not document.statements


def test_no_information_is_no_answer() -> None:
    document = read_one(none_known("no-allergy-info"))
    assert document.negations == ()
    assert not document.statements
    assert "non renseignée" in reasons(document)


def test_no_food_allergy_is_not_no_allergy() -> None:
    document = read_one(none_known("429625007", "http://snomed.info/sct"), ALLERGY)
    assert document.negations == ()
    assert len(document.statements) == 1
    assert "absence partielle" in reasons(document)


def test_none_known_beside_an_allergy_is_not_believed() -> None:
    document = read_one(none_known("no-known-allergies"), ALLERGY)
    assert document.negations == ()
    assert "l’absence n’est pas retenue" in reasons(document)


def test_none_known_refuted_is_no_answer() -> None:
    resource = {**none_known("no-known-allergies"), "verificationStatus": concept("refuted", system="v")}
    assert read_one(resource).negations == ()


MEDICINE: dict[str, Any] = {
    "resourceType": "MedicationStatement",
    "id": "m1",
    "status": "active",
    "medicationCodeableConcept": concept("C07AB07", "bisoprolol", "http://www.whocc.no/atc"),
    "effectivePeriod": {"start": "2020-02"},
    "dosage": [
        {
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["MORN"]}},
            "doseAndRate": [{"doseQuantity": {"value": 2.5, "unit": "mg"}}],
            "route": concept(text="orale"),
        }
    ],
}
OTHERS = (CONDITION, ALLERGY)


def test_a_treatment_of_a_whole_record_stands() -> None:
    statements = read_one(MEDICINE, *OTHERS).statements
    treatment = next(one for one in statements if isinstance(one.body, TreatmentRecorded))
    assert not treatment.proposal
    assert isinstance(treatment.body, TreatmentRecorded)
    assert treatment.body.posology == "2.5 mg, 1 fois par jour, le matin"
    assert (treatment.body.route, treatment.body.since) == ("orale", "2020-02")


@pytest.mark.parametrize("kind", ["document", "message"])
def test_a_treatment_of_a_letter_is_proposed(kind: str) -> None:
    letter = {
        "resourceType": "Composition",
        "status": "final",
        "type": concept("11488-4", system="http://loinc.org"),
    }
    statements = read_one(letter, MEDICINE, *OTHERS, kind=kind).statements
    assert [one.proposal for one in statements if isinstance(one.body, TreatmentRecorded)] == [True]


def test_a_treatment_nearly_alone_is_a_prescription_in_disguise() -> None:
    assert only(read_one(MEDICINE)).proposal


def test_an_ips_is_a_whole_record() -> None:
    ips = {
        "resourceType": "Composition",
        "status": "final",
        "type": concept("60591-5", system="http://loinc.org"),
    }
    assert not only(read_one(ips, MEDICINE, kind="document")).proposal


def test_a_medicine_by_reference_and_contained() -> None:
    held = {"resourceType": "Medication", "id": "med", "code": concept(text="Kardégic 75 mg")}
    by_reference = {**MEDICINE, "medicationReference": {"reference": "Medication/med"}}
    del by_reference["medicationCodeableConcept"]
    inside = {**by_reference, "contained": [held], "medicationReference": {"reference": "#med"}}
    for resources in ((by_reference, held), (inside,)):
        body = only(read_one(*resources)).body
        assert isinstance(body, TreatmentRecorded)
        assert body.substance == "Kardégic 75 mg"


def test_a_request_keeps_prescriber_reason_and_duration() -> None:
    request = {
        "resourceType": "MedicationRequest",
        "id": "r1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(text="Amoxicilline 1 g"),
        "authoredOn": "2024-01-05T09:00:00+01:00",
        "requester": {"display": "Dr Garance Morel"},
        "reasonReference": [{"reference": "Condition/c1"}],
        "dosageInstruction": [{"text": "1 comprimé matin et soir"}],
        "dispenseRequest": {"expectedSupplyDuration": {"value": 7, "unit": "jours"}},
    }
    body = next(
        one.body for one in read_one(request, CONDITION).statements if isinstance(one.body, TreatmentRecorded)
    )
    assert (body.posology, body.prescriber, body.reason, body.since, body.comment) == (
        "1 comprimé matin et soir", "Dr Garance Morel", "Pneumonie droite", "2024-01-05", "Durée : 7 jours",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "read", "proposed"),
    [
        ("stopped", "stopped", False), ("completed", "completed", False), ("on-hold", "on-hold", False),
        ("not-taken", "stopped", False), ("intended", "active", True), ("unknown", "active", True),
    ],
)  # fmt: skip
def test_what_was_never_or_no_longer_taken_does_not_read_as_taken(
    status: str, read: str, proposed: bool
) -> None:
    statements = read_one({**MEDICINE, "status": status}, *OTHERS).statements
    treatment = next(one for one in statements if isinstance(one.body, TreatmentRecorded))
    assert isinstance(treatment.body, TreatmentRecorded)
    assert (treatment.body.status, treatment.proposal) == (read, proposed)


@pytest.mark.parametrize("resource", [CONDITION, ALLERGY, MEDICINE])
def test_entered_in_error_is_never_a_statement(resource: dict[str, Any]) -> None:
    wrong = {**resource, "status": "entered-in-error"} if "status" in resource else {
        **resource, "verificationStatus": concept("entered-in-error", system="v")
    }  # fmt: skip
    document = read_one(wrong)
    assert not document.statements
    assert "saisi par erreur" in reasons(document)


@pytest.mark.parametrize(
    "more",
    [{"modifierExtension": [{"url": "http://x", "valueBoolean": True}]}, {"implicitRules": "http://rules"}],
)
def test_what_changes_the_meaning_of_a_resource_leaves_it_text(more: dict[str, Any]) -> None:
    document = read_one({**CONDITION, **more})
    assert not document.statements
    assert "change le sens" in reasons(document)
    assert "Pneumonie droite" in document.text


def test_a_vaccination_with_its_dose_and_target() -> None:
    resource = {
        "resourceType": "Immunization",
        "id": "v1",
        "status": "completed",
        "vaccineCode": concept("J07AL02", "Pneumocoque", "http://www.whocc.no/atc"),
        "occurrenceDateTime": "2023-10-02",
        "lotNumber": "AB12",
        "protocolApplied": [
            {
                "doseNumberPositiveInt": 2,
                "seriesDosesPositiveInt": 3,
                "targetDisease": [concept(text="Pneumocoque")],
            }
        ],
        "performer": [{"actor": {"display": "Paul Roche"}}],
    }
    statement = only(read_one(resource))
    assert statement.at == "2023-10-02"
    assert statement.body == ImmunizationRecorded(
        vaccine="Pneumocoque",
        coding=Coding(system="http://www.whocc.no/atc", code="J07AL02", display="Pneumocoque"),
        targets=["Pneumocoque"],
        dose="2/3",
        lot="AB12",
        performer="Paul Roche",
    )
    refused = only(read_one({**resource, "status": "not-done"})).body
    assert isinstance(refused, ImmunizationRecorded)
    assert refused.status == "not-done"
    assert refused.reason


def test_a_procedure_done_and_one_not_done() -> None:
    resource = {
        "resourceType": "Procedure",
        "id": "p1",
        "status": "completed",
        "code": concept("80146002", "Appendicectomie"),
        "performedDateTime": "1971",
    }
    statement = only(read_one(resource))
    assert isinstance(statement.body, ProcedureRecorded)
    assert (statement.body.label, statement.at) == ("Appendicectomie", "1971")
    assert not read_one({**resource, "status": "not-done"}).statements


def test_each_illness_of_a_relative_is_one_statement() -> None:
    resource = {
        "resourceType": "FamilyMemberHistory",
        "id": "f1",
        "status": "completed",
        "relationship": concept("MGRMTH", system="http://terminology.hl7.org/CodeSystem/v3-RoleCode"),
        "condition": [
            {"code": concept(text="Diabète"), "onsetAge": {"value": 40, "code": "a"}},
            {"code": concept(text="Infarctus"), "contributedToDeath": True},
        ],
    }
    statements = read_one(resource).statements
    assert [one.key for one in statements] == ["FamilyMemberHistory/f1#1", "FamilyMemberHistory/f1#2"]
    first, second = (one.body for one in statements)
    assert isinstance(first, FamilyRecorded)
    assert isinstance(second, FamilyRecorded)
    assert (first.relation, first.label, first.age_at_onset) == ("grandmother", "Diabète", 40)
    assert "maternel" in first.comment
    assert second.died_of_it


def test_an_encounter_with_reason_diagnosis_and_note() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "HH"},
        "period": {"start": "2024-03-01T10:00:00+01:00"},
        "reasonCode": [concept(text="Toux")],
        "diagnosis": [{"condition": {"reference": "Condition/c1"}}],
    }
    note = {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": "VG91eCBkZXB1aXMgMyBqb3Vycy4=",
                }
            }
        ],
        "context": {"encounter": [{"reference": "Encounter/e1"}]},
    }
    statement = next(
        one
        for one in read_one(encounter, CONDITION, note).statements
        if isinstance(one.body, ConsultationRecorded)
    )
    assert statement.at == "2024-03-01T10:00:00+01:00"
    assert statement.body == ConsultationRecorded(
        reason="Toux", conclusion="Pneumonie droite", text="Toux depuis 3 jours.", place="home"
    )


def test_an_encounter_that_says_nothing_stays_text() -> None:
    document = read_one(
        {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"}}
    )
    assert not document.statements
    assert "sans motif ni texte" in reasons(document)


def test_a_resource_of_another_shape_stays_text_and_harms_no_other() -> None:
    document = read_one({**CONDITION, "id": "bad", "code": ["J18"]}, ALLERGY)
    assert [one.key for one in document.statements] == ["AllergyIntolerance/a1"]
    assert "ne suit pas la norme FHIR R4" in reasons(document)


def test_null_is_read_as_nothing() -> None:
    assert only(read_one({**CONDITION, "note": None, "severity": None})).key == "Condition/c1"


def test_types_the_chart_does_not_know_are_counted_and_readable() -> None:
    claims = [
        {"resourceType": "Claim", "id": str(n), "status": "active", "total": {"value": 25, "currency": "EUR"}}
        for n in (1, 2)
    ]
    document = read_one(*claims)
    assert "2 demandes de remboursement (Claim)" in reasons(document)
    assert document.text.count("total : 25 EUR") == 2


def test_every_statement_passes_the_rules_of_its_room() -> None:
    """The door in refuses what its rules refuse: a reader that fed it such bodies would lose them."""
    document = read_one(CONDITION, ALLERGY, MEDICINE, {**MEDICINE, "id": "m2", "status": "stopped"})
    assert len(document.statements) == 4
    for statement in document.statements:
        check(statement.body, statement.at, "1952-04-03", 1_800_000_000_000)
        assert statement.body.KIND in KINDS


def test_reading_twice_gives_the_same() -> None:
    assert read_one(CONDITION, ALLERGY, MEDICINE) == read_one(CONDITION, ALLERGY, MEDICINE)
    assert bundle(CONDITION) == bundle(CONDITION)
