"""A founded practice costs a passphrase's third of a second; it is founded once and copied."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journal.stage import Practice, found
from tests.sync.stage import Machine, another_machine, first_machine


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return found(tmp_path_factory.mktemp("garance") / "data")


@pytest.fixture
def practice(founded: Practice, tmp_path: Path) -> Practice:
    """Dr Garance Morel's practice, freshly founded, in a directory of its own."""
    root = tmp_path / "garance"
    shutil.copytree(founded.root, root)
    return replace(founded, root=root)


@pytest.fixture
def garance(practice: Practice) -> Machine:
    """Garance's PC."""
    return first_machine(practice)


@pytest.fixture
def theo(garance: Machine, tmp_path: Path) -> Machine:
    """Théo's laptop."""
    return another_machine(garance, tmp_path / "theo", seed=20)
