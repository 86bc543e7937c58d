"""Real public documents, and an independent count of what they state."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lanterne.intake.cda import read
from lanterne.intake.reading import Document, Limits
from lanterne.practice.measures.facts import MeasureRecorded
from tests.intake.cda.count import count
from tests.intake.cda.writing import (
    ABSENT,
    ICD10,
    LOINC,
    PCC,
    cd,
    document,
    laboratory,
    medicine,
    problem,
    result,
    section,
    templates,
)

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "cda"
COUNTED = ("VSM_", "IPS-FR_", "BIO-", "VAC_")
FILES = sorted(SAMPLES.glob("*.xml")) if SAMPLES.is_dir() else []
needs_samples = pytest.mark.skipif(
    not FILES, reason="the public sample documents are not beside the repository"
)

# What was read of each file, looked through once: statements, proposals among them, negations, files inside. Only the
# VSM, IPS-FR, laboratory and vaccination files are counted independently (above).
HELD = {
    "BIO-CR-BIO_2024.01_Glycémie deux unités principales_mole_masse.xml": (2, 0, 0, 1),
    "BIO-CR-BIO_2024.01_Microbiologie_V1.xml": (14, 0, 0, 1),
    "BIO-CR-BIO_2024.01_TSH_1.xml": (2, 0, 0, 1),
    "BIO-TROD_2024.01_Angine.xml": (1, 0, 0, 0),
    "CNAM-HR_2021.01.xml": (11, 11, 0, 0),
    "CSE-CS8_2025.01.xml": (17, 2, 0, 0),
    "DOC_NON_STRUCTURE_CDA-R2-N1.xml": (0, 0, 0, 1),
    "IPS-FR_2024.01.xml": (34, 2, 0, 3),
    "LDL-SES_2022.01.xml": (3, 2, 1, 0),
    "VAC_2023.01.xml": (4, 0, 0, 0),
    "VSM_1.4_2022.01.xml": (11, 0, 0, 0),
    "eP-MED-DM_2024.01_PosoStruct.xml": (5, 2, 0, 2),
}


def stated(found: Document) -> dict[str, int]:
    """Statements by section code, as the counter counts: each value of a measure, all of a laboratory together."""
    totals: Counter[str] = Counter()
    for statement in found.statements:
        code = statement.place.removeprefix("section ").partition(",")[0]
        number = len(statement.body.components) if isinstance(statement.body, MeasureRecorded) else 1
        known = code == "30954-2" or statement.body.KIND != "result.recorded"
        totals[code if known else "lab"] += number
    return dict(totals)


@needs_samples
@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name.startswith(COUNTED)], ids=lambda path: path.stem
)
def test_an_independent_count_finds_the_same(path: Path) -> None:
    content = path.read_bytes()
    assert stated(read(content, Limits())) == count(content)


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sample_is_read(path: Path) -> None:
    found = read(path.read_bytes(), Limits())
    assert found.identity is not None
    assert found.identity.birth_date
    assert found.author.name
    assert found.narrative or found.attached
    keys = [statement.key for statement in found.statements]
    assert len(keys) == len(set(keys))
    assert "<script" not in found.narrative
    if path.name in HELD:
        proposals = sum(statement.proposal for statement in found.statements)
        assert (len(keys), proposals, len(found.negations), len(found.attached)) == HELD[path.name]


@needs_samples
def test_the_wrong_key_is_flagged_and_only_that_one() -> None:
    flagged = []
    for path in FILES:
        identity = read(path.read_bytes(), Limits()).identity
        if identity is not None and not identity.key_agrees:
            flagged.append(path.name)
    assert flagged == ["CSE-CS8_2025.01.xml"]


def test_the_counter_and_the_reader_agree_on_our_own_documents() -> None:
    hypertension, angina = cd("value", "I10", ICD10, "Hypertension"), cd("value", "I20.0", ICD10, "Angor")
    former = (
        '<entryRelationship typeCode="REFR">' + result("1-1", '<value value="6"/>') + "</entryRelationship>"
    )
    vaccine = medicine(cd("code", "J07CA01", "1.2", "REVAXIS"), template=f"{PCC}.4.12")
    content = document(
        section("11450-4", problem(hypertension), problem(angina), problem(angina, negated="true")),
        section("10160-0", medicine(cd("code", "1", "1.2", "PLAVIX"))),
        section("11369-6", vaccine, vaccine),
        section(
            "18719-5",
            laboratory(
                result("1-1", '<value value="7"/>', inside=former), result("2-2", '<value value="8"/>')
            ),
        ),
        section(
            "29762-2",
            f'<observation classCode="OBS" moodCode="EVN">{templates(f"{PCC}.4.13.4")}{cd("code", "74011-8", LOINC, "Tabac")}<value value="5"/></observation>',
        ),
    )
    assert count(content) == stated(read(content, Limits()))
    assert count(content) == {"11450-4": 2, "10160-0": 1, "11369-6": 2, "lab": 2, "29762-2": 1}


def test_the_counter_sees_what_the_reader_would_lose() -> None:
    content = document(section("11450-4", problem(cd("value", "I10", ICD10, "Hypertension"))))
    assert count(content) != count(content.replace(b"I10", b"I11").replace(b'4.5"', b'4.9"'))


def test_an_empty_section_is_counted_as_a_negation() -> None:
    content = document(section("11450-4", problem(cd("value", "no-known-problems", ABSENT, "Aucun"))))
    found = read(content, Limits())
    assert sum(stated(found).values()) + len(found.negations) == sum(count(content).values())
