"""A small base, made once: the formats of the publishers, eleven medicines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lanterne.reference.medicines import opened
from lanterne.reference.medicines.load import load
from lanterne.reference.medicines.model import Base
from tests.reference.medicines import made

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the small edition. Not to be written in."""
    root = tmp_path_factory.mktemp("medicines")
    load(made.published(root / "files"), root / "data", today=TODAY)
    return root / "data"


@pytest.fixture(scope="session")
def base(small: Path) -> Base:
    """The small base."""
    return opened(small)
