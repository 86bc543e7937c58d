"""Every mutant is one still: its old text stands once, and what takes its place is a program."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_enough_of_them_under_different_names() -> None:
    assert len(MUTANTS) >= 32
    assert max(Counter(one.id for one in MUTANTS).values()) == 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.id)
def test_a_mutant_changes_one_place_of_the_code(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    changed = text.replace(mutant.old, mutant.new)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
    assert (ROOT / mutant.unit).exists() if mutant.unit else True
