"""Real public documents. What they state is also counted without the reader: test_counts.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.intake.cda import read
from lanterne.intake.reading import Limits

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "cda"
FILES = sorted(SAMPLES.glob("*.xml")) if SAMPLES.is_dir() else []
needs_samples = pytest.mark.skipif(
    not FILES, reason="the public sample documents are not beside the repository"
)

# What was read of each file, looked through once: statements, proposals among them, negations, files inside. The
# VSM, IPS-FR, laboratory and vaccination files are counted independently (test_counts.py).
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
