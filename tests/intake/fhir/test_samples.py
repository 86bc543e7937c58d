"""Real bundles written by others: every resource ends counted, as statement or as text."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from lanterne.intake.fhir import read
from lanterne.intake.reading import Limits
from lanterne.practice.chart.checks import check

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "fhir"
SYNTHEA = sorted(SAMPLES.glob("*.json"))

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="../shared/samples is not beside this repository"
)

STATED = {
    "Condition": "problem.recorded",
    "Encounter": "consultation.recorded",
    "Immunization": "immunization.recorded",
    "MedicationRequest": "treatment.recorded",
    "Procedure": "procedure.recorded",
}


@pytest.mark.parametrize("path", SYNTHEA, ids=[path.name.split("_")[0] for path in SYNTHEA])
def test_every_resource_of_a_synthea_record_is_stated_or_counted(path: Path) -> None:
    entries = json.loads(path.read_bytes())["entry"]
    written = Counter(entry["resource"]["resourceType"] for entry in entries)
    document = read(path.read_bytes(), Limits())
    stated = Counter(statement.body.KIND for statement in document.statements)
    for kind, name in STATED.items():
        assert stated[name] == written[kind]
    observed = stated["measure.recorded"] + stated["result.recorded"] + stated["lifestyle.recorded"]
    assert observed == written["Observation"]
    silent = {"Patient", "DiagnosticReport", "Observation", *STATED}
    for kind in written.keys() - silent:
        assert any(
            line.startswith(f"{written[kind]} ") and f"({kind})" in line for line in document.unread
        ), kind
    assert document.identity is not None
    assert not any(statement.proposal for statement in document.statements)
    keys = [statement.key for statement in document.statements]
    assert len(set(keys)) == len(keys)
    for statement in document.statements:
        check(statement.body, statement.at, document.identity.birth_date, 1_800_000_000_000)


def test_the_official_ips() -> None:
    document = read((SAMPLES / "bundle-ips-examples-bundle-01.xml").read_bytes(), Limits())
    stated = Counter(statement.body.KIND for statement in document.statements)
    assert stated == {
        "problem.recorded": 2,
        "treatment.recorded": 2,
        "allergy.recorded": 1,
        "result.recorded": 6,
    }
    assert document.negations == ()
    assert document.identity is not None
    assert document.identity.birth_name == "DeLarosa"
    assert "once daily" in document.narrative
