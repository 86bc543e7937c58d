"""Whose a bundle is, as FR Core writes it and as others do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanterne.intake.fhir import read
from lanterne.intake.reading import Limits, ReadIdentity

FR_CORE: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
            "valueAddress": {
                "city": "Bellegarde",
                "extension": [
                    {
                        "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code",
                        "valueCoding": {
                            "system": "https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM",
                            "code": "51215",
                        },
                    }
                ],
            },
        }
    ],
    "identifier": [
        {"use": "official", "system": "urn:oid:1.2.250.1.213.1.4.10", "value": "2 79 03 51 215 189 89"},
        {"system": "http://hopital/ipp", "value": "IPP42"},
    ],
    "name": [
        {
            "use": "official",
            "family": "PAT-TROIS",
            "given": ["DOMINIQUE"],
            "extension": [
                {
                    "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name",
                    "valueString": "DOMINIQUE MARIE-LOUISE",
                }
            ],
        },
        {"use": "usual", "family": "MARTIN", "given": ["DOMINIQUE"]},
        {"use": "old", "family": "DURAND"},
    ],
    "telecom": [
        {"system": "phone", "value": "06 12 34 56 78"},
        {"system": "email", "value": "d@example.org"},
    ],
    "gender": "female",
    "birthDate": "1979-03-28",
    "address": [{"use": "home", "line": ["3 rue des Lilas", None], "city": "Reims", "postalCode": "51100"}],
}


def identity(**changed: Any) -> ReadIdentity:
    found = read(json.dumps({**FR_CORE, **changed}).encode(), Limits()).identity
    assert found is not None
    return found


def test_fr_core_slices() -> None:
    assert identity() == ReadIdentity(
        birth_name="PAT-TROIS",
        used_name="MARTIN",
        first_given="DOMINIQUE",
        given_names=("DOMINIQUE", "MARIE-LOUISE"),
        sex="female",
        birth_date="1979-03-28",
        birth_place_code="51215",
        matricule="279035121518989",
        oid="1.2.250.1.213.1.4.10",
        local_ids=(("http://hopital/ipp", "IPP42"),),
        phones=("06 12 34 56 78",),
        address="3 rue des Lilas",
        postcode="51100",
        city="Reims",
    )
    assert identity().key_agrees


def test_a_wrong_key_is_flagged() -> None:
    wrong = [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "279035121518900"}]
    assert not identity(identifier=wrong).key_agrees


def test_a_number_of_another_system_is_never_an_ins() -> None:
    other = [{"system": "http://example.org", "value": "279035121518989"}]
    assert identity(identifier=other).matricule == ""


@pytest.mark.parametrize(
    ("names", "birth", "used"),
    [
        ([{"family": "BAPTISTE", "given": ["Jean"]}], "BAPTISTE", ""),
        (
            [{"use": "official", "family": "MARTIN"}, {"use": "maiden", "family": "DURAND"}],
            "DURAND",
            "MARTIN",
        ),
        ([{"use": "nickname", "family": "Jeannot"}], "", ""),
        ([{"text": "Jean BAPTISTE"}], "BAPTISTE", ""),
        ([], "", ""),
    ],
)
def test_names_by_their_use(names: list[dict[str, Any]], birth: str, used: str) -> None:
    found = identity(name=names)
    assert (found.birth_name, found.used_name) == (birth, used)


@pytest.mark.parametrize(("written", "read_as"), [("1952", "1952"), ("1952-02-30", ""), ("03/04/1952", "")])
def test_birth_dates_at_the_precision_known_or_none(written: str, read_as: str) -> None:
    assert identity(birthDate=written).birth_date == read_as


def test_a_death_is_said() -> None:
    document = read(json.dumps({**FR_CORE, "deceasedBoolean": True}).encode(), Limits())
    assert any("décès" in line for line in document.unread)
