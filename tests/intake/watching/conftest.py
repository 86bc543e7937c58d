"""The practice of the rue des Lilas, and the folder its laboratory drops files in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.conftest import garance, machine, practice

__all__ = ["garance", "machine", "practice"]


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """The folder."""
    folder = tmp_path / "arrivee"
    folder.mkdir()
    return folder
