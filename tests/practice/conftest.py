"""The practice, founded once; a machine for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.practice.record import Record
from tests.practice import stage


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> stage.Practice:
    """Dr Morel, Dr Lambert, Inès Caron, Paul Roche, and two patients."""
    return stage.found(tmp_path_factory.mktemp("lilas") / "cabinet")


@pytest.fixture
def machine(practice: stage.Practice, tmp_path: Path) -> Iterator[stage.Machine]:
    """One machine."""
    made = practice.machine(tmp_path / "machine")
    yield made
    made.close()


@pytest.fixture
def garance(machine: stage.Machine) -> Record:
    """Dr Morel's record on it."""
    return machine.open("Garance")
