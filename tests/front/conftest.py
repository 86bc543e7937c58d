"""A front for one test, and one shared by the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front.stage import GARANCE, Browser, Stage, practice


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A front nobody else touches."""
    with Stage(practice(tmp_path / "practice")) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One front for a whole file."""
    with Stage(practice(tmp_path_factory.mktemp("practice"))) as running:
        yield running


@pytest.fixture(scope="module")
def garance(shared: Stage) -> Browser:
    """Dr Garance's browser, her seat unlocked."""
    browser = Browser(shared.port)
    assert browser.unlock(GARANCE).status == 303
    return browser
