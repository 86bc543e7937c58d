"""Dr Morel's practice, and what she receives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lanterne.intake.sandbox import Sandbox
from tests.intake.filing.stage import Desk
from tests.practice.conftest import machine, practice
from tests.practice.stage import Machine

__all__ = ["machine", "practice"]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The reading process, one for all tests."""
    with Sandbox() as made:
        yield made


@pytest.fixture
def desk(machine: Machine, sandbox: Sandbox) -> Desk:
    """Dr Morel at her desk."""
    return Desk(machine.open("Garance"), sandbox)


@pytest.fixture
def ines(machine: Machine, sandbox: Sandbox) -> Desk:
    """Inès at hers, on the same machine."""
    return Desk(machine.open("Inès"), sandbox)
