"""Whole tables of prescription lines: understood right, or asked about, never understood wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.prescriptions.posology.lines import HERE, SAMPLES, Score, score

ENOUGH = 0.9
NEEDS_SAMPLES = pytest.mark.skipif(
    not SAMPLES.is_file(), reason="../shared/samples/posologies is not beside this repository"
)
OWN = [HERE / "own.tsv", HERE / "others.tsv", HERE / "hunted.tsv"]


def held(found: Score) -> None:
    print(found)
    assert not found.wrong, "\n".join(found.wrong)
    assert found.right >= ENOUGH * found.structured, "\n".join(found.asked)
    assert not found.unwarned, "a danger is neither warned about nor asked about"
    assert not found.warned, "a warning for a line that is as usual"


@NEEDS_SAMPLES
def test_the_sample_lines() -> None:
    """130 lines written by others, with the conventions that go with them."""
    held(score(SAMPLES))


@pytest.mark.parametrize("table", OWN, ids=lambda path: path.stem)
def test_the_lines_of_our_own(table: Path) -> None:
    """Written from the same conventions, with other medicines and other wordings.

    `own` before the reader was, `others` before it had met them; `hunted` are lines that once were understood wrongly, or
    nearly, found by taking words out of the others.
    """
    held(score(table))
