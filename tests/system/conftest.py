"""The practice made once, a copy of it for each test, and a server that runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.stage import Practice, Server, make_practice, serving


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return make_practice(tmp_path_factory.mktemp("template") / "practice")


@pytest.fixture
def practice(template: Practice, tmp_path: Path) -> Practice:
    return template.copy(tmp_path / "practice")


@pytest.fixture
def server(practice: Practice, tmp_path: Path) -> Iterator[Server]:
    yield from serving(practice, tmp_path / "desk")


@pytest.fixture(scope="module")
def shared(template: Practice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for a whole module, for tests that only read or only refuse."""
    folder = tmp_path_factory.mktemp("shared")
    yield from serving(template.copy(folder / "practice"), folder / "desk")
