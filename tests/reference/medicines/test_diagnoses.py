"""The ICD-10 once loaded: after the selection of general practice, behind the same functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lanterne.reference import diagnoses
from lanterne.reference.medicines import opened
from lanterne.reference.medicines.load import load
from tests.reference.medicines.conftest import TODAY


@pytest.fixture
def loaded(small: Path) -> Iterator[None]:
    """The process answers from the small edition too."""
    diagnoses.use(small)
    yield
    diagnoses.use(None)


def test_without_it_the_selection_answers_alone() -> None:
    assert diagnoses.find("W55.01") is None
    assert diagnoses.search("morsure chat maison") == []
    assert diagnoses.labelled("Morsure d'un chat, à la maison") is None


@pytest.mark.usefixtures("loaded")
def test_once_loaded_it_answers_after_the_selection() -> None:
    found = diagnoses.find("W55.01")
    assert found is not None
    assert found.label == "Morsure d'un chat, à la maison"
    assert [one.code for one in diagnoses.search("morsure chat")] == ["W55.01"]
    assert [one.code for one in diagnoses.search("w5501")] == ["W55.01"]
    labelled = diagnoses.labelled("MORSURE d'un chat, à la maison")
    assert labelled is not None
    assert labelled.code == "W55.01"


@pytest.mark.usefixtures("loaded")
def test_the_selection_comes_first_and_a_code_once() -> None:
    found = diagnoses.search("hypertension", limit=50)
    codes = [one.code for one in found]
    assert codes[0] == diagnoses.search("hypertension")[0].code
    assert len(codes) == len(set(codes))
    known = diagnoses.find("I10")
    assert known is not None
    assert known.label == "Hypertension artérielle essentielle", "the selection's own words prevail"


def test_a_heading_taken_out_is_read_and_not_offered(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "codes.csv").write_text(
        "code,long\nK350,*** SU11 *** Appendicite ancienne\nK358,Appendicites autres\n", "utf-8"
    )
    load(files, tmp_path / "data", today=TODAY, dated=date(2026, 1, 1))
    base = opened(tmp_path / "data")
    assert [one.code for one in base.diagnoses("appendicite")] == ["K35.8"]
    assert [one.code for one in base.diagnoses("K35")] == ["K35.8"]
    assert base.diagnosis("K35.0") is not None
