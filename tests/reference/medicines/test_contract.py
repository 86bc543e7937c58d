"""One contract, every base: the starter list, small published files, and the real ones when they are at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.reference.medicines import opened
from lanterne.reference.medicines.load import load
from lanterne.reference.medicines.model import Base
from lanterne.reference.medicines.writing import fold
from tests.reference.medicines.conftest import TODAY
from tests.reference.medicines.contract import CLAUSES

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"


def test_there_is_a_contract() -> None:
    assert len(CLAUSES) > 15


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
def test_the_starter_list(clause: Callable[[Base], None]) -> None:
    base = opened(None)
    assert base.edition.starter
    clause(base)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
def test_small_published_files(clause: Callable[[Base], None], base: Base) -> None:
    assert not base.edition.starter
    clause(base)


@pytest.mark.skipif(
    not (SAMPLES / "bdpm").is_dir(), reason="the public base of medicines is not at ../shared/samples"
)
def test_the_real_files(tmp_path: Path) -> None:
    """One test, since loading them is what takes time."""
    told = load(SAMPLES, tmp_path, today=TODAY)
    kept = {file.kind: file.kept for file in told.files}
    assert (kept["medicines"], kept["packs"], kept["composition"]) == (15_848, 20_903, 32_389)
    assert (kept["thesaurus"], kept["diagnoses"]) == (1_463, 42_886)
    assert sum(file.aside_count for file in told.files) == 0
    dangling = {one.file: one.count for one in told.dangling}
    assert dangling == {"packs": 4, "generics": 2_503, "supply": 12}
    packs = next(file for file in told.files if file.kind == "packs")
    supply = next(file for file in told.files if file.kind == "supply")
    assert (set(packs.line_ends), set(supply.line_ends)) == ({"lf"}, {"crlf"})
    assert "cp1252" in supply.encodings
    assert "cp1252" not in packs.encodings
    base = opened(tmp_path)
    for clause in CLAUSES:
        clause(base)
    hits = {
        typed: base.search(typed)[0]
        for typed in ("levothyrox 75", "subutex 8", "tramadol lp 100", "kardegic 75")
    }
    assert (hits["levothyrox 75"].substance, hits["levothyrox 75"].strength) == ("lévothyroxine", "75 µg")
    assert "assimilated" in [note.kind for note in hits["subutex 8"].notes]
    assert "secured" in [note.kind for note in hits["tramadol lp 100"].notes]
    assert fold(hits["kardegic 75"].substance) == "acide acetylsalicylique"
    assert base.interactions("énoxaparine", "ibuprofène").found
    torsades = base.interactions("amiodarone", "hydroxyzine").found
    assert torsades[0].level == "contraindicated"
    assert torsades[0].conditional
