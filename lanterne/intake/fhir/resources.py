"""FHIR R4 resources the chart knows, and those that give them names. Source:
https://hl7.org/fhir/R4/resourcelist.html."""

from __future__ import annotations

from typing import Any

import msgspec

from lanterne.intake.fhir.shapes import (
    Address,
    Annotation,
    Attachment,
    Coding,
    Concept,
    ContactPoint,
    Dosage,
    Element,
    Extension,
    HumanName,
    Identifier,
    Meta,
    Narrative,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    ReferenceRange,
)


class Resource(Element):
    """What every resource may carry. A modifier extension or implicit rules nobody here knows change its meaning
    (FHIR R4, 2.4.0.2: such a resource is not to be processed), so it stays text."""

    id: str = ""
    meta: Meta | None = None
    implicit_rules: str = ""
    text: Narrative | None = None
    contained: tuple[Any, ...] = ()
    modifier_extension: tuple[Any, ...] = ()


class Measured(Resource):
    """What Observation and its components share: what was measured, and one of FHIR's value[x]. (A component is an
    Element; the fields of a resource stay empty in it.)"""

    code: Concept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str = ""
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_time: str = ""
    value_date_time: str = ""
    value_period: Period | None = None
    value_sampled_data: Any = None
    data_absent_reason: Concept | None = None
    interpretation: tuple[Concept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Patient(Resource):
    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: str = ""
    birth_date: str = ""
    deceased_boolean: bool | None = None
    deceased_date_time: str = ""
    address: tuple[Address, ...] = ()
    extension: tuple[Extension, ...] = ()


class Practitioner(Resource):
    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()


class PractitionerRole(Resource):
    practitioner: Reference | None = None
    organization: Reference | None = None


class Organization(Resource):
    name: str = ""


class Device(Resource):
    type: Concept | None = None


class Specimen(Resource):
    type: Concept | None = None


class Ingredient(Element):
    item_codeable_concept: Concept | None = None


class Medication(Resource):
    code: Concept | None = None
    ingredient: tuple[Ingredient, ...] = ()


class Condition(Resource):
    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    code: Concept | None = None
    body_site: tuple[Concept, ...] = ()
    severity: Concept | None = None
    onset_date_time: str = ""
    onset_age: Quantity | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str = ""
    abatement_date_time: str = ""
    abatement_age: Quantity | None = None
    abatement_period: Period | None = None
    abatement_string: str = ""
    recorded_date: str = ""
    note: tuple[Annotation, ...] = ()


class Reaction(Element):
    substance: Concept | None = None
    manifestation: tuple[Concept, ...] = ()
    description: str = ""
    severity: str = ""


class AllergyIntolerance(Resource):
    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    type: str = ""
    category: tuple[str, ...] = ()
    criticality: str = ""
    code: Concept | None = None
    onset_date_time: str = ""
    onset_age: Quantity | None = None
    onset_period: Period | None = None
    onset_string: str = ""
    recorded_date: str = ""
    note: tuple[Annotation, ...] = ()
    reaction: tuple[Reaction, ...] = ()


class MedicationStatement(Resource):
    status: str = ""
    status_reason: tuple[Concept, ...] = ()
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    date_asserted: str = ""
    reason_code: tuple[Concept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    dosage: tuple[Dosage, ...] = ()


class DispenseRequest(Element):
    validity_period: Period | None = None
    expected_supply_duration: Quantity | None = None
    number_of_repeats_allowed: int | None = None


class MedicationRequest(Resource):
    status: str = ""
    status_reason: Concept | None = None
    intent: str = ""
    do_not_perform: bool = False
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    course_of_therapy_type: Concept | None = None
    authored_on: str = ""
    requester: Reference | None = None
    reason_code: tuple[Concept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: DispenseRequest | None = None


class Observation(Measured):
    status: str = ""
    category: tuple[Concept, ...] = ()
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    issued: str = ""
    performer: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    method: Concept | None = None
    specimen: Reference | None = None
    has_member: tuple[Reference, ...] = ()
    component: tuple[Measured, ...] = ()


class DiagnosticReport(Resource):
    status: str = ""
    category: tuple[Concept, ...] = ()
    code: Concept | None = None
    encounter: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    issued: str = ""
    performer: tuple[Reference, ...] = ()
    result: tuple[Reference, ...] = ()
    conclusion: str = ""
    conclusion_code: tuple[Concept, ...] = ()
    presented_form: tuple[Attachment, ...] = ()


class ImmunizationPerformer(Element):
    actor: Reference | None = None


class ProtocolApplied(Element):
    target_disease: tuple[Concept, ...] = ()
    dose_number_positive_int: int | None = None
    dose_number_string: str = ""
    series_doses_positive_int: int | None = None
    series_doses_string: str = ""


class Immunization(Resource):
    status: str = ""
    status_reason: Concept | None = None
    vaccine_code: Concept | None = None
    occurrence_date_time: str = ""
    occurrence_string: str = ""
    lot_number: str = ""
    site: Concept | None = None
    performer: tuple[ImmunizationPerformer, ...] = ()
    note: tuple[Annotation, ...] = ()
    protocol_applied: tuple[ProtocolApplied, ...] = ()


class ProcedurePerformer(Element):
    actor: Reference | None = None


class Procedure(Resource):
    status: str = ""
    code: Concept | None = None
    performed_date_time: str = ""
    performed_period: Period | None = None
    performed_string: str = ""
    performed_age: Quantity | None = None
    performer: tuple[ProcedurePerformer, ...] = ()
    reason_code: tuple[Concept, ...] = ()
    body_site: tuple[Concept, ...] = ()
    outcome: Concept | None = None
    note: tuple[Annotation, ...] = ()


class FamilyCondition(Element):
    code: Concept | None = None
    outcome: Concept | None = None
    contributed_to_death: bool = False
    onset_age: Quantity | None = None
    onset_string: str = ""
    note: tuple[Annotation, ...] = ()


class FamilyMemberHistory(Resource):
    status: str = ""
    date: str = ""
    name: str = ""
    relationship: Concept | None = None
    condition: tuple[FamilyCondition, ...] = ()
    note: tuple[Annotation, ...] = ()


class EncounterDiagnosis(Element):
    condition: Reference | None = None


class Encounter(Resource):
    status: str = ""
    class_: Coding | None = msgspec.field(default=None, name="class")
    type: tuple[Concept, ...] = ()
    period: Period | None = None
    reason_code: tuple[Concept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    diagnosis: tuple[EncounterDiagnosis, ...] = ()


class DocumentContent(Element):
    attachment: Attachment | None = None


class DocumentContext(Element):
    encounter: tuple[Reference, ...] = ()


class DocumentReference(Resource):
    status: str = ""
    type: Concept | None = None
    description: str = ""
    date: str = ""
    content: tuple[DocumentContent, ...] = ()
    context: DocumentContext | None = None


class Binary(Resource):
    content_type: str = ""
    data: str = ""


class Section(Element):
    title: str = ""
    code: Concept | None = None
    text: Narrative | None = None
    empty_reason: Concept | None = None
    section: tuple[Section, ...] = ()


class RelatesTo(Element):
    code: str = ""
    target_identifier: Identifier | None = None
    target_reference: Reference | None = None


class Composition(Resource):
    status: str = ""
    identifier: Identifier | None = None
    type: Concept | None = None
    date: str = ""
    title: str = ""
    author: tuple[Reference, ...] = ()
    custodian: Reference | None = None
    relates_to: tuple[RelatesTo, ...] = ()
    section: tuple[Section, ...] = ()


KNOWN: dict[str, type[Resource]] = {
    known.__name__: known
    for known in (
        Patient, Practitioner, PractitionerRole, Organization, Device, Specimen, Medication, Condition,
        AllergyIntolerance, MedicationStatement, MedicationRequest, Observation, DiagnosticReport, Immunization,
        Procedure, FamilyMemberHistory, Encounter, DocumentReference, Binary, Composition,
    )
}  # fmt: skip
