"""Days in the sentences of the checks are French ones."""

from __future__ import annotations

import pytest

from lanterne.practice.prescriptions.checks.sentences import with_french_days


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("créatinine du 2026-11-17)", "créatinine du 17/11/2026)"),
        ("liste de départ, 2026-11-01", "liste de départ, 01/11/2026"),
        ("aucun jour", "aucun jour"),
        ("numéro 12026-11-017", "numéro 12026-11-017"),
    ],
)
def test_iso_days_are_shown_as_french_ones(text: str, read: str) -> None:
    assert with_french_days(text) == read
