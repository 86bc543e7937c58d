"""A test a laboratory only named is drawn with its own, and never with another."""

from __future__ import annotations

import pytest

from lanterne.reference.laboratory import find, recognised


@pytest.mark.parametrize(
    ("label", "unit", "context", "test"),
    [
        ("INR", "", "", "INR"),
        ("HEMOGLOBINE", "g/dl", "", "Hémoglobine"),
        ("Créatinine", "µmol/L", "", "Créatinine"),
        ("Créatinine", "\u03bcmol/L", "Sang", "Créatinine"),
        ("ASAT", "UI/L", "", "ASAT (TGO)"),
        ("Potassium", "mmol/L", "IONOGRAMME SANGUIN", "Potassium"),
    ],
)
def test_name_and_unit_say_one_test(label: str, unit: str, context: str, test: str) -> None:
    found = find(recognised(label, unit, context))
    assert found is not None
    assert found.label == test


@pytest.mark.parametrize(
    ("label", "unit", "context"),
    [
        ("Potassium", "mmol/L", ""),
        ("Potassium", "mmol/L", "Ionogramme urinaire"),
        ("Créatinine", "µmol/L", "Urines de 24 h"),
        ("Créatinine urinaire", "µmol/L", ""),
        ("Hémoglobine", "mmol/L", ""),
        ("Hémoglobine fœtale", "g/dL", ""),
        ("", "", ""),
    ],
)
def test_a_doubt_says_none(label: str, unit: str, context: str) -> None:
    assert recognised(label, unit, context) == ""
